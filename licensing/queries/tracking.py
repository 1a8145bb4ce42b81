"""What an applicant sees of an application with its number and code: masked, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from licensing.errors import NotFound
from licensing.forms import search_key
from licensing.happenings import happenings
from licensing.identity import mask_name
from licensing.queries.application import EventView, PermitView
from licensing.runtime import Runtime
from licensing.secrecy import fingerprints
from licensing.services.file_application import CODE_PURPOSE
from workflows.ledger import ClockState, Clockwork, Day, LimitState, Totals
from workflows.silence import SilentLimit, true_silence
from workflows.sop import Sop
from workflows.worktime import Calendar


@dataclass(frozen=True, slots=True)
class TrackingKey:
    """Which application a right number and code open."""

    office_id: UUID
    application_id: UUID


@dataclass(frozen=True, slots=True)
class FaultyPaper:
    """A paper that has to be handed in again, and what is wrong with it."""

    name: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class OpenAsk:
    """A side path that is open: an opinion that was asked for, a question."""

    key: str
    name: str
    step: str


@dataclass(frozen=True, slots=True)
class TrackedBill:
    """The newest bill, as its payer may see it."""

    number: str
    amount_idr: int
    status: str
    due_at: datetime | None
    slip_number: str | None
    paid_at: datetime | None
    reversed_at: datetime | None
    """When the bank took a booking of it back, where none stands."""


@dataclass(frozen=True, slots=True)
class TrackingView:
    """One application as its applicant may see it."""

    application_id: UUID
    office_name: str
    office_address: str
    office_phone: str
    zone: str
    number: str
    sop: Sop
    calendar: Calendar
    subject: str
    applicant_masked: str
    step: str
    outcome: str | None
    ended_at: datetime | None
    filed_at: datetime
    now: datetime
    held: str | None
    limits: Sequence[LimitState]
    if_back_now: datetime | None
    """When the service would be due if the applicant answered now; None when it is our turn."""
    if_back: Sequence[tuple[datetime, datetime]]
    """The same for an answer now and on the next two working days: (answered, done by)."""
    days: Sequence[Day]
    totals: Totals
    events: Sequence[EventView]
    """Lines of history without names, reasons of colleagues or notes inside the office."""
    faults: Sequence[FaultyPaper]
    permit: PermitView | None
    told_rungs: frozenset[str]
    """The rungs of the service standard, or of the filing check, of which somebody was told."""
    sample: bool
    asks: Sequence[OpenAsk] = ()
    bill: TrackedBill | None = None
    silence: SilentLimit | None = None
    """The limit of the law that has passed undecided, recorded or not."""

    @property
    def granted_by_law(self) -> bool:
        """Return whether the law has granted it, as soon as that is true."""
        return self.outcome == "lapsed" or (self.silence is not None and self.silence.grants)


def find_tracking(runtime: Runtime, number: str, code: str) -> TrackingKey | None:
    """Return what a number and its code open; None alike for an unknown number and a wrong code."""
    wanted = fingerprints(
        runtime.keyring,
        code.strip().upper().replace("-", "").replace(" ", ""),
        purpose=CODE_PURPOSE,
    )
    with runtime.db.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT application_id, office_id, tracking_hash FROM find_tracking(%s)",
            (search_key(number),),
        ).fetchall()
    found = None
    for application_id, office_id, stored in rows:
        if any(compare_digest(stored, one) for one in wanted):
            found = TrackingKey(office_id, application_id)
    return found


def view_tracking(runtime: Runtime, key: TrackingKey) -> TrackingView:
    """Return one application as its applicant sees it, in one reading statement.

    Raises:
        NotFound: there is none any more.
    """
    with runtime.transaction(key.office_id) as connection:
        row = connection.exec_driver_sql(_TRACK, {"id": key.application_id}).fetchone()
        if row is None:
            raise NotFound("application", key.application_id)
        sop = runtime.rules(connection, row.sop_version_id).sop
        clockwork = runtime.clockwork(
            connection, row.sop_version_id, row.calendar_version_id, row.late_receipt
        )
    events = [_event(line) for line in row.events]
    history = list(happenings(sop, events))
    clock = ClockState.from_json(row.state["clock"])
    limits = clockwork.limits(clock, row.now)
    if_back = _if_back(clockwork, clock, limits, row.now)
    days, totals = clockwork.account(history, row.now)
    return TrackingView(
        application_id=row.id,
        office_name=row.office_name,
        office_address=row.address,
        office_phone=row.phone,
        zone=row.zone,
        number=row.number,
        sop=sop,
        calendar=clockwork.calendar,
        subject=row.subject,
        applicant_masked=mask_name(row.applicant),
        step=row.step,
        outcome=row.outcome,
        ended_at=row.ended_at,
        filed_at=row.filed_at,
        now=row.now,
        held=row.state.get("held"),
        limits=limits,
        if_back_now=if_back[0][1] if if_back else None,
        if_back=if_back,
        days=days,
        totals=totals,
        events=events,
        faults=[FaultyPaper(**paper) for paper in row.faults],
        permit=None if row.permit is None else PermitView(**row.permit),
        told_rungs=frozenset(row.told),
        silence=None if row.outcome else true_silence(clockwork, clock, row.now),
        sample=row.sample,
        bill=_bill(row.bill),
        asks=[OpenAsk(key, ask["n"], ask["s"]) for key, ask in row.state.get("asks", {}).items()],
    )


def _if_back(
    clockwork: Clockwork, clock: ClockState, limits: Sequence[LimitState], now: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """Return until when we would be done, for an answer now and on the next two working days."""
    key = next((one.key for one in limits if one.name == "service" and one.status == "paused"), "")
    if not key:
        return ()
    calendar, counted = clockwork.calendar, clockwork.calendar.counted_on(now)
    later = [calendar.opening(calendar.nth_after(counted, n)) for n in (1, 2)]
    return [(at, clockwork.due_if_back(clock, key, at)) for at in (now, *later)]


def _bill(line: Mapping[str, Any] | None) -> TrackedBill | None:
    if line is None:
        return None
    moments = {
        name: None if line[name] is None else datetime.fromisoformat(line[name])
        for name in ("due_at", "paid_at", "reversed_at")
    }
    return TrackedBill(**{**line, **moments, "amount_idr": int(line["amount_idr"])})


def _event(line: Mapping[str, Any]) -> EventView:
    return EventView(
        seq=line["seq"],
        action=line["action"],
        ask=line["ask"],
        from_step=line["from_step"],
        to_step=line["to_step"],
        lane=line["lane"],
        actor_id=None,
        actor=None,
        reason=line["reason"],
        detail=line["detail"],
        recorded_at=datetime.fromisoformat(line["effective_at"]),
        effective_at=datetime.fromisoformat(line["effective_at"]),
        hash="",
    )


# A reason is shown where it was written to the applicant: a return, a refusal, more time, a
# corrected time. What colleagues write to each other stays inside.
_TRACK = """
SELECT a.id, a.sop_version_id, a.calendar_version_id, a.step, a.outcome, a.ended_at, a.state,
       clock_timestamp() AS now, o.late_receipt, o.zone, o.name AS office_name, o.address,
       o.phone, o.sample, d.number, d.subject, d.filed_at, t.name AS applicant,
       (SELECT jsonb_agg(jsonb_build_object('seq', e.seq, 'action', e.action, 'ask', e.ask,
                 'from_step', e.from_step, 'to_step', e.to_step, 'lane', e.lane,
                 'reason', CASE WHEN e.detail ? 'faults' OR e.detail ? 'legal_basis'
                                  OR e.action IN ('extend', 'correct_time')
                                THEN e.reason END,
                 'detail', e.detail - 'collector' - 'opinion' - 'proposed_by',
                 'effective_at', e.effective_at) ORDER BY e.seq)
          FROM application_event e
         WHERE e.application_id = a.id
           AND e.action NOT IN ('take', 'hand_back', 'reassign', 'nik_shown',
                                'fee_assessed', 'receipt_reprinted')) AS events,
       coalesce((SELECT jsonb_agg(jsonb_build_object('name', p.name,
                 'state', CASE WHEN p.verdict = 'faulty' THEN 'faulty' ELSE p.presence END,
                 'note', CASE WHEN p.verdict = 'faulty' THEN p.verdict_note
                              ELSE p.presence_note END) ORDER BY p.position)
          FROM paper p
         WHERE p.application_id = a.id
           AND (p.verdict = 'faulty' OR p.presence IN ('missing', 'faulty'))),
         '[]'::jsonb) AS faults,
       (SELECT jsonb_build_object('number', m.number, 'status', m.status,
                 'verify_code', m.verify_code, 'issued_on', m.issued_on,
                 'valid_until', m.valid_until)
          FROM permit m WHERE m.application_id = a.id) AS permit,
       (SELECT jsonb_build_object('number', b.number, 'amount_idr', b.amount_idr::text,
                 'status', b.status, 'due_at', b.due_at, 'slip_number', y.slip_number,
                 'paid_at', y.paid_at,
                 'reversed_at', CASE WHEN b.status = 'open' THEN (SELECT max(r.reversed_at)
                    FROM payment r WHERE r.bill_id = b.id) END)
          FROM bill b LEFT JOIN payment y ON y.id = b.payment_id
         WHERE b.application_id = a.id ORDER BY b.issued_at DESC LIMIT 1) AS bill,
       ARRAY(SELECT DISTINCT l.rung FROM alert l
              WHERE l.application_id = a.id AND l.withdrawn_at IS NULL
                AND split_part(l.key, '#', 1) IN ('service', 'filing', 'law')) AS told
  FROM application a
  JOIN office o ON o.id = a.office_id
  JOIN dossier d ON d.application_id = a.id
  JOIN applicant t ON t.id = d.applicant_id
 WHERE a.id = %(id)s
"""
