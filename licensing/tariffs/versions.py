"""Which version of a tariff, and which of a region's prices, hold on a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files

from licensing.tariffs.errors import NoTariffInForce
from licensing.tariffs.model import Price, Tariff
from licensing.tariffs.reading import read_tariff


@cache
def shipped() -> tuple[Tariff, ...]:
    """Return every version of every tariff that comes with the product, by name and date."""
    entries = files("licensing.tariffs.definitions").iterdir()
    texts = (entry.read_text(encoding="utf-8") for entry in entries if entry.name.endswith(".yaml"))
    read = (read_tariff(text) for text in texts)
    return tuple(sorted(read, key=lambda one: (one.name, one.since, one.version)))


def versions_of(name: str, tariffs: Iterable[Tariff] | None = None) -> tuple[Tariff, ...]:
    """Return the versions of the tariff `name`, those shipped unless others are given."""
    return tuple(one for one in (shipped() if tariffs is None else tariffs) if one.name == name)


def tariff_in_force(versions: Iterable[Tariff], on: date) -> Tariff:
    """Return the version of one tariff that holds on a date.

    That is the one that began last; of two that began on the same date the higher version.

    Raises:
        NoTariffInForce: all of them begin later, or there is none.
    """
    every = tuple(versions)
    if len({one.name for one in every}) > 1:
        raise ValueError("versions of one tariff are expected")
    begun = [one for one in every if one.since <= on]
    if not begun:
        raise NoTariffInForce(on, min((one.since for one in every), default=None))
    return max(begun, key=lambda one: (one.since, one.version))


def prices_in_force(prices: Iterable[Price], on: date) -> dict[str, Price]:
    """Return for each name the price that holds on a date; one of a later date is not there.

    `prices` stand in the order in which they were set: of two from the same date the one set
    later corrects the other.
    """
    held: dict[str, Price] = {}
    for price in prices:
        if price.since <= on and (price.name not in held or price.since >= held[price.name].since):
            held[price.name] = price
    return held
