"""Softmax over one number is always 1.

What it does
    Finds softmax over an axis of length 1: ``Dense(1, activation="softmax")``, or a Softmax or
    ``Activation("softmax")`` on such a tensor.

Why it matters
    Softmax makes the numbers along an axis sum to one. Along an axis of one number the result is
    1 whatever the model has learned. For two classes use ``Dense(1, activation="sigmoid")`` or
    ``Dense(2, activation="softmax")``; for attention over time steps apply softmax along time.

When it stays silent
    When the length of the axis is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Claim, Fix, SetValue
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import activation_of, call_span, display, layer_span, written

_SHAPED = frozenset(("Activation", "Conv1D", "Conv2D", "Conv3D", "Dense", "EinsumDense", "Softmax"))
"""Classes that apply their activation to what they give."""


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each softmax that gives nothing but ones."""
    for call in graph.calls.values():
        layer = graph.layer_of(call)
        core = layer.core
        span = call_span(graph, call)
        if call.problem is not None or span is None or activation_of(core) != "softmax":
            continue
        if core.cls not in _SHAPED or len(call.output_types) != 1:
            continue
        shape = call.output_types[0].shape
        axis = core.config.get("axis", -1) if core.cls == "Softmax" else -1
        if shape.dims is None or not isinstance(axis, int):
            continue
        if not -len(shape.dims) <= axis < len(shape.dims) or shape.dims[axis] != 1:
            continue
        yield rule.finding(
            graph,
            layer_span(layer) or span,
            f"{display(layer)} gives {shape} by softmax along an axis of length 1: "
            "every number in it is 1",
            call=call,
            actual=str(shape),
            hint='use activation="sigmoid" for one number, or one unit per class; '
            "for attention over time, softmax along the time axis",
            fix=_fix(layer),
        )


def _fix(layer: LayerNode) -> Fix | None:
    """Sigmoid, for the ``activation=`` of a layer with one unit at the end."""
    given = layer.origin.argument("activation") if layer.origin is not None else None
    if given is None or not written(layer, "activation") or layer.core is not layer:
        return None
    claim = Claim(layers=frozenset((layer.name,)))
    return Fix('use activation="sigmoid"', (SetValue(given, '"sigmoid"'),), safe=False, claim=claim)


RULE = Rule(
    code="KER209",
    name="constant-output",
    level="warning",
    confirm="graph",
    summary="softmax over an axis of length 1, which is always 1",
    check=check,
    fix="unsafe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((8,)),
    Dense(16, activation="relu"),
    Dense(1, activation="softmax"),  # expect: KER209
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 32))
scores = layers.Dense(1)(inputs)
weights = layers.Softmax()(scores)  # expect: KER209
model = keras.Model(inputs, layers.Multiply()([inputs, weights]))
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((64, 64, 3))
x = tf.keras.layers.Conv2D(1, 1, activation="softmax")(inputs)  # expect: KER209
model = tf.keras.Model(inputs, x)
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((8,)),
    Dense(16, activation="relu"),
    Dense(1, activation="sigmoid"),
])
""",
        "",
        """\
import tensorflow as tf

inputs = tf.keras.Input((64, 64, 3))
x = tf.keras.layers.Conv2D(1, 1, activation="sigmoid")(inputs)
model = tf.keras.Model(inputs, x)
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((8,)), Dense(16, activation="relu"), Dense(1, activation="sigmoid")])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 32))
scores = layers.Dense(1)(inputs)
weights = layers.Softmax(axis=1)(scores)
model = keras.Model(inputs, layers.Multiply()([inputs, weights]))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 32))
scores = layers.Flatten()(layers.Dense(1)(inputs))
model = keras.Model(inputs, layers.Activation("softmax")(scores))
""",
    ),
)
