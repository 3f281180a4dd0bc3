"""An activation directly on another that leaves nothing for it.

What it does
    Finds pairs such as softmax on softmax, ReLU on softmax or sigmoid on ReLU, where the first is
    the ``activation=`` of a layer, or an activation layer, and the second directly follows.

Why it matters
    ReLU after softmax, sigmoid or ReLU changes nothing. Softmax or sigmoid on top of another
    squeezes the probabilities together, so that the model cannot be sure of anything; sigmoid on
    ReLU gives never less than one half.

When it stays silent
    For all other pairs, when the first layer's output is used elsewhere too, when the two were
    written in different functions, and for two equal activation layers, which KER201 reports.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Fix
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    activation_of,
    call_span,
    display,
    dropped,
    every_call_known,
    only_source,
    same_function,
)

_PAIRS = {
    ("relu", "relu"): "changes nothing, its input is not negative",
    ("relu", "sigmoid"): "gives never less than one half, its input is not negative",
    ("sigmoid", "relu"): "changes nothing, its input is not negative",
    ("sigmoid", "sigmoid"): "squeezes what is a probability already between 0.5 and 0.73",
    ("sigmoid", "softmax"): "squeezes what are probabilities already together",
    ("softmax", "relu"): "changes nothing, its input is not negative",
    ("softmax", "sigmoid"): "squeezes what are probabilities already between 0.5 and 0.73",
    ("softmax", "softmax"): "squeezes what are probabilities already together",
}
_PURE = frozenset(("Activation", "ReLU", "Softmax"))


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each second activation of such a pair."""
    if graph.kind == "fragment" or (graph.kind != "sequential" and not every_call_known(graph)):
        return
    for call in graph.calls.values():
        second = graph.layer_of(call)
        if second.cls not in _PURE or not _plain(second):
            continue
        before = only_source(graph, call)
        if before is None:
            continue
        first = graph.layer_of(before)
        pair = (activation_of(first) or "", activation_of(second) or "")
        span, twin = call_span(graph, call), call_span(graph, before)
        if pair not in _PAIRS or span is None or first.cls == second.cls or not _plain(first):
            continue
        if first.core is not first or not same_function(before, call):
            continue
        yield rule.finding(
            graph,
            span,
            f"{pair[1]} directly on the {pair[0]} of {display(first)} {_PAIRS[pair]}",
            call=call,
            hint="keep one of the two activations",
            related=(Related(twin, f"{pair[0]} is applied here"),) if twin else (),
            fix=_fix(graph, second, pair),
        )


def _fix(graph: LayerGraph, second: LayerNode, pair: tuple[str, str]) -> Fix | None:
    """The second one goes where it adds nothing; which of two others was meant is not known."""
    if pair[0] != pair[1] and pair[1] != "relu":
        return None
    return dropped(graph, second, safe=False)


def _plain(layer: LayerNode) -> bool:
    """Whether an activation layer is the function of its name: a leaky ReLU is not."""
    if layer.cls == "Softmax":
        return layer.config.get("axis") == -1
    if layer.cls == "ReLU":
        return layer.config.get("negative_slope") == 0 and layer.config.get("threshold") == 0
    return True


RULE = Rule(
    code="KER207",
    name="stacked-activations",
    level="warning",
    confirm="graph",
    summary="an activation directly on another that leaves nothing for it",
    check=check,
    fix="unsafe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Activation, Dense, Input

model = Sequential([
    Input((8,)),
    Dense(3, activation="softmax"),
    Activation("softmax"),  # expect: KER207
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu")(inputs)
x = layers.ReLU()(x)  # expect: KER207
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((8,)))
model.add(tf.keras.layers.Dense(1, activation="relu"))
model.add(tf.keras.layers.Activation("sigmoid"))  # expect: KER207
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Activation, Dense, Input

model = Sequential([
    Input((8,)),
    Dense(3, activation="softmax"),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu")(inputs)
model = keras.Model(inputs, x)
""",
        "",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Activation, Dense, Input

model = Sequential([Input((8,)), Dense(3), Activation("softmax")])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu")(inputs)
x = layers.BatchNormalization()(x)
x = layers.ReLU()(x)
model = keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers

inputs = keras.Input((16,))
gate = layers.Dense(4, activation="relu")(inputs)
gate = layers.Dense(16, activation="sigmoid")(gate)
model = keras.Model(inputs, layers.Activation("tanh")(layers.ReLU()(layers.Dense(3)(gate))))
""",
    ),
)
