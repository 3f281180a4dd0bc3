"""A layer with weights, or a variable, is made inside ``call``.

What it does
    Finds layers with weights, ``add_weight`` and variables that the ``call`` of a layer or model
    class makes whenever it runs.

Why it matters
    ``call`` runs for every batch: each time there would be new weights, untrained and untracked.
    In a compiled training step TensorFlow refuses to make variables again; ``add_weight`` there is
    refused by Keras. Layers belong in ``__init__``, weights in ``build``.

When it stays silent
    When it happens inside an ``if``, ``try`` or ``with``, which may see to it that it happens
    once. For layers without weights, which are only wasteful.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Question
from keras_lint.rules.base import Options, Rule


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each layer or variable made in a ``call``."""
    del options
    for cls in analysis.own.classes:
        for place in cls.state_in_call:
            yield rule.file_finding(
                place.span,
                f"{cls.name} makes {place.what} in its call: new weights every time it runs",
                expected="weights that are made once",
                actual=f"{place.what} made in call",
                hint="make it in __init__ (layers) or build (weights), keep it in self, and use "
                "that in call",
                question=Question("twice", cls.name, place=place.span),
            )


RULE = Rule(
    code="KER505",
    name="state-created-in-call",
    level="error",
    confirm="object",
    summary="layers or weights are made inside call",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers


class Block(layers.Layer):
    def call(self, inputs):
        x = layers.Dense(8, activation="relu")(inputs)  # expect: KER505
        return layers.Add()([inputs, x])


inputs = keras.Input((8,))
model = keras.Model(inputs, Block()(inputs))
""",
        """\
import tensorflow as tf


class Scorer(tf.keras.Model):
    def call(self, inputs):
        return tf.keras.layers.Dense(1)(inputs)  # expect: KER505


scorer = Scorer()
scores = scorer(tf.keras.Input((4,)))
""",
        """\
import keras
from keras.layers import Layer
import tensorflow as tf


class Bias(Layer):
    def call(self, inputs):
        bias = tf.Variable([0.0, 0.0])  # expect: KER505
        return inputs + bias


inputs = keras.Input((2,))
model = keras.Model(inputs, Bias()(inputs))
""",
    ),
    valid=(
        """\
import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(8, activation="relu")

    def call(self, inputs):
        return layers.Add()([inputs, layers.ReLU()(self.dense(inputs))])


inputs = keras.Input((8,))
model = keras.Model(inputs, Block()(inputs))
""",
        """\
import keras
from keras import layers


class Bias(layers.Layer):
    def build(self, input_shape):
        self.bias = self.add_weight(shape=(input_shape[-1],))

    def call(self, inputs):
        return inputs + self.bias


inputs = keras.Input((8,))
model = keras.Model(inputs, Bias()(inputs))
""",
        """\
import keras
from keras import layers


def call(inputs):
    return layers.Dense(8)(inputs)


inputs = keras.Input((8,))
model = keras.Model(inputs, call(inputs))
""",
    ),
)
