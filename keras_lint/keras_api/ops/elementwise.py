"""Operations element by element: functions of one tensor, and those of two that broadcast."""

from __future__ import annotations

from keras_lint.keras_api.ops.base import Arguments, Data, Infer, flat_length, operation
from keras_lint.keras_api.ops.broadcasting import (
    broadcast_tensors,
    floating,
    result_dtype,
)
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import Nested, Shape, TensorType

FLOAT_ONLY = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctanh",
    "ceil",
    "cos",
    "cosh",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "log",
    "log10",
    "log1p",
    "log2",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
]
"""Keep the shape; a float keeps its dtype, an integer becomes a float."""
KEEPING = [
    "cbrt",
    "celu",
    "deg2rad",
    "erfc",
    "fabs",
    "i0",
    "rad2deg",
    "sinc",
    "trunc",
    "conjugate",
    "elu",
    "erf",
    "erfinv",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "negative",
    "relu",
    "relu6",
    "round",
    "rsqrt",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "soft_shrink",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "stop_gradient",
    "tanh_shrink",
    "copy",
    "tril",
    "triu",
    "nan_to_num",
]
"""Keep shape and dtype of floats."""
CHECKS = ["isneginf", "isposinf", "isreal", "isfinite", "isinf", "isnan", "logical_not", "signbit"]
"""Keep the shape and are boolean."""
_ALIASES = {
    "conj": "Conjugate",
    "abs": "Absolute",
    "absolute": "Absolute",
    "swish": "Silu",
    "hard_swish": "HardSilu",
}

BINARY = [
    "add",
    "floor_divide",
    "fmax",
    "fmin",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "power",
    "subtract",
]
"""Broadcast; the dtype is the common one."""
DIVISIONS = ["divide", "true_divide"]
COMPARISONS = [
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "less",
    "less_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
    "not_equal",
]
FLOAT_PAIRS = ["arctan2", "hypot", "logaddexp", "divide_no_nan", "heaviside"]

OPERATORS: dict[str, str] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "true_divide",
    "//": "floor_divide",
    "%": "mod",
    "**": "power",
    "@": "matmul",
    "&": "logical_and",
    "|": "logical_or",
    "^": "logical_xor",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "!=": "not_equal",
}
"""Python operators on symbolic tensors and the function each is; ``==`` compares identities."""


def class_name(name: str) -> str:
    """``log_sigmoid`` is recorded as ``LogSigmoid``."""
    return "".join(part.capitalize() for part in name.split("_"))


def first_operand(a: Arguments) -> TensorType:
    """The first argument, which Keras calls x, variable, array, ..."""
    return a.operand(next(iter(a)))


def keep_floats(a: Arguments) -> TensorType:
    """Shape kept; the dtype too if it is a float."""
    x = first_operand(a)
    floats_inside(a, x)
    return TensorType(x.shape, floating(x.dtype))


def floats_inside(a: Arguments, x: TensorType) -> None:
    """Inside a layer TensorFlow refuses whole numbers in many functions; which, is not known."""
    if a.traced and x.dtype is not None and floating(x.dtype) is None:
        raise Lost("a function of floats on other numbers inside a layer")


def unchecked_inside(a: Arguments, rank: int) -> None:
    """Check the axis, of which TensorFlow may say only when it runs that there is none such."""
    try:
        a.axes("axis", rank)
    except Mismatch:
        if a.traced:
            raise Lost("an axis out of range inside a layer") from None
        raise


def keep(a: Arguments) -> TensorType:
    """Shape and dtype kept."""
    x = first_operand(a)
    return TensorType(x.shape, x.dtype)


def _check(a: Arguments) -> TensorType:
    x = first_operand(a)
    if not a.cls.startswith("Logical"):
        floats_inside(a, x)
    return TensorType(x.shape, "bool")


def _pair(a: Arguments) -> tuple[TensorType, TensorType]:
    names = iter(a)
    left, right = a.operand(next(names)), a.operand(next(names))
    return left, right


def _added(a: Arguments) -> TensorType:
    """A sum; inside a layer Keras adds what has one axis above 1 as a bias, whatever its place."""
    biased = a.traced and any(_is_bias(tensor) for tensor in _pair(a))
    try:
        result = _combined(a)
    except Mismatch:
        if biased:
            raise Lost("Keras may add it as a bias, whatever its axes are") from None
        raise
    dims = result.shape.dims or ()
    if biased and any(FREE in (tensor.shape.dims or ())[-1:] for tensor in _pair(a)) and dims:
        return result.with_shape(result.shape.with_axis(-1, UNKNOWN))
    return result


def _is_bias(tensor: TensorType) -> bool:
    return sum(dim != 1 for dim in tensor.shape.dims or ()) == 1


def _combined(a: Arguments) -> TensorType:
    left, right = _pair(a)
    dtype = result_dtype(left.dtype, right.dtype)
    unsure = dtype == "bool" or (a.traced and a.cls == "Mod" and left.dtype != right.dtype)
    return TensorType(Shape(broadcast_tensors(a, left, right)), None if unsure else dtype)


def _divided(a: Arguments) -> TensorType:
    left, right = _pair(a)
    dtype = result_dtype(left.dtype, right.dtype, "float")
    return TensorType(Shape(broadcast_tensors(a, left, right)), dtype)


