"""From a finding to a verdict, through real TensorFlow."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import TensorType, shape
from keras_lint.rules.base import Rule
from keras_lint.verify import Verifier

pytestmark = pytest.mark.keras


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


@pytest.fixture
def verdicts(verifier, program):
    """Verdicts on a program under one rule."""

    def give(text, code="KER901"):
        text, analysis = program(text)
        findings = findings_of(analysis, code)
        assert findings, [graph.lost for graph in analysis.graphs]
        verified = verifier.verify(text, analysis, findings, RULES)
        assert [f.span for f in verified] == [f.span for f in findings]
        return [finding.verdict for finding in verified]

    return give


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


# -- findings that must raise ----------------------------------------------------------------------

CONFIRMED = {
    "functional": """
        from keras import Input, layers
        x = layers.LSTM(4)(Input((5, 3)))
        y = layers.LSTM(4)(x)
    """,
    "sequential list": """
        import numpy as np
        from tensorflow import keras
        x = np.load("data.npy")
        model = keras.Sequential([
            keras.Input((5, 3)),
            keras.layers.Dense(3),
            keras.layers.Conv2D(4, 3),
        ])
        model.fit(x, x)
    """,
    "sequential add": """
        import keras
        from keras.layers import LSTM, Dense
        model = keras.Sequential()
        model.add(LSTM(4, input_shape=(5, 3)))
        model.add(LSTM(4))
        model.add(Dense(1))
        model.summary()
    """,
    "helper in a loop": """
        import keras
        from keras import layers
        def block(x, units):
            x = layers.GRU(units)(x)
            return layers.Dropout(0.2)(x)
        x = keras.Input((5, 3))
        for units in (4, 5):
            x = block(x, units)
    """,
    "shared layer": """
        import keras
        from keras import layers
        a, b = keras.Input((10,)), keras.Input((15,))
        dense = layers.Dense(32)
        x = dense(a)
        y = dense(b)
        keras.Model([a, b], layers.concatenate([x, y]))
    """,
    "wrapped": """
        import keras
        from keras import layers
        x = keras.Input((10, 128))
        y = layers.TimeDistributed(layers.Conv1D(16, 3, padding="same"))(x)
    """,
    "operator": """
        import keras
        a = keras.Input((3,))
        b = keras.Input((4,))
        c = keras.layers.Dense(1)(a) + keras.layers.Add()([a, b])
    """,
    "function nobody calls": """
        import keras
        def block(x, units):
            return keras.layers.GRU(units)(x)
        def build(width, units, depth=2):
            x = inputs = keras.Input((width, UNITS))
            for _ in range(depth):
                x = block(x, units)
            return keras.Model(inputs, x)
        UNITS = 3
    """,
    "comprehensions": """
        import keras
        from keras import layers
        x = keras.Input((4, 6))
        def heads(x):
            return [layers.LSTM(n)(layers.Flatten()(x)) for n in (2,)]
        y = {n: h for n in (1,) for h in heads(x)}
    """,
    "main": """
        import argparse, keras
        def main():
            model = keras.Sequential()
            model.add(keras.Input((3,)))
            model.add(keras.layers.LSTM(3))
            model.fit(open("x"))
        if __name__ == "__main__":
            main()
    """,
}


@pytest.mark.parametrize("text", CONFIRMED.values(), ids=CONFIRMED)
def test_confirmed_with_the_words_of_tensorflow(verdicts, text):
    (verdict,) = verdicts(text)
    assert verdict.status == "confirmed", verdict
    assert verdict.evidence.startswith("ValueError: ")


UNVERIFIED = {
    "data of unknown width": (
        """
        import keras
        from mylib import width
        x = keras.layers.Dense(width())(keras.Input((3, 4)))
        y = keras.layers.Conv2D(3, 3)(x)
        """,
        "needs mylib.width, line 2",
    ),
    "function that cannot be called": (
        """
        import functools, keras
        @functools.lru_cache
        def build():
            x = keras.Input((3,))
            return keras.layers.LSTM(3)(x)
        """,
        "the function build is never called here",
    ),
}


@pytest.mark.parametrize(("text", "reason"), UNVERIFIED.values(), ids=UNVERIFIED)
def test_unverified_and_why(verdicts, text, reason):
    (verdict,) = verdicts(text)
    assert verdict.status == "unverified"
    assert verdict.reason.startswith(reason), verdict


FINE = """\
import keras
from keras import layers
x = keras.Input((5, 3))
y = layers.LSTM(4)(x)
z = layers.Dense(2)(y)
model = keras.Model(x, z)
"""


def claim(**changes):
    problem = Problem("rank", "LSTM", "rank 3", "(None, 4)", (TensorType(shape(None, 4)),))
    return replace(problem, **changes)


def judge(verifier, program, text, cls, problem):
    text, analysis = program(text)
    analysis = doctored(analysis, cls, problem)
    (finding,) = findings_of(analysis, "KER901")
    return verifier.verify(text, analysis, [finding], RULES)[0].verdict


def test_a_false_claim_is_refuted(verifier, program):
    verdict = judge(verifier, program, FINE, "LSTM", claim())
    assert (verdict.status, verdict.reason) == ("refuted", "TensorFlow builds it")


def test_a_call_that_does_not_happen_refutes_nothing(verifier, program):
    _, analysis = program(FINE)
    analysis = doctored(analysis, "LSTM", claim())
    (finding,) = findings_of(analysis, "KER901")
    other = FINE.replace("y = layers.LSTM(4)(x)", "y = layers.GRU(44)(x)")
    verdict = verifier.verify(other, analysis, [finding], RULES)[0].verdict
    assert (verdict.status, verdict.reason) == (
        "unverified",
        "the call did not happen in the replay",
    )


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


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (claim(exceptions=("TypeError",)), "fails otherwise: line 4: ValueError"),
        (claim(layer="GRU"), None),
    ],
)
def test_another_failure_does_not_confirm(verifier, program, problem, reason):
    verdict = judge(verifier, program, BROKEN, "LSTM", problem)
    if reason is None:
        assert verdict.status == "confirmed"  # the outer layer is the predicted one
    else:
        assert verdict.status == "unverified"
        assert verdict.reason.startswith(reason)


def test_an_earlier_failure_does_not_confirm(verifier, program):
    _, analysis = program(BROKEN)
    other = BROKEN.replace("Input((5,))", "Input('5')")
    (finding,) = findings_of(analysis, "KER901")
    verdict = verifier.verify(other, analysis, [finding], RULES)[0].verdict
    assert verdict.status == "unverified"
    assert verdict.reason.startswith("fails earlier: line 3: ValueError: ")


def test_a_constructor_that_fails_confirms_no_wrong_call(verifier, program):
    text, analysis = program(
        """
        import keras
        m = keras.Sequential([keras.Input((5,)), keras.layers.LSTM(4)])
        """
    )
    (finding,) = findings_of(analysis, "KER901")
    verdict = verifier.verify(text.replace("LSTM(4)", "LSTM('4')"), analysis, [finding], RULES)
    assert verdict[0].verdict.status == "unverified", verdict


def test_a_call_that_keras_takes_is_refuted_whatever_follows(verifier, program):
    _, analysis = program(FINE)
    analysis = doctored(analysis, "LSTM", claim())
    (finding,) = findings_of(analysis, "KER901")
    other = FINE.replace("Dense(2)", "Dense(3)")
    (found,) = verifier.verify(other, analysis, [finding], RULES)
    assert found.verdict.status == "refuted"


def test_fewer_calls_than_the_source_says_refute_nothing(verifier, program):
    text, analysis = program(LOOP)
    analysis = doctored(analysis, "LSTM", claim())
    finding = findings_of(analysis, "KER901")[-1]
    (found,) = verifier.verify(text.replace("range(3)", "range(2)"), analysis, [finding], RULES)
    assert found.verdict.status == "unverified"
    assert found.verdict.reason == "the call did not happen in the replay"
    (found,) = verifier.verify(text, analysis, [finding], RULES)
    assert found.verdict.status == "refuted"


def test_a_global_setting_the_source_graph_missed(verifier, program):
    """What Keras does under the program's own settings decides."""
    text, analysis = program(
        """
        import keras
        from keras import layers
        keras.backend.set_image_data_format("channels_first")
        inputs = keras.Input((3, 32, 32))
        x = layers.Conv2D(8, 3)(inputs)
        model = keras.Model(inputs, x)
        """
    )
    analysis = doctored(analysis, "Conv2D", claim(layer="Conv2D"))
    (finding,) = findings_of(analysis, "KER901")
    assert verifier.verify(text, analysis, [finding], RULES)[0].verdict.status == "refuted"


