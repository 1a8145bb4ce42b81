"""What differs between two calendars, and from which date on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.calendar_words import cause_words, difference_words, touching
from tests.workflows.clock_sops import plain_calendar, week, wib
from workflows.calendar_diff import CalendarDiff, Difference, calendar_diff
from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage, WeeklyRule, Window
from workflows.worktime import Calendar

SPEC = plain_calendar(closed=(date(2026, 7, 8),)).spec
THURSDAY, SATURDAY = date(2026, 7, 9), date(2026, 7, 11)
HOURS = (Window.parse("08:00", "12:00"),)


def closing(*days: date, name: str = "Hari Contoh") -> CalendarSpec:
    return replace(SPEC, closed={**SPEC.closed, **dict.fromkeys(days, ClosedDay(name, "local"))})


class TestWhatDiffers:
    def test_nothing(self) -> None:
        assert calendar_diff(SPEC, SPEC) == CalendarDiff(None, ())

    def test_a_closed_day_and_its_first_date(self) -> None:
        found = calendar_diff(SPEC, closing(THURSDAY))

        assert found.first == THURSDAY
        assert found.differences == (Difference("closed", THURSDAY, name="Hari Contoh"),)

    def test_the_other_way_round_it_is_reopened(self) -> None:
        found = calendar_diff(closing(THURSDAY), SPEC)

        assert (found.first, found.differences[0].what) == (THURSDAY, "reopened")

    def test_days_that_follow_each_other_are_told_together(self) -> None:
        days = [THURSDAY + timedelta(days=each) for each in range(5)]

        found = calendar_diff(SPEC, closing(*days))

        assert found.differences == (Difference("closed", days[0], days[-1], "Hari Contoh"),)

    def test_closing_a_day_without_hours_moves_nothing(self) -> None:
        found = calendar_diff(SPEC, closing(SATURDAY))

        assert (found.first, len(found.differences)) == (None, 1)

    def test_another_name_moves_nothing(self) -> None:
        found = calendar_diff(closing(THURSDAY), closing(THURSDAY, name="Hari Lain"))

        assert (found.first, found.differences[0].what) == (None, "renamed")

    def test_further_coverage_moves_nothing(self) -> None:
        further = replace(SPEC, covers=(SPEC.covers[0], SPEC.covers[1] + timedelta(days=365)))

        found = calendar_diff(SPEC, further)

        assert (found.first, found.differences[0].what) == (None, "covers")

    def test_a_make_up_day(self) -> None:
        found = calendar_diff(SPEC, replace(SPEC, makeup={SATURDAY: HOURS}))

        assert (found.first, found.differences) == (SATURDAY, (Difference("makeup", SATURDAY),))

    def test_hours_of_ramadan_begin_on_their_first_other_day(self) -> None:
        rule = WeeklyRule(SATURDAY, dict.fromkeys(range(5), HOURS), date(2026, 8, 1))

        found = calendar_diff(SPEC, replace(SPEC, weekly=(*SPEC.weekly, rule)))

        assert found.first == date(2026, 7, 13)
        assert found.differences == (Difference("week", SATURDAY, date(2026, 8, 1)),)

    def test_hours_that_are_the_same_move_nothing(self) -> None:
        rule = WeeklyRule(SATURDAY, SPEC.weekly[0].windows, date(2026, 8, 1))

        assert calendar_diff(SPEC, replace(SPEC, weekly=(*SPEC.weekly, rule))).first is None

    def test_an_outage_of_some_hours(self) -> None:
        outage = Outage(wib("9 10:00"), wib("9 12:00"), "Listrik")

        found = calendar_diff(SPEC, replace(SPEC, outages=(outage,)))

        assert found.first == THURSDAY
        assert found.differences == (Difference("outage", THURSDAY, name="Listrik"),)

    def test_an_outage_by_night_moves_nothing(self) -> None:
        outage = Outage(wib("9 20:00"), wib("10 04:00"), "Listrik")

        found = calendar_diff(SPEC, replace(SPEC, outages=(outage,)))

        assert found.first is None
        assert found.differences[0].until == date(2026, 7, 10)

    def test_another_zone_differs_everywhere(self) -> None:
        assert calendar_diff(SPEC, replace(SPEC, zone="Asia/Jayapura")).first == date.min

    def test_every_difference_survives_storing(self) -> None:
        after = replace(
            closing(THURSDAY, date(2026, 7, 10)),
            makeup={SATURDAY: HOURS},
            outages=(Outage(wib("9 10:00"), wib("9 12:00"), "Listrik"),),
        )
        found = calendar_diff(SPEC, after).differences

        assert tuple(Difference.from_json(one.to_json()) for one in found) == found

    @given(
        st.sets(st.dates(date(2026, 6, 25), date(2026, 8, 10)), max_size=4),
        st.sets(st.dates(date(2026, 6, 25), date(2026, 8, 10)), max_size=4),
        st.lists(st.tuples(st.integers(1, 25), st.integers(1, 60)), max_size=2),
        st.none() | st.dates(date(2026, 6, 25), date(2026, 8, 10)),
    )
    @settings(max_examples=150, deadline=None)
    def test_no_date_before_the_first_differs(
        self,
        closed: set[date],
        makeup: set[date],
        outages: list[tuple[int, int]],
        hours: date | None,
    ) -> None:
        start = wib("1 06:00")
        after = replace(
            SPEC,
            closed=dict.fromkeys(closed, ClosedDay("x", "local")),
            makeup=dict.fromkeys(makeup, week("08:00-12:00")[0]),
            outages=tuple(
                Outage(start + timedelta(days=day), start + timedelta(days=day, hours=span), "x")
                for day, span in outages
            ),
            weekly=SPEC.weekly
            if hours is None
            else (*SPEC.weekly, WeeklyRule(hours, dict.fromkeys(range(5), HOURS))),
        )
        old, new = Calendar(SPEC), Calendar(after)
        first = calendar_diff(SPEC, after).first

        for each in range(60):
            day = date(2026, 6, 20) + timedelta(days=each)
            same = (old.windows(day), old.net_windows(day)) == (
                new.windows(day),
                new.net_windows(day),
            )
            assert same or (first is not None and first <= day)
            assert not same or first != day


WORDS = [
    (Difference("closed", date(2026, 8, 7), name="Hari Jadi"),
     "Libur ditambahkan: Jumat, 7 Agustus 2026 – Hari Jadi",
     "Holiday added: Friday, 7 August 2026 – Hari Jadi"),
    (Difference("closed", date(2026, 3, 18), date(2026, 3, 20), "Idulfitri"),
     "Libur ditambahkan: Rabu, 18 Maret 2026 sampai dengan Jumat, 20 Maret 2026 – Idulfitri",
     "Holiday added: Wednesday, 18 March 2026 through Friday, 20 March 2026 – Idulfitri"),
    (Difference("week", date(2026, 2, 18), date(2026, 3, 19)),
     "Jam kerja diubah: mulai Rabu, 18 Februari 2026 sampai dengan Kamis, 19 Maret 2026",
     "Office hours changed: from Wednesday, 18 February 2026 through Thursday, 19 March 2026"),
    (Difference("outage", date(2026, 7, 14), name="Listrik padam"),
     "Gangguan layanan dinyatakan: Selasa, 14 Juli 2026 – Listrik padam",
     "Service outage declared: Tuesday, 14 July 2026 – Listrik padam"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "indonesian", "english"), WORDS)
def test_a_difference_has_words(one: Difference, indonesian: str, english: str) -> None:
    assert difference_words(one, "id") == indonesian
    assert difference_words(one, "en") == english


def test_a_cause_names_three_and_counts_the_rest() -> None:
    many = [
        Difference("closed", THURSDAY + timedelta(days=2 * each), name="x") for each in range(5)
    ]

    said = cause_words(many)

    assert said["id"].count("Libur ditambahkan") == 3
    assert said["id"].endswith("dan 2 perubahan lain")
    assert said["en"].endswith("and 2 other changes")


def test_a_cause_names_what_touches_the_days_meant() -> None:
    early, late = Difference("closed", date(2026, 7, 1)), Difference("closed", date(2026, 9, 1))
    endless = Difference("week", date(2026, 6, 1))

    found = touching((early, late, endless), date(2026, 7, 2), date(2026, 8, 1))

    assert found == (endless,)
