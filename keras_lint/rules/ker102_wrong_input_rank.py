"""A layer receives a tensor with too many or too few axes.

What it does
    Finds layer calls whose input has a rank (number of axes, batch included) that the layer does
    not accept: a Conv2D after Flatten, an LSTM after Dense, a RepeatVector on a sequence, a
    TimeDistributed layer whose wrapped layer cannot take one step, a model called on a tensor of
    another rank than it was made for; and ``x.shape[3]`` or ``a, b, c, d = x.shape`` where the
    tensor has fewer axes.

Why it matters
    Most layers work on a fixed number of axes, and Keras refuses to build the model otherwise.

When it stays silent
    When the rank is not known, and when a more precise rule names the cause: KER101 if a
    recurrent layer dropped the time axis, KER103 if the model's own input shape is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    call_span,
    display,
    needed_form,
    received_rank,
    refused_input,
    upstream,
)
from keras_lint.rules.ker101_missing_return_sequences import recurrent_cause
from keras_lint.rules.ker103_wrong_input_shape import input_at_fault

_FAMILY = re.compile(
    r"(Conv|DepthwiseConv|SeparableConv|MaxPooling|AveragePooling|GlobalMaxPooling|"
    r"GlobalAveragePooling|UpSampling|ZeroPadding|Cropping|SpatialDropout)[123]D(Transpose|)"
)
_TWO_SIZES = frozenset({"DepthwiseConv", "SeparableConv"})


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each call refused for its rank that KER101 and KER103 do not explain."""
    problem, origin = graph.problem, graph.origin
    if problem is not None and origin is not None and problem.kind == "rank":
        yield rule.finding(
            graph,
            origin.span,
            f"{problem.expected} wanted of {problem.actual}",
            expected=problem.expected,
            actual=problem.actual,
            hint="count the axes with the batch axis; len(x.shape) tells how many there are",
        )
    for call in graph.problems():
        problem = call.problem
        span = call_span(graph, call)
        if problem is None or span is None or problem.root.kind != "rank":
            continue
        if recurrent_cause(graph, call) is not None or input_at_fault(graph, call) is not None:
            continue
        root = problem.root
        layer = graph.layer_of(call)
        expected = needed_form(root)
        if problem.inner is not None:
            message = (
                f"{display(layer)} hands {root.layer} a part of shape {root.actual} of its input "
                f"{problem.actual}, but {root.layer} needs {expected}"
            )
        else:
            message = f"{display(layer)} gets {root.actual}, but needs {expected}"
        yield rule.finding(
            graph,
            span,
            message,
            call=call,
            expected=expected,
            actual=root.actual,
            hint=problem.hint or _hint(graph, call),
            related=_origin(graph, call),
        )


def _hint(graph: LayerGraph, call: CallNode) -> str:
    assert call.problem is not None
    root = call.problem.root
    rank = received_rank(root)
    if len(root.needs_rank) != 1 or rank is None:
        return "change the layers before it so that the number of axes fits"
    need = abs(root.needs_rank[0])
    if call.problem.inner is not None and graph.layer_of(call).cls == "TimeDistributed":
        return (
            f"use {root.layer} without TimeDistributed, which applies a layer to every step by "
            f"itself"
            if need == rank + 1
            else f"each step must have rank {need} with the batch axis"
        )
    sibling = _sibling(root.layer, rank)
    if sibling:
        return f"{sibling} works on such a tensor; or change the shape before this layer"
    if rank < need:
        return "keep or restore the missing axis, for example with Reshape, before this layer"
    return "take an axis away before this layer, for example with Flatten, pooling or Reshape"


def _sibling(cls: str, rank: int) -> str | None:
    """The class of the same family for tensors of ``rank``: MaxPooling1D for MaxPooling2D."""
    match = _FAMILY.fullmatch(cls)
    axes = rank - 2
    if match is None or not 1 <= axes <= (2 if match[1] in _TWO_SIZES else 3):
        return None
    return f"{match[1]}{axes}D{match[2]}"


def _origin(graph: LayerGraph, call: CallNode) -> tuple[Related, ...]:
    """The layer that gave the refused tensor its shape."""
    ref = refused_input(call)
    if ref is None:
        return ()
    last = None
    for last, _ in upstream(graph, ref):  # noqa: B007 - the last one is wanted
        pass
    span = call_span(graph, last) if last is not None else None
    if last is None or span is None or ref.output >= len(last.output_types):
        return ()
    shape = last.output_types[ref.output].shape
    return (Related(span, f"{display(graph.layer_of(last))} gives {shape}"),)


RULE = Rule(
    code="KER102",
    name="wrong-input-rank",
    level="error",
    confirm="raise",
    summary="a layer receives a tensor with a number of axes that it does not accept",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Dense, Flatten, Input

model = Sequential([
    Input(shape=(28, 28, 1)),
    Flatten(),
    Conv2D(16, 3),  # expect: KER102
    Dense(10),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(10, 128))
x = layers.TimeDistributed(layers.Conv1D(16, 3, padding="same"))(inputs)  # expect: KER102
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf
from tensorflow.keras import layers

inputs = tf.keras.Input(shape=(20,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.LSTM(32)(x)  # expect: KER102
model = tf.keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers, ops


class Tokens(layers.Layer):
    def call(self, x):
        _, height, width, channels = x.shape  # expect: KER102
        return ops.reshape(x, (-1, height * width, channels))


inputs = keras.Input((32, 16))
outputs = Tokens()(inputs)
""",
        """\
import keras
from keras import layers

inputs = keras.Input((32,))
x = layers.Dense(8)(inputs)
channels = x.shape[2]  # expect: KER102
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Dense, Flatten, Input

model = Sequential([
    Input(shape=(28, 28, 1)),
    Conv2D(16, 3),
    Flatten(),
    Dense(10),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(10, 20, 1))
x = layers.TimeDistributed(layers.Conv1D(16, 3, padding="same"))(inputs)
model = keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(10, 20, 3))
x = layers.Dense(8)(inputs)
x = layers.Reshape((10, 160))(x)
x = layers.LSTM(32)(x)
model = keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers, ops


class Tokens(layers.Layer):
    def call(self, x):
        if len(x.shape) == 3:
            x = ops.expand_dims(x, -1)
        _, height, width, channels = x.shape
        return ops.reshape(x, (-1, height * width, channels))


inputs = keras.Input((32, 16))
model = keras.Model(inputs, Tokens()(inputs))
""",
    ),
)
