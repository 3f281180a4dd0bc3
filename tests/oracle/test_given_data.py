"""Data given to a built model: where the weights of its layers refuse them."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_lint.engine import check_text

pytestmark = pytest.mark.keras

CASES = {
    "LSTM(4)": (6, 2),
    "GRU(4, reset_after=False)": (6, 2),
    "SimpleRNN(4)": (6, 2),
    "Bidirectional(layers.LSTM(4))": (6, 2),
    "TimeDistributed(layers.Dense(3))": (6, 2),
    "TimeDistributed(layers.LSTM(3))": (6, 5, 2),
    "ConvLSTM1D(2, 2)": (6, 5, 2),
    "ConvLSTM1D(2, 2, padding='same', return_sequences=True)": (6, 5, 2),
    "ConvLSTM2D(2, (2, 1), strides=2)": (6, 5, 4, 2),
    "Dense(3)": (6, 2),
    "BatchNormalization()": (6, 2),
    "Conv1D(3, 2)": (6, 2),
    "Flatten()": (6, 2),
    "Embedding(3, 4)": (6, 2),
}
"""Layers by the shape of a sample for which they are built."""


def _taken(model: keras.Model, shape: tuple[int, ...]) -> bool:
    try:
        model.predict_on_batch(np.zeros(shape))
    except (ValueError, tf.errors.InvalidArgumentError):
        return False
    return True


@pytest.mark.parametrize("layer", CASES)
def test_weights_meet_data_as_in_keras(layer: str) -> None:
    """A Sequential does not compare what it is given with its Input; its layers do."""
    sample = CASES[layer]
    model = keras.Sequential([keras.Input(sample), eval(f"layers.{layer}", {"layers": layers})])
    model.compile(run_eagerly=True)
    for axis in range(len(sample)):
        for length in (1, 3, 7):
            shape = (8, *sample[:axis], length, *sample[axis + 1 :])
            program = (
                "import keras, numpy as np\nfrom keras import layers\n"
                f"m = keras.Sequential([keras.Input({sample}), layers.{layer}])\n"
                f"m.predict_on_batch(np.zeros({shape}))\n"
            )
            _, analysis = check_text(program, "program.py")
            (step,) = analysis.steps
            assert (step.problem is None) == _taken(model, shape), shape
