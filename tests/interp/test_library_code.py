"""What libraries of builders do: context managers, special methods, layers built by hand."""

from __future__ import annotations

import pytest

from .lib import analysed, built, described, described_by_keras, reasons, the_model

pytestmark = pytest.mark.keras

HEADER = """
import collections
import contextlib
import copy
import inspect
import re
import keras
from keras import layers
from contextlib import contextmanager

class Space:
    def __init__(self):
        self.scopes = []
        self.found = collections.defaultdict(list)
        self.values = {}

    @contextlib.contextmanager
    def scope(self, name):
        self.scopes.append(name)
        try:
            yield len(self.scopes)
        finally:
            self.scopes.pop()

    @contextmanager
    def maybe(self, name):
        if name:
            with self.scope(name):
                yield
        else:
            yield

    def pick(self, name, options):
        with self.maybe(None):
            full = "/".join([*self.scopes, name])
            self.found[full].append(options)
            if full not in self.values:
                self.values[full] = options[0]
            return self.values[full]

class Condition:
    def __init__(self, name):
        self.name = name
    def __eq__(self, other):
        return isinstance(other, Condition) and other.name == self.name

class Numbers:
    def __init__(self, numbers):
        self.numbers = numbers
    def __getitem__(self, key):
        return self.numbers[key] + 1
    def __contains__(self, key):
        return key in self.numbers

class Scope:
    def __init__(self):
        self.depth = 0
    def __enter__(self):
        self.depth += 1
        return self
    def __exit__(self, *problem):
        self.depth -= 1

i = keras.Input((4,))
"""

