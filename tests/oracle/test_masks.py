"""What layers do to masks, against the installed Keras."""

from __future__ import annotations

import os
import warnings

import keras
import pytest
from drawing import repeatable
from hypothesis import given
from hypothesis import strategies as st
from keras_oracle import bound_layer, keras_layer, keras_of, keras_tensors
from strategies import FAMILIES

from keras_lint.interp import analyse
from keras_lint.keras_api.base import LayerArg, Row, entries
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import flatten
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
    @repeatable(DRAWS)
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


CLASSES = """
import keras
from keras import layers
class Silent(layers.Layer):
    def call(self, x): return x * 2
class Asking(layers.Layer):
    def call(self, x, mask=None): return x * 2
class Keeping(layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
    def call(self, x): return x * 2
class Refusing(Keeping):
    def __init__(self):
        super().__init__()
        self.supports_masking = False
class Late(layers.Layer):
    supports_masking = True
    def call(self, x): return x * 2
class Handing(layers.Layer):
    def call(self, x): return x * 2
    def compute_mask(self, inputs, mask=None):
        '''As it came.'''
        return mask
class Ending(layers.Layer):
    def call(self, x): return x * 2
    def compute_mask(self, inputs, mask=None): return None
class Choosing(layers.Layer):
    def call(self, x): return x * 2
    def compute_mask(self, inputs, mask=None):
        if mask is None:
            return None
        return keras.ops.logical_not(mask)
class Splitting(Keeping):
    def call(self, x): return x[:, 0], x
class Inner(Keeping):
    def call(self, x): return layers.Masking()(x)
class Joining(Keeping):
    def call(self, xs): return xs[0] + xs[1]
class OwnDense(layers.Dense): pass
class OwnFlatten(layers.Flatten): pass
class KeepingFlatten(layers.Flatten):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
class OwnLSTM(layers.LSTM): pass
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.d = layers.Dropout(0.1)
    def call(self, x): return self.d(x)
class KeepingNet(Net):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
def inner(*made):
    i = x = keras.Input((4, 3))
    for layer in made:
        x = layer(x)
    return keras.Model(i, x)
e = layers.Embedding(5, 3, mask_zero=True)(i := keras.Input((4,)))
p = layers.Embedding(5, 3)(i)
"""
CALLS = (
    *(f"{name}()({x})" for x in "ep" for name in ("Silent", "Asking", "Keeping", "Refusing")),
    *(f"{name}()({x})" for x in "ep" for name in ("Late", "Handing", "Ending", "Choosing")),
    *("Splitting()(e)", "Inner()(e)", "Inner()(p)", "Joining()([e, p])", "Joining()([p, e])"),
    *("OwnDense(2)(e)", "OwnFlatten()(e)", "KeepingFlatten()(e)", "Net()(e)", "KeepingNet()(e)"),
    *("OwnLSTM(2)(e)", "OwnLSTM(2, return_sequences=True)(e)"),
    *("inner()(e)", "inner(layers.Dropout(0.1))(e)", "inner(layers.Masking())(p)"),
    "inner(layers.LSTM(3, return_sequences=True))(e)",
    "keras.Sequential([layers.Dropout(0.1)])(e)",
    "keras.Sequential([keras.Input((4, 3)), layers.Masking()])(e)",
    "keras.Sequential([layers.Embedding(5, 3, mask_zero=True)])(i)",
    "layers.TimeDistributed(OwnDense(2))(e)",
    "layers.Bidirectional(layers.RNN(layers.LSTMCell(2), return_sequences=True))(e)",
    "layers.Concatenate(axis=1)([e, p])",
    "layers.Concatenate(axis=1)([e, Keeping()(e)])",
    "layers.Add()([e, inner()(e)])",
    "layers.Add()([Keeping()(e), Handing()(e)])",
    "Keeping()(layers.Dot(1)([e, e]))",
)
NOT_KNOWN = {"Choosing()(e)", "Choosing()(p)", "KeepingFlatten()(e)"}


def test_own_classes_and_nested_models_as_in_keras():
    lines = [f'm{n} = keras.Model(i, {c}, name="m{n}")' for n, c in enumerate(CALLS)]
    program = CLASSES + "\n".join(lines)
    named = {graph.name: graph for graph in analyse(parse("program.py", program)).graphs}
    space: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program, "<masks>", "exec"), space)
    compared = 0
    for number, call in enumerate(CALLS):
        graph, model = named[f"m{number}"], space[f"m{number}"]
        for ref, tensor in zip(flatten(graph.outputs), model.outputs, strict=True):
            found = graph.calls[ref.call].masked[ref.output]
            assert (found is None) == (call in NOT_KNOWN), call
            if found is not None:
                compared += 1
                assert found == (getattr(tensor, "_keras_mask", None) is not None), call
    assert compared >= len(CALLS) - len(NOT_KNOWN)
