"""The one path for every call: builtins, Keras, the code's own functions and classes."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.array_methods import call_array_method
from keras_lint.interp.assignment import havoc
from keras_lint.interp.attributes import attribute, class_member
from keras_lint.interp.batches import data_tree
from keras_lint.interp.classes import init_library_base, instantiate
from keras_lint.interp.control_flow import control_flow
from keras_lint.interp.custom import (
    build_library_base,
    call_custom,
    library_method,
    mark_built,
)
from keras_lint.interp.frames import frame_method
from keras_lint.interp.functions import call_function
from keras_lint.interp.given_arguments import CALL
from keras_lint.interp.layers import call_layer, construct_layer, is_layer_class
from keras_lint.interp.machine import Machine, PathEnded, install
from keras_lint.interp.methods import call_method, call_model_method
from keras_lint.interp.model_calls import call_model
from keras_lint.interp.modules import installed_builder
from keras_lint.interp.objects import checked
from keras_lint.interp.operations import call_operation
from keras_lint.interp.options import parser_method, tuned
from keras_lint.interp.recipes import from_config, has_from_config
from keras_lint.interp.registry import Builtin, external_handler, method_handler
from keras_lint.interp.store import (
    FrameObject,
    InstanceObject,
    LayerObject,
    ModelObject,
    NamespaceObject,
    StoreObject,
)
from keras_lint.interp.symbolic import tensorflow_use
from keras_lint.interp.tensor_functions import data_function
from keras_lint.interp.tracing import train_own
from keras_lint.interp.training import doubt_setups, note_comparison, note_step
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    BoundMethod,
    ClassValue,
    DimValue,
    ExternalValue,
    FunctionValue,
    ObjectValue,
    PartialValue,
    Ref,
    Site,
    SuperValue,
    TensorValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import entries
from keras_lint.keras_api.names import ApiName, lookup
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import flatten

_HARMLESS = (
    "builtins.",
    "keras.",
    "matplotlib",
    "numpy",
    "pandas",
    "tensorflow",
    "sklearn",
    "os.",
    "sys.",
    "logging",
    "warnings",
    "time.",
    "json.",
    "pprint",
    "absl.logging",
)
"""Libraries whose functions do not change the lists and dicts they are given."""
_OF_TENSORS = ("keras.ops.", "keras.activations.", "keras.random.")
"""Namespaces of functions that take symbolic tensors, or make arrays for them."""


def call(machine: Machine, callee: Value, args: Args, node: cst.CSTNode) -> Value:
    """Call anything; what cannot be followed is unknown and may have changed its arguments."""
    if isinstance(callee, FunctionValue):
        return call_function(machine, callee, args, node)
    if isinstance(callee, ExternalValue):
        return _external(machine, callee, args, node)
    if isinstance(callee, BoundMethod):
        return _method(machine, callee, args, node)
    if isinstance(callee, ClassValue):
        return instantiate(machine, callee, args, node)
    if isinstance(callee, PartialValue):
        merged = Args(
            (*callee.args, *args.positional),
            tuple({**dict(callee.keywords), **dict(args.keywords)}.items()),
            args.nodes if not callee.args else (),
            args.incomplete,
        )
        return call(machine, callee.function, merged, node)
    found = machine.get(callee)
    if isinstance(callee, Ref):
        if isinstance(found, LayerObject):
            return call_layer(machine, callee, args, node)
        if isinstance(found, ModelObject):
            result = call_model(machine, callee, args, node)
            if _on_data(machine, args):
                return note_step(machine, callee.address, CALL, args, node) or result
            return result
        if isinstance(found, InstanceObject):
            method = class_member(machine, found.cls, "__call__", node)
            if isinstance(method, FunctionValue):
                return call_function(machine, method, args, node, receiver=callee)
            if found.layer is not None:
                result = call_custom(machine, callee, args, node)
                if _on_data(machine, args):
                    return train_own(machine, callee, found, CALL, args, node) or result
                return result
    if isinstance(callee, ObjectValue) and (handler := method_handler(callee)) is not None:
        return handler(machine, callee, CALL, args, node)
    return _unfollowed(machine, callee, args, node)


def _on_data(machine: Machine, args: Args) -> bool:
    """Whether a model is called on arrays, outside of layers."""
    value = args.argument(0, "inputs")
    if value is None or args.incomplete is not None or machine.inside_layer:
        return False
    leaves = flatten(data_tree(machine, value))
    return bool(leaves) and not any(leaf.lost for leaf in leaves)


def _unfollowed(machine: Machine, callee: Value, args: Args, node: cst.CSTNode) -> Value:
    """The result of a call into the unknown; what it was given may be changed."""
    if isinstance(callee, UnknownValue):
        reason = callee
    elif isinstance(callee, DimValue):
        reason = machine.unknown("an argument that nobody passes is called", node)
    else:
        reason = machine.unknown("a call that is not followed", node)
    for value in (*args.positional, *(v for _, v in args.keywords)):
        havoc(machine, value, reason)
        doubt_setups(machine, value, reason)
    return reason


def _external(machine: Machine, callee: ExternalValue, args: Args, node: cst.CSTNode) -> Value:
    path = callee.path
    older = machine.generation == "keras2"
    found = lookup(path, machine.generation) if path.startswith("keras.") else None
    if found is not None:
        path = found.canonical
    refused = tensorflow_use(machine, path, args, node)
    if refused is not None:
        return refused
    gone = older and found is None and path.startswith("keras.")
    handler = None if gone else _handler(machine, path, args)
    if handler is not None:
        return handler(machine, args, node)
    if found is not None:
        if is_layer_class(path):
            return construct_layer(machine, path, args, node)
        if path.startswith(_OF_TENSORS):
            result = call_operation(machine, path, args, node)
            if result is not None:
                return result
        if found.kind == "class" and not found.is_layer:
            plain = _made(path, found, args, machine.site(node))
            return checked(machine, plain, args, node)
        if path.startswith("keras.applications."):
            builder = None if older else installed_builder(machine, path, node)
            if builder is not None:
                return _application(machine, builder, args, node)
        if path.startswith("keras.losses."):
            note_comparison(machine, "loss", ExternalValue(path), args, node)
        return args.first_unknown() or machine.unknown(f"what {path} gives is not known", node)
    of_layer = has_from_config(path)
    if of_layer is not None:
        return from_config(machine, of_layer, args, node)
    made, _, method = path.rpartition(".")
    owner = lookup(made) if method == "from_config" and made.startswith("keras.") else None
    if owner is not None and owner.kind == "class" and not owner.is_layer:
        return ObjectValue(owner.canonical)
    if path.startswith("keras."):
        return _not_in_keras(machine, path, args, node)
    if (machine.inside_layer or older) and path.startswith("tensorflow."):
        result = call_operation(machine, path, args, node)
        if result is not None:
            return result
    if not path.startswith(_HARMLESS):
        reason = machine.unknown(f"what {path} does is not known", node)
        for value in (*args.positional, *(v for _, v in args.keywords)):
            havoc(machine, value, reason)
            doubt_setups(machine, value, reason)
    return machine.unknown(f"what {path.removeprefix('builtins.')} gives is not known", node)


def _handler(machine: Machine, path: str, args: Args) -> Builtin | None:
    """What is known of calling a name of a library."""
    known = external_handler(path) or data_function(machine, path, args)
    return known or control_flow(machine, path)


def _made(path: str, found: ApiName, args: Args, site: Site) -> ObjectValue:
    """An object of a class of Keras that is no layer, with what it was made of."""
    names = [parameter.name for parameter in found.params or ()]
    given = {**dict(zip(names, args.positional, strict=False)), **dict(args.keywords)}
    complete = args.incomplete is None and len(args.positional) <= len(names)
    return ObjectValue(path, tuple(given.items()), complete, site)


def _not_in_keras(machine: Machine, path: str, args: Args, node: cst.CSTNode) -> Value:
    """A layer that Keras 2 had is followed with its shapes, while no model counts as followed."""
    older = machine.generation == "keras2"
    reason = machine.unknown(f"{'Keras 2' if older else 'Keras'} has no {path}", node)
    found = lookup(path, "keras2")
    if (
        older
        or found is None
        or found.canonical not in entries()
        or not is_layer_class(found.canonical)
    ):
        return reason
    machine.absent.append(reason)
    return construct_layer(machine, found.canonical, args, node)


def _application(machine: Machine, builder: FunctionValue, args: Args, node: cst.CSTNode) -> Value:
    """A builder of ``keras.applications``; its own checks raise ValueError (Keras 3.15)."""
    try:
        return call_function(machine, builder, args, node)
    except PathEnded:
        problem = Problem(
            "value",
            builder.name,
            "arguments that its own checks let pass",
            " ".join(cst.Module([]).code_for_node(node).split()),
            argument="arguments",
        )
        return machine.refuse(problem, f"{builder.name}(...)", node)


def _method(machine: Machine, callee: BoundMethod, args: Args, node: cst.CSTNode) -> Value:
    receiver, function = callee.receiver, callee.function
    if isinstance(function, FunctionValue):
        if function.name == "build" and isinstance(receiver, Ref):
            mark_built(machine, receiver)
        return call_function(machine, function, args, node, receiver=receiver)
    if isinstance(receiver, SuperValue):
        return _super_method(machine, receiver, function, args, node)
    if isinstance(receiver, ArrayValue):
        return call_array_method(machine, receiver, function, args, node)
    handler = method_handler(receiver)
    if handler is not None:
        return handler(machine, receiver, function, args, node)
    if isinstance(receiver, (ObjectValue, TensorValue)):
        return machine.unknown(f"what .{function}() gives is not known", node)
    if isinstance(receiver, DimValue):
        return tuned(machine, function, args, node)
    found = machine.get(receiver)
    if isinstance(receiver, Ref) and isinstance(found, NamespaceObject):
        return parser_method(machine, receiver, found, function, args, node)
    if isinstance(receiver, Ref) and isinstance(found, FrameObject):
        return frame_method(machine, receiver, found, function, args, node)
    _note_owner(machine, found, node)
    if function == "save" and isinstance(receiver, Ref):
        machine.saved.add(receiver.address)
    if isinstance(receiver, Ref) and isinstance(found, InstanceObject):
        return library_method(machine, receiver, found, function, args, node)
    if isinstance(receiver, Ref) and isinstance(found, (ModelObject, LayerObject)):
        return call_model_method(machine, receiver, function, args, node)
    return call_method(machine, receiver, function, args, node)


def _note_owner(machine: Machine, found: StoreObject | None, node: cst.CSTNode) -> None:
    """Remember of which Keras class the method is that the call at ``node`` calls."""
    if isinstance(found, InstanceObject) and found.layer is not None:
        found = machine.store[found.layer]
    if not isinstance(found, ModelObject) or not isinstance(node, cst.Call):
        return
    owner = "keras.Sequential" if found.kind == "sequential" else "keras.Model"
    key = (machine.frame.source, node)
    if machine.owners.setdefault(key, owner) != owner:
        machine.owners[key] = "keras.Model"


def _super_method(
    machine: Machine, receiver: SuperValue, name: str, args: Args, node: cst.CSTNode
) -> Value:
    for base in receiver.cls.bases:
        if isinstance(base, ClassValue):
            member = class_member(machine, base, name, node)
            if isinstance(member, FunctionValue):
                return call_function(machine, member, args, node, receiver=receiver.receiver)
    if name == "__init__":
        return init_library_base(machine, receiver.receiver, args, node)
    found = machine.get_as(receiver.receiver, InstanceObject)
    inner = None if found is None or found.layer is None else machine.store[found.layer]
    if found is not None and isinstance(inner, ModelObject) and isinstance(receiver.receiver, Ref):
        return library_method(machine, receiver.receiver, found, name, args, node)
    if name == "build":
        build_library_base(machine, receiver.receiver, args)
    if name in ("build", "compile"):
        return NONE
    return machine.unknown(f"super().{name}() of a library class", node)


install(call, attribute)
