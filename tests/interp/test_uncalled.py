"""Functions that nobody calls, and those that only such functions call."""

from __future__ import annotations

import textwrap

import pytest

from keras_lint.engine import check_text

BASE = """\
import keras
from keras import layers


def base(size=2, units=4):
    inputs = keras.Input((size, size, 1))
    return keras.Model(inputs, layers.Conv2D(units, 5)(inputs))

"""


def codes(rest: str) -> list[str]:
    result, _ = check_text(BASE + textwrap.dedent(rest), "example.py")
    return [finding.code for finding in result.findings]


@pytest.mark.parametrize(
    "rest",
    [
        "def load():\n    return base(size=100)\n",
        "def load(size):\n    return base(size)\n",
        "def load(**options):\n    return base(**options)\n",
        "class Client:\n    def __init__(self):\n        self.model = base(100)\n",
    ],
)
def test_a_default_that_every_caller_overrides_is_not_supposed(rest: str) -> None:
    assert codes(rest) == []


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "def load():\n    return base()\n",
        "class Client:\n    def __init__(self):\n        self.model = base(units=8)\n",
        "def load():\n    return base(size=100), base(size=3)\n",
    ],
)
def test_one_that_a_caller_leaves_is(rest: str) -> None:
    assert codes(rest) == ["KER105"]


def test_a_loss_that_the_caller_adds_may_use_the_input() -> None:
    text = """\
    import tensorflow as tf
    import tf_keras as keras


    def build():
        inputs, targets = keras.Input((3,)), keras.Input((3,))
        outputs = keras.layers.Dense(3)(inputs)
        return keras.Model([inputs, targets], outputs), targets, outputs


    def train():
        model, targets, outputs = build()
        model.add_loss(tf.reduce_mean(outputs - targets))
    """
    result, _ = check_text(textwrap.dedent(text), "example.py")
    assert result.findings == ()
