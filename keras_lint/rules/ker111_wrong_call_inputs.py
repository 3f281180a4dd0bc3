"""A layer or model is called with the wrong number or nesting of tensors.

What it does
    Finds merge layers called with separate arguments or with one tensor, layers for one tensor
    called on several or on a list of one (which Keras 2 took), attention called with too few,
    models called with another number of inputs than they have, and own layers and Lambdas whose
    code takes a list of tensors for one: ``inputs * 2.0``, ``inputs.shape``.

Why it matters
    ``Add()`` and ``Concatenate()`` take one list: ``Add()([x, y])``. The brackets are easily
    forgotten, and Keras then refuses the call.

When it stays silent
    When it is not known what is passed; for several outputs of one layer in a Sequential, which
    KER113 tells better; and where a list may stand, as in ``inputs * 2``.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Bracket, Fix
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals, refuser, several_outputs

_MERGES = frozenset(
    ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")
)


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each call with the wrong structure of inputs."""
    for problem, call, span in refusals(graph, "structure", "missing"):
        root = problem.root
        merges = root.layer in _MERGES
        surplus = root.kind == "missing" and root.argument == "inputs"
        surplus = surplus and root.actual.endswith("of them")
        separately = surplus and merges
        if root.kind == "missing" and not surplus:
            continue  # KER401 and KER402
        if call is not None and several_outputs(graph, call):
            continue
        expected, actual = root.expected, root.actual
        if surplus:
            expected = "one list of tensors" if merges else "one tensor"
            actual = "separate arguments"
        brackets = f"pass the tensors as one list: {root.layer}(...)([x, y])" if merges else ""
        message = f"{refuser(graph, problem, call)} is called with {actual}: it takes {expected}"
        if call is None and not problem.layer:
            message = f"{expected} is needed here, but this is {actual}"
        yield rule.finding(
            graph,
            span,
            message,
            call=call,
            expected=expected,
            actual=actual,
            hint=problem.hint or brackets,
            fix=Fix("pass the tensors as one list", (Bracket(span),)) if separately else None,
        )


RULE = Rule(
    code="KER111",
    name="wrong-call-inputs",
    level="error",
    confirm="raise",
    summary="a layer or model is called with the wrong number or nesting of tensors",
    check=check,
    fix="safe",
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

a, b = keras.Input((10,)), keras.Input((10,))
x = layers.Add()(a, b)  # expect: KER111
model = keras.Model([a, b], x)
""",
        """\
from keras import Input, Model
from keras.layers import Concatenate

inputs = Input((10,))
model = Model(inputs, Concatenate()(inputs))  # expect: KER111
""",
        """\
import keras
from keras import layers

a, b = keras.Input((10,)), keras.Input((10,))
inner = keras.Model([a, b], layers.multiply([a, b]))
c = keras.Input((10,))
outer = keras.Model(c, inner(c))  # expect: KER111
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10,))
x = layers.Dense(3)([inputs])  # expect: KER111
model = keras.Model(inputs, x)
""",
        """\
from keras import Input, layers

inputs = Input((4, 8))
taps = [layers.Conv1D(8, 3)(inputs), layers.Conv1D(8, 3)(inputs)]
x = layers.Add()([taps, taps])  # expect: KER111
""",
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

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


inputs = keras.Input((4,))
model = keras.Model(inputs, Project(8)([inputs, inputs]))  # expect: KER111
""",
        """\
import keras
from keras import layers


class Clip(layers.Layer):
    def call(self, inputs):
        return (inputs > 0.0) * 1.0  # expect: KER111


inputs = keras.Input((4,))
model = keras.Model(inputs, Clip()([inputs, inputs]))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((4,))
half = layers.Lambda(lambda tensor: tensor / 2)([inputs, inputs])  # expect: KER111
""",
    ),
    fixed=(
        """\
import keras
from keras import layers

a, b = keras.Input((10,)), keras.Input((10,))
x = layers.Add()([a, b])
model = keras.Model([a, b], x)
""",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ),
    valid=(
        """\
import keras
from keras import layers

a, b = keras.Input((10,)), keras.Input((10,))
model = keras.Model([a, b], layers.Add()((a, b)))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10,))
model = keras.Model(inputs, layers.Concatenate()([inputs, inputs]))
""",
        """\
import keras
from keras import layers

query, value = keras.Input((5, 8)), keras.Input((7, 8))
model = keras.Model([query, value], layers.Attention()([query, value]))
""",
    ),
)
