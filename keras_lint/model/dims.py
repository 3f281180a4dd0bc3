"""Dimensions: one axis length of a tensor, as far as it is known.

A ``Dim`` is one of

* ``int``: a known length;
* ``FREE``: Keras's ``None``, a length that stays open until data arrives;
* ``Sym``: a canonical polynomial over named quantities (``x_train.shape[1]``, an unseen
  argument), so that ``B*C == C*B`` and ``2*(a+b) == 2*a + 2*b``;
* ``UNKNOWN``: a length the analysis could not find out. Unknown is never the same as anything,
  and never different from anything.

All four support ``+ - * //`` with each other, so a shape formula reads like the formula.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeAlias, Union

from keras_lint.model.dataclass import dataclass

_MAX_TERMS = 64  # a polynomial longer than this is no longer worth knowing


class _Absorbing:
    """A dimension that any arithmetic returns unchanged (UNKNOWN wins over FREE)."""

    __slots__ = ("_strength", "_text")

    def __init__(self, text: str, strength: int) -> None:
        self._text = text
        self._strength = strength

    def __repr__(self) -> str:
        return self._text

    def __reduce__(self) -> str:
        return "FREE" if self._strength == 1 else "UNKNOWN"

    def _combine(self, other: Dim) -> Dim:
        if isinstance(other, _Absorbing) and other._strength > self._strength:
            return other
        return self

    def _divide(self, other: Dim) -> Dim:
        return UNKNOWN if other == 0 else self._combine(other)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _combine
    __floordiv__ = _divide
    __rfloordiv__ = _combine

    def __neg__(self) -> Dim:
        return self


FREE = _Absorbing("None", 1)
UNKNOWN = _Absorbing("?", 2)

Monomial: TypeAlias = "tuple[Atom, ...]"


@dataclasses.dataclass(frozen=True, order=True)
class Atom:
    """An indivisible symbolic quantity.

    ``name`` is the source text of a named quantity, or of a quotient that has no simpler form;
    two atoms are the same quantity exactly if they are equal. ``unique`` tells apart two
    quantities with the same text (``n`` in two functions).
    """

    name: str
    unique: int = 0

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Sym:
    """A polynomial with integer coefficients; build with :func:`symbol` and arithmetic.

    ``terms`` is sorted and never holds a zero coefficient; a polynomial that is a plain number
    is never a ``Sym`` but an ``int``.
    """

    terms: tuple[tuple[Monomial, int], ...]

    def __str__(self) -> str:
        parts: list[str] = []
        for monomial, factor in sorted(self.terms, key=lambda term: (-len(term[0]), term[0])):
            body = "*".join(str(atom) for atom in monomial)
            if not monomial:
                text = str(abs(factor))
            elif abs(factor) == 1:
                text = body
            else:
                text = f"{abs(factor)}*{body}"
            sign = "-" if factor < 0 else "+"
            parts.append(f" {sign} {text}" if parts else (f"-{text}" if factor < 0 else text))
        return "".join(parts)

    __repr__ = __str__

    def __add__(self, other: Dim) -> Dim:
        return _add(self, other, 1)

    def __radd__(self, other: Dim) -> Dim:
        return _add(self, other, 1)

    def __sub__(self, other: Dim) -> Dim:
        return _add(self, other, -1)

    def __rsub__(self, other: Dim) -> Dim:
        return _add(_mul(self, -1), other, 1)

    def __mul__(self, other: Dim) -> Dim:
        return _mul(self, other)

    def __rmul__(self, other: Dim) -> Dim:
        return _mul(self, other)

    def __neg__(self) -> Dim:
        return _mul(self, -1)

    def __floordiv__(self, other: Dim) -> Dim:
        return _floordiv(self, other)

    def __rfloordiv__(self, other: Dim) -> Dim:
        return _floordiv(other, self)


Dim: TypeAlias = Union[int, Sym, _Absorbing]  # noqa: UP007 - evaluated at run time on 3.10


def symbol(name: str, unique: int = 0) -> Sym:
    """The quantity called ``name``; ``unique`` tells apart equal names in different scopes."""
    return Sym((((Atom(name, unique),), 1),))


def _terms(value: int | Sym) -> dict[Monomial, int]:
    if isinstance(value, int):
        return {(): value} if value else {}
    return dict(value.terms)


def _canonical(terms: dict[Monomial, int]) -> Dim:
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    if not kept:
        return 0
    if set(kept) == {()}:
        return kept[()]
    if len(kept) > _MAX_TERMS:
        return UNKNOWN
    return Sym(tuple(sorted(kept.items())))


def _add(left: Dim, right: Dim, sign: int) -> Dim:
    if isinstance(left, _Absorbing):
        return left._combine(right)
    if isinstance(right, _Absorbing):
        return right
    terms = _terms(left)
    for monomial, factor in _terms(right).items():
        terms[monomial] = terms.get(monomial, 0) + sign * factor
    return _canonical(terms)


def _mul(left: Dim, right: Dim) -> Dim:
    if isinstance(left, _Absorbing):
        return left._combine(right)
    if isinstance(right, _Absorbing):
        return right
    terms: dict[Monomial, int] = {}
    for mono_left, factor_left in _terms(left).items():
        for mono_right, factor_right in _terms(right).items():
            monomial = tuple(sorted(mono_left + mono_right))
            terms[monomial] = terms.get(monomial, 0) + factor_left * factor_right
    return _canonical(terms)


def _floordiv(left: Dim, right: Dim) -> Dim:
    """``left // right``; the part divisible without remainder is taken out exactly."""
    if isinstance(left, _Absorbing):
        return left._divide(right)
    if isinstance(right, _Absorbing):
        return right
    if right == 0:
        return UNKNOWN
    if isinstance(left, int) and isinstance(right, int):
        return left // right
    if left == right:
        return 1
    whole: Dim = 0
    rest: Dim = left
    if isinstance(right, int):
        divisible = {m: f // right for m, f in _terms(left).items() if f % right == 0}
        whole = _canonical(dict(divisible))
        rest = left - whole * right
        if rest == 0:
            return whole
    return whole + symbol(
        f"({rest})//({right})" if isinstance(right, Sym) else f"({rest})//{right}"
    )


def is_known(dim: Dim) -> bool:
    """Whether ``dim`` is a plain number."""
    return isinstance(dim, int)


def surely_equal(left: Dim, right: Dim) -> bool:
    """True only if both are the same quantity whatever the symbols stand for."""
    if isinstance(left, _Absorbing) or isinstance(right, _Absorbing):
        return False
    return left == right


def surely_different(left: Dim, right: Dim) -> bool:
    """True only if the two lengths cannot be equal for any value of the symbols.

    Two different symbols may be equal, so they are not surely different; ``n`` and ``n + 1``
    are. FREE and UNKNOWN are never surely different from anything.
    """
    if isinstance(left, _Absorbing) or isinstance(right, _Absorbing):
        return False
    difference = _add(left, right, -1)
    return isinstance(difference, int) and difference != 0


def evaluated(dim: Dim, values: Mapping[str, object]) -> Dim:
    """The number that a symbol stands for if each quantity is as ``values`` says, by name.

    A symbol with a quantity that is not among them, or is no whole number there, stays itself.
    """
    if not isinstance(dim, Sym):
        return dim
    total = 0
    for monomial, factor in dim.terms:
        for atom in monomial:
            value = values.get(atom.name)
            if not isinstance(value, int):
                return dim
            factor *= value
        total += factor
    return total


def to_json(dim: Dim) -> int | str | None:
    """Schema form: ``null`` for a free dimension, ``"?"`` for an unknown one, text for a symbol."""
    if isinstance(dim, int):
        return dim
    if dim is FREE:
        return None
    return str(dim)


def from_json(value: int | str | None) -> Dim:
    """The inverse of :func:`to_json`; a symbol's text becomes one symbol of that name."""
    if value is None:
        return FREE
    if isinstance(value, int):
        return value
    return UNKNOWN if value == "?" else symbol(value)
