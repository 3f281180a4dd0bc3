"""An argument has a value that Keras refuses.

What it does
    Finds units, filters, kernel sizes and rates out of their range, unknown paddings and names of
    activations and initializers, strides together with dilation, filters and channels that
    ``groups`` does not divide, axes that the tensor does not have, names of layers with a slash,
    which Keras 2 took, learning rates that are no float (``Adam(learning_rate=1)``), other kinds of
    values that Keras was seen to refuse for an argument (``LSTM(128 / 2)``,
    ``fill_mode="mirror"``), and ``add_loss`` of a functional model.

Why it matters
    Keras refuses such a layer or optimizer when it is made or first called.

When it stays silent
    When the value is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Fix, SetString
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import GIVE_THE_INPUT_SHAPE, layer_span, refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each value that Keras refuses."""
    for problem, call, span in refusals(graph, "value", "axis"):
        if call is not None and graph.layer_of(call).model is not None:
            continue  # KER107: a model on another shape
        root = problem.root
        of_input = call is not None and graph.layer_of(call).cls == "InputLayer"
        if (of_input and "shape" in root.argument) or root.argument in GIVE_THE_INPUT_SHAPE:
            continue  # KER103
        yield rule.finding(
            graph,
            span,
            f"{refuser(graph, problem, call)} needs {root.expected}, but gets {root.actual}",
            call=call,
            expected=root.expected,
            actual=root.actual,
            hint=problem.hint,
            fix=_fix(graph, root, call, span),
        )


def _fix(graph: LayerGraph, problem: Problem, call: CallNode | None, span: Span) -> Fix | None:
    """The word that was meant, if one is near, and the wrong one stands in the constructor."""
    if not problem.suggestion:
        return None
    made = span if call is None else layer_span(graph.layer_of(call).core)
    old = problem.actual.partition("=")[2].strip("'")
    if made is None:
        return None
    return Fix(f'write "{problem.suggestion}"', (SetString(made, old, problem.suggestion),))


RULE = Rule(
    code="KER116",
    name="invalid-argument-value",
    level="error",
    confirm="raise",
    summary="an argument has a value that Keras refuses",
    check=check,
    fix="safe",
    public=(8, 8),
    invalid=(
        """\
import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(learning_rate=1), loss="mse")  # expect: KER116
""",
        """\
import keras
from keras import ops

inputs, targets = keras.Input((4,)), keras.Input((1,))
outputs = keras.layers.Dense(1)(inputs)
model = keras.Model([inputs, targets], outputs)
model.add_loss(ops.mean(ops.square(targets - outputs)))  # expect: KER116
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 3))
x = layers.Conv2D(8, 3, groups=2)(inputs)  # expect: KER116
model = keras.Model(inputs, x)
""",
        """\
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input

model = Sequential([
    Input((8,)),
    Dropout(20),  # expect: KER116
    Dense(1),
])
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((28, 28, 3))
x = tf.keras.layers.Conv2D(8, 3, padding="sane")(inputs)  # expect: KER116
model = tf.keras.Model(inputs, x)
""",
        """\
import keras

inputs = keras.Input((8,), name="features/in")  # expect: KER116
model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
""",
        """\
import keras
from keras import layers

model = keras.Sequential([layers.Dense(4), keras.Input((3,)), layers.Dense(2)])
outputs = model(keras.Input((3,)))  # expect: KER116
""",
        """\
from keras import Input, Sequential, layers

model = Sequential([Input((8,)), layers.Dense(4, dtype="flaot16")])  # expect: KER116
""",
        """\
from keras import Input, Sequential, layers

width = 128
model = Sequential([
    Input((20, 8)),
    layers.LSTM(width / 2),  # expect: KER116
    layers.Dense(1),
])
""",
    ),
    fixed=(
        "",
        "",
        "",
        "",
        """\
import tensorflow as tf

inputs = tf.keras.Input((28, 28, 3))
x = tf.keras.layers.Conv2D(8, 3, padding="same")(inputs)
model = tf.keras.Model(inputs, x)
""",
        "",
        "",
        """\
from keras import Input, Sequential, layers

model = Sequential([Input((8,)), layers.Dense(4, dtype="float16")])
""",
        "",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 4))
x = layers.Conv2D(8, 3, groups=2, padding="SAME")(inputs)
model = keras.Model(inputs, x)
""",
        """\
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input

model = Sequential([Input((8,)), Dropout(0.9), Dense(1)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 3))
x = layers.Conv2D(8, 3, strides=2, dilation_rate=1)(inputs)
model = keras.Model(inputs, x)
""",
    ),
)
