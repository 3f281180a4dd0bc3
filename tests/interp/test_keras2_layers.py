"""Layers that Keras 3 lacks are followed with the shapes they have in Keras 2."""

from __future__ import annotations

from keras_lint.interp import analyse
from keras_lint.source.reader import parse

PROGRAM = """
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.layers.experimental import preprocessing
i = keras.Input((12, 6))
x = layers.LocallyConnected1D(8, 3, batch_input_shape=(None, 12, 6))(i)
x = layers.CuDNNGRU(5, return_sequences=True)(x)
x = layers.TimeDistributed(layers.ThresholdedReLU(0.5))(x)
x = preprocessing.Rescaling(2.0)(x)
m = keras.Model(i, x)
other = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
"""


def test_shapes_go_on_and_the_models_do_not_count_as_followed():
    found, other = analyse(parse("program.py", PROGRAM)).graphs
    shapes = {found.layer_of(c).cls: str(c.output_types[0].shape) for c in found.calls.values()}
    assert shapes == {
        "InputLayer": "(None, 12, 6)",
        "LocallyConnected1D": "(None, 10, 8)",
        "CuDNNGRU": "(None, 10, 5)",
        "TimeDistributed": "(None, 10, 5)",
        "Rescaling": "(None, 10, 5)",
    }
    assert not found.followed
    assert not other.followed
    assert {unknown.reason for unknown in found.lost} == {
        "Keras has no keras.layers.LocallyConnected1D",
        "Keras has no keras.layers.CuDNNGRU",
        "Keras has no keras.layers.ThresholdedReLU",
        "Keras has no keras.layers.experimental.preprocessing.Rescaling",
    }


def test_a_class_built_on_one_is_not_followed():
    program = """
import keras
class Mine(keras.layers.LocallyConnected1D):
    pass
m = keras.Sequential([keras.Input((12, 6)), Mine(8, 3)])
"""
    (found,) = analyse(parse("program.py", program)).graphs
    assert not found.followed
