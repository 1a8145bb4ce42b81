"""The calculation sheet: everything that led to an amount, frozen, and the same in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeVar, cast, get_args

from workflows.sop import Text

FactorKind = Literal["index", "constant", "price"]
_KINDS: tuple[FactorKind, ...] = get_args(FactorKind)

ROUNDING: Text = {
    "id": "Setiap baris yang ditagih dibulatkan satu kali ke rupiah penuh (setengah ke atas);"
    " baris lain tidak dibulatkan.",
    "en": "Each charged line is rounded once, to whole rupiah (half up); no other line is rounded.",
}


class SheetFault(ValueError):
    """A stored sheet does not have the shape of one; the message names the place."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and what was answered."""

    name: str
    title: Text
    text: str
    """The name of the choice, or the number with a point."""
    shown: Text
    """The title of the choice, or the number with its unit."""
    assumed: bool
    """Left empty: the tariff's default."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One number that a line was calculated with, and where it comes from."""

    name: str
    kind: FactorKind
    title: Text
    choice: Text | None
    """The row of the index table."""
    value: Decimal
    unit: Text | None
    source: str
    since: date | None
    """From when a price holds."""
    unverified: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was calculated."""

    name: str
    title: Text
    formula: str
    words: Text
    """The formula with titles in place of names."""
    figures: Text
    """The formula with numbers in place of names."""
    result: Decimal
    """Not rounded."""
    charged_idr: int | None
    """What it adds to the bill; None for a line on the way."""


@dataclass(frozen=True, slots=True)
class Exempt:
    """Why nothing is owed."""

    name: str
    title: Text
    source: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One calculation, whole: it can be printed and checked without the tariff it came from."""

    tariff: str
    version: int
    title: Text
    source: str
    since: date
    answers: tuple[Answer, ...]
    factors: tuple[Factor, ...]
    lines: tuple[Line, ...]
    """Empty where an exemption holds."""
    exempt: Exempt | None
    rounding: Text
    total_idr: int

    @property
    def charged(self) -> tuple[Line, ...]:
        """The lines whose amounts make the total."""
        return tuple(line for line in self.lines if line.charged_idr is not None)

    @property
    def unverified(self) -> tuple[Factor, ...]:
        """The factors whose figures the office has still to check."""
        return tuple(factor for factor in self.factors if factor.unverified)

    def to_json(self) -> dict[str, Any]:
        """Return the sheet in plain lists and dicts; decimals and dates are texts."""
        return cast("dict[str, Any]", _plain(self))

    @classmethod
    def from_json(cls, data: object) -> Sheet:
        """Return the sheet written by `to_json`.

        Raises:
            SheetFault: something is missing, unknown or malformed.
        """
        top = _table(data, "sheet", cls)
        return cls(
            tariff=_text(top["tariff"], "tariff"),
            version=_whole(top["version"], "version"),
            title=_both(top["title"], "title"),
            source=_text(top["source"], "source"),
            since=_day(top["since"], "since"),
            answers=_each(top["answers"], "answers", _answer),
            factors=_each(top["factors"], "factors", _factor),
            lines=_each(top["lines"], "lines", _line),
            exempt=_maybe(top["exempt"], "exempt", _exempt),
            rounding=_both(top["rounding"], "rounding"),
            total_idr=_whole(top["total_idr"], "total_idr"),
        )


def number_text(value: Decimal) -> Text:
    """Return a number as each language writes it: `1.072,5` and `1,072.5`."""
    english = f"{value:,f}"
    return {"id": english.translate(str.maketrans(",.", ".,")), "en": english}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


_Read = TypeVar("_Read")


def _each(value: object, where: str, read: Callable[[object, str], _Read]) -> tuple[_Read, ...]:
    if not isinstance(value, list):
        raise SheetFault(f"{where}: {value!r} is no list")
    return tuple(read(item, f"{where}[{place}]") for place, item in enumerate(value))


def _maybe(value: object, where: str, read: Callable[[object, str], _Read]) -> _Read | None:
    return None if value is None else read(value, where)


def _answer(value: object, where: str) -> Answer:
    entry = _table(value, where, Answer)
    return Answer(
        _text(entry["name"], f"{where}.name"),
        _both(entry["title"], f"{where}.title"),
        _text(entry["text"], f"{where}.text"),
        _both(entry["shown"], f"{where}.shown"),
        _flag(entry["assumed"], f"{where}.assumed"),
    )


def _factor(value: object, where: str) -> Factor:
    entry = _table(value, where, Factor)
    kind = next((kind for kind in _KINDS if kind == entry["kind"]), None)
    if kind is None:
        raise SheetFault(f"{where}.kind: {entry['kind']!r} is none of {', '.join(_KINDS)}")
    return Factor(
        name=_text(entry["name"], f"{where}.name"),
        kind=kind,
        title=_both(entry["title"], f"{where}.title"),
        choice=_maybe(entry["choice"], f"{where}.choice", _both),
        value=_decimal(entry["value"], f"{where}.value"),
        unit=_maybe(entry["unit"], f"{where}.unit", _both),
        source=_text(entry["source"], f"{where}.source"),
        since=_maybe(entry["since"], f"{where}.since", _day),
        unverified=_flag(entry["unverified"], f"{where}.unverified"),
    )


def _line(value: object, where: str) -> Line:
    entry = _table(value, where, Line)
    return Line(
        name=_text(entry["name"], f"{where}.name"),
        title=_both(entry["title"], f"{where}.title"),
        formula=_text(entry["formula"], f"{where}.formula"),
        words=_both(entry["words"], f"{where}.words"),
        figures=_both(entry["figures"], f"{where}.figures"),
        result=_decimal(entry["result"], f"{where}.result"),
        charged_idr=_maybe(entry["charged_idr"], f"{where}.charged_idr", _whole),
    )


def _exempt(value: object, where: str) -> Exempt:
    entry = _table(value, where, Exempt)
    return Exempt(
        _text(entry["name"], f"{where}.name"),
        _both(entry["title"], f"{where}.title"),
        _text(entry["source"], f"{where}.source"),
    )


def _table(value: object, where: str, of: type) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise SheetFault(f"{where}: {value!r} is no table of names and values")
    known = {one.name for one in fields(of)}
    if odd := known ^ value.keys():
        raise SheetFault(f"{where}: missing or unknown: {', '.join(sorted(map(str, odd)))}")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise SheetFault(f"{where}: {value!r} is no text")
    return value


def _both(value: object, where: str) -> Text:
    if not isinstance(value, Mapping) or value.keys() != {"id", "en"}:
        raise SheetFault(f"{where}: {value!r} is no text in Indonesian and English")
    return {language: _text(value[language], f"{where}.{language}") for language in ("id", "en")}


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise SheetFault(f"{where}: {value!r} is no whole number")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise SheetFault(f"{where}: {value!r} is neither true nor false")
    return value


def _decimal(value: object, where: str) -> Decimal:
    try:
        read = Decimal(_text(value, where))
    except InvalidOperation as bad:
        raise SheetFault(f"{where}: {value!r} is no decimal number") from bad
    if not read.is_finite():
        raise SheetFault(f"{where}: {value!r} is no decimal number")
    return read


def _day(value: object, where: str) -> date:
    try:
        return date.fromisoformat(_text(value, where))
    except ValueError as bad:
        raise SheetFault(f"{where}: {value!r} is no date") from bad