PROGRAMS = {
    "a scope names and a return inside it": """
space = Space()
with space.scope("a") as depth:
    with space.scope("b"):
        x = layers.Dense(space.pick("u", [3, 4]) + depth)(i)
name = "_".join(["d", *space.scopes, *space.values]).replace("/", ".")
x = layers.Dense(space.pick("u", [7]), name=name)(x)
m = keras.Model(i, x)
""",
    "what was picked stays": """
space = Space()
space.values["w"] = 9
m = keras.Sequential([keras.Input((2,)), layers.Dense(space.pick("w", [1])),
                      layers.Dense(space.pick("v", [6])), layers.Dense(len(space.found["v"]))])
""",
    "loops left from inside a with": """
space = Space()
x = i
for units in (2, 3, 4):
    with space.scope("s"):
        if units == 3:
            continue
        x = layers.Dense(units + len(space.scopes))(x)
m = keras.Model(i, layers.Dense(1 + len(space.scopes))(x))
""",
    "a class that enters and leaves": """
scope = Scope()
with scope as s, scope:
    x = layers.Dense(s.depth)(i)
m = keras.Model(i, layers.Dense(5 + scope.depth)(x))
""",
    "equality, items and membership of own classes": """
same = Condition("a") == Condition("a")
lists = [Condition("a"), Condition("b")] == [Condition("a"), Condition("b")]
other = [Condition("a")] != [Condition("c")]
n = Numbers({"k": 4})
deep = copy.deepcopy(Condition("z"))
deep.name = "dense_" + deep.name
units = (10 if same else 20) + (1 if lists else 2) + (3 if other else 5) + n["k"]
x = layers.Dense(units if "k" in n and "q" not in n else 1, name=deep.name)(i)
m = keras.Model(i, x)
""",
    "the version, the backend and generated numbers": """
layers.Dense(1)
number = keras.backend.get_uid("dense")
new = keras.version().startswith("3.")
x = layers.Dense(number if keras.backend.backend() == "tensorflow" else 50)(i)
x = layers.Dense(6 if new else 7, name=re.sub("([a-z])([A-Z])", r"\\\\1_\\\\2", "myDense"))(x)
m = keras.Model(i, x)
""",
    "flat structures": """
leaves = keras.tree.flatten({"b": [4, None], "a": (5, [6])})
x = i
for units in leaves:
    x = x if units is None else layers.Dense(units)(x)
m = keras.Model(keras.tree.flatten(i), keras.tree.flatten([x]))
""",
    "signatures": """
def head(x, units=3, *, name): pass
takes = "training" in dict(inspect.signature(layers.Dropout(0.1).call).parameters)
plain = "training" in inspect.signature(layers.LayerNormalization().call).parameters
x = layers.Dense(len(inspect.signature(head).parameters) + 10 * takes + 100 * plain)(i)
m = keras.Model(i, x)
""",
    "an embedding of constant positions": """
class Positions(layers.Layer):
    def build(self, shape):
        self.table = layers.Embedding(shape[1], shape[2])
        self.table.build((1, shape[1]))
        self.at = keras.ops.expand_dims(keras.ops.arange(shape[1]), axis=0)
    def call(self, x):
        return x + self.table(self.at)
j = keras.Input((5, 3))
m = keras.Model(j, Positions()(j))
""",
    "attention built by hand": """
class Block(layers.Layer):
    def build(self, shape):
        self.attend = layers.MultiHeadAttention(2, 3)
        self.attend.build(shape, shape)
        self.again = layers.MultiHeadAttention(2, 3)
        self.again.build(query_shape=shape, value_shape=shape)
    def call(self, x):
        return self.again(self.attend(x, x), x)
j = keras.Input((5, 6))
m = keras.Model(j, Block()(j))
""",
    "declared shapes stand for the call": """
class Declared(layers.Layer):
    def compute_output_shape(self, shape):
        return [*shape[:-1], 9]
    def call(self, x):
        return open(x)
class Untraced(layers.Layer):
    def build(self, shape):
        self.inner = layers.Dense(5)
        self.inner.build(shape)
        self.position = self.add_weight(shape=(shape[-1],))
    def compute_output_shape(self, shape):
        return (shape[0], 7)
    def call(self, x):
        return self.inner(x)
x = Untraced()(Declared()(i))
m = keras.Model(i, layers.Dense(2)(x))
""",
    "declared shapes of several tensors": """
class Pair(layers.Layer):
    def build(self, a_shape, b_shape):
        self.scale = self.add_weight(shape=(a_shape[-1], b_shape[-1]))
    def compute_output_shape(self, a_shape, b_shape):
        return {"sum": a_shape, "both": [a_shape, b_shape]}
    def call(self, a, b, factor=2.0):
        return {"sum": a, "both": [a, b]}
j = keras.Input((6,))
out = Pair()(i, b=j)
m = keras.Model([i, j], [layers.Dense(2)(out["sum"]), layers.Dense(3)(out["both"][1])])
""",
    "an own layer that is never called": """
class Rotary(layers.Layer):
    def call(self, x):
        return x
class Block(layers.Layer):
    def build(self, shape):
        self.rotary = Rotary()
        self.dense = layers.Dense(3)
        self.dense.build(shape)
    def compute_output_shape(self, shape):
        return (shape[0], 3)
    def call(self, x):
        return self.dense(self.rotary(x))
m = keras.Model(i, Block()(i))
""",
    "state held in a thread": """
import threading
class Context(threading.local):
    def __init__(self):
        super().__init__()
        for name, value in {"active": False, "units": 6}.items():
            setattr(self, name, value)
context = Context()
units = 3 if getattr(context, "active", False) else context.units
activation = keras.activations.get("relu")
start = keras.initializers.get(None)
x = layers.Dense(units, activation=activation, kernel_initializer=keras.initializers.get("ones"))(i)
old = hasattr(layers.Dense(1), "_build_from_signature")
m = keras.Model(i, x if start is None and not old else i)
""",
    "own layers built by hand are not built again": """
class Scale(layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return x * self.scale
class Two(layers.Layer):
    def build(self, shape):
        self.one = Scale()
        self.one.build(shape)
        self.same = layers.Lambda(lambda x: x)
        self.two = Scale()
        self.two.build(self.same.compute_output_shape(shape))
    def call(self, x):
        return self.two(self.same(self.one(x)))
m = keras.Model(i, Two()(i))
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_followed_as_keras_builds_it(program: str) -> None:
    text = HEADER + program
    graph = the_model(text)
    assert graph.followed, reasons(graph)
    model = built(text)[-1]
    theirs = described_by_keras(model)
    assert described(graph) == theirs
    assert graph.total_params == model.count_params()


def test_a_manager_entered_on_an_unknown_condition_is_joined() -> None:
    graph = the_model(
        HEADER
        + """
import os
space = Space()
x = i
with space.maybe(os.environ.get("NAME")):
    x = layers.Dense(3 + len(space.scopes))(x)
m = keras.Model(i, x)
"""
    )
    assert not graph.followed


def test_what_an_untraced_layer_hides_is_not_counted_away() -> None:
    graph = the_model(
        HEADER
        + """
import os
class Hiding(layers.Layer):
    def build(self, shape):
        self.inner = os.environ.get("layer")
        self.rest = layers.Dense(3)
        self.rest.build(shape)
    def compute_output_shape(self, shape):
        return shape
    def call(self, x):
        return self.rest(self.inner(x))
m = keras.Model(i, Hiding()(i))
"""
    )
    assert reasons(graph) == ["the number of weights of Hiding is not known"]


def test_weights_made_on_an_unknown_condition_are_not_known() -> None:
    graph = the_model(
        HEADER
        + """
import os
class Perhaps(layers.Layer):
    def build(self, shape):
        if os.environ.get("x"):
            self.scale = self.add_weight(shape=(3,))
    def call(self, x):
        return x
m = keras.Model(i, Perhaps()(i))
"""
    )
    assert reasons(graph) == ["the number of weights of Perhaps is not known"]


def test_substitutions_that_could_run_long_are_not_computed() -> None:
    program = "import re\nfrom keras import layers\n"
    program += "d = layers.Dense(3, name=re.sub('(a+)+$', 'b', 'a' * 60 + 'c'))\n"
    assert analysed(program) is not None
