"""One application, whole: for the screen that officers work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from licensing.errors import NotFound
from licensing.facts import facts_from_state
from licensing.happenings import happenings
from licensing.holding import sees_file
from licensing.people import Officer
from licensing.queries.clock_acts import CORRECTIONS, CorrectionView, corrections_of
from licensing.queries.file_parts import (
    ASKS,
    BILLS,
    FEE,
    AskView,
    BillView,
    FeeView,
    asks_of,
    bill_of,
    fee_of,
)
from licensing.queries.offers import offers_of_file
from licensing.queries.visits import (
    ENGAGEMENTS,
    VISITS,
    Engagement,
    VisitView,
    engagements_of,
    visits_of,
)
from licensing.runtime import Runtime
from licensing.services.openings import FRESH
from workflows.ledger import ClockState, Day, LimitState, Totals
from workflows.machine import Offer
from workflows.silence import SilentLimit, true_silence
from workflows.sop import Sop
from workflows.worktime import Calendar


@dataclass(frozen=True, slots=True)
class FileView:
    """One scan."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    scan: str
    """clean, infected or not_scanned: what the malware scan said."""


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper with its marks and scans."""

    name: str
    position: int
    presence: str
    presence_note: str
    verdict: str | None
    verdict_note: str
    judged_by: str | None
    files: Sequence[FileView]


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of history, with the name of who did it."""

    seq: int
    action: str
    ask: str | None
    from_step: str | None
    to_step: str
    lane: str
    actor_id: UUID | None
    actor: str | None
    reason: str | None
    detail: Mapping[str, Any]
    recorded_at: datetime
    effective_at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class PermitView:
    """The permit that came out of it."""

    number: str
    status: str
    verify_code: str
    issued_on: str
    valid_until: str | None


@dataclass(frozen=True, slots=True)
class ApplicantView:
    """Who applies."""

    id: UUID
    kind: str
    name: str
    nik_cipher: str | None
    npwp: str
    nib: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class OpeningView:
    """Somebody who has the file open at this moment."""

    who: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """Everything an officer needs to see of one application."""

    id: UUID
    number: str
    version: int
    sop: Sop
    sop_number: int
    calendar: Calendar
    calendar_number: int
    zone: str
    now: datetime
    step: str
    lane: str | None
    outcome: str | None
    ended_at: datetime | None
    holder_id: UUID | None
    holder: str | None
    subject: str
    service: str
    applicant: ApplicantView
    proxy: Mapping[str, str] | None
    variants: Mapping[str, str]
    fields: Mapping[str, Any]
    filed_at: datetime
    tracking_cipher: str
    papers: Sequence[PaperView]
    events: Sequence[EventView]
    limits: Sequence[LimitState]
    days: Sequence[Day]
    totals: Totals
    offers: Sequence[Offer]
    permit: PermitView | None
    colleagues: Sequence[tuple[UUID, str]]
    """Who else works in the lane, for a supervisor who reassigns."""
    faulty_before: Sequence[str]
    asks: Sequence[AskView] = ()
    fee: FeeView | None = None
    bills: Sequence[BillView] = ()
    """Newest first."""
    visits: Sequence[VisitView] = ()
    """Newest first."""
    engagements: Sequence[Engagement] = ()
    """How full the days of the inspectors are, for the inspector who plans a visit."""
    corrections: Sequence[CorrectionView] = ()
    """Proposed times of receipt, the newest first."""
    silence: SilentLimit | None = None
    """The limit of the law that has passed undecided, recorded or not."""
    proxy_cases: int = 0
    """Open applications of the same proxy, this one among them; counted up to 100."""
    proxy_stands_out: bool = False
    """So many that a supervisor should look at it."""
    region_name: str = ""
    """What the code of the applicant's region means, with what lies around it."""
    openings: Sequence[OpeningView] = ()
    """Who else has the file open now."""

    @property
    def proxy_letter_on(self) -> date | None:
        """The date of the power of attorney."""
        written = (self.proxy or {}).get("letter_on")
        return date.fromisoformat(written) if written else None

    @property
    def frozen(self) -> bool:
        """Return whether nothing in the file can be changed: it has ended, or the law grants it."""
        return self.ended_at is not None or (self.silence is not None and self.silence.grants)


