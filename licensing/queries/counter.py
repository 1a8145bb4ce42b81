"""The counter's own page: what this clerk did today, what waits here, what was typed unfinished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection

from licensing.history import FILED
from licensing.people import Officer
from licensing.queries.due_order import due_or_never
from licensing.queries.queue_desk import QueueBar, queue_bar_in
from licensing.queries.search import Found, find
from licensing.runtime import Runtime
from workflows.ledger import ClockState, LimitState
from workflows.sop import Sop, Text

SHOWN = 5
"""How many own deeds and drafts the page shows: it has to fit one screen."""
QUEUED = 4
"""How many files of each queue it shows."""
FREQUENT = 3
"""How many services it offers by a button of their own: those filed most of late."""
COUNTED_TO = 100
"""Where counting stops: more than this is said as `100+`."""

Deed = Literal["filed", "accepted", "returned", "handed_over", "other"]
Place = Literal["intake", "handover", "applicant"]

_DEEDS: Mapping[str, Deed] = {
    "issue_receipt": "accepted",
    "list_faults": "returned",
    "record_collector": "handed_over",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One press of this clerk today."""

    application_id: UUID
    number: str
    subject: str
    deed: Deed
    action_title: Text | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file that the counter is to do something about."""

    application_id: UUID
    number: str
    subject: str
    sop: Sop
    step: str
    since: datetime
    limits: Sequence[LimitState]
    online: bool = False
    """The applicant filed it himself, online."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The files of one kind, most urgent first, and how many there are (up to `COUNTED_TO`)."""

    place: Place
    count: int
    files: Sequence[Waiting]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A form that was not filed."""

    id: UUID
    service: str
    label: str
    saved_at: datetime
    owner: str = ""
    """Which colleague has typed it; empty where it is one's own."""


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service that can be applied for."""

    name: str
    title: Text
    category: Text


@dataclass(frozen=True, slots=True)
class CounterDay:
    """Everything the counter's page shows."""

    now: datetime
    services: Sequence[OfferedService]
    frequent: Sequence[OfferedService]
    """Those of them that were filed most of late; the first ones where nothing was."""
    deeds: Mapping[Deed, int]
    done: Sequence[Done]
    queues: Sequence[Queue]
    drafts: Sequence[DraftLine]
    colleagues_drafts: Sequence[DraftLine]
    """What others at the counter have left unfinished: it can be taken over."""
    found: Found | None
    """What a search brought; None where nothing was asked."""
    queue: QueueBar | None
    """The counter at which the clerk sits, where the office has a queue."""


def counter_day(runtime: Runtime, by: Officer, *, wanted: str = "") -> CounterDay:
    """Return the counter's page of `by`, with what `wanted` finds.

    Three statements, four with a search.

    Raises:
        NotAllowed: `by` is not at the counter.
    """
    by.must_have("open the counter", "counter")
    with runtime.transaction(by.office_id, planned=True) as connection:
        versions = connection.exec_driver_sql(_IN_FORCE).fetchall()
        sops = [runtime.rules(connection, version.id).sop for version in versions]
        offered = [
            runtime.rules(connection, version.id).sop for version in versions if not version.closed
        ]
        row = connection.exec_driver_sql(
            _DAY,
            {
                "me": by.id,
                "first": [sop.starts_at for sop in sops],
                "served": sorted(
                    {
                        lane.name
                        for sop in sops
                        for lane in sop.lanes.values()
                        if lane.served_by == "counter"
                    }
                ),
                "shown": SHOWN,
                "queued": QUEUED,
                "most": COUNTED_TO,
            },
        ).one()
        done = [_done(runtime, connection, line) for line in row.done]
        queues = [_queue(runtime, connection, row, place) for place in _PLACES]
        found = find(runtime, connection, wanted) if wanted else None
        queue = queue_bar_in(connection, by)
    services = sorted(
        (OfferedService(sop.name, sop.title, sop.category or {"id": ""}) for sop in offered),
        key=lambda service: (service.category["id"], service.title["id"]),
    )
    return CounterDay(
        now=row.now,
        services=services,
        frequent=_frequent(services, row.filed_of_late),
        deeds=_counted(done),
        done=list({one.application_id: one for one in reversed(done)}.values())[::-1][:SHOWN],
        queues=queues,
        drafts=[_draft(line) for line in row.drafts],
        colleagues_drafts=[_draft(line) for line in row.colleagues_drafts],
        found=found,
        queue=queue,
    )


