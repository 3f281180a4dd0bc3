"""``compute_output_shape`` says something else than ``call`` gives.

What it does
    Finds layer classes whose ``compute_output_shape`` gives another shape than their ``call``, for
    a shape the layer is called on.

Why it matters
    Keras 3 believes ``compute_output_shape`` and does not run ``call`` when a model is built. The
    layers after it are built for the declared shape, and fail when the first batch arrives.

When it stays silent
    When either of the two is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Question
from keras_lint.rules.base import Options, Rule


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each class that contradicts itself."""
    del options
    for wrong in analysis.own.misdeclared:
        yield rule.file_finding(
            wrong.span,
            f"compute_output_shape of {wrong.cls} gives {wrong.declared}, its call {wrong.actual}",
            expected=wrong.actual,
            actual=wrong.declared,
            hint="correct it, or leave it out: Keras runs call to find the shape",
            question=Question("shape", wrong.cls),
        )


RULE = Rule(
    code="KER509",
    name="wrong-output-shape",
    level="warning",
    confirm="object",
    summary="compute_output_shape disagrees with call",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers


class Project(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.dense = layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)

    def compute_output_shape(self, input_shape):  # expect: KER509
        return input_shape


inputs = keras.Input((4,))
model = keras.Model(inputs, Project(8)(inputs))
""",
        """\
import keras
from keras import ops


class Mean(keras.layers.Layer):
    def call(self, inputs):
        return ops.mean(inputs, axis=1)

    def compute_output_shape(self, input_shape):  # expect: KER509
        return (input_shape[0], input_shape[1])


inputs = keras.Input((10, 4))
model = keras.Model(inputs, Mean()(inputs))
""",
        """\
import tensorflow as tf


class Both(tf.keras.layers.Layer):
    def call(self, inputs):
        return tf.concat([inputs, inputs], axis=-1)

    def compute_output_shape(self, input_shape):  # expect: KER509
        return (input_shape[0], 2, input_shape[1])


inputs = tf.keras.Input((4,))
model = tf.keras.Model(inputs, Both()(inputs))
""",
    ),
    valid=(
        """\
import keras
from keras import layers


class Project(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.dense = layers.Dense(units)

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, inputs):
        return self.dense(inputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


inputs = keras.Input((4,))
model = keras.Model(inputs, Project(8)(inputs))
""",
        """\
import keras
from keras import ops


class Mean(keras.layers.Layer):
    def call(self, inputs):
        return ops.mean(inputs, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


inputs = keras.Input((10, 4))
model = keras.Model(inputs, Mean()(inputs))
""",
        """\
import keras


class Open(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0

    def compute_output_shape(self, input_shape):
        return (None, None, input_shape[-1])


inputs = keras.Input((10, 4))
model = keras.Model(inputs, Open()(inputs))
""",
    ),
)
