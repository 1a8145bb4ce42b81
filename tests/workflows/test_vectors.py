"""A due date without a case: the reference vectors, and why each day counts or does not."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage, Window, default_spec
from workflows.due_date import explain_due, received_moment
from workflows.ledger import due
from workflows.sop import Within
from workflows.worktime import Calendar

VECTORS = Path(__file__).parents[2] / "../shared/data/libur/hari_kerja_vektor.csv"
COLUMNS = {
    "jatuh_tempo_libur_nasional_dan_cuti_bersama": ("national", "joint"),
    "jatuh_tempo_libur_nasional_saja": ("national",),
    "jatuh_tempo_senin_jumat_saja": (),
}
INDONESIA = default_spec("Asia/Jakarta", 2024, 2027)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00")


def told(
    spec: CalendarSpec, within: Within, received: str, late: str = "next_working_day"
) -> list[str]:
    """Return the days of an answer, one short line each."""
    calendar = Calendar(spec, late)  # type: ignore[arg-type]
    return [
        f"{day.on:%d} {day.kind} {day.ordinal if day.minutes is None else day.minutes}"
        for day in explain_due(calendar, within, at(received)).days
    ]


@pytest.mark.skipif(
    not VECTORS.is_file(), reason="the vectors (../shared/data/libur) are not on this machine"
)
@pytest.mark.parametrize("column", COLUMNS)
def test_two_hundred_vectors_and_the_days_that_explain_them(column: str) -> None:
    kept = {day: why for day, why in INDONESIA.closed.items() if why.kind in COLUMNS[column]}
    calendar = Calendar(replace(INDONESIA, closed=kept), "same_date")
    with VECTORS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    wrong = []
    for row in rows:
        within = Within(int(row["hari_kerja"]))
        moment = received_moment(calendar, date.fromisoformat(row["mulai"]))
        found = explain_due(calendar, within, moment)
        counted = [day for day in found.days if day.kind == "counted"]
        if found.due_on.isoformat() != row[column] or len(counted) != within.amount:
            wrong.append((row["mulai"], row["hari_kerja"], row[column], found.due_on))
    assert wrong == []
    assert len(rows) == 200


# Day of complete receipt is day 0; holidays and joint leave do not count.
@pytest.mark.parametrize(
    ("received", "days", "due_on"),
    [
        ("2026-03-17", 3, "2026-03-27"),
        ("2026-03-17", 7, "2026-04-02"),
        ("2026-05-22", 3, "2026-05-29"),
        ("2026-05-26", 5, "2026-06-05"),
        ("2026-08-14", 3, "2026-08-20"),
        ("2026-11-20", 3, "2026-11-25"),
        ("2026-12-22", 7, "2027-01-06"),
        ("2025-03-26", 3, "2025-04-09"),
        ("2025-03-26", 7, "2025-04-15"),
        ("2025-08-15", 1, "2025-08-19"),
        ("2027-03-04", 3, "2027-03-17"),
        ("2027-05-13", 5, "2027-05-26"),
    ],
)
def test_the_twelve_dates(received: str, days: int, due_on: str) -> None:
    calendar = Calendar(INDONESIA)
    moment = received_moment(calendar, date.fromisoformat(received))

    found = explain_due(calendar, Within(days), moment)

    assert found.due_on.isoformat() == due_on
    assert found.due_at == calendar.closing(found.due_on)
    assert (found.days[0].on.isoformat(), found.days[0].ordinal) == (received, 0)
    assert (found.days[-1].on, found.days[-1].ordinal) == (found.due_on, days)


class TestEveryDayHasItsReason:
    def test_over_nyepi_and_idul_fitri(self) -> None:
        assert told(INDONESIA, Within(3), "2026-03-17T10:00") == [
            "17 received 0",
            "18 holiday None",
            "19 holiday None",
            "20 holiday None",
            "21 holiday None",
            "22 holiday None",
            "23 holiday None",
            "24 holiday None",
            "25 counted 1",
            "26 counted 2",
            "27 counted 3",
        ]

    @pytest.mark.parametrize(
        ("received", "late", "first"),
        [
            # Exactly at closing is in time.
            ("2026-07-06T16:00", "next_working_day", ["06 received 0", "07 counted 1"]),
            (
                "2026-07-06T16:01",
                "next_working_day",
                ["06 after_closing None", "07 received 0", "08 counted 1"],
            ),
            ("2026-07-06T16:01", "same_date", ["06 received 0", "07 counted 1"]),
            # Friday closes half an hour later.
            (
                "2026-07-10T16:20",
                "next_working_day",
                ["10 received 0", "11 weekend None", "12 weekend None", "13 counted 1"],
            ),
            (
                "2026-07-04T10:00",
                "next_working_day",
                ["04 closed_on_receipt None", "05 weekend None", "06 received 0", "07 counted 1"],
            ),
            (
                "2026-07-04T10:00",
                "same_date",
                ["04 received 0", "05 weekend None", "06 counted 1"],
            ),
        ],
    )
    def test_of_receipt(self, received: str, late: str, first: list[str]) -> None:
        assert told(INDONESIA, Within(1), received, late) == first

    def test_a_holiday_has_its_name_and_kind(self) -> None:
        calendar = Calendar(INDONESIA)
        found = {
            day.on.day: day for day in explain_due(calendar, Within(3), at("2026-03-17T10:00")).days
        }

        assert "Nyepi" in found[19].name
        assert found[19].holiday == "national"
        assert found[20].holiday == "joint"

    def test_an_outage_of_a_whole_day_is_nobodys_and_a_makeup_day_counts(self) -> None:
        spec = replace(
            INDONESIA,
            outages=(Outage(at("2026-07-07T07:00"), at("2026-07-07T17:00"), "Listrik padam"),),
            makeup={date(2026, 7, 11): (Window.parse("08:00", "12:00"),)},
        )

        assert told(spec, Within(4), "2026-07-06T10:00") == [
            "06 received 0",
            "07 outage None",
            "08 counted 1",
            "09 counted 2",
            "10 counted 3",
            "11 counted 4",
        ]

    def test_hours_count_minutes_of_the_office_alone(self) -> None:
        # Friday until 16:30, nothing on the weekend, the rest on Monday from 07:30.
        assert told(INDONESIA, Within(4, "working hours"), "2026-07-10T14:30") == [
            "10 counted 120",
            "11 weekend None",
            "12 weekend None",
            "13 counted 120",
        ]
        assert told(INDONESIA, Within(1, "working hours"), "2026-07-10T16:30:30")[0] == (
            "10 after_closing None"
        )


class TestTheCoverage:
    def test_a_date_past_it_or_before_it_says_so(self) -> None:
        calendar = Calendar(INDONESIA)

        past = explain_due(calendar, Within(5), at("2027-12-29T10:00"))
        before = explain_due(calendar, Within(5), at("2023-12-29T10:00"))
        inside = explain_due(calendar, Within(5), at("2026-07-06T10:00"))

        assert [(one.past_coverage, one.before_coverage) for one in (past, before, inside)] == [
            (True, False),
            (False, True),
            (False, False),
        ]


MOMENTS = st.datetimes(datetime(2024, 6, 1), datetime(2027, 6, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=Calendar(INDONESIA).zone)
)


class TestWhateverIsAsked:
    @settings(max_examples=120, deadline=None)
    @given(MOMENTS, st.integers(1, 30), st.sampled_from(["next_working_day", "same_date"]))
    def test_days_follow_each_other_and_as_many_count_as_are_allowed(
        self, moment: datetime, amount: int, late: str
    ) -> None:
        calendar = Calendar(INDONESIA, late)  # type: ignore[arg-type]
        found = explain_due(calendar, Within(amount), moment)

        steps = {b.on - a.on for a, b in zip(found.days, found.days[1:], strict=False)}
        assert steps <= {timedelta(days=1)}
        assert [day.ordinal for day in found.days if day.ordinal is not None] == [
            *range(amount + 1)
        ]
        assert found.due_at == due(calendar, Within(amount), moment)

    @settings(max_examples=120, deadline=None)
    @given(MOMENTS, st.integers(1, 40))
    def test_the_minutes_of_hours_add_up(self, moment: datetime, amount: int) -> None:
        calendar = Calendar(
            replace(INDONESIA, closed={date(2026, 1, 1): ClosedDay("Tahun Baru", "national")})
        )
        found = explain_due(calendar, Within(amount, "working hours"), moment)

        assert sum(day.minutes or 0 for day in found.days) == amount * 60
