"""Bases from ``keras.applications`` are read from the installed Keras, never imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from keras_lint.graph.compare import difference

from .lib import analysed, described, output_shapes, reasons, the_model

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


ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.oracle.applications import HEADER as PLAIN  # noqa: E402
from benchmarks.oracle.applications import REFUSED, TAKEN  # noqa: E402


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_builder_refuses_is_a_problem_of_its_call(name: str) -> None:
    problems = [graph.problem for graph in analysed(PLAIN + REFUSED[name]).graphs]
    assert [problem.kind for problem in problems if problem is not None] == ["value"]
    with pytest.raises(ValueError, match=r"\S") as refusal:
        exec(PLAIN + REFUSED[name], {})
    found = [problem for problem in problems if problem is not None]
    assert type(refusal.value).__name__ in found[0].exceptions


@pytest.mark.parametrize("builder", TAKEN)
def test_layers_that_people_take_out_have_the_shapes_of_keras(builder: str) -> None:
    import keras

    with keras.StatelessScope(initialize_variables=False):
        make = getattr(keras.applications, builder)
        model = make(weights=None, include_top=False, input_shape=(96, 96, 3))
    taken = ", ".join(f"base.get_layer({name!r}).output" for name in TAKEN[builder])
    graph = the_model(
        PLAIN
        + f"base = applications.{builder}(include_top=False, input_shape=(96, 96, 3))\n"
        + f"m = keras.Model(base.input, [{taken}])\n"
    )
    assert reasons(graph) == []
    theirs = [str(tuple(model.get_layer(name).output.shape)) for name in TAKEN[builder]]
    assert output_shapes(graph) == theirs


def test_imagenet_weights_do_not_change_the_model() -> None:
    for end in ("", "include_top=False, pooling='max'"):
        plain = the_model(PLAIN + f"m = applications.MobileNetV2(weights=None, {end})")
        loaded = the_model(PLAIN + f"m = applications.MobileNetV2({end})")
        assert reasons(loaded) == []
        assert difference(plain, loaded) == []
        assert plain.total_params == loaded.total_params
