"""The map of a log: what it must say, and how it says what is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from licensing.replay.errors import MapFaults
from licensing.replay.mapping import Press, read_map
from licensing.replay.run import read_replay_sop
from tests.replay.small import MAP, SOP
from workflows.calendar_spec import Window

SMALL = read_replay_sop(SOP, store=False).sop


def faults_of(text: str) -> list[tuple[int, str, str | None]]:
    with pytest.raises(MapFaults) as caught:
        read_map(text, SMALL)
    return [(fault.line, fault.code, fault.suggestion) for fault in caught.value.faults]


class TestReadMap:
    def test_says_what_each_activity_presses(self):
        mapped = read_map(MAP, SMALL)

        assert mapped.files == {"File"}
        assert mapped.ignored == {"Phone call"}
        assert mapped.presses == {
            "Check": Press("check"),
            "Send": Press("send"),
            "Answer": Press("answer", "advice"),
        }

    def test_gives_the_office_its_hours_zone_and_holidays(self):
        mapped = read_map(MAP.replace("holidays: none", "holidays: [2026-07-07]"))

        calendar = mapped.calendar(date(2026, 7, 1), date(2027, 1, 5))

        assert calendar.zone == "Asia/Jakarta"
        assert calendar.covers == (date(2026, 1, 1), date(2027, 12, 31))
        assert list(calendar.closed) == [date(2026, 7, 7)]
        assert calendar.weekly[0].windows[4] == (Window(480, 690), Window(780, 960))
        assert 5 not in calendar.weekly[0].windows

    @pytest.mark.parametrize(
        ("was", "now", "code", "suggestion"),
        [
            ("zone: Asia/Jakarta", "zone: Asia/Jakrta", "map.bad_zone", None),
            ("mon: 08:00-16:00", "mon: 8-16", "map.bad_hours", None),
            ("mon: 08:00-16:00", "mon: 16:00-08:00", "map.bad_week", None),
            ("mon: 08:00-16:00", "man: 08:00-16:00", "sop.unknown_key", "mon"),
            ("holidays: none", "holidays: tomorrow", "map.bad_date", None),
            ("holidays: none", "", "sop.missing", None),
            ("late_receipt: same_date", "late_receipt: same_day", "sop.bad_choice", "same_date"),
            ("do: check}", "do: chek}", "map.unknown_action", "check"),
            ("do: answer, ask", "do: anser, ask", "map.unknown_ask_action", "answer"),
            ("ask: advice", "ask: advise", "map.unknown_ask", "advice"),
            ("activity: Send", "activity: Check", "map.activity_twice", None),
            ("ignore: Phone call", "ignore: File", "map.activity_twice", None),
            ("files: File", "", "sop.missing", None),
            ("activity: what", "activity: case", "map.column_twice", None),
            ("resource: who", "resorce: who", "sop.unknown_key", "resource"),
        ],
    )
    def test_refuses_what_is_wrong_with_its_line(self, was, now, code, suggestion):
        text = MAP.replace(was, now, 1)

        found = faults_of(text)

        assert code in [fault[1] for fault in found]
        line, _, hint = next(fault for fault in found if fault[1] == code)
        assert hint == suggestion
        if now and code != "map.bad_week" and code != "map.activity_twice":
            assert now in text.splitlines()[line - 1]

    def test_tells_every_fault_at_once(self):
        text = MAP.replace("do: check}", "do: chek}").replace("ask: advice", "ask: advise")

        assert len(faults_of(text)) == 2

    def test_is_refused_when_it_is_empty(self):
        assert faults_of("  \n") == [(1, "map.empty", None)]

    def test_needs_no_activities_where_no_sop_is_asked(self):
        text = MAP[: MAP.index("files:")]

        assert read_map(text).presses == {}
