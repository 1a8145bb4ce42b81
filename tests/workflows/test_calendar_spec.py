"""A calendar is plain data, and says what is wrong with it."""

from __future__ import annotations

import json
from datetime import UTC, date

import pytest

from tests.workflows.clock_sops import plain_calendar, plain_spec, week, wib, window
from workflows.calendar_spec import (
    CalendarFault,
    CalendarSpec,
    Outage,
    WeeklyRule,
)


class TestSpec:
    """A calendar is plain data, and says what is wrong with it."""

    def full(self) -> CalendarSpec:
        saturday = date(2026, 7, 11)
        return plain_spec(
            closed=(date(2026, 7, 8),),
            makeup={saturday: (window("08:00-12:00"), window("13:00-24:00"))},
            outages=(Outage(wib("7 07:00").astimezone(UTC), wib("7 09:00").astimezone(UTC), "-"),),
            more=(WeeklyRule(date(2026, 2, 19), week("08:00-15:00"), date(2026, 3, 20)),),
        )

    def test_survives_json(self) -> None:
        spec = self.full()

        assert CalendarSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"zone": "Asia/Djakarta"}, "zone: 'Asia/Djakarta' is no IANA time zone"),
            ({"covers": ["2026-01-01"]}, "covers: needs two dates"),
            ({"covers": ["2026-02-01", "2026-01-01"]}, "covers: ends on 2026-01-01"),
            ({"closed": {"2026-13-01": {"name": "-", "kind": "local"}}}, "closed: '2026-13-01'"),
            ({"closed": {"2026-01-01": {"name": "-", "kind": "free"}}}, "closed.2026-01-01: kind"),
            ({"closed": {"2026-01-01": {"kind": "local"}}}, "closed.2026-01-01: lacks name"),
            ({"makeup": {"2026-01-03": []}}, "makeup.2026-01-03: has no hours"),
            ({"makeup": {"2026-01-03": [["8", "12:00"]]}}, "makeup.2026-01-03: '8' is no clock"),
            ({"makeup": {"2026-01-03": [["12:00", "12:00"]]}}, "does not end after it starts"),
            (
                {"makeup": {"2026-01-03": [["10:00", "12:00"], ["11:00", "13:00"]]}},
                "makeup.2026-01-03: windows overlap",
            ),
            ({"weekly": [{"since": "2026-01-01", "windows": {"mond": []}}]}, "does not know mond"),
            (
                {"weekly": [{"since": "2026-02-01", "until": "2026-01-01", "windows": {}}]},
                r"weekly\[0\]: ends on 2026-01-01",
            ),
            (
                {"outages": [{"start": "2026-01-01T08:00", "end": "2026-01-01T09:00+07:00",
                              "reason": "-"}]},
                r"outages\[0\].start: .* lacks its UTC offset",
            ),
            (
                {"outages": [{"start": "2026-01-01T09:00+07:00", "end": "2026-01-01T09:00+07:00",
                              "reason": "-"}]},
                r"outages\[0\]: ends before it starts",
            ),
            ({"holidays": {}}, "calendar: does not know holidays"),
            ({"weekly": "never"}, "weekly: 'never' is no list"),
        ],
    )  # fmt: skip
    def test_names_the_place_of_a_fault(self, change: dict[str, object], fault: str) -> None:
        with pytest.raises(CalendarFault, match=fault):
            CalendarSpec.from_json(self.full().to_json() | change)

    def test_an_unknown_rule_for_late_receipts_is_refused(self) -> None:
        with pytest.raises(CalendarFault, match="late_receipt: 'tomorrow'"):
            plain_calendar("tomorrow")  # type: ignore[arg-type]
