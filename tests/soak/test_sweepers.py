"""Deadlines slept through for three days, and sweepers that are killed while they catch up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from licensing.services.sweep import sweep
from tests.factories import House, broken_promises, copy_application
from tests.setup.processes import wait_for
from tests.soak.crew import working
from tests.soak.rounds import FULL, chance, rounds
from tests.soak.work import Place, sweep_until_nothing_is_owed

pytestmark = pytest.mark.soak

SWEEPERS = 8 if FULL else 4
BATCH = 10
"""Small, so that a kill falls between batches as often as into one."""
_LIMITS_EACH = 3
_HOUR = 3_600
_DAY = 24 * _HOUR
_ASLEEP = 3 * _DAY
_MOST_KILLS = rounds(1_000)

ALERTS = "I14", "I15", "I16", "I17", "I18"


@dataclass(frozen=True, slots=True)
class Limit:
    """A deadline as the night left it, and the rungs that it owes now."""

    row: dict[str, Any]
    owes: frozenset[str]


def nights(dice: Random, count: int, now: int) -> Iterator[Limit]:
    """Yield limits whose moments passed while everybody slept; some of them owe nothing."""
    for number in range(count):
        half, most = sorted(now - 1 - dice.randrange(_ASLEEP) for _ in range(2))
        breach = now - 1 - dice.randrange(_HOUR)
        ahead = now + _DAY + number
        # status → rungs, which of them are owed
        status, rungs, owed = (
            ("running", {"50%": half, "80%": most, "breach": ahead}, {"50%", "80%"}),
            ("broken", {"50%": half, "breach": most, "breach+1": ahead}, {"50%", "breach"}),
            ("running", {"50%": half, "80%": ahead, "breach": ahead}, {"50%"}),
            ("broken", {"50%": half, "80%": most, "breach": breach}, {"50%", "80%", "breach"}),
            ("running", {"50%": ahead, "80%": ahead, "breach": ahead}, set()),
            ("met", {"50%": half, "80%": most, "breach": ahead}, set()),
            ("paused", {"50%": half, "80%": most}, set()),
            ("late", {"50%": half, "80%": half, "breach": most}, {"breach"}),
            # What was withdrawn.
            ("closed", {"50%": half, "80%": most, "breach": ahead}, set()),
        )[number % 9]
        due = rungs.get("breach", ahead)
        planned = {
            rung: at
            for rung, at in rungs.items()
            if status in ("running", "broken") or (status == "late" and rung == "breach")
        }
        yield Limit(
            {
                "status": status,
                "due": None if status == "paused" else due,
                "ended": now - 1 if status in ("met", "late", "closed") else None,
                "broken": due if status in ("broken", "late") else None,
                "rungs": list(rungs.items()),
                "next": min(planned.values(), default=None),
            },
            frozenset(owed),
        )


def sleep_through(house: House, limits: list[Limit]) -> set[tuple[UUID, str, str]]:
    """Leave the office with these limits; return (application, limit, rung) of every alert owed."""
    first = house.application("verification")
    with house.owner.begin() as connection:
        copies = copy_application(connection, first, -(-len(limits) // _LIMITS_EACH))
    keys = house.rows(
        "SELECT application_id, key FROM deadline"
        " WHERE application_id = ANY (%(ids)s) AND ended_at IS NULL ORDER BY application_id, key",
        ids=copies,
    )
    found = [(row.application_id, row.key) for row in keys][: len(limits)]
    assert len(found) == len(limits)
    rows = [
        {"id": str(application), "key": key, **limit.row}
        for (application, key), limit in zip(found, limits, strict=True)
    ]
    assert house.as_owner(_ASLEEP_SINCE, rows=json.dumps(rows)) == len(limits)
    return {
        (*which, rung) for which, limit in zip(found, limits, strict=True) for rung in limit.owes
    }


def still_due(house: House) -> int:
    query = "SELECT count(*) AS due FROM deadline WHERE next_rung_at <= clock_timestamp()"
    return int(house.rows(query)[0].due)


def test_three_days_asleep_and_killed_sweepers_leave_every_alert_once(
    house: House, place: Place
) -> None:
    dice = chance("killed sweepers")
    now = int(datetime.now(UTC).timestamp())
    owed = sleep_through(house, list(nights(dice, rounds(10_000), now)))
    begun = still_due(house)
    kills = 0
    while kills < _MOST_KILLS and still_due(house) > begun // 10:
        with ExitStack() as crew:
            sweepers = [
                crew.enter_context(working(sweep_until_nothing_is_owed, place, BATCH))
                for _ in range(SWEEPERS)
            ]
            for sweeper in sweepers:
                sweeper.says()
            dice.shuffle(sweepers)
            for sweeper in sweepers:
                sweeper.listen(dice.uniform(0, 0.04))
                sweeper.kill()
                kills += 1

    def caught_up() -> bool:
        # A connection of somebody killed may still hold what it had claimed.
        sweep(house.runtime)
        return still_due(house) == 0

    wait_for(caught_up, "the rest is raised", 60)
    print(f"{len(owed)} alerts owed by {rounds(10_000)} deadlines, {kills} sweepers killed")

    alerts = house.rows("SELECT application_id, key, rung, owed_at, raised_at FROM alert")
    assert len(alerts) == len(owed)
    assert {(row.application_id, row.key, row.rung) for row in alerts} == owed
    assert all(row.raised_at >= row.owed_at for row in alerts)
    assert kills >= SWEEPERS
    assert sweep(house.runtime).raised == 0
    assert broken_promises(house, *ALERTS) == {}


_ASLEEP_SINCE = """
UPDATE deadline d
   SET status = r.status, due_at = to_timestamp(r.due), ended_at = to_timestamp(r.ended),
       broken_at = to_timestamp(r.broken), rungs = r.rungs, next_rung_at = to_timestamp(r.next)
  FROM json_to_recordset(%(rows)s) AS r(id uuid, key text, status text, due bigint, ended bigint,
       broken bigint, rungs json, next bigint)
 WHERE d.application_id = r.id AND d.key = r.key
"""