def view_application(
    runtime: Runtime, application_id: UUID, by: Officer, *, sheet: bool = False
) -> ApplicationView:
    """Return one application as `by` may see and work it, in one reading statement.

    With `sheet` the calculation of its fee comes whole.

    Raises:
        NotFound: no such application in the office of `by`, or his agency was not asked about it.
    """
    with runtime.transaction(by.office_id, planned=True) as connection:
        asked = {"id": application_id, "plans": by.has("inspector"), "sheet": sheet}
        asked |= {"me": by.id, "fresh": FRESH}
        row = connection.exec_driver_sql(_VIEW, asked).fetchone()
        if row is None:
            raise NotFound("application", application_id)
        rules = runtime.rules(connection, row.sop_version_id)
        if not sees_file(rules.sop, {ask["name"] for ask in row.asks}, by):
            raise NotFound("application", application_id)
        clockwork = runtime.clockwork(
            connection, row.sop_version_id, row.calendar_version_id, row.late_receipt
        )
    events = [_event(line) for line in row.events]
    history = list(happenings(rules.sop, events))
    facts = facts_from_state(row.state, today=clockwork.calendar.local_date(row.now).isoformat())
    clock = ClockState.from_json(row.state["clock"])
    silence = None if row.ended_at is not None else true_silence(clockwork, clock, row.now)
    granted = silence is not None and silence.grants
    offers: tuple[Offer, ...] = ()
    if row.ended_at is None and not granted:
        offers = offers_of_file(rules, row.step, row.state, facts, row.holder_id, by)
    asks = asks_of(row.asks, rules, facts, by)
    days, totals = clockwork.account(history, row.now)
    return ApplicationView(
        id=row.id,
        number=row.number,
        version=row.version,
        sop=rules.sop,
        sop_number=row.sop_number,
        calendar=clockwork.calendar,
        calendar_number=row.calendar_number,
        zone=row.zone,
        now=row.now,
        step=row.step,
        lane=row.lane,
        outcome=row.outcome,
        ended_at=row.ended_at,
        holder_id=row.holder_id,
        holder=row.holder,
        subject=row.subject,
        service=row.service,
        applicant=ApplicantView(**{**row.applicant, "id": UUID(row.applicant["id"])}),
        proxy=row.proxy,
        variants=row.variants,
        fields=row.fields,
        filed_at=row.filed_at,
        tracking_cipher=row.tracking_cipher,
        papers=_papers(row.papers, row.files or ()),
        events=events,
        limits=clockwork.limits(clock, row.now),
        days=days,
        totals=totals,
        offers=offers,
        permit=None if row.permit is None else PermitView(**row.permit),
        colleagues=[(UUID(found["id"]), found["name"]) for found in row.colleagues],
        faulty_before=facts.papers.faulty,
        asks=[replace(ask, offers=()) if granted else ask for ask in asks],
        silence=silence,
        corrections=corrections_of(row.corrections),
        fee=fee_of(row.fee),
        bills=[bill_of(bill) for bill in row.bills],
        visits=visits_of(row.visits),
        engagements=engagements_of(row.engagements),
        proxy_cases=row.proxy_cases,
        proxy_stands_out=row.proxy_cases >= runtime.proxy_cases_hint,
        region_name=row.region_name or "",
        openings=[
            OpeningView(one["who"], datetime.fromisoformat(one["since"])) for one in row.openings
        ],
    )


def _event(line: Mapping[str, Any]) -> EventView:
    return EventView(
        **{
            **line,
            "actor_id": None if line["actor_id"] is None else UUID(line["actor_id"]),
            "recorded_at": datetime.fromisoformat(line["recorded_at"]),
            "effective_at": datetime.fromisoformat(line["effective_at"]),
        }
    )


def _papers(rows: Sequence[Mapping[str, Any]], files: Sequence[dict[str, Any]]) -> list[PaperView]:
    scans: dict[str, list[FileView]] = {}
    for found in files:
        paper = found.pop("paper")
        scans.setdefault(paper, []).append(FileView(**{**found, "id": UUID(found["id"])}))
    return [PaperView(**row, files=tuple(scans.get(row["name"], ()))) for row in rows]


