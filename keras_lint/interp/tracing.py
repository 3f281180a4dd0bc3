"""What the ``call`` of a subclassed model does with data, found out without leaving a trace."""

from __future__ import annotations

import libcst as cst

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.interp.attributes import class_member
from keras_lint.interp.classes import MODEL, library_base
from keras_lint.interp.given_arguments import CALL
from keras_lint.interp.graphs import GraphBuilder
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.store import InstanceObject
from keras_lint.interp.subclassed import placeholders
from keras_lint.interp.tensors import as_value
from keras_lint.interp.training import METHODS, note_compile, note_own_step
from keras_lint.interp.values import Args, ClassValue, Ref, UnknownValue, Value
from keras_lint.model.data import ArraySpec, DataTree
from keras_lint.model.dims import FREE
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Shape, TensorType, flatten, map_nested

_OWN_WAY = (
    *METHODS,
    "add_loss",
    "compile",
    "compute_loss",
    "compute_metrics",
    "compute_output_shape",
    "compute_output_spec",
    "make_predict_function",
    "make_test_function",
    "make_train_function",
    "metrics",
    "predict_step",
    "test_step",
    "train_step",
)
"""Methods by which a class trains otherwise than Keras does."""


def train_own(
    machine: Machine, ref: Ref, found: InstanceObject, name: str, args: Args, node: cst.CSTNode
) -> Value | None:
    """``compile``, a training call, or a call on data of an instance of a subclassed model.

    Gives what comes out of the model, where that is known.
    """
    if ref.address not in machine.subclassed:
        return None
    if name != CALL and _trains_in_its_own_way(machine, found.cls):
        return None
    if name == "compile":
        note_compile(machine, ref.address, args, node)
    elif name in METHODS or name == CALL:
        return note_own_step(
            machine, ref.address, name, args, node, lambda x: _traced(machine, ref, x, node)
        )
    return None


def _trains_in_its_own_way(machine: Machine, cls: ClassValue) -> bool:
    own = (class_member(machine, cls, name, cls.node) is not None for name in _OWN_WAY)
    return library_base(cls) != MODEL or any(own)


def _traced(machine: Machine, ref: Ref, x: DataTree, node: cst.CSTNode) -> LayerGraph | None:
    """The graph of the calls inside ``call``; None if Keras refuses one, or the result is lost."""
    if any(leaf.lost or not leaf.shape.dims for leaf in flatten(x)):
        return None
    tensor = as_value(machine, placeholders(machine, map_nested(_type, x), node))
    lists = (machine.models, machine.subclassed, machine.layers, machine.records, machine.inner)
    more = (machine.refusals, machine.lost, machine.misdeclared, machine.steps_taken)
    lengths = [(kept, len(kept)) for kept in (*lists, *more)]
    store, names = machine.fork(), dict(machine.name_counts)
    graph = None
    try:
        with machine.supposed(), machine.perhaps():
            result = machine.call(ref, Args((tensor,)), node)
        now = machine.get_as(ref, InstanceObject)
        if now is not None and now.unknown is None and not isinstance(result, UnknownValue):
            graph = GraphBuilder(machine).of_subclassed(ref.address)
    except (Lost, PathEnded):
        graph = None
    finally:
        machine.store, machine.name_counts = store, names
        for kept, length in lengths:
            del kept[length:]
    if graph is None or graph.problem is not None or any(True for _ in graph.problems()):
        return None
    return graph


def _type(leaf: ArraySpec) -> TensorType:
    dims = leaf.shape.dims or ()
    floats = leaf.dtype is None or leaf.dtype.startswith("float")
    return TensorType(Shape((FREE, *dims[1:])), "float32" if floats else leaf.dtype)
