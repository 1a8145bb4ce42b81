"""What a calculation promises for every tariff: exact, whole rupiah, the same each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.tariffs import (
    CalculationFailed,
    NoTariffInForce,
    Price,
    PriceMissing,
    Sheet,
    SheetFault,
    Tariff,
    calculate,
    prices_in_force,
    read_tariff,
    shipped,
    tariff_in_force,
)
from tests.licensing.tariffs.imb import HOUSE, IMB, SHOP, charges, examples, line, prices, sheet_of

AREAS = st.decimals("0.01", 10_000_000, places=2).map(str)


@st.composite
def imb_answers(draw: st.DrawFn) -> dict[str, str]:
    answers = {}
    for name, question in IMB.questions.items():
        choices = IMB.choices(name)
        if choices:
            answers[name] = draw(st.sampled_from(sorted(choices)))
        elif name == "luas":
            answers[name] = draw(AREAS)
        elif name != "luas_khusus":
            answers[name] = str(
                draw(st.decimals(0, 1000, places=question.places) if question.places
                     else st.integers(0, 1000))
            )  # fmt: skip
    return answers


@settings(max_examples=60)
@given(imb_answers(), st.decimals(0, 10**7, places=2))
def test_the_charged_lines_make_the_total_in_whole_rupiah(
    answers: dict[str, str], hsbg: Decimal
) -> None:
    unit_prices = examples() | prices(hsbg=str(hsbg))
    sheet = calculate(IMB, unit_prices, answers)

    assert sheet.total_idr == sum(one.charged_idr or 0 for one in sheet.charged)
    assert type(sheet.total_idr) is int
    for one in sheet.charged:
        assert type(one.charged_idr) is int
        assert abs(one.charged_idr - one.result) <= Decimal("0.5")
    assert not any(type(value) is float for value in values_of(sheet))
    assert calculate(IMB, unit_prices, answers) == sheet
    assert Sheet.from_json(json.loads(json.dumps(sheet.to_json()))) == sheet


def values_of(value: object) -> Iterator[object]:
    yield value
    if is_dataclass(value):
        for one in fields(value):
            yield from values_of(getattr(value, one.name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from values_of(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from values_of(inner)


@settings(max_examples=60)
@given(imb_answers(), AREAS)
def test_a_larger_building_never_costs_less(answers: dict[str, str], area: str) -> None:
    small, large = sorted([answers["luas"], area], key=Decimal)
    costs = [sheet_of(answers | {"luas": one}).total_idr for one in (small, large)]
    assert costs[0] <= costs[1]


def test_the_callers_own_decimal_settings_change_nothing() -> None:
    expected = sheet_of(SHOP)
    with localcontext() as context:
        context.prec = 3
        assert sheet_of(SHOP) == expected


def test_a_stored_sheet_has_texts_for_its_decimals() -> None:
    stored = sheet_of(SHOP).to_json()
    assert next(one["result"] for one in stored["lines"] if one["name"] == "it") == "2.145"
    assert next(one["value"] for one in stored["factors"] if one["name"] == "fungsi") == "3.00"
    assert stored["since"] == "2007-08-09"
    assert "dibulatkan" in stored["rounding"]["id"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"total_idr": 10.5}, "total_idr"),
        ({"total_idr": True}, "total_idr"),
        ({"title": "IMB"}, "title"),
        ({"since": "kemarin"}, "since"),
        ({"lines": None}, "lines"),
        ({"answers": [{"name": "luas"}]}, r"answers\[0\]"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_place(change: dict[str, object], where: str) -> None:
    with pytest.raises(SheetFault, match=where):
        Sheet.from_json(sheet_of(HOUSE).to_json() | change)


@pytest.mark.parametrize(("part", "key"), [("factors", "value"), ("lines", "result")])
@pytest.mark.parametrize("value", ["x", "NaN", 0.5, None])
def test_a_stored_number_that_is_none_is_refused(part: str, key: str, value: object) -> None:
    stored = sheet_of(HOUSE).to_json()
    stored[part][0][key] = value
    with pytest.raises(SheetFault, match=rf"{part}\[0\].{key}"):
        Sheet.from_json(stored)


# ---- dates

SINCE_2012 = Price("hsbg", Decimal(4500), date(2012, 1, 1), "Perda 1/2012")
SINCE_2020 = Price("hsbg", Decimal(6000), date(2020, 7, 1), "Perda 3/2020")


@pytest.mark.parametrize(
    ("on", "value"),
    [(date(2012, 1, 1), 4500), (date(2020, 6, 30), 4500), (date(2020, 7, 1), 6000)],
)
def test_a_price_holds_from_its_date_and_not_before(on: date, value: int) -> None:
    held = prices_in_force([SINCE_2020, SINCE_2012], on)
    assert held["hsbg"].value == value
    assert calculate(IMB, held, HOUSE).total_idr == Decimal("31.25") * value


def test_before_the_first_price_there_is_none() -> None:
    assert prices_in_force([SINCE_2012, SINCE_2020], date(2011, 12, 31)) == {}
    with pytest.raises(PriceMissing, match="hsbg"):
        calculate(IMB, {}, HOUSE)


def test_a_price_set_again_for_one_date_is_corrected() -> None:
    again = Price("hsbg", Decimal(4600), date(2012, 1, 1), "Perda 1/2012, ralat")
    assert prices_in_force([SINCE_2012, again], date(2013, 1, 1)) == {"hsbg": again}


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity"])
def test_a_price_is_an_amount(value: str) -> None:
    with pytest.raises(ValueError, match="hsbg"):
        Price("hsbg", Decimal(value), date(2012, 1, 1), "Perda")


def test_a_price_is_never_a_float_and_names_its_rule() -> None:
    with pytest.raises(ValueError, match="no Decimal"):
        Price("hsbg", 0.1, date(2012, 1, 1), "Perda")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="rule"):
        Price("hsbg", Decimal(1), date(2012, 1, 1), " ")


def small(formula: str = "jumlah * harga", version: int = 1, since: str = "2020-01-01") -> Tariff:
    return read_tariff(f"""