def test_a_failure_of_another_layer_does_not_confirm(verifier, program):
    _, analysis = program(BROKEN)
    analysis = doctored(analysis, "LSTM", claim())
    other = BROKEN.replace("layers.LSTM(4)(x)", "layers.GRU(44)(x)")
    (finding,) = findings_of(analysis, "KER901")
    verdict = verifier.verify(other, analysis, [finding], RULES)[0].verdict
    assert verdict.status == "unverified"
    assert verdict.reason.startswith("fails in another layer: line 4")


def test_a_failure_on_other_shapes_does_not_confirm(verifier, program):
    _, analysis = program(BROKEN)
    analysis = doctored(analysis, "LSTM", claim())
    other = BROKEN.replace("Input((5,))", "Input((6,))")
    (finding,) = findings_of(analysis, "KER901")
    verdict = verifier.verify(other, analysis, [finding], RULES)[0].verdict
    assert verdict.status == "unverified"
    assert verdict.reason == "fails on other shapes than in source: LSTM got (None, 6)"


def test_duplicate_names(verdicts):
    (verdict,) = verdicts(
        """
        import keras
        from keras import layers
        x = keras.Input((3,))
        y = layers.Dense(3, name="twin")(x)
        z = layers.Dense(3, name="twin")(y)
        model = keras.Model(x, z)
        """
    )
    assert verdict.status == "confirmed", verdict


# -- findings that must be in the built graph ------------------------------------------------------


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
