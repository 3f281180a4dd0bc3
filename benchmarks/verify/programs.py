"""Flagged programs to measure with: small scripts as people write them, no two alike."""

from __future__ import annotations

from pathlib import Path

_RECURRENT = """\
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x_train = np.random.rand(256, {steps}, {features})
y_train = np.random.rand(256, 1)

model = keras.Sequential()
model.add(keras.Input((x_train.shape[1], x_train.shape[2])))
model.add(layers.LSTM({units}))
model.add(layers.LSTM({half}))
model.add(layers.Dense(1))
model.compile("adam", "mse")
model.fit(x_train, y_train, epochs=1)
"""

_CONVOLUTIONAL = """\
from tensorflow import keras
from tensorflow.keras import layers


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D()(x)


inputs = keras.Input(({size}, {size}, 3))
x = inputs
for filters in ({units}, {half}):
    x = block(x, filters)
x = layers.Flatten()(x)
x = layers.Conv1D({units}, 3)(x)
model = keras.Model(inputs, layers.Dense(10)(x))
model.summary()
"""

_MERGING = """\
import keras
from keras import layers

left, right = keras.Input(({features},)), keras.Input(({steps},))
a = layers.Dense({units}, activation="relu")(left)
b = layers.Dense({half}, activation="relu")(right)
model = keras.Model([left, right], layers.Dense(1)(layers.Add()([a, b])))
model.compile("adam", "mse")
"""

_KINDS = (_RECURRENT, _CONVOLUTIONAL, _MERGING)

LARGE = """\
import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input((250_000,)))
model.add(layers.Dense(400_000))
model.add(layers.LSTM(8))
"""
"""Weights of a hundred billion numbers (400 GB), and a mistake behind them."""


def write(folder: Path, count: int) -> list[Path]:
    """``count`` programs of three kinds in ``folder``, each with one mistake."""
    paths = []
    for index in range(count):
        numbers = {
            "steps": 5 + index,
            "features": 3 + index % 7,
            "units": 16 + 2 * index,
            "half": 8 + index,
            "size": 32 + 4 * (index % 9),
        }
        path = folder / f"model_{index:03}.py"
        path.write_text(_KINDS[index % len(_KINDS)].format(**numbers), "utf-8")
        paths.append(path)
    return paths
