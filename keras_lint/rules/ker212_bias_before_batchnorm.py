"""A bias directly before a BatchNormalization that takes it away again.

What it does
    Finds Dense and convolution layers with a bias and no activation, whose output goes into a
    BatchNormalization with ``center=True`` and nowhere else.

Why it matters
    BatchNormalization subtracts the mean, and with it every constant that was added before. The
    bias is trained and stored for nothing. Off by default, since it costs little.

When it stays silent
    When anything stands between the two, or the output is used elsewhere too.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Claim, Fix, SetArgument, SetValue
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    activation_of,
    call_span,
    display,
    every_call_known,
    layer_span,
    only_source,
    written,
)

_WITH_BIAS = frozenset(
    (
        "Conv1D",
        "Conv1DTranspose",
        "Conv2D",
        "Conv2DTranspose",
        "Conv3D",
        "Conv3DTranspose",
        "Dense",
        "DepthwiseConv1D",
        "DepthwiseConv2D",
        "SeparableConv1D",
        "SeparableConv2D",
    )
)


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each such bias."""
    if graph.kind == "fragment" or (graph.kind != "sequential" and not every_call_known(graph)):
        return
    for call in graph.calls.values():
        norm = graph.layer_of(call)
        if norm.cls != "BatchNormalization" or norm.config.get("center") is not True:
            continue
        before = only_source(graph, call)
        if before is None:
            continue
        layer = graph.layer_of(before)
        span, place = layer_span(layer), call_span(graph, call)
        if layer.cls not in _WITH_BIAS or layer.config.get("use_bias") is not True or span is None:
            continue
        if activation_of(layer) != "linear" or not _on_channels(norm, before):
            continue
        yield rule.finding(
            graph,
            span,
            f"the bias of {display(layer)} is taken away again by the BatchNormalization after it",
            call=before,
            hint="pass use_bias=False",
            related=(Related(place, "the normalisation"),) if place else (),
            fix=_fix(layer, span),
        )


def _fix(layer: LayerNode, span: Span) -> Fix | None:
    """``use_bias=False``, where nothing else was passed for it."""
    given = layer.origin.argument("use_bias") if layer.origin is not None else None
    if given is not None and not written(layer, "use_bias"):
        return None
    change = SetArgument(span, "use_bias", "False") if given is None else SetValue(given, "False")
    return Fix("pass use_bias=False", (change,), claim=Claim(layers=frozenset((layer.name,))))


def _on_channels(norm: LayerNode, before: CallNode) -> bool:
    """Whether the normalisation works on the last axis, along which the bias differs."""
    rank = before.output_types[0].shape.rank
    return norm.config.get("axis") in (-1, None if rank is None else rank - 1)


RULE = Rule(
    code="KER212",
    name="bias-before-batchnorm",
    level="info",
    confirm="graph",
    summary="a bias directly before a BatchNormalization, which takes it away again",
    check=check,
    fix="safe",
    default=False,
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import BatchNormalization, Conv2D, Input, ReLU

model = Sequential([
    Input((28, 28, 1)),
    Conv2D(8, 3),  # expect: KER212
    BatchNormalization(),
    ReLU(),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(16)(inputs)  # expect: KER212
x = layers.BatchNormalization()(x)
model = keras.Model(inputs, layers.ReLU()(x))
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((10, 4)))
model.add(tf.keras.layers.Conv1D(8, 3, name="conv"))  # expect: KER212
model.add(tf.keras.layers.BatchNormalization(axis=2))
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import BatchNormalization, Conv2D, Input, ReLU

model = Sequential([
    Input((28, 28, 1)),
    Conv2D(8, 3, use_bias=False),
    BatchNormalization(),
    ReLU(),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(16, use_bias=False)(inputs)
x = layers.BatchNormalization()(x)
model = keras.Model(inputs, layers.ReLU()(x))
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((10, 4)))
model.add(tf.keras.layers.Conv1D(8, 3, name="conv", use_bias=False))
model.add(tf.keras.layers.BatchNormalization(axis=2))
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import BatchNormalization, Conv2D, Input, ReLU

model = Sequential([Input((28, 28, 1)), Conv2D(8, 3, use_bias=False), BatchNormalization()])
""",
        """\
from keras.models import Sequential
from keras.layers import BatchNormalization, Conv2D, Input, ReLU

model = Sequential([Input((28, 28, 1)), Conv2D(8, 3, activation="relu"), BatchNormalization()])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(16)(inputs)
y = layers.BatchNormalization()(x)
model = keras.Model(inputs, layers.Add()([x, y]))
""",
    ),
)
