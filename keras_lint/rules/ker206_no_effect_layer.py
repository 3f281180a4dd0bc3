"""A layer that changes nothing.

What it does
    Finds Dropout with rate 0, ``Activation("linear")``, pooling and upsampling by 1, Reshape and
    Permute to the shape that is there already, and Concatenate of one tensor.

Why it matters
    The layer costs a line and the reader's attention. Mostly a placeholder was never filled in.

When it stays silent
    When the value does not stand in the call itself: a block with ``rate`` as parameter, a loop
    that starts at 1. ``Activation("linear")`` under a name, or with a dtype (mixed precision), is
    there on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import activation_of, call_span, display, dropped, written

_RATES = frozenset(
    ("AlphaDropout", "Dropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D")
)
_WINDOWS = {
    "AveragePooling1D": "pool_size",
    "AveragePooling2D": "pool_size",
    "AveragePooling3D": "pool_size",
    "MaxPooling1D": "pool_size",
    "MaxPooling2D": "pool_size",
    "MaxPooling3D": "pool_size",
    "UpSampling1D": "size",
    "UpSampling2D": "size",
    "UpSampling3D": "size",
}
"""Classes that do nothing with a window of 1, and what the argument is called."""


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each layer without effect."""
    for call in graph.calls.values():
        layer = graph.layer_of(call)
        span = call_span(graph, call)
        if call.problem is not None or span is None or len(call.output_types) != 1:
            continue
        why = _why(layer, call)
        if why:
            yield rule.finding(
                graph,
                span,
                f"{display(layer)} changes nothing: {why}",
                call=call,
                hint="leave it out",
                fix=dropped(graph, layer, safe=True),
            )


def _why(layer: LayerNode, call: CallNode) -> str:
    """Why a layer changes nothing; empty if it may change something."""
    if layer.cls in _RATES:
        zero = written(layer, "rate") and layer.config.get("rate") == 0
        return "its rate is 0" if zero else ""
    if layer.cls == "Activation":
        linear = written(layer, "activation") and activation_of(layer) == "linear"
        on_purpose = not layer.generated_name or layer.config.get("dtype") not in (None, "float32")
        return "linear is no activation" if linear and not on_purpose else ""
    if layer.cls in _WINDOWS:
        return "its window is 1" if _all_one(layer, _WINDOWS[layer.cls]) else ""
    if layer.cls in ("Reshape", "Permute"):
        argument = "target_shape" if layer.cls == "Reshape" else "dims"
        same = written(layer, argument) and _identity(layer, call)
        return f"{call.output_types[0].shape} is what it gets" if same else ""
    if layer.cls == "Concatenate" and isinstance(call.inputs, (list, tuple)):
        return "there is one tensor to join" if len(call.inputs) == 1 else ""
    return ""


def _all_one(layer: LayerNode, argument: str) -> bool:
    strides = layer.config.get("strides")
    return (
        written(layer, argument)
        and _is_one(layer.config.get(argument))
        and (strides is None or _is_one(strides))
    )


def _is_one(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return len(value) > 0 and all(_is_one(item) for item in value)
    return value == 1 and not isinstance(value, bool)


def _identity(layer: LayerNode, call: CallNode) -> bool:
    if layer.cls == "Permute":
        dims = layer.config.get("dims")
        return isinstance(dims, (list, tuple)) and list(dims) == list(range(1, len(dims) + 1))
    if len(call.input_types) != 1:
        return False
    before, after = call.input_types[0].shape, call.output_types[0].shape
    fixed = before.dims is not None and all(isinstance(dim, int) for dim in before.dims[1:])
    return fixed and before == after


RULE = Rule(
    code="KER206",
    name="no-effect-layer",
    level="info",
    confirm="graph",
    summary="a layer that changes nothing: Dropout(0), pooling by 1, a reshape to the same shape",
    check=check,
    fix="safe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Activation, Dense, Dropout, Input

model = Sequential([
    Input((8,)),
    Dense(8, activation="relu"),
    Dropout(0.0),  # expect: KER206
    Dense(1),
    Activation("linear"),  # expect: KER206
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.MaxPooling2D((1, 1))(inputs)  # expect: KER206
x = layers.Reshape((28, 28, 1))(x)  # expect: KER206
x = layers.Concatenate()([x])  # expect: KER206
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((4, 3))
x = tf.keras.layers.Permute((1, 2))(inputs)  # expect: KER206
model = tf.keras.Model(inputs, tf.keras.layers.UpSampling1D(1)(x))  # expect: KER206
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Activation, Dense, Dropout, Input

model = Sequential([
    Input((8,)),
    Dense(8, activation="relu"),
    Dense(1),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = inputs
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((4, 3))
x = inputs
model = tf.keras.Model(inputs, x)
""",
    ),
    valid=(
        """\
import keras
from keras import layers


def block(x, rate=0.0):
    return layers.Dropout(rate)(layers.Dense(8)(x))


inputs = keras.Input((8,))
model = keras.Model(inputs, block(inputs))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.MaxPooling2D(1, strides=2)(inputs)
x = layers.Reshape((14, 14))(x)
model = keras.Model(inputs, layers.Permute((2, 1))(x))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
taps = []
x = inputs
for size in (1, 2):
    taps.append(layers.UpSampling2D(size)(layers.MaxPooling2D(size)(x)))
model = keras.Model(inputs, layers.Concatenate()(taps))
""",
    ),
)
