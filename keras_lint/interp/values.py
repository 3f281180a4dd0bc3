"""What an expression can evaluate to. Values are frozen; what Python can mutate lives in the store.

A :class:`Ref` names an object in the store (:mod:`interp.store`); everything else is a value by
itself. :class:`UnknownValue` keeps the *first* reason for which the thread was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union, get_args

import libcst as cst

from keras_lint.model.data import UNKNOWN_NUMBERS, Numbers
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE, UNKNOWN, Dim, Sym
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import Nested, Shape, TensorType
from keras_lint.model.training import Setting

if TYPE_CHECKING:
    from keras_lint.source.reader import SourceFile


@dataclass(frozen=True, eq=False)
class Site:
    """A place in the source, resolved to a span only when somebody asks.

    ``stack`` holds the calls that led there, outermost first, each with the file it stands in.
    """

    source: SourceFile
    node: cst.CSTNode
    stack: tuple[tuple[SourceFile, cst.CSTNode], ...] = ()

    def within(self, source: SourceFile) -> Site:
        """The place itself, or the innermost call in ``source`` that led to it."""
        if self.source is source:
            return self
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index][0] is source:
                return Site(source, self.stack[index][1], self.stack[:index])
        return self


@dataclass(frozen=True)
class Const:
    """A Python scalar: int, float, complex, bool, str, bytes, None, Ellipsis."""

    value: Any


@dataclass(frozen=True, eq=False)
class OpenLength(Const):
    """The None that stands in ``tensor.shape`` for a length that only a run tells."""

    tensor: TensorValue

    def __eq__(self, other: object) -> bool:
        """None is None, wherever it comes from."""
        return isinstance(other, Const) and other.value is None

    __hash__ = Const.__hash__


NONE = Const(None)
TRUE = Const(True)
FALSE = Const(False)


@dataclass(frozen=True)
class DimValue:
    """A whole number that is known only as a symbol.

    ``loose`` marks an argument nobody passed: it may be a number, but also anything else.
    """

    dim: Sym
    loose: bool = False


@dataclass(frozen=True)
class TupleValue:
    """A tuple of known length; a named tuple has ``names``."""

    items: tuple[Value, ...]
    names: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """Computed once: a tuple that holds another twice, and so on, has no end of parts."""
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = hash((self.items, self.names))
            object.__setattr__(self, "_hash", known)
        return known


@dataclass(frozen=True, eq=False)
class StaticShape(TupleValue):
    """``tensor.shape`` inside a layer: TensorFlow's TensorShape, which is no tuple."""


@dataclass(frozen=True, eq=False)
class TensorSizes(TupleValue):
    """A vector of lengths inside a layer: what ``tf.shape`` and ``tf.stack`` of lengths give."""


@dataclass(frozen=True)
class SliceValue:
    """``start:stop:step`` in a subscript."""

    start: Value
    stop: Value
    step: Value


@dataclass(frozen=True)
class Ref:
    """An object in the store: list, dict, set, layer, model, instance."""

    address: int


@dataclass(frozen=True, eq=False)
class CallRecord:
    """One layer call that happened while interpreting.

    Args:
        layer: address of the layer object; None where two paths with different tensors meet.
        inputs: the tensors passed first, nested as passed; an unknown leaf stays unknown.
        extra: the tensors passed by keyword.
        outputs: types of the results, flat.
        site: the call expression, or the layer's expression in a Sequential.
        trigger: what made Keras run the call when it is not written as a call.
        problem: why Keras will refuse the call.
        extra_types: the further call arguments, tensors as types.
        lost: why the outputs are not known.
    """

    layer: int | None
    inputs: Nested[TensorValue | UnknownValue]
    input_types: Nested[TensorType]
    extra: tuple[tuple[str, Nested[TensorValue | UnknownValue]], ...]
    outputs: tuple[TensorType, ...]
    site: Site
    trigger: Site | None = None
    problem: Problem | None = None
    extra_types: tuple[tuple[str, Any], ...] = ()
    lost: str = ""


@dataclass(frozen=True)
class RefusedRecord:
    """Something other than a layer call that Keras refuses: a constructor, an operation, a name.

    Args:
        problem: why.
        site: the expression that raises.
        arguments: where what it is given is written, by name, if that is elsewhere.
    """

    problem: Problem
    site: Site
    arguments: tuple[tuple[str, Site], ...] = ()


@dataclass(frozen=True)
class TensorValue:
    """A symbolic Keras tensor: output ``index`` of a call."""

    type: TensorType
    call: CallRecord
    index: int = 0


@dataclass(frozen=True)
class OutputOf:
    """What data came out of: the how manieth training call of the file, and which of its outputs.

    ``shape`` is that of all of it; of data of another shape, a part of them, nothing is told.
    """

    step: int
    output: int
    shape: Shape


@dataclass(frozen=True)
class ArrayValue:
    """Data: a NumPy array (or eager tensor) as far as it is known.

    ``items`` are its numbers themselves, of a short one-dimensional array that was just made.
    Both they and ``numbers`` hold as long as none of the ``cells`` was written to more often than
    is said here; two views of the same memory share a cell. Read them with ``Machine.items`` and
    :func:`interp.arrays.numbers_of`. ``output_of`` is there if a model gave them.
    """

    shape: Shape
    dtype: str | None = None
    items: tuple[Value, ...] | None = None
    numbers: Numbers = UNKNOWN_NUMBERS
    cells: frozenset[tuple[int, int]] = frozenset()
    output_of: OutputOf | None = None


