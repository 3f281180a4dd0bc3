"""The form every operation takes: bound arguments in, tensor types out.

An operation is one function registered by :func:`operation` under its name in ``keras.ops``. It
is given the arguments of the call bound by Keras's own signature and returns what comes out, or
raises ``Mismatch`` where Keras surely refuses and ``Lost`` where the answer is not known. The tests
call the installed Keras with the same arguments and compare shapes, dtypes and refusals.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from keras_lint.keras_api.arithmetic import product
from keras_lint.keras_api.base import Config
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE, UNKNOWN, Dim, Sym
from keras_lint.model.outcomes import Lost, Mismatch, MismatchKind, Problem
from keras_lint.model.tensors import Nested, Shape, TensorType

PREFIX = "keras.ops."
_SPACES = ("nn.", "numpy.", "linalg.")
"""Submodules of ``keras.ops`` that hold the same functions again."""
DTYPES = frozenset(
    [
        "bool",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "string",
    ]
)
_RAISED = ("ValueError",)
"""What Keras 3.15 raises of symbolic tensors; where it is another class, the operation says so."""
_BY_INDEX = frozenset(
    ["Append", "ArraySplit", "BatchNorm", "Repeat", "Rot90", "Squeeze", "Tensordot"]
)
"""Classes that take an axis out of a shape without looking whether there is one."""
_RAISED_INSIDE = ("ValueError", "TypeError", "IndexError", "InvalidArgumentError")
"""What TensorFlow raises inside a layer, where it and Python look at other things first."""


@dataclass(frozen=True)
class Data(TensorType):
    """An array, not a symbolic tensor: it broadcasts like one but is no node of the graph."""


class Arguments(Config):
    """The bound arguments of one call.

    Symbolic tensors are ``TensorType``, arrays :class:`Data`; everything else is as in
    :class:`Config`. The accessors raise ``Lost`` where what they are asked for is not known.
    ``traced`` says that the call stands inside a layer, where TensorFlow and not Keras's symbolic
    tensors decide about shapes.
    """

    def __init__(self, cls: str, values: Mapping[str, Any], traced: bool = False) -> None:
        super().__init__(values)
        self.cls = cls
        self.traced = traced

    def operand(self, name: str) -> TensorType:
        """A tensor, an array, or a number as the tensor it counts as.

        Inside a layer nested lists of numbers count as well; Keras's symbolic tensors refuse them.
        """
        value = self.known(name)
        dims = _literal_dims(value) if self.traced and isinstance(value, (tuple, list)) else None
        return as_operand(value) if dims is None else Data(Shape(dims), None)

    def tensor(self, name: str) -> TensorType:
        """A tensor or array whose rank is known."""
        value = self.operand(name)
        if value.shape.dims is None:
            raise Lost(f"the rank of {name} is not known")
        return value

    def operands(self, name: str) -> tuple[TensorType, ...]:
        """A list or tuple of tensors of known rank."""
        value = self.known(name)
        if not isinstance(value, (tuple, list)) or not value:
            raise Lost(f"{name} is not a list of tensors")
        found = tuple(as_operand(item) for item in value)
        if any(item.shape.dims is None for item in found):
            raise Lost(f"the rank of a tensor in {name} is not known")
        return found

    def dims(self, name: str) -> tuple[Dim, ...]:
        """The axes of a tensor of known rank."""
        return known_dims(self.tensor(name))

    def integer(self, name: str) -> int:
        """A definite whole number."""
        value = self.known(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Lost(f"{name} is not a known number")
        return value

    def integers(self, name: str) -> tuple[int, ...] | None:
        """A number or several of them as a tuple; None for None."""
        value = self.known(name)
        if value is None:
            return None
        found = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in found):
            raise Lost(f"{name} is not known")
        return found

    def lengths(self, name: str) -> tuple[Dim, ...]:
        """A shape: lengths, None and sizes that only a run gives (free).

        Raises:
            Lost: the shape is a tensor and it is not known how many lengths it holds.
            Mismatch: kind ``undefined`` for None inside a layer, which TensorFlow does not take.
        """
        value = self.known(name)
        if isinstance(value, TensorType):  # TensorFlow may know the numbers in it
            count = value.shape[0] if value.shape.rank == 1 else None
            if not isinstance(count, int):
                raise Lost(f"{name} is a tensor")
            return (UNKNOWN,) * count
        items = value if isinstance(value, (tuple, list)) else (value,)
        if self.traced and None in items:
            raise self.refuse("undefined", f"known lengths for {name}", f"{name}={value}")
        return tuple(as_length(item) for item in items)

    def dtype(self, name: str, default: str | None) -> str | None:
        """A dtype argument; ``default`` if none is given, None if it is not known."""
        value = self.get(name)
        if value is None:
            return default
        return value if value in DTYPES else None

    def axis(self, name: str, rank: int) -> int:
        """One axis counted from the front; kind ``axis`` if there is none such."""
        return self.counted(self.integer(name), rank)

    def axes(self, name: str, rank: int) -> tuple[int, ...] | None:
        """Several axes counted from the front; None for None."""
        found = self.integers(name)
        return None if found is None else tuple(self.counted(axis, rank) for axis in found)

    def counted(self, axis: int, rank: int) -> int:
        """``axis`` counted from the front; kind ``axis`` if it is out of range."""
        if not -rank <= axis < rank:
            needed = f"an axis of a tensor of rank {rank}"
            raised = ("IndexError", "ValueError") if self.cls in _BY_INDEX else _RAISED
            raise self.refuse("axis", needed, f"axis {axis}", exceptions=raised)
        return axis % rank

    def refuse(
        self,
        kind: MismatchKind,
        expected: str,
        actual: str,
        received: Sequence[TensorType] = (),
        exceptions: tuple[str, ...] = _RAISED,
    ) -> Mismatch:
        """A mismatch that names this operation; ``raise a.refuse(...)``.

        ``exceptions`` are the classes of which Keras raises one outside layers.
        """
        if self.traced:
            exceptions = tuple(dict.fromkeys((*exceptions, *_RAISED_INSIDE)))
        problem = Problem(kind, self.cls, expected, actual, tuple(received), exceptions=exceptions)
        return Mismatch(problem)

    def with_values(self, **values: Any) -> Arguments:
        """The same arguments with some replaced or added."""
        return Arguments(self.cls, {**self, **values}, self.traced)


def as_operand(value: Any) -> TensorType:
    """A tensor, or a number as a tensor of rank 0 whose dtype gives way (``int``, ``float``)."""
    if isinstance(value, TensorType):
        return value
    if isinstance(value, bool):
        return Data(Shape(()), "bool")
    if isinstance(value, (int, float)):
        return Data(Shape(()), type(value).__name__)
    if isinstance(value, Sym):
        return Data(Shape(()), "int")
    raise Lost("an argument is not known to be a tensor or a number")


def literal_shape(value: Any) -> Shape | None:
    """The shape of nested lists of numbers; None for anything else."""
    dims = _literal_dims(value)
    return None if dims is None else Shape(dims)


def _literal_dims(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists of numbers; None for anything else."""
    if isinstance(value, (int, float)):
        return ()
    if not isinstance(value, (tuple, list)) or not value:
        return None
    inner = {_literal_dims(item) for item in value}
    first = inner.pop()
    return None if inner or first is None else (len(value), *first)


