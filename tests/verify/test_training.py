"""Findings about fit, made by hand, through one real training step on made-up arrays."""

from __future__ import annotations

import pytest

from keras_lint.model.dims import FREE, symbol
from keras_lint.model.spans import Span
from keras_lint.model.tensors import UNKNOWN_SHAPE, shape
from keras_lint.verify.training import Array, Training

pytestmark = pytest.mark.keras

CLASSIFIER = """\
import keras
from keras import layers
from mydata import load
x_train, y_train = load()
model = keras.Sequential([
    keras.Input((8,)),
    layers.Dense(16, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer="adam", loss="{loss}", metrics=["accuracy"])
model.fit(x_train, y_train, validation_split=0.2)
"""


@pytest.fixture
def train(verifier, program):
    """The verdict on one step of the first model of a program."""

    def give(text, training, index=0):
        text, analysis = program(text)
        return verifier.train(text, analysis, index, training)

    return give


def place(text, part):
    """The span of the first ``part`` of a text."""
    start = text.index(part)
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    end = text.index("\n", start) - (text.rfind("\n", 0, start) + 1) + 1
    return Span(line, column, line, end)


def classifier(loss, **changes):
    text = CLASSIFIER.format(loss=loss)
    settings = {
        "compiled": place(text, "model.compile("),
        "method": "fit",
        "inputs": Array(shape(FREE, 8)),
        "targets": Array(shape(FREE, 1), "int32", 3),
    }
    return text, Training(**{**settings, **changes})


def test_labels_that_fit(train):
    verdict = train(*classifier("sparse_categorical_crossentropy"))
    assert (verdict.status, verdict.reason) == ("refuted", "TensorFlow takes the data")


def test_labels_of_another_width_than_the_loss_needs(train):
    verdict = train(*classifier("categorical_crossentropy", mentions=("(4, 1)", "(4, 3)")))
    assert verdict.status == "confirmed", verdict
    assert verdict.evidence.startswith("ValueError: Arguments `target` and `output` must have")


def test_data_of_another_width_than_the_model_takes(train):
    verdict = train(*classifier("sparse_categorical_crossentropy", inputs=Array(shape(FREE, 9))))
    assert verdict.status == "confirmed", verdict


def test_another_exception_does_not_confirm(train):
    verdict = train(
        *classifier(
            "sparse_categorical_crossentropy",
            inputs=Array(shape(FREE, 9)),
            exceptions=("KeyError",),
        )
    )
    assert verdict.status == "unverified"
    assert verdict.reason.startswith("fails otherwise: ValueError")
    verdict = train(
        *classifier(
            "sparse_categorical_crossentropy",
            inputs=Array(shape(FREE, 9)),
            mentions=("something else",),
        )
    )
    assert verdict.reason.startswith("fails without a word of something else: ValueError")


def test_a_model_that_was_never_compiled(train):
    text, training = classifier("mse", compiled=None)
    verdict = train(text, training)
    assert verdict.status == "confirmed"
    assert "compile" in verdict.evidence


def test_a_model_that_does_not_build_is_not_blamed_on_the_data(train):
    text, training = classifier("mse")
    verdict = train(text.replace('Dense(3, activation="softmax")', "LSTM(3)"), training)
    assert verdict.status == "unverified"
    assert verdict.reason.startswith("fails earlier: ValueError")


def test_several_inputs_by_name(train):
    text = """\
import keras
a, b = keras.Input((2,), name="a"), keras.Input((3,), name="b")
model = keras.Model([a, b], keras.layers.Dense(1)(keras.layers.Concatenate()([a, b])))
model.compile("sgd", "mse")
"""
    arrays = {"a": Array(shape(4, 2)), "b": Array(shape(4, 3))}
    compiled = place(text, "model.compile(")
    good = Training(compiled, "train_on_batch", arrays, Array(shape(4, 1)))
    assert train(text, good).status == "refuted"
    pair = (arrays["a"], arrays["b"])
    assert train(text, Training(compiled, "fit", pair, Array(shape(4, 1)))).status == "refuted"
    alone = Training(compiled, "fit", {"a": arrays["a"]}, Array(shape(4, 1)))
    assert train(text, alone).status == "confirmed"


def test_options_are_passed_on(train):
    verdict = train(
        *classifier(
            "sparse_categorical_crossentropy",
            options={"validation_split": 0.5, "batch_size": 1, "epochs": 1},
        )
    )
    assert verdict.status == "refuted"
    verdict = train(
        *classifier(
            "sparse_categorical_crossentropy", options={"max_queue": 3}, exceptions=("TypeError",)
        )
    )
    assert verdict.status == "confirmed"


def test_sizes_only_data_know(train):
    text = CLASSIFIER.format(loss="mse").replace("(8,)", "(x_train.shape[1],)")
    width = symbol("x_train.shape[1]")
    training = Training(
        place(text, "model.compile("), "fit", Array(shape(FREE, width)), Array(shape(FREE, 3))
    )
    verdict = train(text, training)
    assert verdict.status == "refuted", verdict
    assert dict(verdict.values) == {"x_train.shape[1]": 31}
    unknown = Training(training.compiled, "fit", Array(UNKNOWN_SHAPE), Array(shape(FREE, 3)))
    assert train(text, unknown).reason == "the rank of the data is not known"


def test_models_of_one_place_are_told_apart(train):
    text = """\
import keras
for n in (4, 5):
    m = keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)])
    m.compile("sgd", "mse")
"""
    training = Training(
        place(text, "m.compile("), "fit", Array(shape(FREE, 5)), Array(shape(FREE, 1))
    )
    assert train(text, training, 0).status == "confirmed"
    assert train(text, training, 1).status == "refuted"
