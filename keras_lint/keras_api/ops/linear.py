"""Products summed over axes: matmul, dot, tensordot, einsum, outer."""

from __future__ import annotations

import re

from keras_lint.keras_api.ops.base import Arguments, as_operand, known_dims, operation
from keras_lint.keras_api.ops.broadcasting import (
    broadcast_dims,
    broadcast_tensors,
    result_dtype,
    same_lengths,
)
from keras_lint.model.dims import FREE, Dim, surely_different
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import Nested, Shape, TensorType

_EQUATION = re.compile(r"[a-z.]+(,[a-z.]+)*(->[a-z.]*)?")


def _dtype(*tensors: TensorType) -> str | None:
    found = result_dtype(*(tensor.dtype for tensor in tensors))
    return None if found in ("int8", "bool") else found


def _differ(a: Arguments, left: TensorType, right: TensorType, expected: str) -> Mismatch:
    return a.refuse("merge", expected, f"{left.shape} and {right.shape}", (left, right))


@operation("matmul", "Matmul")
def matmul(a: Arguments) -> Nested[TensorType]:
    """The last axis of the first with the second to last of the second; the others broadcast."""
    left, right = a.tensor("x1"), a.tensor("x2")
    return TensorType(
        Shape(product_dims(a, left, right, a.dims("x1"), a.dims("x2"))), _dtype(left, right)
    )


def product_dims(
    a: Arguments,
    left: TensorType,
    right: TensorType,
    first: tuple[Dim, ...],
    second: tuple[Dim, ...],
) -> tuple[Dim, ...]:
    """Axes of a matrix product; vectors count as matrices of one row or column.

    Raises:
        Mismatch: kind ``merge`` when the axes that are summed differ.
    """
    if not first or not second:
        raise Lost("a matrix product with a number")
    row, column = len(first) == 1, len(second) == 1
    first = (1, *first) if row else first
    second = (*second, 1) if column else second
    if surely_different(first[-1], second[-2]):
        if a.traced and (row or column or FREE in first):
            raise Lost("axes of different lengths, which TensorFlow may see only when it runs")
        raise _differ(
            a,
            left,
            right,
            "the last axis of the first and the second to last of the second of one length",
        )
    front = broadcast_dims(a, first[:-2], second[:-2], (left, right))
    back = ((first[-2],) if not row else ()) + ((second[-1],) if not column else ())
    return (*front, *back)


@operation("dot", "Dot")
def dot(a: Arguments) -> Nested[TensorType]:
    """NumPy's dot: all other axes of the first, then those of the second."""
    left, right = a.tensor("x1"), a.tensor("x2")
    first, second = a.dims("x1"), a.dims("x2")
    dtype = _dtype(left, right)
    if not first or not second:
        if a.traced and dtype not in ("float32", "float64"):
            raise Lost("dot with a number inside a layer")
        return TensorType(Shape(broadcast_tensors(a, left, right)), dtype)
    place = len(second) - 2 if len(second) > 1 else 0
    if len(first) == 1 and len(second) == 1:
        if a.traced and surely_different(first[0], second[0]):
            raise Lost("vectors of different lengths inside a layer")
        return TensorType(Shape(()), dtype)
    if surely_different(first[-1], second[place]):
        if a.traced:
            raise Lost("axes of different lengths, which TensorFlow may see only when it runs")
        raise _differ(a, left, right, f"the last axis and axis {place} of one length")
    if len(second) == 1 and FREE in (first[-1], second[0]):
        raise Lost("Keras compares a free length with a number here")
    return TensorType(Shape((*first[:-1], *second[:place], *second[place + 1 :])), dtype)


@operation("tensordot", "Tensordot")
def tensordot(a: Arguments) -> Nested[TensorType]:
    """Summed over the last axes of the first and the first of the second, or over given ones."""
    left, right = a.tensor("x1"), a.tensor("x2")
    first, second = a.dims("x1"), a.dims("x2")
    axes = a.known("axes")
    dtype = _dtype(left, right)
    if isinstance(axes, int) and not isinstance(axes, bool):
        if a.traced and axes < 0:
            raise Lost("a negative number of axes inside a layer")
        if axes <= 0:
            return TensorType(Shape((*first, *second)), dtype)
        if axes > min(len(first), len(second)) or not same_lengths(first[-axes:], second[:axes]):
            raise Lost("Keras does not compare the axes that are summed")
        return TensorType(Shape((*first[:-axes], *second[axes:])), dtype)
    if not isinstance(axes, (tuple, list)) or len(axes) != 2:
        raise Lost("the axes are not known")
    pairs = a.with_values(one=axes[0], other=axes[1])
    ones, others = pairs.axes("one", len(first)), pairs.axes("other", len(second))
    if ones is None or others is None:
        raise Lost("the axes are not known")
    if len(set(ones)) != len(ones) or len(set(others)) != len(others):
        raise Lost("an axis is summed twice")
    if not same_lengths([first[i] for i in ones], [second[i] for i in others]):
        if a.traced:
            raise Lost("axes of different lengths, which TensorFlow may see only when it runs")
        raise _differ(a, left, right, f"axes {axes[0]} and {axes[1]} of the same lengths")
    return TensorType(
        Shape(
            (
                *(d for i, d in enumerate(first) if i not in ones),
                *(d for i, d in enumerate(second) if i not in others),
            )
        ),
        dtype,
    )


