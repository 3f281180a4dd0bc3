"""Bases from ``keras.applications`` are read from the installed Keras, never imported."""

from __future__ import annotations

import pytest

from .lib import described, output_shapes, reasons, the_model

pytestmark = pytest.mark.keras

HEADER = "import keras\nimport tensorflow as tf\nfrom keras import layers\n"


def test_a_frozen_base_with_a_head() -> None:
    from keras.applications import MobileNetV2

    graph = the_model(
        HEADER
        + """
from tensorflow.keras.applications import MobileNetV2
base = MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights="imagenet")
base.trainable = False
m = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(5)])
"""
    )
    assert reasons(graph) == []
    params = MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights=None).count_params()
    assert [count for _, _, count in described(graph)] == [params, 0, 1280 * 5 + 5]
    assert graph.trainable_params == 1280 * 5 + 5


def test_a_layer_taken_out_of_a_base_on_an_own_input() -> None:
    graph = the_model(
        HEADER
        + """
i = keras.Input((64, 64, 3))
vgg = tf.keras.applications.vgg16.VGG16(weights=None, include_top=False, input_tensor=i)
x = layers.Flatten()(vgg.get_layer("block3_pool").output)
m = keras.Model(vgg.input, layers.Dense(3)(x))
"""
    )
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 3)"]


def test_a_model_that_does_not_fit_its_base_is_refused() -> None:
    graph = the_model(
        HEADER
        + """
base = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
m = keras.Sequential([base, layers.LSTM(4)])
"""
    )
    assert [call.problem.kind for call in graph.problems() if call.problem] == ["rank"]