tariff: kecil
version: {version}
title: Retribusi
source: Perda 1/2020
since: {since}
prices:
  harga: {{title: Harga, unit: Rp}}
questions:
  jumlah: {{title: Jumlah, places: 2}}
lines:
  biaya: {{title: Biaya, formula: "{formula}", charged: yes}}
""")


def test_the_version_that_began_last_holds() -> None:
    versions = [small(version=2, since="2022-01-01"), small(), small(version=3, since="2022-01-01")]
    assert tariff_in_force(versions, date(2021, 12, 31)).version == 1
    assert tariff_in_force(versions, date(2022, 1, 1)).version == 3
    with pytest.raises(NoTariffInForce, match="2020-01-01"):
        tariff_in_force(versions, date(2019, 12, 31))
    with pytest.raises(NoTariffInForce, match="none at all"):
        tariff_in_force([], date(2022, 1, 1))
    with pytest.raises(ValueError, match="one tariff"):
        tariff_in_force([*versions, IMB], date(2022, 1, 1))


def test_the_shipped_tariffs_are_read_once() -> None:
    assert shipped() is shipped()
    assert [one.name for one in shipped()] == ["imb"]


# ---- amounts


@pytest.mark.parametrize(
    ("amount", "price", "rupiah"),
    [("1", "0.49", 0), ("1", "0.5", 1), ("1", "1.5", 2), ("1", "2.5", 3), ("0.01", "49", 0)],
)
def test_a_charged_line_is_rounded_once_half_up(amount: str, price: str, rupiah: int) -> None:
    sheet = calculate(small(), prices(harga=price), {"jumlah": amount})
    assert sheet.total_idr == rupiah
    assert line(sheet, "biaya") == Decimal(amount) * Decimal(price)


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("harga / (jumlah - 2)", "division_by_zero"),
        ("(jumlah - 2) / (jumlah - 2) * harga", "division_by_zero"),
        ("harga - jumlah", "negative"),
        ("harga * 10000000000000000 * jumlah", "too_large"),
        ("jumlah * harga * 999999999999999999 * 999999999999999999", "too_large"),
        ("cut(harga, jumlah / 4)", "bad_places"),
    ],
)
def test_what_cannot_be_billed_names_its_line(formula: str, why: str) -> None:
    with pytest.raises(CalculationFailed) as refused:
        calculate(small(formula), prices(harga=1), {"jumlah": "2"})
    assert (refused.value.line, refused.value.why) == ("biaya", why)


# ---- the language can say the formula that followed: PP 16/2021

PBG = read_tariff("""
tariff: pbg
version: 1
title: {id: Retribusi PBG, en: Building approval retribution}
source: PP 16/2021
since: 2021-02-02
tables:
  fungsi:
    title: {id: Fungsi, en: Function}
    choices:
      usaha: {title: Usaha, value: 0.7}
      umkm: {title: UMKM, value: 0.5}
      hunian: {title: Hunian, value: 0.15}
  kompleksitas:
    title: {id: Kompleksitas, en: Complexity}
    choices:
      sederhana: {title: Sederhana, value: 1}
      tidak_sederhana: {title: Tidak sederhana, value: 2}
  terbangun:
    title: {id: Indeks terbangun, en: Kind of work}
    choices:
      baru: {title: Baru, value: 1}
      sedang: {title: Rehab sedang, value: 0.225}
  kl:
    title: {id: Koefisien lantai, en: Coefficient of storeys}
    choices:
      lantai_1: {title: "1", value: 1.000}
      lantai_3: {title: "3", value: 1.120}
  kb:
    title: {id: Koefisien basemen, en: Coefficient of basements}
    choices:
      lapis_1: {title: "1", value: 1.197}
  desimal:
    title: {id: Pembulatan, en: Rounding}
    choices:
      simbg: {title: SIMBG, value: 3}
      tanpa: {title: Tanpa, value: 20}
