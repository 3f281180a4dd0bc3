"""From a finding about a graph to a verdict; and verification as a whole."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.rules.base import Rule
from keras_lint.verify import Verifier

from .helpers import BROKEN, FINE, RULES, findings_of

pytestmark = pytest.mark.keras


def test_the_same_rule_finds_it_in_the_built_model(verdicts):
    found = verdicts(
        """
        import keras
        from keras import layers
        def tower(x, units):
            return layers.Dense(units)(layers.Dropout(0.5)(x))
        a = keras.Input((3,))
        model = keras.Model(a, layers.add([tower(a, 200), tower(a, 200)]))
        small = keras.Sequential([keras.Input((2,)), layers.Dense(300), layers.Dense(3)])
        """,
        "KER902",
    )
    assert [verdict.status for verdict in found] == ["confirmed"] * 3
    assert found[0].reason == "also found in the model Keras built"


def test_models_made_in_a_loop_are_told_apart(verdicts):
    found = verdicts(
        """
        import keras
        for n in (50, 150):
            m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(n), keras.layers.Dense(1)])
        """,
        "KER902",
    )
    assert [verdict.status for verdict in found] == ["confirmed"]


def test_a_sequential_without_input_shape(verdicts):
    found = verdicts(
        """
        import keras
        from keras.layers import Dense
        m = keras.Sequential([Dense(200), Dense(1)])
        """,
        "KER902",
    )
    assert [verdict.status for verdict in found] == ["confirmed"]


def test_models_made_in_comprehensions(verdicts):
    found = verdicts(
        """
        import keras
        def make(n):
            return keras.Sequential([keras.Input((2,)), keras.layers.Dense(n)])
        models = [make(n) for n in (50, 150)]
        more = list(make(n) for n in (150, 250))
        """,
        "KER902",
    )
    assert [verdict.status for verdict in found] == ["confirmed"] * 3, found


def test_a_function_nobody_calls(verdicts):
    found = verdicts(
        """
        import keras
        def build(width, name="m"):
            x = keras.Input((width,))
            return keras.Model(x, keras.layers.Dense(200)(x), name=name)
        """,
        "KER902",
    )
    assert [verdict.status for verdict in found] == ["confirmed"]


def test_a_difference_is_said_and_confirms_nothing(verifier, program):
    text, analysis = program(
        """
        import keras
        m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(200), keras.layers.Dense(1)])
        """
    )
    findings = findings_of(analysis, "KER902")
    other = text.replace("Dense(1)", "Dense(2)")
    (finding,) = verifier.verify(other, analysis, findings, RULES)
    assert finding.verdict.status == "unverified"
    assert finding.verdict.reason.endswith("params 201 in source, 402 as built")


def test_not_in_the_built_model_is_refuted(verifier, program):
    text, analysis = program(FINE)
    source = analysis.graphs[0]

    def only_from_source(rule, graph):
        if graph is source:
            yield rule.finding(graph, source.origin.span, "only in source")

    rule = Rule("KER904", "x", "warning", "graph", "", only_from_source)
    findings = [replace(finding, graph=0) for finding in only_from_source(rule, source)]
    (finding,) = verifier.verify(text, analysis, findings, {"KER904": rule})
    assert finding.verdict.status == "refuted"


def test_rules_that_building_cannot_decide(verdicts):
    found = verdicts(
        """
        import keras
        m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(200)])
        """,
        "KER903",
    )
    assert [verdict.status for verdict in found] == ["unverified"]


# -- the whole -------------------------------------------------------------------------------------


def test_one_build_serves_findings_that_share_it(program):
    text, analysis = program(
        """
        import keras
        from keras.layers import Dense
        m = keras.Sequential([keras.Input((2,)), Dense(200), Dense(300), Dense(400)])
        """
    )
    findings = findings_of(analysis, "KER902")
    asked = []
    with Verifier(time_limit=60) as verifier:
        original = verifier.session.ask
        verifier.session.ask = lambda *args: asked.append(1) or original(*args)
        verified = verifier.verify(text, analysis, findings, RULES)
    assert [f.verdict.status for f in verified] == ["confirmed"] * 3
    assert len(asked) == 1


def test_without_tensorflow_everything_is_unverified(program, tmp_path):
    text, analysis = program(BROKEN)
    findings = findings_of(analysis, "KER901")
    # An interpreter that finds no packages at all, standing in for a bare environment.
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    with Verifier(str(bare)) as verifier:
        assert verifier.available() == (False, "TensorFlow not installed")
        (finding,) = verifier.verify(text, analysis, findings, RULES)
    assert finding.verdict.status == "unverified"
    assert finding.verdict.reason == "TensorFlow not installed"


def test_built_models_equal_the_source(verifier, program):
    text, analysis = program(
        """
        import numpy as np
        import keras
        from keras import layers
        x_train = np.zeros((60, 28, 28))
        shape = x_train.shape[1:]
        inputs = keras.Input(shape)
        x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(inputs)
        x = layers.TimeDistributed(layers.Dense(3))(x) * 2.0
        encoder = keras.Model(inputs, x, name="encoder")
        again = keras.Input(shape)
        y = layers.Flatten()(encoder(again))
        model = keras.Model(again, layers.Dense(x_train.shape[2])(y))
        """
    )
    for index, graph in enumerate(analysis.graphs):
        built = verifier.built(text, analysis, index)
        assert isinstance(built, LayerGraph), built
        assert graph.followed
        assert difference(graph, built) == []
