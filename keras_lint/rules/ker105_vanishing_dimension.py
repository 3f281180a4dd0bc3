"""A convolution, pooling or cropping leaves nothing of an axis.

What it does
    Finds layers whose window, dilation or cropping is larger than what is left of a spatial or
    time axis, so that the output length would be zero or negative.

Why it matters
    With ``padding="valid"``, the default, every convolution takes ``kernel_size - 1`` from an
    axis and every pooling divides it. On small images a stack that is one block too deep has
    nothing to work on, and Keras refuses it.

When it stays silent
    With ``padding="same"`` or ``"causal"``, and when the length of the axis is ``None`` or not
    known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import call_span, display


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each call that would leave an axis empty."""
    for call in graph.problems():
        problem = call.problem
        span = call_span(graph, call)
        if problem is None or span is None or problem.root.kind != "vanish":
            continue
        root = problem.root
        shape = str(root.received[0].shape) if len(root.received) == 1 else root.actual
        crops = root.layer.startswith("Cropping")
        yield rule.finding(
            graph,
            span,
            f"{display(graph.layer_of(call))} leaves nothing of an axis of its input {shape}: "
            f"it needs {root.expected}",
            call=call,
            expected=root.expected,
            actual=shape,
            hint=problem.hint
            or (
                "crop less than the axis is long"
                if crops
                else 'use padding="same", a smaller window, fewer poolings or a larger input'
            ),
        )


RULE = Rule(
    code="KER105",
    name="vanishing-dimension",
    level="error",
    confirm="raise",
    summary="a convolution, pooling or cropping takes a spatial axis to zero or below",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Input, MaxPooling2D

model = Sequential()
model.add(Input((10, 10, 1)))
model.add(Conv2D(8, 3))
model.add(MaxPooling2D())
model.add(MaxPooling2D())
model.add(Conv2D(8, 3))  # expect: KER105
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(4, 2))
outputs = layers.Conv1D(8, kernel_size=5)(inputs)  # expect: KER105
model = keras.Model(inputs, outputs)
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.Input((6, 6, 3)),
    tf.keras.layers.Cropping2D(3),  # expect: KER105
    tf.keras.layers.Flatten(),
])
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Input, MaxPooling2D

model = Sequential()
model.add(Input((10, 10, 1)))
model.add(Conv2D(8, 3))
model.add(MaxPooling2D())
model.add(MaxPooling2D())
model.add(Conv2D(8, 2))
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(4, 2))
outputs = layers.Conv1D(8, kernel_size=5, padding="causal")(inputs)
model = keras.Model(inputs, outputs)
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(None, None, 3))
outputs = layers.Conv2D(8, 7)(inputs)
model = keras.Model(inputs, outputs)
""",
    ),
)
