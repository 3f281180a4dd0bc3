"""TimeDistributed around a layer that works on the last axis anyway.

What it does
    Finds TimeDistributed around Dense, Activation, Dropout and their like.

Why it matters
    Such a layer treats each time step alike without help: ``Dense(10)`` on ``(None, 20, 8)`` gives
    ``(None, 20, 10)``. The wrapper makes the model slower and its summary longer.
    Off by default: many tutorials write it so, and it does no harm.

When it stays silent
    Around layers that need a certain rank (convolutions, pooling, recurrent layers, Flatten),
    around layers that are normalised over the batch, and around models.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Claim, Fix, Unwrap
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import call_span, layer_span

_LAST_AXIS = frozenset(("Activation", "Dense", "Dropout", "ELU", "LeakyReLU", "ReLU", "Rescaling"))
"""Classes that do the same to every time step, with or without the wrapper."""


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each wrapper that is not needed."""
    for layer in graph.layers.values():
        if layer.cls != "TimeDistributed" or len(layer.wrapped) != 1:
            continue
        inner = layer.wrapped[0]
        calls = graph.calls_of(layer)
        if inner.cls not in _LAST_AXIS or inner.model is not None or not calls:
            continue
        span = layer_span(layer) or call_span(graph, calls[0])
        if span is None or any(call.problem is not None for call in calls):
            continue
        if inner.config.get("noise_shape") is not None:
            continue
        yield rule.finding(
            graph,
            span,
            f"TimeDistributed is not needed here: {inner.cls} works on every step by itself",
            call=calls[0],
            hint=f"use {inner.cls}(...) without the wrapper",
            fix=_fix(layer, inner, len(calls)),
        )


def _fix(layer: LayerNode, inner: LayerNode, calls: int) -> Fix | None:
    """The inner layer in place of the wrapper."""
    if layer.origin is None or inner.origin is None:
        return None
    if not layer.origin.span.contains(inner.origin.span):
        return None
    claim = Claim(added=(inner.cls,) * calls, removed=("TimeDistributed",) * calls)
    change = Unwrap(layer.origin.span, inner.origin.span)
    return Fix(f"use {inner.cls}(...) alone", (change,), claim=claim)


RULE = Rule(
    code="KER211",
    name="redundant-time-distributed",
    level="info",
    confirm="graph",
    summary="TimeDistributed around a layer that works on the last axis anyway",
    check=check,
    fix="safe",
    default=False,
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM, TimeDistributed

model = Sequential([
    Input((10, 4)),
    LSTM(8, return_sequences=True),
    TimeDistributed(Dense(2)),  # expect: KER211
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 4))
x = layers.TimeDistributed(layers.Dropout(0.5))(inputs)  # expect: KER211
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((10, 4)))
model.add(tf.keras.layers.TimeDistributed(tf.keras.layers.ReLU()))  # expect: KER211
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM, TimeDistributed

model = Sequential([
    Input((10, 4)),
    LSTM(8, return_sequences=True),
    Dense(2),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 4))
x = layers.Dropout(0.5)(inputs)
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((10, 4)))
model.add(tf.keras.layers.ReLU())
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((10, 4)), LSTM(8, return_sequences=True), Dense(2)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 28, 28, 1))
x = layers.TimeDistributed(layers.Conv2D(4, 3))(inputs)
model = keras.Model(inputs, layers.TimeDistributed(layers.Flatten())(x))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 4))
x = layers.TimeDistributed(layers.BatchNormalization())(inputs)
model = keras.Model(inputs, x)
""",
    ),
)
