"""Programs analysed and run: the same layers in the same order, the same names, shapes, weights."""

from __future__ import annotations

import pytest

from .lib import (
    analysed,
    built,
    described,
    described_by_keras,
    output_shapes,
    reasons,
    shapes_by_keras,
)

pytestmark = pytest.mark.keras

HEADER = """
import functools
import math
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from keras import layers as L
from keras.layers import Dense, LSTM, Conv2D
from keras.models import Model, Sequential
"""

PROGRAMS = {
    "sequential list": "m = Sequential([keras.Input((8,)), Dense(4), L.Dropout(0.1), Dense(2)])",
    "input_shape": "m = Sequential([Dense(4, input_shape=(8,)), Dense(2)])",
    "input_dim": "m = Sequential()\nm.add(Dense(4, input_dim=8))\nm.add(Dense(2))",
    "add and pop": """
m = Sequential()
m.add(layers.Input(shape=(6, 5)))
m.add(LSTM(7, return_sequences=True))
m.add(LSTM(3))
m.add(Dense(9))
m.pop()
m.add(Dense(2))
""",
    "build later": "m = Sequential([Dense(3), LSTM(2)])\nm.build((None, 4, 5))",
    "build by calling": "m = Sequential([Dense(3)])\ny = m(keras.Input((7,)))",
    "functional order": """
a = keras.Input((4,), name="a")
b = keras.Input((4,), name="b")
x = Dense(3)(b)
y = Dense(3)(a)
y2 = Dense(3)(y)
m = Model([a, b], [layers.Concatenate()([x, y2]), x])
""",
    "unused input": """
a, b = keras.Input((4,)), keras.Input((5,))
m = Model([a, b], Dense(3)(a))
""",
    "shared layer": """
d = Dense(6)
a, b = keras.Input((4,)), keras.Input((4,))
m = Model(inputs=[a, b], outputs=layers.subtract([d(a), d(b)]) if False else d(a) - d(b))
""",
    "nested models": """
enc = Sequential([keras.Input((8,)), Dense(4)], name="enc")
i = keras.Input((8,))
inner = Model(i, Dense(2)(enc(i)))
j = keras.Input((8,))
m = Model(j, Dense(1)(inner(j)))
""",
    "clone_model": """
i = keras.Input((8, 4))
x = layers.Bidirectional(LSTM(3))(i)
m = Model(i, [Dense(2, name="out")(x), x])
n = keras.models.clone_model(m)
s = keras.models.clone_model(Sequential([keras.Input((4,)), Dense(3), Dense(2)]))
""",
    "built by fit": """
m = Sequential([Dense(3), Dense(2)])
m.compile(loss="mse")
m.fit(np.zeros((100, 5)), np.zeros((100, 2)), verbose=0)
""",
    "model as first layer": """
base = Model(i := keras.Input((8, 8, 3)), Conv2D(2, 3)(i))
m = Sequential([base, layers.Flatten(), Dense(1)])
""",
    "nested on another length": """
i = keras.Input((None, 5))
inner = Model(i, LSTM(4, return_sequences=True)(i))
j = keras.Input((7, 5))
m = Model(j, inner(j))
""",
    "time distributed model": """
i = keras.Input((8,))
inner = Model(i, Dense(2)(i))
m = Sequential([keras.Input((5, 8)), layers.TimeDistributed(inner), LSTM(3)])
""",
    "states": """
e, d = keras.Input((10, 20)), keras.Input((8, 20))
lstm = LSTM(64, return_sequences=True, return_state=True)
_, h, c = lstm(e)
out, *_ = lstm(d, initial_state=[h, c])
m = Model([e, d], Dense(5)(out))
""",
    "feature extractor": """
i = keras.Input((16, 16, 3))
x = Conv2D(4, 3, name="first")(i)
y = Dense(2)(layers.GlobalAveragePooling2D()(x))
base = Model(i, y)
m = Model(base.input, [base.get_layer("first").output, base.layers[-1].output])
""",
    "from the middle": """
i = keras.Input((16, 16, 3))
x = Conv2D(4, 3)(i)
y = Dense(2)(layers.GlobalAveragePooling2D()(x))
base = Model(i, y)
m = Model(x, y)
""",
    "helper function": """
def block(x, filters, kernel=3, *, pool=True, **kw):
    x = Conv2D(filters, kernel, **kw)(x)
    x = layers.BatchNormalization()(x)
    if pool:
        x = layers.MaxPooling2D()(x)
    return x

i = keras.Input((32, 32, 3))
x = i
for f in (4, 8):
    x = block(x, f, padding="same")
x = block(x, 16, pool=False, activation="relu")
m = Model(i, x)
""",
    "factory": """
def conv_block(filters):
    def apply(x):
        return layers.ReLU()(Conv2D(filters, 3, padding="same")(x))
    return apply

i = keras.Input((8, 8, 3))
m = Model(i, conv_block(5)(conv_block(4)(i)))
""",
    "partial and reduce": """
conv = functools.partial(Conv2D, kernel_size=3, padding="same")
i = keras.Input((8, 8, 3))
m = Model(i, functools.reduce(lambda x, f: conv(f)(x), [2, 4, 6], i))
""",
    "comprehensions": """
i = keras.Input((8,))
towers = [Dense(n, name=f"tower_{n}")(i) for n in range(2, 10, 3) if n != 5]
m = Model(i, layers.Concatenate()([*towers, i]))
""",
    "layers from a dict": """
CONFIG = {"units": [4, 3], "rate": 0.5, "act": "relu"}
m = Sequential([keras.Input((8,))])
for i, units in enumerate(CONFIG["units"]):
    m.add(Dense(units, activation=CONFIG["act"]))
    if i == 0 and CONFIG.get("rate", 0) > 0:
        m.add(layers.Dropout(CONFIG["rate"]))
""",
    "constants and arithmetic": """
H, W = 28, 28
UNITS = 2 ** 4 // 3 + int(math.sqrt(16))
SHAPE = (H, W) + (1,)
m = Sequential([keras.Input(SHAPE), layers.Flatten(), Dense(UNITS)])
""",
    "data shapes": """
x = np.random.random((100, 10, 6)).astype("float32")
y = np.zeros((100, 3))
m = Sequential([keras.Input(x.shape[1:]), LSTM(4), Dense(y.shape[-1])])
n = Sequential([keras.Input((len(x[0]), x[:, :, 0].shape[1])), Dense(x.ndim)])
""",
    "residual with operators": """
i = keras.Input((8,))
x = Dense(8)(i)
x = x + i
x = 0.5 * x - x / 2.0
m = Model(i, keras.ops.relu(x)[:, 2:5])
""",
    "while and break": """
i = x = keras.Input((64,))
n = 64
while n > 4:
    n //= 2
    if n == 8:
        break
    x = Dense(n)(x)
else:
    x = Dense(99)(x)
m = Model(i, x)
""",
    "builder class": """
class Builder:
    def __init__(self, units, depth=2):
        self.units = units
        self.depth = depth
        self.layers = []

    @property
    def last(self):
        return self.layers[-1]

    @staticmethod
    def shape(n):
        return (n,)

    def build(self):
        for _ in range(self.depth):
            self.layers.append(Dense(self.units))
        i = keras.Input(self.shape(7))
        x = i
        for layer in self.layers:
            x = layer(x)
        return Model(i, x)

m = Builder(5, depth=3).build()
""",
    "main guard": """
def main():
    model = Sequential([keras.Input((3,)), Dense(2)])
    return model

if __name__ == "__main__":
    main()
""",
    "spellings": """
m = tf.keras.Sequential([tf.keras.layers.Input(shape=(4,)), keras.layers.Dense(3), L.Dense(2)])
""",
    "multi-head attention": """
q, k = keras.Input((5, 16)), keras.Input((7, 12))
x = layers.MultiHeadAttention(num_heads=2, key_dim=4)(q, k)
m = Model([q, k], layers.LayerNormalization()(x))
""",
    "trainable": """
base = Sequential([keras.Input((8,)), Dense(4), Dense(3)])
base.trainable = False
m = Sequential([base, Dense(2)])
""",
    "wrappers": """
m = Sequential([
    keras.Input((6, 5)),
    layers.Bidirectional(LSTM(4, return_sequences=True), merge_mode="concat"),
    layers.TimeDistributed(Dense(3)),
    layers.RNN([layers.LSTMCell(4), layers.GRUCell(5)]),
])
""",
    "embedding first": """
m = Sequential([layers.Embedding(500, 16, input_shape=(20,)), LSTM(4)])
""",
    "merging functions": """
a, b = keras.Input((4,)), keras.Input((4,))
x = layers.add([a, b], name="sum")
y = layers.concatenate([x, b], axis=-1)
m = Model([a, b], layers.dot([x, y[:, :4]], axes=1))
""",
    "lambda": """
i = keras.Input((4, 6))
x = layers.Lambda(lambda t: tf.reduce_mean(t, axis=1) * 2)(i)
x = layers.Lambda(lambda t: t[:, 1:], name="cut")(x)
m = Model(i, Dense(2)(x))
""",
    "InputLayer": """
m = Sequential([layers.InputLayer(shape=(4, 6), name="start"), layers.Flatten(), Dense(2)])
""",
    "same layer twice": "d = Dense(4)\nm = Sequential([keras.Input((4,)), d, d])",
    "try import": """
try:
    from keras import layers as KL
except ImportError:
    KL = None
m = Sequential([keras.Input((4,)), KL.Dense(3)])
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_keras(name: str) -> None:
    program = HEADER + PROGRAMS[name]
    graphs = [graph for graph in analysed(program).graphs if graph.kind != "fragment"]
    models = built(program)
    assert len(graphs) == len(models)
    for graph, model in zip(graphs, models, strict=True):
        assert reasons(graph) == []
        assert graph.name == model.name
        assert described(graph) == described_by_keras(model)
        assert output_shapes(graph) == shapes_by_keras(model)
        assert graph.total_params == model.count_params()
        trainable = sum(v.shape.num_elements() for v in model.trainable_variables)
        assert graph.trainable_params == trainable
