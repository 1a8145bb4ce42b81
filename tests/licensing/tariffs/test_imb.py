"""The shipped tariff of the building permit, Permen PU 24/PRT/M/2007."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from licensing.errors import InvalidInput
from licensing.tariffs import NoTariffInForce, PriceMissing, calculate, tariff_in_force
from tests.licensing.tariffs.imb import (
    HOUSE,
    IMB,
    INFRASTRUCTURE,
    SHOP,
    charges,
    examples,
    line,
    prices,
    sheet_of,
)


def test_the_published_house_costs_187_625_rupiah() -> None:
    sheet = sheet_of(
        HOUSE | {"pagar_luas": "60", "septik": "3", "formulir": "1"},
        hsbg=4500,
        harga_pagar_luas=500,
        harga_septik=4000,
        harga_formulir=5000,
    )

    assert line(sheet, "jumlah_bobot") == Decimal("0.625")
    assert line(sheet, "it") == Decimal("0.3125")
    assert charges(sheet) == {
        "bangunan": 140_625,
        "biaya_pagar_luas": 30_000,
        "biaya_septik": 12_000,
        "biaya_formulir": 5_000,
    }
    assert sheet.total_idr == 187_625


def test_the_published_shop_house_costs_10_296_000_rupiah() -> None:
    sheet = sheet_of(SHOP, hsbg=20_000)

    assert line(sheet, "jumlah_bobot") == Decimal("0.715")
    assert line(sheet, "it") == Decimal("2.145")
    assert sheet.total_idr == 10_296_000


FUNGSI = {"hunian_sederhana": "0.05", "hunian": "0.50", "keagamaan": "0.00", "usaha": "3.00",
          "sosial_budaya": "1.00", "khusus": "2.00", "ganda": "4.00"}  # fmt: skip
KEGIATAN = {"baru": "1.00", "rehabilitasi_sedang": "0.45", "rehabilitasi_berat": "0.65",
            "pelestarian_pratama": "0.65", "pelestarian_madya": "0.45",
            "pelestarian_utama": "0.30"}  # fmt: skip
WAKTU = {"sementara_pendek": "0.40", "sementara_menengah": "0.70", "tetap": "1.00"}
WEIGHTED = [
    ("kompleksitas", "0.25", {"sederhana": "0.40", "tidak_sederhana": "0.70", "khusus": "1.00"}),
    ("permanensi", "0.20", {"darurat": "0.40", "semi_permanen": "0.70", "permanen": "1.00"}),
    ("risiko_kebakaran", "0.15", {"rendah": "0.40", "sedang": "0.70", "tinggi": "1.00"}),
    (
        "zonasi_gempa",
        "0.15",
        {"zona_1": "0.10", "zona_2": "0.20", "zona_3": "0.40", "zona_4": "0.50",
         "zona_5": "0.70", "zona_6": "1.00"},
    ),
    ("lokasi", "0.10", {"renggang": "0.40", "sedang": "0.70", "padat": "1.00"}),
    ("ketinggian", "0.10", {"rendah": "0.40", "sedang": "0.70", "tinggi": "1.00"}),
    ("kepemilikan", "0.05", {"yayasan": "0.40", "perorangan": "0.70", "badan_usaha": "1.00"}),
]  # fmt: skip


@pytest.mark.parametrize(("fungsi", "index"), FUNGSI.items())
def test_the_integrated_index_follows_the_function(fungsi: str, index: str) -> None:
    sheet = sheet_of(HOUSE | {"fungsi": fungsi})
    assert line(sheet, "it") == Decimal(index) * Decimal("0.625")


@pytest.mark.parametrize(("waktu", "index"), WAKTU.items())
def test_the_integrated_index_follows_the_time_of_use(waktu: str, index: str) -> None:
    sheet = sheet_of(HOUSE | {"waktu": waktu})
    assert line(sheet, "it") == Decimal("0.3125") * Decimal(index)


@pytest.mark.parametrize(
    ("parameter", "weight", "choice", "index"),
    [(name, weight, *row) for name, weight, rows in WEIGHTED for row in rows.items()],
)
def test_each_parameter_counts_by_its_weight(
    parameter: str, weight: str, choice: str, index: str
) -> None:
    before = {name: dict(rows)[HOUSE[name]] for name, _, rows in WEIGHTED}[parameter]
    moved = Decimal(weight) * (Decimal(index) - Decimal(before))

    sheet = sheet_of(HOUSE | {parameter: choice})

    assert line(sheet, "jumlah_bobot") == Decimal("0.625") + moved


def test_the_tables_offer_what_the_rule_has_and_no_more() -> None:
    offered = {name: {c.name for c in table.choices.values()} for name, table in IMB.tables.items()}
    prasarana = {"baru", "rehabilitasi_sedang", "rehabilitasi_berat"}
    assert offered == {
        "fungsi": set(FUNGSI),
        "waktu": set(WAKTU),
        "kegiatan": set(KEGIATAN),
        "kegiatan_prasarana": prasarana,
        **{name: set(rows) for name, _, rows in WEIGHTED},
        "kepemilikan": {"negara", "yayasan", "perorangan", "badan_usaha"},
    }


@pytest.mark.parametrize(("kegiatan", "factor"), KEGIATAN.items())
def test_renovation_and_conservation_cost_their_share_of_a_new_building(
    kegiatan: str, factor: str
) -> None:
    sheet = sheet_of(SHOP | {"kegiatan": kegiatan}, hsbg=20_000)
    assert sheet.total_idr == 10_296_000 * Decimal(factor)


ITEMS = [name.removeprefix("harga_") for name in IMB.prices if name.startswith("harga_")]


@pytest.mark.parametrize(
    ("kegiatan", "factor"),
    [("baru", "1.00"), ("rehabilitasi_sedang", "0.45"), ("rehabilitasi_berat", "0.65")],
)
@pytest.mark.parametrize("item", [item for item in ITEMS if item != "formulir"])
def test_infrastructure_costs_quantity_times_work_times_unit_price(
    item: str, kegiatan: str, factor: str
) -> None:
    price = IMB.prices[f"harga_{item}"].example
    assert price is not None

    sheet = sheet_of(INFRASTRUCTURE | {item: "3", "kegiatan_prasarana": kegiatan})

    assert charges(sheet) == {f"biaya_{item}": 3 * price * Decimal(factor)}
    assert sheet.total_idr == 3 * price * Decimal(factor)


def test_forms_cost_the_same_for_every_kind_of_work() -> None:
    answers = INFRASTRUCTURE | {"formulir": "2", "kegiatan_prasarana": "rehabilitasi_berat"}
    assert charges(sheet_of(answers, harga_formulir=5000)) == {"biaya_formulir": 10_000}


def test_infrastructure_alone_asks_for_no_index_of_a_building() -> None:
    sheet = sheet_of(INFRASTRUCTURE | {"septik": "1"}, harga_septik=150_000)
    assert "fungsi" not in {answer.name for answer in sheet.answers}
    assert sheet.total_idr == 150_000


def test_parts_below_ground_or_on_water_count_1_30_times() -> None:
    sheet = sheet_of(SHOP | {"luas_khusus": "40"}, hsbg=20_000)
    assert line(sheet, "luas_dihitung") == 252
    assert sheet.total_idr == 252 * Decimal("2.145") * 20_000


def test_the_special_parts_are_no_larger_than_the_whole() -> None:
    with pytest.raises(InvalidInput) as refused:
        sheet_of(HOUSE | {"luas": "30", "luas_khusus": "30.01"})
    assert refused.value.faults == {"luas_khusus": "more_than_whole"}


def test_a_house_of_worship_pays_nothing_for_the_building() -> None:
    sheet = sheet_of(HOUSE | {"fungsi": "keagamaan"})
    assert (sheet.total_idr, sheet.exempt, charges(sheet)) == (0, None, {"bangunan": 0})


def test_a_building_of_the_state_pays_nothing_and_the_sheet_says_why() -> None:
    """UU 28/2009 Art 142(3); no unit price is needed to say so."""
    sheet = calculate(IMB, {}, SHOP | {"kepemilikan": "negara", "pagar": "10", "formulir": "1"})

    assert sheet.total_idr == 0
    assert sheet.charged == ()
    assert sheet.exempt is not None
    assert sheet.exempt.source == "UU 28/2009 Pasal 142(3)"
    assert "bukan objek retribusi" in sheet.exempt.title["id"]
    assert {answer.name for answer in sheet.answers} >= {"kepemilikan", "luas", "fungsi", "pagar"}


def test_a_price_that_the_region_has_not_set_is_named_and_never_guessed() -> None:
    with pytest.raises(PriceMissing) as refused:
        calculate(IMB, prices(harga_formulir=5000), HOUSE | {"pagar": "2", "formulir": "1"})
    assert set(refused.value.missing) == {"hsbg", "harga_pagar"}
    assert refused.value.missing["hsbg"]["id"] == "Harga satuan bangunan gedung (HSbg)"


def test_a_price_is_needed_only_for_what_is_built() -> None:
    assert calculate(IMB, prices(hsbg=4500), HOUSE).total_idr == 140_625


def test_the_sheet_shows_every_factor_with_its_title_value_and_source() -> None:
    sheet = sheet_of(SHOP, hsbg=20_000)
    by_name = {factor.name: factor for factor in sheet.factors}
    every = {name for one in IMB.lines.values() if one.when == "luas" for name in one.formula.names}
    numbers = {"luas", "luas_khusus", "luas_dihitung", "it", "jumlah_bobot"}

    assert set(by_name) == every - numbers
    for factor in sheet.factors:
        assert factor.title["id"]
        assert factor.title["en"]
        assert factor.source
    assert by_name["fungsi"].choice == {"id": "Usaha", "en": "Business"}
    assert by_name["fungsi"].source == "Permen PU 24/PRT/M/2007"
    assert (by_name["hsbg"].value, by_name["hsbg"].since) == (20_000, date(2012, 1, 2))
    assert by_name["hsbg"].source == "Perda 1/2012 Pasal 8"
    assert [factor.name for factor in sheet.unverified] == ["pengali_khusus"]


def test_a_line_is_told_in_words_and_in_figures() -> None:
    sheet = sheet_of(SHOP, hsbg=20_000)
    building = next(one for one in sheet.lines if one.name == "bangunan")
    assert building.words["en"] == (
        "Area that counts (L) × Integrated index (It) × Kind of work on the building"
        " × Unit price of buildings (HSbg)"
    )
    assert building.figures == {
        "id": "240 × 2,145 × 1,00 × 20.000",
        "en": "240 × 2.145 × 1.00 × 20,000",
    }


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        ("luas", "1072,5", "1072.5"),
        ("luas", "1.072,50", "1072.50"),
        ("luas", "072.5", "72.5"),
        ("luas", "1.072.500", "1072500"),
        ("septik", "1.072", "1072"),
        ("septik", "007", "7"),
    ],
)
def test_a_number_may_be_typed_as_indonesians_write_it(
    question: str, typed: str, answer: str
) -> None:
    sheet = sheet_of(HOUSE | {question: typed})
    assert next(one.text for one in sheet.answers if one.name == question) == answer


@pytest.mark.parametrize(
    ("question", "typed", "fault"),
    [
        ("luas", "", "required"),
        ("luas", "luas", "number"),
        ("luas", "-1", "number"),
        ("luas", "1e3", "number"),
        ("luas", "NaN", "number"),
        ("luas", "١٢", "number"),
        ("luas", "72.125", "too_many_decimals"),
        ("luas", "1.072", "too_many_decimals"),
        ("luas", "10000000.01", "too_large"),
        ("septik", "1.5", "whole_number"),
        ("septik", "1.07", "whole_number"),
        ("luas", "1.07.000", "number"),
        ("septik", "satu", "whole_number"),
        ("fungsi", "", "choose"),
        ("fungsi", "Usaha", "unknown_choice"),
        ("fungsi", "3.00", "unknown_choice"),
        ("fngsi", "usaha", "unknown_question"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named(question: str, typed: str, fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        sheet_of(HOUSE | {question: typed})
    assert refused.value.faults == {question: fault}


def test_every_wrong_answer_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        calculate(IMB, {}, {"luas": "90", "fungsi": "rumah", "septik": "x"})
    assert refused.value.faults == {
        "septik": "whole_number", "fungsi": "unknown_choice",
        **dict.fromkeys(set(HOUSE) - {"luas", "fungsi"}, "choose"),
    }  # fmt: skip


def test_the_tariff_holds_from_the_date_of_its_rule() -> None:
    assert tariff_in_force([IMB], date(2007, 8, 9)) is IMB
    with pytest.raises(NoTariffInForce, match="2007-08-09"):
        tariff_in_force([IMB], date(2007, 8, 8))


def test_no_unit_price_has_a_value_of_its_own() -> None:
    with pytest.raises(PriceMissing):
        calculate(IMB, {}, HOUSE)
    assert set(examples()) == set(IMB.prices)
