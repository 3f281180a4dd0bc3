"""Later calls of a layer inside another one, where TensorFlow runs it, on other shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("tensorflow")

import keras
from keras_oracle import bound_layer, keras_layer, keras_tensors, our_tensors

from keras_lint.keras_api.base import LayerKind, Row, entries
from keras_lint.model.outcomes import Lost, Mismatch

pytestmark = pytest.mark.keras
_ROWS = 1
"""So many rows of each layer are asked for."""


def others(shape: tuple[int | None, ...]) -> Iterator[tuple[int | None, ...]]:
    """The shape itself, one length one more, an axis more, an axis less."""
    yield shape
    for axis, length in enumerate(shape[1:], start=1):
        if length is not None:
            yield (*shape[:axis], length + 1, *shape[axis + 1 :])
    yield (shape[0], 3, *shape[1:])
    if len(shape) > 2:
        yield (shape[0], *shape[2:])


def theirs(path: str, row: Row, other: tuple[int | None, ...]) -> str | None:
    """What Keras raises at the second call; None if nothing, "first" if at the first already."""

    class Outer(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.inner = keras_layer(path, row.args)

        def call(self, x: Any) -> Any:
            return self.inner(x)

    outer = Outer()
    try:
        outer(keras_tensors(row.inputs, row.dtype))
    except Exception:  # noqa: BLE001 - whatever it raises
        return "first"
    try:
        outer(keras_tensors(other, row.dtype))
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        return type(error).__name__
    return None


def ours(path: str, row: Row, other: tuple[int | None, ...]) -> tuple[str, ...] | None:
    """What we say it raises; None if nothing, an empty tuple if we do not know."""
    layer = bound_layer(path, row.args)
    first = our_tensors(row.inputs, row.dtype)
    try:
        layer.call(first, {})
        built = layer.kind.build_inputs(first, {})
        layer.kind.call_again_inside(layer.config, built, our_tensors(other, row.dtype), {})
    except Mismatch as mismatch:
        return mismatch.problem.exceptions
    except Lost:
        return ()
    return None


def test_later_calls_inside_layers_are_as_in_keras() -> None:
    wrong, decided = [], 0
    for path, kind in sorted(entries().items()):
        weightless = type(kind).weights is LayerKind.weights
        if kind.generation != "keras3" or kind.opaque or weightless:
            continue
        rows = [row for row in kind.rows if isinstance(row.inputs, tuple) and not row.extra]
        for row in rows[:_ROWS]:
            for other in others(row.inputs):
                raised = theirs(path, row, other)
                said = None if raised == "first" else ours(path, row, other)
                if raised == "first" or said == ():
                    continue
                decided += 1
                if (raised is None) != (said is None) or (raised and raised not in (said or ())):
                    wrong.append((kind.cls, dict(row.args), row.inputs, other, raised, said))
        keras.backend.clear_session()
    assert wrong == []
    assert decided > 100
