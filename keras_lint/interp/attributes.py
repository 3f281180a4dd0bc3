"""``value.name``: library paths, shapes, models' layers and tensors, instances, methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

import libcst as cst

from keras_lint.interp.functional import model_layers
from keras_lint.interp.imports import canonical_path, known_name
from keras_lint.interp.lengths import shape_attribute, tensor_method_name, tensor_shape
from keras_lint.interp.machine import Machine
from keras_lint.interp.modules import member
from keras_lint.interp.store import (
    INPUT_BEHIND,
    DictObject,
    FrameObject,
    InstanceObject,
    LayerObject,
    ListObject,
    ModelObject,
    NamespaceObject,
    SetObject,
    SetupObject,
)
from keras_lint.interp.symbolic import list_use
from keras_lint.interp.tables import is_counted
from keras_lint.interp.tensors import as_value
from keras_lint.interp.values import (
    FALSE,
    NONE,
    TRUE,
    Args,
    ArrayValue,
    BoundMethod,
    CallRecord,
    ClassValue,
    Const,
    DatasetValue,
    DimValue,
    ExternalValue,
    FunctionValue,
    ModuleValue,
    ObjectValue,
    RecipeValue,
    Ref,
    StaticShape,
    SuperValue,
    TensorSizes,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
    from_dim,
)
from keras_lint.keras_api.base import BoundLayer
from keras_lint.keras_api.names import canonical
from keras_lint.model.dims import UNKNOWN, Sym
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import Shape

_BUILTINS = "builtins."
PLAIN_BASES = frozenset(
    {"builtins.object", "abc.ABC", "threading.local", "typing.Generic", "typing.Protocol"}
)
"""Library classes that an own class can be built on and stay a plain class."""


def attribute(machine: Machine, value: Value, name: str, node: cst.CSTNode) -> Value:
    """``value.name``; a builtin when ``value`` is None and the name says so."""
    if name.startswith(_BUILTINS) and value == Const(None):
        return ExternalValue(name)
    if isinstance(value, UnknownValue):
        return value
    if isinstance(value, RecipeValue):
        machine.opened.add(value.address)
        return machine.unknown("a part of a configuration", node)
    if isinstance(value, ExternalValue):
        return _external(machine, value, name, node)
    if isinstance(value, ModuleValue):
        found_member = member(machine, value, name, node)
        return found_member or machine.unknown(f"the module has no '{name}'", node)
    if isinstance(value, TensorValue):
        return _tensor(machine, value, name, node)
    if isinstance(value, ArrayValue):
        return _array(machine, value, name, node)
    if isinstance(value, ClassValue):
        return _of_class(machine, value, name, node)
    if isinstance(value, SuperValue):
        return BoundMethod(value, name)
    if isinstance(value, (StaticShape, TensorSizes)):
        return shape_attribute(machine, value, name, node)
    if isinstance(value, TupleValue) and name in value.names:
        return value.items[value.names.index(name)]
    found = machine.get(value)
    if isinstance(found, FrameObject):
        return _frame(machine, value, found, name, node)
    if isinstance(found, LayerObject) and isinstance(value, Ref):
        return _layer(machine, value, found, name, node)
    if isinstance(found, ModelObject) and isinstance(value, Ref):
        return _model(machine, value, found, name, node)
    if isinstance(found, NamespaceObject):
        if found.kind == "namespace" and name in found.attributes:
            note_known(machine, node, found.attributes[name])
            return found.attributes[name]
        return BoundMethod(value, name)
    if isinstance(found, InstanceObject):
        return _instance(machine, value, found, name, node)
    if isinstance(found, (ListObject, DictObject, SetObject)) or isinstance(
        value, (Const, TupleValue)
    ):
        if not hasattr([] if isinstance(found, ListObject) else (), name):
            refused = list_use(machine, value, "AttributeError", node)
            if refused is not None:
                return refused
        return BoundMethod(value, name)
    if isinstance(value, ObjectValue) and name == "__class__":
        return ExternalValue(value.path)
    hyperparameter = isinstance(value, DimValue) and value.loose
    if isinstance(value, (DatasetValue, ObjectValue)) or (
        hyperparameter and name in ("Int", "Choice", "Fixed")
    ):
        return BoundMethod(value, name)
    return machine.unknown(f"the attribute '{name}' of a value that is not known", node)


def _of_class(machine: Machine, value: ClassValue, name: str, node: cst.CSTNode) -> Value:
    """``Class.name``; a class method comes bound to the class."""
    found = class_member(machine, value, name, node)
    if isinstance(found, FunctionValue) and "classmethod" in found.decorators:
        return BoundMethod(value, found)
    if name == "__name__":
        return Const(value.name)
    return found or machine.unknown(f"the class {value.name} has no '{name}' here", node)


def _external(machine: Machine, value: ExternalValue, name: str, node: cst.CSTNode) -> Value:
    path = canonical_path(f"{value.path}.{name}")
    if path in ("numpy.newaxis", "tensorflow.newaxis"):
        return NONE
    found = known_name(path, machine.generation) if path.startswith("keras.") else None
    if found is not None:
        path = found.canonical
    del node
    return ExternalValue(path)


def shape_value(shape: Shape, machine: Machine, node: cst.CSTNode) -> Value:
    """A shape as the tuple that Python sees."""
    if shape.dims is None:
        return machine.unknown("the shape is not known", node)
    return TupleValue(tuple(from_dim(dim, machine.site(node)) for dim in shape.dims))


def _tensor(machine: Machine, value: TensorValue, name: str, node: cst.CSTNode) -> Value:
    if name == "shape":
        return tensor_shape(machine, value, node)
    if tensor_method_name(machine, name):
        return BoundMethod(value, name)
    if name in ("ndim",) and value.type.shape.rank is not None:
        return Const(value.type.shape.rank)
    if name == "dtype" and value.type.dtype is not None:
        return Const(value.type.dtype)
    return machine.unknown(f"the attribute '{name}' of a tensor", node)


def _array(machine: Machine, value: ArrayValue, name: str, node: cst.CSTNode) -> Value:
    if name == "shape":
        result = shape_value(value.shape, machine, node)
        note_known(machine, node, result)
        return result
    if name == "ndim" and value.shape.rank is not None:
        result = Const(value.shape.rank)
        note_known(machine, node, result)
        return result
    if name == "size" and value.shape.dims is not None:
        counts = [dim for dim in value.shape.dims if isinstance(dim, int)]
        if len(counts) == len(value.shape.dims):
            result = Const(prod(counts))
            note_known(machine, node, result)
            return result
    if name == "T" and value.shape.dims is not None:
        kept = replace(value.numbers, one_hot=False)
        turned = Shape(value.shape.dims[::-1])
        return replace(value, shape=turned, items=None, numbers=kept, output_of=None)
    if name == "values":  # of a Series
        return value
    return BoundMethod(value, name)


def _frame(
    machine: Machine, value: Value, found: FrameObject, name: str, node: cst.CSTNode
) -> Value:
    """``frame.values``, ``frame.shape``, ``frame.columns``."""
    if name == "values":
        return ArrayValue(Shape((found.rows, found.width)))
    if name == "shape":
        result = TupleValue((from_dim(found.rows), from_dim(found.width)))
        note_known(machine, node, result)
        return result
    if name == "columns" and found.columns is not None:
        return machine.new_list(found.columns)
    if name in ("columns", "index", "T", "dtypes"):
        return machine.unknown(f"the {name} of a table that is not known", node)
    if found.columns is not None and Const(name) in found.columns:
        return ArrayValue(Shape((found.rows,)))
    return BoundMethod(value, name)


def note_known(machine: Machine, node: cst.CSTNode, value: Value) -> None:
    """Remember what an expression over data gave, for replays; different results cancel out."""
    plain = _plain(value)
    if isinstance(value, TupleValue):
        items = tuple(_plain(item) for item in value.items)
        plain = NotImplemented if NotImplemented in items else items
    if plain is NotImplemented:
        return
    key = (machine.frame.source, node)
    if machine.known.setdefault(key, plain) != plain:
        machine.known[key] = NotImplemented


def _plain(value: Value) -> object:
    """A number, a text, or a length that is known only as a symbol."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, DimValue) and not value.loose and is_counted(value.dim):
        return value.dim
    return NotImplemented


