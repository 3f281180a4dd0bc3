"""What kind of thing a value is: ``type``, ``isinstance``, ``getattr``, ``hasattr``."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.assignment import havoc, set_attribute
from keras_lint.interp.attributes import class_member, has_library_base
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.store import (
    DictObject,
    InstanceObject,
    LayerObject,
    ListObject,
    ModelObject,
    NamespaceObject,
    SetObject,
)
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    BoundMethod,
    ClassValue,
    Const,
    ExternalValue,
    FunctionValue,
    ObjectValue,
    Ref,
    StaticShape,
    TensorSizes,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.names import lookup

_PYTHON = frozenset({"int", "float", "complex", "str", "bytes", "bool"})
_GONE = frozenset({"_build_from_signature"})
"""Attributes of Keras 2's layers that code still asks for; those of Keras 3.15 lack them."""
_CONTAINERS = frozenset({"list", "tuple", "dict", "set", "frozenset"})
_ABSTRACT = {
    "six.string_types": {"str"},
    "six.text_type": {"str"},
    "six.integer_types": {"int", "bool"},
    "numbers.Integral": {"int", "bool"},
    "numbers.Real": {"int", "bool", "float"},
    "numbers.Number": {"int", "bool", "float", "complex"},
    "collections.abc.Mapping": {"dict"},
    "collections.abc.Sequence": {"str", "bytes", "list", "tuple"},
    "collections.abc.Iterable": {"str", "bytes", "list", "tuple", "dict", "set"},
}
"""Names for several types, with those of Python's own types that belong to them."""


@external("builtins.isinstance")
def isinstance_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``isinstance(value, kind)`` for Python's types, Keras's, and the code's own classes."""
    if len(args.positional) != 2 or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("isinstance of what is not known", node)
    value, kind = args.positional
    kinds = machine.items(kind) or (kind,)
    answers = [is_a(machine, value, one) for one in kinds]
    if True in answers:
        return Const(True)
    if None in answers:
        return args.first_unknown() or machine.unknown("isinstance of what is not known", node)
    return Const(False)


@external("builtins.type")
def type_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``type(value)``."""
    if len(args.positional) == 1 and not args.keywords:
        value = args.positional[0]
        name = _python_type(machine, value)
        if name in _PYTHON | _CONTAINERS and not (isinstance(value, TupleValue) and value.names):
            return ExternalValue(f"builtins.{name}")
        found = machine.get(value)
        if isinstance(found, InstanceObject):
            return found.cls
        if isinstance(found, LayerObject):
            return ExternalValue(found.path)
    return args.first_unknown() or machine.unknown("the type of a value that is not known", node)


@external("builtins.setattr")
def setattr_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``setattr(value, "name", new)``."""
    if len(args.positional) != 3 or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("an attribute that is not known", node)
    receiver, name, value = args.positional
    if isinstance(name, Const) and isinstance(name.value, str):
        set_attribute(machine, receiver, name.value, value)
        return NONE
    reason = machine.unknown("an attribute that is not known", node)
    havoc(machine, receiver, reason)
    return reason


