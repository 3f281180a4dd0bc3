"""Deliberately wrong rules and shape functions: TensorFlow says so, and where the graphs differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keras_lint.engine import check_bytes, verify
from keras_lint.keras_api.layers.reshaping import Flatten
from keras_lint.model.tensors import Shape
from keras_lint.rules.base import Rule
from keras_lint.settings import Settings
from keras_lint.source.reader import with_deep_stack
from keras_lint.verify import Verifier

from .helpers import RULES, findings_of

pytestmark = pytest.mark.keras

CONVOLUTIONAL = """\
import keras
from keras import layers
inputs = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3)(inputs)
x = layers.Flatten()(x)
x = layers.Dense(10)(x)
x = layers.Reshape((5, 2))(x)
model = keras.Model(inputs, layers.Dense(200)(x))
"""


def checked(text):
    return with_deep_stack(lambda: check_bytes(text, "program.py", Settings()))


def test_a_wrong_shape_function_is_refuted_where_it_makes_a_finding(verifier, monkeypatch):
    """Flatten that leaves its input as it is: the layer after it would refuse that."""

    def wrong(self, config, x):
        del self, config
        return x

    monkeypatch.setattr(Flatten, "output", wrong)
    text = CONVOLUTIONAL.replace("Dense(10)", "RepeatVector(10)")
    result = verify(checked(text), verifier)
    (finding,) = [f for f in result.findings if f.code == "KER102"]
    assert finding.verdict.status == "refuted", finding.verdict
    assert finding.verdict.reason == (
        "TensorFlow builds it; Keras builds another model than the source says: "
        "layer Flatten 'flatten': output (None, 6, 6, 4) in source, (None, 144) as built"
    )


def test_a_wrong_shape_function_spoils_every_graph_verdict(verifier, program, monkeypatch):
    """Flatten that counts one too many: the finding about another layer is not confirmed."""
    right = Flatten.output

    def wrong(self, config, x):
        batch, rest = right(self, config, x).dims
        return Shape((batch, rest + 1))

    monkeypatch.setattr(Flatten, "output", wrong)
    text, analysis = program(CONVOLUTIONAL)
    (finding,) = verifier.verify(text, analysis, findings_of(analysis, "KER902"), RULES)
    assert finding.verdict.status == "unverified"
    assert finding.verdict.reason == (
        "Keras builds another model than the source says: "
        "layer Flatten 'flatten': output (None, 145) in source, (None, 144) as built"
    )


def test_a_true_finding_behind_a_wrong_shape_is_not_confirmed(verifier, monkeypatch):
    """The layer does fail, but not on what the source says it gets: say so."""
    right = Flatten.output

    def wrong(self, config, x):
        batch, rest = right(self, config, x).dims
        return Shape((batch, rest + 1))

    monkeypatch.setattr(Flatten, "output", wrong)
    text = CONVOLUTIONAL.replace("(5, 2)", "(5, 3)")
    result = verify(checked(text), verifier)
    assert result.findings
    for finding in result.findings:
        assert finding.verdict.status == "unverified", finding.verdict
        assert "layer Flatten 'flatten': output (None, 145) in source" in finding.verdict.reason


def test_a_wrong_rule_about_the_built_graph_is_refuted(verifier, program):
    """It tells layers apart by what only the source's graph has: a rule of the wrong kind."""

    def check(rule, graph):
        for call in graph.calls.values():
            origin = graph.layer_of(call).origin
            if origin is not None and graph is source:
                yield rule.finding(graph, origin.span, "wrong", call=call)

    text, analysis = program(CONVOLUTIONAL)
    source = analysis.graphs[0]
    rule = Rule("KER905", "wrong", "warning", "graph", "", check)
    findings = [replace(finding, graph=0) for finding in check(rule, source)]
    assert len(findings) == 6
    for finding in verifier.verify(text, analysis, findings, {"KER905": rule}):
        assert finding.verdict.status == "refuted"
        assert finding.verdict.reason == "not found in the model Keras built"


def test_a_wrong_rule_about_refusals_is_not_believed(verifier, program):
    """A rule that calls every layer refused, in a model that builds and in one that does not."""

    def check(rule, graph):
        for call in graph.calls.values():
            if call.origin is not None:
                yield rule.finding(graph, call.origin.span, "wrong", call=call)

    rule = Rule("KER906", "wrong", "error", "raise", "", check)
    for text in (CONVOLUTIONAL, CONVOLUTIONAL.replace("(5, 2)", "(5, 3)")):
        text, analysis = program(text)
        findings = [
            replace(f, graph=index)
            for index, graph in enumerate(analysis.graphs)
            for f in check(rule, graph)
        ]
        confirmed = [
            finding
            for finding in verifier.verify(text, analysis, findings, {"KER906": rule})
            if finding.verdict.status == "confirmed"
        ]
        broken = "(5, 3)" in text
        assert [f.span.line for f in confirmed] == ([7] if broken else [])


NAMESAKE = """\
import keras
from keras import layers
class LSTM(layers.Layer):
    def call(self, x):
        raise ValueError("expected ndim=3, found ndim=2. Full shape received: (None, 4)")
x = keras.Input((4,))
y = layers.LSTM(4)(x)
"""


def test_a_namesake_of_the_programs_confirms_nothing(verifier, program):
    """The source's graph means Keras's layer; what fails is a class of the program's."""
    text, analysis = program(NAMESAKE)
    findings = findings_of(analysis, "KER901")[:1]
    other = text.replace("layers.LSTM(4)(x)", "LSTM        ()(x)")
    (finding,) = verifier.verify(other, analysis, findings, RULES)
    assert finding.verdict.status == "unverified", finding.verdict
    assert finding.verdict.reason.startswith(("fails in another layer", "fails earlier"))


def test_verifying_twice_gives_the_same(program):
    text, analysis = program(CONVOLUTIONAL.replace("(5, 2)", "(5, 3)"))
    findings = findings_of(analysis, "KER901")
    with Verifier(time_limit=60) as verifier:
        first = verifier.verify(text, analysis, findings, RULES)
        assert verifier.verify(text, analysis, findings, RULES) == first
