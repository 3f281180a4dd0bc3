"""What datasets give, against TensorFlow: their element_spec, their size, their elements."""

from __future__ import annotations

from typing import Any

import pytest

from keras_lint.model.data import ArraySpec, DataSpec
from keras_lint.model.dims import FREE

from .lib import contradictions, spec_of

BASE = """
import numpy as np
import tensorflow as tf
import keras
np.random.seed(0)
x = np.random.rand(50, 8).astype("float32")
y = np.random.randint(0, 3, size=(50,))
images = np.random.randint(0, 256, size=(50, 6, 6, 3), dtype="uint8")
augment = keras.Sequential([keras.layers.RandomFlip(), keras.layers.Rescaling(0.5)])
data = tf.data.Dataset.from_tensor_slices((x, y))
pictures = tf.data.Dataset.from_tensor_slices((images, y))
"""
DATASETS = [
    "data",
    "data.batch(8)",
    "data.batch(8, drop_remainder=True)",
    "data.shuffle(50).batch(8).prefetch(tf.data.AUTOTUNE)",
    "data.repeat().batch(8)",
    "data.repeat(3).batch(8)",
    "data.batch(8).take(2)",
    "data.skip(40).batch(8)",
    "data.batch(8).repeat().take(5)",
    "data.batch(8).unbatch()",
    "data.filter(lambda a, b: b > 0).batch(4)",
    "data.cache().concatenate(data.take(3)).batch(9)",
    "data.batch(8).map(lambda a, b: (a * 2.0, b))",
    "data.map(lambda a, b: {'a': a, 'b': b}).batch(2)",
    "data.map(lambda a, b: (tf.expand_dims(a, -1), tf.one_hot(b, 3))).batch(8)",
    "data.map(lambda a, b: (tf.reshape(a, (2, 4)), b))",
    "data.map(lambda a, b: (a[:3], b))",
    "data.map(lambda a, b: a).batch(5)",
    "data.enumerate()",
    "pictures.map(lambda i, b: (tf.cast(i, tf.float32) / 255.0, b)).batch(8)",
    "pictures.map(lambda i, b: (tf.image.resize(i, (4, 5)), b)).batch(8)",
    "pictures.map(lambda i, b: (tf.image.resize(i, [4, 5]) / 255., b)).batch(8)",
    "pictures.batch(8).map(lambda i, b: (tf.image.random_flip_left_right(i), b))",
    "pictures.batch(8).map(lambda i, b: (keras.layers.Rescaling(1.0 / 255)(i), b))",
    "pictures.map(lambda i, b: (tf.image.rgb_to_grayscale(i), b)).batch(8)",
    "pictures.map(lambda i, b: (tf.image.convert_image_dtype(i, tf.float32), b)).batch(8)",
    "tf.data.Dataset.from_tensor_slices({'a': x, 'b': y}).batch(4)",
    "tf.data.Dataset.from_tensor_slices(({'a': x}, {'o': y})).batch(4)",
    "tf.data.Dataset.from_tensor_slices([1, 2, 3])",
    "tf.data.Dataset.from_tensor_slices([[1.0, 2.0], [3.0, 4.0]]).batch(2)",
    "tf.data.Dataset.from_tensors((x, y))",
    "tf.data.Dataset.range(7).batch(2)",
    "tf.data.Dataset.zip((data.map(lambda a, b: a), data.map(lambda a, b: b))).batch(4)",
    "tf.data.Dataset.zip(data.map(lambda a, b: a).repeat(), data)",
    "tf.data.Dataset.zip(((data.map(lambda a, b: a), pictures), data)).batch(4)",
    "data.padded_batch(4)",
    "data.padded_batch(4, padded_shapes=([10], []))",
    "data.padded_batch(4, padded_shapes=([None], []), drop_remainder=True)",
    "tf.data.Dataset.from_generator(lambda: zip(x, y), output_signature=("
    "tf.TensorSpec(shape=(8,), dtype=tf.float32), tf.TensorSpec((), tf.int32))).batch(2)",
    "tf.data.Dataset.from_generator(lambda: zip(x, y), output_types=(tf.float32, tf.int32),"
    " output_shapes=(tf.TensorShape([8]), tf.TensorShape([]))).batch(2)",
]
FUNCTIONS = [
    "tf.cast(i, 'float32') / 255",
    "tf.image.resize(i, (6, 6))",
    "tf.image.resize_with_crop_or_pad(i, 8, 8)",
    "tf.image.random_crop(i, (3, 3, 3))",
    "tf.image.grayscale_to_rgb(i[..., :1])",
    "tf.image.random_brightness(i, 0.1)",
    "tf.image.per_image_standardization(i)",
    "tf.io.decode_jpeg(tf.io.read_file('x'), channels=3)",
    "tf.io.decode_png(tf.io.read_file('x'))",
    "tf.io.decode_image(tf.io.read_file('x'), channels=3)",
    "tf.io.decode_image(tf.io.read_file('x'), channels=3, expand_animations=False)",
    "tf.image.resize(tf.io.decode_jpeg(tf.io.read_file('x'), channels=3), (4, 4)) / 127.5 - 1",
    "tf.one_hot(b, 10, dtype=tf.uint8)",
    "tf.one_hot(b, 2)",
    "tf.stack([b, b])",
    "tf.concat([i, i], -1)",
    "tf.squeeze(i[..., :1], -1)",
    "tf.transpose(i, [2, 0, 1])",
    "tf.reshape(i, [-1, 3])",
    "tf.zeros((3, 4))",
    "tf.random.uniform((3,), maxval=5, dtype=tf.int32)",
    "tf.constant([1, 2])",
    "tf.convert_to_tensor(b)",
    "keras.ops.one_hot(b, 10)",
    "keras.utils.to_categorical(b, 10)",
    "(i / 255, i * 2, i - 1)",
    "(1 - i / 255, -b, b + 1)",
    "augment(i[None])",
    "keras.layers.Resizing(4, 4)(i)",
]


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in _leaves(tree[key])]
    if isinstance(tree, tuple) and type(tree) is tuple:
        return [leaf for item in tree for leaf in _leaves(item)]
    return [tree]


