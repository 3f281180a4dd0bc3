"""Matrices: diagonals, products of unusual kinds, decompositions, systems of equations."""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.keras_api.ops.base import Arguments, flat_length, operation
from keras_lint.keras_api.ops.broadcasting import broadcast_dims, floating, result_dtype
from keras_lint.model.dims import FREE, Dim, surely_different, surely_equal
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

_KNOWN_SIZE = "matrices of known size"


def _of(x: TensorType, *dims: Dim) -> TensorType:
    return TensorType(Shape(dims), floating(x.dtype))


def _matrix(a: Arguments, name: str) -> tuple[TensorType, tuple[Dim, ...], Dim, Dim]:
    """The tensor, its leading axes, and the rows and columns of its matrices."""
    x, dims = a.tensor(name), a.dims(name)
    if len(dims) < 2:
        raise a.refuse("rank", "matrices", str(x.shape), (x,))
    return x, dims[:-2], dims[-2], dims[-1]


def _square(a: Arguments, name: str) -> tuple[TensorType, tuple[Dim, ...], Dim]:
    """As :func:`_matrix` where rows and columns must be the same; None is the same as None."""
    x, front, rows, columns = _matrix(a, name)
    if rows is columns or surely_equal(rows, columns):
        return x, front, rows
    if surely_different(rows, columns) or FREE in (rows, columns):
        raise a.refuse("axis", "square matrices", str(x.shape), (x,))
    raise Lost("whether a matrix is square is not known")


def _least(a: Arguments, rows: Dim, columns: Dim) -> Dim:
    if FREE in (rows, columns):
        shape = f"({rows}, {columns})"
        raise a.refuse("undefined", _KNOWN_SIZE, shape, exceptions=("TypeError",))
    if isinstance(rows, int) and isinstance(columns, int):
        return min(rows, columns)
    if surely_equal(rows, columns):
        return rows
    raise Lost("which axis of a matrix is shorter is not known")


def _kept(a: Arguments) -> Nested[TensorType]:
    x, _, _ = _square(a, next(iter(a)))
    return TensorType(x.shape, floating(x.dtype))


for _name, _cls in (
    ("cholesky", "Cholesky"),
    ("cholesky_inverse", "CholeskyInverse"),
    ("inv", "Inv"),
):
    operation(_name, _cls, outside=True)(_kept)


@operation("det", "Det", outside=True)
def det(a: Arguments) -> Nested[TensorType]:
    """One number for every matrix."""
    x, front, _ = _square(a, "x")
    return _of(x, *front)


@operation("eig", "Eig", outside=True, several=True)
def eig(a: Arguments) -> Nested[TensorType]:
    """Values, and vectors as columns."""
    x, front, length = _square(a, "x")
    return (_of(x, *front, length), _of(x, *front, length, length))


operation("eigh", "Eigh", outside=True, several=True)(eig)


@operation("qr", "Qr", outside=True, several=True)
def qr(a: Arguments) -> Nested[TensorType]:
    """An orthogonal matrix and a triangular one."""
    x, front, rows, columns = _matrix(a, "x")
    if FREE in (rows, columns):
        raise a.refuse("undefined", _KNOWN_SIZE, str(x.shape), (x,))
    if a.known("mode") not in ("reduced", "complete"):
        raise Lost("an unusual mode")
    inner = _least(a, rows, columns) if a["mode"] == "reduced" else rows
    return (_of(x, *front, rows, inner), _of(x, *front, inner, columns))


@operation("svd", "SVD", outside=True, several=True)
def svd(a: Arguments) -> Nested[TensorType]:
    """Left vectors, values, right vectors; or the values alone."""
    x, front, rows, columns = _matrix(a, "x")
    inner = _least(a, rows, columns)
    values = _of(x, *front, inner)
    if not a.flag("compute_uv"):
        return values
    if a.flag("full_matrices"):
        return (_of(x, *front, rows, rows), values, _of(x, *front, columns, columns))
    return (_of(x, *front, rows, inner), values, _of(x, *front, inner, columns))


@operation("lu_factor", "LuFactor", outside=True, several=True)
def lu_factor(a: Arguments) -> Nested[TensorType]:
    """Both factors in one matrix, and the order of its rows."""
    x, front, rows, columns = _matrix(a, "x")
    return (TensorType(x.shape, floating(x.dtype)), _of(x, *front, _least(a, rows, columns)))


