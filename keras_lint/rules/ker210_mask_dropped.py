"""A mask is lost before the layer it was meant for.

What it does
    Finds convolutions, poolings, Permute, paddings and additions (``+``) that take a masked
    sequence and give one without a mask, where a recurrent or attention layer after them reads
    that sequence.

Why it matters
    ``Embedding(mask_zero=True)`` and Masking mark the padded steps, so that recurrent and
    attention layers pass over them. A layer that knows nothing of masks hands on none: the padding
    is read as if it were data. Keras warns for layers, and says nothing for operations.

When it stays silent
    When the mask is passed on by hand (``mask=``, ``attention_mask=``), when no recurrent or
    attention layer comes after, or anything stands between that makes another sequence.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, TensorRef
from keras_lint.model.findings import Finding, Related
from keras_lint.model.tensors import flatten
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import KEEPS_SHAPE, call_span, display, upstream

_DROPPERS = frozenset(
    (
        "AveragePooling1D",
        "Conv1D",
        "Cropping1D",
        "DepthwiseConv1D",
        "MaxPooling1D",
        "SeparableConv1D",
        "UpSampling1D",
        "ZeroPadding1D",
    )
)
"""Layers along the steps of a sequence that know nothing of masks (Keras 3.15 warns of them)."""
_OPERATIONS = frozenset(("Add", "Multiply", "Subtract"))
_THROUGH = _DROPPERS | KEEPS_SHAPE | {"Add", "Concatenate", "Dense", "Multiply", "TimeDistributed"}
"""What may stand between: it gives the same sequence, step by step."""
_READERS = frozenset(
    (
        "AdditiveAttention",
        "Attention",
        "GRU",
        "GroupQueryAttention",
        "LSTM",
        "MultiHeadAttention",
        "RNN",
        "SimpleRNN",
    )
)
_MASKS = frozenset(("attention_mask", "key_mask", "mask", "query_mask", "value_mask"))


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each place at which a mask that is needed ends."""
    for call in graph.calls.values():
        span = call_span(graph, call)
        if span is None or call.problem is not None or not _drops(graph, call):
            continue
        reader = _reader(graph, call)
        if reader is None:
            continue
        maker = _maker(graph, call)
        places = (
            (maker, "the mask is made here"),
            (reader, f"{display(graph.layer_of(reader))} reads every step, padded ones too"),
        )
        related = tuple(
            Related(place, text)
            for node, text in places
            if node is not None and (place := call_span(graph, node)) is not None
        )
        yield rule.finding(
            graph,
            span,
            f"{display(graph.layer_of(call))} hands on no mask, so that "
            f"{display(graph.layer_of(reader))} after it reads the padding as data",
            call=call,
            hint="leave the mask out where it is made, or pass it to that layer with mask=",
            related=related,
        )


def _drops(graph: LayerGraph, call: CallNode) -> bool:
    layer = graph.layer_of(call)
    known = layer.cls in _DROPPERS or (layer.is_operation and layer.cls in _OPERATIONS)
    if not known or call.masked != (False,) or any(name in _MASKS for name, _ in call.extra):
        return False
    return any(_masked(graph, ref) for ref in flatten(call.inputs))


def _masked(graph: LayerGraph, ref: TensorRef) -> bool:
    source = graph.calls.get(ref.call)
    return source is not None and source.masked[ref.output : ref.output + 1] == (True,)


def _reader(graph: LayerGraph, dropper: CallNode) -> CallNode | None:
    """The first layer after ``dropper`` that would go by the mask, and gets none."""
    pending = [dropper]
    seen = {dropper.id}
    while pending:
        for after in graph.consumers(pending.pop(0)):
            if after.id in seen or after.problem is not None:
                continue
            seen.add(after.id)
            layer = graph.layer_of(after)
            if layer.core.cls in _READERS and layer.cls != "TimeDistributed":
                if any(name in _MASKS for name, _ in after.extra):
                    return None
                if not any(_masked(graph, ref) for ref in after.all_inputs()):
                    return after
            elif layer.cls in _THROUGH and after.masked == (False,):
                pending.append(after)
    return None


def _maker(graph: LayerGraph, call: CallNode) -> CallNode | None:
    for ref in flatten(call.inputs):
        if _masked(graph, ref):
            *_, (source, _) = upstream(graph, ref)
            return source
    return None


RULE = Rule(
    code="KER210",
    name="mask-dropped",
    level="warning",
    confirm="graph",
    summary="a mask ends at a layer that hands on none, before the layer it was meant for",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Conv1D, Dense, Embedding, Input, LSTM

model = Sequential([
    Input((50,)),
    Embedding(1000, 16, mask_zero=True),
    Conv1D(32, 3, activation="relu"),  # expect: KER210
    LSTM(16),
    Dense(1),
])
""",
        """\
import keras
from keras import layers

tokens = keras.Input((20,))
positions = keras.Input((20, 16))
x = layers.Embedding(1000, 16, mask_zero=True)(tokens)
x = x + positions  # expect: KER210
x = layers.MultiHeadAttention(2, 8)(x, x)
model = keras.Model([tokens, positions], layers.GlobalAveragePooling1D()(x))
""",
        """\
import tensorflow as tf

steps = tf.keras.Input((40, 3))
x = tf.keras.layers.Masking()(steps)
x = tf.keras.layers.MaxPooling1D(2)(x)  # expect: KER210
x = tf.keras.layers.Dropout(0.1)(x)
x = tf.keras.layers.Bidirectional(tf.keras.layers.GRU(8))(x)
model = tf.keras.Model(steps, tf.keras.layers.Dense(1)(x))
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Conv1D, Dense, Embedding, GlobalMaxPooling1D, Input

model = Sequential([
    Input((50,)),
    Embedding(1000, 16, mask_zero=True),
    Conv1D(32, 3, activation="relu"),
    GlobalMaxPooling1D(),
    Dense(1),
])
""",
        """\
import keras
from keras import layers

tokens = keras.Input((20,))
x = layers.Embedding(1000, 16, mask_zero=True)(tokens)
x = layers.LayerNormalization()(layers.Dropout(0.1)(x))
x = layers.LSTM(16, return_sequences=True)(x)
x = layers.LSTM(16)(x)
x = layers.RepeatVector(5)(x)
model = keras.Model(tokens, layers.LSTM(8, return_sequences=True)(x))
""",
        """\
import keras
from keras import layers

tokens = keras.Input((20,))
positions = keras.Input((20, 16))
x = layers.Embedding(1000, 16, mask_zero=True)(tokens)
x = layers.Add()([x, layers.Masking()(positions)])
model = keras.Model([tokens, positions], layers.MultiHeadAttention(2, 8)(x, x))
""",
    ),
)
