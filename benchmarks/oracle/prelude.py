"""Custom layers, subclassed models and helper functions that random models are made with."""

from __future__ import annotations

HEADER = """\
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
"""

DEFINITIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        """
class Scale(layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor
""",
        ("Scale()({x})", "Scale(0.5, name='scaled')({x})"),
    ),
    (
        """
class Linear(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="zeros")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=False)

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b
""",
        ("Linear({n})({x})", "Linear(units={n})({x})"),
    ),
    (
        """
class Block(layers.Layer):
    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.one = layers.Dense(units, activation="relu")
        self.two = layers.Dense(units)
        self.norm = layers.LayerNormalization()
        self.drop = layers.Dropout(rate)

    def call(self, x, training=None):
        y = self.drop(self.one(x), training=training)
        return self.norm(self.one(x) + self.two(y))
""",
        (
            "Block({n})({x})",
            "Block({n}, rate=0.5)({x})",
            "keras.Sequential([Block({n}), Block(3)])({x})",
        ),
    ),
    (
        """
class Stack(layers.Layer):
    def __init__(self, depth):
        super().__init__()
        self.blocks = [layers.Dense(4 + n) for n in range(depth)]

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
""",
        ("Stack({n})({x})",),
    ),
    (
        """
class Net(keras.Model):
    def __init__(self, units=4):
        super().__init__()
        self.flat = layers.Flatten()
        self.head = layers.Dense(units)

    def call(self, inputs):
        return self.head(self.flat(inputs))
""",
        ("Net()({x})", "Net({n})({x})"),
    ),
    (
        """
class Pair(layers.Layer):
    def call(self, inputs):
        mean = tf.reduce_mean(inputs, axis=-1, keepdims=True)
        return inputs - mean, tf.square(inputs - mean)
""",
        ("Pair()({x})[1]", "layers.add(list(Pair()({x})))"),
    ),
    (
        """
class Keep(layers.Layer):
    def __init__(self, supports=True, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = supports

    def call(self, inputs):
        return inputs + 1.0

class HandOn(layers.Layer):
    def call(self, inputs):
        return inputs * 2.0

    def compute_mask(self, inputs, mask=None):
        return mask
""",
        ("Keep()({x})", "HandOn()(Keep()({x}))", "Keep(False, name='keep_it')({x})"),
    ),
    (
        """
def block(x, units, skip=True):
    y = layers.Dense(units, activation="relu")(x)
    y = layers.BatchNormalization()(y)
    if skip:
        if x.shape[-1] != units:
            x = layers.Dense(units, use_bias=False)(x)
        y = layers.Add()([x, y])
    return y
""",
        ("block({x}, {n})", "block({x}, {n}, skip=False)", "block(block({x}, {n}), 3)"),
    ),
    (
        """
def conv_bn(filters, kernel=3, **more):
    def apply(x):
        x = layers.Conv2D(filters, kernel, padding="same", **more)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))
    return apply
""",
        (
            "conv_bn({n})({x})",
            "conv_bn({n}, 1, strides=2)({x})",
            "conv_bn({n}, use_bias=False)({x})",
        ),
    ),
    (
        """
def head(units):
    return keras.Sequential([layers.Flatten(), layers.Dense(units), layers.Dense(2)])
""",
        ("head({n})({x})",),
    ),
    (
        """
class Attend(layers.Layer):
    def __init__(self, heads=2, dim=4):
        super().__init__()
        self.query = layers.Dense(heads * dim)
        self.heads, self.dim = heads, dim

    def call(self, x):
        q = ops.reshape(self.query(x), (-1, x.shape[1], self.heads, self.dim))
        q = ops.transpose(q, (0, 2, 1, 3))
        weights = ops.softmax(ops.matmul(q, ops.swapaxes(q, -1, -2)) / self.dim**0.5)
        out = ops.transpose(ops.matmul(weights, q), (0, 2, 1, 3))
        return ops.reshape(out, (-1, x.shape[1], self.heads * self.dim))
""",
        ("Attend()({x})", "Attend(heads={n})({x})"),
    ),
)
"""Source of a definition, and calls of it: ``{x}`` is a tensor, ``{n}`` a number."""