def _layer(machine: Machine, ref: Ref, found: LayerObject, name: str, node: cst.CSTNode) -> Value:
    if name in ("name", "_name"):
        return Const(found.name)
    if name == "trainable":
        return (
            machine.unknown("trainable", node)
            if found.trainable is None
            else Const(found.trainable)
        )
    if name == "__class__" and found.path != found.cls and found.kind is not None:
        return ExternalValue(found.path)
    if name in ("output", "input") and found.calls and not found.forked:
        call = found.calls[0]  # Keras 3.15 gives those of the first call, however many there are
        if name == "output" and len(call.outputs) == 1:
            return TensorValue(call.outputs[0], call)
        if name == "input" and isinstance(call.inputs, TensorValue):
            return call.inputs
    if name in ("layer", "cell", "forward_layer") and found.wrapped:
        return Ref(found.wrapped[0])
    if name in found.config:
        value = found.config[name]
        if value is None or isinstance(value, (int, float, str, bool)):
            return Const(value)
        if isinstance(value, Sym):
            return DimValue(value)
        if value is UNKNOWN or isinstance(value, BoundLayer):
            return machine.unknown(f"the argument '{name}' of {found.cls}", node)
    return BoundMethod(ref, name)


def layers_of(machine: Machine, found: ModelObject) -> list[int]:
    """``model.layers``: those of a Sequential are without its InputLayer."""
    return [
        address
        for address in model_layers(machine, found)
        if found.kind != "sequential" or not _is_input(machine, address)
    ]


