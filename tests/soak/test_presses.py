"""Whoever presses is killed: what was acknowledged is there, whole, and once."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from licensing.errors import StaleApplication
from licensing.services.seal import seal_offices
from tests.factories import House, broken_promises
from tests.soak.crew import working
from tests.soak.rounds import chance, rounds
from tests.soak.work import Place, press_and_die, press_for_ever, press_next

pytestmark = pytest.mark.soak

_KILLS_EACH = 20
"""Then another application: a history in an office is not thousands of lines long."""
_LINES_BEFORE = 2


@dataclass(slots=True)
class Pressed:
    """An application, and what its pressers were told."""

    id: UUID
    acknowledged: set[int] = field(default_factory=set)
    kills: int = 0

    def hear(self, told: list[int]) -> None:
        assert told == sorted(set(told))
        assert self.acknowledged.isdisjoint(told), "one line was acknowledged twice"
        self.acknowledged.update(told)


def at_verification(house: House) -> UUID:
    application = house.application("verification")
    house.judge_all(application)
    return application


def lines(house: House, application: UUID) -> list[int]:
    query = "SELECT seq FROM application_event WHERE application_id = %(id)s ORDER BY seq"
    return [row.seq for row in house.rows(query, id=application)]


class TestKilledAtAnyMoment:
    def test_keeps_every_acknowledged_press_whole_and_once(
        self, house: House, place: Place
    ) -> None:
        dice = chance("killed at any moment")
        cases: list[Pressed] = []
        for number in range(rounds(1_000)):
            if number % _KILLS_EACH == 0:
                cases.append(Pressed(at_verification(house)))
            case = cases[-1]
            with working(press_for_ever, place, case.id) as presser:
                if dice.random() < 0.8:
                    presser.says()  # the next process is at work, whatever became of the last
                    presser.listen(dice.uniform(0, 0.02))
                else:
                    presser.listen(dice.uniform(0, 0.1))
                case.hear(presser.kill())
            case.kills += 1
            assert case.acknowledged <= set(lines(house, case.id))
            if number % 7 == 0:
                seal_offices(house.runtime)

        assert sum(len(case.acknowledged) for case in cases) >= rounds(1_000) // 2
        for case in cases:
            found = lines(house, case.id)
            assert found == list(range(1, len(found) + 1))
            # One that was under way may have been committed before its answer was read.
            unheard = len(found) - _LINES_BEFORE - len(case.acknowledged)
            assert 0 <= unheard <= case.kills
        assert broken_promises(house) == {}


class TestKilledAroundTheCommit:
    @pytest.mark.parametrize("committed", [False, True], ids=["before", "after, answer lost"])
    def test_leaves_the_press_absent_or_whole_and_the_retry_does_it_once(
        self, house: House, place: Place, committed: bool
    ) -> None:
        dice = chance("killed around the commit")
        for number in range(rounds(300)):
            if number % _KILLS_EACH == 0:
                application, expected = at_verification(house), _LINES_BEFORE
            after = dice.randrange(3)
            with working(
                press_and_die, place, application, committed=committed, after=after
            ) as presser:
                *acknowledged, (step, version) = presser.ended(-signal.SIGKILL)
            assert acknowledged == [expected + 1 + n for n in range(after)]
            expected += after + committed
            assert lines(house, application) == list(range(1, expected + 1))

            if committed:
                with pytest.raises(StaleApplication) as refused:
                    press_next(house.runtime, place, application, step, version)
                presser_id = (place.verifier if step == "verification" else place.head).id
                assert refused.value.by == presser_id
                assert refused.value.at is not None
            else:
                press_next(house.runtime, place, application, step, version)
                expected += 1
            assert lines(house, application) == list(range(1, expected + 1))
        assert broken_promises(house) == {}
