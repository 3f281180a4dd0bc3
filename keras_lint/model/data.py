"""Data as far as it is known: what the numbers of an array are, what a training call is given.

All of it is plain and frozen. Nothing here is a guess: what is not known is None, or says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, Shape, flatten

_MOST = 2.0**100
"""Greater numbers are not kept."""
_WIDTH = re.compile(r"(u?)int(\d+)")


@dataclass(frozen=True)
class Numbers:
    """What is known of the numbers in an array.

    Args:
        low: no number is smaller; None where that is not known.
        high: no number is greater; None where that is not known.
        whole: all of them are whole numbers, of whatever dtype.
        attained: ``low`` and ``high`` are both reached. Of random draws this is said where it fails
            in less than one case in a thousand million.
        classes: for labels, how many there are: 0, 1, ..., each of them present.
        one_hot: along the last axis one number is 1 and the others are 0.
    """

    low: float | None = None
    high: float | None = None
    whole: bool = False
    attained: bool = False
    classes: int | None = None
    one_hot: bool = False

    @property
    def within_unit(self) -> bool:
        """Whether all numbers are from 0 to 1."""
        return self.low is not None and self.high is not None and 0 <= self.low <= self.high <= 1

    def some(self) -> Numbers:
        """Of a selection of the numbers: they need not reach the bounds."""
        return replace(self, attained=False, classes=None, one_hot=False)

    def rows(self) -> Numbers:
        """Of a selection that leaves the last axis whole."""
        return replace(self, attained=False, classes=None)

    def union(self, other: Numbers) -> Numbers:
        """Of numbers that are all of these or all of those."""
        return self if self == other else self._both(other, False)

    def together(self, other: Numbers) -> Numbers:
        """Of these and those put together, along another axis than the last."""
        return self._both(other, self.attained and other.attained)

    def _both(self, other: Numbers, attained: bool) -> Numbers:
        lows, highs = (self.low, other.low), (self.high, other.high)
        same = self.classes == other.classes and attained
        return Numbers(
            low=None if lows[0] is None or lows[1] is None else min(lows[0], lows[1]),
            high=None if highs[0] is None or highs[1] is None else max(highs[0], highs[1]),
            whole=self.whole and other.whole,
            attained=attained,
            classes=self.classes if same else None,
            one_hot=self.one_hot and other.one_hot,
        )

    def computed(self, symbol: str, other: float, *, swapped: bool = False) -> Numbers:
        """After ``numbers symbol other`` in exact arithmetic, or ``other symbol numbers``."""
        if symbol == "+" or (symbol == "-" and not swapped):
            shift = other if symbol == "+" else -other
            return self._mapped(lambda number: number + shift, _is_whole(other))
        if symbol == "-":
            return self._mapped(lambda number: other - number, _is_whole(other))
        if symbol == "*":
            return self._mapped(lambda number: number * other, _is_whole(other))
        if symbol == "/" and not swapped and other:
            return self._mapped(lambda number: number / other, other in (1, -1))
        if symbol == "//" and not swapped and other > 0:
            return self._mapped(lambda number: float(number // other), True)
        if symbol == "%" and not swapped and other > 0 and _is_whole(other) and self.whole:
            return Numbers(0, other - 1, True)
        return UNKNOWN_NUMBERS

    def _mapped(self, function: Callable[[float], float], whole: bool) -> Numbers:
        """After a monotonous function of each number."""
        low = None if self.low is None else plain_number(function(self.low))
        high = None if self.high is None else plain_number(function(self.high))
        if function(1.0) < function(0.0):
            low, high = high, low
        return Numbers(low, high, self.whole and whole, self.attained)

    def cast(self, dtype: str | None) -> Numbers:
        """After a conversion to a dtype; what does not fit into it is not known."""
        if dtype is None:
            return UNKNOWN_NUMBERS
        if dtype.startswith("float"):
            return self
        if dtype == "bool":
            return Numbers(0, 1, True)
        if not self.fits(dtype):
            return of_dtype(dtype)
        if self.whole:
            return self
        low = None if self.low is None else float(int(self.low))
        high = None if self.high is None else float(int(self.high))
        return Numbers(low, high, True, self.attained)

    def fits(self, dtype: str | None) -> bool:
        """Whether all numbers are sure to be in the range of a dtype; any float takes them."""
        if dtype is not None and dtype.startswith("float"):
            return True
        limits = of_dtype(dtype)
        if limits.low is None or limits.high is None or self.low is None or self.high is None:
            return False
        return limits.low <= self.low and self.high <= limits.high


UNKNOWN_NUMBERS = Numbers()
"""Nothing is known."""
ONE_HOT = Numbers(0, 1, True, one_hot=True)
"""Rows of one 1 and zeros."""


def plain_number(value: object) -> float | None:
    """A real number of a size that is worth knowing; None for anything else."""
    if isinstance(value, (int, float)) and -_MOST < value < _MOST:
        return value
    return None


def _is_whole(number: float) -> bool:
    return float(number).is_integer()


def of_dtype(dtype: str | None) -> Numbers:
    """What the dtype alone tells: integers are whole, and eight bits hold no more than 255."""
    if dtype == "bool":
        return Numbers(0, 1, True)
    found = _WIDTH.fullmatch(dtype or "")
    if found is None:
        return UNKNOWN_NUMBERS
    unsigned, bits = bool(found.group(1)), int(found.group(2))
    low = 0 if unsigned else -(2 ** (bits - 1))
    return Numbers(low, 2 ** (bits if unsigned else bits - 1) - 1, True)


@dataclass(frozen=True)
class ArraySpec:
    """One array, or one component of a batch.

    Args:
        shape: samples first.
        dtype: NumPy's name; None where it is not known; ``float`` for one of some width, ``object``
            for lists of different lengths, ``string`` for texts in tensors.
        numbers: what is known of its numbers.
        lost: why nothing is known; such data may also be a structure of several arrays.
    """

    shape: Shape = UNKNOWN_SHAPE
    dtype: str | None = None
    numbers: Numbers = UNKNOWN_NUMBERS
    lost: str = ""

    def with_samples(self, count: Dim) -> ArraySpec:
        """The same array with another number of samples; a scalar stays as it is."""
        return replace(self, shape=self.shape.with_axis(0, count)) if self.shape.dims else self


DataTree: TypeAlias = Nested[ArraySpec]
DataKind = Literal["arrays", "dataset", "generator", "sequence", "unknown"]


@dataclass(frozen=True)
class DataSpec:
    """What ``fit`` and its kin are given.

    Args:
        kind: arrays; a ``tf.data.Dataset`` (or what a ``keras.utils`` function gives as one); a
            Python generator; a ``PyDataset`` (``Sequence``); or not known which of these.
        x: what the model is called on. Of ``arrays`` all samples, of the others one batch, whose
            first axis is free where not all batches are of one size.
        y: the labels; None where there are none; of kind ``unknown`` nothing is told by None.
        weights: the sample weights, in the same way.
        batch_size: the samples of one batch, as far as all batches are the same.
        batches: how many batches there are.
        endless: the batches repeat without end.
        lost: why it is not known what a batch holds; empty where it is.
    """

    kind: DataKind
    x: DataTree
    y: DataTree | None = None
    weights: DataTree | None = None
    batch_size: Dim = UNKNOWN
    batches: Dim = UNKNOWN
    endless: bool = False
    lost: str = ""

    @property
    def samples(self) -> Dim:
        """How many samples there are, by the first array; UNKNOWN of all that is no arrays."""
        arrays = flatten(self.x) if self.kind == "arrays" else ()
        dims = arrays[0].shape.dims if arrays else None
        return dims[0] if dims else UNKNOWN


def surely_reached(count: Dim, choices: int) -> bool:
    """Whether so many random draws surely hold every one of so many numbers.

    "Surely" is a chance of failure below one in a thousand million.
    """
    if not isinstance(count, int) or not 1 <= choices <= count:
        return False
    return choices == 1 or choices * (1 - 1 / choices) ** count < 1e-9


def product(dims: Sequence[Dim]) -> Dim:
    """The product of lengths."""
    total: Dim = 1
    for dim in dims:
        total = total * dim
    return total
