"""Reading a log: every line that can be read, and each that cannot by its number."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from licensing.replay.errors import LogUnreadable
from licensing.replay.log import LogEvent, read_log
from licensing.replay.mapping import read_map
from tests.replay.small import GOOD, HEADER, MAP, write_log

MAPPED = read_map(MAP)


class TestReadLog:
    def test_reads_who_did_what_for_which_case_and_when(self, tmp_path):
        log = read_log(write_log(tmp_path, GOOD[0]), MAPPED)

        at = datetime(2026, 7, 6, 2, tzinfo=UTC)
        assert log.events == (LogEvent(2, "A", "File", at, "Ani"),)
        assert log.bad == ()

    def test_takes_a_time_without_offset_as_that_of_the_office(self, tmp_path):
        log = read_log(write_log(tmp_path, "A,File,2026-07-06 09:00:00,Ani"), MAPPED)

        assert log.events[0].at == datetime(2026, 7, 6, 2, tzinfo=UTC)

    def test_reads_a_gzipped_file(self, tmp_path):
        plain = write_log(tmp_path, *GOOD)
        packed = tmp_path / "events.csv.gz"
        packed.write_bytes(gzip.compress(plain.read_bytes()))

        assert read_log(packed, MAPPED) == read_log(plain, MAPPED)

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("A,Check,yesterday,Ani", "'yesterday' is no time"),
            ("A,Check,0001-01-01T00:00:00+07:00,Ani", "year 1"),
            ("A,Check,2026-07-06T10:00:00+07:00", "has 3 fields where the header has 4"),
            ("A,Check,2026-07-06T10:00:00+07:00,Ani,x", "has 5 fields"),
            (",Check,2026-07-06T10:00:00+07:00,Ani", "its case is empty"),
            ("A,,2026-07-06T10:00:00+07:00,Ani", "its activity is empty"),
            ('A,"Check,2026-07-06T10:00:00+07:00,Ani', "quotes do not match"),
            ("A,Che\0ck,2026-07-06T10:00:00+07:00,Ani", "NUL"),
            (f"A,{'x' * 501},2026-07-06T10:00:00+07:00,Ani", "longer than 500"),
        ],
    )
    def test_leaves_out_a_line_that_cannot_be_read_and_goes_on(self, tmp_path, line, why):
        log = read_log(write_log(tmp_path, GOOD[0], line, *GOOD[1:]), MAPPED)

        assert [event.line for event in log.events] == [2, 4, 5, 6]
        assert [bad.line for bad in log.bad] == [3]
        assert why in log.bad[0].why

    def test_names_the_line_that_is_not_utf8(self, tmp_path):
        path = write_log(tmp_path, *GOOD)
        path.write_bytes(path.read_bytes().replace(b"Budi", b"B\xfcdi"))

        log = read_log(path, MAPPED)

        assert [(bad.line, bad.why) for bad in log.bad] == [(3, "its resource is not UTF-8")]
        assert len(log.events) == 3

    def test_keeps_counting_lines_over_a_field_of_several_lines(self, tmp_path):
        log = read_log(
            write_log(tmp_path, 'A,"File",2026-07-06T09:00:00+07:00,"Ani\nand Budi"', "x", GOOD[1]),
            MAPPED,
        )

        assert [event.line for event in log.events] == [2, 5]
        assert [bad.line for bad in log.bad] == [4]

    @pytest.mark.parametrize(
        ("header", "message"),
        [
            ("case,wat,when,who", "no column `what` .*did you mean `wat`"),
            ("a,b,c,d", "no column `case` .*it has a, b, c, d"),
        ],
    )
    def test_refuses_a_log_without_a_column_that_the_map_names(self, tmp_path, header, message):
        with pytest.raises(LogUnreadable, match=message):
            read_log(write_log(tmp_path, *GOOD, header=header), MAPPED)

    @pytest.mark.parametrize("content", ["", "\n\n", HEADER, f"{HEADER}\nbroken\n"])
    def test_refuses_a_log_without_any_event(self, tmp_path, content):
        path = tmp_path / "events.csv"
        path.write_text(content)

        with pytest.raises(LogUnreadable):
            read_log(path, MAPPED)

    def test_refuses_half_a_gzip_file(self, tmp_path):
        path = tmp_path / "events.csv.gz"
        path.write_bytes(gzip.compress(write_log(tmp_path, *GOOD).read_bytes())[:40])

        with pytest.raises(LogUnreadable, match="no whole gzip file"):
            read_log(path, MAPPED)
