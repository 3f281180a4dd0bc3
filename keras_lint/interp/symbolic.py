"""Symbolic tensors in the hands of Python: they have no truth value, no length and no items.

Seen on Keras 3.15; of Keras 2, where AutoGraph and dispatch take much, nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from keras_lint.interp.functional import inputs_of, is_input_record
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import LayerObject, ListObject
from keras_lint.interp.values import (
    Args,
    CallRecord,
    OpenLength,
    TensorSizes,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.tf_moves import same_in_ops
from keras_lint.model.outcomes import MismatchKind, Problem
from keras_lint.model.tensors import TensorType

A_REAL_TENSOR = "a tensor with values"
_PYTHON_ERRORS = {
    "a truth value": ("TypeError",),
    "a length": ("TypeError",),
    "an int": ("ValueError",),
    "a float": ("ValueError",),
    "a whole number": ("TypeError",),
    "something to iterate over": ("NotImplementedError",),
    A_REAL_TENSOR: ("ValueError", "TypeError"),
}
"""What a KerasTensor raises where Python wants these of it."""

_OF_SEQUENCES = ("a truth value", "a length", "something to iterate over")
"""What lists and tuples of tensors have."""


def is_symbolic(machine: Machine, value: Value) -> bool:
    """Whether a value is surely a symbolic tensor: made from an Input, whatever else went in.

    A layer called on something unknown may have been called on data.
    """
    if not isinstance(value, TensorValue):
        return False
    known = machine.symbolic
    found: list[CallRecord] = []

    def ends(record: CallRecord) -> bool:
        # one of several tensors, and which is not known; or looked at before
        return record.layer is None or record in known

    for record in _back(machine, value.call, ends):
        if known.get(record) or is_input_record(machine, record):
            known[value.call] = True
            return True
        found.append(record)
    known.update(dict.fromkeys(found, False))
    return False


def _back(
    machine: Machine, call: CallRecord, ends: Callable[[CallRecord], bool]
) -> Iterator[CallRecord]:
    """A call and all it comes from, each once; nothing before those where the way ``ends``."""
    pending, seen = [call], {call}
    while pending:
        record = pending.pop()
        yield record
        if ends(record):
            continue
        machine.tick()
        for tensor in inputs_of(record):
            if tensor.call not in seen:
                seen.add(tensor.call)
                pending.append(tensor.call)


def python_use(
    machine: Machine, value: Value, wanted: str, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that Python needs of a symbolic tensor what it has not, if ``value`` is one.

    Inside layers that is another mistake: see :func:`_inside_layer`.

    Args:
        machine: the interpreter.
        value: what is used.
        wanted: as in ``_PYTHON_ERRORS``.
        node: the expression that is used so.
    """
    if not isinstance(value, TensorValue) or machine.generation == "keras2":
        return None
    if wanted in _OF_SEQUENCES and value.type.shape.dims is None:
        return None  # what a layer gives that could not be followed may be several tensors
    if machine.inside_layer:
        return _inside_layer(machine, value, wanted, node)
    if not is_symbolic(machine, value):
        return None
    return _refuse(machine, value, ("python", "KerasTensor", wanted), _PYTHON_ERRORS[wanted], node)


def _refuse(
    machine: Machine,
    value: TensorValue,
    asked: tuple[MismatchKind, str, str],
    exceptions: tuple[str, ...],
    node: cst.CSTNode,
) -> UnknownValue:
    """Note that a tensor has not what is ``asked`` of it: the kind, by whom, and what."""
    shape, what = value.type.shape, "a tensor" if machine.inside_layer else "a symbolic tensor"
    actual = what if shape.dims is None else f"{what} of shape {shape}"
    problem = Problem(*asked, actual, (value.type,), exceptions=exceptions)
    return machine.refuse(problem, "Python's use of a tensor", node)


