"""An axis that fixes the weights of a layer has no known length.

What it does
    Finds layers whose weights depend on an axis that is ``None``: Dense on ``(None, None)``, a
    convolution on images without a number of channels, a recurrent layer on steps of open width;
    and Python computing with such a length, as in ``x.shape[1] * 2``.

Why it matters
    A layer makes its weights when it is built, and needs to know how many. An open length is fine
    on the batch, on time and on height and width, but not on features and channels. Flatten on
    a sequence of open length is the most frequent cause.

When it stays silent
    When the length is not known to the analysis, which is not the same as ``None``; when Python
    computes with a None under a condition that is not known, or in a layer called on data.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.model.outcomes import Problem
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each layer that cannot make its weights."""
    for problem, call, span in refusals(graph, "undefined"):
        root = problem.root
        if root.argument == "stateful":
            continue  # KER118
        before = graph.producers(call) if call is not None else []
        flattened = any(graph.layer_of(source).cls in ("Flatten", "Reshape") for source in before)
        yield rule.finding(
            graph,
            span,
            f"{refuser(graph, problem, call)} gets {root.actual}, but needs {root.expected}"
            if root.layer
            else f"Python computes with a length that is None: that of {root.actual}",
            call=call,
            expected=root.expected,
            actual=root.actual,
            hint=problem.hint or _hint(root, flattened=flattened),
        )


def _hint(root: Problem, *, flattened: bool) -> str:
    if not root.layer:
        return (
            "give the Input a fixed length on that axis, or write -1 for one length of a Reshape; "
            "keras.ops.shape(x) inside a layer gives lengths to compute with"
        )
    if flattened:
        return "give the Input a fixed length, or pool over the open axis instead of flattening it"
    return "give the Input a fixed length on that axis"


RULE = Rule(
    code="KER112",
    name="undefined-dimension",
    level="error",
    confirm="raise",
    summary="a layer needs the length of an axis that is None",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Embedding, Flatten, Input

model = Sequential([
    Input((None,)),
    Embedding(1000, 16),
    Flatten(),
    Dense(1),  # expect: KER112
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((32, 32, None))
outputs = layers.Conv2D(8, 3)(inputs)  # expect: KER112
model = keras.Model(inputs, outputs)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((10, None))
model = tf.keras.Model(inputs, tf.keras.layers.LSTM(4)(inputs))  # expect: KER112
""",
        """\
import keras
from keras import layers

inputs = keras.Input((None, 16))
x = layers.Dense(8)(inputs)
steps = x.shape[1] * 8  # expect: KER112
outputs = layers.Reshape((steps,))(x)
""",
        """\
import keras
from keras import layers, ops


class Halves(layers.Layer):
    def call(self, x):
        size = x.shape[0] // 2  # expect: KER112
        return ops.reshape(x, (size, -1))


inputs = keras.Input((6,))
outputs = Halves()(inputs)
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Embedding, GlobalAveragePooling1D, Input

model = Sequential([Input((None,)), Embedding(1000, 16), GlobalAveragePooling1D(), Dense(1)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((None, None, 3))
model = keras.Model(inputs, layers.Conv2D(8, 3)(inputs))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((None, 12))
model = keras.Model(inputs, layers.Dense(3)(layers.LSTM(4)(inputs)))
""",
        """\
import keras
from keras import layers, ops


class Pairs(layers.Layer):
    def call(self, x):
        steps = x.shape[1]
        if steps is None:
            steps = ops.shape(x)[1]
        return ops.reshape(x, (-1, steps // 2, 16))


inputs = keras.Input((None, 8))
model = keras.Model(inputs, Pairs()(inputs))
""",
    ),
)
