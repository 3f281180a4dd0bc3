"""Bodies of ``call``: what comes out of them, against what Keras makes of the same layers."""

from __future__ import annotations

import warnings

import pytest

from keras_lint.model.tensors import flatten

from .lib import analysed, output_shapes, reasons

pytestmark = pytest.mark.keras

HEADER = """
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
"""

BODIES = {
    "twice the lengths": "return tf.image.resize(x[..., None], tf.shape(x)[1:3] * 2)",
    "reshape by lengths": """
s = tf.shape(x)
return tf.reshape(x, [s[0], s[1] * s[2]])
""",
    "half the lengths": "return tf.image.resize(x[..., None], tf.shape(x)[1:] // 2)",
    "product of lengths": "return tf.reshape(x, [-1, tf.reduce_prod(tf.shape(x)[1:])])",
    "reshape by stacked lengths": "return tf.reshape(x, tf.stack([tf.shape(x)[0], 24]))",
    "broadcast to lengths": "return tf.broadcast_to(x[:, :1], tf.shape(x))",
    "broadcast to a shape": "return ops.broadcast_to(x[:, :1], ops.shape(x))",
    "tile by a constant": "return tf.tile(x[:, :1], tf.constant([1, 5, 1]))",
    "tile by stacked lengths": "return tf.tile(x[:, :1], tf.stack([1, tf.shape(x)[1], 1]))",
    "zeros of a static shape": "return x + tf.zeros(x.shape[1:])",
    "a list of a static shape": "return ops.reshape(x, [-1] + list(x.shape[2:]))",
    "a static shape and a list": "return x if x.shape[1:] == [4, 6] else x[:, 0]",
    "a static shape taken apart": """
b, *rest = x.shape
return ops.reshape(x, (-1, rest[0] * rest[1]))
""",
    "elements of a static shape": "return x * x.shape[1:].num_elements()",
    "product of a static shape": "return tf.reshape(x, (-1, np.prod(x.shape[1:])))",
    "set_shape of all": """
y = tf.where(x > 0, x, 0)
y.set_shape((None, 4, 6))
return y
""",
    "set_shape of some": """
y = tf.reshape(x, (tf.shape(x)[0], tf.shape(x)[1], -1))
y.set_shape((None, None, 6))
return y
""",
    "slice to the end": "return tf.slice(x, [0, 1, 0], [-1, 2, -1])",
    "slice by lengths": "return tf.slice(x, [0, 1, 0], [tf.shape(x)[0], 2, 3])",
    "sum of tuples": "return tf.reshape(x, (-1,) + (2, 12))",
    "ndim": "return ops.mean(x, axis=keras.ops.ndim(x)-1)",
    "cond": "return tf.cond(tf.reduce_mean(x) > 0, lambda: x * 2, lambda: x)",
    "cond2": "return tf.cond(tf.reduce_mean(x) > 0, lambda: x[:, :2], lambda: x[:, :3])",
    "kcond": "return ops.cond(ops.mean(x) > 0, lambda: x * 2, lambda: x)",
    "condt": "return tf.cond(tf.cast(training or False, tf.bool), lambda: x * 2, lambda: x)",
    "cond3": """
a, b = tf.cond(tf.reduce_mean(x) > 0, lambda: (x, x[:, 0]), lambda: (x*2, x[:, 1]))
return a, b
""",
    "map_fn": "return tf.map_fn(lambda t: t * 2, x)",
    "map_fn2": "return tf.map_fn(lambda t: tf.reduce_sum(t, 0), x)",
    "map_fn3": """
kind = tf.float32
return tf.map_fn(lambda t: t[0] * tf.reduce_mean(t[1]), (x, x), fn_output_signature=kind)
""",
    "map_fn4": "return tf.map_fn(lambda t: tf.cast(tf.argmax(t, -1), tf.int32), x, dtype=tf.int32)",
    "map_fn5": """
spec = tf.TensorSpec(shape=(), dtype=tf.float32)
return tf.map_fn(lambda t: tf.linalg.trace(t @ tf.transpose(t)), x, fn_output_signature=spec)
""",
    "vmap": "return tf.vectorized_map(lambda t: t * 2, x)",
    "vmap2": "return tf.vectorized_map(lambda t: tf.reduce_sum(t, -1), x)",
    "kmap": "return ops.map(lambda t: t * 2 + ops.mean(t), x)",
    "kvmap": "return ops.vectorized_map(lambda t: ops.sum(t, 0), x)",
    "while": """
i, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2), (0, x))
return y
""",
    "while2": """
i, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y * 2], [tf.constant(0), x])
return y
""",
    "kwhile": """
i, y = ops.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2), (0, x))
return y
""",
    "kfori": "return ops.fori_loop(0, 3, lambda i, y: y * 2, x)",
    "scan": "return tf.scan(lambda a, t: a + t, x)",
    "scan2": """
steps = tf.transpose(x, (1, 0, 2))
return tf.scan(lambda a, t: a + tf.reduce_sum(t), steps, initializer=tf.zeros((3,)))
""",
    "kscan": """
c, y = ops.scan(lambda c, t: (c + t, c * t), x[:, 0], ops.transpose(x, (1, 0, 2)))
return y
""",
    "switch": "return ops.switch(0, [lambda t: t * 2, lambda t: t], x)",
    "foldl": "return tf.foldl(lambda a, t: a + t, tf.transpose(x, (1, 0, 2)))",
    "name_scope": """
with tf.name_scope('a'):
    y = x * 2
return y
""",
    "device": """
with tf.device('/cpu:0'):
    y = x * 2
return y
""",
    "kname": """
with keras.name_scope('a'):
    y = x * 2
return y
""",
    "control": """
with tf.control_dependencies([tf.debugging.assert_non_negative(tf.abs(x))]):
    y = tf.identity(x)
return y
""",
    "print": """
tf.print(x)
return x * 2
""",
    "istensor": "return x * 2 if tf.is_tensor(x) else x",
    "tv": "return tf.convert_to_tensor(x) * 2",
    "batch": """
b = tf.shape(x)[0]
return tf.reshape(x, [b, 24])
""",
    "batch2": """
b = tf.shape(x)[0]
return tf.concat([x, tf.zeros([b, 1, 6])], 1)
""",
    "ct": """
b = tf.shape(x)[0]
y = x[..., None]
return tf.nn.conv2d_transpose(y, tf.ones((3, 3, 5, 1)), [b, 8, 12, 5], 2)
""",
    "ct2": """
b = tf.shape(x)[0]
y = x[..., None]
return tf.nn.conv2d_transpose(y, tf.ones((3, 3, 5, 1)), tf.stack([b, 8, 12, 5]), 2)
""",
    "unstack": """
b, t, c = tf.unstack(tf.shape(x))
return tf.reshape(x, (b, t * c))
""",
    "eye": "return x @ tf.eye(6)",
    "range": "return x + tf.cast(tf.range(6), x.dtype)",
    "range2": """
pos = tf.range(tf.shape(x)[1])
return x + tf.cast(pos, tf.float32)[:, None]
""",
    "range3": """
pos = ops.arange(0, ops.shape(x)[1], 1)
return x + ops.cast(pos, 'float32')[:, None]
""",
    "tfunc": """
f = tf.function(lambda t: t * 2)
return f(x)
""",
    "sg": "return tf.stop_gradient(x) + tf.debugging.check_numerics(x, 'm')",
    "xfor": """
ys = []
for t in range(x.shape[1]):
    ys.append(x[:, t] * 2)
return tf.stack(ys, axis=1)
""",
    "xunst": """
ys = [tf.reduce_sum(t, -1) for t in tf.unstack(x, axis=1)]
return tf.stack(ys, 1)
""",
    "shapeT": """
s = tf.shape(x)
return tf.reshape(x, tf.concat([s[:1], [24]], 0))
""",
    "gshape": "return tf.reshape(x, [-1, x.get_shape()[1] * x.get_shape().as_list()[2]])",
    "static": "return tf.reshape(x, [-1, x.shape.as_list()[-1]])",
    "rankif": "return x if len(x.shape) == 3 else x[:, None]",
    "rankif2": "return x * 2 if x.shape.rank == 3 else x[:, 0]",
    "ndims": "return x * 2 if x.shape.ndims == 3 else x[:, 0]",
    "rankif3": "return x * 2 if x.ndim == 3 else x[:, 0]",
    "setshape": """
y = tf.numpy_function(lambda t: t, [x], tf.float32)
y.set_shape((None, 4, 6))
return y
""",
    "ensure": """
y = tf.py_function(lambda t: t, [x], tf.float32)
return tf.ensure_shape(y, (None, 4, 6))
""",
    "setshape2": """
y = tf.py_function(lambda t: t, [x], tf.float32)
y.set_shape(x.shape)
return y
""",
    "assert": """
tf.debugging.assert_rank(x, 3)
return x * 2
""",
    "assert2": """
assert x.shape[1] == 4
return x * 2
""",
    "dtype": "return tf.cast(x, x.dtype) * tf.constant(2, dtype=x.dtype)",
    "numpy": """
w = np.ones((6, 3), 'float32')
return tf.matmul(x, w)
""",
    "tfeinsum": "return tf.einsum('btd,bsd->bts', x, x)",
    "booleanm": "return tf.boolean_mask(x, x[:, 0, 0] > 0)",
    "tfmath": "return tf.math.reduce_std(x, axis=[1, 2], keepdims=True) + 1e-6",
    "minus": "return 1 - x",
    "rmod": "return 2 ** x",
    "inplace": """
x += 1
x *= 2
return x
""",
    "where": "return tf.where(x > 0, x, tf.zeros_like(x))",
    "topk": """
v, i = tf.math.top_k(x, k=2)
return tf.gather(x, i, batch_dims=2)
""",
    "sortd": "return tf.sort(x, axis=1, direction='DESCENDING')[:, :2]",
    "dropout": "return tf.nn.dropout(x, rate=0.1)",
    "rnd": "return x + tf.random.normal(tf.shape(x), stddev=0.1)",
    "krnd": "return x + keras.random.normal(ops.shape(x), stddev=0.1)",
    "rnd2": """
b, d = tf.shape(x)[0], tf.shape(x)[2]
return x[:, 0] + keras.random.normal((b, d))
""",
    "act": "return keras.activations.get('relu')(x)",
    "act2": "return self.act(x)",
    "loss": """
self.add_loss(tf.reduce_mean(x))
return x * 2
""",
    "switchcase": "return tf.switch_case(tf.constant(1), [lambda: x, lambda: x * 2])",
    "nest": "return tf.nest.map_structure(lambda t: t * 2, [x, x])",
    "ktree": "return keras.tree.map_structure(lambda t: t * 2, [x, x])[0]",
}
"""Each is followed."""

