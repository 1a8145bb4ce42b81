"""What a tariff says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from licensing.tariffs.formula import Formula
from workflows.sop import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of an index table."""

    name: str
    title: Text
    value: Decimal
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """An index table of the rule."""

    name: str
    title: Text
    source: str
    choices: Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that the rule fixes, such as a weight."""

    name: str
    title: Text
    value: Decimal
    source: str
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price that the region's Perda sets: the tariff names it and gives it no value."""

    name: str
    title: Text
    unit: Text
    example: Decimal | None = None
    """A figure to show beside the empty field. Never calculated with."""


@dataclass(frozen=True, slots=True)
class Price:
    """A unit price as an office has set it, in rupiah, from a date on.

    Raises:
        ValueError: the value is no amount, or nothing says which rule sets it.
    """

    name: str
    value: Decimal
    since: date
    source: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise ValueError(f"price {self.name}: {self.value!r} is no Decimal")
        if not self.value.is_finite() or self.value < 0:
            raise ValueError(f"price {self.name}: {self.value} is no amount")
        if not self.source.strip():
            raise ValueError(f"price {self.name}: the rule that sets it is missing")


@dataclass(frozen=True, slots=True)
class Question:
    """What the billing officer answers: a choice of a `table`, else a number."""

    name: str
    title: Text
    table: str | None = None
    unit: Text | None = None
    places: int = 0
    """Most decimals of a number."""
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(10**9)
    at_most: str | None = None
    """Another number that this one may not exceed."""
    default: str | None = None
    """What an empty answer means; None where an answer must be given."""
    when: str | None = None
    """Asked only when this number is above zero."""
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """One line of the calculation."""

    name: str
    title: Text
    formula: Formula
    charged: bool = False
    """Whether it is part of the bill: rounded once, to whole rupiah, half up."""
    when: str | None = None
    """Calculated only when this number is above zero."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who owes nothing: every question of `when` was answered with one of its choices."""

    name: str
    title: Text
    source: str
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a tariff. Mappings keep the order in which they are written."""

    name: str
    version: int
    title: Text
    source: str
    since: date
    tables: Mapping[str, Table]
    constants: Mapping[str, Constant]
    prices: Mapping[str, UnitPrice]
    questions: Mapping[str, Question]
    lines: Mapping[str, FormulaLine]
    exemptions: Mapping[str, Exemption]

    def choices(self, question: str) -> Mapping[str, Choice]:
        """Return the answers that a question offers; none where it asks for a number."""
        table = self.questions[question].table
        return {} if table is None else self.tables[table].choices
