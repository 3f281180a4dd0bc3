"""Losses as operations, normalisation with given statistics, and other parts of networks."""

from __future__ import annotations

from keras_lint.keras_api.arithmetic import product
from keras_lint.keras_api.ops import joining, neural
from keras_lint.keras_api.ops.base import Arguments, known_dims, operation
from keras_lint.keras_api.ops.broadcasting import floating, is_integral, result_dtype
from keras_lint.model.dims import FREE, Dim, surely_different
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


def _same_shapes(a: Arguments) -> tuple[TensorType, tuple[Dim, ...]]:
    """Target and output, which must be of one shape; an open axis differs from a known length."""
    target, output = a.tensor("target"), a.tensor("output")
    one, other = known_dims(target), known_dims(output)
    _compare(a, one, other, (target, output))
    return output, other


def _compare(
    a: Arguments, one: tuple[Dim, ...], other: tuple[Dim, ...], both: tuple[TensorType, ...]
) -> None:
    if len(one) == len(other) and all(x is y or x == y for x, y in zip(one, other, strict=True)):
        return
    if len(one) != len(other) or any(
        surely_different(x, y) or (FREE in (x, y) and (isinstance(x, int) or isinstance(y, int)))
        for x, y in zip(one, other, strict=True)
    ):
        shapes = f"{both[0].shape} and {both[1].shape}"
        raise a.refuse("merge", "target and output of one shape", shapes, both)
    raise Lost("whether target and output have one shape is not known")


@operation("binary_crossentropy", "BinaryCrossentropy", outside=True)
def binary_crossentropy(a: Arguments) -> Nested[TensorType]:
    """One loss for every number."""
    output, _ = _same_shapes(a)
    return TensorType(output.shape, floating(output.dtype))


@operation("categorical_crossentropy", "CategoricalCrossentropy", outside=True)
def categorical_crossentropy(a: Arguments) -> Nested[TensorType]:
    """One loss for every distribution; Keras 3.15 takes the last axis away whichever is given."""
    output, dims = _same_shapes(a)
    if not dims:
        raise Lost("a distribution that is a number")
    return TensorType(Shape(dims[:-1]), floating(output.dtype))


@operation("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", outside=True)
def sparse_categorical_crossentropy(a: Arguments) -> Nested[TensorType]:
    """As above with the number of the class as target, which may have an axis of length 1."""
    target, output = a.tensor("target"), a.tensor("output")
    one, other = known_dims(target), known_dims(output)
    if not other:
        raise Lost("a distribution that is a number")
    if len(one) == len(other) and one[-1] == 1:
        one = one[:-1]
    _compare(a, one, other[:-1], (target, output))
    return TensorType(Shape(one), floating(output.dtype))


@operation("ctc_loss", "CTCLoss", outside=True)
def ctc_loss(a: Arguments) -> Nested[TensorType]:
    """One loss for every sequence."""
    output, dims = a.tensor("output"), a.dims("output")
    target = a.dims("target")
    lengths = (a.dims("target_length"), a.dims("output_length"))
    ranks = (len(target), len(dims), *map(len, lengths))
    if ranks != (2, 3, 1, 1) or {target[0], *lengths[0], *lengths[1]} != {dims[0]}:
        raise Lost("unusual sequences")
    return TensorType(Shape(dims[:1]), "float32" if output.dtype == "float32" else None)


@operation("ctc_decode", "CTCDecode", outside=True, several=True)
def ctc_decode(a: Arguments) -> Nested[TensorType]:
    """The best paths, and how good they are."""
    x, dims = a.tensor("inputs"), a.dims("inputs")
    if len(dims) != 3 or a.known("strategy") != "greedy":
        raise Lost("another strategy than the greedy one")
    return (
        TensorType(Shape((1, *dims[:2])), "int32"),
        TensorType(Shape((dims[0], 1)), floating(x.dtype)),
    )


