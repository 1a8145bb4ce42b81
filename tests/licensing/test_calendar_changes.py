"""What a change makes of a calendar: files of days, outages, earlier versions, days of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from licensing.calendar_coverage import coverage_gap
from licensing.calendar_csv import read_days
from licensing.errors import InvalidInput
from licensing.queries.outages import outages_touching
from licensing.services.calendar_changes import (
    AnyChange,
    CalendarChange,
    Restored,
    changed,
    next_year,
)
from licensing.services.calendar_import import ImportedDays, Mode
from licensing.services.calendar_outages import OutageChange, OutageRules
from tests.workflows.clock_sops import plain_spec, week, window
from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage, WeeklyRule, default_spec

TODAY = date(2026, 11, 20)
SPEC = default_spec("Asia/Jakarta", 2025, 2027)
WITA = replace(SPEC, zone="Asia/Makassar")


def refused(change: AnyChange, spec: CalendarSpec = SPEC) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        changed(spec, change, today=TODAY)
    return dict(error.value.faults)


def listed(text: str, mode: Mode = "replace", *, past: bool = False) -> ImportedDays:
    return ImportedDays(read_days(f"date,name,kind,hours\n{text}".encode()), mode, past)


class TestAFileOfDays:
    def test_is_put_beside_what_stands_there(self) -> None:
        after = changed(SPEC, listed("2027-04-15,Hari Jadi,local\n", "add"), today=TODAY)

        assert after.closed == {**SPEC.closed, date(2027, 4, 15): ClosedDay("Hari Jadi", "local")}
        assert after.covers == SPEC.covers

    def test_holds_for_the_days_it_names(self) -> None:
        spec = replace(SPEC, makeup={date(2027, 12, 24): (window("08:00-12:00"),)})
        text = "2027-12-24,Natal,joint\n2027-12-25,Hari Natal,national\n2027-12-26,,makeup,08-09\n"
        after = changed(spec, listed(text.replace("08-09", "08.00-09.00"), "add"), today=TODAY)

        assert after.closed[date(2027, 12, 25)].name == "Hari Natal"
        # Closed by the file: the make-up day of before no longer opens it.
        assert after.makeup == {date(2027, 12, 26): (window("08:00-09:00"),)}

    def test_takes_the_place_of_its_kinds_in_its_years(self) -> None:
        local = {date(2027, 4, 15): ClosedDay("Hari Jadi", "local")}
        spec = replace(SPEC, closed={**SPEC.closed, **local})
        after = changed(spec, listed("2027-01-01,Tahun Baru,national\n"), today=TODAY)

        of_2027 = {day: one for day, one in after.closed.items() if day.year == 2027}
        kinds = {one.kind for one in of_2027.values()}
        assert [day for day, one in of_2027.items() if one.kind == "national"] == [date(2027, 1, 1)]
        assert kinds == {"national", "joint", "local"}
        assert {d: o for d, o in after.closed.items() if d.year < 2027} == {
            d: o for d, o in spec.closed.items() if d.year < 2027
        }

    @pytest.mark.parametrize(
        ("text", "mode", "until"),
        [
            # A whole year: its national holidays and its joint leave.
            ("2028-01-01,a,national\n2028-12-22,b,joint\n", "replace", date(2028, 12, 31)),
            ("2028-01-01,a,national\n2028-12-22,b,joint\n", "add", date(2027, 12, 31)),
            ("2028-01-01,a,national\n", "replace", date(2027, 12, 31)),
            ("2028-12-22,b,joint\n", "replace", date(2027, 12, 31)),
            # A year that does not follow leaves a gap before it.
            ("2029-01-01,a,national\n2029-12-21,b,joint\n", "replace", date(2027, 12, 31)),
            (
                "2028-01-01,a,national\n2028-12-22,b,joint\n"
                "2029-01-01,a,national\n2029-12-21,b,joint\n",
                "replace", date(2029, 12, 31),
            ),
        ],
    )  # fmt: skip
    def test_of_a_whole_year_is_known_to_its_end(self, text: str, mode: Mode, until: date) -> None:
        assert changed(SPEC, listed(text, mode), today=TODAY).covers[1] == until

    def test_reaches_back_as_well(self) -> None:
        text = "2024-01-01,a,national\n2024-02-09,b,joint\n"

        assert changed(SPEC, listed(text, past=True), today=TODAY).covers[0] == date(2024, 1, 1)

    @pytest.mark.parametrize(
        ("text", "faults"),
        [
            ("2026-12-25,Hari Raya Natal,national\n", {"file": "nothing_changed"}),
            ("2030-01-01,a,national\n", {"file": "year_not_known"}),
            ("2026-11-19,Pilkada,local\n", {"past": "past_unconfirmed"}),
        ],
    )
    def test_is_refused(self, text: str, faults: dict[str, str]) -> None:
        assert refused(listed(text, "add")) == faults

    def test_that_closes_a_past_saturday_asks_nobody(self) -> None:
        after = changed(SPEC, listed("2026-11-14,Sabtu,local\n", "add"), today=TODAY)

        assert date(2026, 11, 14) in after.closed


class TestADayOfThePast:
    @pytest.mark.parametrize(
        "change",
        [
            CalendarChange("close", date(2026, 11, 19), "Pilkada"),
            CalendarChange("reopen", date(2026, 8, 17)),
            CalendarChange("makeup", date(2026, 11, 14), windows=(window("08:00-12:00"),)),
            CalendarChange("week", date(2026, 11, 2), week=week("08:00-15:00")),
        ],
    )
    def test_is_changed_by_who_knows_that_it_is(self, change: CalendarChange) -> None:
        assert refused(change) == {"past": "past_unconfirmed"}
        assert changed(SPEC, replace(change, past=True), today=TODAY) != SPEC

    def test_before_what_is_known_is_a_slip(self) -> None:
        change = CalendarChange("close", date(1926, 11, 19), "Pilkada", past=True)

        assert refused(change) == {"day": "year_not_known"}


def out(start: str, end: str, **more: Any) -> OutageChange:
    given = {"deed": "outage", "reason": "Listrik padam", "legal": "SK 5/2026"} | more
    return OutageChange(
        start=datetime.fromisoformat(start), end=datetime.fromisoformat(end), **given
    )


class TestAnOutage:
    def test_is_declared_in_the_time_of_the_office(self) -> None:
        after = changed(WITA, out("2026-11-19T08:00", "2026-11-19T12:00"), today=TODAY)

        assert after.outages == (
            Outage(
                datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 19, 4, tzinfo=UTC),
                "Listrik padam", "SK 5/2026",
            ),
        )  # fmt: skip
        assert CalendarSpec.from_json(after.to_json()) == after

    @pytest.mark.parametrize(
        ("change", "faults"),
        [
            (out("2026-11-19T08:00", "2026-11-19T12:00", reason=" "), {"reason": "required"}),
            (out("2026-11-19T08:00", "2026-11-19T12:00", legal=""), {"legal": "required"}),
            (out("2026-11-19T08:00", "2026-11-19T12:00", legal="x" * 201), {"legal": "too_long"}),
            (out("2026-11-19T08:00", "2026-11-19T08:00"), {"end": "ends_before_it_begins"}),
            (out("2026-11-05T08:00", "2026-11-19T08:01"), {"end": "outage_too_long"}),
            (out("2026-11-28T08:00", "2026-11-28T12:00"), {"start": "outage_too_far"}),
            (out("2026-10-20T08:00", "2026-10-20T12:00"), {"start": "outage_too_old"}),
            (out("2026-11-21T08:00", "2026-11-22T12:00"), {"start": "outage_outside_hours"}),
            (out("2026-11-19T17:00", "2026-11-20T07:00"), {"start": "outage_outside_hours"}),
            (
                out("2026-11-28T08:00", "2026-11-27T08:00", reason=""),
                {"reason": "required", "end": "ends_before_it_begins", "start": "outage_too_far"},
            ),
        ],
    )
    def test_is_refused_with_every_fault(
        self, change: OutageChange, faults: dict[str, str]
    ) -> None:
        assert refused(change) == faults

    @pytest.mark.parametrize(
        "change",
        [
            out("2026-11-05T08:00", "2026-11-19T08:00"),
            out("2026-11-27T08:00", "2026-11-27T12:00"),
            out("2026-10-21T08:00", "2026-10-21T12:00"),
        ],
    )
    def test_may_be_just_as_long_and_as_far(self, change: OutageChange) -> None:
        assert len(changed(SPEC, change, today=TODAY).outages) == 1

    def test_may_be_as_long_as_the_office_lets_it(self) -> None:
        change = out("2026-11-19T08:00", "2026-11-20T08:01", rules=OutageRules(longest=1))

        assert refused(change) == {"end": "outage_too_long"}

    def test_is_not_declared_twice_and_is_withdrawn_whole(self) -> None:
        change = out("2026-11-19T08:00", "2026-11-19T12:00")
        once = changed(SPEC, change, today=TODAY)

        assert refused(replace(change, end=change.end.replace(hour=15)), once) == {
            "start": "outage_overlaps"
        }
        beside = out("2026-11-19T12:00", "2026-11-19T13:00")
        assert len(changed(once, beside, today=TODAY).outages) == 2
        assert changed(once, replace(change, deed="unoutage"), today=TODAY) == SPEC
        assert refused(replace(change, deed="unoutage")) == {"start": "no_such_outage"}

    def test_that_is_long_past_can_still_be_withdrawn(self) -> None:
        change = out("2026-01-08T08:00", "2026-01-08T12:00")
        spec = changed(SPEC, change, today=date(2026, 1, 9))

        assert changed(spec, replace(change, deed="unoutage"), today=TODAY) == SPEC


class TestWhichOutagesTouchACase:
    FIRST, SECOND = (
        Outage(datetime(2026, 7, day, 1, tzinfo=UTC), datetime(2026, 7, day, 5, tzinfo=UTC), "x")
        for day in (7, 9)
    )
    SPEC = plain_spec(outages=(SECOND, FIRST))

    @pytest.mark.parametrize(
        ("since", "until", "found"),
        [
            (datetime(2026, 7, 6, tzinfo=UTC), None, (FIRST, SECOND)),
            (datetime(2026, 7, 7, 5, tzinfo=UTC), None, (SECOND,)),
            (datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 7, 7, 1, tzinfo=UTC), ()),
            (datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 7, 7, 2, tzinfo=UTC), (FIRST,)),
            (datetime(2026, 7, 9, 5, tzinfo=UTC), None, ()),
        ],
    )
    def test_are_those_between_its_beginning_and_its_end(
        self, since: datetime, until: datetime | None, found: tuple[Outage, ...]
    ) -> None:
        assert outages_touching(self.SPEC, since, until) == found


class TestAnEarlierVersion:
    def test_comes_back_as_it_was_but_outages_stay(self) -> None:
        lost = changed(SPEC, out("2026-11-19T08:00", "2026-11-19T12:00"), today=TODAY)
        lost = changed(lost, CalendarChange("reopen", date(2027, 1, 1)), today=TODAY)

        again = changed(lost, Restored(1, SPEC, date(2027, 1, 1)), today=TODAY)

        assert again == replace(SPEC, outages=lost.outages)
        assert refused(Restored(1, SPEC, date(2027, 1, 1)), again) == {"version": "nothing_changed"}

    def test_of_other_hours_in_the_past_is_asked_for_knowingly(self) -> None:
        ramadan = WeeklyRule(date(2026, 2, 19), week("08:00-15:00"), date(2026, 3, 20))
        now = replace(SPEC, weekly=(*SPEC.weekly, ramadan))
        back = Restored(1, SPEC, date(2026, 2, 19))

        assert refused(back, now) == {"past": "past_unconfirmed"}
        assert changed(now, replace(back, past=True), today=TODAY) == SPEC


class TestHowFarHolidaysAreKnown:
    NONE = replace(SPEC, closed={day: o for day, o in SPEC.closed.items() if o.kind != "joint"})

    @pytest.mark.parametrize(
        ("spec", "today", "gap"),
        [
            (SPEC, date(2026, 11, 20), None),
            (SPEC, date(2027, 9, 30), None),
            (SPEC, date(2027, 10, 1), "short"),
            (SPEC, date(2028, 3, 1), "short"),
            # Someone vouched for next year, and forgot its joint leave.
            (NONE, date(2026, 9, 30), None),
            (NONE, date(2026, 10, 1), "joint"),
        ],
    )
    def test_and_what_is_missing(self, spec: CalendarSpec, today: date, gap: str | None) -> None:
        assert coverage_gap(spec, today, 3) == gap

    @pytest.mark.parametrize(("until", "year"), [((2027, 12, 31), 2028), ((2027, 6, 30), 2027)])
    def test_the_next_year_is_the_first_that_is_not_known(
        self, until: tuple[int, int, int], year: int
    ) -> None:
        assert next_year(replace(SPEC, covers=(SPEC.covers[0], date(*until)))) == year

    def test_is_what_the_office_says_it_is(self) -> None:
        further = CalendarChange("cover", date(2028, 12, 31))

        assert changed(SPEC, further, today=TODAY).covers[1] == date(2028, 12, 31)
        assert refused(CalendarChange("cover", date(2027, 12, 31))) == {"day": "nothing_changed"}

    def test_the_usual_calendar_covers_the_years_that_are_decreed(self) -> None:
        beyond = default_spec("Asia/Jakarta", 2027, 2040)

        assert beyond.covers[1].year < 2040
        last = beyond.covers[1].year
        assert any(d.year == last and o.kind == "joint" for d, o in beyond.closed.items())
        assert not any("perkiraan" in closed.name for closed in beyond.closed.values())
