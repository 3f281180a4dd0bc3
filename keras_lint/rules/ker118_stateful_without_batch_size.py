"""A stateful recurrent layer does not know the batch size.

What it does
    Finds recurrent layers with ``stateful=True`` on an input whose batch size is open.

Why it matters
    A stateful layer keeps one state for each sample of the batch from one batch to the next, so it
    must know how many there are.

When it stays silent
    When the batch size is given, or not known to the analysis.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each stateful layer on an open batch."""
    for problem, call, span in refusals(graph, "undefined"):
        root = problem.root
        if root.argument != "stateful":
            continue
        yield rule.finding(
            graph,
            span,
            f"{refuser(graph, problem, call)} is stateful and gets {root.actual}: "
            "the batch size must be known",
            call=call,
            expected=root.expected,
            actual=root.actual,
            hint="give the Input batch_shape=(batch, ...) or batch_size=, or leave stateful out",
        )


RULE = Rule(
    code="KER118",
    name="stateful-without-batch-size",
    level="error",
    confirm="raise",
    summary="a recurrent layer with stateful=True has an open batch size",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([
    Input((10, 4)),
    LSTM(8, stateful=True),  # expect: KER118
    Dense(1),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((None, 4))
outputs = layers.GRU(8, stateful=True)(inputs)  # expect: KER118
model = keras.Model(inputs, outputs)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((10, 4))
outputs = tf.keras.layers.SimpleRNN(8, stateful=True)(inputs)  # expect: KER118
model = tf.keras.Model(inputs, outputs)
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input(batch_shape=(32, 10, 4)), LSTM(8, stateful=True), Dense(1)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((None, 4), batch_size=1)
model = keras.Model(inputs, layers.GRU(8, stateful=True)(inputs))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((None, 4))
model = keras.Model(inputs, layers.GRU(8, stateful=False)(inputs))
""",
    ),
)
