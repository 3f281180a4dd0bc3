"""What a subclassed layer says itself of shapes and masks: ``compute_output_shape`` and the like.

Seen in Keras 3.15: a layer with a ``compute_output_shape`` of its own is not traced when it is
called on a symbolic tensor; its outputs have the declared shapes and the layer's dtype. Both
methods get the shape of the first argument, or with several parameters the shapes of the arguments
of ``call`` that these are named after.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import libcst as cst

from keras_lint.interp.attributes import class_member
from keras_lint.interp.functions import call_function
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import dotted_name
from keras_lint.interp.store import DictObject, InstanceObject
from keras_lint.interp.values import Args, Const, FunctionValue, Ref, TupleValue, Value, from_dim
from keras_lint.keras_api.base import Inputs
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Nested, TensorType, flatten
from keras_lint.source.walk import walk


def own_method(machine: Machine, found: InstanceObject, name: str) -> FunctionValue | None:
    """A method of the analysed code; None if the class leaves it to Keras."""
    method = class_member(machine, found.cls, name, found.cls.node)
    return method if isinstance(method, FunctionValue) else None


def declared_masking(
    machine: Machine, found: InstanceObject
) -> Literal["keeps", "drops", "inherits"] | None:
    """What the class says of masks; ``inherits`` if it says nothing, None if that is not known.

    Seen in Keras 3.15: a mask is handed on by layers whose ``supports_masking`` is set, and by
    those with a ``compute_mask`` of their own. What ``call`` does with masks does not count.
    """
    declared = found.attributes.get("supports_masking")
    if declared is None:
        declared = class_member(machine, found.cls, "supports_masking", found.cls.node)
    supports = None if declared is None else machine.truth(declared)
    if declared is not None and supports is None:
        return None
    if supports is False:
        return "drops"
    method = own_method(machine, found, "compute_mask")
    if method is not None:
        return _returned_mask(method)
    return "inherits" if declared is None else "keeps"


def _returned_mask(method: FunctionValue) -> Literal["keeps", "drops"] | None:
    """Whether a ``compute_mask`` gives the mask it gets, or none; None for any other."""
    params = [*method.node.params.posonly_params, *method.node.params.params]
    own = params[2].name.value if len(params) > 2 else None
    if not isinstance(method.node, cst.FunctionDef):
        return None
    given, returns = {"None"}, 0
    for node in walk(method.node.body, cst.FunctionDef, cst.Lambda, cst.ClassDef):
        if isinstance(node, cst.Return):
            returns += 1
            given.add("None" if node.value is None else dotted_name(node.value))
        elif isinstance(node, (cst.Assign, cst.AugAssign, cst.AnnAssign, cst.NamedExpr)):
            return None
    if given == {"None"}:
        return "drops"
    whole = returns == 1 and isinstance(method.node.body.body[-1], cst.SimpleStatementLine)
    return "keeps" if given == {"None", own} and whole else None


def shape_arguments(
    machine: Machine,
    method: FunctionValue,
    first: str,
    inputs: Inputs,
    extra: Mapping[str, Any],
    node: cst.CSTNode,
) -> Args:
    """What Keras passes to ``build`` or ``compute_output_shape``; ``first`` is call's parameter."""
    params = method.node.params
    names = [p.name.value for p in (*params.posonly_params, *params.params, *params.kwonly_params)]
    if len(names) <= 2:
        return Args((shape_value(machine, inputs, node),))
    given = {
        first: inputs,
        **{name: value for name, value in extra.items() if name != "mask" and _are_types(value)},
    }
    return Args(
        keywords=tuple(
            (f"{name}_shape", shape_value(machine, types, node))
            for name, types in given.items()
            if f"{name}_shape" in names
        )
    )


def _are_types(value: Any) -> bool:
    if isinstance(value, (list, tuple, dict)):
        return bool(value) and all(isinstance(leaf, TensorType) for leaf in flatten(value))
    return isinstance(value, TensorType)


def shape_value(machine: Machine, types: Nested[TensorType], node: cst.CSTNode) -> Value:
    """Shapes as the code sees them, nested like the tensors."""
    if isinstance(types, TensorType):
        if types.shape.dims is None:
            return machine.unknown("the input shape is not known", node)
        return TupleValue(tuple(from_dim(dim, machine.site(node)) for dim in types.shape.dims))
    if isinstance(types, list):
        return machine.new_list([shape_value(machine, item, node) for item in types])
    if isinstance(types, tuple):
        return TupleValue(tuple(shape_value(machine, item, node) for item in types))
    if isinstance(types, dict):
        items = [(Const(key), shape_value(machine, item, node)) for key, item in types.items()]
        return machine.new_dict(tuple(items))
    return machine.unknown("the input shape is not known", node)


def declared_shapes(
    machine: Machine, ref: Ref, method: FunctionValue, args: Args, node: cst.CSTNode, name: str
) -> Nested[TensorType]:
    """The outputs that ``compute_output_shape`` of the class ``name`` gives, of Keras's dtype.

    Raises:
        Lost: the shapes are not known.
        Mismatch: of lists of tensors it makes what is no shape.
    """
    result = call_function(machine, method, args, node, receiver=ref)
    return _types(machine, result, node, name)


def note_declared(
    machine: Machine,
    name: str,
    method: FunctionValue,
    declared: Nested[TensorType],
    found: Nested[TensorType],
) -> None:
    """Remember that ``compute_output_shape`` of the class ``name`` contradicts its ``call``."""
    said, given = flatten(declared), flatten(found)
    if len(said) != len(given) or not any(
        one.shape.surely_differs(other.shape) for one, other in zip(said, given, strict=True)
    ):
        return
    machine.misdeclared.append((name, method, _shown(said), _shown(given)))


def _shown(kinds: list[TensorType]) -> str:
    return ", ".join(str(kind.shape) for kind in kinds)


def _types(machine: Machine, value: Value, node: cst.CSTNode, name: str) -> Nested[TensorType]:
    found = machine.get_as(value, DictObject)
    if found is not None and found.items is not None:
        return {
            str(key.value): _types(machine, item, node, name)
            for key, item in found.items
            if isinstance(key, Const)
        }
    items = machine.items(value)
    if items is None:
        raise Lost(machine.why_unknown(value, node).reason)
    if not items or not any(
        isinstance(item, TupleValue) or machine.get(item) is not None for item in items
    ):
        return TensorType(shape_of(machine, value), "float32")
    if any(isinstance(item, Const) for item in items):
        raise Mismatch(
            Problem(
                "structure",
                name,
                "inputs of which compute_output_shape makes shapes",
                "inputs of which it makes lengths beside shapes",
                hint="pass one tensor, or compute the shape from a list of shapes",
            )
        )
    types = [_types(machine, item, node, name) for item in items]
    return tuple(types) if isinstance(value, TupleValue) else types
