"""Dropout on the probabilities a model gives.

What it does
    Finds models that end with Dropout directly after softmax or sigmoid.

Why it matters
    In training, part of the predictions is set to zero and the rest made larger: the loss is
    computed on numbers that are no probabilities, and becomes infinite where the true class was
    dropped. Dropout belongs before the last layer with weights.

When it stays silent
    When anything but a softmax or sigmoid stands before the Dropout: a feature extractor may end
    with Dropout, since its user goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding, Related
from keras_lint.model.tensors import flatten
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import activation_of, call_span, display

_DROPOUTS = frozenset(("AlphaDropout", "Dropout", "GaussianDropout"))
_GATED = frozenset(("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"))
"""Recurrent layers: their sigmoid makes features, not predictions."""


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each such Dropout that is an output of a model."""
    if graph.kind == "fragment":
        return
    for ref in flatten(graph.outputs):
        call = graph.calls.get(ref.call)
        if call is None or call.problem is not None:
            continue
        layer = graph.layer_of(call)
        span = call_span(graph, call)
        if layer.cls not in _DROPOUTS or span is None or layer.config.get("rate") == 0:
            continue
        sources = graph.producers(call)
        if len(sources) != 1 or len(call.all_inputs()) != 1:
            continue
        head = graph.layer_of(sources[0])
        if activation_of(head) not in ("softmax", "sigmoid") or head.cls in _GATED:
            continue
        place = call_span(graph, sources[0])
        yield rule.finding(
            graph,
            span,
            f"{display(layer)} drops part of the predictions: it stands after the "
            f"{activation_of(head)} of {display(head)}, at the end of the model",
            call=call,
            hint=f"put the Dropout before {display(head)}",
            related=(Related(place, "the predictions are made here"),) if place else (),
        )


RULE = Rule(
    code="KER213",
    name="dropout-on-output",
    level="warning",
    confirm="graph",
    summary="Dropout after the softmax or sigmoid at the end of a model",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input

model = Sequential([
    Input((8,)),
    Dense(16, activation="relu"),
    Dense(3, activation="softmax"),
    Dropout(0.5),  # expect: KER213
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(1)(inputs)
x = layers.Activation("sigmoid")(x)
outputs = layers.Dropout(0.2)(x)  # expect: KER213
model = keras.Model(inputs, outputs)
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((8,)))
model.add(tf.keras.layers.Dense(3))
model.add(tf.keras.layers.Softmax())
model.add(tf.keras.layers.Dropout(0.5))  # expect: KER213
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input

model = Sequential([Input((8,)), Dense(16, activation="relu"), Dropout(0.5), Dense(3)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
features = layers.Dropout(0.5)(layers.Dense(16, activation="relu")(inputs))
encoder = keras.Model(inputs, features)
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
gate = layers.Dropout(0.1)(layers.Dense(8, activation="sigmoid")(inputs))
model = keras.Model(inputs, layers.Multiply()([inputs, gate]))
""",
    ),
)
