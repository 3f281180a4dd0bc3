"""Layers that get several tensors where their code is written for one, and Lambdas that fail."""

from __future__ import annotations

import keras
import pytest

from keras_lint.engine import check_text
from keras_lint.rules.registry import all_rules
from keras_lint.verify import Verifier

from .lib import builds

HEAD = "import keras\nfrom keras import layers, ops\n\ninputs = keras.Input((4,))\n"
OWN = """\
class Own(layers.Layer):
    def call(self, t):
        return {}


model = keras.Model(inputs, Own()({}))
"""
LAMBDA = "model = keras.Model(inputs, layers.Lambda(lambda t: {})({}))\n"
BOTH = "[inputs, inputs]"

REFUSED = {
    "t * 2.0": "KER111",
    "t + 1": "KER111",
    "1 - t": "KER111",
    "t ** 2": "KER111",
    "-t": "KER111",
    "abs(t)": "KER111",
    "t > 0": "KER111",
    "t.shape": "KER111",
    "t[0] * t.shape[-1]": "KER111",
    "t[:, 0]": "KER111",
    "t[0] if t[0] > 0 else t[1]": "KER508",
    "t[0] * int(t[0])": "KER508",
    "t[0] * t[0].shape[3]": "KER102",
    "t[0] * (t[0].shape[0] * 2)": "KER112",
    "t[0] + ops.concatenate([t[1], t[1]], axis=1)": "KER104",
}
TAKEN = (
    "t * 2",
    "2 * t",
    "t + t",
    "t[0] + 1",
    "t[0] if isinstance(t, list) else t * 2.0",
    "t[0] if not hasattr(t, 'shape') else t.shape[0] * t",
    "getattr(t, 'shape', None) or t[0]",
    "ops.sqrt(t)",
    "t[0] if len(t) > 1 else t * 2.0",
)


@pytest.mark.keras
@pytest.mark.parametrize("template", [OWN, LAMBDA], ids=["own", "lambda"])
def test_what_python_refuses_of_a_list_is_told_and_confirmed(template: str) -> None:
    with Verifier() as verifier:
        for expression, code in REFUSED.items():
            text = HEAD + template.format(expression, BOTH)
            assert not builds(text), expression
            result, analysis = check_text(text, "program.py")
            (finding,) = [f for f in result.findings if f.level == "error" or f.code == "KER508"]
            assert finding.code == code, expression
            (verified,) = verifier.verify(text, analysis, [finding], all_rules())
            assert verified.verdict.status == "confirmed", (expression, verified.verdict)
    keras.utils.clear_session()


@pytest.mark.keras
@pytest.mark.parametrize("template", [OWN, LAMBDA], ids=["own", "lambda"])
def test_what_python_does_with_a_list_is_taken(template: str) -> None:
    for expression in TAKEN:
        text = HEAD + template.format(expression, BOTH)
        assert builds(text), expression
        result, _ = check_text(text, "program.py")
        assert not [f for f in result.findings if f.code.startswith("KER1")], expression


def test_a_list_of_tensors_on_data_or_behind_a_condition_is_not_told() -> None:
    for use in (
        "model = Own()",
        "model = Own()\nimport numpy as np\nmodel([np.zeros((2, 4)), np.zeros((2, 4))])",
        "import sys\nif sys.argv:\n    model = Own()([inputs, inputs])",
        "try:\n    model = Own()([inputs, inputs])\nexcept TypeError:\n    pass",
    ):
        own, _, _ = OWN.format("t * 2.0", BOTH).partition("\n\n\n")
        result, _ = check_text(f"{HEAD}\n\n{own}\n\n\n{use}\n", "program.py")
        assert not result.findings, use


def test_calls_before_the_inputs_of_a_model_are_looked_at() -> None:
    text = HEAD + (
        "hidden = layers.Dense(8)([inputs, inputs])\n"
        "model = keras.Model(hidden, layers.Dense(1)(hidden))\n"
    )
    result, _ = check_text(text, "program.py")
    assert [(f.code, f.span.line) for f in result.findings] == [("KER111", 5)]


@pytest.mark.keras
def test_a_sequential_that_cannot_be_built_has_no_inputs() -> None:
    for name in ("inputs", "outputs"):
        text = HEAD + (
            f"stack = keras.Sequential([layers.Dense(4), keras.Input((4,))])\nends = stack.{name}\n"
        )
        assert not builds(text)
        result, _ = check_text(text, "program.py")
        assert [(f.code, f.span.line) for f in result.findings] == [("KER109", 6)]


@pytest.mark.keras
def test_keras_2_takes_no_number_for_an_input_shape() -> None:
    for argument, refused in {
        "input_shape=8": True,
        "batch_input_shape=8": True,
        "input_shape=8.5": True,
        "input_shape=(8,)": False,
        "input_shape=[8]": False,
    }.items():
        text = f"import tf_keras\n\nlayer = tf_keras.layers.Dense(4, {argument})\n"
        assert builds(text) is not refused, argument
        result, _ = check_text(text, "program.py")
        assert [f.code for f in result.findings] == ["KER103"] * refused, argument


@pytest.mark.keras
def test_a_list_beside_a_symbolic_tensor() -> None:
    for symbol in ("+", "-", "*", "/", "//", "%", "**"):
        for pair in ("inputs {} [inputs, inputs]", "(inputs,) {} inputs", "inputs {} [1.0] * 4"):
            text = HEAD + f"x = {pair.replace('[1.0] * 4', '([1.0] * 4)').format(symbol)}\n"
            assert not builds(text), text
            result, _ = check_text(text, "program.py")
            assert [(f.code, f.span.line) for f in result.findings] == [("KER111", 5)], text
    for expression in ("inputs > [inputs, inputs]", "inputs + numpy.ones(4)", "inputs == [1]"):
        text = f"import numpy\n{HEAD}x = {expression}\n"
        assert builds(text), text
        result, _ = check_text(text, "program.py")
        assert not result.findings, text
