"""A layer stands where its output was meant.

What it does
    Finds layer objects that are given to another layer's call, to a model as output, or back by
    the ``call`` of an own layer, without having been called themselves: ``x = Dense(10)``, then
    ``Dense(1)(x)``.

Why it matters
    Making a layer and calling it are two steps. ``Dense(10)`` is a layer; ``Dense(10)(x)`` is a
    tensor, and only tensors go into layers and models.

When it stays silent
    When it is not known whether the value is a layer, and where layers belong: in a Sequential, in
    TimeDistributed, Bidirectional and RNN.

Why there is no fix
    The program does not say on which tensor the layer was to be called: ``Dense(1)`` without a call
    may have been meant for any tensor made before, and each gives a model that builds.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each layer that stands for a tensor."""
    for problem, call, span in refusals(graph, "not-called"):
        if problem.layer == "Functional" and problem.argument == "inputs":
            continue  # KER109
        if problem.argument == "outputs":
            message = f"this model gets {problem.actual} as output, not a tensor"
        elif problem.argument == "returned":
            message = f"the call of {problem.layer} returns {problem.actual}, not a tensor"
        else:
            message = f"{refuser(graph, problem, call)} is called on {problem.actual}"
        yield rule.finding(
            graph,
            span,
            message,
            call=call,
            expected=problem.expected,
            actual=problem.actual,
            hint=problem.hint,
        )


RULE = Rule(
    code="KER110",
    name="layer-not-called",
    level="error",
    confirm="raise",
    summary="a layer object is used where its output tensor was meant",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input((10,))
x = layers.Dense(8)(inputs)
outputs = layers.Dense(1)
model = keras.Model(inputs, outputs)  # expect: KER110
""",
        """\
from keras import Input, Model
from keras.layers import Dense, Dropout

inputs = Input((10,))
x = Dropout(0.5)
y = Dense(1)(x)  # expect: KER110
model = Model(inputs, y)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((8, 8, 3))
left = tf.keras.layers.Conv2D(4, 3)(inputs)
right = tf.keras.layers.Conv2D(4, 3)
joined = tf.keras.layers.Add()([left, right])  # expect: KER110
model = tf.keras.Model(inputs, joined)
""",
        """\
import keras
from keras import layers


class Block(layers.Layer):
    def call(self, inputs):
        return layers.ReLU()


inputs = keras.Input((8,))
model = keras.Model(inputs, Block()(inputs))  # expect: KER110
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((5, 10))
x = layers.TimeDistributed(layers.LayerNormalization())(inputs)
model = keras.Model(inputs, layers.Bidirectional(layers.LSTM(4))(x))
""",
        """\
import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input((10,)))
model.add(layers.Dense(1))
""",
        """\
import keras
from keras import layers

dense = layers.Dense(8)
inputs = keras.Input((10,))
model = keras.Model(inputs, dense(inputs))
""",
    ),
)
