"""Subclasses of concrete Keras layers, and what a class says about its own output shape."""

from __future__ import annotations

import pytest

from keras_lint.interp.derived import SHAPES_BY_CALL
from keras_lint.keras_api.base import entries

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
import keras
import tensorflow as tf
from keras import layers, ops
from keras.layers import Dense, Input
from keras.models import Model, Sequential
"""

FOLLOWED = {
    "inputs and outputs for a class without __init__": """
class Trained(keras.Model):
    def train_step(self, data):
        return super().train_step(data)
i = Input((8,)); m = Trained(i, Dense(2)(i)); n = Trained(inputs=i, outputs=Dense(3)(i), name="n")
""",
    "a hook of the base": """
class FixedDropout(layers.Dropout):
    def _get_noise_shape(self, inputs):
        if self.noise_shape is None:
            return self.noise_shape
        return tuple(self.noise_shape)
i = Input((8,)); m = Model(i, Dense(2)(FixedDropout(0.2, noise_shape=(None, 1))(Dense(4)(i))))
""",
    "__init__": """
class MyDense(layers.Dense):
    def __init__(self, units, **kwargs):
        super().__init__(units, activation="relu", **kwargs)
i = Input((8,)); m = Model(i, MyDense(3)(MyDense(4, name="x")(i)))
""",
    "call that ends otherwise": """
class Patches(layers.Conv2D):
    def __init__(self, size, dim, **kw):
        super().__init__(dim, size, strides=size, **kw)
        self.dim = dim
    def call(self, x):
        x = super().call(x)
        s = ops.shape(x)
        return ops.reshape(x, (-1, 16, self.dim))
i = Input((32,32,3)); m = Model(i, Patches(8, 24)(i))
""",
    "build and call": """
class WS(layers.Conv2D):
    def build(self, input_shape):
        super().build(input_shape)
        self.gain = self.add_weight(name="gain", shape=(self.filters,), initializer="ones")
    def call(self, x):
        return super().call(x) * self.gain
i = Input((32,32,3)); m = Model(i, WS(8, 3, padding="same")(i))
""",
    "a subclass of a subclass": """
class A(layers.Dense):
    def __init__(self, units, scale=1, **kw):
        super().__init__(units * scale, **kw)
class B(A):
    def call(self, x):
        return ops.relu(super().call(x))
m = Sequential([Input((5,)), B(4, scale=3), A(2)])
""",
    "nothing overridden": """
class D(Dense):
    pass
m = Sequential([D(4, input_shape=(3,)), D(2)])
""",
    "weights of the base in call": """
class Own(layers.Dense):
    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias
m = Sequential([Input((5,)), Own(4)])
""",
    "a mixin": """
class Mix:
    def extra(self): return 3
class MD(Mix, layers.Dense):
    def __init__(self, **kw):
        super().__init__(self.extra(), **kw)
m = Sequential([Input((5,)), MD()])
""",
    "Wrapper": """
class MyW(layers.Wrapper):
    def call(self, x):
        return self.layer(x)
m = Sequential([Input((5,)), MyW(Dense(3))])
""",
    "attributes of the base": """
class R(layers.Dense):
    def __init__(self, units, **kw):
        super().__init__(units, **kw)
        self.doubled = self.units * 2
r = R(3)
m = Sequential([Input((5,)), r, Dense(r.doubled), Dense(r.units)])
""",
    "frozen": """
class R(layers.Dense): pass
r = R(3); r.trainable = False
m = Sequential([Input((5,)), r, Dense(2)])
""",
    "padding": """
class ReflectionPadding2D(layers.ZeroPadding2D):
    def call(self, x):
        return tf.pad(x, [[0,0],[1,1],[1,1],[0,0]], mode="REFLECT")
m = Sequential([Input((10,10,3)), ReflectionPadding2D(1)])
""",
    "an activation": """
class Swish(layers.Activation):
    def __init__(self, activation, **kwargs):
        super().__init__(activation, **kwargs)
        self.__name__ = 'swish'
i = Input((4,)); m = Model(i, Swish("swish")(i))
""",
    "batch normalisation": """
class FrozenBatchNorm(layers.BatchNormalization):
    def call(self, x, training=False):
        training = tf.logical_and(training, self.trainable)
        return super().call(x, training)
m = Sequential([Input((5,3)), FrozenBatchNorm()])
""",
    "build without that of the base": """
class NoBuild(layers.Dense):
    def build(self, s): self.w=self.add_weight(shape=(s[-1],))
m = Sequential([Input((5,)), NoBuild(3)])
""",
    "layers that building leaves alone": """
class Inner(layers.Layer):
    def __init__(self): super().__init__(); self.d=layers.Dense(5)
    def call(self,x): return self.d(x)
    def compute_output_shape(self,s): return (*s[:-1],5)
class Inner2(Inner):
    def build(self,s): self.w=self.add_weight(shape=(3,))
m = Sequential([Input((5,)), Inner(), Inner2()])
""",
    "build by argument names": """
class Two(layers.Layer):
    def build(self, a_shape, b_shape): self.w=self.add_weight(shape=(a_shape[-1],b_shape[-1]))
    def call(self,a,b): return a@self.w
a, b = Input((4,)),Input((5,)); m = Model([a, b], Two()(a, b))
""",
    "a shape that call does not give": """
class Q(layers.Layer):
    def call(self,x): return x[...,:1]
    def compute_output_shape(self,s): return s
