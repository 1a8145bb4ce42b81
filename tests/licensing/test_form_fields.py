"""Fields of a form: decimals as Indonesians write them, and what an application is about."""

from __future__ import annotations

from datetime import date

import pytest

from licensing.errors import InvalidInput
from licensing.forms import Form, read_form
from licensing.services.file_application import ApplicantForm, _subject
from workflows.sop import Condition, Fee, Field, Sop

AREA = Field("area", {"id": "Luas", "en": "Area"}, "decimal", True, Condition())
PERSON = ApplicantForm(name="Siti Aminah")


def sop_with(*fields: Field, subject: str | None = None) -> Sop:
    return Sop(
        name="x",
        title={"id": "x", "en": "x"},
        source="x",
        starts_at="x",
        lanes={},
        steps={},
        ends={},
        limits={},
        ladder=(),
        fee=Fee(None, "x"),
        product=None,
        fields={field.name: field for field in fields},
        subject=subject,
    )


def read(typed: str) -> Form:
    return read_form(
        sop_with(AREA), {}, {"area": typed}, today=date(2026, 7, 1), allow_fictitious=False
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("240", "240"), ("240,5", "240.50"), ("240,50", "240.50"), ("240.5", "240.50"),
        ("240.50", "240.50"), ("0", "0"), ("0,05", "0.05"), ("007,10", "7.10"),
        # A point before three digits is a thousand's.
        ("1.240", "1240"), ("1.240,5", "1240.50"), ("12.345.678,09", "12345678.09"),
        ("240,00", "240"), (" 240,5 ", "240.50"), ("1000000000000000", "1000000000000000"),
    ],
)  # fmt: skip
def test_a_decimal_is_kept_as_plain_text_with_a_point(typed: str, kept: str) -> None:
    assert read(typed).values == {"area": kept}


@pytest.mark.parametrize(
    "typed",
    ["240,505", "1,240.50", "-1", "+1", "1e3", ",5", "5,", "5.", "240 m2", "1.24,5", "12.34.567",
     "1234.567", "1..2", "NaN", "\u0662\u0664", "0x10", "1.0000"],
)  # fmt: skip
def test_what_is_no_decimal_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(typed)

    assert refused.value.faults == {"area": "decimal"}


def test_a_decimal_beyond_all_measure_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        read("1" + "0" * 16 + ",5")

    assert refused.value.faults == {"area": "too_large"}


@pytest.mark.parametrize(
    ("subject", "values", "line"),
    [
        ("place", {"place": "Klinik Sehat"}, "Klinik Sehat"),
        ("place", {"place": "Jalan Merdeka 1\nMetro"}, "Jalan Merdeka 1 Metro"),
        # Not asked of this kind of application.
        ("place", {}, "Siti Aminah"),
        (None, {"place": "Klinik Sehat"}, "Siti Aminah"),
    ],
)
def test_an_application_is_about_what_its_sop_says_else_about_its_applicant(
    subject: str | None, values: dict[str, str], line: str
) -> None:
    assert _subject(sop_with(subject=subject), Form({}, values, {}), PERSON) == line
