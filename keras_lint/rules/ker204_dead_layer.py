"""A layer is applied, but its result is used by nothing.

What it does
    Finds layer calls whose result is given to a variable that nobody reads before it gets another
    value, or to nothing at all, while a model is made of the same tensors.

Why it matters
    The layer is not part of the model. Usually the next line goes on from the wrong variable:
    ``y = Dense(64)(x)``, and then ``x`` again.

When it stays silent
    When anything that was not followed may read the variable, and for names that begin with an
    underscore. For layers of your own and layers with an ``activity_regularizer``, which do more
    than give a result. For a layer that is kept, which may only be built by that call. And where
    no model is made: the tensors may be meant to be looked at. And where Keras refuses something in
    the file, which may be the reason. A finding inside the ``call`` of a class of your own stays
    unverified: Keras keeps no graph of what happens there.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Question
from keras_lint.rules.base import Options, Rule


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each call whose result reaches nothing."""
    del options
    for call in analysis.unused:
        if not call.name:
            why = f"the result of {call.cls} is given to no variable"
        elif call.given_again:
            why = f"'{call.name}' gets another value before the result of {call.cls} is read"
        else:
            why = f"nothing reads '{call.name}', the result of {call.cls}"
        yield rule.file_finding(
            call.span,
            f"{why}: the layer is in no model",
            hint="go on from this result, or leave the layer out",
            question=Question("unused", call.cls, place=call.span),
        )


RULE = Rule(
    code="KER204",
    name="dead-layer",
    level="warning",
    confirm="object",
    summary="a layer is applied, but its result reaches no output",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(16, activation="relu")(inputs)
y = layers.Dense(16, activation="relu")(x)  # expect: KER204
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
""",
        """\
import tensorflow as tf


def build(size):
    inputs = tf.keras.Input((size,))
    x = tf.keras.layers.Dense(16, activation="relu")(inputs)  # expect: KER204
    x = tf.keras.layers.Dense(8, activation="relu")(inputs)
    tf.keras.layers.Dropout(0.5)(x)  # expect: KER204
    return tf.keras.Model(inputs, tf.keras.layers.Dense(1)(x))


model = build(4)
""",
        """\
import keras
from keras import layers


class Block(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units, activation="relu")
        self.dropout = layers.Dropout(0.1)

    def call(self, inputs):
        x = self.dense(inputs)
        y = self.dropout(x)  # expect: KER204
        return x


inputs = keras.Input((8,))
model = keras.Model(inputs, Block(4)(inputs))
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
features = layers.Dense(16, activation="relu")(inputs)
model = keras.Model(inputs, layers.Dense(1)(features))
inspect = keras.Model(inputs, features)
""",
        """\
import keras
from keras import layers


def block(x, units, with_tap=False):
    tap = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(units, activation="relu")(tap)
    if with_tap:
        return x, tap
    return x


inputs = keras.Input((8,))
model = keras.Model(inputs, block(inputs, 4))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
_ = layers.Dense(3)(inputs)
taps = {}
for units in (4, 8):
    tap = layers.Dense(units)(inputs)
    taps[units] = tap
model = keras.Model(inputs, list(taps.values()))
""",
    ),
)
