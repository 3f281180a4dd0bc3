"""Models taken apart, put together again, and built by what they are given: as Keras has them."""

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
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops
from keras.layers import Conv2D, Dense, Input, LSTM
from keras.models import Model, Sequential
"""

BUILT_BY_DATA = {
    "predict": "m.predict(np.zeros((10, 5)), verbose=0)",
    "predict in batches": "m.predict(np.zeros((100, 5)), verbose=0)",
    "predict with a batch size": "m.predict(np.zeros((100, 5)), batch_size=7, verbose=0)",
    "predict_on_batch": "m.predict_on_batch(np.zeros((10, 5)))",
    "a call": "y = m(np.zeros((10, 5)), training=True)",
    "two calls": "m(np.zeros((3, 5)))\nm(np.zeros((4, 5)))",
    "evaluate": "m.evaluate(np.zeros((10, 5)), np.zeros((10, 2)), verbose=0)",
    "train_on_batch": "m.train_on_batch(np.zeros((10, 5)), np.zeros((10, 2)))",
    "test_on_batch": "m.test_on_batch(np.zeros((10, 5)), np.zeros((10, 2)))",
    "fit on a dataset": "m.fit(pairs.batch(4), verbose=0)",
    "fit on equal batches": "m.fit(pairs.batch(4, drop_remainder=True), verbose=0)",
    "evaluate on equal batches": "m.evaluate(pairs.batch(4, drop_remainder=True), verbose=0)",
    "predict of a dataset": "m.predict(pairs.batch(4), verbose=0)",
    "predict of one batch": "m.predict(pairs.batch(4, drop_remainder=True).take(1), verbose=0)",
    "fit on a generator": """
def batches():
    while True:
        yield np.zeros((6, 5)), np.zeros((6, 2))

m.fit(batches(), steps_per_epoch=2, verbose=0)
""",
    "predict of a generator": """
m.predict(((np.zeros((6, 5)),) for _ in range(2)), verbose=0)
""",
    "fit on a PyDataset": """
class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.zeros((6, 5)), np.zeros((6, 2))

m.fit(Batches(), verbose=0)
""",
    "a model in a model": """
n = Sequential([m, Dense(2)])
n.compile("sgd", "mse")
n.fit(pairs.batch(4), verbose=0)
""",
    "a call, then fit": """
m(np.zeros((3, 5)))
m.fit(np.zeros((8, 5)), np.zeros((8, 2)), verbose=0)
""",
}

FROZEN = {
    "a model": "m.trainable = False",
    "a model, layers thawed again": """
m.trainable = False
for layer in m.layers[-2:]:
    layer.trainable = True
n = Sequential([m, Dense(3)])
""",
    "all but the last layers": """
for layer in m.layers[:-1]:
    layer.trainable = False
n = Model(m.inputs, Dense(3)(m.outputs[0]))
""",
}

VALUES = {
    "the number of weights": """
i = Input((4,))
d = Dense(3)
m = Model(i, d(i))
s = Sequential([Input((4,)), m, Dense(2)])
n = Model(i, Dense(s.count_params())(Dense(m.count_params())(Dense(d.count_params())(i))))
""",
    "the shape of a model's output": """
i = Input((4,))
s = Sequential([Input((4,)), Dense(2), Dense(5)])
m = Model([i], [Dense(3)(i)])
n = Model(i, Dense(s.output_shape[-1])(Dense(m.output_shape[-1])(i)))
""",
    "the output of a layer called twice": """
i = Input((4,))
d = Dense(4)
x = d(i)
y = d(x)
m = Model(d.input, Dense(2)(d.output))
""",
    "a property with a setter": """
class Base:
    def __init__(self):
        self._n = 1

    @property
    def n(self):
        return self._n

    @n.setter
    def n(self, value):
        self._n = 2 * value

class Derived(Base):
    pass

b = Derived()
b.n = 3
b.n += 1
m = Sequential([Input((4,)), Dense(b.n), Dense(b._n)])
""",
    "fields of a dataclass with factories": """
from dataclasses import dataclass, field

@dataclass
class Config:
    n: int = 2
    units: list = field(default_factory=list)
    more: dict = field(default_factory=lambda: {"u": 4})
    k: int = field(default=3)

    def __post_init__(self):
        self.n = self.n * 4

c, other = Config(), Config(3, [9], k=7)
c.units.append(5)
m = Sequential([Input((4,))] + [Dense(u) for u in c.units] + [Dense(c.more["u"]), Dense(c.k)])
n = Sequential([Input((4,))] + [Dense(u) for u in other.units] + [Dense(other.k), Dense(other.n)])
o = Sequential([Input((4,))] + [Dense(u) for u in Config().units + [c.n]])
""",
    "subclasses of Sequential": """
class Listed(Sequential):
    def __init__(self, n, **kwargs):
        super().__init__([Input((4,)), Dense(n), Dense(2)], **kwargs)

class MyAdded(Sequential):
    def __init__(self, n):
        super().__init__()
        self.add(Input((4,)))
        super().add(Dense(n))
        self.head = Dense(4)
        self.add(self.head)

