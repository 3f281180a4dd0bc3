"""Methods of lists, dicts, sets, strings, arrays, layers and models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from keras_lint.interp.assignment import havoc
from keras_lint.interp.attributes import layers_of
from keras_lint.interp.functional import unknown_leaves
from keras_lint.interp.given_arguments import FILES
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.lambdas import LAMBDA_PATH, lambda_outputs
from keras_lint.interp.machine import Machine
from keras_lint.interp.model_calls import build_model
from keras_lint.interp.nested import ModelKind, layer_weights
from keras_lint.interp.recipes import configuration
from keras_lint.interp.records import as_dict, replaced
from keras_lint.interp.sequential import add_layer, pop_layer
from keras_lint.interp.sizes import fits, method_fits
from keras_lint.interp.store import DictObject, LayerObject, ListObject, ModelObject, SetObject
from keras_lint.interp.tensors import placeholder
from keras_lint.interp.training import METHODS, note_compile, note_file, note_step
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    ObjectValue,
    Ref,
    TupleValue,
    UnknownValue,
    Value,
    from_dim,
)
from keras_lint.keras_api.base import Config
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, Shape, TensorType

_PURE_STRING = frozenset(
    {
        "capitalize",
        "count",
        "endswith",
        "find",
        "format",
        "isdigit",
        "join",
        "lower",
        "lstrip",
        "replace",
        "rstrip",
        "startswith",
        "strip",
        "title",
        "upper",
        "zfill",
    }
)


def call_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a built-in object; an unknown one makes a mutable receiver unknown."""
    found = machine.get(receiver)
    result: Value | None = None
    if isinstance(found, ListObject) and isinstance(receiver, Ref):
        result = _list_method(machine, receiver, found, name, args, node)
    elif isinstance(found, DictObject) and isinstance(receiver, Ref):
        result = _dict_method(machine, receiver, found, name, args, node)
    elif isinstance(found, SetObject) and isinstance(receiver, Ref):
        result = _set_method(machine, receiver, found, name, args)
    elif isinstance(receiver, Const) and isinstance(receiver.value, str):
        result = _string_method(machine, receiver.value, name, args, node)
    elif isinstance(receiver, TupleValue) and name in ("index", "count"):
        wanted = args.argument(0, "value")
        if wanted in receiver.items:
            counted = receiver.items.count(wanted)
            return Const(receiver.items.index(wanted) if name == "index" else counted)
    elif isinstance(receiver, TupleValue) and name == "_replace":
        return replaced(machine, receiver, args, node)
    elif isinstance(receiver, TupleValue) and name == "_asdict":
        return as_dict(machine, receiver)
    if result is not None:
        return result
    reason = args.first_unknown() or machine.unknown(f"what .{name}() does is not known", node)
    havoc(machine, receiver, reason)
    return reason


