"""Tensors whose shapes do not combine are merged.

What it does
    Finds merge layers (Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot), the
    operators ``+ - * /`` and ``keras.ops`` functions on tensors whose known lengths do not fit, and
    inside layers TensorFlow's functions and the operators on a float tensor and one of integers.

Why it matters
    Add and its relatives need shapes that are equal, or 1, on every axis; Concatenate needs equal
    lengths on every axis but one; Dot equal lengths on the axes it contracts. Typical causes are
    a shortcut that kept its number of channels and a U-Net whose sizes were rounded down on the
    way.

When it stays silent
    When a length is ``None`` or not known, and where Keras broadcasts: ``(None, 1, 1, 32)`` times
    ``(None, 24, 24, 32)`` is fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import call_span, display, producer

_HINTS = {
    "Concatenate": "make all axes but the joined one equal, or choose another axis=",
    "Dot": "make the contracted axes equally long, for example with a Dense layer",
    "Matmul": "make the contracted axes equally long, for example with a Dense layer",
}
_HINT = (
    "bring both to one shape first: a Dense or 1x1 convolution for the last axis, padding, "
    "cropping or strides for the others"
)


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each merge that Keras refuses."""
    for call in graph.problems():
        problem = call.problem
        span = call_span(graph, call)
        if problem is None or span is None or problem.root.kind != "merge":
            continue
        root = problem.root
        yield rule.finding(
            graph,
            span,
            f"{display(graph.layer_of(call))} cannot combine {root.actual}: "
            f"it needs {root.expected}",
            call=call,
            expected=root.expected,
            actual=root.actual,
            hint=problem.hint or _HINTS.get(root.layer, _HINT),
            related=tuple(_branches(graph, call)),
        )


def _branches(graph: LayerGraph, call: CallNode) -> Iterator[Related]:
    """Where each of the merged tensors was made, and its shape."""
    for ref in call.all_inputs():
        source = producer(graph, ref)
        span = call_span(graph, source) if source is not None else None
        if source is None or span is None or ref.output >= len(source.output_types):
            continue
        shape = source.output_types[ref.output].shape
        yield Related(span, f"{display(graph.layer_of(source))} gives {shape}")


RULE = Rule(
    code="KER104",
    name="incompatible-merge",
    level="error",
    confirm="raise",
    summary="tensors are added, multiplied, concatenated or contracted whose shapes do not combine",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(32, 32, 3))
x = layers.Conv2D(16, 3, padding="same")(inputs)
y = layers.Conv2D(32, 3, padding="same")(x)
z = layers.Add()([x, y])  # expect: KER104
model = keras.Model(inputs, z)
""",
        """\
from keras import Input, Model
from keras.layers import Concatenate, Conv2D, MaxPooling2D, UpSampling2D

inputs = Input((25, 25, 1))
small = MaxPooling2D()(inputs)
large = UpSampling2D()(small)
joined = Concatenate()([inputs, large])  # expect: KER104
model = Model(inputs, Conv2D(1, 1)(joined))
""",
        """\
import tensorflow as tf

a = tf.keras.Input(shape=(8,))
b = tf.keras.layers.Dense(4)(a)
model = tf.keras.Model(a, a * b)  # expect: KER104
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(32, 32, 3))
x = layers.Conv2D(16, 3, padding="same")(inputs)
y = layers.Conv2D(16, 3, padding="same")(x)
model = keras.Model(inputs, layers.Add()([x, y]))
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(24, 24, 32))
gate = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
model = keras.Model(inputs, inputs * gate)
""",
        """\
from keras import Input, Model
from keras.layers import Concatenate

a, b = Input((12, 6)), Input((30, 6))
model = Model([a, b], Concatenate(axis=1)([a, b]))
""",
    ),
)
