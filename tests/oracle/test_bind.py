"""Binding arguments, against what the real constructors and calls take."""

from __future__ import annotations

import inspect
import os

import keras
import pytest
from drawing import repeatable
from hypothesis import given
from hypothesis import strategies as st

from keras_lint.keras_api.names import lookup, public_names
from keras_lint.keras_api.signatures import bind, bind_call
from keras_lint.model.outcomes import Mismatch

pytestmark = pytest.mark.keras

DRAWS = int(os.environ.get("KERAS_LINT_DRAWS", "200"))
LAYERS = {
    "Dense": {"units": 3},
    "Conv2D": {"filters": 3, "kernel_size": 2},
    "LSTM": {"units": 3},
    "Embedding": {"input_dim": 5, "output_dim": 3},
    "Dropout": {"rate": 0.5},
    "SpatialDropout1D": {"rate": 0.5},
    "Flatten": {},
    "Add": {},
    "Concatenate": {"axis": 1},
    "MaxPooling2D": {"pool_size": 2},
    "BatchNormalization": {"momentum": 0.9},
    "LayerNormalization": {"epsilon": 0.1},
    "LeakyReLU": {"negative_slope": 0.1},
    "Reshape": {"target_shape": (3,)},
    "GRU": {"units": 3, "reset_after": False},
    "MultiHeadAttention": {"num_heads": 2, "key_dim": 3},
}
SURPLUS = {
    "name": "a_name",
    "dtype": "float32",
    "trainable": False,
    "input_shape": (3,),
    "input_dim": 3,
    "autocast": True,
    "activity_regularizer": None,
    "foo": 1,
    "unit": 3,
    "weights": None,
    "batch_input_shape": (None, 3),
    "batch_shape": (None, 3),
    "implementation": 2,
    "input_length": 3,
    "rms_scaling": False,
    "alpha": 0.1,
    "time_major": False,
    "return_sequences": True,
    "use_bias": False,
    "kernel_size": 2,
    "lora_rank": None,
}


@st.composite
def argument_sets(draw):
    name = draw(st.sampled_from(sorted(LAYERS)))
    args = dict(LAYERS[name])
    if draw(st.integers(0, 3)) == 0 and args:
        del args[draw(st.sampled_from(sorted(args)))]
    positional = []
    split = draw(st.integers(0, len(args)))
    order = [p.name for p in lookup(f"keras.layers.{name}").params if p.name in args]
    for key in order[:split]:
        if order[:split].index(key) != [
            p.name for p in lookup(f"keras.layers.{name}").params
        ].index(key):
            break
        positional.append(args[key])
        if draw(st.integers(0, 5)):
            del args[key]
    for key in draw(st.lists(st.sampled_from(sorted(SURPLUS)), max_size=2, unique=True)):
        args[key] = SURPLUS[key]
    return name, positional, args


def test_bind_refuses_what_constructors_refuse():
    @repeatable(DRAWS)
    @given(argument_sets())
    def check(drawn):
        name, positional, keywords = drawn
        try:
            bind(f"keras.layers.{name}", positional, keywords)
            ours = None
        except Mismatch as mismatch:
            ours = mismatch.problem
        try:
            getattr(keras.layers, name)(*positional, **keywords)
            theirs = None
        except (TypeError, ValueError) as error:
            theirs = error
        assert (ours is None) == (theirs is None), f"{drawn}: {ours}, Keras: {theirs}"
        if ours is not None:
            assert type(theirs).__name__ in ours.exceptions

    check()


@pytest.mark.parametrize("name", public_names("keras.layers"))
def test_parameters_are_those_of_the_class(name):
    found = lookup(f"keras.layers.{name}")
    real = getattr(keras.layers, name)
    target = real.__init__ if inspect.isclass(real) else real
    names = [p.name for p in inspect.signature(target).parameters.values()]
    if inspect.isclass(real):
        names = names[1:]
    assert [p.name for p in found.params] == names


@pytest.mark.parametrize(
    ("name", "positional", "keywords"),
    [
        ("Dense", 1, ()),
        ("Dense", 1, ("training",)),
        ("Dense", 1, ("mask",)),
        ("Dense", 0, ("inputs",)),
        ("Dense", 2, ()),
        ("Dense", 0, ()),
        ("LSTM", 0, ("inputs",)),
        ("LSTM", 1, ("mask", "training")),
        ("Dropout", 1, ("training",)),
        ("Dropout", 1, ("noise",)),
        ("Add", 2, ()),
    ],
)
def test_bind_call_refuses_what_calls_refuse(name, positional, keywords):
    tensor = keras.Input((4, 4) if name != "Add" else (4,))
    layer = getattr(keras.layers, name)(**LAYERS[name])
    values = {"training": False, "mask": None}
    try:
        bind_call(f"keras.layers.{name}", (tensor,) * positional, dict.fromkeys(keywords))
        ours = True
    except Mismatch:
        ours = False
    given = {key: values.get(key, tensor) for key in keywords}
    inputs = ([tensor, tensor],) if (name, positional) == ("Add", 1) else (tensor,) * positional
    try:
        layer(*inputs, **given)
        theirs = True
    except (TypeError, ValueError):
        theirs = False
    assert ours == theirs


def test_model_takes_inputs_and_outputs():
    bound = bind("keras.models.Model", ("a", "b"), {"name": "net"})
    assert (bound["inputs"], bound["outputs"], bound["name"]) == ("a", "b", "net")
    assert bind("keras.Model", (), {"inputs": "a", "outputs": "b"})["outputs"] == "b"
