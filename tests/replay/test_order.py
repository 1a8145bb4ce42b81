"""In which order events are sent."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from licensing.replay.log import LogEvent
from licensing.replay.order import in_time, reversed_, shuffled

START = datetime(2026, 7, 6, 2, tzinfo=UTC)


def events(case: str, *activities: str, first_line: int = 2) -> list[LogEvent]:
    return [
        LogEvent(first_line + place, case, activity, START + timedelta(hours=place), activity)
        for place, activity in enumerate(activities)
    ]


def told(found: tuple[LogEvent, ...], case: str) -> str:
    return "".join(event.activity for event in found if event.case == case)


class TestInTime:
    def test_sends_the_events_of_all_cases_by_time_and_ties_as_the_file_has_them(self):
        log = [*events("A", "a", "b"), *events("B", "c", "d", first_line=4)]

        assert "".join(event.activity for event in in_time(log)) == "acbd"


class TestShuffled:
    def test_keeps_the_first_event_and_all_times(self):
        log = events("A", *"abcdefgh")

        found = shuffled(log, 1)

        assert found[0] == log[0]
        assert [event.at for event in found] == [event.at for event in log]
        assert sorted(told(found, "A")) == list("abcdefgh")
        assert all(event.activity == event.resource for event in found)

    def test_is_one_random_sequence_over_the_cases_as_the_file_names_them(self):
        log = [*events("B", *"abcdef"), *events("A", *"abcdef", first_line=8)]
        rng = random.Random(1)
        expected = {}
        for case in "BA":
            rest = list("bcdef")
            rng.shuffle(rest)
            expected[case] = "a" + "".join(rest)

        found = shuffled(log, 1)

        assert {case: told(found, case) for case in "AB"} == expected
        assert shuffled(log, 2) != found


class TestReversed:
    def test_turns_round_what_follows_the_first_event(self):
        assert told(reversed_(events("A", *"abcd")), "A") == "adcb"
