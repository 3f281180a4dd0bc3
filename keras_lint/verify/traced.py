"""From what the child made of the ``call`` of a subclass to a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.compare import match
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.serialise import SchemaError, from_json
from keras_lint.model.findings import Finding, Verdict
from keras_lint.rules.base import Rule
from keras_lint.verify.judge import summary, unverified, with_origins, words

Answer = dict[str, Any]


def judge_traced(answer: Answer, finding: Finding, rule: Rule, analysis: FileAnalysis) -> Verdict:
    """Whether the same rule finds the same thing in what Keras makes of the ``call`` of a subclass.

    Args:
        answer: of the child, in which the last model is that one.
        finding: about a training call, in ``analysis``, whose model was traced.
        rule: that found it.
        analysis: of the file.
    """
    assert finding.step is not None
    traced = analysis.traced[finding.step]
    if not answer["ok"]:
        return unverified(f"fails earlier: {summary(answer)}", words(answer))
    try:
        built = _with_placeholders(from_json(answer["graphs"][-1]), traced)
    except SchemaError as error:
        return unverified(f"the built model cannot be read: {error}")
    pairs, lines = match(traced, built)
    if lines:
        return unverified(f"Keras builds another model than the source says: {lines[0]}")
    here = with_origins(built, traced, pairs)
    again = rule.findings(replace(analysis, traced={**analysis.traced, finding.step: here}))
    if any(other.code == finding.code and other.span == finding.span for other in again):
        return Verdict("confirmed", "also found in the model Keras built")
    return Verdict("refuted", "not found in the model Keras built")


def _with_placeholders(built: LayerGraph, traced: LayerGraph) -> LayerGraph:
    """The built model with its Inputs as what is passed to ``call``, which is no layer there."""
    layers = [
        replace(layer, cls="?", module="", config={}) if layer.cls == "InputLayer" else layer
        for layer in built.layers.values()
    ]
    calls = list(built.calls.values())
    return LayerGraph(traced.name, traced.kind, layers, calls, (), built.outputs)