@operation("batch_normalization", "BatchNorm", outside=True)
def batch_normalization(a: Arguments) -> Nested[TensorType]:
    """The shape of what is normalised by vectors as long as an axis."""
    x, dims = a.tensor("x"), a.dims("x")
    axis = a.axis("axis", len(dims))
    for name in ("mean", "variance", "offset", "scale"):
        if name in a and a.known(name) is not None:
            vector = a.tensor(name)
            lengths = known_dims(vector)
            if len(lengths) != 1 or surely_different(lengths[0], dims[axis]):
                raise a.refuse(
                    "axis", f"a vector as long as axis {axis}", str(vector.shape), (x, vector)
                )
            if FREE in (lengths[0], dims[axis]):
                raise Lost("statistics of an open axis")
    return TensorType(x.shape, floating(x.dtype))


@operation("multi_hot", "MultiHot", outside=True)
def multi_hot(a: Arguments) -> Nested[TensorType]:
    """One truth for every class; Keras 3.15 gives a symbolic result the dtype of the input."""
    x, dims = a.tensor("inputs"), a.dims("inputs")
    if a.known("axis") != -1 or a.get("sparse") is not False or not dims:
        raise Lost("classes on another axis than the last")
    count = a.integer("num_classes")
    front = dims[:1] if len(dims) > 1 else ()
    return TensorType(Shape((*front, *dims[2:], count)), x.dtype)


@operation("psnr", "PSNR", outside=True)
def psnr(a: Arguments) -> Nested[TensorType]:
    """One number; Keras 3.15 compares nothing but ranks."""
    x, y = a.tensor("x1"), a.tensor("x2")
    if len(known_dims(x)) != len(known_dims(y)):
        raise a.refuse("rank", "two tensors of one rank", f"{x.shape} and {y.shape}", (x, y))
    return TensorType(Shape(()), "float32" if x.dtype == "float32" else None)


@operation("polar", "Polar", outside=True)
def polar(a: Arguments) -> Nested[TensorType]:
    """Keras 3.15 gives a symbolic result the type of the first operand."""
    x = a.operand("abs_")
    return TensorType(x.shape, "float32" if x.dtype == "float32" else None)


@operation("separable_conv", "SeparableConv", outside=True)
def separable_conv(a: Arguments) -> Nested[TensorType]:
    """A convolution of every channel by itself, then one of all channels in every place."""
    middle = neural.depthwise_conv(a.with_values(kernel=a["depthwise_kernel"]))
    last = a.dims("pointwise_kernel")
    assert isinstance(middle, TensorType)
    channel = 1 if a.channels_first else -1
    if surely_different(last[-2], middle.shape[channel]):
        raise Lost("kernels that do not fit each other")
    return middle.with_shape(middle.shape.with_axis(channel, last[-1]))


