"""The layers of Keras 2 against tf_keras: what the entries say of them, and whole programs.

``KERAS_LINT_DRAWS`` sets the number of draws per family.
"""

from __future__ import annotations

import os

import pytest
import tf_keras
from drawing import repeatable
from hypothesis import given
from hypothesis import strategies as st
from keras_oracle import ask_keras, ask_us, disagreement_of, in_keras_2
from older_keras import OlderBuilder
from strategies import FAMILIES

from keras_lint.engine import check_text
from keras_lint.graph.compare import difference
from keras_lint.graph.serialise import from_json
from keras_lint.interp import analyse
from keras_lint.keras_api.base import entries
from keras_lint.source.reader import parse

pytestmark = pytest.mark.keras

DRAWS = int(os.environ.get("KERAS_LINT_DRAWS", "60"))
SHARED = [
    name
    for name, kind in sorted(entries().items())
    if kind.generation == "keras3" and kind.rows and in_keras_2(name, {})
]


def test_rows_are_what_tf_keras_does():
    compared = 0
    for name in SHARED:
        for row in entries()[name].rows:
            if not in_keras_2(name, row.args):
                continue
            us = ask_us(name, row, of="keras2")
            problem = disagreement_of("keras2", us, ask_keras(name, row, of="keras2"))
            assert problem is None, f"{name} {row}: {problem}"
            compared += us.status != "lost"
    tf_keras.backend.clear_session()
    assert compared > 540


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"audio", "keras2"}))
def test_family_agrees_with_tf_keras(family):
    @repeatable(DRAWS)
    @given(st.data())
    def check(data):
        name, row = data.draw(FAMILIES[family])
        if not in_keras_2(name, row.args):
            return
        us, theirs = ask_us(name, row, of="keras2"), ask_keras(name, row, of="keras2")
        problem = disagreement_of("keras2", us, theirs)
        assert problem is None, f"{name} {row}: {problem}"

    check()
    tf_keras.backend.clear_session()


HEADER = """\
import numpy as np
import tensorflow as tf
import tf_keras as keras
from tf_keras import layers
"""
FOLLOWED = {
    "functions of TensorFlow and operators on tensors": """
inputs = keras.Input((28, 28, 3))
x = layers.Conv2D(8, 3, activation="relu")(inputs)
mean = tf.reduce_mean(x, axis=[1, 2])
x = tf.concat([layers.Flatten()(layers.MaxPooling2D()(x)), mean], -1)
x = layers.Dense(10)((x * 2 + 1)[:, :5])
model = keras.Model(inputs, [x, 1 - tf.nn.softmax(x)])
""",
    "an Embedding begins a Sequential": """
model = keras.Sequential([layers.Embedding(100, 8), layers.LSTM(4), layers.Dense(1)])
""",
    "input shapes in arguments": """
one = keras.Sequential([layers.LSTM(4, input_dim=3, input_length=7), layers.Dense(2)])
two = keras.Sequential([layers.Dense(4, batch_input_shape=(8, 3))])
three = keras.Sequential([layers.Embedding(9, 4, input_length=5), layers.Flatten()])
four = keras.Sequential([layers.Conv1D(4, 2, input_shape=(9, 2), batch_size=3)])
five = keras.Model(n := keras.Input(7), layers.Dense(2)(n))
""",
    "a mask on its way": """
inputs = keras.Input((None,), dtype="int32")
x = layers.Embedding(50, 8, mask_zero=True)(inputs)
x = layers.Bidirectional(layers.GRU(4, return_sequences=True))(x)
x = layers.Attention()([x, x])
model = keras.Model(inputs, layers.GlobalMaxPooling1D()(layers.Dropout(0.1)(x)))
""",
    "own layers, Lambdas and layers that only Keras 2 has": """
class Scaled(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)

    def build(self, shape):
        self.scale = self.add_weight("scale", (1,), initializer="ones")
        super().build(shape)

    def call(self, x):
        return self.dense(x) * self.scale


inputs = keras.Input((12, 6))
x = layers.LocallyConnected1D(8, 3)(inputs)
x = layers.ThresholdedReLU(0.5)(Scaled(5)(x))
x = layers.Lambda(lambda t: tf.cast(tf.argmax(t, -1), "float32"), output_shape=(3,))(x)
model = keras.Model(inputs, layers.LeakyReLU(alpha=0.2)(layers.Dense(3)(x)))
""",
    "a decoder that begins in the encoder's state": """
source, target = keras.Input((None, 12)), keras.Input((None, 9))
_, h, c = layers.LSTM(16, return_state=True)(source)
x = layers.LSTM(16, return_sequences=True)(target, initial_state=[h, c])
model = keras.Model([source, target], layers.Dense(9, activation="softmax")(x))
""",
    "lengths that TensorFlow fills in": """
one, two = keras.Input((None, 8)), keras.Input((4, 8))
model = keras.Model([one, two], [layers.Add()([one, two]), layers.Concatenate()([one, two])])
""",
    "a Sequential of an Input alone": """
model = keras.Sequential()
model.add(keras.Input((5, 4)))
""",
}
NOT_FOLLOWED = {
    "functions of keras.backend may be several layers": """
from tf_keras import backend as K
inputs = keras.Input((4,))
model = keras.Model(inputs, layers.Dense(2)(K.mean(inputs, axis=1, keepdims=True)))
""",
    "one layer twice in a Sequential": """
layer = layers.Dense(3)
model = keras.Sequential([keras.Input((3,)), layer, layer])
""",
    "a Sequential popped to its Input": """
model = keras.Sequential([keras.Input((2, 2)), layers.ReLU()])
model.pop()
""",
    "names that Keras 2 does not have": """
inputs = keras.Input((4, 4))
model = keras.Model(inputs, layers.GroupedQueryAttention(2, 2, 1)(inputs, inputs))
""",
    "both Kerases in one file": """
import keras as other
model = keras.Sequential([other.Input((3,)), layers.Dense(2)])
""",
}