@operation("matrix_rank", "MatrixRank", outside=True)
def matrix_rank(a: Arguments) -> Nested[TensorType]:
    """A whole number for every matrix."""
    _, front, _, _ = _matrix(a, "x")
    return TensorType(Shape(front), "int32")


@operation("pinv", "Pinv", outside=True)
def pinv(a: Arguments) -> Nested[TensorType]:
    """Rows and columns exchanged."""
    x, front, rows, columns = _matrix(a, "x")
    return _of(x, *front, columns, rows)


@operation("solve", "Solve", outside=True)
def solve(a: Arguments) -> Nested[TensorType]:
    """The shape of the right-hand side."""
    x, front, rows = _square(a, "a")
    b, right = a.tensor("b"), a.dims("b")
    same_rank = len(right) == len(front) + 2
    open_once = FREE in (rows, *right[-2:-1]) and rows is not right[-2]
    if same_rank and (open_once or surely_different(right[-2], rows)):
        raise a.refuse("merge", "as many rows on both sides", f"{x.shape} and {b.shape}", (x, b))
    if len(right) not in (len(front) + 1, len(front) + 2):
        raise Lost("a right-hand side of another rank")
    return TensorType(b.shape, floating(x.dtype) if x.dtype == b.dtype else None)


operation("solve_triangular", "SolveTriangular", outside=True)(solve)


@operation("lstsq", "Lstsq", outside=True)
def lstsq(a: Arguments) -> Nested[TensorType]:
    """Columns of the matrix in place of its rows."""
    x, front, rows, columns = _matrix(a, "a")
    b, right = a.tensor("b"), a.dims("b")
    if front or len(right) not in (1, 2) or FREE in (rows, *right):
        raise Lost("anything but one matrix of known size")
    if surely_different(right[0], rows):
        raise a.refuse("merge", "as many rows on both sides", f"{x.shape} and {b.shape}", (x, b))
    return _of(x, columns, *right[1:])


@operation("logdet", "Logdet", outside=True)
def logdet(a: Arguments) -> Nested[TensorType]:
    """One number for every matrix; Keras does not look whether it is square."""
    x, front, _, _ = _matrix(a, "x")
    return _of(x, *front)


@operation("slogdet", "Slogdet", outside=True, several=True)
def slogdet(a: Arguments) -> Nested[TensorType]:
    """Sign and logarithm; Keras 3.15 says of the sign that it has no axes."""
    x, dims = a.tensor("x"), a.dims("x")
    return (_of(x), _of(x, *dims[:-2]))


def _crossed(a: Arguments, offset: str) -> tuple[TensorType, list[Dim], Dim]:
    """The axes that stay, and the length of the diagonal of the other two."""
    x, dims = a.tensor("x"), list(a.dims("x"))
    one, other = a.axis("axis1", len(dims)), a.axis("axis2", len(dims))
    if one == other:
        raise Lost("a diagonal of one axis")
    rows, columns = dims[one], dims[other]
    rest = [dim for place, dim in enumerate(dims) if place not in (one, other)]
    return x, rest, _diagonal(rows, columns, a.integer(offset))


def _diagonal(rows: Dim, columns: Dim, offset: int) -> Dim:
    if FREE in (rows, columns):
        return FREE
    if not isinstance(rows, int) or not isinstance(columns, int):
        raise Lost("the length of a diagonal is not known")
    return max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))


@operation("diagonal", "Diagonal", outside=True)
def diagonal(a: Arguments) -> Nested[TensorType]:
    """Two axes become one, the last."""
    x, rest, length = _crossed(a, "offset")
    return TensorType(Shape((*rest, length)), x.dtype)


@operation("trace", "Trace", outside=True)
def trace(a: Arguments) -> Nested[TensorType]:
    """Two axes summed along their diagonal."""
    x, dims = a.tensor("x"), a.dims("x")
    one, other = a.axis("axis1", len(dims)), a.axis("axis2", len(dims))
    if one == other:
        raise Lost("a trace of one axis")
    rest = (dim for place, dim in enumerate(dims) if place not in (one, other))
    wider = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": None, "uint16": None}
    return TensorType(Shape(tuple(rest)), wider.get(x.dtype or "", x.dtype))


