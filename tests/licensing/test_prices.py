"""Unit prices of a tariff: dated, only ever added to, set by the office's administrator."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.services.prices import (
    EXAMPLE_PRICES,
    EXAMPLE_SOURCE,
    preset_prices,
    prices_on,
    set_prices,
)
from licensing.tariffs import versions_of
from tests.factories import House
from tests.licensing.fees import PERDA, price, today


def held(house: House, on: date) -> dict[str, Decimal]:
    with house.runtime.transaction(house.office_id) as connection:
        return {name: one.value for name, one in prices_on(connection, "imb", on).items()}


def test_holds_from_its_date_on_and_not_before(house: House) -> None:
    day = today(house)
    price(house, {"hsbg": Decimal(4_500)})
    later = day + timedelta(days=30)
    set_prices(
        house.runtime,
        house.office_id,
        "imb",
        {"hsbg": Decimal("20000.50")},
        since=later,
        source=PERDA,
        by=house.people.admin,
    )

    assert held(house, day - timedelta(days=1)) == {}
    assert held(house, later - timedelta(days=1)) == {"hsbg": Decimal(4_500)}
    assert held(house, later) == {"hsbg": Decimal("20000.50")}


def test_a_second_price_of_the_same_day_corrects_the_first_and_both_stay(house: House) -> None:
    price(house, {"hsbg": Decimal(4_500)})
    price(house, {"hsbg": Decimal(5_400)})

    assert held(house, today(house)) == {"hsbg": Decimal(5_400)}
    assert house.rows("SELECT count(*) AS n FROM tariff_price")[0].n == 2


@pytest.mark.parametrize(
    ("values", "days", "source", "faults"),
    [
        ({"hsbg": Decimal(1)}, -1, PERDA, {"since": "in_past"}),
        ({"hsbg": Decimal(1)}, 0, "  ", {"source": "required"}),
        ({"hsbg": Decimal(1)}, 0, "x" * 201, {"source": "too_long"}),
        ({}, 0, PERDA, {"prices": "required"}),
        ({"hsgb": Decimal(1)}, 0, PERDA, {"hsgb": "unknown_price"}),
        ({"hsbg": Decimal("-0.01")}, 0, PERDA, {"hsbg": "too_small"}),
        ({"hsbg": Decimal("NaN")}, 0, PERDA, {"hsbg": "too_small"}),
        ({"hsbg": Decimal("0.005")}, 0, PERDA, {"hsbg": "too_many_decimals"}),
        ({"hsbg": Decimal(10**14)}, 0, PERDA, {"hsbg": "too_large"}),
        (
            {"hsbg": Decimal(-1), "harga_kolam": Decimal("1.001")},
            -1,
            "",
            {
                "since": "in_past",
                "source": "required",
                "hsbg": "too_small",
                "harga_kolam": "too_many_decimals",
            },
        ),
    ],
)
def test_what_is_no_price_is_refused_with_every_fault_at_once(
    house: House, values: dict[str, Decimal], days: int, source: str, faults: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_prices(
            house.runtime,
            house.office_id,
            "imb",
            values,
            since=today(house) + timedelta(days=days),
            source=source,
            by=house.people.admin,
        )

    assert refused.value.faults == faults
    assert house.rows("SELECT 1 FROM tariff_price") == []


@pytest.mark.parametrize("who", ["billing", "head", "supervisor", "bank_admin", "teller"])
def test_only_the_administrator_of_the_office_sets_them(house: House, who: str) -> None:
    with pytest.raises(NotAllowed):
        set_prices(
            house.runtime,
            house.office_id,
            "imb",
            {"hsbg": Decimal(1)},
            since=today(house),
            source=PERDA,
            by=getattr(house.people, who),
        )


def test_of_a_tariff_that_does_not_exist_there_is_none(house: House) -> None:
    with pytest.raises(NotFound, match="tariff"):
        set_prices(
            house.runtime,
            house.office_id,
            "pbg",
            {"hsbg": Decimal(1)},
            since=today(house),
            source=PERDA,
            by=house.people.admin,
        )


def test_an_invented_office_gets_the_figures_of_the_examples_and_says_so(house: House) -> None:
    with house.runtime.transaction(house.office_id) as connection:
        preset_prices(connection, house.office_id, since=date(2020, 1, 1))
        found = prices_on(connection, "imb", today(house))

    assert {name: one.value for name, one in found.items()} == EXAMPLE_PRICES["imb"]
    assert {one.source for one in found.values()} == {EXAMPLE_SOURCE}
    assert found.keys() <= versions_of("imb")[-1].prices.keys()
