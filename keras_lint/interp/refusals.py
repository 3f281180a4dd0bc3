"""What Keras refuses that is no layer call, and layers that stand where tensors were meant.

Seen on Keras 3.15: ``Layer.__call__`` takes nothing but tensors and None by position, a functional
``Model`` nothing but symbolic tensors.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.interp.machine import Machine
from keras_lint.interp.places import Places
from keras_lint.interp.store import DictObject, LayerObject, ListObject, ModelObject
from keras_lint.interp.tensors import as_layer
from keras_lint.interp.values import TupleValue, Value
from keras_lint.model.outcomes import Problem

_DEEPEST = 8


def refusal_graphs(machine: Machine, places: Places) -> Iterator[LayerGraph]:
    """For each refusal in the file a fragment without calls, whose problem it is."""
    for refused in machine.refusals:
        if places.is_here(refused.site):
            yield LayerGraph(
                "",
                "fragment",
                (),
                (),
                origin=places.origin(refused.site, arguments=refused.arguments),
                followed=False,
                problem=refused.problem,
            )


def layer_among(machine: Machine, value: Value, depth: int = 0) -> str | None:
    """The class of a layer or model that stands, itself, where only tensors may; None if none."""
    value = as_layer(machine, value)
    found = machine.get(value)
    if isinstance(found, (LayerObject, ModelObject)):
        return found.cls
    machine.tick()
    items: tuple[Value, ...] = ()
    if isinstance(value, TupleValue):
        items = value.items
    elif isinstance(found, ListObject):
        items = tuple(found.items or ())
    elif isinstance(found, DictObject):
        items = tuple(item for _, item in found.items or ())
    if depth > _DEEPEST:  # a list may hold itself
        return None
    return next(
        (cls for item in items if (cls := layer_among(machine, item, depth + 1)) is not None), None
    )


def not_called(refuser: str, given: str, argument: str) -> Problem:
    """A layer stands where its output was meant.

    Args:
        refuser: class that refuses: of the layer called, or of the model made.
        given: class of the layer that was not called.
        argument: ``inputs``, ``outputs``, or ``returned`` of a layer whose ``call`` gives it back.
    """
    return Problem(
        "not-called",
        refuser,
        "a tensor",
        f"the layer {given} itself",
        argument=argument,
        hint=f"call the layer: {given}(...)(x) gives a tensor",
        exceptions=("ValueError", "AttributeError")[: 2 if argument in ("key", "value") else 1],
    )
