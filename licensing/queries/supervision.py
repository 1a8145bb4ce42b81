"""What supervisors see: what is late, what comes next, who holds it, who was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from licensing.people import Officer
from licensing.queries.file_rows import FileRow, file_row
from licensing.queries.inbox import cursor, cursor_after, place_after
from licensing.queries.supervision_alerts import AlertView, alert_view
from licensing.queries.supervision_asks import AskLoad, ask_loads
from licensing.queries.supervision_sql import ASKED_PAGE, BOARD, ENDED, OPEN
from licensing.runtime import Runtime
from licensing.services.heartbeat import SWEEP
from licensing.vocabulary import VOCABULARY
from workflows.sop import Sop, Text
from workflows.worktime import Calendar

State = Literal["lewat", "hariini", "segera", "aman", "jeda"]
Ended = Literal["tepat", "terlambat"]

STATES: Final[tuple[State, ...]] = ("lewat", "hariini", "segera", "aman", "jeda")
SOON_DAYS: Final = 2
WINDOW_DAYS: Final = 30
"""Working days over which the share on time is told."""
PAGE: Final = 50
PAYS: Final = "book_payment"
"""The effect of taking the money: where it is offered, the bank is waited for."""
NEAREST: Final = 7
NEWEST: Final = 4


@dataclass(frozen=True, slots=True)
class Edges:
    """The moments between the states of a file, as of now."""

    now: datetime
    tomorrow: datetime
    """Midnight after today in the office's zone: due before it is due today."""
    later: datetime
    """Midnight after the second next working day: due before it is soon."""
    window: datetime
    """Midnight before the last 30 working days."""


@dataclass(frozen=True, slots=True)
class StepLoad:
    """What lies at one step of a service."""

    service: str
    service_title: Text
    step: str
    title: Text
    lane: str
    pays: bool
    """Whether what is waited for here is the payment of a bill."""
    open: int
    late: int
    paused: int
    oldest: datetime
    """When the file that has lain there longest came to it."""
    limit_days: int | None
    """Working days that the SOP allows; None where it sets none, or hours."""