def _all_of(spec: DataSpec) -> list[ArraySpec]:
    parts = [part for part in (spec.x, spec.y, spec.weights) if part is not None]
    return [leaf for part in parts for leaf in _leaves(part)]


def _check(expression: str) -> None:
    program = f"{BASE}d = {expression}"
    names: dict[str, Any] = {}
    exec(program, names)
    dataset, spec = names["d"], spec_of(program, "d")
    assert spec.kind == "dataset"
    assert spec.lost == ""
    theirs = _leaves(dataset.element_spec)
    assert len(theirs) == len(_all_of(spec))
    for said, real in zip(_all_of(spec), theirs, strict=True):
        known = said.shape.dims
        assert (known is None) == (real.shape.rank is None)
        if known is not None:
            assert [None if d is FREE else d for d in known] == real.shape.as_list()
        assert said.dtype in (real.dtype.name, real.dtype.name.rstrip("0123456789"), None)
    count = int(dataset.cardinality())
    assert spec.endless == (count == -1)
    if count >= 0:
        assert spec.batches == count
    if "read_file" in expression:
        return
    for element in dataset.take(3).as_numpy_iterator():
        for said, array in zip(_all_of(spec), _leaves(element), strict=True):
            some = ArraySpec(said.shape, None, said.numbers.rows())
            assert contradictions(some, array) == []


@pytest.mark.parametrize("expression", DATASETS)
def test_datasets_are_tensorflows(expression: str) -> None:
    _check(expression)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_mapped_functions_are_tensorflows(function: str) -> None:
    _check(f"pictures.map(lambda i, b: {function})")


def test_what_a_mapped_function_does_unseen_is_not_known() -> None:
    mapped = "data.map(lambda a, b: (tf.py_function(f, [a], tf.float32), b)).batch(4)"
    spec = spec_of(f"{BASE}d = {mapped}", "d")
    assert spec.lost
    assert isinstance(spec.y, ArraySpec)
    assert str(spec.y.shape) == "(None,)"
