"""A model has more parameters than the project allows.

What it does
    Finds models with more parameters than ``max-parameters`` in the settings says, and names the
    layer that has most of them.

Why it matters
    A model that must fit a device or a time limit has a budget. One Dense after a large Flatten
    often takes most of it.

When it stays silent
    When no limit is set, and for models whose number of parameters is not known. To set
    ``max-parameters`` turns it on; the examples are for a limit of 1000.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.findings import Finding, Question, Related
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import display, layer_span


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each model above the limit."""
    limit = options.max_parameters
    if limit is None:
        return
    for index, graph in enumerate(analysis.graphs):
        total = graph.total_params
        if graph.origin is None or not isinstance(total, int) or total <= limit:
            continue
        largest = _largest(graph)
        place = None if largest is None else layer_span(largest)
        related: tuple[Related, ...] = ()
        if largest is not None and place is not None:
            related = (Related(place, f"{display(largest)} has {_count(largest):,} of them"),)
        yield replace(
            rule.finding(
                graph,
                graph.origin.span,
                f"the model '{graph.name}' has {total:,} parameters, more than the {limit:,} "
                "that are allowed",
                expected=f"at most {limit:,} parameters",
                actual=f"{total:,}",
                hint="make it smaller, or raise max-parameters",
                related=related,
            ),
            graph=index,
            question=Question("parameters", graph.name, (str(limit),)),
        )


def _largest(graph: LayerGraph) -> LayerNode | None:
    return max(graph.layers.values(), key=_count, default=None)


def _count(layer: LayerNode) -> int:
    return layer.params if isinstance(layer.params, int) else 0


RULE = Rule(
    code="KER215",
    name="parameter-budget",
    level="info",
    confirm="graph",
    summary="a model above the number of parameters that the settings allow",
    check_file=check_file,
    default=False,
    option="max_parameters",
    example_options=Options(max_parameters=1000),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((100,)), Dense(64, activation="relu"), Dense(1)])  # expect: KER215
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28))
model = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(inputs)))  # expect: KER215
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential()  # expect: KER215
model.add(tf.keras.Input((20,)))
model.add(tf.keras.layers.Embedding(1000, 8))
model.add(tf.keras.layers.Flatten())
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((10,)), Dense(64, activation="relu"), Dense(1)])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((30, 30))
model = keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling1D()(inputs)))
""",
        """\
import tensorflow as tf

shared = tf.keras.layers.Dense(20)
a, b = tf.keras.Input((30,)), tf.keras.Input((30,))
model = tf.keras.Model([a, b], shared(a) + shared(b))
""",
    ),
)
