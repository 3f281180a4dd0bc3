"""A layer or model of your own is called with other arguments than its ``call`` takes.

What it does
    Finds calls of your own layers and models with too many or too few arguments, or with a keyword
    that ``call`` does not have.

Why it matters
    ``layer(a, b)`` hands ``a`` and ``b`` to ``call``, which must take them.

When it stays silent
    For ``training``, which Keras takes from every call. For a ``call`` with ``*args`` or
    ``**kwargs``, and for arguments that are not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each such call."""
    for problem, call, span in refusals(graph, "signature"):
        yield rule.finding(
            graph,
            span,
            f"call of {problem.layer} takes {problem.expected}, but gets {problem.actual}",
            call=call,
            expected=problem.expected,
            actual=problem.actual,
            hint=problem.hint,
        )


RULE = Rule(
    code="KER507",
    name="call-signature",
    level="warning",
    confirm="raise",
    summary="a layer of your own is called with arguments that its call does not take",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers


class Gate(layers.Layer):
    def call(self, inputs):
        return inputs[0] * inputs[1]


a, b = keras.Input((4,)), keras.Input((4,))
model = keras.Model([a, b], Gate()(a, b))  # expect: KER507
""",
        """\
import keras


class Attend(keras.layers.Layer):
    def call(self, query, value):
        return query * value


inputs = keras.Input((4,))
model = keras.Model(inputs, Attend()(inputs))  # expect: KER507
""",
        """\
import tensorflow as tf


class Encoder(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(4)

    def call(self, inputs):
        return self.dense(inputs)


encoder = Encoder()
codes = encoder(tf.keras.Input((4,)), temperature=0.5)  # expect: KER507
""",
    ),
    valid=(
        """\
import keras
from keras import layers


class Gate(layers.Layer):
    def call(self, inputs):
        return inputs[0] * inputs[1]


a, b = keras.Input((4,)), keras.Input((4,))
model = keras.Model([a, b], Gate()([a, b], training=True))
""",
        """\
import keras


class Attend(keras.layers.Layer):
    def call(self, query, value=None, *, scale=1.0):
        return query * scale if value is None else query * value


inputs = keras.Input((4,))
model = keras.Model(inputs, Attend()(Attend()(inputs, inputs), scale=2.0))
""",
        """\
import keras


class Named(keras.layers.Layer):
    def call(self, left, right):
        return left + right


inputs = keras.Input((4,))
model = keras.Model(inputs, Named()(right=inputs, left=inputs))
""",
    ),
)
