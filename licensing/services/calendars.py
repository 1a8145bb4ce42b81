"""Calendars: a new holiday makes a new version; nothing published is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound, StaleSetting
from licensing.forms import MAX_TEXT, one_line
from licensing.happenings import happenings
from licensing.letters.hindsight import PAST_DAYS_CHANGED
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.administration import record
from licensing.services.calendar_changes import KEEPERS, AnyChange, changed
from licensing.services.calendar_outages import DECLARERS
from licensing.services.door_sql import dump
from licensing.services.offices import add_calendar
from licensing.services.tell_inspectorate import tell_inspectorate
from workflows.calendar_diff import calendar_diff
from workflows.calendar_spec import CalendarSpec
from workflows.ledger import ClockFault, ClockState, Clockwork
from workflows.sop import Text
from workflows.worktime import Calendar, LateReceipt

MOST: Final = 2_000
"""Files of which a preview works out the promise anew; the nearest first."""
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """The calendar in force."""

    version_id: UUID
    number: int
    spec: CalendarSpec
    late_receipt: LateReceipt
    today: date
    """In the office's zone."""
    source: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """A new version of the calendar, and the run that counts the open files by it."""

    number: int
    recompute_id: UUID


@dataclass(frozen=True, slots=True)
class Moved:
    """One open file whose promise would be another if its days were counted anew."""

    application_id: UUID
    number: str
    subject: str
    service: Text
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """What a change of the calendar would touch; nothing has been written."""

    before: Standing
    after: CalendarSpec
    moved: int
    first: Sequence[Moved]
    """The nearest 20 of them."""
    looked_at: int
    left_out: int
    """Open files with a promise beyond those that were looked at."""


def set_calendar(runtime: Runtime, spec: CalendarSpec, *, source: str, by: Officer) -> InForce:
    """Put a new version of the calendar in force, and ask for the open files to be counted anew.

    Applications filed from now on use it. Those that are open are brought to it by a run of
    `recompute`, which tells each applicant whose promise moves.

    Raises:
        NotAllowed: `by` keeps no calendar, or declares an outage without being the head.
        InvalidInput: no source is named, or the zone is another one than the office's.
    """
    by.must_have("set the calendar", *KEEPERS)
    source = _source(source)
    with runtime.transaction(by.office_id) as connection:
        zone = connection.exec_driver_sql(
            "SELECT zone FROM office WHERE id = %s FOR UPDATE", (by.office_id,)
        ).scalar_one()
        if spec.zone != zone:
            raise InvalidInput({"zone": "zone_of_the_office"})
        before = standing_calendar(connection, by.office_id)
        if set(spec.outages) != set(before.spec.outages):
            by.must_have("declare an outage", *DECLARERS)
        made = _put_in_force(connection, before, spec, source=source, by=by)
        _record(connection, by, made.number, {"after": {"source": source}})
        return made


def preview_calendar(
    runtime: Runtime, change: AnyChange, *, source: str, by: Officer
) -> CalendarPreview:
    """Return what a change would touch, worked out on the calendar as it would be.

    Raises:
        NotAllowed, NotFound, InvalidInput, CalendarFault: as `change_calendar`.
    """
    by.must_have("set the calendar", *change.keepers)
    _source(source)
    with runtime.transaction(by.office_id) as connection:
        before = standing_calendar(connection, by.office_id)
        after = changed(before.spec, change, today=before.today)
        first = calendar_diff(before.spec, after).first
        moved, looked_at, waiting = list[Moved](), 0, 0
        if first is not None:
            calendar = Calendar(after, before.late_receipt)
            moved, looked_at, waiting = _moved(runtime, connection, calendar, first, before)
    return CalendarPreview(
        before, after, len(moved), moved[:SHOWN], looked_at, max(0, waiting - looked_at)
    )


def change_calendar(
    runtime: Runtime, change: AnyChange, *, source: str, seen: int, by: Officer
) -> InForce:
    """Put the calendar with one change in force as a new version, as `set_calendar` does.

    `seen` is the number of the version that the preview was made on.

    Raises:
        NotAllowed: `by` keeps no calendar.
        NotFound: the office has no calendar.
        StaleSetting: another version came into force after the preview.
        InvalidInput: every fault at once, by field.
        CalendarFault: the hours contradict each other.
    """
    by.must_have("set the calendar", *change.keepers)
    source = _source(source)
    with runtime.transaction(by.office_id) as connection:
        connection.exec_driver_sql("SELECT 1 FROM office WHERE id = %s FOR UPDATE", (by.office_id,))
        before = standing_calendar(connection, by.office_id)
        if before.number != seen:
            raise StaleSetting("calendar")
        after = changed(before.spec, change, today=before.today)
        made = _put_in_force(connection, before, after, source=source, by=by)
        old, new = before.spec.to_json(), after.to_json()
        differs = [key for key in old if old[key] != new[key]]
        _record(
            connection,
            by,
            made.number,
            {
                "deed": change.deed,
                "day": change.day.isoformat(),
                "before": {key: _difference(old[key], new[key]) for key in differs},
                "after": {key: _difference(new[key], old[key]) for key in differs}
                | {"source": source},
            },
        )
        return made


