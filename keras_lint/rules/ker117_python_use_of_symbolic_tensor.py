"""Python needs a value of a symbolic tensor, which has none.

What it does
    Finds ``if``, ``while``, ``not``, ``and`` and ``or`` on symbolic tensors, loops over them, and
    ``len``, ``int``, ``float``, ``bool`` and ``range`` of them, where a model is built.

Why it matters
    While a functional model is built there are no numbers yet: its tensors stand for whatever
    comes later. What depends on values belongs in a layer, written with ``keras.ops``.

When it stays silent
    Inside layers, and when a tensor may be real data: the output of a model that was called on
    something not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import TENSOR_WITH_VALUES, refusals


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each place where Python needs what a symbolic tensor does not have."""
    for problem, _, span in refusals(graph, "python"):
        if problem.expected == TENSOR_WITH_VALUES:
            continue  # KER115
        yield rule.finding(
            graph,
            span,
            f"Python needs {problem.expected} here, but this is {problem.actual}",
            expected=problem.expected,
            actual=problem.actual,
            hint=_HINTS.get(
                problem.expected,
                "compute it inside a layer with keras.ops, for example keras.ops.where",
            ),
        )


_HINTS = {
    "something to iterate over": "use keras.ops.unstack, or index the tensor: x[:, i]",
    "a length": "use x.shape[0]",
    "an int": "use x.shape for sizes",
    "a whole number": "use x.shape for sizes",
}


RULE = Rule(
    code="KER117",
    name="python-use-of-symbolic-tensor",
    level="error",
    confirm="raise",
    summary="Python needs a value of a symbolic tensor while a model is built",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input((4,))
x = layers.Dense(1)(inputs)
if x > 0:  # expect: KER117
    x = layers.ReLU()(x)
model = keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers

inputs = keras.Input((5, 4))
outputs = [layers.Dense(2)(step) for step in inputs]  # expect: KER117
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((5, 4))
x = tf.keras.layers.Flatten()(inputs)
count = len(x)  # expect: KER117
""",
        """\
from keras import Input, layers

inputs = Input((5, 4))
outputs, state = layers.GRU(8, return_sequences=True)(inputs)  # expect: KER117
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((4,))
x = layers.Dense(1)(inputs)
if x is not None and x.shape[-1] == 1:
    x = layers.ReLU()(x)
model = keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers

inputs = keras.Input((5, 4))
outputs = [layers.Dense(2)(inputs[:, step]) for step in range(inputs.shape[1])]
model = keras.Model(inputs, outputs)
""",
        """\
import keras
from keras import layers


class Gate(layers.Layer):
    def call(self, x, training=False):
        if training:
            return x
        return keras.ops.where(x > 0, x, 0.0)


inputs = keras.Input((4,))
model = keras.Model(inputs, Gate()(inputs))
""",
    ),
)
