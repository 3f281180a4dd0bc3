"""The store: everything Python can mutate, by address; forking at a branch and joining after it.

Objects are frozen and replaced as a whole, so that a fork is a copy of one dictionary and a join
compares entries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from typing import TypeAlias, Union

from keras_lint.interp.values import (
    ArrayValue,
    CallRecord,
    ClassValue,
    CompileRecord,
    DatasetValue,
    ObjectValue,
    Site,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import Config, LayerKind, Weights
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import UNKNOWN, Dim, surely_equal
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, Shape, TensorType

INPUT_PATH = "keras.layers.InputLayer"
INPUT_BEHIND = "an Input behind other layers"
"""Why a Sequential is not followed that Keras 3 makes, and cannot build."""
_WORDS = re.compile(r"(.)([A-Z][a-z]+)")
_CAPITALS = re.compile(r"([a-z])([A-Z])")


@dataclass(frozen=True)
class ScopeObject:
    """The variables of one scope; ``declared`` maps ``global``/``nonlocal`` names to scopes."""

    variables: Mapping[str, Value] = field(default_factory=dict)
    declared: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ListObject:
    """A list; ``items`` None when not even the length is known."""

    items: tuple[Value, ...] | None
    unknown: UnknownValue | None = None


@dataclass(frozen=True)
class SetObject:
    """A set of known values, in order of insertion."""

    items: tuple[Value, ...] | None
    unknown: UnknownValue | None = None


@dataclass(frozen=True)
class DictObject:
    """A dict with known keys; ``items`` None when the keys are not known.

    ``factory`` makes the values of missing keys, as in a ``defaultdict``.
    """

    items: tuple[tuple[Value, Value], ...] | None
    unknown: UnknownValue | None = None
    factory: Value | None = None

    def get(self, key: Value) -> Value | None:
        """The value under a key, None if there is none."""
        for name, value in self.items or ():
            if name == key:
                return value
        return None


@dataclass(frozen=True)
class LayerObject:
    """A Keras layer: what it was constructed with, and what it has been built on.

    Args:
        path: canonical name, ``keras.layers.Dense``; ``keras.ops.add`` for an operation.
        kind: its entry; None for a layer without one.
        config: bound arguments; UNKNOWN parts are allowed.
        wrapped: addresses of wrapped layers.
        built: types of the first call's inputs; None before.
        outputs: the outputs of its calls so far, in order.
        arguments: the expression of each argument that was written.
        implicit: made by Keras, not by the code (InputLayer of a Sequential, operations).
        function: what a Lambda layer calls.
        base: of a subclassed layer, the concrete layer class of Keras it is built on.
        unknown: the constructor arguments that are not known, as reasons.
        forked: which call was the first depends on a condition that is not known.
    """

    path: str
    kind: LayerKind | None
    config: Config
    name: str
    generated_name: bool
    site: Site
    wrapped: tuple[int, ...] = ()
    arguments: tuple[tuple[str, Site], ...] = ()
    built: Nested[TensorType] | None = None
    calls: tuple[CallRecord, ...] = ()
    trainable: bool | None = True
    implicit: bool = False
    lost: UnknownValue | None = None
    function: Value | None = None
    base: str = ""
    unknown: tuple[UnknownValue, ...] = ()
    forked: bool = False

    @property
    def cls(self) -> str:
        """The class name, as Keras has it."""
        return class_name(self.path, self.kind)


def class_name(path: str, kind: LayerKind | None) -> str:
    """What Keras calls the class that is public as ``path``."""
    return path.rpartition(".")[2] if kind is None or not kind.class_name else kind.class_name


def snake_case(cls: str) -> str:
    """The base of Keras's generated names: ``Conv2D`` is ``conv2d``, ``LSTMCell`` ``lstm_cell``."""
    text = re.sub(r"\W+", "", cls)
    text = _WORDS.sub(r"\1_\2", text)
    return _CAPITALS.sub(r"\1_\2", text).lower()


