"""Identity formats: the tables of the rules, and the masks."""

from datetime import date

import pytest

from licensing.identity import (
    IdentityFault,
    Sex,
    mask_email,
    mask_name,
    mask_nik,
    mask_npwp,
    mask_phone,
    parse_email,
    parse_nib,
    parse_nik,
    parse_npwp,
    parse_phone,
    parse_postcode,
    show_npwp,
    show_phone,
)

TODAY = date(2026, 11, 21)


class TestNik:
    """PP 40/2019 Art 30-31."""

    @pytest.mark.parametrize(
        ("text", "born_on", "sex"),
        [
            ("1872010503900001", date(1990, 3, 5), Sex.MALE),
            ("1872014503900002", date(1990, 3, 5), Sex.FEMALE),
            ("1872010101900001", date(1990, 1, 1), Sex.MALE),
            ("1872013112900001", date(1990, 12, 31), Sex.MALE),
            ("1872014101900001", date(1990, 1, 1), Sex.FEMALE),
            ("1872017112900001", date(1990, 12, 31), Sex.FEMALE),
            ("1872012111260001", date(2026, 11, 21), Sex.MALE),
            ("1872012211260001", date(1926, 11, 22), Sex.MALE),
            ("1872012902000001", date(2000, 2, 29), Sex.MALE),
            ("1872012902960001", date(1996, 2, 29), Sex.MALE),
            ("18.72.01.050390.0001", date(1990, 3, 5), Sex.MALE),
            (" 187201 050390 0001 ", date(1990, 3, 5), Sex.MALE),
            ("1872010503909999", date(1990, 3, 5), Sex.MALE),
        ],
    )
    def test_tells_birth_date_and_sex(self, text, born_on, sex):
        nik = parse_nik(text, today=TODAY)

        assert (nik.born_on, nik.sex, nik.region, len(nik.digits)) == (born_on, sex, "187201", 16)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "characters"),
            ("18720105039000O1", "characters"),
            ("1872010503900001\x00", "characters"),
            ("١٨٧٢٠١٠٥٠٣٩٠٠٠٠١", "characters"),
            ("187201050390001", "length"),
            ("18720105039000011", "length"),
            ("1111111111111111", "all_equal"),
            ("0000000000000000", "all_equal"),
            ("1872010003900001", "day"),
            ("1872013203900001", "day"),
            ("1872014003900001", "day"),
            ("1872017203900001", "day"),
            ("1872010500900001", "month"),
            ("1872010513900001", "month"),
            ("1872013104900001", "date"),
            ("1872012902010001", "date"),
            ("1872016902010001", "date"),
            ("1872010503900000", "running_number"),
            ("9999010503900001", "fictitious"),
        ],
    )
    def test_is_refused_when_it_cannot_be_one(self, text, reason):
        with pytest.raises(IdentityFault) as fault:
            parse_nik(text, today=TODAY)

        assert fault.value.code == f"identity.nik.{reason}"

    def test_of_no_region_is_accepted_only_where_invented_people_are_allowed(self):
        nik = parse_nik("9999014503900001", today=TODAY, allow_fictitious=True)

        assert nik.fictitious
        assert nik.sex is Sex.FEMALE
        assert not parse_nik("1872010503900001", today=TODAY, allow_fictitious=True).fictitious

    def test_that_disagrees_with_what_was_entered_is_a_warning(self):
        nik = parse_nik("1872010503900001", today=TODAY)

        assert nik.disagreements() == ()
        assert nik.disagreements(born_on=date(1990, 3, 5), sex=Sex.MALE) == ()
        assert nik.disagreements(born_on=date(1990, 3, 6), sex=Sex.FEMALE) == ("born_on", "sex")

    def test_stays_out_of_logs_and_of_the_fault(self):
        assert "1872010503900001" not in repr(parse_nik("1872010503900001", today=TODAY))
        with pytest.raises(IdentityFault) as fault:
            parse_nik("1872010503900000", today=TODAY)
        assert "187201" not in str(fault.value)


class TestNpwp:
    """PMK 112/PMK.03/2022: 16 digits, the old 15 with a 0 in front."""

    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            ("01.234.567.8-321.000", "0012345678321000"),
            ("012345678321000", "0012345678321000"),
            ("0012345678321000", "0012345678321000"),
            ("1872010503900001", "1872010503900001"),
        ],
    )
    def test_is_kept_in_sixteen_digits(self, text, canonical):
        assert parse_npwp(text, today=TODAY) == canonical

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("01.234.567.8-321.00", "length"),
            ("01.234.567.8-321.0000000", "length"),
            ("0012345678321000000001", "branch"),
            ("000000000000000", "all_equal"),
            ("0111111111111111", "all_equal"),
            ("NPWP 01.234.567.8", "characters"),
            ("1872013203900001", "day"),
            ("9999010503900001", "fictitious"),
        ],
    )
    def test_is_refused(self, text, reason):
        with pytest.raises(IdentityFault) as fault:
            parse_npwp(text, today=TODAY)

        assert fault.value.code == f"identity.npwp.{reason}"

    def test_is_shown_in_its_old_grouping_when_it_has_one(self):
        assert show_npwp("0012345678321000") == "01.234.567.8-321.000"
        assert show_npwp("1872010503900001") == "1872010503900001"


