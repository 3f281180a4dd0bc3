"""Subclassed layers and models: the same shapes, weights and names as Keras gives them."""

from __future__ import annotations

import textwrap
import warnings
from typing import Any

import pytest

from keras_lint.engine import check_text
from keras_lint.graph.layer_graph import LayerGraph

from .lib import analysed, described, output_shapes, reasons, shapes_by_keras

pytestmark = pytest.mark.keras

HEADER = """
import keras
import tensorflow as tf
from dataclasses import dataclass
from keras import layers, ops
from keras.layers import Dense

class Block(layers.Layer):
    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.first = Dense(units, activation="relu")
        self.rest = [Dense(units) for _ in range(2)]
        self.drop = layers.Dropout(rate)

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), name="scale")
        self.shift = self.add_weight(shape=(input_shape[-1],), trainable=False, name="shift")
        super().build(input_shape)

    def call(self, x, training=None):
        x = self.first(x * self.scale + self.shift)
        for layer in self.rest:
            x = layer(x)
        return self.drop(x, training=training)
"""

FUNCTIONAL = {
    "custom layers": """
i = keras.Input((8,))
m = keras.Model(i, Block(5, name="second")(Block(4)(i)))
""",
    "in a Sequential": "m = keras.Sequential([keras.Input((8,)), Block(4), Dense(1)])",
    "frozen": """
b = Block(4)
b.trainable = False
m = keras.Sequential([keras.Input((8,)), b, Dense(1)])
""",
    "inheritance and a mixin": """
class Named:
    def units(self):
        return 6

class Twice(Named, Block):
    def __init__(self, **kwargs):
        super().__init__(self.units(), **kwargs)
    def call(self, x, training=None):
        return super().call(x, training=training) * 2

m = keras.Sequential([keras.Input((8,)), Twice()])
""",
    "functional style": """
class F(keras.Model):
    def __init__(self, units):
        i = keras.Input((4,))
        super().__init__(inputs=i, outputs=Dense(units)(i), name="f")

m = F(3)
""",
    "two inputs": """
class Merge(layers.Layer):
    def __init__(self):
        super().__init__()
        self.d = Dense(3)
    def call(self, inputs):
        a, b = inputs
        return ops.concatenate([self.d(a), b], axis=-1)

a, b = keras.Input((4,)), keras.Input((5,))
m = keras.Model([a, b], Merge()([a, b]))
""",
    "configuration in a dataclass": """
@dataclass
class Config:
    units: int
    depth: int = 2
    act: str = "relu"

c = Config(5, depth=3)
m = keras.Sequential([keras.Input((8,))] + [Dense(c.units, c.act) for _ in range(c.depth)])
""",
    "build by hand": """
class Stack(layers.Layer):
    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.stack = [Dense(n), layers.LayerNormalization(), Dense(2)]
    def build(self, input_shape):
        for layer in self.stack:
            layer.build(input_shape)
            input_shape = layer.compute_output_shape(input_shape)
        self.built = True
    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        return x

m = keras.Sequential([keras.Input((8,)), Stack(4)])
""",
    "registered": """
@keras.saving.register_keras_serializable(package="x")
class Square(layers.Layer):
    def call(self, x):
        return tf.square(x)
    def get_config(self):
        return super().get_config()

m = keras.Sequential([keras.Input((8,)), Square(), Dense(1)])
""",
}


def run(program: str) -> dict[str, Any]:
    import keras

    keras.backend.clear_session()
    names: dict[str, Any] = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(textwrap.dedent(program), "program.py", "exec"), names)
    return names


def last(program: str, kind: str) -> LayerGraph:
    return [graph for graph in analysed(program).graphs if graph.kind == kind][-1]


@pytest.mark.parametrize("name", FUNCTIONAL)
def test_models_that_hold_custom_layers(name: str) -> None:
    program = HEADER + FUNCTIONAL[name]
    model = run(program)["m"]
    kind = "sequential" if type(model).__name__ == "Sequential" else "functional"
    graph = last(program, kind)
    assert reasons(graph) == []
    layers = {id(layer): layer for layer in model.layers}.values()
    assert described(graph) == [
        (type(layer).__name__, layer.name, layer.count_params()) for layer in layers
    ]
    assert output_shapes(graph) == shapes_by_keras(model)
    assert graph.total_params == model.count_params()
    trainable = sum(v.shape.num_elements() for v in model.trainable_variables)
    assert graph.trainable_params == trainable


NET = """
class Net(keras.Model):
    def __init__(self, n, **kw):
        super(Net, self).__init__(**kw)
        self.blocks = {"a": Block(3), "b": [Block(4)]}
        self.head = Dense(n)

    def call(self, inputs, training=False):
        x = self.blocks["a"](inputs)
        for block in self.blocks["b"]:
            x = block(x, training=training)
        return self.head(x)

net = Net(2)
"""


def test_a_subclassed_model_that_is_only_marked_as_built() -> None:
    program = HEADER + NET + "net.build((None, 7))"
    assert not any(layer.built for layer in run(program)["net"].layers)
    assert reasons(last(program, "subclass")) == ["it is not called on a known shape"]


def test_a_subclassed_model_called_on_an_input() -> None:
    program = HEADER + NET + "y = net(keras.Input((7,)))"
    model = run(program)["net"]
    graph = last(program, "subclass")
    assert reasons(graph) == []
    assert graph.name == model.name
    assert [(cls, params) for cls, _, params in described(graph) if cls != "?"] == [
        (type(layer).__name__, layer.count_params()) for layer in model.layers
    ]
    assert output_shapes(graph) == ["(None, 2)"]


def findings(program: str) -> list[str]:
    result, _ = check_text(textwrap.dedent(program), "program.py")
    assert result.outcome == "checked", result.reason
    return [finding.code for finding in result.findings]


def test_a_mistake_inside_call_is_found_even_if_nobody_makes_the_layer() -> None:
    program = (
        HEADER
        + """
class Encoder(layers.Layer):
    def __init__(self, n):
        super().__init__()
        self.one = layers.LSTM(n)
        self.two = layers.LSTM(n)
    def call(self, x):
        return self.two(self.one(x))
"""
    )
    assert findings(program) == ["KER101"]


def test_a_class_on_an_unknown_base_is_not_guessed() -> None:
    program = (
        HEADER
        + """
import somewhere
class Odd(somewhere.Base):
    def call(self, x):
        return layers.LSTM(2)(layers.LSTM(3)(x))
m = keras.Sequential([keras.Input((4, 5)), Odd(), Dense(1)])
"""
    )
    assert findings(program) == []
    assert any("somewhere.Base" in reason for reason in reasons(analysed(program).graphs[-1]))
