"""Operations in programs: the same graph, shapes and names as the program makes in Keras."""

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
    the_model,
)

pytestmark = pytest.mark.keras

HEADER = """
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops
from keras.layers import Dense, Lambda
from tensorflow.keras import backend as K
"""

OUTSIDE = {
    "matrix product": "y = a @ ops.transpose(b, (0, 2, 1))",
    "comparisons": "y = ops.cast((a > 0) & (a <= b) | ~(a < 1.0) ^ (a >= b) | (a != b), 'float32')",
    "numbers on the left": "y = 1 - a / 2 + 3 * b - 2 ** a",
    "power and rest": "y = (a ** 2) % 3 // 2",
    "array on the right": "y = a * np.ones((4, 6), 'float32') + np.zeros((4, 1))",
    "indexing": "y = a[:, ::-1, -3:][:, 0] + a[..., -1, None]",
    "new axes": "y = a[:, None, :, 1:3]\nz = a[..., np.newaxis]",
    "split": "p, q = ops.split(a, 2, axis=-1)\ny = ops.concatenate([q, p], axis=1)",
    "parts in a loop": "y = ops.stack([p * 2 for p in ops.unstack(a, axis=1)], axis=1)",
    "shape": "y = ops.reshape(a, (-1, ops.shape(a)[1] * a.shape[2]))",
    "reshape by shape": "n = ops.shape(a)\ny = ops.reshape(a, (n[0], n[2], n[1]))",
    "moments": "m, v = ops.moments(a, axes=[1], keepdims=True)\ny = (a - m) * ops.rsqrt(v + 1e-3)",
    "top": "values, places = ops.top_k(a, k=2)\ny = ops.take(a, 0, axis=1)\nz = values",
    "einsum": "y = ops.einsum('bij,bkj->bik', a, b)",
    "norms": "y = ops.normalize(a, axis=-1) + ops.norm(a, axis=1, keepdims=True)",
    "where": "y = ops.where(a > 0, a, ops.zeros_like(a))",
    "data": "y = a + ops.ones((4, 6)) + ops.arange(6)",
    "activations": (
        "y = keras.activations.relu(a) + keras.activations.linear(keras.activations.softmax(b))"
    ),
    "absolute": "y = abs(a) - ops.abs(b) + -a",
    "attention": """
scores = ops.softmax(ops.matmul(a, ops.swapaxes(b, 1, 2)) / 6**0.5, axis=-1)
y = ops.matmul(scores, b)
""",
    "squeeze and excite": """
s = ops.mean(a, axis=1, keepdims=True)
y = a * ops.sigmoid(Dense(6)(s))
""",
    "pixels": """
i = ops.reshape(a, (-1, 2, 2, 6))
y = ops.image.resize(ops.pad(i, ((0, 0), (1, 1), (1, 1), (0, 0))), (8, 8))
""",
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_same_as_keras(name: str) -> None:
    body = OUTSIDE[name]
    outputs = "[y, z]" if "\nz = " in body else "y"
    program = (
        f"{HEADER}a, b = keras.Input((4, 6)), keras.Input((4, 6))\n{body}\n"
        f"m = keras.Model([a, b], {outputs})\n"
    )
    graph = the_model(program)
    model = built(program)[-1]
    assert reasons(graph) == []
    assert output_shapes(graph) == shapes_by_keras(model)
    assert described(graph) == described_by_keras(model)
    ours = sorted((layer.cls, layer.name) for layer in graph.layers.values() if layer.is_operation)
    assert ours == sorted(
        (type(operation).__name__, operation.name)
        for operation in model.operations
        if not isinstance(operation, _layer_class())
    )


def _layer_class() -> type:
    import keras

    return keras.layers.Layer


INSIDE = [
    "tf.reduce_mean(x, axis=[1, 2])",
    "tf.reduce_sum(tf.square(x), -1, keepdims=True)",
    "tf.math.reduce_std(x, 1)",
    "tf.concat([x, x[:, :2]], 1)",
    "tf.concat([x, tf.zeros((tf.shape(x)[0], 3, 6))], axis=1)",
    "tf.expand_dims(x, -1)",
    "tf.squeeze(x[:, :1], axis=1)",
    "tf.transpose(x, perm=[0, 2, 1])",
    "tf.reshape(x, [-1, 24])",
    "tf.reshape(x, (tf.shape(x)[0], tf.shape(x)[1] * 2, 3))",
    "tf.reshape(x, tf.concat([tf.shape(x)[:-1], [2, 3]], axis=0))",
    "tf.reshape(x, [-1, x.shape[1] * x.shape[2]])",
    "tf.matmul(x, x, transpose_b=True)",
    "tf.linalg.matmul(x, x, transpose_a=True)",
    "x @ tf.ones((6, 2))",
    "tf.stack([x, x], axis=-1)",
    "tf.tile(x, [1, 2, 1])",
    "tf.tile(tf.expand_dims(x, 1), [1, tf.shape(x)[1], 1, 1])",
    "tf.cast(tf.greater(x, 0.5), tf.float32)",
    "tf.cast(x > 0, 'float32') * x",
    "tf.where(x > 0, x, tf.zeros_like(x))",
    "tf.where(x == 0, 1.0, x)",
    "tf.split(x, 2, axis=-1)[0]",
    "tf.split(x, [1, 5], axis=2)[1]",
    "tf.split(x, num_or_size_splits=3, axis=2)[1]",
    "tf.nn.relu(x) + tf.nn.softmax(x, axis=1)",
    "tf.nn.l2_normalize(x, axis=-1)",
    "tf.math.l2_normalize(x, 1)",
    "tf.nn.max_pool2d(x[..., None], 2, 2, 'SAME')",
    "tf.nn.avg_pool2d(x[..., tf.newaxis], [1, 2, 2, 1], [1, 1, 1, 1], padding='VALID')",
    "tf.nn.conv2d(x[..., None], tf.ones((3, 3, 1, 5)), strides=1, padding='SAME')",
    "tf.nn.depth_to_space(tf.reshape(x, (-1, 2, 3, 4)), 2)",
    "tf.nn.space_to_depth(x[..., None], 2)",
    "tf.image.resize(x[..., None], (8, 9))",
    "tf.image.resize(x[..., None], [tf.shape(x)[1] * 2, 9])",
    "tf.image.extract_patches(x[..., None], [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')",
    "tf.image.extract_patches(images=x[..., None], sizes=[1, 3, 3, 1], strides=[1, 1, 1, 1], "
    "rates=[1, 1, 1, 1], padding='SAME')",
    "ops.image.extract_patches(x[..., None], 2)",
    "tf.image.rgb_to_grayscale(tf.stack([x, x, x], axis=-1))",
    "x[:, :2] if x != None else x",
    "x[:, :2] if x == None else x",
    "tf.gather(x, [0, 2], axis=1)",
    "tf.gather(x, 1, axis=2)",
    "tf.pad(x, [[0, 0], [1, 1], [0, 0]])",
    "tf.pad(x, tf.constant([[0, 0], [1, 1], [0, 0]]), 'SYMMETRIC')",
    "tf.clip_by_value(x, 0.0, 1.0)",
    "tf.einsum('bij,bkj->bik', x, x)",
    "tf.math.top_k(x, k=2)[0]",
    "tf.argmax(x, axis=-1)",
    "tf.one_hot(tf.cast(x, tf.int32), depth=5)",
    "tf.repeat(x, 3, axis=1)",
    "tf.reverse(x, axis=[1])",
    "tf.norm(x, axis=1)",
    "tf.tensordot(x, tf.ones((6, 3)), axes=1)",
    "tf.broadcast_to(x[:, :1], [tf.shape(x)[0], 4, 6])",
    "tf.abs(x) - tf.math.log(tf.maximum(x, 1e-7)) + tf.pow(x, 2.0)",
    "x + tf.random.normal(tf.shape(x))",
    "tf.random.uniform((tf.shape(x)[0], 6))[:, None] + x",
    "x * tf.constant([[1.0], [2.0], [3.0], [4.0]])",
    "x * tf.constant(2.0)",
    "tf.unstack(x, axis=1)[0]",
    "tf.math.squared_difference(x, tf.reduce_mean(x, 0))",
    "tf.nn.moments(x, axes=[1])[0]",
    "x[1:]",
    "x[:, -1]",
    "x[:, : tf.shape(x)[1] // 2]",
    "ops.concatenate([x, x], axis=0)",
    "ops.reshape(x, (ops.shape(x)[0], -1))",
    "ops.mean(x, axis=1)",
    "keras.random.normal((3, 6)) + x[:, :3]",
    "tf.cumsum(x, axis=1)",
    "K.mean(x, axis=1, keepdims=True) + K.epsilon()",
    "K.sqrt(K.sum(K.square(x), axis=-1)) - K.abs(K.exp(K.max(x)))",
    "K.l2_normalize(K.batch_flatten(x), axis=1)",
    "K.permute_dimensions(x, (0, 2, 1))",
    "K.concatenate([x, K.zeros_like(x)], axis=1)",
    "K.reshape(x, (-1, K.int_shape(x)[1] * 3, 2))",
    "K.reshape(x, (K.shape(x)[0], 24))",
    "K.squeeze(K.expand_dims(x, 1), 1)",
    "K.repeat_elements(x, 2, axis=1)",
    "K.clip(K.relu(x), 0, 1) * K.cast(K.greater(x, 0.5), 'float32')",
    "K.tile(x, [1, 1, 2])",
    "K.stack([x, K.softmax(x)], axis=1)",
    "K.argmax(x, axis=-1)",
    "K.flatten(x)",
    "ops.mean(x, axis=tuple(range(1, ops.ndim(x))))",
    "ops.cast(ops.size(x), ops.dtype(x)) * x if ops.is_tensor(x) else x[:, :2]",
    "ops.rearrange(x, 'b (h p) w -> b h (p w)', p=2)",
    "ops.adaptive_max_pool(x, 2)",
    "tf.sigmoid(x) * tf.math.softplus(x) * tf.nn.leaky_relu(x, alpha=0.1)",
]


def test_functions_inside_layers_give_what_tensorflow_gives() -> None:
    lines = [f"m{n} = keras.Model(i, Lambda(lambda x: {code})(i))" for n, code in enumerate(INSIDE)]
    program = f"{HEADER}i = keras.Input((4, 6))\n" + "\n".join(lines)
    graphs = [graph for graph in analysed(program).graphs if graph.kind == "functional"]
    models = built(program)
    assert len(graphs) == len(models) == len(INSIDE)
    wrong = []
    for code, graph, model in zip(INSIDE, graphs, models, strict=True):
        if reasons(graph):
            wrong.append((code, reasons(graph)))
        elif output_shapes(graph) != shapes_by_keras(model):
            wrong.append((code, output_shapes(graph), shapes_by_keras(model)))
        elif [t.dtype for t in _outputs(graph)] != [t.dtype for t in model.outputs]:
            wrong.append((code, [t.dtype for t in _outputs(graph)]))
    assert wrong == []


def _outputs(graph):
    from keras_lint.model.tensors import flatten

    return [graph.type_of(ref) for ref in flatten(graph.outputs)]


REFUSED = {
    "merge": "y = a + b[:, :3]",
    "merge product": "y = a @ b",
    "reshape": "y = ops.reshape(a[0], (5, 5))",
    "axis": "y = ops.split(a, 5, axis=1)[0]",
    "axis index": "y = a[:, 4]",
    "merge join": "y = ops.concatenate([a, b[:, :3]], axis=-1)",
    "vanish": "y = ops.max_pool(a, 9)",
    "value": "y = a[1:]",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_keras_refuses_is_a_problem_of_the_call(name: str) -> None:
    program = f"{HEADER}a, b = keras.Input((4, 6)), keras.Input((4, 6))\n{REFUSED[name]}\n"
    problems = [
        call.problem
        for graph in analysed(program).graphs
        for call in graph.calls.values()
        if call.problem is not None
    ]
    assert [problem.kind for problem in problems] == [name.split()[0]]
    with pytest.raises((ValueError, IndexError, TypeError)) as refusal:
        exec(program, {})
    assert type(refusal.value).__name__ in problems[0].exceptions


SILENT = [
    "y = a == b",
    "y = a + unknown",
    "y = ops.reshape(a, (unknown, -1))",
    "y = np.ones((4, 6)) * a",
    "y = tf.reshape(a, (3, 3))",
    "y = a[:, unknown]",
    "y = a[:, b]",
    "y = ops.concatenate([a, unknown], axis=1)",
    "y = ops.vectorized_map(lambda t: t, a)",
    "def f(t, u):\n    return t + u\ny = f(a, unknown[0])",
    "y = ops.sum(a, axis=unknown) + b[:, :3]",
    "y = ops.tile(a, (1, unknown, 1)) + b[:, :3]",
]


@pytest.mark.parametrize("code", SILENT)
def test_what_is_not_known_is_silent(code: str) -> None:
    program = f"""
import os
{HEADER}
unknown = os.environ['N']
a, b = keras.Input((4, 6)), keras.Input((4, 6))
{code}
m = keras.Model([a, b], y)
"""
    graphs = analysed(program).graphs
    assert [c.problem for g in graphs for c in g.calls.values() if c.problem is not None] == []
    assert reasons(graphs[0])


def test_symbolic_lengths_go_through_operations() -> None:
    graph = the_model(
        HEADER
        + """
def build(n):
    i = keras.Input((n, 4))
    x = ops.concatenate([ops.reshape(i, (-1, 4 * n)), ops.reshape(i, (-1, n * 2 * 2))], axis=-1)
    return keras.Model(i, [x, ops.transpose(i, (0, 2, 1)), i[:, :, 0], i[:, 1:], i + i[:, :, :1]])
"""
    )
    assert output_shapes(graph) == [
        "(None, 8*n)",
        "(None, 4, n)",
        "(None, n)",
        "(None, ?, 4)",
        "(None, n, 4)",
    ]
