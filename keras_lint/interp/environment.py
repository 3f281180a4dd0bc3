"""Keras's global settings, and library functions that copy, warn or test values."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.functional import inputs_of, is_input_record
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import Builtin, external
from keras_lint.interp.store import (
    DictObject,
    InstanceObject,
    LayerObject,
    ListObject,
    ModelObject,
    SetObject,
)
from keras_lint.interp.values import (
    NONE,
    Args,
    Const,
    ExternalValue,
    ObjectValue,
    Ref,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.names import canonical, keras_version, lookup


def _both(name: str) -> tuple[str, ...]:
    """The canonical names of a setting under ``keras.config`` and ``keras.backend``."""
    paths = (f"keras.config.{name}", f"keras.backend.{name}")
    return tuple(dict.fromkeys(canonical(path) or path for path in paths))


@external(*_both("image_data_format"))
def image_data_format(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The data format in force; Keras starts with channels last."""
    del args, node
    return machine.data_format


@external(*_both("set_image_data_format"))
def set_image_data_format(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Changes what ``data_format=None`` means from here on."""
    value = args.argument(0, "data_format")
    known = isinstance(value, Const) and value.value in ("channels_first", "channels_last")
    changed = value if known and value is not None else machine.unknown("the data format", node)
    if machine.uncertain and changed != machine.data_format:
        changed = machine.unknown("a data format set on a condition that is not known", node)
    machine.data_format = changed
    return NONE


@external(*_both("floatx"))
def floatx(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The float type in force; Keras starts with float32."""
    del machine, args, node
    return Const("float32")


@external(*_both("backend"))
def backend(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The backend: the facts about Keras here, and verification, are those on TensorFlow."""
    del machine, args, node
    return Const("tensorflow")


def _getter(namespace: str) -> Builtin:
    def handler(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
        given = args.argument(0, "identifier") or NONE
        if isinstance(given, UnknownValue) or machine.get_as(given, DictObject) is not None:
            return args.first_unknown() or machine.unknown("an object made from its config", node)
        if not isinstance(given, Const) or not isinstance(given.value, str):
            return given
        public = lookup(f"keras.{namespace}.{given.value}")
        if public is None:
            return machine.unknown(f"Keras has no keras.{namespace}.{given.value}", node)
        path = public.canonical
        return ObjectValue(path) if public.kind == "class" else ExternalValue(path)

    handler.__doc__ = f"``keras.{namespace}.get``: a name is looked up, an object comes back."
    return handler


for _namespace in ("activations", "constraints", "initializers", "regularizers"):
    external(f"keras.{_namespace}.get")(_getter(_namespace))


@external("keras.version")
def version(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The version of Keras whose API is known here."""
    del machine, args, node
    return Const(keras_version())


@external("keras.backend.get_uid")
def get_uid(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The next number for a prefix; generated names count with the same numbers."""
    prefix = args.argument(0, "prefix") or Const("")
    if not isinstance(prefix, Const) or not isinstance(prefix.value, str):
        return args.first_unknown() or machine.unknown("a name that is not known", node)
    machine.next_name(prefix.value)
    return Const(machine.name_counts[prefix.value])


@external(*_both("is_keras_tensor"), "keras.utils.is_keras_tensor")
def is_keras_tensor(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Whether a value is a symbolic tensor."""
    value = args.argument(0, "x")
    if isinstance(value, TensorValue):
        return Const(True)
    if value is None or isinstance(value, UnknownValue):
        return args.first_unknown() or machine.unknown("whether it is a tensor", node)
    return Const(False)


@external("keras.utils.get_source_inputs")
def get_source_inputs(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The ``Input`` tensors that a tensor is computed from, in the order Keras meets them."""
    tensor = args.argument(0, "tensor")
    if not isinstance(tensor, TensorValue):
        return args.first_unknown() or machine.unknown("the sources of no tensor", node)
    found: list[Value] = []
    seen: set[int] = set()
    pending = [tensor]
    while pending:
        current = pending.pop()
        if id(current.call) in seen:
            continue
        seen.add(id(current.call))
        if current.call.layer is None:
            return machine.unknown("the sources of a tensor that depends on a condition", node)
        if is_input_record(machine, current.call):
            found.append(current)
        pending.extend(reversed(inputs_of(current.call)))
    return machine.new_list(found)


@external("keras.backend.clear_session", "keras.utils.clear_session")
def clear_session(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Generated names start again."""
    del args, node
    machine.name_counts.clear()
    return NONE


@external(
    *("warnings.warn", "logging.warning", "logging.info", "logging.basicConfig"),
    *("keras.preprocessing.image.save_img", "keras.utils.set_random_seed"),
    *_both("disable_interactive_logging"),
    *_both("enable_interactive_logging"),
)
def no_effect(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Calls that change nothing that is built."""
    del machine, args, node
    return NONE


@external("copy.copy")
def shallow_copy(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """A new container with the same items."""
    value = args.argument(0, "x")
    found = machine.get(value) if value is not None else None
    if isinstance(found, (ListObject, DictObject, SetObject)):
        return Ref(machine.new(found))
    if value is None or found is not None:
        return args.first_unknown() or machine.unknown("a copy of a value not known", node)
    return value


@external("copy.deepcopy")
def deep_copy(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """New containers all the way down; layers and models are not followed."""
    value = args.argument(0, "x")
    if value is None:
        return args.first_unknown() or machine.unknown("a copy of a value not known", node)
    return _deep(machine, value, {}, node)


def _deep(machine: Machine, value: Value, done: dict[int, Ref], node: cst.CSTNode) -> Value:
    if isinstance(value, TupleValue):
        return TupleValue(tuple(_deep(machine, item, done, node) for item in value.items))
    if not isinstance(value, Ref):
        return value
    if value.address in done:
        return done[value.address]
    found = machine.store[value.address]
    layer = isinstance(found, InstanceObject) and found.layer is not None
    if isinstance(found, (LayerObject, ModelObject)) or layer:
        return machine.unknown("a deep copy of a layer", node)
    copied = done[value.address] = Ref(machine.new(found))
    if isinstance(found, ListObject) and found.items is not None:
        items = tuple(_deep(machine, item, done, node) for item in found.items)
        machine.store[copied.address] = ListObject(items)
    elif isinstance(found, DictObject) and found.items is not None:
        pairs = tuple((key, _deep(machine, item, done, node)) for key, item in found.items)
        machine.store[copied.address] = replace(found, items=pairs)
    elif isinstance(found, InstanceObject):
        attributes = {
            name: _deep(machine, item, done, node) for name, item in found.attributes.items()
        }
        machine.store[copied.address] = replace(found, attributes=attributes)
    return copied