@dataclass(frozen=True, slots=True)
class NearFile:
    """One file near its limit, or beyond it."""

    application_id: UUID
    number: str
    subject: str
    service_title: Text
    step_title: Text
    lane_title: Text
    holder: str | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DayOfEnds:
    """How many service limits ended on one day, and how."""

    on: date
    met: int
    late: int


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board."""

    edges: Edges
    counts: Mapping[State, int]
    paused_at: Sequence[tuple[Text, int]]
    """Where paused files wait: the step and how many, most first."""
    steps: Sequence[StepLoad]
    asks: Sequence[AskLoad]
    visits_today: int
    visits_passed: int
    """Visits whose day is over, without a report."""
    nearest: Sequence[NearFile]
    ended: Sequence[DayOfEnds]
    alerts: Sequence[AlertView]
    alerts_today: int
    unacknowledged: int
    waiting_letters: int
    """Letters that are due to leave."""
    swept_at: datetime | None

    @property
    def open(self) -> int:
        """How many files are open."""
        return sum(self.counts.values())

    @property
    def unpaid(self) -> int:
        """How many files wait for the applicant to pay at the bank."""
        return sum(load.open for load in self.steps if load.pays)

    @property
    def met(self) -> int:
        """How many services ended in time within the window."""
        return sum(day.met for day in self.ended)

    @property
    def late(self) -> int:
        """How many services ended late within the window."""
        return sum(day.late for day in self.ended)


@dataclass(frozen=True, slots=True)
class FileList:
    """One page of a list behind a number of the board."""

    rows: Sequence[FileRow]
    next_after: str | None


def edges(calendar: Calendar, now: datetime) -> Edges:
    """Return the moments between the states of a file."""
    today = calendar.local_date(now)
    back = today
    while calendar.working_days(back, today) < WINDOW_DAYS:
        back -= timedelta(days=1)
    return Edges(
        now=now,
        tomorrow=_midnight(calendar, today + timedelta(days=1)),
        later=_midnight(calendar, calendar.nth_after(today, SOON_DAYS) + timedelta(days=1)),
        window=_midnight(calendar, back + timedelta(days=1)),
    )


def board(runtime: Runtime, officer: Officer, calendar: Calendar, now: datetime) -> Board:
    """Return the board of the office of `officer`, in one reading statement."""
    moments = edges(calendar, now)
    with runtime.transaction(officer.office_id) as connection:
        row = connection.exec_driver_sql(
            BOARD,
            {
                "now": moments.now,
                "tomorrow": moments.tomorrow,
                "later": moments.later,
                "window": moments.window,
                "today": _midnight(calendar, calendar.local_date(now)),
                "day": calendar.local_date(now),
                "zone": calendar.spec.zone,
                "nearest": NEAREST,
                "newest": NEWEST,
                "sweep": SWEEP,
            },
        ).one()
        sops = {
            version: runtime.rules(connection, UUID(version)).sop
            for version in {line["version"] for line in (*row.loads, *row.asked, *row.nearest)}
        }
    counts: dict[State, int] = {state: sum(load[state] for load in row.loads) for state in STATES}
    return Board(
        edges=moments,
        counts=counts,
        paused_at=_paused_at(row.loads, sops),
        steps=_steps(row.loads, sops),
        asks=ask_loads(row.asked, sops),
        visits_today=row.visits["today"],
        visits_passed=row.visits["passed"],
        nearest=[_near(near, sops[near["version"]]) for near in row.nearest],
        ended=[
            DayOfEnds(date.fromisoformat(day["day"]), day["met"], day["late"]) for day in row.ended
        ],
        alerts=[alert_view(alert) for alert in row.alerts],
        alerts_today=row.alerts_today,
        unacknowledged=row.unacknowledged,
        waiting_letters=row.waiting_letters,
        swept_at=row.swept_at,
    )


def open_files(
    runtime: Runtime,
    officer: Officer,
    moments: Edges,
    *,
    state: State | None = None,
    step: str | None = None,
    service: str | None = None,
    after: str | None = None,
) -> FileList:
    """Return one page of the open files of the office, nearest first: of a state, step, service."""
    due_after, id_after = cursor(after)
    low, high = _range(moments, state)
    with runtime.transaction(officer.office_id) as connection:
        rows = connection.exec_driver_sql(
            OPEN,
            {
                "lanes": sorted(VOCABULARY.roles),
                "low": low,
                "high": high,
                "step": step,
                "service": service,
                "due_after": due_after,
                "id_after": id_after,
                "now": moments.now,
                "limit": PAGE + 1,
            },
        ).fetchall()
        shown = [file_row(runtime, connection, row, moments.now) for row in rows[:PAGE]]
    return FileList(shown, cursor_after(shown[-1]) if len(rows) > PAGE else None)


def asked_files(
    runtime: Runtime, officer: Officer, now: datetime, ask: str, lane: str, *, after: str | None
) -> FileList:
    """Return one page of the asks of one kind that wait in one lane, nearest to their limit."""
    due_after, id_after, ask_after = place_after(after)
    with runtime.transaction(officer.office_id) as connection:
        rows = connection.exec_driver_sql(
            ASKED_PAGE,
            {
                "lane": lane,
                "name": ask,
                "due_after": due_after,
                "id_after": id_after,
                "ask_after": ask_after,
                "now": now,
                "limit": PAGE + 1,
            },
        ).fetchall()
        shown = [file_row(runtime, connection, row, now) for row in rows[:PAGE]]
    return FileList(shown, cursor_after(shown[-1]) if len(rows) > PAGE else None)


def ended_files(
    runtime: Runtime, officer: Officer, moments: Edges, how: Ended, *, after: str | None = None
) -> FileList:
    """Return one page of the files whose service limit ended within the window, newest first."""
    ended_before, id_before = cursor(after)
    with runtime.transaction(officer.office_id) as connection:
        rows = connection.exec_driver_sql(
            ENDED,
            {
                "status": "met" if how == "tepat" else "late",
                "since": moments.window,
                "before": ended_before if after else "infinity",
                "id": id_before,
                "now": moments.now,
                "limit": PAGE + 1,
            },
        ).fetchall()
        shown = [file_row(runtime, connection, row, moments.now) for row in rows[:PAGE]]
    last = rows[:PAGE][-1:]
    more = f"{last[0].stopped_at.isoformat()}~{last[0].id}" if len(rows) > PAGE else None
    return FileList(shown, more)


def _range(moments: Edges, state: State | None) -> tuple[datetime | str, datetime | str | None]:
    """Return from when until before when a file of this state is due; a paused one never is."""
    ranges: Mapping[State | None, tuple[datetime | str, datetime | str | None]] = {
        "lewat": ("-infinity", moments.now),
        "hariini": (moments.now, moments.tomorrow),
        "segera": (moments.tomorrow, moments.later),
        "aman": (moments.later, "infinity"),
        "jeda": ("infinity", None),
        None: ("-infinity", None),
    }
    return ranges[state]


def _midnight(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=calendar.zone)


def _paused_at(
    loads: Sequence[Mapping[str, Any]], sops: Mapping[str, Sop]
) -> list[tuple[Text, int]]:
    found: dict[str, tuple[Text, int]] = {}
    for load in loads:
        if load["jeda"]:
            title = sops[load["version"]].steps[load["step"]].title
            found[load["step"]] = (title, found.get(load["step"], (title, 0))[1] + load["jeda"])
    return sorted(found.values(), key=lambda pair: -pair[1])


def _steps(loads: Sequence[Mapping[str, Any]], sops: Mapping[str, Sop]) -> list[StepLoad]:
    """Return the load of each step, several versions of an SOP together, in the SOP's order."""
    found: dict[tuple[str, str], StepLoad] = {}
    for load in loads:
        sop = sops[load["version"]]
        step = sop.steps[load["step"]]
        known = found.get((sop.name, step.name))
        within = step.within
        oldest = datetime.fromisoformat(load["oldest"])
        found[sop.name, step.name] = StepLoad(
            service=sop.name,
            service_title=sop.title,
            step=step.name,
            title=step.title,
            lane=step.lane,
            pays=any(PAYS in action.then for action in step.actions.values()),
            open=load["n"] + (known.open if known else 0),
            late=load["lewat"] + (known.late if known else 0),
            paused=load["jeda"] + (known.paused if known else 0),
            oldest=min(oldest, known.oldest) if known else oldest,
            limit_days=within.amount if within and within.unit == "working days" else None,
        )
    order = {
        (sop.name, name): place for sop in sops.values() for place, name in enumerate(sop.steps)
    }
    return [found[key] for key in sorted(found, key=lambda key: (key[0], order[key]))]


def _near(near: Mapping[str, Any], sop: Sop) -> NearFile:
    step = sop.steps[near["step"]]
    return NearFile(
        application_id=UUID(near["id"]),
        number=near["number"],
        subject=near["subject"],
        service_title=sop.title,
        step_title=step.title,
        lane_title=sop.lanes[step.lane].title,
        holder=near["holder"],
        due_at=datetime.fromisoformat(near["due_at"]),
    )