@operation("diag", "Diag", outside=True)
def diag(a: Arguments) -> Nested[TensorType]:
    """A vector as a matrix, or the diagonal of a matrix."""
    x, dims, offset = a.tensor("x"), a.dims("x"), a.integer("k")
    if len(dims) == 1:
        length = dims[0] if dims[0] is FREE else dims[0] + abs(offset)
        return TensorType(Shape((length, length)), x.dtype)
    if len(dims) != 2:
        raise a.refuse("rank", "a vector or a matrix", str(x.shape), (x,))
    return TensorType(Shape((_diagonal(dims[0], dims[1], offset),)), x.dtype)


@operation("diagflat", "Diagflat", outside=True)
def diagflat(a: Arguments) -> Nested[TensorType]:
    """All elements on the diagonal of one matrix."""
    x, size = a.tensor("x"), flat_length(a.dims("x"))
    length = size if size is FREE else size + abs(a.integer("k"))
    return TensorType(Shape((length, length)), x.dtype)


@operation("vander", "Vander", outside=True)
def vander(a: Arguments) -> Nested[TensorType]:
    """Powers of a vector as columns."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) != 1:
        raise a.refuse("rank", "a vector", str(x.shape), (x,))
    columns = dims[0] if a.known("N") is None else a.integer("N")
    return TensorType(Shape((dims[0], columns)), x.dtype)


@operation("kron", "Kron", outside=True)
def kron(a: Arguments) -> Nested[TensorType]:
    """Every element of the first times the whole second."""
    left, right = a.tensor("x1"), a.tensor("x2")
    first, second = a.dims("x1"), a.dims("x2")
    if len(first) != len(second):
        raise Lost("a Kronecker product of different ranks")
    dims = (FREE if FREE in (x, y) else x * y for x, y in zip(first, second, strict=True))
    return TensorType(Shape(tuple(dims)), result_dtype(left.dtype, right.dtype))


@operation("cross", "Cross", outside=True)
def cross(a: Arguments) -> Nested[TensorType]:
    """Vectors of length 3 on the last axis."""
    left, right = a.tensor("x1"), a.tensor("x2")
    first, second = a.dims("x1"), a.dims("x2")
    if a.known("axis") is not None or {a["axisa"], a["axisb"], a["axisc"]} != {-1}:
        raise Lost("a cross product on other axes than the last")
    if not first or not second or 2 in (first[-1], second[-1]) or FREE in (first[-1], second[-1]):
        raise Lost("a cross product of vectors that are not known to have length 3")
    for x, dims in ((left, first), (right, second)):
        if surely_different(dims[-1], 3):
            raise a.refuse("axis", "vectors of length 3 or 2", str(x.shape), (x,))
    front = broadcast_dims(a, first[:-1], second[:-1], (left, right))
    return TensorType(Shape((*front, 3)), result_dtype(left.dtype, right.dtype))


@operation("inner", "Inner", outside=True)
def inner(a: Arguments) -> Nested[TensorType]:
    """The last axes summed in pairs."""
    left, right = a.tensor("x1"), a.tensor("x2")
    first, second = a.dims("x1"), a.dims("x2")
    if not first or not second or FREE in (first[-1], second[-1]):
        raise Lost("an inner product with a number, or of an open axis")
    if surely_different(first[-1], second[-1]):
        shapes = f"{left.shape} and {right.shape}"
        raise a.refuse("merge", "last axes of one length", shapes, (left, right))
    dims: Sequence[Dim] = (*first[:-1], *second[:-1])
    return TensorType(Shape(tuple(dims)), _product(left, right))


def _product(left: TensorType, right: TensorType) -> str | None:
    found = result_dtype(left.dtype, right.dtype)
    return None if found in ("int8", "bool") else found


@operation("cdist", "CDist", outside=True)
def cdist(a: Arguments) -> Nested[TensorType]:
    """The distance of every row to every other."""
    names = list(a)[:2]
    left, front, rows, width = _matrix(a, names[0])
    right, other, columns, depth = _matrix(a, names[1])
    if surely_different(width, depth):
        shapes = f"{left.shape} and {right.shape}"
        raise a.refuse("merge", "last axes of one length", shapes, (left, right))
    if len(front) != len(other) or FREE in (width, depth):
        raise Lost("distances of tensors of different ranks")
    dims = broadcast_dims(a, front, other, (left, right))
    return TensorType(
        Shape((*dims, rows, columns)), floating(result_dtype(left.dtype, right.dtype))
    )
