"""Layers with a compute_output_shape, whose call Keras runs only on data: verified all the same."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from keras_lint.engine import check_text
from keras_lint.rules.registry import all_rules
from keras_lint.verify import Verifier

PROGRAM = """\
import keras
from keras import layers


class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.one = layers.Dense(8)
        self.two = layers.Dense(9)

{build}
    def call(self, inputs):
        return {result}

    def compute_output_shape(self, input_shape):
        return input_shape


inputs = keras.Input((12, 8))
model = keras.Model(inputs, Own()(inputs))
"""
WEIGHT = """\
    def build(self, input_shape):
        self.bias = self.add_weight(shape=(100, input_shape[-1]))
"""
FAILING = {
    "a weight of another length": (WEIGHT, "inputs + self.bias"),
    "two widths, without a build": ("", "self.one(inputs) + self.two(inputs)"),
    "a rank that a layer does not take": ("", "layers.Conv2D(4, 3)(inputs)"),
    "Python's if": (WEIGHT, "inputs if inputs[0, 0, 0] > 0 else -inputs"),
}


@pytest.mark.keras
def test_what_fails_when_data_come_is_confirmed() -> None:
    with Verifier() as verifier:
        for name, (build, result) in FAILING.items():
            text = PROGRAM.format(build=build, result=result)
            names: dict[str, object] = {}
            exec(compile(text, "program.py", "exec"), names)  # Keras builds it
            model = names["model"]
            assert isinstance(model, keras.Model)
            with pytest.raises((ValueError, TypeError)):
                model.predict(np.zeros((2, 12, 8)), verbose=0)
            checked, analysis = check_text(text, "program.py")
            findings = [f for f in checked.findings if f.code[:4] == "KER1" or f.code == "KER508"]
            (verified,) = verifier.verify(text, analysis, findings, all_rules())
            assert verified.verdict.status == "confirmed", (name, verified.verdict)
            assert verified.verdict.reason == "TensorFlow refuses it when data come", name


@pytest.mark.keras
def test_the_next_replay_is_built_as_keras_does_it() -> None:
    text = PROGRAM.format(build=WEIGHT, result="inputs + self.bias")
    checked, analysis = check_text(text, "program.py")
    (index,) = [i for i, graph in enumerate(analysis.graphs) if graph.kind == "functional"]
    with Verifier() as verifier:
        verifier.verify(text, analysis, checked.findings, all_rules())
        built = verifier.built(text, analysis, index)
    assert getattr(built, "kind", built) == "functional"
