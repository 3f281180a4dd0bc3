"""Functions that make an array from a shape: no node of the graph, and data, not a tensor.

Keras runs them at once; what comes out broadcasts like a constant.
"""

from __future__ import annotations

from keras_lint.keras_api.ops.base import Arguments, Data, operation
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


def _of_shape(a: Arguments) -> TensorType:
    lengths = a.lengths("shape")
    if FREE in lengths and not a.traced:
        raise Lost("an array of free length")
    return Data(Shape(lengths), a.dtype("dtype", "float32"))


for _name in ("zeros", "ones", "empty"):
    operation(_name, "")(_of_shape)
for _name in ("normal", "uniform", "truncated_normal", "gamma", "beta", "binomial", "randint"):
    operation(f"keras.random.{_name}", "")(_of_shape)


@operation("full", "")
def full(a: Arguments) -> Nested[TensorType]:
    """One value everywhere."""
    return Data(_of_shape(a).shape, a.dtype("dtype", None))


@operation("eye", "")
def eye(a: Arguments) -> Nested[TensorType]:
    """Ones on the diagonal."""
    rows = a.lengths("N")[0]
    columns: Dim = rows if a.known("M") is None else a.lengths("M")[0]
    if FREE in (rows, columns):
        raise Lost("an array of free length")
    return Data(Shape((rows, columns)), a.dtype("dtype", "float32"))


@operation("tri", "")
def tri(a: Arguments) -> Nested[TensorType]:
    """Ones on the diagonal and below."""
    made = eye(a)
    assert isinstance(made, TensorType)
    if any(isinstance(dim, int) and dim < 0 for dim in made.shape.dims or ()):
        raise Lost("a negative length")
    return made


@operation("identity", "")
def identity(a: Arguments) -> Nested[TensorType]:
    """Ones on the diagonal of a square."""
    return eye(a.with_values(N=a["n"], M=None))


@operation("arange", "")
def arange(a: Arguments) -> Nested[TensorType]:
    """Numbers in steps; a symbolic end gives a symbolic length."""
    start, stop = a.known("start"), a.known("stop")
    step = 1 if a.known("step") is None else a.integer("step")
    if stop is None:
        start, stop = 0, start
    if any(isinstance(value, float) for value in (start, stop)):
        raise Lost("a range of floats")
    first, last = a.with_values(pair=(start, stop)).lengths("pair")
    if FREE in (first, last) or step == 0:
        raise Lost("a range of unknown length")
    if isinstance(first, int) and isinstance(last, int):
        return Data(Shape((len(range(first, last, step)),)), a.dtype("dtype", "int32"))
    if step != 1:
        raise Lost("a range of unknown length")
    return Data(Shape((last - first,)), a.dtype("dtype", "int32"))
