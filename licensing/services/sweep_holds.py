"""Holds that have lasted as long as they may: their alert is raised, and the clock ends them.

A hold ends at its length, however late the sweep comes: what it presses counts at the moment at
which the hold was due, so no day after it is taken from us by a machine that was off.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from licensing.change import Case
from licensing.runtime import Runtime
from licensing.services.door_sql import read_for_decision
from licensing.services.office_hours import OfficeHours
from licensing.services.sweep_one import (
    Pressing,
    being_counted,
    due_limits,
    move_on,
    next_opening,
    press,
    raise_alert,
    read_due,
)
from licensing.services.sweep_sql import rules_json, tell_officers

log = logging.getLogger(__name__)

PREFIX: Final = "hold:"


@dataclass(frozen=True, slots=True)
class Holds:
    """What the sweep of an office's holds did."""

    raised: int
    late: int
    ended: int
    """Holds that the clock ended."""
    failure: str | None = None
    """The first application that could not be swept, and why; the others were."""


def sweep_holds(
    runtime: Runtime,
    office_id: UUID,
    *,
    at: datetime | None,
    now: datetime,
    late_after: timedelta,
) -> Holds:
    """Tell of the holds that have lasted as long as they may, and end them.

    One that somebody ended too late is only told of, by the sweep of all other limits.
    """
    raised = late = ended = 0
    failure = None
    for application_id, key in due_limits(runtime, office_id, PREFIX, now, late=False):
        try:
            with runtime.transaction(office_id) as connection:
                owed, pressing = _over(runtime, connection, application_id, key, at, late_after)
            if pressing is not None:
                ended += press(runtime, office_id, application_id, key, pressing, at)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            # It stays the oldest that is due: stopping here would silence all behind it for ever.
            log.exception("application %s: limit %s could not be swept", application_id, key)
            failure = failure or f"application {application_id}, {key}: {error}"
            continue
        raised += len(owed)
        late += sum(delay > late_after for delay in owed)
    return Holds(raised, late, ended, failure)


def _over(
    runtime: Runtime,
    connection: Connection,
    application_id: UUID,
    key: str,
    at: datetime | None,
    late_after: timedelta,
) -> tuple[list[timedelta], Pressing | None]:
    """Raise what one hold owes; return the delay of each alert, and what to press."""
    case = read_for_decision(connection, application_id)
    now = at or case.now
    limit = read_due(connection, application_id, key, now)
    if limit is None or not limit.running:
        return [], None
    if case.outcome is not None:
        move_on(connection, application_id, key, None)
        return [], None
    clockwork = runtime.clockwork(
        connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
    )
    delays = []
    for rung, owed_at in limit.planned:
        if owed_at > now:
            continue
        alert = raise_alert(connection, case, key, rung, owed_at, now)
        if alert is not None:
            delays.append(now - owed_at)
            rules = rules_json(runtime, connection, (case.sop_version_id,))
            hours = OfficeHours(now, clockwork.calendar)
            tell_officers(connection, case, key, alert, rules, hours=hours, late_after=late_after)
    if being_counted(connection, case):
        # Another calendar may give the applicant more time. The hold stays due till then.
        return delays, None
    return delays, Pressing(
        action=_resume(runtime, connection, case),
        ask=None,
        version=case.version,
        reason=None,
        again=next_opening(clockwork.calendar, now),
        now=now,
    )


def _resume(runtime: Runtime, connection: Connection, case: Case) -> str:
    """Return the action that ends the hold that is on."""
    step = runtime.rules(connection, case.sop_version_id).sop.steps[case.step]
    return step.holds[case.state["held"]].resume
