"""Models with sizes that only data or a caller knows: what is assumed, and that it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keras_lint.engine import check_bytes, verify
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import TensorType, shape
from keras_lint.settings import Settings
from keras_lint.source.reader import with_deep_stack

from .helpers import RULES, doctored, findings_of

pytestmark = pytest.mark.keras

DATA = (
    "import keras, numpy as np\nfrom keras import layers\nfrom mydata import load\nx, y = load()\n"
)

CONFIRMED = {
    "a number of columns": (
        DATA
        + "m = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(4), layers.LSTM(3)])\n",
        {"x.shape[1]": 31},
    ),
    "through other variables": (
        DATA
        + """
scaled = (x - x.mean()) / x.std()
n, k = scaled.shape[-1], len(np.unique(y))
m = keras.Sequential([keras.Input((n,)), layers.Dense(k + 1), layers.LSTM(3)])
""",
        {"scaled.shape[-1]": 31, "len(np.unique(y))": 37},
    ),
    "a function nobody calls": (
        """
from keras import Input, layers
def build(width, activation, rate, heads):
    x = layers.Dense(8, activation=activation)(Input((width,)))
    return layers.LSTM(heads)(layers.Dropout(rate)(x))
""",
        {"width": 31, "activation": "relu", "rate": 0.25, "heads": 2},
    ),
    "sizes that must come out even": (
        """
from keras import Input, layers
def build(size, filters):
    x = layers.Conv2D(filters, 3, padding="same")(Input((size, size, 3)))
    y = layers.UpSampling2D()(layers.MaxPooling2D()(x))
    return layers.LSTM(4)(layers.Add()([x, y]))
""",
        {"size": 192, "filters": 384},
    ),
    "widths that must be equal": (
        """
from keras import Input, layers
def build(a, b):
    x = Input((a,))
    return layers.LSTM(4)(layers.Add()([x, layers.Dense(b)(x)]))
""",
        {"a": 96, "b": 96},
    ),
    "command line": (
        """
import argparse, keras
parser = argparse.ArgumentParser()
parser.add_argument("--units", type=int, default=32)
parser.add_argument("--width", type=int, required=True)
args = parser.parse_args()
model = keras.Sequential([keras.Input((args.width,)), keras.layers.Dense(args.units)])
model.add(keras.layers.LSTM(3))
""",
        {"args.width": 31},
    ),
    "environment": (
        """
import os, keras
units = int(os.environ.get("UNITS", "16"))
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(units), keras.layers.LSTM(3)])
""",
        {"os.environ.get('UNITS', '16')": "16"},
    ),
    "tuner": (
        """
import keras
def build_model(hp):
    m = keras.Sequential([keras.Input((5,))])
    m.add(keras.layers.Dense(hp.Int("units", 32, 512), hp.Choice("act", ["tanh", "relu"])))
    m.add(keras.layers.LSTM(hp.Int("steps", min_value=8, max_value=16)))
    return m
""",
        {"units": 32, "act": "tanh", "steps": 8},
    ),
    "configuration class": (
        """
import keras
from dataclasses import dataclass
@dataclass
class Config:
    units: int = 32
m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(Config().units)])
m.add(keras.layers.LSTM(3))
""",
        {},
    ),
    "strategy scope": (
        """
import tensorflow as tf
from tensorflow import keras
strategy = tf.distribute.MirroredStrategy()
with strategy.scope():
    m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3), keras.layers.LSTM(3)])
""",
        {},
    ),
    "built by fit": (
        """
import keras, numpy as np
m = keras.Sequential([keras.layers.LSTM(4), keras.layers.LSTM(4)])
m.compile("adam", "mse")
m.fit(np.zeros((8, 5, 3)), np.zeros((8, 4)))
""",
        {},
    ),
    "never built": (
        "import keras\nm = keras.Sequential([keras.layers.LSTM(4), keras.layers.LSTM(4)])\n",
        {"axis 1 of the input": 31, "axis 2 of the input": 37},
    ),
    "subclass that is called": (
        """
import keras
class M(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = keras.layers.LSTM(4), keras.layers.LSTM(4)
    def call(self, x):
        return self.b(self.a(x))
m = M()
m(keras.Input((5, 3)))
""",
        {},
    ),
    "layer that nobody makes": (
        """
import keras
class Block(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.a, self.b = keras.layers.LSTM(units), keras.layers.LSTM(units)
    def call(self, x):
        return self.b(self.a(x))
""",
        {"axis 1 of the input": 31, "axis 2 of the input": 37, "units": 41},
    ),
}


@pytest.mark.parametrize(("text", "values"), CONFIRMED.values(), ids=CONFIRMED)
def test_confirmed_for_values_that_are_named(verifier, text, values):
    checked = with_deep_stack(lambda: check_bytes(text, "program.py", Settings()))
    result = verify(checked, verifier)
    assert not result.traceback
    (finding,) = result.findings
    assert finding.verdict.status == "confirmed", finding.verdict
    assert dict(finding.verdict.values) == values


DEPENDS = """\
from keras import Input, Model, layers
def build(n):
    x = Input((n, 4))
    return Model(x, layers.Reshape((31, 4))(x))
"""


@pytest.mark.parametrize("length", ["31", "192", "96", "45"])
def test_what_is_true_for_some_values_only_is_not_confirmed(verifier, program, length):
    """A wrong rule says that this never fits; with most numbers Keras would agree."""
    text, analysis = program(DEPENDS.replace("31", length))
    problem = Problem("reshape", "Reshape", f"{length}*4 elements", "n*4", ())
    analysis = doctored(analysis, "Reshape", problem)
    (finding,) = findings_of(analysis, "KER901")
    (found,) = verifier.verify(text, analysis, [finding], RULES)
    assert found.verdict.status != "confirmed", found.verdict
    if length == "45":
        assert found.verdict.reason == (
            "depends on what is not known: TensorFlow refuses it for n=31, but not for n=45"
        )


def test_the_shapes_must_be_those_of_the_assumed_values(verifier, program):
    """Symbols match anything in a graph, but not what a replay gave them as a value."""
    text, analysis = program(
        """
        from keras import Input, layers
        def build(n):
            return layers.LSTM(4)(Input((n,)))
        """
    )
    (finding,) = findings_of(analysis, "KER901")
    (found,) = verifier.verify(text, analysis, [finding], RULES)
    assert found.verdict.status == "confirmed"
    other = text.replace("Input((n,))", "Input((9,))")
    (found,) = verifier.verify(other, analysis, [finding], RULES)
    assert found.verdict.status == "unverified"
    assert found.verdict.reason == "fails on other shapes than in source: LSTM got (None, 9)"


def test_a_probe_does_not_confirm_what_a_model_takes(verifier, program):
    text, analysis = program("import keras\nm = keras.Sequential([keras.layers.LSTM(4)])\n")
    problem = Problem("rank", "LSTM", "rank 2", "(None, 4)", (TensorType(shape(None, 4)),))
    analysis = doctored(analysis, "LSTM", problem)
    (finding,) = findings_of(analysis, "KER901")
    (found,) = verifier.verify(text, analysis, [replace(finding)], RULES)
    assert found.verdict.status != "confirmed"