@dataclass(frozen=True)
class ModelObject:
    """A Keras model.

    Args:
        kind: ``sequential`` or ``functional``.
        layers: addresses of the layers of a Sequential in order, its InputLayer included.
        elements: where each of these layers was put in.
        inputs, outputs: nested tensors of a built model; None before.
        tensors: of a built Sequential, the output of each layer in order.
        lost: why the model is not known completely.
        cut: whether layers come behind ``outputs`` that are not known.
        problem: what Keras refuses about the model as a whole.
        own_class: the name of its class, where that is one of the analysed code.
    """

    kind: str
    name: str
    generated_name: bool
    site: Site
    layers: tuple[int, ...] = ()
    inputs: Value | None = None
    outputs: Value | None = None
    tensors: tuple[Value, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    lost: tuple[UnknownValue, ...] = ()
    cut: bool = False
    problem: Problem | None = None
    problem_layers: tuple[int, ...] = ()
    trainable: bool | None = True
    own_class: str = ""

    @property
    def cls(self) -> str:
        """The class name, as Keras has it."""
        return self.own_class or self.kind.capitalize()

    @property
    def has_input_behind(self) -> bool:
        """Whether nothing but an Input behind other layers keeps a Sequential from being known."""
        return [reason.reason for reason in self.lost] == [INPUT_BEHIND]


@dataclass(frozen=True)
class InstanceObject:
    """An instance of a class of the analysed code.

    Args:
        layer: for a subclassed layer, the address of the layer (or functional model) it is.
        variables: the weights it made itself.
        built: whether its ``build`` has run; ``base_built`` on what that of its base has.
        trace: the calls inside its last ``call``; ``result`` what that gave.
    """

    cls: ClassValue
    attributes: Mapping[str, Value] = field(default_factory=dict)
    unknown: UnknownValue | None = None
    layer: int | None = None
    variables: tuple[Weights, ...] = ()
    built: bool = False
    base_built: Nested[TensorType] | None = None
    trace: tuple[CallRecord, ...] = ()
    result: Value | None = None


@dataclass(frozen=True)
class NamespaceObject:
    """An object of the standard library that only holds attributes; ``kind`` says which."""

    kind: str
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class IteratorObject:
    """A generator or iterator whose remaining items are known."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class CellObject:
    """The memory of an array, shared by its views; how often it may have been written to."""

    writes: int = 0


@dataclass(frozen=True)
class FrameObject:
    """A pandas DataFrame: its columns by name where they are known, rows and width as lengths."""

    columns: tuple[Value, ...] | None = None
    rows: Dim = UNKNOWN
    width: Dim = UNKNOWN


Flags: TypeAlias = tuple[tuple[int, Union[bool, None]], ...]  # noqa: UP007 - run time on 3.10
"""Whether layers are trainable, by address; None where that is not known."""


@dataclass(frozen=True)
class SetupObject:
    """How a model is set up for training; it stands at the model's address, negated.

    Args:
        compiled: the last ``compile``; None before the first.
        doubt: why none of this is certain.
        flags: whether each layer was trainable when ``compile`` was called, by address.
        trained: the same at the first training step after it; None before that.
    """

    compiled: CompileRecord | None = None
    doubt: str = ""
    flags: Flags = ()
    trained: Flags | None = None


StoreObject: TypeAlias = Union[  # noqa: UP007 - evaluated at run time on 3.10
    ScopeObject,
    ListObject,
    SetObject,
    DictObject,
    LayerObject,
    ModelObject,
    InstanceObject,
    IteratorObject,
    NamespaceObject,
    CellObject,
    FrameObject,
    SetupObject,
]
Store: TypeAlias = dict[int, StoreObject]


def join_values(left: Value, right: Value, site: Site) -> Value:
    """One value that stands for either: equal ones stay, all else is unknown.

    Two tensors become one whose shape is what both agree on, made by a call without a layer.
    """
    if left is right or left == right:
        return left
    if isinstance(left, UnknownValue):
        return left
    if isinstance(right, UnknownValue):
        return right
    if isinstance(left, TensorValue) and isinstance(right, TensorValue):
        kind = left.type if left.type == right.type else TensorType(UNKNOWN_SHAPE, None)
        record = CallRecord(
            layer=None,
            inputs=[left, right],
            input_types=[left.type, right.type],
            extra=(),
            outputs=(kind,),
            site=site,
        )
        return TensorValue(kind, record)
    if isinstance(left, TupleValue) and isinstance(right, TupleValue):
        if len(left.items) == len(right.items):
            pairs = zip(left.items, right.items, strict=True)
            names = left.names if left.names == right.names else ()
            return TupleValue(tuple(join_values(a, b, site) for a, b in pairs), names)
    elif isinstance(left, ObjectValue) and isinstance(right, ObjectValue):
        if left.path == right.path:
            return ObjectValue(left.path)
    elif isinstance(left, ArrayValue) and isinstance(right, ArrayValue):
        return ArrayValue(
            _join_shapes(left.shape, right.shape),
            left.dtype if left.dtype == right.dtype else None,
            None,
            left.numbers.union(right.numbers),
            left.cells | right.cells,
        )
    elif isinstance(left, DatasetValue) and isinstance(right, DatasetValue):
        return _join_datasets(left, right, site)
    return UnknownValue("it depends on a condition that is not known", site)


def _join_datasets(left: DatasetValue, right: DatasetValue, site: Site) -> Value:
    """A dataset whose elements are what both agree on."""
    if (left.kind, left.endless) != (right.kind, right.endless):
        return UnknownValue("it depends on a condition that is not known", site)
    return DatasetValue(
        left.kind,
        join_values(left.element, right.element, site),
        left.count if left.count == right.count else UNKNOWN,
        left.endless,
        left.batch_size if left.batch_size == right.batch_size else None,
    )


def _join_shapes(left: Shape, right: Shape) -> Shape:
    """What both shapes agree on."""
    if left.dims is None or right.dims is None or len(left.dims) != len(right.dims):
        return UNKNOWN_SHAPE
    pairs = zip(left.dims, right.dims, strict=True)
    return Shape(tuple(a if surely_equal(a, b) else UNKNOWN for a, b in pairs))


def join_stores(left: Store, right: Store, site: Site) -> Store:
    """The state after two paths meet: what both agree on, the rest unknown."""
    if left is right:
        return left
    joined: Store = dict(left)
    for address, other in right.items():
        mine = left.get(address)
        if mine is None:
            joined[address] = other
        elif mine is not other and mine != other:
            joined[address] = _join_objects(mine, other, site)
    return joined


def _join_objects(left: StoreObject, right: StoreObject, site: Site) -> StoreObject:
    unknown = UnknownValue("it depends on a condition that is not known", site)
    if isinstance(left, ScopeObject) and isinstance(right, ScopeObject):
        return ScopeObject(
            _join_maps(left.variables, right.variables, site), {**right.declared, **left.declared}
        )
    if isinstance(left, (ListObject, SetObject)) and type(left) is type(right):
        if left.items is None or right.items is None or len(left.items) != len(right.items):
            return replace(left, items=None, unknown=left.unknown or unknown)
        pairs = zip(left.items, right.items, strict=True)
        return replace(left, items=tuple(join_values(a, b, site) for a, b in pairs))
    if isinstance(left, DictObject) and isinstance(right, DictObject):
        return _join_dicts(left, right, site, unknown)
    if isinstance(left, InstanceObject) and isinstance(right, InstanceObject):
        same = left.variables == right.variables and left.built == right.built
        return replace(
            left,
            attributes=_join_maps(left.attributes, right.attributes, site),
            unknown=left.unknown or right.unknown,
            variables=left.variables if same else (Weights(UNKNOWN, UNKNOWN),),
        )
    if isinstance(left, NamespaceObject) and isinstance(right, NamespaceObject):
        return replace(left, attributes=_join_maps(left.attributes, right.attributes, site))
    if isinstance(left, CellObject) and isinstance(right, CellObject):
        return CellObject(max(left.writes, right.writes) + 1)
    if isinstance(left, FrameObject):
        return FrameObject()
    if isinstance(left, SetupObject) and isinstance(right, SetupObject):
        if left.compiled is right.compiled:
            doubt = left.doubt or right.doubt
            trained = left.trained if left.trained == right.trained else None
            return SetupObject(left.compiled, doubt, left.flags, trained)
        return SetupObject(doubt=unknown.reason)
    if isinstance(left, LayerObject) and isinstance(right, LayerObject):
        return _join_layers(left, right, unknown)
    if isinstance(left, ModelObject) and isinstance(right, ModelObject):
        return replace(left, lost=(*left.lost, *right.lost, unknown))
    return left


def _join_maps(
    left: Mapping[str, Value], right: Mapping[str, Value], site: Site
) -> dict[str, Value]:
    joined: dict[str, Value] = {}
    for name in {**left, **right}:
        if name in left and name in right:
            joined[name] = join_values(left[name], right[name], site)
        else:
            joined[name] = UnknownValue(f"'{name}' is not set on every path", site)
    return joined


def _join_dicts(
    left: DictObject, right: DictObject, site: Site, unknown: UnknownValue
) -> DictObject:
    keys = [key for key, _ in left.items or ()]
    if left.items is None or right.items is None or keys != [key for key, _ in right.items]:
        return DictObject(None, left.unknown or right.unknown or unknown)
    items = tuple(
        (key, join_values(a, b, site))
        for (key, a), (_, b) in zip(left.items, right.items, strict=True)
    )
    return replace(left, items=items)


def _join_layers(left: LayerObject, right: LayerObject, unknown: UnknownValue) -> LayerObject:
    """A layer called on one path only counts as built only if both paths agree on how."""
    built = left.built if left.built == right.built else None
    only_calls = replace(left, built=right.built, calls=right.calls) == right
    lost = left.lost or right.lost
    return replace(
        left,
        built=built,
        calls=(*left.calls, *(call for call in right.calls if call not in left.calls)),
        trainable=left.trainable if left.trainable == right.trainable else None,
        lost=lost if only_calls else lost or unknown,
        forked=left.forked or right.forked or left.calls[:1] != right.calls[:1],
    )