BROKEN = {
    "KER101": """
inputs = keras.Input((20, 8))
x = layers.LSTM(16)(inputs)
x = layers.LSTM(8)(x)
model = keras.Model(inputs, x)
""",
    "KER104": """
left, right = keras.Input((10,)), keras.Input((12,))
both = layers.Add()([left, right])
model = keras.Model([left, right], both)
""",
    "KER105": """
model = keras.Sequential([layers.Conv2D(8, 3, input_shape=(8, 8, 1)), layers.MaxPooling2D(4)])
model.add(layers.Conv2D(8, 3))
""",
    "KER106": """
inputs = keras.Input((28, 28))
x = layers.Reshape((28, 27, 1))(inputs)
model = keras.Model(inputs, x)
""",
    "KER108": """
inputs = keras.Input((4,))
x = layers.Dense(4, name="hidden")(layers.Dense(4, name="hidden")(inputs))
model = keras.Model(inputs, x)
""",
    "KER112": """
inputs = keras.Input((None, None))
x = layers.Dense(4)(inputs)
model = keras.Model(inputs, x)
""",
    "KER401": """
inputs = keras.Input((4, 4))
x = layers.LSTM(4, return_sequence=True)(inputs)
model = keras.Model(inputs, x)
""",
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_is_told_is_what_tf_keras_refuses(code, builder):
    program = HEADER + BROKEN[code]
    result, _ = check_text(program, "program.py")
    assert [finding.code for finding in result.findings] == [code]
    answer = builder.answer(program)
    assert not answer["ok"]
    (finding,) = result.findings
    failed = {span["line"] for span in answer["stack"]}
    places = [finding.span, *(related.span for related in finding.related)]
    lines = {line for span in places for line in range(span.line, span.end_line + 1)}
    assert failed & (lines | {max(lines) + 1}), answer


@pytest.fixture(scope="module")
def builder():
    return OlderBuilder()


@pytest.mark.parametrize("name", FOLLOWED)
def test_models_are_those_that_tf_keras_builds(name, builder):
    program = HEADER + FOLLOWED[name]
    graphs = analyse(parse("program.py", program)).graphs
    built = builder.answer(program)
    assert built["ok"], built
    assert len(graphs) == len(built["graphs"])
    for graph, data in zip(graphs, built["graphs"], strict=True):
        assert graph.followed, graph.lost
        assert difference(graph, from_json(data)) == []
        assert graph.total_params == data["total_params"]


@pytest.mark.parametrize("name", NOT_FOLLOWED)
def test_what_is_not_known_is_said(name):
    for graph in analyse(parse("program.py", HEADER + NOT_FOLLOWED[name])).graphs:
        assert not graph.followed
        assert graph.lost
        assert not list(graph.problems())
