"""What layers do to masks, against the installed Keras."""

from __future__ import annotations

import os
import warnings

import keras
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras_oracle import bound_layer, keras_layer, keras_of, keras_tensors
from strategies import FAMILIES

from keras_lint.interp import analyse
from keras_lint.keras_api.base import LayerArg, Row, entries
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.source.reader import parse

pytestmark = pytest.mark.keras

DRAWS = int(os.environ.get("KERAS_LINT_DRAWS", "60"))


def with_masks(inputs, wanted, package):
    """Gives the tensors masks of their leading axes where wanted."""
    for tensor, mask in zip(keras.tree.flatten(inputs), wanted, strict=False):
        if mask:
            shape = tuple(tensor.shape[:2])
            tensor._keras_mask = package.Input(batch_shape=shape, dtype="bool")
    return inputs


def masks_in_keras(name, row, wanted):
    """For every output whether it is masked; None where Keras refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            package = keras_of(name)
            layer = keras_layer(name, row.args)
            inputs = with_masks(keras_tensors(row.inputs, row.dtype, package), wanted, package)
            extra = {k: keras_tensors(item, row.dtype, package) for k, item in row.extra.items()}
            outputs = layer(inputs, **extra)
    except Exception:  # noqa: BLE001 - whatever Keras raises is the answer
        return None
    return tuple(
        getattr(tensor, "_keras_mask", None) is not None for tensor in keras.tree.flatten(outputs)
    )


def ours(name, row, wanted, count):
    """The same from the entry."""
    try:
        layer = bound_layer(name, row.args)
        nested = list(wanted) if isinstance(row.inputs, list) else wanted[0]
        return layer.kind.masks(layer.config, nested, count)
    except (Lost, Mismatch):
        return (None,) * count


def check(name, row, wanted):
    theirs = masks_in_keras(name, row, wanted)
    if theirs is None:
        return
    found = ours(name, row, wanted, len(theirs))
    assert len(found) == len(theirs), (name, row)
    assert all(one in (None, other) for one, other in zip(found, theirs, strict=True)), (
        f"{name} {row} on {wanted}: masked {found}, Keras {theirs}"
    )


ROWS = [
    pytest.param(name, row, id=f"{name.rpartition('.')[2]}-{number}")
    for name, kind in sorted(entries().items())
    for number, row in enumerate(kind.rows)
]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_rows_with_every_input_masked(name, row):
    count = len(row.inputs) if isinstance(row.inputs, list) else 1
    check(name, row, (True,) * count)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_drawn_with_some_inputs_masked(family):
    @settings(
        max_examples=DRAWS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def drawn(data):
        name, row = data.draw(FAMILIES[family])
        count = len(row.inputs) if isinstance(row.inputs, list) else 1
        check(name, row, tuple(data.draw(st.booleans()) for _ in range(count)))

    drawn()
    keras.backend.clear_session()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("Embedding", Row({"input_dim": 5, "output_dim": 2, "mask_zero": True}, (None, 4))),
        ("Masking", Row({}, (None, 4, 2))),
        ("Bidirectional", Row({"layer": LayerArg("GRU", {"units": 3})}, (None, 4, 2))),
    ],
)
def test_without_a_mask_of_the_input(name, row):
    check(name, row, (False,))


def test_masks_are_in_the_graph():
    program = """
import keras
from keras import layers
i = keras.Input((7,))
x = layers.Embedding(9, 4, mask_zero=True)(i)
y = layers.LSTM(3, return_sequences=True)(x)
z = layers.Flatten()(y)
m = keras.Model(i, [layers.Dense(2)(y + y), layers.Dense(2)(z), layers.Dropout(0.5)(y)])
"""
    (graph,) = analyse(parse("program.py", program)).graphs
    named = {graph.layer_of(call).name: call.masked for call in graph.calls.values()}
    assert named == {
        "input_layer": (False,),
        "embedding": (True,),
        "lstm": (True,),
        "flatten": (False,),
        "add": (False,),
        "dense": (False,),
        "dense_1": (False,),
        "dropout": (True,),
    }
