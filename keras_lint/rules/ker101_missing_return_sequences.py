"""A recurrent layer without ``return_sequences=True`` in front of a layer that needs the time axis.

What it does
    Finds LSTM, GRU, SimpleRNN, RNN and ConvLSTM layers, also inside Bidirectional or
    TimeDistributed, that return only their last output although the layer after them reads a
    whole sequence: another recurrent layer, TimeDistributed, Conv1D, pooling over time, a decoder
    model. Dropout, activations and normalisation between the two are looked through.

Why it matters
    By default a recurrent layer returns one vector for the whole sequence, of shape ``(batch,
    units)``. The next recurrent layer needs ``(batch, steps, features)`` and Keras refuses to
    build the model.

When it stays silent
    When Keras accepts what comes: Dense, and in Keras 3 also Attention and MultiHeadAttention,
    take a tensor without a time axis. When one more axis would not satisfy the next layer either
    (KER102 reports that), and when another layer, such as Dense or Flatten, stands between.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode, TensorRef
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Claim, Fix, SetArgument, SetValue
from keras_lint.model.tensors import flatten
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    accepts,
    call_span,
    display,
    holders,
    layer_span,
    needed_form,
    received_rank,
    refused_input,
    upstream,
    written,
)

_RECURRENT = frozenset(
    {"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"}
)


def recurrent_cause(graph: LayerGraph, call: CallNode) -> LayerNode | None:
    """The recurrent layer whose missing time axis makes Keras refuse ``call``, if that is why.

    It stays None unless one more axis gives a rank the refusing layer accepts.
    """
    problem = call.problem
    if problem is None or problem.root.kind != "rank" or not problem.root.needs_rank:
        return None
    rank = received_rank(problem.root)
    ref = refused_input(call)
    if rank is None or ref is None or not accepts(problem.root.needs_rank, rank + 1):
        return None
    return _last_output_of(graph, ref, inside=problem.inner is not None)


def _last_output_of(graph: LayerGraph, ref: TensorRef, *, inside: bool) -> LayerNode | None:
    """The layer without return_sequences whose last output ``ref`` is.

    ``inside`` says that a wrapper around the consumer takes the steps apart, so that the sequence
    missing may be that of a TimeDistributed recurrent layer.
    """
    call, output = None, 0
    for call, output in upstream(graph, ref):  # noqa: B007 - the last pair is wanted
        pass
    if call is None:
        return None
    layer = graph.layer_of(call)
    if layer.model is not None:
        refs = flatten(layer.model.outputs)
        if output < len(refs):
            return _last_output_of(layer.model, refs[output], inside=inside)
        return None
    if output != 0:
        return None
    if layer.cls == "TimeDistributed":
        return _without_sequences(layer.wrapped[0]) if inside and layer.wrapped else None
    return _without_sequences(layer)


def _without_sequences(layer: LayerNode) -> LayerNode | None:
    """The recurrent layer itself, if it surely returns only its last output."""
    if layer.cls == "Bidirectional":
        if not layer.wrapped or layer.config.get("merge_mode", "concat") is None:
            return None
        layer = layer.wrapped[0]
    if layer.cls in _RECURRENT and layer.config.get("return_sequences") is False:
        return layer
    return None


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each recurrent layer that some layer after it needs the steps of."""
    reported: set[str] = set()
    for call in graph.problems():
        cause = recurrent_cause(graph, call)
        span = layer_span(cause) if cause is not None else None
        if cause is None or span is None or call.problem is None or cause.id in reported:
            continue
        reported.add(cause.id)
        consumer = display(graph.layer_of(call))
        refuser = call.problem.root
        shape = refuser.received[0].shape
        expected = needed_form(refuser)
        where = call_span(graph, call)
        yield rule.finding(
            graph,
            span,
            f"{display(cause)} returns only its last output, so the {consumer} after it gets "
            f"{shape}, but needs {expected}",
            call=call,
            expected=expected,
            actual=str(shape),
            hint=_hint(cause, graph.layer_of(call)),
            related=(Related(where, f"{consumer} needs every step here"),) if where else (),
            fix=_fix(graph, cause),
        )


