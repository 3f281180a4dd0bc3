"""Python decides by the value of a tensor inside a layer.

What it does
    Finds ``if``, ``while``, ``assert``, ``and``, ``or``, loops over tensors, and ``int`` and
    ``float`` of tensors, where a layer or model class computes with what it was called on.

Why it matters
    Keras runs ``call`` with symbolic tensors when a model is built, and TensorFlow when it compiles
    a training step: there are no values then, and Keras 3 does not rewrite the code. It works only
    when the layer is called on numbers directly.

When it stays silent
    For ``if training:``, ``if mask is not None:`` and sizes that are known. For Keras 2, which
    turns ``if`` and loops into operations of TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import refusals


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each place where Python needs a value that is not there yet."""
    target = options.keras()
    if "keras2" in (target.keras, target.tensorflow):
        return
    for index, graph in enumerate(analysis.graphs):
        for problem, call, span in refusals(graph, "branch"):
            yield replace(
                rule.finding(
                    graph,
                    span,
                    f"Python needs {problem.expected} here, inside a layer, but this is "
                    f"{problem.actual}",
                    call=call,
                    expected=problem.expected,
                    actual=problem.actual,
                    hint="use keras.ops.where or keras.ops.cond, or keras.ops.sum over the axis "
                    "instead of a loop",
                ),
                graph=index,
            )


RULE = Rule(
    code="KER508",
    name="tensor-dependent-branch",
    level="warning",
    confirm="raise",
    summary="a Python if or loop on a tensor inside call",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import ops


class Clip(keras.layers.Layer):
    def call(self, inputs):
        if ops.max(inputs) > 1.0:  # expect: KER508
            inputs = inputs / 255.0
        return inputs


inputs = keras.Input((4,))
model = keras.Model(inputs, Clip()(inputs))
""",
        """\
import tensorflow as tf


class Total(tf.keras.layers.Layer):
    def call(self, inputs):
        total = 0.0
        for row in inputs:  # expect: KER508
            total += row
        return total


inputs = tf.keras.Input((4,))
model = tf.keras.Model(inputs, Total()(inputs))
""",
        """\
import keras
from keras import layers, ops


class Router(keras.Model):
    def __init__(self):
        super().__init__()
        self.small, self.large = layers.Dense(4), layers.Dense(4)

    def call(self, inputs):
        norm = ops.sum(inputs * inputs)
        return self.small(inputs) if norm < 1.0 else self.large(inputs)  # expect: KER508


router = Router()
routed = router(keras.Input((4,)))
""",
    ),
    valid=(
        """\
import keras
from keras import layers, ops


class Clip(layers.Layer):
    def __init__(self, limit=1.0):
        super().__init__()
        self.limit = limit
        self.dropout = layers.Dropout(0.1)

    def call(self, inputs, training=False, mask=None):
        if training:
            inputs = self.dropout(inputs)
        if mask is not None:
            inputs = inputs * ops.cast(mask, "float32")
        if self.limit > 0 and inputs.shape[-1] > 2:
            inputs = ops.minimum(inputs, self.limit)
        return ops.where(inputs > 0.0, inputs, 0.0)


inputs = keras.Input((4,))
model = keras.Model(inputs, Clip()(inputs))
""",
        """\
import keras
from keras import ops


class Sum(keras.layers.Layer):
    def call(self, inputs):
        total = ops.zeros_like(inputs)
        for _ in range(inputs.shape[1]):
            total = total + inputs
        return total


inputs = keras.Input((4,))
model = keras.Model(inputs, Sum()(inputs))
""",
        """\
import keras


class Merge(keras.layers.Layer):
    def call(self, inputs):
        result = inputs[0]
        for tensor in inputs[1:]:
            result = result + tensor
        return result


a, b = keras.Input((4,)), keras.Input((4,))
model = keras.Model([a, b], Merge()([a, b]))
""",
    ),
)
