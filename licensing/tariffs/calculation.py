"""From a tariff, the region's prices and the officer's answers to a calculation sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, DecimalException, DivisionByZero

from licensing.tariffs.answers import Given, is_on, read_answers
from licensing.tariffs.errors import CalculationFailed, PriceMissing
from licensing.tariffs.formula import CONTEXT, PlacesFault
from licensing.tariffs.model import Exemption, FormulaLine, Price, Tariff
from licensing.tariffs.sheet import (
    ROUNDING,
    Answer,
    Exempt,
    Factor,
    Line,
    Sheet,
    number_text,
)
from licensing.tariffs.words import MOST
from workflows.schema_fields import LANGUAGES
from workflows.sop import Text

_WORD = re.compile(r"[a-z][a-z0-9_]*|[-*/]|[0-9.]+")
_SIGNS = {"*": "×", "/": "÷", "-": "−"}
_FUNCTION_WORDS: Mapping[str, Text] = {
    "min": {"id": "terkecil", "en": "least"},
    "max": {"id": "terbesar", "en": "greatest"},
    "cut": {"id": "potong", "en": "cut"},
    "round": {"id": "bulatkan", "en": "round"},
}


def calculate(tariff: Tariff, prices: Mapping[str, Price], answers: Mapping[str, str]) -> Sheet:
    """Return the calculation sheet; `prices` are those in force on the day of the calculation.

    Raises:
        InvalidInput: answers that cannot be used, by question, all at once.
        PriceMissing: a unit price that is needed here is not set; all of them at once.
        CalculationFailed: the formula gives no amount that can be billed.
    """
    given = read_answers(tariff, answers)
    exemption = _exemption(tariff, given)
    due = () if exemption else tuple(
        line for line in tariff.lines.values() if is_on(line.when, given)
    )  # fmt: skip
    used = {name for line in due for name in line.formula.names}
    missing = {
        name: price.title
        for name, price in tariff.prices.items()
        if name in used and name not in prices
    }
    if missing:
        raise PriceMissing(tariff.name, missing)
    factors = _factors(tariff, prices, given, used)
    lines = _lines(tariff, due, given, factors)
    return Sheet(
        tariff=tariff.name,
        version=tariff.version,
        title=tariff.title,
        source=tariff.source,
        since=tariff.since,
        answers=tuple(_answer(one) for one in given.values()),
        factors=factors,
        lines=lines,
        exempt=Exempt(exemption.name, exemption.title, exemption.source) if exemption else None,
        rounding=ROUNDING,
        total_idr=sum(line.charged_idr or 0 for line in lines),
    )


def _exemption(tariff: Tariff, given: Mapping[str, Given]) -> Exemption | None:
    for exemption in tariff.exemptions.values():
        if all(
            name in given and given[name].text in choices
            for name, choices in exemption.when.items()
        ):
            return exemption
    return None


def _answer(given: Given) -> Answer:
    question = given.question
    if given.choice is not None:
        shown = given.choice.title
    else:
        number, unit = number_text(given.value), question.unit
        shown = {one: f"{number[one]} {unit[one]}" if unit else number[one] for one in LANGUAGES}
    return Answer(question.name, question.title, given.text, shown, given.assumed)


def _factors(
    tariff: Tariff, prices: Mapping[str, Price], given: Mapping[str, Given], used: set[str]
) -> tuple[Factor, ...]:
    indices = [
        Factor(
            name=name,
            kind="index",
            title=one.question.title,
            choice=one.choice.title,
            value=one.value,
            unit=None,
            source=tariff.tables[one.question.table or ""].source,
            since=None,
            unverified=one.choice.unverified,
        )
        for name, one in given.items()
        if name in used and one.choice is not None
    ]
    constants = [
        Factor(
            name=name,
            kind="constant",
            title=one.title,
            choice=None,
            value=one.value,
            unit=None,
            source=one.source,
            since=None,
            unverified=one.unverified,
        )
        for name, one in tariff.constants.items()
        if name in used
    ]
    unit_prices = [
        Factor(
            name=name,
            kind="price",
            title=one.title,
            choice=None,
            value=prices[name].value,
            unit=one.unit,
            source=prices[name].source,
            since=prices[name].since,
            unverified=False,
        )
        for name, one in tariff.prices.items()
        if name in used
    ]
    return (*indices, *constants, *unit_prices)


def _lines(
    tariff: Tariff,
    due: tuple[FormulaLine, ...],
    given: Mapping[str, Given],
    factors: tuple[Factor, ...],
) -> tuple[Line, ...]:
    values = {name: one.value for name, one in given.items()}
    titles = {name: one.question.title for name, one in given.items()}
    values |= {factor.name: factor.value for factor in factors}
    titles |= {factor.name: factor.title for factor in factors}
    lines: list[Line] = []
    total = 0
    for line in due:
        result = _result(tariff, line, values)
        charged = _charged(tariff, line, result) if line.charged else None
        total += charged or 0
        if total > MOST:
            raise CalculationFailed(tariff.name, line.name, line.title, "too_large")
        lines.append(
            Line(
                name=line.name,
                title=line.title,
                formula=line.formula.text,
                words=_told(line.formula.text, titles),
                figures=_told(
                    line.formula.text, {name: number_text(value) for name, value in values.items()}
                ),
                result=result,
                charged_idr=charged,
            )
        )
        values[line.name], titles[line.name] = result, line.title
    return tuple(lines)


def _result(tariff: Tariff, line: FormulaLine, values: Mapping[str, Decimal]) -> Decimal:
    cause: ArithmeticError
    try:
        return _short(line.formula.value(values))
    except PlacesFault as error:
        why, cause = "bad_places", error
    except DivisionByZero as error:
        why, cause = "division_by_zero", error
    except DecimalException as error:
        why, cause = "too_large", error
    raise CalculationFailed(tariff.name, line.name, line.title, why) from cause


def _charged(tariff: Tariff, line: FormulaLine, result: Decimal) -> int:
    if result < 0:
        raise CalculationFailed(tariff.name, line.name, line.title, "negative")
    if result > MOST:
        raise CalculationFailed(tariff.name, line.name, line.title, "too_large")
    return int(result.to_integral_value(rounding=ROUND_HALF_UP, context=CONTEXT))


def _short(value: Decimal) -> Decimal:
    """Return the same number without zeros at its end: one result is written in one way."""
    whole = value.to_integral_value(context=CONTEXT)
    if whole == value:
        return Decimal(int(whole))
    return value.normalize(CONTEXT)


def _told(formula: str, names: Mapping[str, Text]) -> Text:
    """Return the formula with every name replaced by what `names` has for it."""
    return {language: _told_in(language, formula, names) for language in LANGUAGES}


def _told_in(language: str, formula: str, names: Mapping[str, Text]) -> str:
    def word(found: re.Match[str]) -> str:
        part = found[0]
        if part in _SIGNS:
            return _SIGNS[part]
        known = _FUNCTION_WORDS.get(part) or names.get(part) or number_text(Decimal(part))
        return known[language]

    return _WORD.sub(word, formula)
