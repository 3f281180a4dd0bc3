"""A required argument is missing, or there are too many.

What it does
    Finds layers made, and called, without an argument that they need, and with more positional
    arguments than they take.

Why it matters
    Python refuses such a call when the line runs.

When it stays silent
    Where a list or dict is spread with ``*`` or ``**``; and for merge layers called with separate
    tensors, which KER111 tells better.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each call with too few or too many arguments."""
    for problem, call, span in refusals(graph, "missing"):
        name = refuser(graph, problem, call)
        surplus = problem.actual.endswith("of them")
        if surplus and problem.argument == "inputs":
            continue  # KER111
        if problem.layer in ("Input", "InputLayer"):
            continue  # KER103
        yield rule.finding(
            graph,
            span,
            f"{name} takes {problem.expected}, and got {problem.actual}"
            if surplus
            else f"{name} needs {problem.expected}",
            call=call,
            expected=problem.expected,
            actual=problem.actual,
            hint="pass the others by keyword" if surplus else f"pass {problem.argument}=",
        )


RULE = Rule(
    code="KER402",
    name="missing-argument",
    level="error",
    confirm="raise",
    summary="a required argument is missing, or too many are given by position",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((8,)),
    Dense(activation="relu"),  # expect: KER402
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8)(inputs)  # expect: KER402
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((8, 4))
x = tf.keras.layers.Flatten(None, "flat")(inputs)  # expect: KER402
model = tf.keras.Model(inputs, x)
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((8,)), Dense(16, "relu", False)])
""",
        """\
import keras
from keras import layers

size = (8, 3)
inputs = keras.Input((28, 28, 1))
model = keras.Model(inputs, layers.Conv2D(*size)(inputs))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8, 4))
model = keras.Model(inputs, layers.Flatten(name="flat")(inputs))
""",
    ),
)