@external("inspect.signature")
def signature(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``inspect.signature(callable)`` as far as the names of its ``parameters`` go."""
    names = _parameter_names(machine, args.positional[0]) if len(args.positional) == 1 else None
    if names is None:
        return args.first_unknown() or machine.unknown("parameters that are not known", node)
    parameter = machine.unknown("a parameter of a signature", node)
    parameters = machine.new_dict(tuple((Const(name), parameter) for name in names))
    return Ref(machine.new(NamespaceObject("namespace", {"parameters": parameters})))


def _parameter_names(machine: Machine, value: Value) -> list[str] | None:
    if isinstance(value, BoundMethod) and isinstance(value.function, FunctionValue):
        names = _parameter_names(machine, value.function)
        return None if names is None else names[1:]
    if isinstance(value, FunctionValue):
        params = value.node.params
        given = [*params.posonly_params, *params.params, params.star_arg, *params.kwonly_params]
        found = [*given, params.star_kwarg]
        return [param.name.value for param in found if isinstance(param, cst.Param)]
    layer = machine.get(value.receiver) if isinstance(value, BoundMethod) else None
    if isinstance(value, BoundMethod) and value.function == "call":
        public = lookup(layer.path) if isinstance(layer, LayerObject) else None
        if public is not None and public.call_params is not None:
            return [param.name for param in public.call_params]
    return None


@external("builtins.getattr")
def getattr_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``getattr(value, "name", default)``."""
    if len(args.positional) not in (2, 3) or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("an attribute that is not known", node)
    value, name, *default = args.positional
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return args.first_unknown() or machine.unknown("an attribute that is not known", node)
    there = _has(machine, value, name.value, node) if default else True
    if there is None:
        return args.first_unknown() or machine.unknown("an attribute that may be missing", node)
    return machine.get_attribute(value, name.value, node) if there else default[0]


@external("builtins.hasattr")
def hasattr_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``hasattr(value, "name")`` for plain values and instances of the code's own classes."""
    there: bool | None = None
    if len(args.positional) == 2:
        value, name = args.positional
        if isinstance(name, Const) and isinstance(name.value, str):
            there = _has(machine, value, name.value, node)
    if there is None:
        return args.first_unknown() or machine.unknown("an attribute that may be missing", node)
    return Const(there)


def _has(machine: Machine, value: Value, name: str, node: cst.CSTNode) -> bool | None:
    if isinstance(value, Const):
        return hasattr(value.value, name)
    if isinstance(value, (StaticShape, TensorSizes)):
        return None
    if isinstance(value, TupleValue):
        return name in value.names or (hasattr((), name) or (None if value.names else False))
    if isinstance(value, ExternalValue) and f"{value.path}.".startswith("keras."):
        return True if lookup(f"{value.path}.{name}") is not None else None
    found = machine.get(value)
    if isinstance(found, (ListObject, DictObject)):
        return hasattr([] if isinstance(found, ListObject) else {}, name)
    if isinstance(found, LayerObject) and name in _GONE:
        return False
    if isinstance(found, InstanceObject):
        if name in found.attributes or class_member(machine, found.cls, name, node) is not None:
            return True
        plain = found.unknown is None and not has_library_base(found.cls)
        return False if plain and not hasattr(object, name) else None
    return None


def is_a(machine: Machine, value: Value, kind: Value) -> bool | None:
    """Whether ``value`` is an instance of ``kind``; None if that is not known."""
    if isinstance(value, UnknownValue):
        return None
    if isinstance(kind, ClassValue):
        return _is_of_class(machine, value, kind)
    if not isinstance(kind, ExternalValue):
        return None
    name = kind.path.removeprefix("builtins.")
    if name == "object":
        return True
    of_python = _python_type(machine, value)
    names = _ABSTRACT.get(name) or ({name} if name in _PYTHON | _CONTAINERS else None)
    if names is not None:
        if of_python is not None:
            return of_python in names or (of_python == "bool" and "int" in names)
        return False if _is_of_keras(machine, value) else None
    public = lookup(kind.path) if kind.path.startswith("keras.") else None
    if public is None or public.kind != "class":
        return None
    if of_python is not None or isinstance(value, FunctionValue):
        return False
    if isinstance(value, TensorValue):
        if machine.inside_layer and not public.is_layer:
            return None  # a KerasTensor or the backend's own, as the layer is called
        return public.canonical == "keras.KerasTensor"
    classes = _classes(machine, value)
    return None if classes is None else public.canonical.rpartition(".")[2] in classes


def _python_type(machine: Machine, value: Value) -> str | None:
    """The name of the value's type if it is one of Python's own."""
    if isinstance(value, Const):
        return type(value.value).__name__
    if isinstance(value, (StaticShape, TensorSizes)):
        return None
    if isinstance(value, TupleValue):
        return "tuple"
    names = {ListObject: "list", DictObject: "dict", SetObject: "set"}
    found = machine.get(value)
    return names.get(type(found)) if found is not None else None


def _is_of_keras(machine: Machine, value: Value) -> bool:
    """Whether it is a tensor, layer, model or other object of Keras, or an array."""
    return isinstance(value, (TensorValue, ArrayValue, ObjectValue)) or isinstance(
        machine.get(value), (LayerObject, ModelObject)
    )


def _is_of_class(machine: Machine, value: Value, kind: ClassValue) -> bool | None:
    found = machine.get(value)
    if isinstance(found, InstanceObject):
        return kind in _own_classes(found.cls)
    if _python_type(machine, value) is not None or _is_of_keras(machine, value):
        return False
    return None


def _own_classes(cls: ClassValue) -> list[ClassValue]:
    return [
        cls,
        *(c for base in cls.bases if isinstance(base, ClassValue) for c in _own_classes(base)),
    ]


def _classes(machine: Machine, value: Value) -> set[str] | None:
    """Names of the Keras classes a value is an instance of; None if they are not all known."""
    found = machine.get(value)
    if isinstance(found, ModelObject):
        if found.own_class:
            return None
        return {found.cls, "Model", "Layer", "Operation"}
    paths: list[str] = []
    if isinstance(found, LayerObject):
        paths = [found.path]
    elif isinstance(value, ObjectValue):
        paths = [value.path]
    elif isinstance(found, InstanceObject):
        for cls in _own_classes(found.cls):
            for base in cls.bases:
                if isinstance(base, ExternalValue):
                    paths.append(base.path)
                elif not isinstance(base, ClassValue):
                    return None
    else:
        return None
    names: set[str] = set()
    for path in paths:
        public = lookup(path) if path.startswith("keras.") else None
        if public is None and path != "builtins.object":
            return None
        if public is not None:
            names |= {public.canonical.rpartition(".")[2], *public.bases}
    return names