class TestNib:
    """PP 24/2018 Art 24(2)."""

    def test_is_thirteen_digits_and_may_begin_with_nought(self):
        assert parse_nib("0220 1012 34567") == "0220101234567"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("022010123456", "length"),
            ("02201012345678", "length"),
            ("3333333333333", "all_equal"),
            ("NIB0220101234", "characters"),
        ],
    )
    def test_is_refused(self, text, reason):
        with pytest.raises(IdentityFault) as fault:
            parse_nib(text)

        assert fault.value.code == f"identity.nib.{reason}"


class TestPhone:
    """Mobile numbers have 10 to 13 digits with the leading 0; landlines follow their area."""

    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            ("08123456789", "+628123456789"),
            ("0812-3456-7890", "+6281234567890"),
            ("6281234567890", "+6281234567890"),
            ("+62 812 3456 7890", "+6281234567890"),
            ("0812345678901", "+62812345678901"),
            ("0812-0000-0900", "+6281200000900"),
            ("(0725) 41234", "+6272541234"),
            ("021-5551234", "+62215551234"),
            ("+65 6123 4567", "+6561234567"),
        ],
    )
    def test_is_kept_in_international_form(self, text, canonical):
        assert parse_phone(text) == canonical

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "characters"),
            ("0812x45", "characters"),
            ("tidak ada", "characters"),
            ("٠٨١٢3456789", "characters"),
            ("08123456789 ext 3", "characters"),
            ("081", "length"),
            ("08123456789012345678", "length"),
            ("08123456789012", "shape"),
            ("081234567", "shape"),
            ("1500", "length"),
            ("+", "shape"),
        ],
    )
    def test_is_refused(self, text, reason):
        with pytest.raises(IdentityFault) as fault:
            parse_phone(text)

        assert fault.value.code == f"identity.phone.{reason}"

    def test_is_shown_as_people_dial_it(self):
        assert show_phone("+6281234567890") == "0812-3456-7890"
        assert show_phone("+6561234567") == "+65 6123 4567"


class TestEmail:
    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            ("Ratna.W@Contoh.GO.ID", "Ratna.W@contoh.go.id"),
            (" a+b@x-y.co ", "a+b@x-y.co"),
        ],
    )
    def test_keeps_the_person_as_typed(self, text, canonical):
        assert parse_email(text) == canonical

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "ratna",
            "ratna@",
            "@contoh.id",
            "ratna@contoh",
            "ra tna@contoh.id",
            "ratna@contoh..id",
            "ratna@-contoh.id",
            ".ratna@contoh.id",
            "ratna@contoh.id\r\nBcc: x@y.id",
            "ratna@contoh.id, b@contoh.id",
            "rätna@contoh.id",
        ],
    )
    def test_is_refused_when_no_letter_could_reach_it(self, text):
        with pytest.raises(IdentityFault) as fault:
            parse_email(text)

        assert fault.value.code == "identity.email.shape"

    def test_is_refused_when_too_long(self):
        with pytest.raises(IdentityFault, match="length"):
            parse_email("a" * 65 + "@contoh.id")


class TestPostcode:
    def test_is_five_digits(self):
        assert parse_postcode(" 34111 ") == "34111"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("3411", "length"), ("341111", "length"), ("03411", "shape"), ("3411a", "characters")],
    )
    def test_is_refused(self, text, reason):
        with pytest.raises(IdentityFault) as fault:
            parse_postcode(text)

        assert fault.value.code == f"identity.postcode.{reason}"


class TestMask:
    @pytest.mark.parametrize(
        ("mask", "text", "masked"),
        [
            (mask_nik, "1872010503900001", "187201******0001"),
            (mask_npwp, "0012345678321000", "001234******1000"),
            (mask_phone, "+6281234567890", "+6281*******90"),
            (mask_phone, "+6272541234", "+6272****34"),
            (mask_email, "ratna@contoh.id", "r***@contoh.id"),
            (mask_name, "Ratna Wulandari", "R**** W********"),
            (mask_name, "", ""),
        ],
    )
    def test_hides_what_would_name_the_person(self, mask, text, masked):
        assert mask(text) == masked
