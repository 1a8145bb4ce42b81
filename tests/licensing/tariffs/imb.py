"""Answers and prices for the shipped IMB tariff."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from licensing.tariffs import Price, Sheet, Tariff, calculate, versions_of

(IMB,) = versions_of("imb")

HOUSE = {
    "kepemilikan": "badan_usaha", "luas": "100", "fungsi": "hunian", "kompleksitas": "sederhana",
    "permanensi": "permanen", "risiko_kebakaran": "rendah", "zonasi_gempa": "zona_4",
    "lokasi": "padat", "ketinggian": "rendah", "waktu": "tetap", "kegiatan": "baru",
}  # fmt: skip
"""The house of the example that a Perda publishes, It 0.3125."""

SHOP = HOUSE | {
    "luas": "240", "fungsi": "usaha", "kompleksitas": "tidak_sederhana",
    "risiko_kebakaran": "sedang", "zonasi_gempa": "zona_3", "kepemilikan": "perorangan",
}  # fmt: skip
"""A shop-house, It 2.145."""

INFRASTRUCTURE = {"kepemilikan": "badan_usaha", "luas": "0"}
"""Nothing is built but what the test adds."""


def prices(**values: str | int) -> dict[str, Price]:
    return {
        name: Price(name, Decimal(value), date(2012, 1, 2), "Perda 1/2012 Pasal 8")
        for name, value in values.items()
    }


def examples(tariff: Tariff = IMB) -> dict[str, Price]:
    """Every price of the tariff, at the figure that is shown as its example."""
    return prices(**{name: str(price.example) for name, price in tariff.prices.items()})


def sheet_of(answers: dict[str, str], **values: str | int) -> Sheet:
    return calculate(IMB, prices(**values) if values else examples(), answers)


def line(sheet: Sheet, name: str) -> Decimal:
    return next(one.result for one in sheet.lines if one.name == name)


def charges(sheet: Sheet) -> dict[str, int | None]:
    return {one.name: one.charged_idr for one in sheet.charged}