def known_dims(tensor: TensorType) -> tuple[Dim, ...]:
    """The axes of a tensor; ``Lost`` if not even the rank is known."""
    if tensor.shape.dims is None:
        raise Lost("the rank of the input is not known")
    return tensor.shape.dims


def as_length(value: Any) -> Dim:
    """One length of a shape argument; a tensor of rank 0 is a size that only a run gives."""
    if value is None or (isinstance(value, TensorType) and not isinstance(value, Data)):
        return FREE
    if isinstance(value, bool) or not isinstance(value, (int, Sym)):
        return UNKNOWN
    return value


Infer: TypeAlias = Callable[[Arguments], Nested[TensorType]]


@dataclass(frozen=True)
class Operation:
    """One operation.

    Args:
        path: the public name.
        cls: the class Keras records in the graph; empty for one that gives an array or a plain
            value and is never recorded.
        infer: what comes out for bound arguments.
        signature: the parameters where the function is not Keras's own: ``"values axis=0"``.
        several: whether more than one tensor comes out.
        outside: whether only what Keras says of symbolic tensors is known, not what TensorFlow
            makes of it inside a layer.
    """

    path: str
    cls: str
    infer: Infer
    signature: str | None = None
    several: bool = False
    outside: bool = False


_OPERATIONS: dict[str, Operation] = {}


def operation(
    name: str,
    cls: str,
    *,
    signature: str | None = None,
    several: bool = False,
    outside: bool = False,
) -> Callable[[Infer], Infer]:
    """Register a shape function for ``keras.ops.NAME``, or for a full path."""

    def register(infer: Infer) -> Infer:
        path = name if name.startswith(("keras.", "tensorflow.")) else PREFIX + name
        _OPERATIONS[path] = Operation(path, cls, infer, signature, several, outside)
        return infer

    return register


def find(path: str) -> Operation | None:
    """The operation of a canonical path, None if it is not covered."""
    if path.startswith(PREFIX):
        rest = path.removeprefix(PREFIX)
        for space in _SPACES:
            rest = rest.removeprefix(space)
        path = PREFIX + rest
    return _OPERATIONS.get(path)


def registered() -> Mapping[str, Operation]:
    """All operations by path (after :mod:`keras_api.ops` is imported)."""
    return _OPERATIONS


def flat_length(dims: Sequence[Dim]) -> Dim:
    """Number of elements: free if one length is free."""
    return FREE if FREE in dims else product(dims)


def bind_signature(
    signature: str, positional: Sequence[Any], keywords: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Arguments bound to a signature of ours, under Keras's names; None where they do not fit."""
    names: list[tuple[str, str]] = []
    bound: dict[str, Any] = {}
    for token in signature.split():
        name, _, default = token.partition("=")
        given, _, wanted = name.partition(":")
        wanted = wanted or given
        if given.startswith("*"):
            bound[wanted.removeprefix("*")] = tuple(positional[len(names) :])
            positional = positional[: len(names)]
            break
        place = len(names)
        names.append((given, wanted))
        if place < len(positional):
            bound[wanted] = positional[place]
        elif given in keywords:
            bound[wanted] = keywords[given]
        elif default:
            bound[wanted] = ast.literal_eval(default)
        else:
            return None
    passed = [given for given, _ in names[: len(positional)]]
    known = {given for given, _ in names}
    if len(positional) > len(names) or set(passed) & set(keywords) or not set(keywords) <= known:
        return None
    return bound
