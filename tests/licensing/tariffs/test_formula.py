"""The formula language: what it computes, and that it has nothing else."""

from __future__ import annotations

import operator
import warnings
from decimal import Decimal, DecimalException

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.tariffs.formula import FormulaFault, PlacesFault, read_formula

NAMES = {"a": Decimal("1.13925"), "b": Decimal(3), "nol": Decimal(0)}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("0.1 + 0.2", "0.3"),
        ("b * 0.1", "0.3"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("-b + 5", "2"),
        ("10 / 4", "2.5"),
        ("1 / b", "0.3333333333333333333333333333"),
        ("2 / b", "0.6666666666666666666666666667"),
        ("min(a, b, 1)", "1"),
        ("max(a, b)", "3"),
        ("cut(a, 3)", "1.139"),
        ("cut(-a, 3)", "-1.139"),
        ("cut(0.5695, 3)", "0.569"),
        ("round(1.0983, 3)", "1.098"),
        ("round(0.0005, 3)", "0.001"),
        ("round(1450, -2)", "1500"),
        ("cut(b, 20)", "3"),
        ("b\n  * b", "9"),
        ("123456789012345678", "123456789012345678"),
    ],
)
def test_a_formula_gives_decimals(text: str, result: str) -> None:
    value = read_formula(text).value(NAMES)
    assert type(value) is Decimal
    assert value == Decimal(result)


def test_a_formula_knows_its_names() -> None:
    assert read_formula("luas * it + min(luas, hsbg, 2)").names == ("luas", "it", "hsbg")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2 ** 3", "formula_not_allowed"),
        ("10**10", "formula_not_allowed"),
        ("7 // 2", "formula_not_allowed"),
        ("a.real", "formula_not_allowed"),
        ("a.__class__", "formula_not_allowed"),
        ("a if b else c", "formula_not_allowed"),
        ("a and b", "formula_not_allowed"),
        ("not a", "formula_not_allowed"),
        ("a in b", "formula_not_allowed"),
        ("lambda a b", "formula_syntax"),
        ("(a, b)", "formula_not_allowed"),
        ("()", "formula_not_allowed"),
        ("(a for a in b)", "formula_not_allowed"),
        ("min(*a)", "formula_arguments"),
        ("max(*a, b)", "formula_not_allowed"),
        ("a(b)", "formula_function"),
        ("min(a)(b)", "formula_not_allowed"),
        ("(min)(a, b) + min", "formula_arguments"),
        ("eval(a)", "formula_function"),
        ("open(a)", "formula_function"),
        ("float(a)", "formula_function"),
        ("mim(a, b)", "formula_function"),
        ("min()", "formula_arguments"),
        ("min(a)", "formula_arguments"),
        ("cut(a)", "formula_arguments"),
        ("round(a, 1, 2)", "formula_arguments"),
        ("max(1,2,3,4,5,6,7,8,9)", "formula_arguments"),
        ("a +", "formula_syntax"),
        ("(a", "formula_syntax"),
        ("a b", "formula_syntax"),
        ("010", "formula_syntax"),
        ("", "formula_character"),
        ("'a'", "formula_character"),
        ('"a" * 3', "formula_character"),
        ("a[0]", "formula_character"),
        ("[a]", "formula_character"),
        ("{a}", "formula_character"),
        ("a = 1", "formula_character"),
        ("a := 1", "formula_character"),
        ("a > 1", "formula_character"),
        ("a % 2", "formula_character"),
        ("a; b", "formula_character"),
        ("a @ b", "formula_character"),
        ("A * b", "formula_character"),
        ("a # b", "formula_character"),
        ("a \\ b", "formula_character"),
        ("harga² * 2", "formula_character"),
        ("１ + 2", "formula_character"),
        ("1e5", "formula_number"),
        ("1e400", "formula_number"),
        ("0x10", "formula_number"),
        ("1_000", "formula_number"),
        ("1j", "formula_number"),
        ("1.", "formula_number"),
        ("1or 2", "formula_number"),
        ("1.2.3", "formula_number"),
        ("+".join(["1"] * 300), "formula_too_long"),
        ("+".join(["1"] * 100), "formula_too_long"),
        ("(" * 240 + "1" + ")" * 240, "formula_syntax"),
        ("1" * 501, "formula_too_long"),
    ],
)
def test_the_language_has_nothing_but_arithmetic(text: str, code: str) -> None:
    with pytest.raises(FormulaFault) as refused:
        read_formula(text)
    assert refused.value.code == f"tariff.{code}"


def test_a_misspelt_function_is_suggested() -> None:
    with pytest.raises(FormulaFault) as refused:
        read_formula("rond(1, 2)")
    assert refused.value.suggestion == "round"


@pytest.mark.parametrize(
    "text",
    [
        "b / nol",
        "nol / nol",
        "999999999999999999 * 999999999999999999",
        "1 / 0.0",
    ],
)
def test_what_cannot_be_computed_is_an_error_and_never_a_number(text: str) -> None:
    with pytest.raises(DecimalException):
        read_formula(text).value(NAMES)


def test_a_value_that_was_handed_in_must_fit_too() -> None:
    with pytest.raises(DecimalException):
        read_formula("a").value({"a": Decimal("1e19")})


@pytest.mark.parametrize("places", ["0.5", "21", "-7", "a"])
def test_decimals_are_counted_in_whole_numbers_within_bounds(places: str) -> None:
    with pytest.raises(PlacesFault):
        read_formula(f"cut(a, {places})").value(NAMES)


@given(st.text(max_size=60) | st.text("ab01. +-*/(),_", max_size=60))
def test_any_text_is_a_formula_or_refused_with_a_reason(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            formula = read_formula(text)
            value = formula.value(dict.fromkeys(formula.names, Decimal(2)))
        except (FormulaFault, DecimalException, PlacesFault):
            return
    assert type(value) is Decimal
    assert value.is_finite()


TREES = st.recursive(
    st.decimals(0, 1000, places=3).map(lambda value: (f"{value:f}", value)),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
        lambda parts: (
            f"({parts[0][0]} {parts[1]} {parts[2][0]})",
            {"+": operator.add, "-": operator.sub, "*": operator.mul}[parts[1]](
                parts[0][1], parts[2][1]
            ),
        )
    ),
    max_leaves=4,
)


@given(TREES)
def test_arithmetic_is_exact(tree: tuple[str, Decimal]) -> None:
    text, expected = tree
    assert read_formula(text).value({}) == expected
