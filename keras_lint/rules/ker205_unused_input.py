"""A model has an Input that none of its outputs depends on.

What it does
    Finds functional models with an Input among ``inputs`` from which no way leads to an output.

Why it matters
    The model asks for data that it does not use. Usually a branch was left out of the merge, or
    the wrong tensor was passed on.

When it stays silent
    When a part of the model is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding, Related
from keras_lint.model.tensors import flatten
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import JOINED, ancestors, call_span, every_call_known


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each Input that leads nowhere."""
    if graph.kind != "functional" or graph.problem is not None or not every_call_known(graph):
        return
    outputs = [graph.calls.get(ref.call) for ref in flatten(graph.outputs)]
    used: set[str] = set()
    for call in outputs:
        if call is None:
            return
        used |= ancestors(graph, call)
    if not used or any(graph.layer_of(key).cls == JOINED for key in used):
        return
    for ref in flatten(graph.inputs):
        source = graph.calls.get(ref.call)
        if source is None or source.id in used or graph.origin is None:
            continue
        span = call_span(graph, source)
        if span is None:
            continue
        yield rule.finding(
            graph,
            span,
            f"no output of the model depends on its input '{graph.layer_of(source).name}'",
            call=source,
            hint="connect it, or leave it out of inputs=",
            related=(Related(graph.origin.span, "the model it is an input of"),),
        )


RULE = Rule(
    code="KER205",
    name="unused-input",
    level="warning",
    confirm="graph",
    summary="an Input that no output of the model depends on",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

text = keras.Input((64,), name="text")
image = keras.Input((128,), name="image")  # expect: KER205
x = layers.Dense(32, activation="relu")(text)
y = layers.Dense(32, activation="relu")(image)
model = keras.Model([text, image], layers.Dense(1)(x))
""",
        """\
from keras import Input, Model
from keras.layers import Dense, concatenate

a = Input((4,))  # expect: KER205
b = Input((4,))
joined = concatenate([b, b])
model = Model(inputs=[a, b], outputs=Dense(1)(joined))
""",
        """\
import tensorflow as tf

a = tf.keras.Input((4,), name="a")
b = tf.keras.Input((4,), name="b")  # expect: KER205
model = tf.keras.Model({"a": a, "b": b}, a + a)
""",
    ),
    valid=(
        """\
import keras
from keras import layers

text = keras.Input((64,), name="text")
image = keras.Input((128,), name="image")
joined = layers.Concatenate()([text, image])
model = keras.Model([text, image], layers.Dense(1)(joined))
""",
        """\
import keras
from keras import layers

a, b = keras.Input((4,)), keras.Input((4,))
model = keras.Model([a, b], [layers.Dense(1)(a), b])
""",
        """\
import keras
from keras import layers

a, b = keras.Input((4,)), keras.Input((4,))
one = keras.Model(a, layers.Dense(1)(a))
two = keras.Model([a, b], layers.Add()([one(a), layers.Dense(1)(b)]))
""",
    ),
)