def calendar_in_force(runtime: Runtime, by: Officer) -> Standing:
    """Return the calendar that the office of `by` counts by now.

    Raises:
        NotAllowed: `by` keeps no calendar.
        NotFound: it has none.
    """
    by.must_have("see the calendar", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        return standing_calendar(connection, by.office_id)


def standing_calendar(connection: Connection, office_id: UUID) -> Standing:
    """Return the calendar that an office counts by now.

    Raises:
        NotFound: it has none.
    """
    row = connection.exec_driver_sql(_STANDING, (office_id,)).fetchone()
    if row is None:
        raise NotFound("calendar of office", office_id)
    return Standing(
        row.id,
        row.number,
        CalendarSpec.from_json(row.spec),
        row.late_receipt,
        row.today,
        row.source,
        row.created_at,
    )


def _put_in_force(
    connection: Connection, before: Standing, after: CalendarSpec, *, source: str, by: Officer
) -> InForce:
    """Write a new version and the run that brings the open files to it.

    Days that have passed, and today, whose closing may be over, may take a broken limit back: the
    inspectorate hears of it at once.
    """
    number = add_calendar(connection, by.office_id, after, source=source, created_by=by.id)
    differs = calendar_diff(before.spec, after)
    differences = [one.to_json() for one in differs.differences]
    if differs.first is not None and differs.first <= before.today:
        told = {
            "calendar": number,
            "on": differs.first.isoformat(),
            "source": source,
            "by": by.name,
        }
        tell_inspectorate(connection, by.office_id, PAST_DAYS_CHANGED, told)
    asked = connection.exec_driver_sql(
        _ASK, {"office": by.office_id, "differences": dump(differences), "by": by.id}
    )
    return InForce(number, asked.scalar_one())


def _moved(
    runtime: Runtime,
    connection: Connection,
    calendar: Calendar,
    first: date,
    standing: Standing,
) -> tuple[list[Moved], int, int]:
    """Return the files whose promise would move, how many were looked at, and how many wait.

    As the run will count them: from the stored clock where the calendars differ in days to come
    alone, else from the first line.
    """
    start = datetime.combine(first, time(), calendar.zone)
    rows = connection.exec_driver_sql(_PROMISED, {"from": start, "limit": MOST}).fetchall()
    clocks: dict[UUID, Clockwork] = {}
    states: dict[UUID, ClockState] = {}
    for row in rows:
        if row.sop_version_id not in clocks:
            sop = runtime.rules(connection, row.sop_version_id).sop
            clocks[row.sop_version_id] = Clockwork(sop, calendar)
        if row.calendar_version_id == standing.version_id:
            state = _from_the_state(clocks[row.sop_version_id], row.clock, first)
            if state is not None:
                states[row.id] = state
    lines: dict[UUID, list[Any]] = defaultdict(list)
    slow = [row.id for row in rows if row.id not in states]
    if slow:
        for line in connection.exec_driver_sql(_HISTORY, (slow,)):
            lines[line.application_id].append(line)
    moved = []
    for row in rows:
        clock = clocks[row.sop_version_id]
        state = states.get(row.id) or clock.fold(happenings(clock.sop, lines[row.id]))
        due = next((track.due for track in state.tracks if track.key == "service"), None)
        if due is not None and due != row.due_at:
            moved.append(Moved(row.id, row.number, row.subject, clock.sop.title, row.due_at, due))
    return moved, len(rows), rows[0].waiting if rows else 0


def _from_the_state(
    clockwork: Clockwork, stored: Mapping[str, Any], first: date
) -> ClockState | None:
    try:
        return clockwork.recalendared(ClockState.from_json(stored), first)
    except ClockFault:
        return None


def _difference(one: Any, other: Any) -> Any:
    """Return what `one` has and `other` lacks, as far as both are tables or lists."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: value for key, value in one.items() if other.get(key) != value}
    if isinstance(one, list) and isinstance(other, list) and one and isinstance(one[0], dict):
        return [value for value in one if value not in other]
    return one


def _record(connection: Connection, by: Officer, number: int, detail: dict[str, Any]) -> None:
    record(
        connection,
        by.office_id,
        "calendar_set",
        str(number),
        by=by.id,
        detail=detail,
    )


def _source(source: str) -> str:
    source = one_line(source)
    if not source:
        raise InvalidInput({"source": "required"})
    if len(source) > MAX_TEXT:
        raise InvalidInput({"source": "too_long"})
    return source


_ASK = """
INSERT INTO recompute (office_id, calendar_version_id, number, differences, asked_by)
SELECT o.id, c.id, c.number, %(differences)s, %(by)s
  FROM office o JOIN calendar_version c ON c.id = o.calendar_version_id
 WHERE o.id = %(office)s
RETURNING id
"""

_STANDING = """
SELECT c.id, c.number, c.spec, o.late_receipt, c.source, c.created_at,
       (clock_timestamp() AT TIME ZONE o.zone)::date AS today
  FROM office o JOIN calendar_version c ON c.id = o.calendar_version_id
 WHERE o.id = %s
"""

# A change of a day moves no promise that ends before it; the nearest promises are looked at.
_PROMISED = """
SELECT a.id, a.sop_version_id, a.calendar_version_id, a.state -> 'clock' AS clock, d.number,
       d.subject, l.due_at, count(*) OVER () AS waiting
  FROM deadline l
  JOIN application a ON a.id = l.application_id AND a.ended_at IS NULL
  JOIN dossier d ON d.application_id = a.id
 WHERE l.key = 'service' AND l.ended_at IS NULL AND l.due_at >= %(from)s
   AND l.status IN ('running', 'broken')
 ORDER BY l.due_at, a.id
 LIMIT %(limit)s
"""

_HISTORY = """
SELECT application_id, seq, action, ask, from_step, to_step, detail, effective_at
  FROM application_event WHERE application_id = ANY (%s) ORDER BY application_id, seq
"""
