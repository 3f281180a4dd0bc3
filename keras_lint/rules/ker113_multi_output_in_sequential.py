"""A layer with several outputs stands inside a Sequential.

What it does
    Finds Sequential models in which a layer gives several tensors, such as an LSTM with
    ``return_state=True``, and the next one takes only one.

Why it matters
    A Sequential hands whatever a layer gives to the next layer. States that are returned for
    use in a functional model have no place to go there.

When it stays silent
    When the layer is the last one, or the next one accepts several tensors.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    call_span,
    display,
    layer_span,
    producer,
    refusals,
    refuser,
    several_outputs,
)


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding at each layer that gives more than the next one takes."""
    for problem, call, span in refusals(graph, "structure"):
        if call is None or not several_outputs(graph, call):
            continue
        source = producer(graph, call.all_inputs()[0])
        if source is None:
            continue
        giver = graph.layer_of(source)
        returns_state = giver.core.config.get("return_state") is True
        place = layer_span(giver) or call_span(graph, source) or span
        yield rule.finding(
            graph,
            place,
            f"{display(giver)} gives {len(call.all_inputs())} tensors, "
            f"but the {refuser(graph, problem, call)} after it takes one",
            call=call,
            expected=problem.root.expected,
            actual=problem.root.actual,
            hint="leave return_state out here"
            if returns_state
            else "make this model with the functional API",
            related=(Related(span, f"{refuser(graph, problem, call)} takes one tensor"),)
            if span != place
            else (),
        )


RULE = Rule(
    code="KER113",
    name="multi-output-in-sequential",
    level="error",
    confirm="raise",
    summary="a layer with several outputs stands before another one in a Sequential",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([
    Input((10, 4)),
    LSTM(8, return_state=True),  # expect: KER113
    Dense(1),
])
""",
        """\
import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input((10, 4)))
model.add(layers.GRU(8, return_sequences=True, return_state=True))  # expect: KER113
model.add(layers.GRU(8))
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.Input((10, 4)),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(8, return_state=True)),  # expect: KER113
    tf.keras.layers.Dense(1),
])
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Input, LSTM

encoder = Sequential([Input((10, 4)), LSTM(8, return_state=True)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 4))
x, h, c = layers.LSTM(8, return_state=True)(inputs)
model = keras.Model(inputs, layers.Dense(1)(x))
""",
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((10, 4)), LSTM(8), Dense(1)])
""",
    ),
)