def _draft(line: Mapping[str, Any]) -> DraftLine:
    return DraftLine(
        UUID(line["id"]),
        line["service"],
        line["label"] or "",
        datetime.fromisoformat(line["saved_at"]),
        line["owner"] or "",
    )


def _frequent(services: Sequence[OfferedService], filed: Sequence[str]) -> Sequence[OfferedService]:
    known = {service.name: service for service in services}
    wanted = [name for name in filed if name in known] + list(known)
    return [known[name] for name in dict.fromkeys(wanted)][:FREQUENT]


_PLACES: tuple[Place, ...] = ("intake", "handover", "applicant")


def _done(runtime: Runtime, connection: Connection, line: Mapping[str, Any]) -> Done:
    sop = runtime.rules(connection, UUID(line["sop_version_id"])).sop
    deed, title = _deed(sop, line["from_step"], line["action"])
    return Done(
        application_id=UUID(line["application_id"]),
        number=line["number"],
        subject=line["subject"],
        deed=deed,
        action_title=title,
        at=datetime.fromisoformat(line["effective_at"]),
    )


def _deed(sop: Sop, step: str | None, action: str) -> tuple[Deed, Text | None]:
    """Return what a press came to: known by its effects, whatever an SOP calls its actions."""
    if action == FILED:
        return "filed", None
    pressed = sop.steps[step].actions.get(action) if step and step in sop.steps else None
    if pressed is None:
        return "other", None
    for effect in pressed.then:
        if effect in _DEEDS:
            return _DEEDS[effect], pressed.title
    return "other", pressed.title


def _counted(done: Sequence[Done]) -> Mapping[Deed, int]:
    counts: dict[Deed, int] = {}
    for one in done:
        counts[one.deed] = counts.get(one.deed, 0) + 1
    return counts


def _queue(runtime: Runtime, connection: Connection, row: Any, place: Place) -> Queue:
    files = []
    for line in row.waiting:
        if line["place"] != place:
            continue
        clockwork = runtime.clockwork(
            connection,
            UUID(line["sop_version_id"]),
            UUID(line["calendar_version_id"]),
            row.late_receipt,
        )
        files.append(
            Waiting(
                application_id=UUID(line["id"]),
                number=line["number"],
                subject=line["subject"],
                sop=clockwork.sop,
                step=line["step"],
                since=datetime.fromisoformat(line["since"]),
                limits=clockwork.limits(ClockState.from_json(line["clock"]), row.now),
                online=line["online"],
            )
        )
    return Queue(place, row.counts[place], files)


_IN_FORCE = """
SELECT v.id, s.service IS NOT NULL AS closed
  FROM (SELECT DISTINCT ON (service) id, service
          FROM sop_version ORDER BY service, number DESC) v
  LEFT JOIN service_state s ON s.service = v.service AND NOT s.open
"""

