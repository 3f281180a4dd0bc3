"""From a finding that Keras must raise on to a verdict, through real TensorFlow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import TensorType, shape

from .helpers import BROKEN, FINE, LOOP, RULES, doctored, findings_of

pytestmark = pytest.mark.keras

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
