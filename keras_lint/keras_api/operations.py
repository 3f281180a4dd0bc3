"""Operations on symbolic tensors: the class Keras records for each, and what it does to shapes.

Facts seen on Keras 3.15 by calling each function of ``keras.ops`` on ``keras.Input`` tensors.
"""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.model.dims import FREE, UNKNOWN, Dim, surely_different, surely_equal
from keras_lint.model.outcomes import Mismatch, Problem
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape, TensorType

UNARY: dict[str, str] = {
    "abs": "Absolute",
    "absolute": "Absolute",
    "ceil": "Ceil",
    "cos": "Cos",
    "cosh": "Cosh",
    "elu": "Elu",
    "erf": "Erf",
    "exp": "Exp",
    "expm1": "Expm1",
    "floor": "Floor",
    "gelu": "Gelu",
    "hard_sigmoid": "HardSigmoid",
    "hard_silu": "HardSilu",
    "hard_swish": "HardSilu",
    "leaky_relu": "LeakyRelu",
    "log": "Log",
    "log10": "Log10",
    "log1p": "Log1p",
    "log2": "Log2",
    "log_sigmoid": "LogSigmoid",
    "log_softmax": "LogSoftmax",
    "negative": "Negative",
    "normalize": "Normalize",
    "ones_like": "OnesLike",
    "reciprocal": "Reciprocal",
    "relu": "Relu",
    "relu6": "Relu6",
    "round": "Round",
    "rsqrt": "Rsqrt",
    "selu": "Selu",
    "sigmoid": "Sigmoid",
    "sign": "Sign",
    "silu": "Silu",
    "sin": "Sin",
    "sinh": "Sinh",
    "softmax": "Softmax",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "sqrt": "Sqrt",
    "square": "Square",
    "stop_gradient": "StopGradient",
    "swish": "Silu",
    "tan": "Tan",
    "tanh": "Tanh",
    "zeros_like": "ZerosLike",
}
"""Functions of one tensor that keep its shape (and its dtype, if it is a float)."""

BINARY: dict[str, str] = {
    "add": "Add",
    "divide": "Divide",
    "equal": "Equal",
    "floor_divide": "FloorDivide",
    "greater": "Greater",
    "greater_equal": "GreaterEqual",
    "less": "Less",
    "less_equal": "LessEqual",
    "logical_and": "LogicalAnd",
    "logical_or": "LogicalOr",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "mod": "Mod",
    "multiply": "Multiply",
    "not_equal": "NotEqual",
    "power": "Power",
    "subtract": "Subtract",
    "true_divide": "TrueDivide",
}
"""Functions of two tensors (or a tensor and a number) that broadcast."""

BOOLEAN = frozenset(
    {
        "Equal",
        "Greater",
        "GreaterEqual",
        "Less",
        "LessEqual",
        "LogicalAnd",
        "LogicalOr",
        "NotEqual",
    }
)
"""Operation classes whose result is boolean."""

REDUCTIONS: dict[str, str] = {
    "max": "Max",
    "mean": "Mean",
    "min": "Min",
    "prod": "Prod",
    "std": "Std",
    "sum": "Sum",
    "var": "Var",
}
"""Functions that take ``axis`` and ``keepdims``."""

OPERATORS: dict[str, str] = {
    "+": "Add",
    "-": "Subtract",
    "*": "Multiply",
    "/": "TrueDivide",
    "//": "FloorDivide",
    "%": "Mod",
    "**": "Power",
    "&": "LogicalAnd",
    "|": "LogicalOr",
}
"""Python operators on symbolic tensors and the operation class each records."""


def broadcast(cls: str, left: TensorType, right: TensorType) -> Shape:
    """The shape of an elementwise operation of two tensors, NumPy's rule with Keras's None.

    Raises:
        Mismatch: kind ``merge`` when two known lengths differ and neither is 1.
    """
    a, b = left.shape.dims, right.shape.dims
    if a is None or b is None:
        return UNKNOWN_SHAPE
    rank = max(len(a), len(b))
    first = (1,) * (rank - len(a)) + a
    second = (1,) * (rank - len(b)) + b
    dims: list[Dim] = []
    for x, y in zip(first, second, strict=True):
        if surely_equal(x, 1) or x is FREE and y is not FREE and not surely_equal(y, 1):
            dims.append(y)
        elif surely_equal(y, 1) or y is FREE:
            dims.append(x)
        elif isinstance(x, int) and isinstance(y, int) and surely_different(x, y):
            raise Mismatch(
                Problem(
                    "merge",
                    cls,
                    "shapes that are equal, or 1, on every axis",
                    f"{left.shape} and {right.shape}",
                    (left, right),
                )
            )
        else:
            dims.append(x if surely_equal(x, y) else UNKNOWN)
    return Shape(tuple(dims))


def reduce_shape(shape: Shape, axes: Sequence[int] | None, keepdims: bool) -> Shape:
    """The shape after reducing ``axes`` (None for all); unknown if an axis is out of range."""
    if shape.dims is None:
        return UNKNOWN_SHAPE
    rank = len(shape.dims)
    chosen = (
        range(rank) if axes is None else [axis % rank if axis < rank else rank for axis in axes]
    )
    if any(axis >= rank for axis in chosen):
        return UNKNOWN_SHAPE
    if keepdims:
        return Shape(tuple(1 if i in chosen else d for i, d in enumerate(shape.dims)))
    return Shape(tuple(d for i, d in enumerate(shape.dims) if i not in chosen))
