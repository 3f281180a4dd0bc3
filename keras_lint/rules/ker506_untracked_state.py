"""Weights that Keras does not see.

What it does
    Finds attributes of layer and model classes that hold a trainable ``tf.Variable``, or an object
    of a plain class that holds layers.

Why it matters
    Keras finds weights by looking at attributes. What it does not find is not trained, not saved
    and not counted, without a word.

When it stays silent
    For lists, tuples, dicts and sets of layers, which Keras 3.15 looks through. For variables with
    ``trainable=``. For Keras 2, which tracks every ``tf.Variable``.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Question
from keras_lint.rules.base import Options, Rule


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each such attribute."""
    target = options.keras()
    if "keras2" in (target.keras, target.tensorflow):
        return
    for cls in analysis.own.classes:
        for place in cls.untracked:
            variable = place.what == "a tf.Variable"
            yield rule.file_finding(
                place.span,
                f"this attribute of {cls.name} is {place.what}: Keras neither trains nor saves it",
                hint="use self.add_weight, or keras.Variable"
                if variable
                else "make that class a Layer too, or keep its layers in a list or dict",
                question=Question("state", cls.name, (place.attribute,)),
            )


RULE = Rule(
    code="KER506",
    name="untracked-state",
    level="warning",
    confirm="object",
    summary="a tf.Variable, or layers in a plain object, that Keras does not see",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
import tensorflow as tf


class Scale(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.factor = tf.Variable(1.0)  # expect: KER506

    def call(self, inputs):
        return inputs * self.factor


inputs = keras.Input((4,))
model = keras.Model(inputs, Scale()(inputs))
""",
        """\
import keras
from keras import layers


class Head:
    def __init__(self, units):
        self.hidden = layers.Dense(units, activation="relu")
        self.out = layers.Dense(1)


class Scorer(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = Head(8)  # expect: KER506

    def call(self, inputs):
        return self.head.out(self.head.hidden(inputs))


scorer = Scorer()
scores = scorer(keras.Input((4,)))
""",
        """\
import tensorflow as tf


class Shift(tf.keras.layers.Layer):
    def build(self, input_shape):
        self.shift = tf.Variable(tf.zeros([input_shape[-1]]), name="shift")  # expect: KER506

    def call(self, inputs):
        return inputs + self.shift


inputs = tf.keras.Input((4,))
model = tf.keras.Model(inputs, Shift()(inputs))
""",
    ),
    valid=(
        """\
import keras
import tensorflow as tf
from keras import layers


class Stack(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [[layers.Dense(4)], (layers.Dense(4),)]
        self.heads = {"a": layers.Dense(2)}
        self.step = tf.Variable(0, trainable=False)

    def call(self, inputs):
        return self.heads["a"](self.blocks[1][0](self.blocks[0][0](inputs)))


inputs = keras.Input((4,))
model = keras.Model(inputs, Stack()(inputs))
""",
        """\
import keras
from keras import layers


class Sizes:
    def __init__(self):
        self.units = 4


class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.sizes = Sizes()
        self.dense = layers.Dense(self.sizes.units)

    def call(self, inputs):
        return self.dense(inputs)


inputs = keras.Input((4,))
model = keras.Model(inputs, Block()(inputs))
""",
        """\
import keras
from keras import layers


class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        return inputs * self.factor


inputs = keras.Input((4,))
model = keras.Model(inputs, Scale()(inputs))
""",
    ),
)
