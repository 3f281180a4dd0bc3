"""Rules and doctored graphs for the tests of verdicts."""

from __future__ import annotations

from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.rules.base import Rule


def refused(rule, graph):
    """A finding for everything Keras will refuse."""
    if graph.problem is not None:
        yield rule.finding(graph, graph.origin.span, "the model")
    for call in graph.problems():
        yield rule.finding(graph, call.origin.span, call.problem.layer, call=call)


def wide(rule, graph):
    """A finding for every Dense with more than 100 units, at its construction."""
    for call in graph.calls.values():
        layer = graph.layer_of(call)
        if layer.cls == "Dense" and layer.config["units"] > 100:
            yield rule.finding(graph, layer.origin.span, "wide", call=call)


RULES = {
    "KER901": Rule("KER901", "refused", "error", "raise", "", refused),
    "KER902": Rule("KER902", "wide", "warning", "graph", "", wide),
    "KER903": Rule("KER903", "elsewhere", "warning", "api", "", wide),
}


def findings_of(analysis, code):
    rule = RULES[code]
    return [
        replace(finding, graph=index)
        for index, graph in enumerate(analysis.graphs)
        for finding in rule.check(rule, graph)
    ]


def doctored(analysis, cls, problem, *, name=None):
    """The analysis with a problem claimed of the first call of a layer class."""
    graphs = []
    for graph in analysis.graphs:
        calls = [
            replace(call, problem=problem) if graph.layer_of(call).cls == cls else call
            for call in graph.calls.values()
        ]
        graphs.append(
            LayerGraph(
                name or graph.name,
                graph.kind,
                graph.layers.values(),
                calls,
                graph.inputs,
                graph.outputs,
                origin=graph.origin,
                generated_name=graph.generated_name,
            )
        )
    return FileAnalysis(tuple(graphs), analysis.lost, analysis.known_values)


FINE = """\
import keras
from keras import layers
x = keras.Input((5, 3))
y = layers.LSTM(4)(x)
z = layers.Dense(2)(y)
model = keras.Model(x, z)
"""

LOOP = """\
import keras
x = inputs = keras.Input((5, 3))
for _ in range(3):
    x = keras.layers.LSTM(3, return_sequences=True)(x)
model = keras.Model(inputs, x)
"""

BROKEN = """\
import keras
from keras import layers
x = keras.Input((5,))
y = layers.LSTM(4)(x)
"""
