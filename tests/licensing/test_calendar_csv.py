"""A file of days is read whole, or refused with every wrong line named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from licensing.calendar_csv import (
    MOST_LINES,
    SAMPLE,
    CalendarFileFaults,
    ListedDay,
    read_days,
)
from workflows.calendar_spec import Window, default_spec

LISTED = Path(__file__).parents[2] / "../shared/data/libur/libur_2024_2027.csv"
CHRISTMAS = ListedDay(date(2027, 12, 24), "Cuti Bersama Natal", "joint")


def faults(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CalendarFileFaults) as refused:
        read_days(text.encode())
    return [(fault.line, fault.code, fault.value) for fault in refused.value.faults]


class TestAFile:
    @pytest.mark.parametrize(
        "text",
        [
            "date,name,kind\n2027-12-24,Cuti Bersama Natal,joint\n",
            "tanggal,nama,jenis\n2027-12-24,Cuti Bersama Natal,cuti_bersama\n",
            # As a sheet saves it: a byte order mark, semicolons, its own line ends.
            "\ufefftanggal;nama;jenis\r\n24/12/2027;Cuti Bersama Natal;Cuti Bersama\r\n",
            "Tanggal\tNama\tJenis\n24-12-2027\tCuti Bersama Natal\tCUTI  BERSAMA\n",
            "jenis,hari,tanggal,nama\ncuti-bersama,Jumat,24.12.2027,Cuti Bersama Natal\n",
            '\n\n"tanggal","nama","jenis"\n\n"2027-12-24"," Cuti Bersama Natal ","joint"\n\n',
            "tanggal,nama,jenis,jam\n2027-12-24,Cuti Bersama Natal,joint,,,\n",
            "tanggal,jenis,nama,jam\n2027-12-24,joint,Cuti Bersama Natal",
        ],
    )
    def test_is_read_however_a_sheet_saved_it(self, text: str) -> None:
        assert read_days(text.encode()) == (CHRISTMAS,)

    def test_of_the_sample_has_every_kind(self) -> None:
        found = read_days(SAMPLE.encode())

        assert {one.kind for one in found} == {"national", "joint", "local", "makeup"}
        assert found[-1].windows == () or found[-2].windows == (
            Window.parse("08:00", "12:00"), Window.parse("13:00", "15:00"),
        )  # fmt: skip

    @pytest.mark.skipif(
        not LISTED.is_file(), reason="the days (../shared/data/libur) are not on this machine"
    )
    def test_of_four_years_says_what_the_usual_calendar_says(self) -> None:
        found = {one.day: one.kind for one in read_days(LISTED.read_bytes())}
        usual = default_spec("Asia/Jakarta", 2024, 2027).closed

        assert found == {day: closed.kind for day, closed in usual.items()}


class TestAWrongLine:
    @pytest.mark.parametrize(
        ("line", "code", "value"),
        [
            ("2027-02-29,x,joint", "csv_date", "2027-02-29"),
            ("besok,x,joint", "csv_date", "besok"),
            (",x,joint", "csv_date", ""),
            ("46733,x,joint", "csv_date", "46733"),
            ("1927-02-28,x,joint", "csv_year", "1927-02-28"),
            ("2027-02-28,x,libur", "csv_kind", "libur"),
            ("2027-02-28,x,", "csv_kind", ""),
            ("2027-02-28,,joint", "csv_name", ""),
            (f"2027-02-28,{'x' * 201},joint", "csv_name", "x" * 40),
            ("2027-02-27,,makeup", "csv_hours", ""),
            ('2027-02-27,,makeup,"08.00"', "csv_hours", "08.00"),
            ('2027-02-27,,makeup,"12.00-08.00"', "csv_hours", "12.00-08.00"),
            ('2027-02-27,,makeup,"08.00-12.00, 11.00-13.00"', "csv_hours",
             "08.00-12.00, 11.00-13.00"),
            ("2027-02-28,x,joint,08.00-12.00", "csv_hours_closed", "08.00-12.00"),
            ("2027-02-28,x,joint,,lagi", "csv_cells", "5"),
        ],
    )  # fmt: skip
    def test_is_named_with_what_is_wrong(self, line: str, code: str, value: str) -> None:
        text = f"date,name,kind,hours\n2027-01-01,Tahun Baru,national\n{line}\n"

        assert faults(text) == [(3, code, value)]

    def test_is_counted_as_a_sheet_counts(self) -> None:
        # A name over two lines, an empty line, and the same day twice.
        text = 'date,name,kind\n2027-01-01,"Tahun\nBaru",national\n\nx,y,z\n2027-01-01,Lagi,joint\n'

        assert faults(text) == [(5, "csv_date", "x"), (6, "csv_twice", "2027-01-01 (2)")]

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", (1, "csv_empty", "")),
            ("date,name,kind\n\n", (1, "csv_empty", "")),
            ("2027-01-01,Tahun Baru,national\n", (1, "csv_columns", "date, name, kind")),
            ("date,name\n2027-01-01,x\n", (1, "csv_columns", "kind")),
            ("date,tanggal,name,kind\n", (1, "csv_columns", "date")),
            (
                'date,name,kind\n2027-01-01,"x,national\n',
                (2, "csv_cells", "unexpected end of data"),
            ),
            ("date,name,kind\n2027-01-01,\x00,national\n", (1, "csv_encoding", "")),
        ],
    )
    def test_or_a_file_that_is_none(self, text: str, fault: tuple[int, str, str]) -> None:
        assert faults(text) == [fault]

    def test_says_where_it_is_no_text(self) -> None:
        with pytest.raises(CalendarFileFaults) as refused:
            read_days("date,name,kind\n2027-01-01,Ascensión,national\n".encode("latin-1"))

        assert [(one.line, one.code) for one in refused.value.faults] == [(2, "csv_encoding")]

    def test_of_too_many_is_refused(self) -> None:
        lines = "2027-01-01,x,national\n" * (MOST_LINES + 1)

        assert faults("date,name,kind\n" + lines)[0][1] == "csv_too_large"
        assert faults("date,name,kind\n" + "x" * 600_000)[0][1] == "csv_too_large"
