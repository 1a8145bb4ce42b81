"""What services cost, and how it is reckoned: the tariffs in words, tables and unit prices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from flask import render_template
from markupsafe import Markup

from licensing.queries.services import unit_prices
from licensing.tariffs import NoTariffInForce, Price, Tariff, tariff_in_force, versions_of
from web import formats
from web.access import runtime
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from web.services_page import ServiceLine, read_catalogue, told_of

_WORD: Final = re.compile(r"[a-z_][a-z0-9_]*|[0-9]+(?:\.[0-9]+)?|[-+*/(),]")
_SIGNS: Final = {"*": " × ", "/": " ÷ ", "+": " + ", "-": " − ", ",": "; "}

_FUNCTION_WORDS: Final[Mapping[str, Callable[[], str]]] = {
    "min": lambda: _("terkecil dari "),
    "max": lambda: _("terbesar dari "),
    "cut": lambda: _("dipotong pada desimal "),
    "round": lambda: _("dibulatkan pada desimal "),
}


@dataclass(frozen=True, slots=True)
class FormulaWords:
    """One line of a calculation: `Bangunan` = `Luas × indeks terintegrasi × …`."""

    title: str
    words: str
    charged: bool


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One row of an index table."""

    title: str
    value: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class IndexTable:
    """One index table of the rule."""

    title: str
    source: str
    rows: Sequence[IndexRow]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A unit price: what it is for, and what the region has set; '' where it has not."""

    title: str
    unit: str
    value: str
    source: str
    example: str
    """A figure of the rule's own example, never reckoned with."""


@dataclass(frozen=True, slots=True)
class TariffWords:
    """One version of a tariff as it is explained to everybody, in one language."""

    name: str
    title: str
    source: str
    since: date
    formulas: Sequence[FormulaWords]
    rule: Markup
    """Formulas, weights, index tables and exemptions, drawn."""


@dataclass(frozen=True, slots=True)
class FeesPage:
    """Which service costs what."""

    free: Sequence[ServiceLine]
    charged: Sequence[tuple[ServiceLine, str, str]]
    """Service, the rule of its fee, and its tariff where the page explains it, else ''."""
    tariffs: Sequence[tuple[TariffWords, Sequence[PriceRow]]]
    """Each tariff that is charged, and the unit prices that hold today."""


def fees_page() -> FeesPage:
    """Return the fees of the reader's office."""
    found = read_catalogue(with_calendar=False)
    if found is None:
        return FeesPage((), (), ())
    today = found.now.astimezone(ZoneInfo(found.office.zone)).date()
    free = [told_of(one).line for one in found.services if one.sop.fee.tariff is None]
    charged = []
    tariffs: dict[str, Tariff] = {}
    for service in found.services:
        fee = service.sop.fee
        if fee.tariff is None:
            continue
        tariff = tariff_of(fee.tariff, today)
        if tariff is not None:
            tariffs[fee.tariff] = tariff
        charged.append((told_of(service).line, fee.source, fee.tariff if tariff else ""))
    set_here = unit_prices(runtime(), found.office.id, today) if tariffs else {}
    return FeesPage(
        free,
        charged,
        [
            (words_of(tariff), _prices(tariff, set_here.get(name, {})))
            for name, tariff in tariffs.items()
        ],
    )


def formulas_of(name: str | None, on: date) -> Sequence[FormulaWords]:
    """Return the first thing that a tariff charges, as a formula in words; none for no tariff."""
    tariff = None if name is None else tariff_of(name, on)
    if tariff is None:
        return ()
    return [line for line in words_of(tariff).formulas if line.charged][:1]


def tariff_of(name: str, on: date) -> Tariff | None:
    """Return the version of a tariff that holds on a day; None where there is none."""
    try:
        return tariff_in_force(versions_of(name), on)
    except NoTariffInForce:
        return None


def words_of(tariff: Tariff) -> TariffWords:
    """Return a tariff in the reader's words."""
    key = (tariff.name, tariff.version, current_language())
    known = _KNOWN.get(key)
    if known is None or known[0] is not tariff:
        known = _KNOWN[key] = (tariff, _words(tariff))
    return known[1]


_KNOWN: Final[dict[tuple[str, int, str], tuple[Tariff, TariffWords]]] = {}
"""A shipped version never changes: it is put into words once a language."""


def _words(tariff: Tariff) -> TariffWords:
    formulas = list(_formulas(tariff))
    rule = render_template(
        "services/tariff_rule.html",
        formulas=formulas,
        constants=[
            IndexRow(in_language(one.title), _number(one.value), one.unverified)
            for one in tariff.constants.values()
        ],
        tables=[
            IndexTable(
                in_language(table.title),
                table.source,
                [
                    IndexRow(in_language(one.title), _number(one.value), one.unverified)
                    for one in table.choices.values()
                ],
            )
            for table in tariff.tables.values()
        ],
        exemptions=[(in_language(one.title), one.source) for one in tariff.exemptions.values()],
    )
    # A template of ours, which escapes what it shows.
    drawn = Markup(rule)  # noqa: S704
    return TariffWords(
        tariff.name, in_language(tariff.title), tariff.source, tariff.since, formulas, drawn
    )


def _prices(tariff: Tariff, set_here: Mapping[str, Price]) -> Sequence[PriceRow]:
    return [
        PriceRow(
            in_language(price.title),
            in_language(price.unit),
            _rupiah(set_here[price.name].value) if price.name in set_here else "",
            set_here[price.name].source if price.name in set_here else "",
            _rupiah(price.example) if price.example is not None else "",
        )
        for price in tariff.prices.values()
    ]


def _formulas(tariff: Tariff) -> Iterator[FormulaWords]:
    for line in tariff.lines.values():
        yield FormulaWords(
            in_language(line.title), _in_words(tariff, line.formula.text), line.charged
        )


def _in_words(tariff: Tariff, formula: str) -> str:
    """Return a formula with the titles of what it names: `luas * it` → `Luas × indeks …`."""
    return "".join(_SIGNS.get(part) or _named(tariff, part) for part in _WORD.findall(formula))


def _named(tariff: Tariff, part: str) -> str:
    if part[0].isdigit():
        return _number(Decimal(part))
    for known in (
        tariff.lines, tariff.questions, tariff.constants, tariff.prices, tariff.tables,
    ):  # fmt: skip
        if part in known:
            title = in_language(known[part].title)
            return title[:1].lower() + title[1:] if not title[:2].isupper() else title
    return _FUNCTION_WORDS[part]() if part in _FUNCTION_WORDS else part


def _rupiah(value: Decimal) -> str:
    """Return a unit price, which may have sen: `Rp1.072,50`; always written as a bill does."""
    plain = value.normalize()
    decimals = 2 if int(plain.as_tuple().exponent) < 0 else 0
    return f"Rp{formats.number(value, decimals)}"


def _number(value: Decimal) -> str:
    """Return a number with the decimals that the rule writes it with: `0,50`."""
    return formats.exact(value, lang=current_language())
