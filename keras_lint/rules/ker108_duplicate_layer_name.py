"""Two layers of one model have the same name.

What it does
    Finds models that hold two different layers with the same explicit ``name=``: a pasted line, a
    loop or a helper function with a fixed name inside.

Why it matters
    Keras finds layers, weights and outputs by name and refuses a model where a name is used
    twice.

When it stays silent
    When the layers belong to different models, when it is one layer called twice, when Keras
    makes the names itself, and when part of the model depends on a condition that is not known:
    the two layers may be alternatives.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Claim, Fix, SetValue
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import JOINED, layer_span, written


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding at the second layer of the name."""
    problem = graph.problem
    if problem is None or problem.kind != "name" or len(graph.problem_layers) < 2:
        return
    if any(layer.cls == JOINED for layer in graph.layers.values()):
        return  # the two may stand in branches of which only one runs
    first, second = (graph.layers.get(key) for key in graph.problem_layers[:2])
    if first is None or second is None:
        return
    span, twin = layer_span(second), layer_span(first)
    if span is None:
        return
    again = " again" if twin == span else ""
    yield rule.finding(
        graph,
        span,
        f"this {second.cls} is{again} called '{second.name}', but the model already has "
        f"{'one' if again else f'a {first.cls}'} of that name",
        expected=problem.expected,
        actual=problem.actual,
        hint="give each layer of a model a name of its own, or leave name= out",
        related=(Related(twin, f"the first '{first.name}'"),) if twin else (),
        fix=None if again else _fix(graph, second),
    )


def _fix(graph: LayerGraph, layer: LayerNode) -> Fix | None:
    """The same name with the next free number, as Keras numbers the names that it makes."""
    given = layer.origin.argument("name") if layer.origin is not None else None
    if given is None or not written(layer, "name"):
        return None
    taken = {other.name for other in graph.layers.values()}
    name = next(
        new for number in itertools.count(1) if (new := f"{layer.name}_{number}") not in taken
    )
    claim = Claim(layers=frozenset((layer.name, name)))
    return Fix(f'call it "{name}"', (SetValue(given, f'"{name}"'),), safe=False, claim=claim)


RULE = Rule(
    code="KER108",
    name="duplicate-layer-name",
    level="error",
    confirm="raise",
    summary="two different layers of one model have the same name",
    check=check,
    fix="unsafe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((8,)),
    Dense(8, name="hidden"),
    Dense(4, name="hidden"),  # expect: KER108
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(8, name="fc")(inputs)
x = layers.Dropout(0.5, name="fc")(x)  # expect: KER108
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf


def block(x):
    return tf.keras.layers.Dense(16, name="block")(x)  # expect: KER108


inputs = tf.keras.Input((16,))
model = tf.keras.Model(inputs, block(block(inputs)))
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((8,)),
    Dense(8, name="hidden"),
    Dense(4, name="hidden_1"),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(8, name="fc")(inputs)
x = layers.Dropout(0.5, name="fc_1")(x)
model = keras.Model(inputs, x)
""",
        "",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

one = Sequential([Input((8,)), Dense(8, name="hidden")])
two = Sequential([Input((8,)), Dense(8, name="hidden")])
""",
        """\
import keras
from keras import layers

a, b = keras.Input((8,)), keras.Input((8,))
shared = layers.Dense(8, name="shared")
model = keras.Model([a, b], [shared(a), shared(b)])
""",
        """\
import keras
from keras import layers

x = inputs = keras.Input((8,))
for index in range(3):
    x = layers.Dense(8, name=f"fc{index}")(x)
model = keras.Model(inputs, x)
""",
    ),
)
