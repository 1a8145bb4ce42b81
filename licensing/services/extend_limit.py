"""More time for one application: the service standard extended before it is due, never the law.

Source: the rule that the SOP names for the extension; UU 30/2014 Art 53 for what is not extended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case, NoticeOrder
from licensing.errors import ExtensionRefused, InvalidInput, SimulationOnly, StaleSetting
from licensing.forms import MAX_LONG_TEXT, MAX_TEXT, clean, one_line
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.door_sql import read_for_decision
from licensing.services.frozen import must_be_undecided
from licensing.services.reclock import Recount, line_about, reclock
from workflows.check import EXTEND
from workflows.ledger import ClockState, Clockwork, Happening, LimitState
from workflows.sop import Extension

LIMIT: Final = "service"
CONSENT: Final = "consent"
EXTENDED: Final = "extended"
"""In `state`: how often each kind of extension was used."""
GIVEN_BY: Final = ("letter", "counter", "scan")
"""How the applicant's consent was given: a signed letter, at the counter, a scan of a letter."""


@dataclass(frozen=True, slots=True)
class ExtendLimit:
    """What somebody decides: how much more time, and why."""

    application_id: UUID
    kind: str
    more: int
    """In the unit of the standard."""
    reason: str
    consent_on: date | None = None
    consent_by: str = ""
    consent_reference: str = ""
    """Number of the letter, or name of the scan."""
    expects: datetime | None = None
    """The due moment that the preview showed; None: none was shown."""
    at: datetime | None = None
    """A time of the caller's choice: simulated offices only."""


@dataclass(frozen=True, slots=True)
class Extended:
    """The standard before and after: moments are None while the file is away."""

    kind: str
    more: int
    unit: str
    legal: str
    before: datetime | None
    after: datetime | None
    left_before: int
    left_after: int


def preview_extension(runtime: Runtime, command: ExtendLimit, by: Officer) -> Extended:
    """Return what an extension would do; nothing is written.

    Raises:
        as `extend_limit`.
    """
    with runtime.transaction(by.office_id) as connection:
        return _worked_out(runtime, connection, command, by)[1]


def extend_limit(runtime: Runtime, command: ExtendLimit, by: Officer) -> Extended:
    """Extend the service standard of one application, once before it is due; tell the applicant.

    Raises:
        NotFound, ApplicationEnded, LapsedByLaw: there is no such open application.
        ExtensionRefused: the SOP knows no such extension, it is used up, or the time is past.
        NotAllowed: the SOP lets others decide it.
        InvalidInput: `more` beyond the cap, no reason, or the consent is not recorded.
        StaleSetting: the standard is not due any more when the preview said.
        SimulationOnly: `command.at` outside a simulated office.
    """
    with runtime.transaction(by.office_id) as connection:
        recount, done = _worked_out(runtime, connection, command, by)
        if command.expects is not None and command.expects != done.after:
            raise StaleSetting("due date")
        reclock(connection, [recount])
        return done


def _worked_out(
    runtime: Runtime, connection: Connection, command: ExtendLimit, by: Officer
) -> tuple[Recount, Extended]:
    case = read_for_decision(connection, command.application_id)
    at = _moment(case, command.at)
    must_be_undecided(runtime, connection, case, at)
    clockwork = runtime.clockwork(
        connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
    )
    rule = _rule(case, clockwork, command.kind)
    by.must_have("extend the service standard", *rule.by)
    before = ClockState.from_json(case.state["clock"])
    standing = _service(clockwork, before, at)
    if standing is None:
        raise ExtensionRefused(case.application_id, "not_running")
    if standing.status == "broken":
        raise ExtensionRefused(case.application_id, "past_due")
    reason, consent = _checked(command, rule, clockwork.calendar.local_date(at))
    after = clockwork.advance(
        before,
        Happening(at, EXTEND, case.step, False, held=before.held, extend=(LIMIT, command.more)),
    )
    longer = _service(clockwork, after, at)
    if longer is None or longer.extended == standing.extended:
        raise ExtensionRefused(case.application_id, "past_due")
    done = Extended(
        kind=command.kind,
        more=command.more,
        unit=rule.at_most.unit,
        legal=rule.source,
        before=standing.due_at,
        after=longer.due_at,
        left_before=standing.left,
        left_after=longer.left,
    )
    detail: dict[str, Any] = {
        "limit": LIMIT,
        "more": command.more,
        "unit": done.unit,
        "legal": done.legal,
        "kind": command.kind,
        "before": _text(done.before),
        "after": _text(done.after),
    } | ({"consent": consent} if consent else {})
    params: dict[str, Any] = {
        name: detail[name] for name in ("more", "unit", "legal", "kind", "before", "after")
    }
    used: Mapping[str, int] = case.state.get(EXTENDED, {})
    recount = Recount(
        # In a simulated office what is true is true at its own time.
        case=replace(case, now=at),
        clockwork=clockwork,
        limits={limit.key: limit for limit in clockwork.limits_and_holds(after)},
        clock=after.carried(),
        event=line_about(case, EXTEND, detail, by=by.id, reason=reason, at=at),
        calendar_version_id=case.calendar_version_id,
        state={EXTENDED: {**used, command.kind: used.get(command.kind, 0) + 1}},
        notices=(NoticeOrder("extended", {**params, "why": reason}),),
    )
    return recount, done


def _moment(case: Case, at: datetime | None) -> datetime:
    if at is not None and not case.simulated:
        raise SimulationOnly(str(case.office_id))
    return max(at or case.now, case.last_effective_at)


def _rule(case: Case, clockwork: Clockwork, kind: str) -> Extension:
    """Return the extension that the SOP allows and of which some is left."""
    rule = clockwork.sop.limits[LIMIT].extensions.get(kind)
    if rule is None:
        raise ExtensionRefused(case.application_id, "none")
    if case.state.get(EXTENDED, {}).get(kind, 0) >= rule.times:
        raise ExtensionRefused(case.application_id, "used_up")
    return rule


def _service(clockwork: Clockwork, state: ClockState, at: datetime) -> LimitState | None:
    for limit in clockwork.limits(state, at):
        if limit.key == LIMIT and limit.ended_at is None:
            return limit
    return None


def _checked(
    command: ExtendLimit, rule: Extension, today: date
) -> tuple[str, Mapping[str, str] | None]:
    """Return the reason and the applicant's consent, as they are recorded."""
    faults: dict[str, str] = {}
    if not 1 <= command.more <= rule.at_most.amount:
        faults["more"] = "beyond_cap"
    reason = clean(command.reason)
    if not reason:
        faults["reason"] = "required"
    elif len(reason) > MAX_LONG_TEXT:
        faults["reason"] = "too_long"
    consent: dict[str, str] | None = None
    if rule.kind == CONSENT:
        reference = one_line(command.consent_reference)
        if command.consent_on is None:
            faults["consent_on"] = "required"
        elif command.consent_on > today:
            faults["consent_on"] = "in_future"
        if command.consent_by not in GIVEN_BY:
            faults["consent_by"] = "unknown_choice" if command.consent_by else "required"
        elif not reference and command.consent_by != "counter":
            faults["consent_reference"] = "required"
        if len(reference) > MAX_TEXT:
            faults["consent_reference"] = "too_long"
        if command.consent_on is not None:
            consent = {
                "on": command.consent_on.isoformat(),
                "by": command.consent_by,
                "reference": reference,
            }
    if faults:
        raise InvalidInput(faults)
    return reason, consent


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