m = Sequential([Input((5,)), Q(), Dense(2)])
""",
    "an attribute that the base sets": """
class Bef(layers.Dense):
    def __init__(self, units):
        self.units = 99
        super().__init__(units)
m = Sequential([Input((5,)), Bef(3)])
""",
    "a shape as a list": """
class Q(layers.Layer):
    def call(self,x): return x
    def compute_output_shape(self,s): return [s[0], s[1]]
m = Sequential([Input((5,)), Q(), Dense(2)])
""",
    "merging": """
class Q(layers.Concatenate):
    pass
a, b = Input((5,)), Input((4,)); m = Model([a, b], Q(axis=-1)([a, b]))
""",
    "input_shape": """
class Cust(layers.Layer):
    def __init__(s, **k): super().__init__(**k)
    def call(s,x): return x
m = Sequential([Cust(input_shape=(4,)), Dense(2)])
""",
    "layers inside that are not built": """
class TokenAndPos(layers.Embedding):
    def __init__(self, maxlen, vocab, dim, **kw):
        super().__init__(vocab, dim, **kw)
        self.pos = layers.Embedding(maxlen, dim)
        self.maxlen = maxlen
    def call(self, x):
        return super().call(x) + self.pos(ops.arange(0, self.maxlen))
m = Sequential([Input((10,), dtype="int32"), TokenAndPos(10, 100, 8)])
""",
    "attention": """
class MH(layers.MultiHeadAttention):
    def call(self, query, value, key=None):
        return super().call(query, value)
a = Input((5,4)); m = Model(a, MH(2, 3)(a, a))
""",
    "recurrent": """
class G(layers.GRU):
    def __init__(self, units, **kw): super().__init__(units, return_sequences=True, **kw)
m = Sequential([Input((5,4)), G(3), G(2, name="q")])
""",
    "a block": """
class ConvBN(layers.Conv2D):
    def __init__(self, filters, *a, **k):
        super().__init__(filters, *a, padding="same", use_bias=False, **k)
        self.bn = layers.BatchNormalization()
    def call(self, x):
        return ops.relu(self.bn(super().call(x)))
m = Sequential([Input((8,8,3)), ConvBN(4, 3), ConvBN(5, 3, strides=2)])
""",
    "shared": """
class D(Dense): pass
d = D(4); a, b = Input((5,)), Input((5,)); m = Model([a, b], layers.Add()([d(a), d(b)]))
""",
    "get_config": """
@keras.saving.register_keras_serializable()
class D(Dense):
    def get_config(self):
        c = super().get_config(); c.update({"a": 1}); return c
m = Sequential([Input((8,)), D(3)])
""",
    "in a subclassed model": """
class D(Dense): pass
class Net(keras.Model):
    def __init__(self):
        super().__init__(); self.a = D(3); self.b = D(2)
    def call(self, x): return self.b(self.a(x))
i = Input((4,)); m = Model(i, Net()(i))
""",
}

NOT_FOLLOWED = {
    "an attribute set later": (
        """
class Over(layers.Dense):
    def __init__(self, units):
        super().__init__(units)
        self.units = 2 * units

m = Sequential([Input((5,)), Over(3)])
""",
        "its attribute 'units' was set",
    ),
    "a compute_output_spec": (
        """
class Spec(layers.Layer):
    def call(self, x):
        return x
    def compute_output_spec(self, x):
        return keras.KerasTensor((None, 7))

m = Sequential([Input((5,)), Spec()])
""",
        "Spec has a compute_output_spec of its own",
    ),
    "no super().__init__()": (
        """
class D(Dense):
    def __init__(self, units):
        self.n = units

m = Sequential([Input((5,)), D(3)])
""",
        "the __init__ of keras.layers.Dense is not called",
    ),
    "arguments without names": (
        """
class D(Dense):
    def call(self, *args):
        return super().call(*args)

i = Input((4,))
m = Model(i, D(3)(i))
""",
        "D calls its first argument otherwise than its base",
    ),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_same_as_keras(name: str) -> None:
    program = HEADER + FOLLOWED[name]
    kinds = ("sequential", "functional")
    graphs = [graph for graph in analysed(program).graphs if graph.kind in kinds]
    models = built(program)
    assert [graph.name for graph in graphs] == [model.name for model in models]
    for graph, model in zip(graphs, models, strict=True):
        assert reasons(graph) == []
        assert described(graph) == described_by_keras(model)
        assert output_shapes(graph) == shapes_by_keras(model)
        assert graph.total_params == model.count_params()
        trainable = sum(v.shape.num_elements() for v in model.trainable_variables)
        assert graph.trainable_params == trainable


@pytest.mark.parametrize("name", NOT_FOLLOWED)
def test_not_followed_with_a_reason(name: str) -> None:
    program, reason = NOT_FOLLOWED[name]
    graph = analysed(HEADER + program).graphs[-1]
    assert not graph.followed
    assert reason in reasons(graph)


def test_which_layers_say_their_output_shape_without_running_call() -> None:
    import keras
    from keras.src.utils.python_utils import is_default

    for path in [*entries(), *SHAPES_BY_CALL]:
        name = path.rpartition(".")[2]
        cls = getattr(keras.layers, name, None)
        if cls is None or name == "InputLayer":
            continue
        by_call = is_default(cls.compute_output_shape) and (
            cls.compute_output_spec is keras.Layer.compute_output_spec
        )
        assert by_call == (path in SHAPES_BY_CALL), path
