"""TensorFlow's and NumPy's functions and those of keras.ops that are offered in their place."""

from __future__ import annotations

import inspect
import os
from typing import Any

import numpy as np
import pytest

from keras_lint.keras_api.tf_moves import twins

pytestmark = pytest.mark.keras
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(0.2, 2.9, (3, 4)).astype("float32")
Y = GENERATOR.uniform(0.2, 2.9, (3, 4)).astype("float32")
VALUES: dict[str, tuple[Any, ...]] = {
    "cast": (X, "int32"),
    "clip": (X, 0.5, 1.5),
    "concatenate": ([X, Y], 1),
    "expand_dims": (X, 1),
    "leaky_relu": (X - 1, 0.3),
    "log_softmax": (X, 0),
    "matmul": (X, Y.T),
    "reshape": (X, (2, 6)),
    "softmax": (X, 0),
    "squeeze": (X[:, :1], 1),
    "stack": ([X, Y], 1),
    "tile": (X, (1, 2)),
    "transpose": (X, (1, 0)),
    "where": (X > 1, X, Y),
    "all": (X > 1, 1, True),
    "any": (X > 1, 1, True),
    "power": (X, Y),
    "dot": (X, Y.T),
    **dict.fromkeys(["argmax", "argmin", "argsort", "cumsum", "sort"], (X, 1)),
    **dict.fromkeys(["logsumexp", "max", "mean", "min", "prod", "sum", "std", "var"], (X, 1, True)),
    **dict.fromkeys(["add", "divide", "maximum", "minimum", "multiply", "subtract"], (X, Y)),
    **dict.fromkeys(["equal", "greater", "less", "not_equal"], (X, X + Y * (Y > 1))),
    **dict.fromkeys(["greater_equal", "less_equal"], (X, X + Y * (Y > 1))),
}

BY_POSITION = ("numpy.concatenate", "numpy.reshape", "numpy.where")
"""Functions that take no keywords in some version of NumPy, as no ufunc does."""


def function(path: str) -> Any:
    found: Any = {"tensorflow": tf, "numpy": np, "keras": keras}[path.partition(".")[0]]
    for part in path.split(".")[1:]:
        found = getattr(found, part)
    return found


def values(path: str) -> list[Any]:
    given = VALUES.get(twins()[path].new.rpartition(".")[2], (X - 1 if "elu" in path else X,))
    return list(given[: len(twins()[path].names)])


def numbers(result: Any) -> Any:
    return np.asarray(result)


@pytest.mark.parametrize("path", sorted(twins()))
def test_both_mean_the_same(path: str) -> None:
    twin = twins()[path]
    old, new = function(path), function(twin.new)
    given = values(path)
    names = list(twin.names)
    assert len(given) == len(names)
    fewest = max([1, *(names.index(name) + 1 for name in twin.needed)])
    for count in range(fewest, len(given) + 1):
        some = given[:count]
        wanted = numbers(old(*some))
        got = numbers(new(*some))
        assert got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)
    by_name = dict(zip(names, given, strict=True))
    renamed = {twin.names[name]: value for name, value in by_name.items()}
    for name in twin.also:
        same = {name: True}
        np.testing.assert_allclose(numbers(new(*given, **same)), numbers(old(*given, **same)), 1e-5)
    if path not in BY_POSITION and not isinstance(old, np.ufunc):
        np.testing.assert_allclose(
            numbers(new(**renamed)), numbers(old(**by_name)), rtol=1e-5, atol=1e-5
        )
    assert list(inspect.signature(new).parameters)[: len(names)] == list(twin.names.values())


@pytest.mark.parametrize("path", sorted(twins()))
def test_they_refuse_symbolic_tensors_and_keras_takes_them(path: str) -> None:
    given = values(path)
    many = isinstance(given[0], list)
    first = given[0][0] if many else given[0]
    symbol = keras.KerasTensor(first.shape, dtype=str(first.dtype))
    symbolic = [[symbol, symbol] if many else symbol, *given[1:]]
    with pytest.raises((TypeError, ValueError), match="KerasTensor"):
        function(path)(*symbolic)
    assert isinstance(function(twins()[path].new)(*symbolic), keras.KerasTensor)