def tensorflow_use(
    machine: Machine, path: str, args: Args, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that a function of TensorFlow gets a symbolic tensor, if it surely does.

    Only functions count of which the tests have seen that they refuse one.
    """
    if machine.inside_layer or same_in_ops(path) is None:
        return None
    given = [*args.positional, *(value for _, value in args.keywords)]
    for value in given:
        for item in machine.items(value) or (value,):
            refused = python_use(machine, item, A_REAL_TENSOR, node)
            if refused is not None:
                return refused
    return None


_INSIDE = ("a truth value", "an int", "a float", "something to iterate over")
"""What Python cannot have of the tensors that a layer is called on while a model is built."""


def _inside_layer(
    machine: Machine, value: TensorValue, wanted: str, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that a layer asks for the value of what it is called on, which need not have one.

    Seen in Keras 3.15: ``call`` is traced by TensorFlow without AutoGraph.
    """
    if wanted not in _INSIDE or not _is_traced(machine, value):
        return None
    return _refuse(machine, value, ("branch", "", wanted), ("TypeError",), node)


def _is_traced(machine: Machine, tensor: TensorValue) -> bool:
    """Whether a tensor in a layer is symbolic; a Lambda is followed on the tensors of the model."""
    return _from_inputs(machine, tensor) or is_symbolic(machine, tensor)


def _from_inputs(machine: Machine, value: TensorValue) -> bool:
    """Whether a tensor surely comes from what a layer was called on, with a rank that is known.

    A class that nobody uses is called on one tensor of any shape: it may be meant for a list.
    """

    def ends(record: CallRecord) -> bool:
        # one of several tensors, or a length, which is a number where it is known
        return record.layer is None or _gives_sizes(machine, record.layer)

    for record in _back(machine, value.call, ends):
        if record.layer is None and not record.inputs:
            return record.outputs[0].shape.dims is not None
    return False


def _gives_sizes(machine: Machine, address: int) -> bool:
    found = machine.store.get(address)
    return isinstance(found, LayerObject) and found.cls == "Shape"


# -- lengths and axes that a tensor does not have --------------------------------------------------


def length_use(machine: Machine, values: Sequence[Value], node: cst.CSTNode) -> UnknownValue | None:
    """Note that Python computes with a length of a symbolic tensor that is None, if it does.

    Args:
        machine: the interpreter.
        values: what Python computes with, and raises a TypeError for.
        node: the expression that does it.
    """
    open_length = next((value for value in values if isinstance(value, OpenLength)), None)
    if open_length is None or not _surely_symbolic(machine, open_length.tensor):
        return None
    wanted = "the length of an axis as a number"
    return _refuse(machine, open_length.tensor, ("undefined", "", wanted), ("TypeError",), node)


def axis_use(
    machine: Machine, shape: Value, wanted: str, exception: str, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that the shape of a tensor has fewer or more axes than Python wants of it.

    Args:
        machine: the interpreter.
        shape: a tuple of lengths, which is known by the open ones among them.
        wanted: ``axis 2``, ``4 axes``.
        exception: what Python raises.
        node: the expression that wants them.
    """
    lengths = machine.items(shape)
    if not lengths or isinstance(shape, TensorSizes):  # TensorFlow's vectors fail in their own way
        return None
    measured = (_measured(machine, length) for length in lengths)
    tensor = next((tensor for tensor in measured if tensor is not None), None)
    if tensor is None or tensor.type.shape.rank != len(lengths):
        return None
    if not _surely_symbolic(machine, tensor):
        return None
    return _refuse(machine, tensor, ("rank", "", wanted), (exception,), node)


def _measured(machine: Machine, value: Value) -> TensorValue | None:
    """The tensor of which a value is an open length, as ``shape`` or ``ops.shape`` gives it."""
    if isinstance(value, OpenLength):
        return value.tensor
    if not isinstance(value, TensorValue) or value.call.layer is None:
        return None
    inputs = inputs_of(value.call) if _gives_sizes(machine, value.call.layer) else []
    return inputs[0] if inputs else None


# -- several tensors where one is meant ------------------------------------------------------------


def list_use(
    machine: Machine, value: Value, exception: str, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that a layer takes a list or tuple of tensors for one tensor, if it surely does.

    Args:
        machine: the interpreter.
        value: what is used as no list and no tuple can be.
        exception: what Python raises for that.
        node: the expression that uses it.
    """
    items = list_items(machine, value)
    if not items or not machine.inside_layer:
        return None
    if not all(isinstance(t, TensorValue) and _surely_symbolic(machine, t) for t in items):
        return None
    problem = _several(
        value,
        f"{len(items)} tensor{'s' * (len(items) > 1)}",
        "pass one tensor to the layer, or take one out of the {}: inputs[0]",
        exception,
        tuple(item.type for item in items if isinstance(item, TensorValue)),
    )
    return machine.refuse(problem, "Python's use of several tensors", node)


_REFUSE_LISTS = ("+", "-", "*", "/", "//", "%", "**")


def beside_list(
    machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that a symbolic tensor is to be computed with a list, which Keras 3.15 refuses."""
    tensor, other = (left, right) if isinstance(left, TensorValue) else (right, left)
    items = list_items(machine, other)
    if symbol not in _REFUSE_LISTS or machine.inside_layer or items is None:
        return None
    if not isinstance(tensor, TensorValue) or not _surely_symbolic(machine, tensor):
        return None
    hint = "take one item of the {}, or make an array of it: numpy.array(...)"
    problem = _several(other, str(len(items)), hint, "ValueError")
    return machine.refuse(problem, "a list beside a tensor", node)


def _several(
    value: Value, held: str, hint: str, exception: str, received: tuple[TensorType, ...] = ()
) -> Problem:
    """That a list or tuple, which holds ``held``, stands where one tensor is meant.

    The ``{}`` of ``hint`` is which of the two it is.
    """
    found = "tuple" if isinstance(value, TupleValue) else "list"
    return Problem(
        "structure",
        "",
        "one tensor",
        f"a {found} of {held}",
        received,
        hint=hint.format(found),
        exceptions=(exception,),
    )


def list_items(machine: Machine, value: Value) -> tuple[Value, ...] | None:
    """The items of a plain list or tuple; None of anything else."""
    if type(value) is TupleValue:
        return None if value.names else value.items
    found = machine.get_as(value, ListObject)
    return None if found is None else found.items


def _surely_symbolic(machine: Machine, tensor: TensorValue) -> bool:
    """Whether a tensor of known rank is surely no data, on a path that is surely taken.

    Where a layer is called on data, its tensors have all their lengths.
    """
    if machine.generation == "keras2" or machine.uncertain or machine.supposing:
        return False
    if not machine.inside_layer:
        return is_symbolic(machine, tensor)
    return not machine.on_data and _is_traced(machine, tensor)
