"""A week of four schedulers: killed, asleep for three days, by clocks that are set back.

While they sweep, officers go on working: limits are met, paused and closed under their hands. Time
is the campaign's, in a simulated office; everything else is real.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from licensing.database import OWNER_ROLE, connect
from licensing.services.sweep import LATE_AFTER, sweep
from tests.bed import Urls
from tests.factories import House, broken_promises, copy_application, make_house, make_runtime
from tests.setup.processes import wait_for
from tests.soak.crew import working
from tests.soak.rounds import chance, rounds
from tests.soak.test_sweepers import ALERTS
from tests.soak.work import Place, sweep_by_a_clock

pytestmark = pytest.mark.soak

SCHEDULERS = 4
BATCH = 10
_LIMITS_EACH = 3
"""Open deadlines of an application at verification: service, law, step."""
_KINDS = 20
"""Applications that went through the door; the others are copies of them."""
_KILLS_A_TICK = rounds(120)
_HOUR = timedelta(hours=1)


def july(text: str) -> datetime:
    """Return a moment of July 2026 in western Indonesian time: `6 10:00`."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-07-{int(day):02}T{clock}:00+07:00").astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment at which somebody looks at the clock."""

    at: datetime
    swept: bool = True
    """False: the schedulers sleep; officers do not."""
    back: bool = False
    """Whether the clock has been set back an hour before it."""
    finished: bool = False
    """Whether one of the schedulers lives on: then everything owed by now has been told."""


WEEK = (
    Tick(july("7 07:31")),
    Tick(july("7 12:00")),
    Tick(july("7 16:01"), finished=True),
    # Asleep from Tuesday evening to Friday evening.
    Tick(july("8 09:00"), swept=False),
    Tick(july("8 15:00"), swept=False),
    Tick(july("9 10:00"), swept=False),
    Tick(july("10 10:00"), swept=False),
    Tick(july("10 16:02")),
    Tick(july("10 15:02"), back=True),
    Tick(july("10 16:30")),
    Tick(july("13 09:00"), finished=True),
)
"""A step is due on Tuesday, the service on Thursday; both are told of again on the days after."""

LAST = WEEK[-1].at


@pytest.fixture
def office(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(
        fresh_database.owner,
        role=OWNER_ROLE,
        pool_size=2,
        statement_timeout_ms=0,
        idle_timeout_ms=0,
    )
    yield make_house(make_runtime(app, tmp_path), owner, simulated=True)
    app.dispose()
    owner.dispose()


@pytest.fixture
def place(office: House, fresh_database: Urls, tmp_path: Path) -> Place:
    people = office.people
    return Place(fresh_database.app, tmp_path, office.office_id, people.verifier, people.head)


@dataclass(slots=True)
class Officers:
    """People who press while the schedulers sweep, and what had been told by the time they did."""

    office: House
    dice: Random
    sound: list[UUID]
    faulty: list[UUID]
    told: dict[tuple[UUID, str], set[str]] = field(default_factory=dict)
    """The rungs raised of each limit by the time it was met, paused or closed."""
    pressed: dict[str, int] = field(default_factory=dict)

    def press(self, at: datetime, count: int) -> None:
        """Let some files go on, some back to their applicants, and some be withdrawn."""
        for _ in range(count):
            action, files, by, reason = self.dice.choice(
                (
                    ("approve", self.sound, self.office.people.verifier, None),
                    ("return_for_correction", self.faulty, self.office.people.verifier, "Keliru"),
                    ("withdraw", self.sound, self.office.people.clerk, "Batal"),
                )
            )
            if not files:
                continue
            application = files.pop(self.dice.randrange(len(files)))
            self.office.press(action, application, by=by, reason=reason, at=at)
            self.pressed[action] = self.pressed.get(action, 0) + 1
            for row in self.office.rows(_STANDING, id=application):
                self.told[application, row.key] = set(row.told)


def files_of_monday(office: House, dice: Random, deadlines: int) -> tuple[list[UUID], list[UUID]]:
    """Return files accepted on Monday: those whose papers are correct, and those with a fault."""
    sound: list[UUID] = []
    faulty: list[UUID] = []
    for number in range(_KINDS):
        at = july("6 08:00") + timedelta(minutes=dice.randrange(7 * 60))
        first = office.application("verification", at=at)
        office.judge_all(first, faulty="npwp" if number % 3 == 0 else None)
        count = -(-deadlines // (_LIMITS_EACH * _KINDS)) - 1
        with office.owner.begin() as connection:
            copies = copy_application(connection, first, count)
        (faulty if number % 3 == 0 else sound).extend((first, *copies))
    # Copies are spread over minutes; here every one of them is due when its rung says.
    office.as_owner(_AS_PLANNED)
    return sound, faulty


def sweep_and_be_killed(place: Place, dice: Random, at: datetime) -> int:
    """Let four schedulers sweep by clocks that differ, and kill each; return how many."""
    with ExitStack() as crew:
        schedulers = [
            crew.enter_context(
                working(sweep_by_a_clock, place, BATCH, at - _HOUR if number == 0 else at)
            )
            for number in range(SCHEDULERS)
        ]
        for scheduler in schedulers:
            scheduler.says()
        dice.shuffle(schedulers)
        for scheduler in schedulers:
            scheduler.listen(dice.uniform(0, 0.05))
            scheduler.kill()
    return SCHEDULERS


def owed(office: House, at: datetime) -> int:
    return int(office.rows(_OWED, at=at)[0].limits)


def catch_up(office: House, at: datetime) -> None:
    """Raise what is left; a connection of somebody killed may still hold what it had claimed."""

    def caught_up() -> bool:
        sweep(office.runtime, at=at, office_id=office.office_id)
        return owed(office, at) == 0

    wait_for(caught_up, "the rest is raised", 120)


def test_a_week_of_killed_schedulers_tells_of_every_deadline_once(
    office: House, place: Place
) -> None:
    dice = chance("killed schedulers")
    deadlines = rounds(10_000)
    officers = Officers(office, dice, *files_of_monday(office, dice, deadlines))
    a_few = max(3, deadlines // _LIMITS_EACH // 40)
    kills = 0
    for tick in WEEK:
        if not tick.back:
            # What is pressed by a clock that was wrong is another matter than what is told by one.
            officers.press(tick.at, a_few)
        killed = 0
        while tick.swept and killed < _KILLS_A_TICK and owed(office, tick.at):
            killed += sweep_and_be_killed(place, dice, tick.at)
            if not tick.back:
                officers.press(tick.at, a_few // 10)
        kills += killed
        if tick.finished:
            catch_up(office, tick.at)
            assert told_now(office) == owed_by(office, officers, tick.at)

    standing = office.rows(_ALL)
    alerts = office.rows(_ALERTS)
    print(
        f"{len(standing)} deadlines, {len(alerts)} alerts, {kills} schedulers killed,"
        f" {officers.pressed}"
    )
    assert len(standing) >= deadlines
    assert len(alerts) == len(told_now(office))
    assert all(row.raised_at >= row.owed_at for row in alerts)
    assert set(officers.pressed) == {"approve", "return_for_correction", "withdraw"}
    assert kills >= SCHEDULERS
    for at in (LAST, LAST - _HOUR):
        assert sweep(office.runtime, at=at, office_id=office.office_id).raised == 0
    assert [row for row in office.rows(_MARKS, late_after=LATE_AFTER) if row.says != row.late] == []
    assert broken_promises(office, *ALERTS) == {}


def test_what_was_slept_through_is_told_oldest_first(office: House, place: Place) -> None:
    dice = chance("asleep for three days")
    files_of_monday(office, dice, rounds(2_000))
    sweep(office.runtime, at=july("7 07:31"), office_id=office.office_id, batch=BATCH)
    before = {row.id for row in office.rows("SELECT id FROM alert")}

    report = sweep(office.runtime, at=july("10 16:02"), office_id=office.office_id, batch=BATCH)

    # Their ids are in the order in which they were raised.
    alerts = [
        row
        for row in office.rows("SELECT id, application_id, key, owed_at FROM alert ORDER BY id")
        if row.id not in before
    ]
    oldest: dict[tuple[UUID, str], datetime] = {}
    for row in alerts:
        oldest.setdefault((row.application_id, row.key), row.owed_at)
    assert list(oldest.values()) == sorted(oldest.values())
    assert len(set(oldest.values())) > 1
    assert (report.raised, report.late) == (len(alerts), len(alerts))


def told_now(office: House) -> set[tuple[UUID, str, str]]:
    """Return (application, limit, rung) of every alert."""
    return {(row.application_id, row.key, row.rung) for row in office.rows(_ALERTS)}


def owed_by(office: House, officers: Officers, at: datetime) -> set[tuple[UUID, str, str]]:
    """Return the same of every alert that must have been raised by then, and of no other."""
    return {
        (row.application_id, row.key, rung)
        for row in office.rows(_ALL)
        for rung in _rungs(row, officers.told.get((row.application_id, row.key)), at)
    }


def _rungs(row: Any, told: set[str] | None, at: datetime) -> set[str]:
    planned = {rung for rung, moment in row.rungs if moment <= at.timestamp()}
    if row.ended_at is None and row.status != "paused":
        return planned
    assert told is not None, row
    if row.status == "late":
        return told | {rung for rung in planned if rung.startswith("breach")}
    return told


_AS_PLANNED = """
UPDATE deadline SET next_rung_at = to_timestamp((rungs -> 0 ->> 1)::bigint)
 WHERE next_rung_at IS NOT NULL
"""

_OWED = "SELECT count(*) AS limits FROM deadline WHERE next_rung_at <= %(at)s"

_STANDING = """
SELECT d.key, array(SELECT a.rung FROM alert a
                     WHERE a.application_id = d.application_id AND a.key = d.key) AS told
  FROM deadline d
 WHERE d.application_id = %(id)s AND (d.ended_at IS NOT NULL OR d.status = 'paused')
"""

# The limits that run when the week begins, and the step that an approval begins.
_ALL = """
SELECT application_id, key, status, ended_at, rungs FROM deadline
 WHERE key IN ('service', 'law') OR key LIKE 'step:verification%%' OR key LIKE 'step:signature%%'
"""

_ALERTS = """
SELECT application_id, key, rung, owed_at, raised_at FROM alert WHERE withdrawn_at IS NULL
"""

_MARKS = """
SELECT (n.params ->> 'late')::boolean AS says, a.raised_at - a.owed_at > %(late_after)s AS late
  FROM notice n JOIN alert a ON a.id = n.alert_id
 WHERE n.event = 'alert.' || a.rung
"""