def _compared(a: Arguments) -> TensorType:
    return TensorType(Shape(broadcast_tensors(a, *_pair(a))), "bool")


def _float_pair(a: Arguments) -> TensorType:
    left, right = _pair(a)
    dtype = floating(result_dtype(left.dtype, right.dtype))
    return TensorType(Shape(broadcast_tensors(a, left, right)), dtype)


def _exp2(a: Arguments) -> TensorType:
    x = keep_floats(a)
    if a.traced and x.dtype != "float32":
        raise Lost("a power of two inside a layer, of other floats than float32")
    return x


def _keep_numbers(a: Arguments) -> TensorType:
    x = keep(a)
    narrow = x.dtype is not None and x.dtype not in ("int32", "int64")
    if narrow and a.cls not in ("Copy", "StopGradient"):
        floats_inside(a, x)
    return x


def _register() -> None:
    groups: tuple[tuple[list[str], Infer], ...] = (
        (FLOAT_ONLY, keep_floats),
        (KEEPING, keep_floats),
        (CHECKS, _check),
        (BINARY, _combined),
        (DIVISIONS, _divided),
        (COMPARISONS, _compared),
        (FLOAT_PAIRS, _float_pair),
    )
    for names, infer in groups:
        for name in names:
            operation(name, class_name(name))(infer)
    for alias, cls in _ALIASES.items():
        operation(alias, cls)(keep if cls in ("Conjugate", "Absolute") else keep_floats)
    operation("add", "Add")(_added)
    operation("exp2", "Exp2")(_exp2)
    # exact for integers too
    for name in ("negative", "relu", "relu6", "sign", "stop_gradient", "copy", "round"):
        operation(name, class_name(name))(_keep_numbers)


_register()


@operation("square", "Square")
def square(a: Arguments) -> Nested[TensorType]:
    """``x * x``; a bool becomes an int."""
    x = first_operand(a)
    return TensorType(x.shape, "int32" if x.dtype == "bool" else x.dtype)


@operation("reciprocal", "Reciprocal")
def reciprocal(a: Arguments) -> Nested[TensorType]:
    """``1 / x``; what becomes of other dtypes than float32 is not known."""
    x = first_operand(a)
    floats_inside(a, x)
    return TensorType(x.shape, "float32" if x.dtype == "float32" else None)


@operation("clip", "Clip")
def clip(a: Arguments) -> Nested[TensorType]:
    """Between two bounds, which are numbers or arrays."""
    x = a.operand("x")
    for bound in ("x_min", "x_max"):
        value = a.get(bound)
        if isinstance(value, TensorType) and not isinstance(value, Data):
            raise Lost("a bound of clip is a tensor")
        if isinstance(value, float):
            floats_inside(a, x)
    return TensorType(x.shape, "int32" if x.dtype == "bool" else x.dtype)


@operation("cast", "Cast")
def cast(a: Arguments) -> Nested[TensorType]:
    """Another dtype, the same shape."""
    return TensorType(a.operand("x").shape, a.dtype("dtype", None))


@operation("convert_to_tensor", "ConvertToTensor")
def convert_to_tensor(a: Arguments) -> Nested[TensorType]:
    """A tensor stays what it is, unless a dtype is given."""
    x = a.operand("x")
    return TensorType(x.shape, a.dtype("dtype", x.dtype))


@operation("zeros_like", "ZerosLike")
def zeros_like(a: Arguments) -> Nested[TensorType]:
    """A tensor of the same shape, of another dtype if one is given."""
    x = a.operand("x")
    return TensorType(x.shape, a.dtype("dtype", x.dtype))


operation("ones_like", "OnesLike")(zeros_like)
operation("full_like", "FullLike")(zeros_like)


@operation("where", "Where")
def where(a: Arguments) -> Nested[TensorType]:
    """One of two by a condition, all three broadcast."""
    if a.known("x1") is None or a.known("x2") is None:
        raise Lost("where without alternatives counts what is true")
    condition, x1, x2 = a.operand("condition"), a.operand("x1"), a.operand("x2")
    dims = broadcast_tensors(a, condition, x1, x2)
    return TensorType(Shape(dims), result_dtype(x1.dtype, x2.dtype))


@operation("cumsum", "Cumsum")
def cumsum(a: Arguments) -> Nested[TensorType]:
    """The same shape along an axis; flat without one."""
    x = a.tensor("x")
    dims = a.dims("x")
    dtype = a.dtype("dtype", x.dtype)
    dtype = "int32" if dtype == "bool" else dtype
    if a.known("axis") is not None:
        unchecked_inside(a, len(dims))
        return TensorType(x.shape, dtype)
    return TensorType(Shape((flat_length(dims),)), dtype)


operation("cumprod", "Cumprod")(cumsum)


@operation("glu", "Glu")
def glu(a: Arguments) -> Nested[TensorType]:
    """Half the length of an axis, which must be even."""
    x, dims = a.tensor("x"), list(a.dims("x"))
    floats_inside(a, x)
    axis = a.axis("axis", len(dims))
    length = dims[axis]
    if length is FREE:
        raise Lost("half of an open axis")
    if isinstance(length, int) and length % 2:
        raise a.refuse("axis", f"an even length on axis {axis}", str(x.shape), (x,))
    dims[axis] = length // 2
    return TensorType(Shape(tuple(dims)), x.dtype)