@operation("unfold", "Unfold", outside=True)
def unfold(a: Arguments) -> Nested[TensorType]:
    """Every window of an image as a column."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) != 4 or FREE in dims[1:]:
        raise Lost("an image of unusual rank or unknown size")
    windows = [
        (length + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1
        for length, kernel, dilation, pad, stride in zip(
            dims[2:],
            *(_pair(a, name) for name in ("kernel_size", "dilation", "padding", "stride")),
            strict=True,
        )
    ]
    if not all(isinstance(count, int) and count > 0 for count in windows):
        raise Lost("no window fits")
    kernel = product(_pair(a, "kernel_size"))
    return TensorType(Shape((dims[0], dims[1] * kernel, product(windows))), x.dtype)


@operation("fold", "Fold", outside=True)
def fold(a: Arguments) -> Nested[TensorType]:
    """The way back of ``unfold``."""
    x, dims = a.tensor("x"), a.dims("x")
    kernel = product(_pair(a, "kernel_size"))
    if len(dims) != 3 or not isinstance(dims[1], int) or not isinstance(kernel, int):
        raise Lost("columns of unusual rank or unknown number")
    if dims[1] % kernel:
        raise Lost("columns that no kernel makes")
    return TensorType(Shape((dims[0], dims[1] // kernel, *_pair(a, "output_size"))), x.dtype)


def _pair(a: Arguments, name: str) -> tuple[int, int]:
    found = a.integers(name)
    least = 0 if name == "padding" else 1
    if found is None or len(found) not in (1, 2) or min(found) < least:
        raise Lost(f"{name} is not a pair")
    return (found[0], found[-1])


@operation("view", "View", outside=True)
def view(a: Arguments) -> Nested[TensorType]:
    """The same bits as another dtype, which makes the last axis longer or shorter."""
    x, dims, dtype = a.tensor("x"), a.dims("x"), a.dtype("dtype", None)
    if dtype is None or x.dtype is None or not dims:
        raise Lost("a view of unknown dtype")
    before, after = _bits(x.dtype), _bits(dtype)
    if before == after:
        return TensorType(x.shape, dtype)
    if dims[-1] is FREE or before < after:
        raise Lost("a view of larger numbers")
    return TensorType(x.shape.with_axis(-1, dims[-1] * (before // after)), dtype)


def _bits(dtype: str) -> int:
    digits = "".join(letter for letter in dtype if letter.isdigit())
    if not digits or dtype.startswith("b"):
        raise Lost("a dtype without a plain size")
    return int(digits)


@operation("scatter", "Scatter", outside=True)
def scatter(a: Arguments) -> Nested[TensorType]:
    """A tensor of a given shape with values in places."""
    return TensorType(Shape(a.lengths("shape")), a.operand("values").dtype)


def _updated(a: Arguments) -> Nested[TensorType]:
    x = a.operand("inputs")
    return TensorType(x.shape, x.dtype)


operation("scatter_update", "ScatterUpdate", outside=True)(_updated)
operation("slice_update", "SliceUpdate", outside=True)(_updated)


@operation("append", "Append", outside=True)
def append(a: Arguments) -> Nested[TensorType]:
    """Two tensors joined along an axis; flat without one."""
    left, right = a.tensor("x1"), a.tensor("x2")
    first, second = known_dims(left), known_dims(right)
    dtype = result_dtype(left.dtype, right.dtype)
    if is_integral(dtype) and left.dtype != right.dtype:
        dtype = None
    if a.known("axis") is None:
        if FREE in (*first, *second):
            return TensorType(Shape((FREE,)), dtype)
        return TensorType(Shape((product(first) + product(second),)), dtype)
    axis = a.axis("axis", len(first))
    if len(first) != len(second) or FREE in (first[axis], second[axis]):
        raise Lost("an open axis appended to, or a tensor of another rank")
    for place, (x, y) in enumerate(zip(first, second, strict=True)):
        if place != axis and surely_different(x, y):
            shapes = f"{left.shape} and {right.shape}"
            raise a.refuse("merge", "one length on all other axes", shapes, (left, right))
    return TensorType(left.shape.with_axis(axis, first[axis] + second[axis]), dtype)


@operation("array_split", "ArraySplit", outside=True, several=True)
def array_split(a: Arguments) -> Nested[TensorType]:
    """Parts whose lengths differ by one at most."""
    x, dims = a.tensor("x"), a.dims("x")
    axis, parts = a.axis("axis", len(dims)), a.known("indices_or_sections")
    if isinstance(parts, (tuple, list)):
        raised = ("TypeError",)
        raise a.refuse("value", "a number of parts", f"{parts}", (x,), exceptions=raised)
    length, count = dims[axis], a.integer("indices_or_sections")
    if not 0 < count <= 1000:
        raise Lost("a number of parts that makes no sense")
    if length is FREE:
        return [x] * count
    if not isinstance(length, int):
        raise Lost("the length of the axis is not known")
    sizes = [length // count + (number < length % count) for number in range(count)]
    return [x.with_shape(x.shape.with_axis(axis, size)) for size in sizes]


@operation("dsplit", "Dsplit", outside=True, several=True)
def dsplit(a: Arguments) -> Nested[TensorType]:
    """Split along the third axis."""
    x = a.tensor("x")
    if len(known_dims(x)) < 3:
        raise a.refuse("rank", "a tensor of rank 3 or more", str(x.shape), (x,))
    return joining.split(a.with_values(axis=2))