REFUSED = {
    "return ops.reshape(x, (-1,) + x.shape[2:])": "ValueError",
    "return ops.reshape(x, [-1] + x.shape[2:])": "ValueError",
    "return ops.reshape(x, (ops.shape(x)[0],) + x.shape[2:])": "TypeError",
}


def _layer(name: str, body: str) -> str:
    lines = "".join(f"        {line}\n" for line in body.strip().splitlines())
    return f"""
class {name}(layers.Layer):
    def __init__(self):
        super().__init__()
        self.act = keras.activations.get("gelu")

    def call(self, x, training=None):
{lines}
"""


def test_what_calls_give_is_what_keras_says() -> None:
    import keras

    program = HEADER + "x = keras.Input((4, 6))\n"
    for number, body in enumerate(BODIES.values()):
        program += _layer(f"Own{number}", body)
        program += f"m{number} = keras.Model(x, Own{number}()(x))\n"
    graphs = [graph for graph in analysed(program).graphs if graph.kind == "functional"]
    space: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program, "program.py", "exec"), space)
    assert len(graphs) == len(BODIES)
    wrong = []
    for number, (name, graph) in enumerate(zip(BODIES, graphs, strict=True)):
        outputs = keras.tree.flatten(space[f"m{number}"].outputs)
        theirs = [(str(tuple(tensor.shape)), tensor.dtype) for tensor in outputs]
        dtypes = [graph.type_of(ref).dtype for ref in flatten(graph.outputs)]
        ours = list(zip(output_shapes(graph), dtypes, strict=True))
        if not graph.followed or ours != theirs:
            wrong.append((name, reasons(graph), ours, theirs))
    assert wrong == []


@pytest.mark.parametrize("body", REFUSED)
def test_what_keras_refuses_inside_a_call(body: str) -> None:
    program = f"{HEADER}{_layer('Own', body)}\nx = keras.Input((4, 6))\n"
    program += "m = keras.Model(x, Own()(x))\n"
    graphs = analysed(program).graphs
    problems = [graph.problem for graph in graphs if graph.problem is not None]
    assert [problem.exceptions for problem in problems] == [(REFUSED[body],)]
    assert not any(graph.followed for graph in graphs)
    with pytest.raises((ValueError, TypeError)) as refusal:
        exec(program, {})
    assert type(refusal.value).__name__ == REFUSED[body]