def _fix(graph: LayerGraph, cause: LayerNode) -> Fix | None:
    """``return_sequences=True``, where nothing else was passed for it."""
    origin = cause.origin
    if origin is None:
        return None
    given = origin.argument("return_sequences")
    if given is not None and not written(cause, "return_sequences"):
        return None
    return Fix(
        "add return_sequences=True" if given is None else "pass return_sequences=True",
        (
            SetArgument(origin.span, "return_sequences", "True")
            if given is None
            else SetValue(given, "True"),
        ),
        claim=Claim(layers=holders(graph, cause)),
    )


def _hint(cause: LayerNode, consumer: LayerNode) -> str:
    advice = f"pass return_sequences=True to {cause.cls} so that it returns every step"
    if consumer.core.cls in _RECURRENT or consumer.cls == "TimeDistributed" or consumer.model:
        return f"{advice}; before a decoder, put RepeatVector(steps) between the two instead"
    return advice


RULE = Rule(
    code="KER101",
    name="missing-return-sequences",
    level="error",
    confirm="raise",
    summary="a recurrent layer returns only its last output to a layer that needs every step",
    check=check,
    fix="safe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import LSTM, Dense, Input

model = Sequential()
model.add(Input(shape=(30, 4)))
model.add(LSTM(32))  # expect: KER101
model.add(LSTM(16))
model.add(Dense(1))
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(None, 8))
x = layers.Bidirectional(layers.GRU(16))(inputs)  # expect: KER101
x = layers.Dropout(0.3)(x)
x = layers.Conv1D(8, 3)(x)
model = keras.Model(inputs, x)
""",
        """\
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    keras.Input(shape=(5, 20, 20, 1)),
    layers.ConvLSTM2D(8, 3),  # expect: KER101
    layers.BatchNormalization(),
    layers.ConvLSTM2D(8, 3),
])
""",
        """\
import tensorflow as tf

video = tf.keras.Input(shape=(6, 10, 4))
words = tf.keras.layers.TimeDistributed(tf.keras.layers.LSTM(8))(video)  # expect: KER101
lines = tf.keras.layers.TimeDistributed(tf.keras.layers.LSTM(8))(words)
model = tf.keras.Model(video, lines)
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import LSTM, Dense, Input

model = Sequential()
model.add(Input(shape=(30, 4)))
model.add(LSTM(32, return_sequences=True))
model.add(LSTM(16))
model.add(Dense(1))
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(None, 8))
x = layers.Bidirectional(layers.GRU(16, return_sequences=True))(inputs)
x = layers.Dropout(0.3)(x)
x = layers.Conv1D(8, 3)(x)
model = keras.Model(inputs, x)
""",
        """\
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    keras.Input(shape=(5, 20, 20, 1)),
    layers.ConvLSTM2D(8, 3, return_sequences=True),
    layers.BatchNormalization(),
    layers.ConvLSTM2D(8, 3),
])
""",
        """\
import tensorflow as tf

video = tf.keras.Input(shape=(6, 10, 4))
words = tf.keras.layers.TimeDistributed(tf.keras.layers.LSTM(8, return_sequences=True))(video)
lines = tf.keras.layers.TimeDistributed(tf.keras.layers.LSTM(8))(words)
model = tf.keras.Model(video, lines)
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import LSTM, Dense, Input

model = Sequential()
model.add(Input(shape=(30, 4)))
model.add(LSTM(32, return_sequences=True))
model.add(LSTM(16))
model.add(Dense(1))
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(12, 3))
code = layers.LSTM(16)(inputs)
steps = layers.RepeatVector(12)(code)
outputs = layers.LSTM(3, return_sequences=True)(steps)
model = keras.Model(inputs, outputs)
""",
        """\
import keras
from keras import layers

pages = keras.Input(shape=(6, 10, 4))
lines = layers.TimeDistributed(layers.LSTM(8))(pages)
label = layers.Dense(1)(layers.LSTM(8)(lines))
model = keras.Model(pages, label)
""",
    ),
)
