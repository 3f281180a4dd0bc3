"""One layer object stands several times in a stack, so that its weights are shared by mistake.

What it does
    Finds a layer with weights that is several times in one Sequential (``[Dense(64)] * 3``, or
    ``add`` called twice with the same object), one cell several times in RNN or StackedRNNCells,
    and one BatchNormalization reused down a functional model between layers that are not reused.

Why it matters
    Multiplying a list repeats the same object; it does not make new layers. The model looks three
    layers deep, but has the weights of one. A BatchNormalization reused like that mixes the
    statistics of different places. Keras builds all of this without a word.

When it stays silent
    For layers without weights (Dropout, activations, pooling), which are safe to reuse. For one
    layer on several inputs, branches or time steps. And for a layer called on its own result in a
    functional model, ``for _ in range(n): x = step(x)``: weights tied over depth are a known
    design, and such a model looks the same as a mistake. Where Keras refuses the second call,
    KER107 speaks.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Claim, Fix, Unshare
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    ancestors,
    call_span,
    display,
    every_call_known,
    has_weights,
    layer_span,
)

_WITH_CELLS = frozenset({"RNN", "StackedRNNCells"})


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each layer or cell that is shared by mistake."""
    if graph.kind == "fragment":
        return
    for layer in graph.layers.values():
        yield from _repeated_cells(rule, graph, layer)
        calls = graph.calls_of(layer)
        if len(calls) < 2 or any(call.problem is not None for call in calls):
            continue
        if not has_weights(layer):
            continue
        if graph.kind == "sequential":
            why = f"stands {len(calls)} times in this Sequential, but is one layer with one set"
        elif (
            layer.cls == "BatchNormalization"
            and every_call_known(graph)
            and _along_a_stack(graph, calls)
        ):
            why = f"is used {len(calls)} times down this model, but is one layer with one set"
        else:
            continue
        span = layer_span(layer)
        if span is not None:
            yield rule.finding(
                graph,
                span,
                f"{display(layer)} {why} of weights",
                call=calls[1],
                hint="make a new layer each time, for example in a loop or a list comprehension",
                related=_uses(graph, calls),
                fix=_fix(layer),
            )


def _along_a_stack(graph: LayerGraph, calls: list[CallNode]) -> bool:
    """Whether a layer's result comes back to it through weights that are used only there.

    If everything on the way is reused as well, the whole step is repeated on purpose.
    """
    if not every_call_known(graph):
        return False
    for later in calls:
        before = ancestors(graph, later)
        for earlier in calls:
            if earlier.id == later.id or earlier.id not in before:
                continue
            between = {
                key
                for key in before - {later.id, earlier.id}
                if earlier.id in ancestors(graph, graph.calls[key])
            }
            if any(
                has_weights(graph.layer_of(key)) and len(graph.calls_of(graph.layer_of(key))) == 1
                for key in between
            ):
                return True
    return False


def _repeated_cells(rule: Rule, graph: LayerGraph, layer: LayerNode) -> Iterator[Finding]:
    """Cells that are the same object, in this layer or in what it wraps."""
    if layer.cls in _WITH_CELLS:
        seen: list[LayerNode] = []
        reported: list[LayerNode] = []
        for cell in layer.wrapped:
            if any(_same_object(cell, other) for other in reported):
                continue
            if any(_same_object(cell, other) for other in seen):
                reported.append(cell)
                finding = _cell_finding(rule, graph, layer, cell)
                if finding is not None:
                    yield finding
            seen.append(cell)
    for inner in layer.wrapped:
        yield from _repeated_cells(rule, graph, inner)


def _same_object(first: LayerNode, second: LayerNode) -> bool:
    """Generated names are never given twice, so equal ones mean one object."""
    if first.id == second.id:
        return True
    return first.generated_name and second.generated_name and first.name == second.name


def _cell_finding(
    rule: Rule, graph: LayerGraph, holder: LayerNode, cell: LayerNode
) -> Finding | None:
    span = layer_span(cell)
    if span is None:
        return None
    count = sum(_same_object(cell, other) for other in holder.wrapped)
    where = layer_span(holder)
    return rule.finding(
        graph,
        span,
        f"{display(cell)} stands {count} times in {display(holder)}, but is one cell with one "
        f"set of weights",
        hint="make a new cell each time, for example [LSTMCell(32) for _ in range(3)]",
        fix=_fix(cell),
        related=(Related(where, f"{display(holder)} is made here"),) if where else (),
    )


def _fix(layer: LayerNode) -> Fix | None:
    """A list comprehension in place of ``[layer] * n``."""
    if layer.origin is None:
        return None
    claim = Claim(unshared=True)
    return Fix("make a new one each time", (Unshare(layer.origin.span),), safe=False, claim=claim)


def _uses(graph: LayerGraph, calls: list[CallNode]) -> tuple[Related, ...]:
    """The places where the layer is used, each once."""
    spans = dict.fromkeys(call_span(graph, call) for call in calls)
    return tuple(Related(span, "used here") for span in spans if span is not None)


RULE = Rule(
    code="KER203",
    name="accidentally-shared-layer",
    level="warning",
    confirm="graph",
    summary="one layer object stands several times in a stack and shares its weights by mistake",
    check=check,
    fix="unsafe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((64,))] + [Dense(64, activation="relu")] * 3)  # expect: KER203
""",
        """\
import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input((10, 16)))
lstm = layers.LSTM(16, return_sequences=True)  # expect: KER203
for _ in range(3):
    model.add(lstm)
""",
        """\
import keras
from keras import layers

norm = layers.BatchNormalization()  # expect: KER203
inputs = keras.Input((28, 28, 8))
x = layers.ReLU()(norm(layers.Conv2D(8, 3)(inputs)))
x = layers.ReLU()(norm(layers.Conv2D(8, 3)(x)))
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

cells = [tf.keras.layers.LSTMCell(16)] * 2  # expect: KER203
inputs = tf.keras.Input((10, 16))
model = tf.keras.Model(inputs, tf.keras.layers.RNN(cells)(inputs))
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((64,))] + [Dense(64, activation="relu") for _ in range(3)])
""",
        "",
        "",
        """\
import tensorflow as tf

cells = [tf.keras.layers.LSTMCell(16) for _ in range(2)]
inputs = tf.keras.Input((10, 16))
model = tf.keras.Model(inputs, tf.keras.layers.RNN(cells)(inputs))
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((64,))] + [Dense(64, activation="relu") for _ in range(3)])
""",
        """\
import keras
from keras import layers

step = layers.Dense(16, activation="tanh")
x = inputs = keras.Input((16,))
for _ in range(4):
    x = step(x)
model = keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers

drop, relu = layers.Dropout(0.2), layers.ReLU()
model = keras.Sequential([
    keras.Input((8,)), layers.Dense(8), relu, drop, layers.Dense(8), relu, drop,
])
""",
        """\
import keras
from keras import layers

norm = layers.BatchNormalization()
conv = layers.Conv2D(8, 3, padding="same")
a, b = keras.Input((28, 28, 8)), keras.Input((28, 28, 8))
model = keras.Model([a, b], layers.add([norm(conv(a)), norm(conv(b))]))
""",
    ),
)
