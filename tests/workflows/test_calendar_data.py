"""The calendar against the decrees, two hundred vectors and thousands of real cases."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.workflows.clock_sops import week, wib
from workflows.calendar_spec import (
    CalendarSpec,
    ClosedDay,
    WeeklyRule,
    default_spec,
)
from workflows.ledger import due
from workflows.sop import Within
from workflows.worktime import Calendar

DATA = Path(__file__).parents[2] / "../shared/data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the reference data (../shared/data) is not on this machine"
)


@pytest.fixture(scope="module")
def indonesia() -> CalendarSpec:
    return default_spec("Asia/Jakarta", 2024, 2027)


def only(spec: CalendarSpec, *kinds: str) -> CalendarSpec:
    kept = {day: closed for day, closed in spec.closed.items() if closed.kind in kinds}
    return replace(spec, closed=kept)


class TestHolidaysOfIndonesia:
    """Source: SKB 2025, 2026 and 2027; Perpres 21/2023."""

    # Received complete on day 0; national holidays and joint leave days do not count.
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
    def test_due_date_skips_holidays_and_joint_leave(
        self, indonesia: CalendarSpec, received: str, days: int, due_on: str
    ) -> None:
        calendar = Calendar(indonesia)
        at = datetime.fromisoformat(f"{received}T10:00:00+07:00")

        promised = due(calendar, Within(days), at)

        assert calendar.local_date(promised) == date.fromisoformat(due_on)
        assert promised == calendar.closing(date.fromisoformat(due_on))

    @pytest.mark.parametrize(
        ("year", "months"),
        [
            (2025, [19, 20, 19, 16, 17, 18, 23, 20, 21, 23, 20, 21]),
            (2026, [20, 18, 17, 21, 16, 20, 23, 19, 22, 22, 21, 21]),
            (2027, [19, 19, 15, 22, 16, 21, 22, 21, 22, 21, 22, 22]),
        ],
    )
    def test_working_days_of_each_month(
        self, indonesia: CalendarSpec, year: int, months: list[int]
    ) -> None:
        calendar = Calendar(indonesia)
        ends = [date(year, month, 1) - timedelta(days=1) for month in range(1, 13)]
        ends.append(date(year, 12, 31))

        found = [calendar.working_days(a, b) for a, b in pairwise(ends)]

        assert found == months

    def test_kinds_are_told_apart(self, indonesia: CalendarSpec) -> None:
        assert indonesia.closed[date(2026, 3, 19)].kind == "national"
        assert indonesia.closed[date(2026, 3, 20)].kind == "joint"
        assert "Nyepi" in indonesia.closed[date(2026, 3, 19)].name
        assert Calendar(indonesia).closed_day(date(2026, 3, 21)) is not None
        assert Calendar(indonesia).closed_day(date(2026, 3, 28)) is None

    def test_friday_ends_half_an_hour_later(self, indonesia: CalendarSpec) -> None:
        calendar = Calendar(indonesia)

        assert calendar.closing(date(2026, 7, 9)) == wib("9 16:00")
        assert calendar.closing(date(2026, 7, 10)) == wib("10 16:30")
        assert calendar.counted_on(wib("10 16:20")) == date(2026, 7, 10)

    @needs_data
    @pytest.mark.parametrize(
        ("column", "kinds"),
        [
            ("libur_nasional_dan_cuti_bersama", ("national", "joint")),
            ("libur_nasional_saja", ("national",)),
            ("senin_jumat_saja", ()),
        ],
    )
    def test_two_hundred_vectors(
        self, indonesia: CalendarSpec, column: str, kinds: tuple[str, ...]
    ) -> None:
        calendar = Calendar(only(indonesia, *kinds), "same_date")
        with (DATA / "libur/hari_kerja_vektor.csv").open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        assert len(rows) == 200

        for row in rows:
            start, end = date.fromisoformat(row["mulai"]), date.fromisoformat(row["sampai"])
            at = datetime.combine(start, datetime.min.time(), calendar.zone)
            promised = due(calendar, Within(int(row["hari_kerja"])), at)
            assert str(calendar.local_date(promised)) == row[f"jatuh_tempo_{column}"], row
            counted = calendar.working_days(calendar.counted_on(at), end)
            assert counted == int(row[f"jumlah_hari_kerja_{column}"]), row

    @needs_data
    def test_default_days_are_those_of_the_joint_decrees(self, indonesia: CalendarSpec) -> None:
        with (DATA / "libur/libur_2024_2027.csv").open(encoding="utf-8") as lines:
            listed = {date.fromisoformat(row["tanggal"]) for row in csv.DictReader(lines)}

        assert set(indonesia.closed) == listed


@needs_data
class TestRealLogs:
    """Dates d with first event < d <= last event, of Dutch municipalities."""

    @pytest.mark.parametrize(
        ("log", "table"),
        [
            ("receipt_shared", "receipt_shared_cases.reference.csv"),
            ("bpic15_1", "bpic15_1_cases.reference.csv.gz"),
            ("bpic15_2", "bpic15_2_cases.reference.csv.gz"),
            ("bpic15_4", "bpic15_4_cases.reference.csv.gz"),
        ],
    )
    def test_every_case_has_the_reference_working_days(self, log: str, table: str) -> None:
        folder = DATA / "eventlog"
        reference = json.loads((folder / f"{log}.reference.json").read_text(encoding="utf-8"))
        listed = reference["nl_public_holidays_used"]
        holidays = {date.fromisoformat(day): ClosedDay("-", "national") for day in listed}
        spec = CalendarSpec(
            zone="Europe/Amsterdam",
            weekly=(WeeklyRule(date(1970, 1, 1), week("08:00-16:00")),),
            covers=(date(2009, 1, 1), date(2015, 12, 31)),
        )
        plain = Calendar(spec, "same_date")
        dutch = Calendar(replace(spec, closed=holidays), "same_date")
        raw = (folder / table).read_bytes()
        text = (gzip.decompress(raw) if table.endswith(".gz") else raw).decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == reference["cases"]

        for row in rows:
            first, last = (datetime.fromisoformat(row[f"{end}_event"]) for end in ("first", "last"))
            for calendar, column in ((plain, "mon_fri"), (dutch, "nl_holidays")):
                days = calendar.working_days(calendar.counted_on(first), calendar.counted_on(last))
                assert days == int(row[f"working_days_{column}"]), row["case_id"]
            seconds = plain.office_time(first, last).total_seconds()
            assert seconds == pytest.approx(float(row["business_seconds_08_16"]), abs=0.01)
