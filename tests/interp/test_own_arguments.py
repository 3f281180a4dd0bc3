"""What classes of the program hand on to ``Layer``, and Keras refuses."""

from __future__ import annotations

import pytest
from fixture_lib import verified

from keras_lint.engine import check_text
from keras_lint.verify import Verifier

PROGRAM = """\
import keras
from keras import layers


class Own({base}):
    def __init__(self, units, **kwargs):
        super().__init__({before}**kwargs)
        self.dense = layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)


class Derived(Own):
    pass


class Plain({base}):
    def call(self, inputs):
        return inputs * 2


inputs = keras.Input((4,))
layer = {made}
model = keras.Model(inputs, layer(inputs))
"""
REFUSED = {
    ("", "Own(3, nme='x')"): "KER401",
    ("", "Derived(3, unit='x')"): "KER401",
    ("", "Own(3, batch_input_shape=(None, 4))"): "KER401",
    ("", "Plain(wide=True)"): "KER401",
    ("", "Plain(3)"): "KER402",
    ("units, ", "Own(3)"): "KER402",
    ("width=3, ", "Own(3)"): "KER401",
}
TAKEN = (
    ("", "Own(3, name='x', dtype='float32', trainable=False)"),
    ("", "Derived(3, activity_regularizer=None, autocast=True)"),
    ("", "Plain(input_shape=(4,))"),
    ("", "Plain(**{'name': 'x'})"),
)


def builds(text: str) -> bool:
    try:
        exec(compile(text, "program.py", "exec"), {})
    except (TypeError, ValueError):
        return False
    return True


@pytest.mark.keras
@pytest.mark.parametrize("base", ["layers.Layer", "keras.Model"])
def test_what_a_layer_does_not_take_is_told_and_confirmed(base: str) -> None:
    with Verifier() as verifier:
        for (before, made), code in REFUSED.items():
            if base == "keras.Model" and code == "KER402":
                continue  # by position a model takes its inputs
            text = PROGRAM.format(base=base, before=before, made=made)
            assert not builds(text), made
            answers = verified(verifier, text)
            assert [answer.code for answer in answers] == [code], made
            assert answers[0].verdict.status == "confirmed", (made, answers[0].verdict)


@pytest.mark.keras
@pytest.mark.parametrize("base", ["layers.Layer", "keras.Model"])
def test_what_every_layer_takes_is_taken(base: str) -> None:
    for before, made in TAKEN:
        text = PROGRAM.format(base=base, before=before, made=made)
        assert builds(text), made
        result, _ = check_text(text, "program.py")
        assert not result.findings, made


def test_a_class_beside_layer_may_take_what_it_likes() -> None:
    text = PROGRAM.format(base="Mixin, layers.Layer", before="", made="Own(3, wide=True)")
    text = text.replace("\n\nclass Own", "\nfrom other import Mixin\n\n\nclass Own", 1)
    result, _ = check_text(text, "program.py")
    assert not result.findings
