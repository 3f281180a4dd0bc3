"""Programs of a given size, for measuring how cost grows."""

from __future__ import annotations

HEAD = "import keras\nfrom keras import layers\n\n"


def long_file(lines: int) -> str:
    """A file of about ``lines`` lines: one small model after another."""
    block = """
def build_{i}(units=8):
    inputs = keras.Input((16,))
    x = layers.Dense(units, activation="relu")(inputs)
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(1)(x))


model_{i} = build_{i}()
"""
    count = max(1, lines // block.count("\n"))
    return HEAD + "".join(block.format(i=index) for index in range(count))


def deep_model(layers: int) -> str:
    """One Sequential of ``layers`` layers (a multiple of 100) made in loops."""
    return (
        HEAD
        + f"""model = keras.Sequential([keras.Input((8,))])
for _ in range({layers // 100}):
    for _ in range(100):
        model.add(layers.Dense(8))
"""
    )


def many_calls(calls: int) -> str:
    """One functional model of ``calls`` calls of a helper, written out line by line."""
    lines = "".join("x = block(x)\n" for _ in range(calls))
    return (
        HEAD
        + "def block(x):\n    return layers.Dense(8)(x)\n\n"
        + "x = inputs = keras.Input((8,))\n"
        + lines
        + "model = keras.Model(inputs, x)\n"
    )


def without_keras(lines: int) -> str:
    """Python that has nothing to do with Keras."""
    return "".join(f"value_{index} = {index} * 2\n" for index in range(lines))