_VIEW = f"""
SELECT a.id, a.version, a.sop_version_id, a.calendar_version_id, a.step, a.lane, a.outcome,
       a.ended_at, a.holder_id, a.state, clock_timestamp() AS now, o.late_receipt, o.zone,
       d.number, d.service, d.subject, d.proxy, d.variants, d.fields, d.filed_at,
       d.tracking_cipher, h.name AS holder,
       (SELECT number FROM sop_version WHERE id = a.sop_version_id) AS sop_number,
       (SELECT number FROM calendar_version WHERE id = a.calendar_version_id) AS calendar_number,
       json_build_object('id', t.id, 'kind', t.kind, 'name', t.name, 'nik_cipher', t.nik_cipher,
         'npwp', t.npwp, 'nib', t.nib, 'phone', t.phone, 'email', t.email,
         'address', t.address) AS applicant,
       (SELECT concat_ws(', ', r.name, nullif(r.path, '')) FROM region r WHERE r.code = t.region)
         AS region_name,
       (SELECT count(*) FROM (SELECT 1 FROM dossier q JOIN application b ON b.id = q.application_id
                               WHERE q.proxy_hash = d.proxy_hash AND b.ended_at IS NULL
                               LIMIT 100) of_proxy) AS proxy_cases,
       (SELECT json_agg(json_build_object('seq', e.seq, 'action', e.action, 'ask', e.ask,
                 'from_step', e.from_step, 'to_step', e.to_step, 'lane', e.lane,
                 'actor_id', e.actor_id, 'actor', w.name, 'reason', e.reason, 'detail', e.detail,
                 'recorded_at', e.recorded_at, 'effective_at', e.effective_at,
                 'hash', encode(e.hash, 'hex')) ORDER BY e.seq)
          FROM application_event e LEFT JOIN officer w ON w.id = e.actor_id
         WHERE e.application_id = a.id) AS events,
       coalesce((SELECT json_agg(json_build_object('name', p.name, 'position', p.position,
                 'presence', p.presence, 'presence_note', p.presence_note, 'verdict', p.verdict,
                 'verdict_note', p.verdict_note, 'judged_by', j.name) ORDER BY p.position)
          FROM paper p LEFT JOIN officer j ON j.id = p.judged_by
         WHERE p.application_id = a.id), '[]'::json) AS papers,
       (SELECT json_agg(json_build_object('paper', f.paper, 'id', f.id, 'name', f.name,
                 'media_type', f.media_type, 'size', f.size, 'sha256', f.sha256, 'scan', k.scan)
                 ORDER BY f.uploaded_at DESC, f.id DESC)
          FROM paper_file f
          JOIN kept_file k ON k.office_id = f.office_id AND k.sha256 = f.sha256
         WHERE f.application_id = a.id) AS files,
       (SELECT json_build_object('number', m.number, 'status', m.status,
                 'verify_code', m.verify_code, 'issued_on', m.issued_on,
                 'valid_until', m.valid_until)
          FROM permit m WHERE m.application_id = a.id) AS permit,
       coalesce((SELECT json_agg(json_build_object('id', c.id, 'name', c.name) ORDER BY c.name)
          FROM officer c JOIN acting_role r ON r.officer_id = c.id
         WHERE r.role = CASE a.lane WHEN 'applicant' THEN 'counter' ELSE a.lane END
           AND c.active), '[]'::json) AS colleagues,{ASKS},{FEE},{BILLS},{VISITS},
{CORRECTIONS},
{ENGAGEMENTS},
       coalesce((SELECT json_agg(json_build_object('who', u.name, 'since', g.since)
                 ORDER BY g.since, u.name)
          FROM opening g JOIN officer u ON u.id = g.officer_id
         WHERE g.application_id = a.id AND g.officer_id <> %(me)s
           AND g.seen_at > clock_timestamp() - %(fresh)s::interval), '[]'::json) AS openings
  FROM application a
  JOIN office o ON o.id = a.office_id
  JOIN dossier d ON d.application_id = a.id
  JOIN applicant t ON t.id = d.applicant_id
  LEFT JOIN officer h ON h.id = a.holder_id
 WHERE a.id = %(id)s
"""  # noqa: S608 - our own text
