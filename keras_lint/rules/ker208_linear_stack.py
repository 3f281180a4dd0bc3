"""Two layers with weights follow each other with no activation between.

What it does
    Finds Dense directly on Dense, and a convolution directly on a convolution, where the first has
    no activation and is at least as wide as its input or as the second.

Why it matters
    Two linear maps in a row are one linear map: the first layer adds parameters and cost, and
    nothing that the second could not do alone. Usually ``activation=`` was forgotten.

When it stays silent
    When the first layer is narrower than both its input and the second: a bottleneck makes the
    map cheaper on purpose. For convolutions with a kernel of 1 along an axis (factorised kernels),
    depthwise, separable and transposed ones. When the first layer has a name of its own, is used
    more than once or elsewhere, is frozen, or has a regularizer or constraint. And in a model
    without any activation, which may be meant to be linear.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    activation_of,
    call_span,
    display,
    every_call_known,
    layer_span,
    only_source,
)

_WIDTH = {"Conv1D": "filters", "Conv2D": "filters", "Conv3D": "filters", "Dense": "units"}
_ON_PURPOSE = (
    "activity_regularizer",
    "bias_constraint",
    "kernel_constraint",
    "kernel_regularizer",
)

_BEND = frozenset(("ELU", "GRU", "LSTM", "LeakyReLU", "PReLU", "ReLU", "SimpleRNN", "Softmax"))


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each layer that the next one makes superfluous."""
    if graph.kind == "fragment" or (graph.kind != "sequential" and not every_call_known(graph)):
        return
    if not any(_bends(layer) for layer in graph.layers.values()):
        return
    for call in graph.calls.values():
        layer = graph.layer_of(call)
        before = only_source(graph, call) if layer.cls in _WIDTH else None
        if before is None:
            continue
        first = graph.layer_of(before)
        span, place = layer_span(first), call_span(graph, call)
        if first.cls != layer.cls or span is None or place is None:
            continue
        if any(len(graph.calls_of(one)) > 1 or not _plain(one) for one in (first, layer)):
            continue
        if (
            activation_of(first) != "linear"
            or not first.generated_name
            or _narrow(first, before, layer)
        ):
            continue
        yield rule.finding(
            graph,
            span,
            f"{display(first)} has no activation, and {display(layer)} follows directly: the two "
            "are one linear map",
            call=before,
            hint='give the first an activation, such as activation="relu", or leave it out',
            related=(Related(place, "the second layer"),),
        )


def _bends(layer: LayerNode) -> bool:
    """Whether a layer is surely not linear."""
    return layer.core.cls in _BEND or activation_of(layer.core) not in ("linear", None)


def _plain(layer: LayerNode) -> bool:
    """A trained layer without conditions on its weights, with a kernel over all its axes."""
    if not layer.trainable or any(layer.config.get(name) is not None for name in _ON_PURPOSE):
        return False
    kernel = layer.config.get("kernel_size", 2)
    sizes = kernel if isinstance(kernel, (list, tuple)) else (kernel,)
    return all(isinstance(size, int) and size > 1 for size in sizes) and (
        layer.config.get("groups", 1) == 1
    )


def _narrow(first: LayerNode, call: CallNode, second: LayerNode) -> bool:
    """Whether the first is, or may be, a bottleneck between its input and the second."""
    width, after = first.config.get(_WIDTH[first.cls]), second.config.get(_WIDTH[second.cls])
    if not isinstance(width, int) or not isinstance(after, int):
        return True
    if width >= after:
        return False
    before: Any = call.input_types[0].shape[-1] if call.input_types else None
    if first.cls != "Dense" or not isinstance(before, int):
        return True
    return width < before


RULE = Rule(
    code="KER208",
    name="linear-stack",
    level="warning",
    confirm="graph",
    summary="Dense on Dense, or convolution on convolution, with no activation between",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((20,)),
    Dense(64),  # expect: KER208
    Dense(32, activation="relu"),
    Dense(1),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(32, 3, padding="same")(inputs)  # expect: KER208
x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((8,)))
model.add(tf.keras.layers.Dense(16, activation="relu"))
model.add(tf.keras.layers.Dense(16))  # expect: KER208
model.add(tf.keras.layers.Dense(3, activation="softmax"))
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LeakyReLU

model = Sequential([Input((20,)), Dense(64), LeakyReLU(), Dense(32, activation="relu"), Dense(1)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((784,))
code = layers.Dense(16)(inputs)
model = keras.Model(inputs, layers.Dense(784)(code))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(32, (1, 7), padding="same")(inputs)
x = layers.Conv2D(32, (7, 1), padding="same", activation="relu")(x)
x = layers.Conv2D(64, 1)(x)
model = keras.Model(inputs, layers.Conv2D(64, 3)(x))
""",
    ),
)
