"""Arithmetic and reductions of arrays, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from .lib import output_shapes, reasons, the_model

ARRAYS = """
x = np.ones((6, 5, 3))
y = np.ones((5, 1))
z = np.ones((3,))
"""
EXPRESSIONS = [
    "x / 255.0",
    "x / x.max()",
    "x / np.max(x)",
    "(x - x.min()) / (x.max())",
    "x.max() - x",
    "x - x.mean(axis=0)",
    "(x - x.mean(axis=(0, 1))) / x.std(axis=(0, 1))",
    "x - np.mean(x, axis=-1, keepdims=True)",
    "x - np.mean(x, keepdims=True)",
    "x.sum(1)",
    "x + y",
    "y + z",
    "z * x",
    "y * x.var(axis=(0, 2), keepdims=True)",
    "np.sum(x, 2)",
    "np.max(x, axis=1)",
    "x @ np.ones((3, 7)) if False else x",
]
SHAPE = """
import keras
import numpy as np
{arrays}
a = {expression}
m = keras.Sequential([keras.Input(a.shape), keras.layers.Activation("relu")])
"""


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_shapes_are_numpys(expression: str) -> None:
    names: dict[str, object] = {"np": np}
    exec(f"{ARRAYS}a = {expression}", names)
    graph = the_model(SHAPE.format(arrays=ARRAYS, expression=expression))
    assert reasons(graph) == []
    assert isinstance(names["a"], np.ndarray)
    assert output_shapes(graph) == [str((None, *names["a"].shape))]


@pytest.mark.parametrize(
    "expression",
    [
        "x.max()",
        "x.mean(axis=0).mean(axis=(0, 1))",
        "z @ z",
        "x + np.ones((2, 3))",
        "x.mean(axis=n)",
        "x.mean(axis=7)",
        "np.tile(x.max(), 3) * z",
        "x + [1, 2, 3]",
    ],
)
def test_other_shapes_are_not_known(expression: str) -> None:
    arrays = f"{ARRAYS}import mine\nn = mine.n"
    assert reasons(the_model(SHAPE.format(arrays=arrays, expression=expression)))


def test_an_array_divided_in_place() -> None:
    arrays = f"{ARRAYS}x /= x.max()\nx -= x.mean(axis=0)"
    graph = the_model(SHAPE.format(arrays=arrays, expression="x"))
    assert output_shapes(graph) == ["(None, 6, 5, 3)"]
