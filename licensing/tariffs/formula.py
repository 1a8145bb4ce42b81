"""The language of formulas: decimal arithmetic, four functions, and nothing else.

A formula has names, decimal numbers, `+ - * /`, parentheses, and the functions

    min(a, b, …)   max(a, b, …)   the smallest, the largest
    cut(x, n)      x with n decimals, the rest cut off
    round(x, n)    x with n decimals, half away from zero; n = -2 rounds to hundreds

Every value is a `Decimal`: a number is read from its written text and is never a float.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import lru_cache
from types import MappingProxyType

from simpleeval import SimpleEval

from workflows.faults import nearest

MOST_CHARACTERS = 500
MOST_PARTS = 150
"""Names, numbers and operations in one formula."""
MOST_ARGUMENTS = 8
LEAST_PLACES, MOST_PLACES = -6, 20

CONTEXT = Context(
    prec=28,
    Emax=18,
    rounding=ROUND_HALF_UP,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""28 digits, nothing from 10^19 on; what cannot be computed is an error, never a NaN."""

_ALLOWED = re.compile(r"[a-z0-9_ \n.,+\-*/()]*")
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_ODD_NUMBER = re.compile(r"(?<![a-z0-9_.])(?![0-9]+(\.[0-9]+)?(?![a-z0-9_.]))[0-9][a-z0-9_.]*")


class FormulaFault(ValueError):
    """A formula says what the language does not have."""

    def __init__(self, code: str, suggestion: str | None = None, /, **facts: object) -> None:
        self.code, self.suggestion, self.facts = code, suggestion, facts
        super().__init__(f"{code} {facts}")


class PlacesFault(ArithmeticError):
    """`cut` or `round` was asked for a number of decimals that cannot be."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read, and the names it uses, each once in the order of its writing."""

    text: str
    names: tuple[str, ...]

    def value(self, names: Mapping[str, Decimal]) -> Decimal:
        """Return what the formula gives.

        Raises:
            decimal.DecimalException: a division by zero, or a result that is too large.
            PlacesFault: a number of decimals that cannot be.
        """
        with localcontext(CONTEXT):
            result = _Calculator(names).eval(self.text, previously_parsed=_tree(self.text))
            if not isinstance(result, Decimal):
                raise TypeError(f"{self.text!r} gave a {type(result).__name__}")
            # One name alone computes nothing: its value, too, must fit the context.
            return +result


def read_formula(text: str) -> Formula:
    """Return the formula that `text` says.

    Raises:
        FormulaFault: it is too long, is no arithmetic, or uses what the language lacks.
    """
    text = " ".join(text.split())
    if len(text) > MOST_CHARACTERS:
        raise FormulaFault("tariff.formula_too_long", limit=MOST_CHARACTERS)
    if not text or not _ALLOWED.fullmatch(text):
        strange = next((letter for letter in text if not _ALLOWED.fullmatch(letter)), "")
        raise FormulaFault("tariff.formula_character", character=strange)
    if odd := _ODD_NUMBER.search(text):
        raise FormulaFault("tariff.formula_number", value=odd[0])
    try:
        tree = _tree(text)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise FormulaFault("tariff.formula_syntax", text=text) from error
    names: dict[str, None] = {}
    for count, name in enumerate(_names(tree)):
        if count >= MOST_PARTS:
            raise FormulaFault("tariff.formula_too_long", limit=MOST_CHARACTERS)
        if name is not None:
            names.setdefault(name)
    return Formula(text, tuple(names))


def _cut(value: Decimal, places: Decimal) -> Decimal:
    return _quantized(value, places, ROUND_DOWN)


def _round(value: Decimal, places: Decimal) -> Decimal:
    return _quantized(value, places, ROUND_HALF_UP)


def _quantized(value: Decimal, places: Decimal, rounding: str) -> Decimal:
    if places != places.to_integral_value() or not LEAST_PLACES <= places <= MOST_PLACES:
        raise PlacesFault(f"{places} decimals")
    wanted = -int(places)
    # What has fewer decimals already stays as it is: filling up with zeros could overflow.
    if int(value.as_tuple().exponent) >= wanted:
        return value
    return value.quantize(Decimal((0, (1,), wanted)), rounding=rounding)


def _divide(left: Decimal, right: Decimal) -> Decimal:
    # 0 / 0 is InvalidOperation to `decimal`; for who reads the sheet both are one mistake.
    if right == 0:
        raise DivisionByZero(f"{left} / 0")
    return left / right


FUNCTIONS: Mapping[str, Callable[..., Decimal]] = MappingProxyType(
    {"min": min, "max": max, "cut": _cut, "round": _round}
)
_OPERATORS: dict[type[ast.AST], Callable[..., Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class _Calculator(SimpleEval):  # type: ignore[misc]
    """The evaluator with all but arithmetic taken out."""

    def __init__(self, names: Mapping[str, Decimal]) -> None:
        super().__init__(operators=_OPERATORS, functions=dict(FUNCTIONS), names=dict(names))
        self.nodes = {
            ast.BinOp: self._eval_binop,
            ast.UnaryOp: self._eval_unaryop,
            ast.Call: self._eval_call,
            ast.Name: self._eval_name,
            ast.Constant: self._literal,
        }

    def _literal(self, node: ast.Constant) -> Decimal:
        return Decimal(_written(self.expr, node))


# A tree is never changed once parsed, and a tariff has few formulas.
@lru_cache(maxsize=1024)
def _tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _written(text: str, node: ast.Constant) -> str:
    return text.encode()[node.col_offset : node.end_col_offset].decode()


def _names(tree: ast.expr) -> Iterator[str | None]:
    """Return one item for each part of the formula: its name where it is a variable."""
    waiting: list[ast.expr] = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(id=name):
                if name in FUNCTIONS:
                    raise FormulaFault("tariff.formula_arguments", name=name)
                yield name
                continue
            case ast.Constant() if type(node.value) in (int, float):
                yield None
                continue
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                inside = [node.left, node.right]
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                inside = [node.operand]
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                _check_call(name, len(node.args))
                inside = node.args
            case _:
                raise FormulaFault("tariff.formula_not_allowed", what=_what(node))
        yield None
        waiting.extend(reversed(inside))


def _check_call(name: str, arguments: int) -> None:
    if name not in FUNCTIONS:
        near = nearest(name, FUNCTIONS)
        raise FormulaFault("tariff.formula_function", near, name=name, known=", ".join(FUNCTIONS))
    fits = arguments == 2 if name in ("cut", "round") else 2 <= arguments <= MOST_ARGUMENTS
    if not fits:
        raise FormulaFault("tariff.formula_arguments", name=name)


def _what(node: ast.expr) -> str:
    """Return what stands there, as its writer would call it."""
    if isinstance(node, ast.BinOp):
        signs: dict[type[ast.operator], str] = {ast.Pow: "**", ast.FloorDiv: "//"}
        return signs.get(type(node.op), type(node.op).__name__.lower())
    return type(node).__name__.lower()
