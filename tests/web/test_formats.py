"""Dates, times, money and masks, as EYD and the house write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from web import formats

DAY = date(2026, 11, 27)
CLOSING = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


class TestDates:
    @pytest.mark.parametrize(
        ("write", "lang", "written"),
        [
            (formats.long_date, "id", "Jumat, 27 November 2026"),
            (formats.long_date, "en", "Friday, 27 November 2026"),
            (formats.plain_date, "id", "27 November 2026"),
            (formats.plain_date, "en", "27 November 2026"),
            (formats.short_date, "id", "Jum 27 Nov"),
            (formats.short_date, "en", "Fri 27 Nov"),
            (formats.short_date_year, "id", "Jum, 27 Nov 2026"),
            (formats.short_date_year, "en", "Fri, 27 Nov 2026"),
            (formats.day_month, "id", "27 Nov"),
        ],
    )
    def test_a_date_is_written_in_the_readers_language(self, write, lang, written):
        assert write(DAY, lang=lang) == written

    @pytest.mark.parametrize(
        ("month", "written"),
        [
            (1, "Januari"), (2, "Februari"), (3, "Maret"), (4, "April"), (5, "Mei"), (6, "Juni"),
            (7, "Juli"), (8, "Agustus"), (9, "September"), (10, "Oktober"), (11, "November"),
            (12, "Desember"),
        ],
    )  # fmt: skip
    def test_months_have_their_indonesian_names(self, month, written):
        assert formats.plain_date(date(2026, month, 5)) == f"5 {written} 2026"

    @pytest.mark.parametrize(
        ("day", "written"),
        [(23, "Senin"), (24, "Selasa"), (25, "Rabu"), (26, "Kamis"), (27, "Jumat"), (28, "Sabtu"),
         (29, "Minggu")],
    )  # fmt: skip
    def test_days_have_their_indonesian_names(self, day, written):
        assert formats.long_date(date(2026, 11, day)).startswith(f"{written}, ")

    def test_an_instant_is_dated_in_the_zone_of_the_office(self):
        late_evening_in_jakarta = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)

        assert formats.short_date(late_evening_in_jakarta) == "Jum 27 Nov"
        assert formats.short_date(late_evening_in_jakarta, zone="Asia/Jayapura") == "Sab 28 Nov"

    def test_an_instant_without_a_zone_is_refused(self):
        with pytest.raises(ValueError, match="no time zone"):
            formats.clock_time(CLOSING.replace(tzinfo=None))


class TestTimes:
    @pytest.mark.parametrize(
        ("zone", "lang", "written"),
        [
            ("Asia/Jakarta", "id", "16.30 WIB"),
            ("Asia/Pontianak", "id", "16.30 WIB"),
            ("Asia/Makassar", "id", "17.30 WITA"),
            ("Asia/Jayapura", "id", "18.30 WIT"),
            ("Asia/Jakarta", "en", "16:30 WIB"),
            ("Europe/Amsterdam", "en", "10:30 CET"),
        ],
    )
    def test_a_time_names_its_zone(self, zone, lang, written):
        assert formats.clock_time(CLOSING, lang=lang, zone=zone) == written

    def test_a_due_moment_in_a_table(self):
        assert formats.short_date_time(CLOSING) == "Jum 27 Nov, 16.30"
        assert formats.short_date_time(CLOSING, lang="en") == "Fri 27 Nov, 16:30"

    def test_a_due_moment_in_a_sentence(self):
        assert formats.long_date_time(CLOSING) == "Jumat, 27 November 2026, 16.30 WIB"

    @pytest.mark.parametrize(
        ("seconds", "lang", "written"),
        [
            (5 * 3600 + 18 * 60 + 59, "id", "5 j 18 m lagi"),
            (5 * 3600 + 18 * 60, "en", "5 h 18 m left"),
            (18 * 60, "id", "18 m lagi"),
            (59, "id", "0 m lagi"),
            (-1, "id", "0 m lagi"),
        ],
    )
    def test_what_is_left_of_the_day(self, seconds, lang, written):
        assert formats.time_left(seconds, lang=lang) == written


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("left", "lang", "written"),
        [
            (6, "id", "6 hari kerja lagi"),
            (1, "id", "1 hari kerja lagi"),
            (0, "id", "hari ini"),
            (-1, "id", "lewat 1 hari kerja"),
            (None, "id", "waktu dijeda"),
            (6, "en", "6 working days left"),
            (1, "en", "1 working day left"),
            (0, "en", "today"),
            (-1, "en", "1 working day late"),
            (-5, "en", "5 working days late"),
            (None, "en", "clock stopped"),
        ],
    )
    def test_what_is_left_of_a_limit(self, left, lang, written):
        assert formats.due_words(left, lang=lang) == written

    def test_a_limit_never_says_days_alone(self):
        assert formats.working_days(3) == "3 hari kerja"
        assert formats.working_hours(4) == "4 jam kerja"
        assert formats.working_days(1, lang="en") == "1 working day"
        assert formats.working_hours(1, lang="en") == "1 working hour"


class TestNumbers:
    @pytest.mark.parametrize(
        ("amount", "written"),
        [
            (13176000, "Rp13.176.000"),
            (0, "Rp0"),
            (999, "Rp999"),
            (1000, "Rp1.000"),
            (-405000, "-Rp405.000"),
            (2_000_000_001, "Rp2.000.000.001"),
        ],
    )
    def test_rupiah_stands_without_a_space_and_without_cents(self, amount, written):
        assert formats.rupiah(amount) == written

    @pytest.mark.parametrize(
        ("value", "decimals", "lang", "written"),
        [
            (1234567.891, 2, "id", "1.234.567,89"),
            (1234567.891, 2, "en", "1,234,567.89"),
            (94.25, 1, "id", "94,3"),
            (0.5, 0, "id", "1"),
            (136, 0, "en", "136"),
        ],
    )
    def test_a_number_has_the_separators_of_the_language(self, value, decimals, lang, written):
        assert formats.number(value, decimals, lang=lang) == written

    @pytest.mark.parametrize(
        ("value", "lang", "written"),
        [
            ("240.50", "id", "240,50"),
            ("1240.50", "id", "1.240,50"),
            ("300", "id", "300"),
            ("1240.50", "en", "1,240.50"),
        ],
    )
    def test_a_measure_keeps_the_decimals_it_was_given(self, value, lang, written):
        assert formats.exact(Decimal(value), lang=lang) == written


class TestMasks:
    """Personal data on public pages: enough to recognise one's own, not enough to be found."""

    @pytest.mark.parametrize(
        ("nik", "shown"),
        [
            ("1872014508900001", "187201******0001"),
            ("A1234567", "********"),
            ("187201450890000", "***************"),
            ("", ""),
        ],
    )
    def test_a_nik_loses_its_date_of_birth_and_anything_else_is_hidden_whole(self, nik, shown):
        assert formats.masked_nik(nik) == shown

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("Ratna Wulandari", "R**** W****"),
            ("Suharto", "S****"),
            ("  Ni  Luh Made ", "N**** L**** M****"),
            ("", ""),
        ],
    )
    def test_a_name_keeps_its_initials_and_not_its_length(self, name, shown):
        assert formats.masked_name(name) == shown

    @pytest.mark.parametrize(
        ("phone", "shown"),
        [
            ("0812-0000-0012", "********0012"),
            ("+62 812 0000 0012", "*********0012"),
            ("112", "****"),
        ],
    )
    def test_a_phone_keeps_its_last_four_digits(self, phone, shown):
        assert formats.masked_phone(phone) == shown

    @pytest.mark.parametrize(
        ("name", "shown"),
        [("Bayu Segara", "BS"), ("Sukarno", "S"), ("dr. Anindya Putri Contoh", "AC"), ("", "")],
    )
    def test_initials_are_two_at_most(self, name, shown):
        assert formats.initials(name) == shown
