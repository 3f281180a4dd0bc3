"""One layer object is called on tensors that it cannot serve both.

What it does
    Finds the second call of a layer whose weights were made, by its first call, for another
    number of features or channels; and calls of a whole model on a shape other than it was made
    for.

Why it matters
    A layer makes its weights when it is first called. A Dense built for 10 features has a matrix
    with 10 rows and can never take 15.

When it stays silent
    When the lengths that matter agree: a Dense may see tensors of other ranks and a convolution
    images of other sizes. Recurrent layers and normalisation without a recorded width, which
    Keras 3 accepts while the model is being built and refuses only on data, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.model.findings import Finding, Related
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import call_span, display, layer_span


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each call that the weights made earlier do not fit."""
    for call in graph.problems():
        problem = call.problem
        span = call_span(graph, call)
        if problem is None or span is None:
            continue
        layer = graph.layer_of(call)
        of_model = problem.kind == "axis" and layer.model is not None
        if problem.root.kind != "built" and not of_model:
            continue
        root = problem.root
        first = _first_call(graph, call)
        if of_model:
            message = f"{display(layer)} is called on {root.actual}, but takes {root.expected}"
        elif first is not None and len(first.input_types) == 1:
            message = (
                f"{display(layer)} has its weights for {first.input_types[0].shape}, "
                f"so it cannot take {root.actual}"
            )
        else:
            message = (
                f"{display(layer)} already has its weights and cannot take {root.actual}: "
                f"it needs {root.expected}"
            )
        yield rule.finding(
            graph,
            span,
            message,
            call=call,
            expected=root.expected,
            actual=root.actual,
            hint=problem.hint
            or (
                "give it the shape it was made for"
                if of_model
                else "make a second layer for this tensor, or bring both to the same width first"
            ),
            related=_related(graph, call, first),
        )


def _first_call(graph: LayerGraph, call: CallNode) -> CallNode | None:
    """The call that built the layer, if it is in this model: the first that Keras accepts."""
    accepted = [other for other in graph.calls_of(call.layer) if other.problem is None]
    spans = {id(other): call_span(graph, other) for other in accepted}
    known = [other for other in accepted if spans[id(other)] is not None]
    return min(known, key=lambda other: spans[id(other)] or Span(0, 0, 0, 0), default=None)


def _related(graph: LayerGraph, call: CallNode, first: CallNode | None) -> tuple[Related, ...]:
    if first is not None:
        span = call_span(graph, first)
        return (Related(span, "it was first called, and built, here"),) if span else ()
    span = layer_span(graph.layer_of(call))
    return (Related(span, "it is made here"),) if span else ()


RULE = Rule(
    code="KER107",
    name="shared-layer-mismatch",
    level="error",
    confirm="raise",
    summary="one layer object is called on shapes that its weights cannot serve both",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

a, b = keras.Input(shape=(10,)), keras.Input(shape=(15,))
shared = layers.Dense(32)
x = shared(a)
y = shared(b)  # expect: KER107
model = keras.Model([a, b], layers.add([x, y]))
""",
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Input

conv = Conv2D(16, 3, padding="same")
model = Sequential()
model.add(Input((28, 28, 1)))
model.add(conv)
model.add(conv)  # expect: KER107
""",
        """\
import keras
from keras import layers

critic = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(1)])
image = keras.Input((32, 32, 1))
model = keras.Model(image, critic(image))  # expect: KER107
""",
    ),
    valid=(
        """\
import keras
from keras import layers

a, b = keras.Input(shape=(10,)), keras.Input(shape=(7, 10))
shared = layers.Dense(32)
model = keras.Model([a, b], [shared(a), shared(b)])
""",
        """\
import keras
from keras import layers

small, large = keras.Input((16, 16, 3)), keras.Input((64, 64, 3))
conv = layers.Conv2D(8, 3)
model = keras.Model([small, large], [conv(small), conv(large)])
""",
        """\
import keras
from keras import layers

base = keras.Sequential([keras.Input((None, 4)), layers.LSTM(8)])
a, b = keras.Input((5, 4)), keras.Input((9, 4))
model = keras.Model([a, b], layers.add([base(a), base(b)]))
""",
    ),
)
