"""The data sets that ``keras.datasets`` loads: shapes, dtypes, value ranges and class counts.

How many samples a file holds, and what its numbers are, is told by Keras's documentation; how the
loaders of Keras 3.15 cut, cast and reshape them was seen by running them on small files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from keras_lint.model.dataclass import dataclass


@dataclass(frozen=True)
class ArrayFacts:
    """One loaded array.

    Args:
        shape: its shape; sequences of different lengths are one axis of dtype ``object``.
        dtype: NumPy's name of the dtype.
        low: the least value, None where that is not known.
        high: the greatest value, None where that is not known.
        classes: for labels, how many there are, from 0 on, all of them present; None for others.
    """

    shape: tuple[int, ...]
    dtype: str
    low: float | None = None
    high: float | None = None
    classes: int | None = None


@dataclass(frozen=True)
class DataFacts:
    """What ``load_data`` returns: ``(x_train, y_train), (x_test, y_test)``."""

    x_train: ArrayFacts
    y_train: ArrayFacts
    x_test: ArrayFacts
    y_test: ArrayFacts


@dataclass(frozen=True)
class _Stored:
    """A file, split as the loader does it: in fixed parts, or by ``test_split``."""

    train: int
    test: int
    sample: tuple[int, ...]
    dtype: str
    label_dtype: str
    label: tuple[int, ...] = ()
    classes: int | None = None
    low: float | None = None
    high: float | None = None
    split: float | None = None

    def facts(self, train: int, test: int) -> DataFacts:
        """The four arrays for so many samples."""

        def samples(count: int) -> ArrayFacts:
            return ArrayFacts((count, *self.sample), self.dtype, self.low, self.high)

        def labels(count: int, known: int | None) -> ArrayFacts:
            high = None if self.classes is None else self.classes - 1
            low = None if self.classes is None else 0
            return ArrayFacts((count, *self.label), self.label_dtype, low, high, known)

        complete = None if self.split is not None else self.classes
        whole = self.classes if train == self.train else complete
        return DataFacts(
            samples(train), labels(train, whole), samples(test), labels(test, complete)
        )


_DATA: Mapping[str, _Stored] = {
    "mnist": _Stored(60000, 10000, (28, 28), "uint8", "uint8", (), 10, 0, 255),
    "fashion_mnist": _Stored(60000, 10000, (28, 28), "uint8", "uint8", (), 10, 0, 255),
    "cifar10": _Stored(50000, 10000, (32, 32, 3), "uint8", "uint8", (1,), 10, 0, 255),
    "cifar100": _Stored(50000, 10000, (32, 32, 3), "uint8", "int64", (1,), 100, 0, 255),
    "imdb": _Stored(25000, 25000, (), "object", "int64", classes=2, low=0),
    "reuters": _Stored(8982, 2246, (), "object", "int64", classes=46, low=0, split=0.2),
    "boston_housing": _Stored(404, 102, (13,), "float64", "float64", split=0.2),
    "california_housing": _Stored(16512, 4128, (8,), "float32", "float32", split=0.2),
}
NAMES = tuple(_DATA)
"""The data sets by the name of their module."""
_COARSE = 20
"""Classes of CIFAR-100 with ``label_mode="coarse"``."""
_SMALL = 600
"""Samples of California housing with ``version="small"``."""


def dataset(name: str, arguments: Mapping[str, object]) -> DataFacts | None:
    """What ``keras.datasets.<name>.load_data(**arguments)`` returns.

    Args:
        name: the module, such as ``mnist``.
        arguments: those that are written; their values as plain Python.

    Returns:
        None where it is not known: another file, sequences left out for their length, a split that
        is no number from 0 to below 1.
    """
    stored = _DATA.get(name)
    if stored is None or "maxlen" in arguments or "path" in arguments:
        return None
    train, test = stored.train, stored.test
    if name == "cifar100":
        mode = arguments.get("label_mode", "fine")
        if mode not in ("fine", "coarse"):
            return None
        if mode == "coarse":
            stored = replace(stored, classes=_COARSE)
    if name == "california_housing":
        version = arguments.get("version", "large")
        if version not in ("large", "small"):
            return None
        if version == "small":
            train, test = _parts(_SMALL, 0.2)
    if stored.split is not None and "test_split" in arguments:
        split = arguments["test_split"]
        if isinstance(split, bool) or not isinstance(split, (int, float)) or not 0 <= split < 1:
            return None
        train, test = _parts(train + test, split)
    return stored.facts(train, test)


def _parts(samples: int, split: float) -> tuple[int, int]:
    """Training and test samples, as the loaders cut them."""
    train = int(samples * (1 - split))
    return train, samples - train