def _model(machine: Machine, ref: Ref, found: ModelObject, name: str, node: cst.CSTNode) -> Value:
    if name in ("name", "_name"):
        return Const(found.name)
    if name == "__class__" and not found.own_class:
        return ExternalValue("keras.Sequential" if found.kind == "sequential" else "keras.Model")
    unbuilt = machine.generation != "keras2" and _is_never_built(machine, found)
    if unbuilt and name in ("outputs", "inputs"):
        return _without_ends(machine, ref, found, name, node)
    if found.lost and name in ("layers", "output", "outputs", "input", "inputs"):
        return found.lost[0]
    if name == "layers":
        return machine.new_list([Ref(address) for address in layers_of(machine, found)])
    if name in ("output", "input") and found.kind == "sequential":
        if not found.calls:
            return machine.unknown(f"a Sequential that was never called has no '{name}'", node)
        return _of_call(machine, found.calls[0], name)
    if name in ("output", "input"):
        value = found.outputs if name == "output" else found.inputs
        if value is not None:
            return _unwrap_single(machine, value)
    if name in ("outputs", "inputs"):
        value = found.outputs if name == "outputs" else found.inputs
        if value is not None:
            items = machine.items(value)
            return machine.new_list([value] if items is None else items)
    if name in ("output_shape", "input_shape"):
        value = found.outputs if name == "output_shape" else found.inputs
        if isinstance(value, Ref) and found.kind == "functional":
            items = machine.items(value)
            value = items[0] if items is not None and len(items) == 1 else value
        if isinstance(value, TensorValue):
            return shape_value(value.type.shape, machine, node)
    setup = machine.store.get(-ref.address)
    if name == "compiled" and isinstance(setup, SetupObject) and not setup.doubt:
        never = machine.unknown("a caller may compile it", node) if machine.supposing else FALSE
        return never if setup.compiled is None else TRUE
    if name == "trainable" and found.trainable is not None:
        return Const(found.trainable)
    return BoundMethod(ref, name)


def _is_never_built(machine: Machine, found: ModelObject) -> bool:
    """Keras builds a Sequential, which then has inputs, at its first layer behind an Input (3.15).

    One with its Input behind layers it does not build at all.
    """
    if found.kind != "sequential":
        return False
    if found.has_input_behind:
        return True
    layers = found.layers
    return not found.lost and len(layers) == 1 and _is_input(machine, layers[0])


