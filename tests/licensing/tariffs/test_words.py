"""Amounts in Indonesian words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from licensing.tariffs import terbilang

ONES = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
SCALES = {"kuadriliun": 10**15, "triliun": 10**12, "miliar": 10**9, "juta": 10**6}


def number_of(words: str) -> int:
    """What the words say, read by the rules of the language and strictly in its order."""
    rest = words.split()
    assert rest.pop() == "rupiah"
    if rest == ["nol"]:
        return 0
    total = 0
    for name, scale in SCALES.items():
        if name in rest:
            place = rest.index(name)
            total += below_thousand(rest[:place]) * scale
            rest = rest[place + 1 :]
    if rest[:1] == ["seribu"]:
        total, rest = total + 1000, rest[1:]
    elif "ribu" in rest:
        place = rest.index("ribu")
        thousands = below_thousand(rest[:place])
        assert thousands > 1, "one thousand is `seribu`"
        total, rest = total + thousands * 1000, rest[place + 1 :]
    return total + (below_thousand(rest) if rest else 0)


def below_thousand(words: list[str]) -> int:
    assert words
    total = 0
    if words[0] == "seratus":
        total, words = 100, words[1:]
    elif words[1:2] == ["ratus"]:
        assert digit(words[0]) > 1
        total, words = digit(words[0]) * 100, words[2:]
    if not words:
        return total
    if words == ["sepuluh"]:
        return total + 10
    if words == ["sebelas"]:
        return total + 11
    if words[1:] == ["belas"]:
        assert digit(words[0]) > 1
        return total + 10 + digit(words[0])
    if words[1:2] == ["puluh"]:
        assert digit(words[0]) > 1
        total, words = total + digit(words[0]) * 10, words[2:]
        if not words:
            return total
    (last,) = words
    return total + digit(last)


def digit(word: str) -> int:
    value = ONES.index(word)
    assert value > 0, "`nol` stands alone"
    return value


@given(st.integers(0, 10**15) | st.integers(0, 16).map(lambda n: 10**n if n < 16 else 0))
@example(1_001_000)
@example(21_001_000)
@example(1_000_001_001_001)
@example(10**15)
def test_the_words_say_the_number(amount: int) -> None:
    assert number_of(terbilang(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "nol rupiah"),
        (11, "sebelas rupiah"),
        (105, "seratus lima rupiah"),
        (1_000, "seribu rupiah"),
        (1_100, "seribu seratus rupiah"),
        (15_000, "lima belas ribu rupiah"),
        (101_000, "seratus satu ribu rupiah"),
        (405_000, "empat ratus lima ribu rupiah"),
        (1_000_000, "satu juta rupiah"),
        (1_001_000, "satu juta seribu rupiah"),
        (10_296_000, "sepuluh juta dua ratus sembilan puluh enam ribu rupiah"),
        (1_250_500, "satu juta dua ratus lima puluh ribu lima ratus rupiah"),
        (2_000_000_001, "dua miliar satu rupiah"),
        (187_625, "seratus delapan puluh tujuh ribu enam ratus dua puluh lima rupiah"),
    ],
)
def test_amounts_are_said_as_bills_say_them(amount: int, words: str) -> None:
    assert terbilang(amount) == words


@pytest.mark.parametrize("amount", [-1, 10**15 + 1, 1.0, True, "5"])
def test_what_is_no_amount_is_not_said(amount: int) -> None:
    with pytest.raises(ValueError, match="rupiah"):
        terbilang(amount)