class Bare(keras.Sequential):
    pass

a = Listed(3)
b = MyAdded(5)
c = Bare([Input((4,)), Dense(a.count_params()), Dense(len(a.layers))])
i = Input((4,))
m = Model(i, a(b(i)))
s = Sequential([b, Listed(7)])
""",
    "a subclass of Sequential built by data": """
class Late(Sequential):
    def __init__(self):
        super().__init__([Dense(3), Dense(2)])

m = Late()
m.compile(loss="mse")
m.fit(np.zeros((8, 5)), np.zeros((8, 2)), verbose=0)
""",
    "functional subclasses inside a model": """
class MyNet(keras.Model):
    def __init__(self, n, **kwargs):
        i = Input((4,))
        super().__init__(inputs=i, outputs=Dense(n)(i), **kwargs)

class Other(MyNet):
    pass

i = Input((4,))
x = MyNet(4)(i)
x = MyNet(4)(x)
x = Other(4)(x)
m = Model(i, Other(4, name="last")(x))
""",
}


def same_as_keras(program: str) -> None:
    graphs = [graph for graph in analysed(program).graphs if graph.kind != "fragment"]
    models = built(program)
    assert [graph.name for graph in graphs] == [model.name for model in models]
    for graph, model in zip(graphs, models, strict=True):
        assert reasons(graph) == []
        assert described(graph) == described_by_keras(model)
        assert output_shapes(graph) == shapes_by_keras(model)
        assert graph.total_params == model.count_params()
        trainable = sum(v.shape.num_elements() for v in model.trainable_variables)
        assert graph.trainable_params == trainable


@pytest.mark.parametrize("name", BUILT_BY_DATA)
def test_what_a_model_is_given_builds_it(name: str) -> None:
    start = """
pairs = tf.data.Dataset.from_tensor_slices((np.zeros((10, 5)), np.zeros((10, 2))))
m = Sequential([Dense(3), Dense(2)])
m.compile(loss="mse")
"""
    same_as_keras(HEADER + start + BUILT_BY_DATA[name])


@pytest.mark.parametrize("name", VALUES)
def test_what_models_and_objects_say_of_themselves(name: str) -> None:
    same_as_keras(HEADER + VALUES[name])


def test_the_first_call_of_a_layer_may_depend_on_a_condition() -> None:
    program = """
import os
i, j = Input((4,)), Input((4,))
d = Dense(4)
y = d(i) if os.environ.get("FIRST") else d(j)
m = Model([i, j], Dense(2)(d.output))
"""
    assert any(reasons(graph) for graph in analysed(HEADER + program).graphs)


@pytest.mark.parametrize("name", FROZEN)
def test_frozen_weights(name: str) -> None:
    start = "m = Sequential([Input((4,)), Dense(5), Dense(6), Dense(7)])\n"
    same_as_keras(HEADER + start + FROZEN[name])


@pytest.mark.parametrize(
    "program",
    [
        "m = Sequential([Dense(3)])\nm.add(m)",
        "a = Sequential()\nb = Sequential([a])\na.add(b)",
        "a = Sequential()\na.add(layers.TimeDistributed(a))",
    ],
)
def test_a_model_inside_itself_is_not_followed(program: str) -> None:
    graphs = analysed(HEADER + program).graphs
    assert any("a model put into itself" in reasons(graph) for graph in graphs)


def test_the_output_of_a_sequential_is_that_of_its_first_call() -> None:
    """Keras 3.15: before it is called, a Sequential has outputs but no output."""
    start = HEADER + "s = Sequential([Input((4,)), Dense(3)])\ni = Input((4,))\n"
    same_as_keras(start + "s(i)\nm = Model(i, Dense(2)(s.output))")
    never = start + "m = Model(s.inputs, Dense(2)(s.output))"
    with pytest.raises(AttributeError, match="never been called"):
        built(never)
    told = [reason for graph in analysed(never).graphs for reason in reasons(graph)]
    assert "a Sequential that was never called has no 'output'" in told


def test_a_decorator_is_called_once() -> None:
    program = (
        HEADER
        + """
made = []
def register(name):
    made.append(name)
    return lambda function: function

@register("net")
def net():
    return Sequential([Input((4,)), Dense(3)])

m = net()
m = Sequential([Input((len(made),)), Dense(2)])
"""
    )
    same_as_keras(program)


OWN_WAYS = {
    "a Sequential with its own add": """
class Net(Sequential):
    def add(self, layer, **kwargs):
        super().add(layer, **kwargs)
        super().add(keras.layers.ReLU())

i = Input((4,))
m = Model(i, Net([Dense(3)])(i))
""",
    "a call beside the outputs": """
class Net(Model):
    def __init__(self):
        i = Input((4,))
        super().__init__(i, Dense(3)(i))

    def call(self, x):
        return Dense(7)(x)

i = Input((4,))
m = Model(i, Net()(i))
""",
}


@pytest.mark.parametrize("name", OWN_WAYS)
def test_a_subclass_that_changes_what_its_base_does_is_not_followed(name: str) -> None:
    assert reasons(analysed(HEADER + OWN_WAYS[name]).graphs[-1])
