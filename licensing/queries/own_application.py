"""What an applicant may do in an application of his own now, and what is asked of him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from licensing.errors import NotFound
from licensing.facts import facts_from_state
from licensing.people import Applicant
from licensing.queries.tracking import TrackingKey
from licensing.runtime import Runtime
from workflows.machine import Offer
from workflows.sop import Party, Sop, Text

WITHOUT_INPUT: Final = frozenset({"reopen_papers"})
"""Effects that ask for nothing besides the press; others are served at the counter."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A paper that has to be handed in again."""

    name: str
    title: Text
    kind: str
    """missing or faulty."""
    words: str
    """What is wrong with it, as the officer wrote it."""
    example: Text | None
    """How the SOP wants it handed in."""
    new: Sequence[tuple[str, datetime]]
    """Scans handed in since the return: name and when."""


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """An application of the reader, with what he may press in it."""

    key: TrackingKey
    number: str
    subject: str
    sop: Sop
    version: int
    my_turn: bool
    returned: Sequence[Returned]
    forward: Offer | None
    """What hands it back to the office."""
    withdraw: Offer | None
    answer_by: datetime | None
    zone: str
    stopped: bool
    """Messages wait on the page alone."""

    @property
    def lacking(self) -> Sequence[Returned]:
        """The returned papers of which nothing new was handed in."""
        return [paper for paper in self.returned if not paper.new]


def own_application(runtime: Runtime, application_id: UUID, by: Applicant) -> OwnApplication:
    """Return an application of `by`.

    Raises:
        NotFound: it is not his.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_OWN, (application_id, by.id)).fetchone()
        if row is None:
            raise NotFound("application", application_id)
        rules = runtime.rules(connection, row.sop_version_id)
    sop = rules.sop
    offers: Sequence[Offer] = ()
    step = sop.steps.get(row.step)
    held = row.state.get("held")
    if row.outcome is None:
        offers = rules.machine.offers(
            row.step,
            by=by.actor,
            facts=facts_from_state(row.state, today=row.today.isoformat()),
            held=held,
            holds_used=row.state.get("holds"),
        )
    my_turn = step is not None and step.party is Party.APPLICANT and held is None
    forward = withdraw = None
    for offer in offers:
        action = None if step is None else step.actions.get(offer.action)
        if action is None or offer.refusal is not None:
            continue
        end = sop.ends.get(action.to or "")
        if end is not None and end.outcome.value == "withdrawn":
            withdraw = offer
        elif my_turn and forward is None and WITHOUT_INPUT.issuperset(action.then):
            forward = offer
    return OwnApplication(
        TrackingKey(by.office_id, application_id),
        row.number,
        row.subject,
        sop,
        row.version,
        my_turn and row.outcome is None,
        [
            Returned(
                one["name"],
                sop.papers[one["name"]].title,
                one["kind"],
                one["words"],
                sop.papers[one["name"]].note,
                [(name, datetime.fromisoformat(at)) for name, at in one["new"]],
            )
            for one in row.returned
            if one["name"] in sop.papers
        ],
        forward,
        withdraw,
        row.answer_by,
        row.zone,
        row.tell_by == "page",
    )


_OWN = """
SELECT a.step, a.outcome, a.version, a.state, a.sop_version_id, d.number, d.subject, o.zone,
       t.tell_by, (clock_timestamp() AT TIME ZONE o.zone)::date AS today,
       (SELECT l.due_at FROM deadline l
         WHERE l.application_id = a.id AND starts_with(l.key, 'answer:')
           AND l.ended_at IS NULL LIMIT 1) AS answer_by,
       coalesce((SELECT jsonb_agg(jsonb_build_object('name', p.name,
           'kind', CASE WHEN p.verdict = 'faulty' THEN 'faulty' ELSE p.presence END,
           'words', CASE WHEN p.verdict = 'faulty' THEN p.verdict_note ELSE p.presence_note END,
           'new', coalesce((SELECT jsonb_agg(jsonb_build_array(f.name, f.uploaded_at)
                                             ORDER BY f.uploaded_at, f.id)
                     FROM paper_file f WHERE f.application_id = a.id AND f.paper = p.name
                      AND f.uploaded_at >= a.step_since), '[]'::jsonb)) ORDER BY p.position)
          FROM paper p WHERE p.application_id = a.id
           AND (p.verdict = 'faulty' OR p.presence IN ('missing', 'faulty'))), '[]'::jsonb)
         AS returned
  FROM application a JOIN dossier d ON d.application_id = a.id
  JOIN applicant t ON t.id = d.applicant_id JOIN office o ON o.id = a.office_id
 WHERE a.id = %s AND d.online_account_id = %s
"""