prices:
  shst: {title: SHST, unit: Rp/m²}
  ilo: {title: Indeks lokalitas, unit: "-"}
questions:
  lantai: {title: Luas lantai, places: 2}
  basemen: {title: Luas basemen, places: 2, default: 0}
  fungsi: {table: fungsi}
  kompleksitas: {table: kompleksitas}
  terbangun: {table: terbangun, default: baru}
  kl: {table: kl}
  kb: {table: kb, default: lapis_1}
  desimal: {table: desimal, default: simbg}
lines:
  llt: {title: LLt, formula: lantai + basemen}
  koefisien: {title: Koefisien, formula: "cut((lantai * kl + basemen * kb) / llt, desimal)"}
  tinggi: {title: Ketinggian, formula: "cut(0.5 * koefisien, desimal)"}
  it:
    title: It
    formula: round(fungsi * (0.3 * kompleksitas + 0.2 * 2 + tinggi), desimal)
  bangunan: {title: Bangunan, formula: llt * (ilo * shst) * it * terbangun, charged: yes}
""")


@pytest.mark.parametrize(
    ("answers", "unit_prices", "it", "total"),
    [
        (
            {"lantai": "90", "fungsi": "hunian", "kompleksitas": "sederhana", "kl": "lantai_1"},
            {"shst": 5_000_000, "ilo": "0.005"},
            "0.18",
            405_000,
        ),
        (
            {"lantai": "300", "basemen": "100", "fungsi": "usaha", "kl": "lantai_3",
             "kompleksitas": "tidak_sederhana"},
            {"shst": 6_000_000, "ilo": "0.005"},
            "1.098",
            13_176_000,
        ),
        (
            {"lantai": "300", "basemen": "100", "fungsi": "usaha", "kl": "lantai_3",
             "kompleksitas": "tidak_sederhana", "desimal": "tanpa"},
            {"shst": 6_000_000, "ilo": "0.005"},
            "1.0987375",
            13_184_850,
        ),
        (
            {"lantai": "150", "fungsi": "umkm", "kompleksitas": "sederhana", "kl": "lantai_1",
             "terbangun": "sedang"},
            {"shst": 4_530_000, "ilo": "0.004"},
            "0.6",
            366_930,
        ),
    ],
)  # fmt: skip
def test_the_language_says_the_formula_of_the_building_approval(
    answers: dict[str, str], unit_prices: dict[str, str | int], it: str, total: int
) -> None:
    sheet = calculate(PBG, prices(**unit_prices), answers)
    assert line(sheet, "it") == Decimal(it)
    assert charges(sheet) == {"bangunan": total}
    assert next(one for one in sheet.lines if one.name == "tinggi").words["id"] == (
        "potong(0,5 × Koefisien, Pembulatan)"
    )
