"""The outputs of a model do not come from its inputs.

What it does
    Finds ``keras.Model(inputs, outputs)`` whose outputs depend on an Input that is not among
    ``inputs``, and models that are given a layer in place of an input tensor.

Why it matters
    Keras walks back from the outputs and must end at the inputs. Typical causes are an Input that
    was made anew and not used, two inputs of which one was forgotten, and a name used twice.

When it stays silent
    When an input is not known, and when the tensor depends on a condition that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import layer_span, refusals


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each model that hangs on something else than its inputs."""
    for problem, call, span in refusals(graph, "disconnected", "not-called"):
        if call is not None or problem.argument != "inputs":
            continue
        if problem.kind == "not-called" and problem.layer != "Functional":
            continue  # KER110
        missing = [graph.layers[key] for key in graph.problem_layers if key in graph.layers]
        places = [(layer, layer_span(layer)) for layer in missing]
        if problem.kind == "disconnected":
            message = f"this model has {problem.actual}"
            hint = problem.hint or (
                "put that Input among inputs=, or start from the one that is there"
            )
        else:
            message = f"this model gets {problem.actual} as input, not a tensor"
            hint = "start from keras.Input(shape=...), or from the layer's .output"
        yield rule.finding(
            graph,
            span,
            message,
            expected=problem.expected,
            actual=problem.actual,
            hint=hint,
            related=tuple(
                Related(place, f"the Input '{layer.name}'")
                for layer, place in places
                if place is not None
            ),
        )


RULE = Rule(
    code="KER109",
    name="disconnected-model",
    level="error",
    confirm="raise",
    summary="the outputs of a model do not derive from its inputs",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input((10,))
x = layers.Dense(8)(inputs)
inputs = keras.Input((10,))
model = keras.Model(inputs, layers.Dense(1)(x))  # expect: KER109
""",
        """\
from keras import Input, Model
from keras.layers import Concatenate, Dense

text, image = Input((64,)), Input((128,))
joined = Concatenate()([text, image])
model = Model(inputs=text, outputs=Dense(2)(joined))  # expect: KER109
""",
        """\
import tensorflow as tf

first = tf.keras.layers.Dense(8)
inputs = tf.keras.Input((4,))
model = tf.keras.Model(first, first(inputs))  # expect: KER109
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10,))
hidden = layers.Dense(8)(inputs)
model = keras.Model(hidden, hidden)  # expect: KER109
""",
        """\
import keras
from keras import layers

base = keras.Sequential([keras.Input((10,))])
model = keras.Model(base.inputs, layers.Dense(1)(base.outputs[0]))  # expect: KER109
""",
    ),
    valid=(
        """\
import keras
from keras import layers

a, b = keras.Input((10,)), keras.Input((10,))
model = keras.Model([a, b], layers.Add()([a, b]))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10,))
hidden = layers.Dense(8)(inputs)
outputs = layers.Dense(1)(hidden)
head = keras.Model(hidden, outputs)
""",
        """\
import keras
from keras import layers

base = keras.Sequential([keras.Input((10,)), layers.Dense(4)])
model = keras.Model(base.inputs, layers.Dense(1)(base.outputs[0]))
""",
    ),
)