@operation("einsum", "Einsum")
def einsum(a: Arguments) -> Nested[TensorType]:
    """Products named by letters; equations with ``...`` broadcast what it stands for."""
    equation = a.known("subscripts")
    operands = tuple(as_operand(item) for item in a.known("operands"))
    if not isinstance(equation, str):
        raise Lost("the equation is not known")
    equation = equation.replace(" ", "") if " " in equation else equation
    if not _EQUATION.fullmatch(equation):
        raise Lost("an equation of another form")
    inputs, arrow, output = equation.partition("->")
    specs = inputs.split(",")
    if len(specs) != len(operands):
        raise a.refuse("structure", f"{len(specs)} tensors for {equation}", f"{len(operands)}")
    if not arrow:
        output = _implied(inputs)
    lengths: dict[str, Dim] = {}
    wild: tuple[Dim, ...] = ()
    wilds: list[tuple[Dim, ...]] = []
    for spec, operand in zip(specs, operands, strict=True):
        letters, inner = _letters(a, spec, operand, equation)
        wilds.append(inner)
        wild = broadcast_dims(a, wild, inner, operands)
        for letter, dim in letters:
            known = lengths.setdefault(letter, dim)
            if surely_different(known, dim) and 1 not in (known, dim):
                if letter not in output:
                    raise Lost("Keras compares only the axes that it keeps")
                shapes = " and ".join(str(operand.shape) for operand in operands)
                raise a.refuse("merge", f"one length for {letter} in {equation}", shapes, operands)
            if a.traced and (known == 1) != (dim == 1):
                raise Lost("a length that broadcasts in an equation inside a layer")
            lengths[letter] = broadcast_dims(a, (known,), (dim,), operands)[0]
    front, dots, back = output.partition("...")
    if any(letter not in lengths for letter in front + back):
        raise Lost("a letter that stands in no input")
    if front and len({len(inner) for inner in wilds}) > 1:
        raise Lost("an ellipsis in the middle that stands for different axes")
    if wild and not dots:
        raise Lost("an ellipsis that is summed")
    dims = [lengths[letter] for letter in front]
    dims += [*(wild if dots else ()), *(lengths[letter] for letter in back)]
    return TensorType(Shape(tuple(dims)), _dtype(*operands))


def _implied(inputs: str) -> str:
    """What comes out where the equation does not say: the letters that stand once, sorted."""
    letters = inputs.replace(",", "").replace(".", "")
    once = sorted(letter for letter in set(letters) if letters.count(letter) == 1)
    return "..." + "".join(once)


def _letters(
    a: Arguments, spec: str, operand: TensorType, equation: str
) -> tuple[list[tuple[str, Dim]], tuple[Dim, ...]]:
    """The lengths that the letters of one input stand for, and those of its ellipsis."""
    dims = known_dims(operand)
    front, dots, back = spec.partition("...")
    if "." in front + back:
        raise Lost("an equation of another form")
    if len(set(front + back)) != len(front + back):
        raise Lost("a diagonal")
    fits = len(front + back) <= len(dims) if dots else len(front) == len(dims)
    if not fits:
        if a.traced:
            raise Lost("an equation of another rank inside a layer, which Keras may rewrite")
        raise a.refuse(
            "rank",
            f"a tensor of rank {len(front + back)} for {spec} in {equation}",
            str(operand.shape),
            (operand,),
        )
    end = len(dims) - len(back)
    pairs = [*zip(front, dims, strict=False), *zip(back, dims[end:], strict=True)]
    return pairs, dims[len(front) : end]


@operation("outer", "Outer")
def outer(a: Arguments) -> Nested[TensorType]:
    """Every element with every other."""
    left, right = a.tensor("x1"), a.tensor("x2")
    first, second = a.dims("x1"), a.dims("x2")
    if len(first) != 1 or len(second) != 1:
        raise Lost("an outer product of anything but vectors")
    return TensorType(Shape((first[0], second[0])), _dtype(left, right))


@operation("vdot", "Vdot", outside=True)
def vdot(a: Arguments) -> Nested[TensorType]:
    """All elements multiplied in pairs and summed."""
    left, right = a.tensor("x1"), a.tensor("x2")
    return TensorType(Shape(()), _dtype(left, right))
