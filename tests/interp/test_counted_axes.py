"""Layers that count on axes which a tensor does not have, told as Keras fails on it."""

from __future__ import annotations

import pytest

from keras_lint.engine import check_text

from .lib import builds

pytestmark = pytest.mark.keras

PROGRAM = """\
import keras
import tensorflow as tf
from keras import layers, ops

inputs = keras.Input((7, 9), {batch})


class Own(layers.Layer):
    def call(self, t):
        {first}
        return t


model = keras.Model(inputs, Own()(inputs))
"""
REFUSED = (
    "b, n = ops.shape(t)",
    "b, n, d, e = ops.shape(t)",
    "[b, n] = t.shape",
    "size = ops.shape(t)[3]",
    "size = t.shape[-4]",
    "s = ops.shape(t); b, n = s",
    "b, n = keras.ops.shape(ops.transpose(t, (0, 2, 1)))",
    "b, n = ops.shape(t)[0:3]",
)
TAKEN = (
    "b, n, d = ops.shape(t)",
    "b, *rest = ops.shape(t)",
    "n, d = ops.shape(t)[1:]",
    "size = ops.shape(t)[-3]",
    "b, n = ops.shape(t) if len(t.shape) == 2 else (1, 2)",
    "b, n = ops.shape(t[:, 0])",
    "b, n = ops.shape(t)[0], 4",
)
OF_TENSORFLOW = "b, n = tf.shape(t)"
"""Refused, but for another reason: TensorFlow's vectors are not iterated over."""


@pytest.mark.parametrize("first", REFUSED)
def test_what_keras_refuses_is_told(first: str) -> None:
    program = PROGRAM.format(first=first, batch="")
    result, _ = check_text(program, "program.py")
    assert [finding.code for finding in result.findings] == ["KER102"]
    assert not builds(program)


@pytest.mark.parametrize("first", TAKEN)
def test_of_what_keras_takes_nothing_is_told(first: str) -> None:
    program = PROGRAM.format(first=first, batch="")
    result, _ = check_text(program, "program.py")
    assert result.findings == ()
    assert builds(program)


def test_nothing_is_told_where_it_is_caught_or_all_lengths_are_known() -> None:
    caught = "try:\n            b, n = ops.shape(t)\n        except ValueError:\n            pass"
    for first, batch in ((caught, ""), ("b, n = ops.shape(t)", "2"), (OF_TENSORFLOW, "")):
        result, _ = check_text(PROGRAM.format(first=first, batch=batch), "program.py")
        assert result.findings == (), first