def _list_method(
    machine: Machine, ref: Ref, found: ListObject, name: str, args: Args, node: cst.CSTNode
) -> Value | None:
    if found.items is None:
        return found.unknown or machine.unknown("a list that is not known", node)
    machine.tick(len(found.items) // 256)
    items = list(found.items)
    first = args.argument(0, "object")
    result: Value = NONE
    if name == "append" and first is not None:
        items.append(first)
    elif name == "extend" and first is not None:
        more = machine.items(first)
        if more is None:
            machine.store[ref.address] = ListObject(None, machine.why_unknown(first, node))
            return NONE
        if not fits(len(items), len(more)):
            machine.store[ref.address] = ListObject(None, machine.unknown("a very long list", node))
            return NONE
        items.extend(more)
    elif name == "insert" and isinstance(first, Const) and len(args.positional) == 2:
        items.insert(first.value, args.positional[1])
    elif name == "pop" and (first is None or isinstance(first, Const)):
        try:
            result = items.pop(-1 if first is None else first.value)
        except (IndexError, TypeError):
            return None
    elif name == "reverse":
        items.reverse()
    elif name == "clear":
        items.clear()
    elif name == "copy":
        return machine.new_list(items)
    elif name == "index" and first in items:
        return Const(items.index(first))
    elif name == "count" and all(isinstance(item, Const) for item in items):
        return Const(items.count(first) if first is not None else 0)
    else:
        return None
    machine.store[ref.address] = ListObject(tuple(items))
    return result


def _dict_method(
    machine: Machine, ref: Ref, found: DictObject, name: str, args: Args, node: cst.CSTNode
) -> Value | None:
    if found.items is None:
        return found.unknown or machine.unknown("a dict that is not known", node)
    machine.tick(len(found.items) // 32)
    if name == "keys":
        return machine.new_list([key for key, _ in found.items])
    if name == "values":
        return machine.new_list([value for _, value in found.items])
    if name == "items":
        return machine.new_list([TupleValue(pair) for pair in found.items])
    if name == "copy":
        return Ref(machine.new(found))
    key = args.argument(0, "key")
    if name in ("get", "pop", "setdefault") and isinstance(key, (Const, TupleValue)):
        value = found.get(key)
        default = args.positional[1] if len(args.positional) > 1 else NONE
        if name == "setdefault" and value is None:
            machine.store[ref.address] = replace(found, items=(*found.items, (key, default)))
        if name == "pop":
            kept = tuple(pair for pair in found.items if pair[0] != key)
            machine.store[ref.address] = replace(found, items=kept)
        return default if value is None else value
    if name == "update":
        merged = dict(found.items)
        if key is not None:
            other = machine.get_as(key, DictObject)
            if other is None or other.items is None:
                return None
            merged.update(other.items)
        merged.update({Const(n): v for n, v in args.keywords})
        machine.store[ref.address] = replace(found, items=tuple(merged.items()))
        return NONE
    return None


def _set_method(
    machine: Machine, ref: Ref, found: SetObject, name: str, args: Args
) -> Value | None:
    value = args.argument(0, "element")
    if found.items is None or value is None:
        return None
    machine.tick(len(found.items) // 32)
    if name == "add":
        if isinstance(value, UnknownValue):
            machine.store[ref.address] = SetObject(None, value)
            return NONE
        machine.store[ref.address] = SetObject(tuple(dict.fromkeys((*found.items, value))))
        return NONE
    return None


def _string_method(
    machine: Machine, text: str, name: str, args: Args, node: cst.CSTNode
) -> Value | None:
    if name == "join":
        items = machine.items(args.positional[0]) if args.positional else None
        if items is None or not all(
            isinstance(i, Const) and isinstance(i.value, str) for i in items
        ):
            return machine.unknown("a string that is not known", node)
        parts = [i.value for i in items if isinstance(i, Const)]
        if not fits(len(text) * len(parts), *map(len, parts)):
            return machine.unknown("a text too long to keep", node)
        return Const(text.join(parts))
    values = [*args.positional, *(value for _, value in args.keywords)]
    if not all(isinstance(value, Const) for value in values) or args.incomplete:
        return machine.unknown("a string that is not known", node)
    plain = [value.value for value in args.positional if isinstance(value, Const)]
    keywords = {n: v.value for n, v in args.keywords if isinstance(v, Const)}
    if name in ("split", "rsplit", "splitlines"):
        return machine.new_list([Const(part) for part in getattr(text, name)(*plain, **keywords)])
    if name not in _PURE_STRING:
        return None
    if not method_fits(text, name, (*plain, *keywords.values())):
        return machine.unknown("a text too long to keep", node)
    method: Callable[..., object] = getattr(text, name)
    try:
        return Const(method(*plain, **keywords))
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return machine.unknown("a string operation that fails when run", node)


def _count_params(machine: Machine, ref: Ref, node: cst.CSTNode) -> Value:
    """``count_params()`` of a layer that was called once at least, or of a model that is built."""
    found = machine.get(ref)
    total: Dim = UNKNOWN
    if isinstance(found, LayerObject) and found.calls and found.built is not None:
        total = layer_weights(found, found.built).total
    elif isinstance(found, ModelObject) and not found.lost and found.problem is None:
        known = found.outputs is not None and not unknown_leaves(machine, found)
        if known or found.tensors:
            try:
                total = ModelKind(machine, ref.address).weights(Config({}), []).total
            except Lost:
                total = UNKNOWN
    if total is UNKNOWN or total is FREE:
        return machine.unknown("a number of weights that is not known", node)
    return from_dim(total, machine.site(node))


def call_model_method(
    machine: Machine, ref: Ref, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a layer or model."""
    found = machine.get(ref)
    recipe = configuration(machine, ref, name, node)
    if recipe is not None:
        return recipe
    if name == "count_params":
        return _count_params(machine, ref, node)
    if isinstance(found, ModelObject):
        if found.kind == "sequential":
            if name == "add" and (item := args.argument(0, "layer")) is not None:
                place = dict(args.nodes).get("0") or dict(args.nodes).get("layer") or node
                if isinstance(place, cst.Arg):
                    place = place.value
                add_layer(machine, ref.address, item, place, node)
                return NONE
            if name == "pop":
                return pop_layer(machine, ref.address)
            if name == "build" and (shape := args.argument(0, "input_shape")) is not None:
                sites = tuple(
                    (
                        "batch_shape",
                        machine.site(place.value if isinstance(place, cst.Arg) else place),
                    )
                    for name, place in args.nodes
                    if name in ("0", "input_shape")
                )
                build_model(machine, ref.address, shape_of(machine, shape), node, sites)
                return NONE
        if name == "add_loss" and found.kind == "functional":
            return _add_loss(machine, ref.address, found, node)
        if name == "get_layer":
            return _get_layer(machine, found, args, node)
        if name == "compile":
            note_compile(machine, ref.address, args, node)
            return NONE
        if name in ("summary", "build"):
            return NONE
        if name in FILES:
            note_file(machine, ref.address, name, args, node)
            return NONE
        if name in METHODS:
            outputs = note_step(machine, ref.address, name, args, node)
            if name in ("fit", "evaluate"):
                return ObjectValue("keras.callbacks.History")
            return outputs or ArrayValue(UNKNOWN_SHAPE)
        if name == "call":
            return machine.call(ref, args, node)
    if isinstance(found, LayerObject):
        if name == "compute_output_shape":
            given = shape_of(machine, args.argument(0, "input_shape") or NONE)
            refused = _refused_rank(machine, ref, found, given, node)
            return refused or _output_shape(machine, found, given, node)
        if name == "build":
            given = shape_of(machine, args.argument(0, "input_shape") or NONE)
            refused = _refused_rank(machine, ref, found, given, node)
            if refused is None and found.built is None:
                machine.store[ref.address] = replace(
                    found, built=_build_types(machine, found, args)
                )
            return NONE
    owner = f" of {found.cls}" if isinstance(found, LayerObject) else ""
    return machine.unknown(f"what .{name}(){owner} gives is not known", node)


def _add_loss(machine: Machine, address: int, found: ModelObject, node: cst.CSTNode) -> Value:
    """``model.add_loss(tensor)``: more layers of the model in Keras 2, which are not followed.

    Keras 3.15 raises NotImplementedError.
    """
    reason = machine.unknown("what add_loss adds to a model is not followed", node)
    machine.store[address] = replace(found, lost=(*found.lost, reason))
    if machine.generation == "keras2":
        return NONE
    problem = Problem(
        "value",
        found.cls,
        "add_loss inside the call of a layer",
        "add_loss of the model",
        hint="give the tensors to a layer of your own, and call self.add_loss in its call",
        exceptions=("NotImplementedError",),
    )
    return machine.refuse(problem, f"add_loss of {found.name}", node)


_BUILD_NAMES = (("input_shape", "query_shape"), ("value_shape",), ("key_shape",))
"""What ``build`` calls its arguments, by place: of most layers, and of attention."""


def _build_types(machine: Machine, found: LayerObject, args: Args) -> Nested[TensorType] | None:
    """What ``layer.build(...)`` builds on; None if a shape is not known."""
    types: list[TensorType] = []
    for place, names in enumerate(_BUILD_NAMES):
        given = next((v for n in names if (v := args.argument(place, n)) is not None), None)
        if given is not None and given != NONE:
            shape = shape_of(machine, given)
            if not shape.is_complete:
                return None
            types.append(TensorType(shape))
    if not types or found.kind is None:
        return None
    return found.kind.build_inputs(types[0], dict(zip(("value", "key"), types[1:], strict=False)))


_CONVOLUTIONS = ("keras.layers.Conv1D", "keras.layers.Conv2D", "keras.layers.Conv3D")


def _refused_rank(
    machine: Machine, ref: Ref, found: LayerObject, shape: Shape, node: cst.CSTNode
) -> UnknownValue | None:
    """What Keras says of a shape that a convolution is to be built on; None if it is taken.

    Seen in Keras 3.15: of all layers these alone look at the rank before they are called.
    """
    if found.path not in _CONVOLUTIONS or found.kind is None or found.lost is not None:
        return None
    if machine.generation == "keras2" or shape.dims is None:
        return None
    try:
        found.kind.call(found.config, TensorType(shape))
    except Lost:
        return None
    except Mismatch as mismatch:
        problem, what = mismatch.problem, f"this shape for {found.cls}"
        if problem.kind != "rank":
            return None
        told = [(r.problem.kind, r.problem.actual) for r in machine.refusals]
        if ("rank", problem.actual) in told:  # what comes after it is never reached
            unknown = machine.unknown(f"Keras refuses {what}", node)
        else:
            unknown = machine.refuse(problem, what, node)
        machine.store[ref.address] = replace(found, lost=unknown)
        return unknown
    return None


def _output_shape(machine: Machine, found: LayerObject, shape: Shape, node: cst.CSTNode) -> Value:
    """``layer.compute_output_shape(shape)`` of a layer with one input and one output."""
    reason = f"the output shape of {found.cls} is not known"
    if found.kind is not None and found.lost is None and shape.dims is not None:
        try:
            given = TensorType(shape)
            if found.path == LAMBDA_PATH:
                tensor = placeholder(machine, given, node)
                output = lambda_outputs(machine, found, tensor, {}, node)
            else:
                output = found.kind.call(found.config, given)
        except (Lost, Mismatch):
            return machine.unknown(reason, node)
        if isinstance(output, TensorType) and output.shape.dims is not None:
            site = machine.site(node)
            return TupleValue(tuple(from_dim(dim, site) for dim in output.shape.dims))
    return machine.unknown(reason, node)


def _get_layer(machine: Machine, found: ModelObject, args: Args, node: cst.CSTNode) -> Value:
    if found.lost:
        return found.lost[0]
    addresses = layers_of(machine, found)
    name = args.argument(0, "name")
    index = args.argument(1, "index")
    if isinstance(name, Const) and isinstance(name.value, str):
        for address in addresses:
            layer = machine.store[address]
            if isinstance(layer, (LayerObject, ModelObject)) and layer.name == name.value:
                return Ref(address)
        return machine.unknown(f"the model has no layer '{name.value}'", node)
    if isinstance(index, Const) and isinstance(index.value, int):
        try:
            return Ref(addresses[index.value])
        except IndexError:
            return machine.unknown("a layer index out of range", node)
    return args.first_unknown() or machine.unknown("a layer that is not known", node)
