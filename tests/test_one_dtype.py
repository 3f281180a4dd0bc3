"""Tensors of two dtypes inside layers: we say what TensorFlow says."""

from __future__ import annotations

import pytest

from keras_lint.engine import check_text
from keras_lint.settings import Settings

EXPRESSIONS = (
    *("a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "a ** b", "a @ b", "a < b", "a >= b"),
    *("tf.add(a, b)", "tf.math.subtract(a, b)", "tf.multiply(a, b)", "tf.divide(a, b)"),
    *("tf.maximum(a, b)", "tf.math.minimum(a, b)", "tf.greater(a, b)", "tf.equal(a, b)"),
    *("tf.pow(a, b)", "tf.math.squared_difference(a, b)", "tf.math.divide_no_nan(a, b)"),
    *("tf.matmul(a, b)", "tf.linalg.matmul(a, b, transpose_b=True)", "tf.tensordot(a, b, 1)"),
    *("tf.concat([a, b], -1)", "tf.stack([a, b], -1)", "tf.where(a > 0, a, b)"),
    *("tf.add_n([a, b])", "tf.einsum('bij,bjk->bik', a, b)", "keras.ops.add(a, b)"),
    *("keras.ops.matmul(a, b)", "a + 2", "a * 0.5", "tf.add(a, 1)", "a + np.ones(4)"),
    *("tf.cast(a, 'float32') + tf.cast(b, 'float32')", "a * tf.cast(a > 0, a.dtype)"),
    *("keras.ops.where(a > 0, a, b)", "keras.ops.concatenate([a, b])", "a > 2"),
    *("0.5 * a", "a / 2.0", "a > 0.5", "a ** 0.5", "tf.maximum(a, 0.5)", "1 - a", "a + 1.0"),
)
DTYPES = (("float32", "int32"), ("int32", "float32"), ("float32", "float32"), ("float32", "bool"))
PROGRAM = """\
import keras
import numpy as np
import tensorflow as tf

class Both(keras.layers.Layer):
    def call(self, a, b):
        return {expression}

a, b = keras.Input((4, 4), dtype="{first}"), keras.Input((4, 4), dtype="{second}")
model = keras.Model([a, b], Both()(a, b))
"""


@pytest.mark.keras
def test_two_dtypes_are_refused_as_tensorflow_does() -> None:
    pytest.importorskip("tensorflow")
    wrong, told = [], 0
    for expression in EXPRESSIONS:
        for first, second in DTYPES:
            text = PROGRAM.format(expression=expression, first=first, second=second)
            result, _ = check_text(text, "both.py", Settings(select=("KER1",)))
            said = [finding.code for finding in result.findings]
            try:
                exec(compile(text, "<both>", "exec"), {})
                raised = ""
            except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
                raised = type(error).__name__
            told += bool(said)
            if said != (["KER104"] if raised else []):
                wrong.append((expression, first, second, said, raised))
    assert wrong == []
    assert told > 50