@dataclass(frozen=True)
class DatasetValue:
    """What gives batches or samples one after another: a tf.data dataset, a generator, ...

    Args:
        kind: which of these it is.
        element: what it gives each time: an array, or a tuple or dict of these, or unknown.
        count: how many elements it gives.
        endless: it gives elements without end.
        batch_size: of a batched one, the largest size a batch has; None where it is not batched
            or that is not known.
    """

    kind: Literal["dataset", "generator", "sequence"]
    element: Value
    count: Dim = UNKNOWN
    endless: bool = False
    batch_size: Dim | None = None


@dataclass(frozen=True)
class ExternalValue:
    """A name of a library: ``keras.layers.Dense``, ``numpy.zeros``; Keras spellings unified."""

    path: str


@dataclass(frozen=True)
class ModuleValue:
    """A module of the same project, by the path of its file."""

    path: str


@dataclass(frozen=True)
class ImportedValue:
    """A name imported from a module of the project, looked up when it is used."""

    module: ModuleValue
    name: str


@dataclass(frozen=True)
class ObjectValue:
    """The result of calling a library class or factory: an optimizer, a regularizer, ...

    ``arguments`` are those it was called with, by name; ``complete`` says whether all are known;
    ``site`` is the call.
    """

    path: str
    arguments: tuple[tuple[str, Value], ...] = ()
    complete: bool = False
    site: Site | None = field(default=None, compare=False)

    def argument(self, name: str) -> Value:
        """One of the arguments it was made with; None (the value) where it was not given."""
        return dict(self.arguments).get(name, NONE)


@dataclass(frozen=True, eq=False)
class CompileRecord:
    """One call of ``compile``: its arguments, where they stand, and whether these are all."""

    site: Site
    settings: Mapping[str, Setting]
    sites: Mapping[str, Site]
    complete: bool


@dataclass(frozen=True, eq=False)
class FunctionValue:
    """A function or lambda of the analysed code with its closure (scope addresses, inner first)."""

    node: cst.FunctionDef | cst.Lambda
    name: str
    scopes: tuple[int, ...]
    defaults: Mapping[str, Value]
    source: SourceFile
    decorators: tuple[str, ...] = ()
    owner: ClassValue | None = None


@dataclass(frozen=True, eq=False)
class ClassValue:
    """A class of the analysed code; ``members`` is the address of its namespace."""

    node: cst.ClassDef
    name: str
    bases: tuple[Value, ...]
    members: int
    source: SourceFile
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True)
class BoundMethod:
    """A method together with what it is called on; ``function`` is a name for built-in objects."""

    receiver: Value
    function: FunctionValue | str


@dataclass(frozen=True)
class PartialValue:
    """``functools.partial(function, *args, **keywords)``."""

    function: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, eq=False)
class ManagerValue:
    """The call of a generator under ``contextlib.contextmanager``, to be run by a ``with``."""

    function: FunctionValue
    args: Args


@dataclass(frozen=True)
class SuperValue:
    """``super()`` inside a method: lookups start after ``cls``."""

    cls: ClassValue
    receiver: Value


@dataclass(frozen=True)
class UnknownValue:
    """Not known, and why; ``site`` is where the thread was lost first."""

    reason: str
    site: Site | None = None


@dataclass(frozen=True)
class RecipeValue:
    """The configuration of a model or layer, as long as nobody looks into it.

    Args:
        address: of the original.
        made: the original as it was then.
    """

    address: int
    made: object = field(compare=False)


Value: TypeAlias = Union[  # noqa: UP007 - evaluated at run time on 3.10
    Const,
    DimValue,
    TupleValue,
    SliceValue,
    Ref,
    TensorValue,
    ArrayValue,
    DatasetValue,
    ExternalValue,
    ModuleValue,
    ImportedValue,
    ObjectValue,
    FunctionValue,
    ClassValue,
    BoundMethod,
    PartialValue,
    ManagerValue,
    RecipeValue,
    SuperValue,
    UnknownValue,
]

VALUE_TYPES: tuple[type, ...] = get_args(Value)
"""The members of ``Value``, for telling values from the plain defaults of a signature."""


@dataclass(frozen=True)
class Args:
    """Evaluated call arguments; ``incomplete`` when a ``*`` or ``**`` part is not known."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    nodes: tuple[tuple[str, cst.CSTNode], ...] = ()
    incomplete: UnknownValue | None = None

    def keyword(self, name: str) -> Value | None:
        """The value passed as ``name=``, if any."""
        return dict(self.keywords).get(name)

    def argument(self, index: int, name: str) -> Value | None:
        """The value of a parameter that stands at ``index`` or is passed by name."""
        if index < len(self.positional):
            return self.positional[index]
        return self.keyword(name)

    def first_unknown(self) -> UnknownValue | None:
        """The first unknown among the arguments, if there is one."""
        values = [*self.positional, *(value for _, value in self.keywords)]
        return next((v for v in values if isinstance(v, UnknownValue)), self.incomplete)


def from_dim(dim: Dim, site: Site | None = None) -> Value:
    """A dimension as Python sees it in ``tensor.shape``."""
    if isinstance(dim, int):
        return Const(dim)
    if dim is FREE:
        return NONE
    if isinstance(dim, Sym):
        return DimValue(dim)
    return UnknownValue("a dimension that is not known", site)


def lengths_of(tensor: TensorValue, site: Site) -> tuple[Value, ...] | None:
    """``tensor.shape`` as Python sees it, axis by axis; None if the rank is not known."""
    if tensor.type.shape.dims is None:
        return None
    return tuple(
        OpenLength(None, tensor) if dim is FREE else from_dim(dim, site)
        for dim in tensor.type.shape.dims
    )


def to_dim(value: Value) -> Dim:
    """A value used as a length: None is FREE, everything that is no whole number UNKNOWN."""
    if isinstance(value, DimValue):
        return value.dim
    if isinstance(value, Const):
        if value.value is None:
            return FREE
        if isinstance(value.value, int):
            return int(value.value)
    return UNKNOWN