# Own deeds are read off the history of today alone; each queue gives its first files from the
# index and is counted up to a ceiling, so the page costs what it shows.
_DAY = f"""
WITH here AS (
  SELECT id, zone, late_receipt, clock_timestamp() AS now,
         date_trunc('day', clock_timestamp() AT TIME ZONE zone) AT TIME ZONE zone AS midnight
    FROM office WHERE id = current_office()
), mine AS (
  SELECT e.application_id, e.from_step, e.action, e.effective_at, e.seq, a.sop_version_id,
         d.number, d.subject
    FROM application_event e
    JOIN application a ON a.id = e.application_id
    JOIN dossier d ON d.application_id = e.application_id
   WHERE e.recorded_at >= (SELECT midnight FROM here)
     AND e.effective_at >= (SELECT midnight FROM here) AND e.actor_id = %(me)s
     AND e.action NOT IN ('take', 'hand_back')
   ORDER BY e.effective_at DESC, e.seq DESC LIMIT 500
), asked(place, lane, first) AS (
  SELECT 'intake', 'counter', true UNION ALL
  SELECT 'handover', 'counter', false UNION ALL
  SELECT 'applicant', lane, NULL FROM unnest(%(served)s::text[]) AS lane
), page AS (
  SELECT q.place, w.*
    FROM asked q
   CROSS JOIN LATERAL (
     SELECT id, sop_version_id, calendar_version_id, step, due_at, last_effective_at,
            state -> 'clock' AS clock
       FROM application a
      WHERE a.ended_at IS NULL AND a.lane = q.lane
        AND (q.first IS NULL OR q.first = (a.step = ANY(%(first)s)))
      ORDER BY {due_or_never("a")}, a.id
      LIMIT %(queued)s
   ) w
), ordered AS (
  SELECT p.*, d.number, d.subject, d.channel = 'online' AS online,
         row_number() OVER (
           PARTITION BY p.place ORDER BY coalesce(p.due_at, 'infinity'::timestamptz), p.id
         ) AS place_no
    FROM page p JOIN dossier d ON d.application_id = p.id
)
SELECT h.now, h.late_receipt,
       array(SELECT service FROM (SELECT service FROM dossier
                                   WHERE office_id = (SELECT id FROM here)
                                   ORDER BY filed_at DESC LIMIT 200) late
              GROUP BY service ORDER BY count(*) DESC, service) AS filed_of_late,
       coalesce((SELECT jsonb_agg(to_jsonb(mine) ORDER BY effective_at DESC, seq DESC) FROM mine),
                '[]'::jsonb) AS done,
       coalesce((SELECT jsonb_agg(jsonb_build_object('place', place, 'id', id,
                 'sop_version_id', sop_version_id, 'calendar_version_id', calendar_version_id,
                 'step', step, 'since', last_effective_at, 'clock', clock, 'number', number,
                 'subject', subject, 'online', online) ORDER BY place_no)
                   FROM ordered WHERE place_no <= %(queued)s), '[]'::jsonb) AS waiting,
       (SELECT jsonb_object_agg(place, n) FROM (
          SELECT p.place,
                 (SELECT count(*) FROM (
                    SELECT 1 FROM application a JOIN asked q ON q.lane = a.lane
                     WHERE q.place = p.place AND a.ended_at IS NULL
                       AND (q.first IS NULL OR q.first = (a.step = ANY(%(first)s)))
                     LIMIT %(most)s) upto) AS n
            FROM (VALUES ('intake'), ('handover'), ('applicant')) AS p(place)) counted) AS counts,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', id, 'service', service,
                 'label', form ->> 'label', 'saved_at', saved_at, 'owner', NULL)
                 ORDER BY saved_at DESC)
                   FROM (SELECT * FROM intake_draft WHERE officer_id = %(me)s
                          ORDER BY saved_at DESC LIMIT %(shown)s) own), '[]'::jsonb) AS drafts,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', i.id, 'service', i.service,
                 'label', i.form ->> 'label', 'saved_at', i.saved_at, 'owner', w.name)
                 ORDER BY i.saved_at DESC)
                   FROM (SELECT * FROM intake_draft WHERE officer_id <> %(me)s
                          ORDER BY saved_at DESC LIMIT %(shown)s) i
                   JOIN officer w ON w.id = i.officer_id), '[]'::jsonb) AS colleagues_drafts
  FROM here h
"""  # noqa: S608 - our own text
