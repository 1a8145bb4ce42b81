"""The text of a tariff: what is wrong is named, with its line and what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.tariffs import TariffFaults, read_tariff
from licensing.tariffs.grammar import TARIFF_FAULTS
from workflows.errors import Fault

TEXT = """\
tariff: contoh
version: 1
title: {id: Retribusi contoh, en: Example retribution}
source: Perda 1/2020
since: 2020-01-01
tables:
  fungsi:
    title: {id: Fungsi, en: Function}
    choices:
      hunian: {title: {id: Hunian, en: Residential}, value: 0.50}
      usaha: {title: {id: Usaha, en: Business}, value: 3.00, unverified: yes}
constants:
  bobot: {title: {id: Bobot, en: Weight}, value: 0.25}
prices:
  harga: {title: {id: Harga, en: Price}, unit: Rp/m², example: 4500}
questions:
  luas: {title: {id: Luas, en: Area}, unit: m², places: 2}
  khusus: {title: {id: Khusus, en: Special}, at_most: luas, default: 0}
  fungsi: {table: fungsi, when: luas}
lines:
  indeks: {title: {id: Indeks, en: Index}, formula: fungsi * bobot, when: luas}
  bangunan:
    title: {id: Bangunan, en: Building}
    formula: (luas + khusus) * indeks * harga
    charged: yes
    when: luas
exemptions:
  sosial:
    title: {id: Bebas, en: Free}
    source: Perda 1/2020 Pasal 3
    when: {fungsi: hunian}
