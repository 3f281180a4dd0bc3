"""Dimensions are canonical: equal quantities are equal, and nothing else is."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_lint.model.dims import (
    FREE,
    UNKNOWN,
    Dim,
    from_json,
    surely_different,
    surely_equal,
    symbol,
    to_json,
)

NAMES = ("a", "b", "n")
VALUES = {"a": 3, "b": 7, "n": 11}

# An expression is a number, a name, or an operator with two expressions.
expressions = st.recursive(
    st.integers(-20, 20) | st.sampled_from(NAMES),
    lambda inner: st.tuples(st.sampled_from("+-*"), inner, inner),
    max_leaves=8,
)


def evaluate(expression: object, names: dict[str, Dim]) -> Dim:
    if isinstance(expression, int):
        return expression
    if isinstance(expression, str):
        return names[expression]
    operator, left, right = expression  # type: ignore[misc]
    a, b = evaluate(left, names), evaluate(right, names)
    return a + b if operator == "+" else a - b if operator == "-" else a * b


SYMBOLS: dict[str, Dim] = {name: symbol(name) for name in NAMES}


@given(expressions, expressions)
def test_equal_polynomials_are_equal_and_claims_hold_for_numbers(
    left: object, right: object
) -> None:
    a, b = evaluate(left, SYMBOLS), evaluate(right, SYMBOLS)
    numbers: dict[str, Dim] = dict(VALUES)
    x, y = evaluate(left, numbers), evaluate(right, numbers)
    if surely_equal(a, b):
        assert x == y
    if surely_different(a, b):
        assert x != y
    assert a + b == b + a
    assert a * b == b * a
    assert 2 * (a + b) == 2 * a + 2 * b
    assert a - a == 0


@given(expressions, st.integers(1, 9))
def test_floor_division_takes_out_what_divides_exactly(expression: object, by: int) -> None:
    value = evaluate(expression, SYMBOLS)
    assert (value * by) // by == value


@pytest.mark.parametrize("absorbing", [FREE, UNKNOWN])
def test_free_and_unknown_absorb_and_are_never_compared(absorbing: Dim) -> None:
    n = symbol("n")
    for other in (5, n):
        assert absorbing + other is absorbing
        assert other - absorbing is absorbing
        assert other * absorbing is absorbing
        assert absorbing // 2 is absorbing
        assert not surely_equal(absorbing, other)
        assert not surely_different(absorbing, other)
    assert not surely_equal(absorbing, absorbing)
    assert pickle.loads(pickle.dumps(absorbing)) is absorbing


def test_unknown_is_stronger_than_free() -> None:
    assert FREE + UNKNOWN is UNKNOWN
    assert UNKNOWN * FREE is UNKNOWN


def test_equal_names_of_different_scopes_are_different_quantities() -> None:
    assert not surely_equal(symbol("n", 1), symbol("n", 2))
    assert not surely_different(symbol("n", 1), symbol("n", 2))
    assert surely_different(symbol("n", 1), symbol("n", 1) + 1)


def test_division_by_zero_is_unknown() -> None:
    assert symbol("n") // 0 is UNKNOWN
    assert FREE // 0 is UNKNOWN


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        (3 * symbol("n") + 2, "3*n + 2"),
        (symbol("a") * symbol("b") - 1, "a*b - 1"),
        ((symbol("h") + 1) // 2, "(h + 1)//2"),
        (FREE, "None"),
        (UNKNOWN, "?"),
    ],
)
def test_text(dim: Dim, text: str) -> None:
    assert str(dim) == text


def test_json_keeps_the_three_kinds_apart() -> None:
    assert [to_json(d) for d in (4, FREE, UNKNOWN, symbol("n"))] == [4, None, "?", "n"]
    assert [from_json(v) for v in (4, None, "?", "n")] == [4, FREE, UNKNOWN, symbol("n")]
