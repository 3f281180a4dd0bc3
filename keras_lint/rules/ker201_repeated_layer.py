"""A layer directly after an equal one, where the second changes nothing or was pasted by mistake.

What it does
    Finds Flatten on Flatten, Dropout on Dropout, BatchNormalization on BatchNormalization, the
    same activation layer twice and the same Rescaling twice, one directly after the other.

Why it matters
    A second Flatten or ReLU does nothing; a second Dropout drops more than was asked for; a
    second Rescaling by 1/255 leaves an image almost black; a second softmax flattens the
    probabilities.

When it stays silent
    For layers that gain from depth: Dense, convolutions, recurrent and attention layers are never
    reported. When the first layer's output is used elsewhere too, when the two were written in
    different functions (blocks that end and begin with Dropout), when activations or rescalings
    differ, and when one layer object is used twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.dims import UNKNOWN
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    call_span,
    dropped,
    every_call_known,
    is_found,
    only_source,
    same_function,
)

_COMPARED: dict[str, tuple[str, ...]] = {
    "Activation": ("activation",),
    "BatchNormalization": ("axis",),
    "Dropout": (),
    "ELU": ("alpha",),
    "Flatten": (),
    "LeakyReLU": ("negative_slope",),
    "ReLU": ("max_value", "negative_slope", "threshold"),
    "Rescaling": ("scale", "offset"),
    "Softmax": ("axis",),
}
"""The classes that are reported, each with the arguments that must be known and equal."""

_EFFECTS = {
    "BatchNormalization": "its input is normalised already",
    "Dropout": "together they drop more than either says",
    "Flatten": "its input is flat already",
    "Rescaling": "the values are scaled twice",
}


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each second layer of such a pair."""
    if graph.kind == "fragment" or (graph.kind != "sequential" and not every_call_known(graph)):
        return
    for call in graph.calls.values():
        second = graph.layer_of(call)
        if second.cls not in _COMPARED:
            continue
        before = only_source(graph, call)
        if before is None:
            continue
        first = graph.layer_of(before)
        span, twin = call_span(graph, call), call_span(graph, before)
        if span is None or first.id == second.id or not _equal(first, second):
            continue
        if not same_function(before, call):
            continue
        yield rule.finding(
            graph,
            span,
            f"{_name(second)} directly after {_name(first)}: "
            f"{_EFFECTS.get(second.cls, 'the same activation is applied twice')}",
            call=call,
            hint=f"remove one of the two {second.cls} layers",
            related=(Related(twin, f"the first {second.cls}"),) if twin else (),
            fix=dropped(graph, second, safe=False),
        )


def _equal(first: LayerNode, second: LayerNode) -> bool:
    if first.cls != second.cls:
        return False
    return all(
        is_found(first.config.get(key, UNKNOWN)) and first.config[key] == second.config.get(key)
        for key in _COMPARED[first.cls]
    )


def _name(layer: LayerNode) -> str:
    activation = layer.config.get("activation")
    if layer.cls == "Activation" and isinstance(activation, str):
        return f"Activation('{activation}')"
    return layer.cls


RULE = Rule(
    code="KER201",
    name="repeated-layer",
    level="warning",
    confirm="graph",
    summary="an equal layer directly after another, where the second changes nothing or was pasted",
    check=check,
    fix="unsafe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Flatten, Input

model = Sequential([
    Input((8, 8)),
    Flatten(),
    Flatten(),  # expect: KER201
    Dense(2),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((16,))
x = layers.Dense(8)(inputs)
x = layers.Activation("softmax")(x)
x = layers.Activation("softmax")(x)  # expect: KER201
model = keras.Model(inputs, x)
""",
        """\
from tensorflow.keras import layers, models

model = models.Sequential()
model.add(layers.Input((16,)))
model.add(layers.Dense(8))
model.add(layers.BatchNormalization())
model.add(layers.BatchNormalization())  # expect: KER201
model.add(layers.Dense(1))
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Flatten, Input

model = Sequential([
    Input((8, 8)),
    Flatten(),
    Dense(2),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((16,))
x = layers.Dense(8)(inputs)
x = layers.Activation("softmax")(x)
model = keras.Model(inputs, x)
""",
        """\
from tensorflow.keras import layers, models

model = models.Sequential()
model.add(layers.Input((16,)))
model.add(layers.Dense(8))
model.add(layers.BatchNormalization())
model.add(layers.Dense(1))
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((16,))
x = layers.Dense(8)(inputs)
x = layers.Dense(8)(x)
a = layers.Dropout(0.2)(x)
b = layers.Dropout(0.2)(x)
model = keras.Model(inputs, layers.add([a, b]))
""",
        """\
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((8, 8, 3)),
    layers.Rescaling(1 / 255),
    layers.Rescaling(2.0, offset=-1.0),
    layers.Conv2D(4, 3),
    layers.Activation("tanh"),
    layers.Activation("relu"),
])
""",
        """\
import keras
from keras import layers


def block(x):
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(16)(x)
    return layers.Dropout(0.1)(x)


inputs = keras.Input((16,))
model = keras.Model(inputs, block(block(inputs)))
""",
    ),
)
