"""Values for what only data or a caller knows, so that a model can be built all the same.

Nothing is true of such a model because it is true for one invented number. So there are several
plans; a finding is confirmed only if every plan that gets as far as the layer says so.
"""

from __future__ import annotations

import ast
import re
from dataclasses import field

from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import Sym, evaluated

_PRIMES = (31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
_SMALL_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23)


@dataclass(frozen=True)
class Plan:
    """One way to choose.

    Args:
        sizes: for lengths, in the order in which they are asked for.
        counts: for what is repeated or divides something: heads, blocks, strides.
        input_rank: number of axes, batch included, of an input of unknown shape.
    """

    sizes: tuple[int, ...]
    counts: tuple[int, ...]
    input_rank: int


PLANS = (
    # distinct and without common divisor: what is equal or fits is so on purpose
    Plan(_PRIMES, _SMALL_PRIMES, 3),
    # many common divisors: groups, heads and five halvings of an image come out even
    Plan(tuple(192 * n for n in range(1, 16)), (2, 4, 3, 6, 8), 4),
    # all the same: what is added or compared fits
    Plan((96,) * 15, (2,) * 15, 3),
    # small: nothing is done many times over
    Plan(_SMALL_PRIMES, (1, 2, 1, 2), 2),
)


def plan_of(number: int) -> Plan:
    """Everything is ``number``: one the program names, which may be the one that fits."""
    return Plan((number,) * 15, (number,) * 15, 3)


_COUNTED = re.compile(
    r"head|depth|layers?$|block|stage|repeat|group|kernel|stride|pool|dilation|n_rnn|rank$|stacks?$"
)
_TEXTS = {"activation": "relu", "act": "relu", "padding": "same", "data_format": "channels_last"}
_FRACTION = re.compile(r"rate|dropout|drop|prob|alpha|momentum|epsilon|lr$|decay|l1$|l2$")


@dataclass
class Quantities:
    """Gives every quantity its value under one plan; the same name gets the same value."""

    plan: Plan
    values: dict[str, object] = field(default_factory=dict)
    _sizes: int = 0
    _counts: int = 0

    def size(self, name: str) -> int | None:
        """A number for the quantity called ``name``; None if the plan has no more."""
        if name in self.values:
            value = self.values[name]
            return value if isinstance(value, int) else None
        if _COUNTED.search(name.lower()):
            numbers, index = self.plan.counts, self._counts
            self._counts += 1
        else:
            numbers, index = self.plan.sizes, self._sizes
            self._sizes += 1
        if index >= len(numbers):
            return None
        self.values[name] = numbers[index]
        return numbers[index]

    def evaluated(self, value: object) -> object:
        """A length that is a symbol, or a tuple of lengths, as numbers; None if impossible."""
        if isinstance(value, tuple):
            items = tuple(self.evaluated(item) for item in value)
            return None if None in items else items
        if not isinstance(value, Sym):
            return value
        for monomial, _ in value.terms:
            for atom in monomial:
                self.size(atom.name)
        number = evaluated(value, self.values)
        return number if isinstance(number, int) else None

    def fixed(self, name: str, value: object) -> object:
        """Remember a value that does not depend on the plan."""
        return self.values.setdefault(name, value)

    def parameter(self, argument: ast.arg) -> object:
        """A value for a parameter nobody passes, by its annotation and name; None if impossible."""
        name = argument.arg
        annotation = argument.annotation
        kind = annotation.id if isinstance(annotation, ast.Name) else ""
        lower = name.lower()
        if kind == "bool":
            return self.fixed(name, True)
        if lower in _TEXTS:
            return self.fixed(name, _TEXTS[lower])
        if kind == "str" or lower in ("name", "prefix", "scope"):
            return self.fixed(name, "part")
        if kind == "float" or _FRACTION.search(lower):
            return self.fixed(name, 0.25)
        return self.size(name)


def phrase(values: tuple[tuple[str, object], ...]) -> str:
    """The values in words: ``n=31, activation='relu'``."""
    return ", ".join(f"{name}={value!r}" for name, value in values)
