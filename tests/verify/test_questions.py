"""What objects of a program say of themselves, against what findings say of them."""

from __future__ import annotations

import textwrap

import pytest
from fixture_lib import verified

from keras_lint.model.findings import Finding, Question
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings

pytestmark = pytest.mark.keras

ASKING = [rule for rule in all_rules().values() if rule.confirm == "object"]
RULES = {"KER904": Rule("KER904", "asked", "warning", "object", "")}


@pytest.fixture
def asked(verifier, program):
    """The verdict on a question about a program; ``mark`` is the text at the question's place."""

    def ask(text, kind, cls, *names, mark=""):
        text, analysis = program(text)
        place = None
        if mark:
            before = text[: text.index(mark)]
            line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
            place = Span(line, column, line, column + len(mark))
        question = Question(kind, cls, names, place)
        where = place or Span(1, 1, 1, 1)
        finding = Finding("KER904", "asked", "warning", "", where, question=question)
        (verified,) = verifier.verify(text, analysis, [finding], RULES)
        return verified.verdict

    return ask


def test_the_examples_of_the_rules_are_confirmed(verifier):
    assert len(ASKING) >= 7
    for rule in ASKING:
        for number, text in enumerate(rule.invalid):
            settings = Settings(select=(rule.code,), options=rule.example_options)
            found = verified(verifier, text, settings)
            said = [(finding.verdict.status, finding.verdict.reason) for finding in found]
            inside = rule.code == "KER204" and number == 2  # in a call of its own
            expected = "unverified" if inside else "confirmed"
            assert {status for status, _ in said} == {expected}, (rule.code, number, said)


CLASSES = """\
import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable("example")
class Block(layers.Layer):
    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.units, self.rate = units, rate
        self.dense = layers.Dense(units)
        self.step = tf.Variable(0.0)
        self.parts = [layers.Dense(2)]

    def call(self, inputs):
        kept = layers.ReLU()(inputs)
        return self.dense(kept)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}


@keras.saving.register_keras_serializable("example")
def double(x):
    return x * 2.0


class Late(layers.Layer):
    def call(self, inputs):
        return inputs


keras.saving.register_keras_serializable("example")(Late)
inputs = keras.Input((4,))
x = Block(3)(inputs)
x = layers.Lambda(double)(Late()(x))
unused = layers.Dense(5)(x)
model = keras.Model(inputs, layers.Dense(1)(x))
"""


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        (("config", "Block", "units", "rate"), "refuted", "get_config gives"),
        (("config", "Block", "units", "other"), "unverified", "get_config gives"),
        (("config", "Block", "other"), "confirmed", "gives only"),
        (("arguments", "Block", "name"), "refuted", "can make the Block again"),
        (("class", "Block"), "refuted", "can make the Block again"),
        (("class", "Late"), "refuted", "can make the Late again"),
        (("state", "Block", "dense"), "refuted", "knows what is in 'dense'"),
        (("state", "Block", "step"), "confirmed", "holds 1 variable"),
        (("state", "Block", "rate"), "unverified", "holds no variable"),
        (("shape", "Block"), "refuted", "declares (2, 3) and gives (2, 3)"),
        (("config", "Elsewhere", "a"), "unverified", "no Elsewhere is made here"),
    ],
)
def test_what_an_object_says_decides(asked, question, status, words):
    verdict = asked(CLASSES, *question)
    assert verdict.status == status, verdict
    assert words in verdict.reason


@pytest.mark.parametrize(
    ("kind", "cls", "mark", "status", "words"),
    [
        ("lambda", "Lambda", "layers.Lambda(double)", "refuted", "can make the Lambda again"),
        ("twice", "Block", "layers.ReLU()", "refuted", "calls it again"),
        ("unused", "Dense", "layers.Dense(5)(x)", "confirmed", "does not hold it"),
        ("unused", "Dense", "layers.Dense(1)(x)", "refuted", "is in a model"),
        ("unused", "ReLU", "layers.ReLU()(inputs)", "unverified", "did not happen"),
    ],
)
def test_what_happens_at_a_place_decides(asked, kind, cls, mark, status, words):
    verdict = asked(CLASSES, kind, cls, mark=mark)
    assert verdict.status == status, verdict
    assert words in verdict.reason


TWICE = """
import keras
from keras import layers


class Late(layers.Layer):
    def call(self, inputs):
        other = layers.ReLU()
        scale = self.add_weight(shape=(4,), initializer="ones")
        return other(inputs) * scale


inputs = keras.Input((4,))
outputs = Late()(inputs)
"""


def test_state_that_keras_refuses_while_building_is_found_where_it_is_made(asked):
    there = asked(TWICE, "twice", "Late", mark='self.add_weight(shape=(4,), initializer="ones")')
    assert there.status == "confirmed"
    assert "add new elements of state" in there.evidence
    assert asked(TWICE, "twice", "Late", mark="layers.ReLU()").status == "unverified"


def test_a_class_that_cannot_be_made_here_stays_unverified(asked):
    text = textwrap.dedent(
        """
        import keras
        import os

        class Scale(keras.layers.Layer):
            def __init__(self, factor, **kwargs):
                super().__init__(**kwargs)
                self.factor = float(os.environ["FACTOR"])

            def get_config(self):
                return super().get_config()
        """
    )
    verdict = asked(text, "config", "Scale", "factor")
    assert verdict.status == "unverified"
    assert "os" in verdict.reason


def test_a_method_that_raises_confirms_nothing(asked):
    text = """
        import keras

        class Scale(keras.layers.Layer):
            def __init__(self, factor, **kwargs):
                super().__init__(**kwargs)
                self.factor = factor

            def get_config(self):
                return {"factor": self.unknown}
        """
    verdict = asked(text, "config", "Scale", "factor")
    assert verdict.status == "unverified"
    assert "unknown" in verdict.reason