"""


def faults_of(text: str) -> list[tuple[int, str, str, str | None]]:
    with pytest.raises(TariffFaults) as refused:
        read_tariff(text)
    return [
        (fault.line, fault.where, fault.code, fault.suggestion) for fault in refused.value.faults
    ]


def test_a_tariff_is_read() -> None:
    tariff = read_tariff(TEXT)
    assert tariff.tables["fungsi"].source == tariff.source == "Perda 1/2020"
    assert tariff.questions["fungsi"].title == {"id": "Fungsi", "en": "Function"}
    assert [line.name for line in tariff.lines.values() if line.charged] == ["bangunan"]
    assert tariff.tables["fungsi"].choices["usaha"].unverified


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("since: 2020-01-01", "since: 2020-13-01", (5, "since", "bad_date", None)),
        ("since: 2020-01-01", "sience: 2020-01-01", (5, "sience", "unknown_key", "since")),
        ("value: 0.50", 'value: "0,50"', (10, "tables.fungsi.choices.hunian.value", "bad_decimal",
                                       None)),
        ("value: 0.50", "value: -1", (10, "tables.fungsi.choices.hunian.value", "bad_decimal",
                                     None)),
        ("value: 0.50", "value: 1e3", (10, "tables.fungsi.choices.hunian.value", "bad_decimal",
                                      None)),
        ("unverified: yes", "unverified: ya", (11, "tables.fungsi.choices.usaha.unverified",
                                             "bad_flag", None)),
        ("en: Function", "eng: Function", (8, "tables.fungsi.title.eng", "unknown_key", "en")),
        ("  bobot: {", "  round: {", (13, "constants.round", "reserved_name", None)),
        ("  bobot: {", "  in: {", (13, "constants.in", "reserved_name", None)),
        ("  bobot: {", "  luas: {", (17, "questions.luas", "duplicate_name", None)),
        ("unit: m², places: 2", "unit: m², places: dua", (17, "questions.luas.places",
                                                        "bad_number", None)),
        ("{table: fungsi,", "{table: fngsi,", (19, "questions.fungsi.table", "unknown_table",
                                             "fungsi")),
        ("{table: fungsi,", "{table: fungsi, unit: m,", (19, "questions.fungsi.unit",
                                                       "number_only", None)),
        ("{table: fungsi,", "{table: fungsi, default: usah,", (19, "questions.fungsi.default",
                                                             "unknown_choice", "usaha")),
        ("default: 0", "default: nol", (18, "questions.khusus.default", "bad_default", None)),
        ("at_most: luas", "at_most: lua", (18, "questions.khusus.at_most", "unknown_question",
                                          "luas")),
        ("at_most: luas", "at_most: fungsi", (18, "questions.khusus.at_most", "not_a_number",
                                            None)),
        ("at_most: luas", "at_most: khusus", (18, "questions.khusus.at_most", "asked_too_late",
                                            None)),
        ("fungsi * bobot", "fungsi * boot", (21, "lines.indeks.formula", "formula_name", "bobot")),
        ("fungsi * bobot", "fungsi ** bobot", (21, "lines.indeks.formula", "formula_not_allowed",
                                             None)),
        ("fungsi * bobot", "bangunan * fungsi * bobot", (21, "lines.indeks.formula",
                                                       "formula_later", None)),
        ("fungsi * bobot", "indeks * fungsi * bobot", (21, "lines.indeks.formula",
                                                     "formula_later", None)),
        ("fungsi * bobot", "rnd(fungsi) * bobot", (21, "lines.indeks.formula",
                                                  "formula_function", "round")),
        ("    charged: yes\n    when: luas\n", "    charged: yes\n",
         (24, "lines.bangunan.formula", "formula_when", None)),
        ("charged: yes", "charged: no", (20, "lines", "nothing_charged", None)),
        ("when: {fungsi: hunian}", "when: {fungsi: [hunian, usahaa]}",
         (31, "exemptions.sosial.when.fungsi", "unknown_choice", "usaha")),
        ("when: {fungsi: hunian}", "when: {luas: hunian}",
         (31, "exemptions.sosial.when.luas", "not_a_choice", None)),
        ("when: {fungsi: hunian}", "when: {fungis: hunian}",
         (31, "exemptions.sosial.when.fungis", "unknown_question", "fungsi")),
        ("    source: Perda 1/2020 Pasal 3\n", "", (28, "exemptions.sosial.source", "missing",
                                                   None)),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_what_was_meant(
    old: str, new: str, fault: tuple[int, str, str, str | None]
) -> None:
    assert old in TEXT
    line, where, code, suggestion = fault
    assert (line, where, f"tariff.{code}", suggestion) in faults_of(TEXT.replace(old, new, 1))


def test_a_name_that_nothing_uses_is_a_fault() -> None:
    text = TEXT.replace("  harga: {", "  hsbg: {title: HSbg, unit: Rp}\n  harga: {")
    assert faults_of(text) == [(15, "prices.hsbg", "tariff.never_used", None)]


def test_every_fault_is_named_at_once() -> None:
    text = (
        TEXT.replace("value: 0.50", "value: x")
        .replace("fungsi * bobot", "fungsi * boot ** 2")
        .replace("{table: fungsi,", "{table: fngsi,")
        .replace("* harga", "* hrga")
    )
    assert [code.removeprefix("tariff.") for _, _, code, _ in faults_of(text)] == [
        "bad_decimal", "unknown_table", "formula_not_allowed", "formula_name",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "tariff.empty"),
        ("- a", "tariff.not_mapping"),
        ("a: &x 1", "tariff.anchor"),
        ("a: [", "tariff.syntax"),
        ("a: 1\na: 2", "tariff.duplicate_key"),
        ("a: !!python/object:os.system ls", "tariff.tag"),
        ("a: 1\n---\nb: 2", "tariff.many_documents"),
    ],
)
def test_a_text_that_is_no_tariff_is_refused(text: str, code: str) -> None:
    assert code in {fault[2] for fault in faults_of(text)}


def test_a_fault_is_said_in_both_languages() -> None:
    with pytest.raises(TariffFaults) as refused:
        read_tariff(TEXT.replace("fungsi * bobot", "fungsi * boot"))
    (fault,) = refused.value.faults
    assert fault.text == {"id": "Nama `boot` tidak dikenal.", "en": "nothing is called `boot`"}
    assert "line 21: lines.indeks.formula: nothing is called `boot`; did you mean `bobot`?" in str(
        refused.value
    )


def test_every_word_of_a_fault_has_both_languages() -> None:
    for code, (indonesian, english) in TARIFF_FAULTS.items():
        assert indonesian != english, code


WORDS = sorted({word.strip("{},:") for word in TEXT.split()} | {"", "[", "{", "- x", "0", "luas:"})


@settings(max_examples=200)
@given(st.data())
def test_any_damage_to_a_tariff_is_read_or_refused_with_its_faults(data: st.DataObject) -> None:
    text = TEXT
    for _ in range(data.draw(st.integers(1, 3))):
        old = data.draw(st.sampled_from([word for word in WORDS if len(word) > 1]))
        text = text.replace(old, data.draw(st.sampled_from(WORDS)), data.draw(st.integers(1, 3)))
    faults: tuple[Fault, ...] | None = None
    try:
        read_tariff(text)
    except TariffFaults as refused:
        faults = refused.faults
    assert faults is None or (faults and all(fault.line >= 1 for fault in faults))
