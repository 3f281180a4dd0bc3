"""The layer calls whose results nothing ever reads.

What was not looked up anywhere, although all places that could do so were run and known, is used
by nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keras_lint.graph.analysis import UnusedCall
from keras_lint.interp.functional import inputs_of, model_at, records_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.reads import Place, Reads, Scope
from keras_lint.interp.store import LayerObject
from keras_lint.interp.values import CallRecord
from keras_lint.source.walk import walk

_REFLECTION = frozenset(("eval", "exec", "globals", "locals", "vars"))


def unused_calls(machine: Machine) -> tuple[UnusedCall, ...]:
    """The layer calls whose results reach nothing, in the order in which they were made.

    None where Keras refuses anything: what is wrong there may be the reason.
    """
    if machine.refusals or any(record.problem for record in machine.records):
        return ()
    if any(model_at(machine, address).problem for address in machine.models):
        return ()
    reads = machine.reads
    waiting = [
        place
        for place in reads.places.values()
        if not place.doubtful
        and not place.name.startswith("_")
        and not any(id(record) in reads.records for record in place.records)
        and _is_plain(machine, place)
    ]
    if not waiting or _reflects(machine.source.module):
        return ()
    known = _held_inputs(machine)
    return tuple(
        UnusedCall(
            cls=machine.layer(address).cls,
            span=machine.source.spans.of(place.node),
            name=place.name,
            given_again=again,
        )
        for place in waiting
        if (address := place.records[0].layer) is not None
        and (again := _never_read(reads, place)) is not None
        and all(_in_a_model(record, place, known) for record in place.records)
    )


def _is_plain(machine: Machine, place: Place) -> bool:
    """Whether the layer is one of Keras's own, made for this call, that does nothing besides."""
    func = place.node.func
    inline = isinstance(func, cst.Call)
    own = (
        isinstance(func, cst.Attribute)
        and isinstance(func.value, cst.Name)
        and func.value.value == "self"
        and _is_call(place.scope)
        and bool(place.name)
    )
    if not (inline or own) or not place.records:
        return False
    for record in place.records:
        layer = None if record.layer is None else machine.store.get(record.layer)
        if not isinstance(layer, LayerObject) or not layer.path.startswith("keras.layers."):
            return False
        if record.problem is not None or layer.kind is None or layer.lost is not None:
            return False
        if layer.config.get("activity_regularizer") is not None or len(layer.calls) > 1:
            return False
    return True


def _is_call(scope: Scope) -> bool:
    return isinstance(scope, cst.FunctionDef) and scope.name.value == "call"


def _reflects(module: cst.Module) -> bool:
    return any(isinstance(node, cst.Name) and node.value in _REFLECTION for node in walk(module))


def _never_read(reads: Reads, place: Place) -> bool | None:
    """Whether the name is given another value; None if something may read this one."""
    if not place.name:
        return False
    again = 0
    stores: set[int] = set()
    loads: list[cst.Name] = []
    for node in walk(place.scope):
        if isinstance(node, cst.NameItem) and node.name.value == place.name:
            return None
        stores.update(id(name) for name in _not_read(node))
        if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Name):
            again += node.target.value == place.name
        if isinstance(node, cst.Name) and node.value == place.name:
            loads.append(node)
    for name in loads:
        if id(name) in stores:
            continue
        if id(name) not in reads.names or id(name) in reads.doubtful:
            return None
    return again > 1


def _not_read(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The names in ``node`` that are no variables being read."""
    if isinstance(node, cst.Attribute):
        yield node.attr
    elif isinstance(node, cst.Arg) and node.keyword is not None:
        yield node.keyword
    elif isinstance(node, (cst.Param, cst.FunctionDef, cst.ClassDef)):
        yield node.name
    elif isinstance(node, (cst.AssignTarget, cst.AnnAssign, cst.For, cst.CompFor)) and isinstance(
        node.target, (cst.Name, cst.Tuple, cst.List)
    ):
        yield from walk(node.target)


def _held_inputs(machine: Machine) -> set[int]:
    """The calls from which another call of the same model goes on, by id."""
    return {
        id(tensor.call)
        for address in machine.models
        for record in records_of(machine, model_at(machine, address))
        for tensor in inputs_of(record)
    }


def _in_a_model(record: CallRecord, place: Place, held: set[int]) -> bool:
    """Whether a model is made of what the call depends on: then the model goes without it."""
    if _is_call(place.scope):
        return True
    pending, seen = [record], {id(record)}
    while pending:
        for tensor in inputs_of(pending.pop()):
            if id(tensor.call) in held:
                return True
            if id(tensor.call) not in seen:
                seen.add(id(tensor.call))
                pending.append(tensor.call)
    return False
