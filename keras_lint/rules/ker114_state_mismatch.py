"""A recurrent layer gets an initial state that is not the one it has.

What it does
    Finds LSTM, GRU and SimpleRNN whose ``initial_state`` has too few or too many tensors, or
    tensors of another width than ``units``.

Why it matters
    Keras 3 builds such a model without a word and fails when the first batch arrives. The usual
    case is a decoder with another number of units than the encoder whose states it takes, or one
    that takes the two joined states of a Bidirectional encoder.

When it stays silent
    When a state is not known. For a second state of a GRU, which Keras ignores.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.dims import surely_different
from keras_lint.model.findings import Finding, Related
from keras_lint.model.tensors import flatten
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import call_span, display

_STATES = {"GRU": 1, "LSTM": 2, "SimpleRNN": 1}
"""How many states there are; seen in Keras 3.15: a GRU takes more and ignores them."""


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each call with a state that does not fit."""
    for call in graph.calls.values():
        layer = graph.layer_of(call)
        span = call_span(graph, call)
        given = dict(call.extra).get("initial_state")
        if layer.cls not in _STATES or given is None or call.problem is not None or span is None:
            continue
        wrong = _wrong(graph, layer, call)
        if wrong is not None:
            expected, actual, related = wrong
            yield rule.finding(
                graph,
                span,
                f"{display(layer)} starts from {actual}, but has {expected}",
                call=call,
                expected=expected,
                actual=actual,
                hint="make both with the same units, or bring the states to that width with Dense"
                if "width" in actual
                else "pass one tensor for each state",
                related=related,
            )


def _wrong(
    graph: LayerGraph, layer: LayerNode, call: CallNode
) -> tuple[str, str, tuple[Related, ...]] | None:
    """What the layer has, what it gets instead, and where that comes from."""
    refs = flatten(dict(call.extra)["initial_state"])
    if not refs or any(ref.call not in graph.calls for ref in refs):
        return None
    count = _STATES[layer.cls]
    if len(refs) < count or (len(refs) > count and layer.cls != "GRU"):
        states = "state" if count == 1 else "states"
        return f"{count} {states}", f"{len(refs)} tensor{'s' * (len(refs) > 1)}", ()
    units = layer.config.get("units")
    if not isinstance(units, int):
        return None
    for ref in refs[:count]:
        shape = graph.type_of(ref).shape
        if shape.rank == 2 and surely_different(shape[-1], units):
            source = graph.calls[ref.call]
            place = call_span(graph, source)
            made = display(graph.layer_of(source))
            related = (Related(place, f"{made} gives {shape}"),) if place is not None else ()
            return f"units={units}", f"a state of width {shape[-1]}", related
    return None


RULE = Rule(
    code="KER114",
    name="state-mismatch",
    level="error",
    confirm="data",
    summary="initial_state with the wrong number of tensors or of the wrong width",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

source = keras.Input((10, 4))
target = keras.Input((6, 4))
_, h, c = layers.LSTM(32, return_state=True)(source)
decoded = layers.LSTM(64, return_sequences=True)(target, initial_state=[h, c])  # expect: KER114
model = keras.Model([source, target], layers.Dense(4)(decoded))
""",
        """\
from keras import Input, Model
from keras.layers import GRU, LSTM

source = Input((10, 4))
_, state = GRU(16, return_state=True)(source)
model = Model(source, LSTM(16)(source, initial_state=state))  # expect: KER114
""",
        """\
import tensorflow as tf

source = tf.keras.Input((10, 4))
_, forward, backward = tf.keras.layers.Bidirectional(
    tf.keras.layers.GRU(16, return_state=True)
)(source)
state = tf.keras.layers.Concatenate()([forward, backward])
out = tf.keras.layers.GRU(16)(source, initial_state=state)  # expect: KER114
model = tf.keras.Model(source, out)
""",
    ),
    valid=(
        """\
import keras
from keras import layers

source = keras.Input((10, 4))
target = keras.Input((6, 4))
_, h, c = layers.LSTM(32, return_state=True)(source)
decoded = layers.LSTM(32, return_sequences=True)(target, initial_state=[h, c])
model = keras.Model([source, target], layers.Dense(4)(decoded))
""",
        """\
from keras import Input, Model
from keras.layers import GRU, LSTM

source = Input((10, 4))
_, h, c = LSTM(16, return_state=True)(source)
model = Model(source, GRU(16)(source, initial_state=h))
""",
        """\
import tensorflow as tf

source = tf.keras.Input((10, 4))
_, forward, backward = tf.keras.layers.Bidirectional(
    tf.keras.layers.GRU(16, return_state=True)
)(source)
state = tf.keras.layers.Concatenate()([forward, backward])
out = tf.keras.layers.GRU(32)(source, initial_state=state)
model = tf.keras.Model(source, out)
""",
    ),
)