def _without_ends(
    machine: Machine, ref: Ref, found: ModelObject, name: str, node: cst.CSTNode
) -> UnknownValue:
    """Note that a Sequential which is not built is asked for its ``inputs`` or ``outputs``."""
    behind = bool(found.lost)
    problem = Problem(
        "disconnected",
        "Sequential",
        "its Input first" if behind else "a layer behind its Input",
        f"no {name}: " + (INPUT_BEHIND if behind else "there is no layer in it"),
        hint="put the Input at the head of the list"
        if behind
        else "add a layer first, or start from keras.Input",
        exceptions=("AttributeError",),
    )
    reason = machine.refuse(problem, f".{name}", node)
    machine.store[ref.address] = replace(found, lost=(reason,))
    return reason


def _of_call(machine: Machine, call: CallRecord, name: str) -> Value:
    """What a layer took or gave in one call."""
    if name == "input":
        return as_value(machine, call.inputs)
    if len(call.outputs) == 1:
        return TensorValue(call.outputs[0], call)
    return machine.new_list([TensorValue(kind, call, i) for i, kind in enumerate(call.outputs)])


def _unwrap_single(machine: Machine, value: Value) -> Value:
    """Keras gives the tensor itself for a model with one output in a list."""
    items = machine.items(value)
    return items[0] if items is not None and len(items) == 1 else value


def _is_input(machine: Machine, address: int) -> bool:
    found = machine.store[address]
    return isinstance(found, LayerObject) and found.cls == "InputLayer"


def _instance(
    machine: Machine, value: Value, found: InstanceObject, name: str, node: cst.CSTNode
) -> Value:
    member = class_member(machine, found.cls, name, node)
    computed = isinstance(member, FunctionValue) and "property" in member.decorators
    if name in found.attributes and not computed:
        return found.attributes[name]
    if name == "__class__":
        return found.cls
    if isinstance(member, FunctionValue):
        if "staticmethod" in member.decorators:
            return member
        bound = BoundMethod(found.cls if "classmethod" in member.decorators else value, member)
        if "property" in member.decorators or "cached_property" in member.decorators:
            return machine.call(bound, Args(), node)
        return bound
    if member is not None:
        return member
    if found.unknown is not None:
        return found.unknown
    if found.layer is None:
        return machine.unknown(f"the attribute '{name}' of a {found.cls.name}", node)
    inherited = machine.get_attribute(Ref(found.layer), name, node)
    return BoundMethod(value, name) if isinstance(inherited, BoundMethod) else inherited


def class_member(machine: Machine, cls: ClassValue, name: str, node: cst.CSTNode) -> Value | None:
    """A class attribute, from the class or its bases left to right; None if nobody has it."""
    own = machine.scope(cls.members).variables.get(name)
    if own is not None:
        return own
    for base in cls.bases:
        if isinstance(base, ClassValue):
            found = class_member(machine, base, name, node)
            if found is not None:
                return found
    return None


def setter_name(name: str) -> str:
    """Where a class keeps the function that sets its property ``name``; not a name in Python."""
    return f"{name}.setter"


def special(
    machine: Machine, value: Value, name: str, args: Args, node: cst.CSTNode
) -> Value | None:
    """``value.__name__(...)`` as Python looks it up: in the class; None if nobody wrote one."""
    found = machine.get_as(value, InstanceObject)
    method = None if found is None else class_member(machine, found.cls, name, node)
    if not isinstance(method, FunctionValue):
        return None
    return machine.call(BoundMethod(value, method), args, node)


def has_foreign_base(cls: ClassValue) -> bool:
    """Whether any base that adds anything is neither the program's own nor Keras's.

    Its ``__init__`` may come between those of Keras, and take arguments that they do not know.
    """
    return any(
        not isinstance(base, ExternalValue) or canonical(base.path) is None
        for base in _outer_bases(cls)
    )


def has_library_base(cls: ClassValue) -> bool:
    """Whether any base that adds anything is from outside the analysed code."""
    return any(True for _ in _outer_bases(cls))


def _outer_bases(cls: ClassValue) -> Iterator[Value]:
    """The bases, direct or not, that the program does not define; plain ones left out."""
    for base in cls.bases:
        if isinstance(base, ClassValue):
            yield from _outer_bases(base)
        elif not (isinstance(base, ExternalValue) and base.path in PLAIN_BASES):
            yield base
