"""Calls that are in no model: where the thread is lost among them is said."""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.interp.machine import Machine
from keras_lint.interp.places import Places
from keras_lint.interp.store import LayerObject, ModelObject
from keras_lint.interp.values import CallRecord, UnknownValue
from keras_lint.model.tensors import flatten


def lost_calls(machine: Machine, places: Places, held: set[int]) -> Iterator[UnknownValue]:
    """Why it is not known what calls of the file give that no model holds, once each.

    Args:
        machine: the interpreter when all was run.
        places: in the file.
        held: the ids of the records that models hold.
    """
    seen: set[tuple[str, int]] = set()
    for record in machine.records:
        if id(record) in held or not places.is_here(record.site) or not _ends_here(record):
            continue
        reason = record.lost or f"what {_class_at(machine, record)} gives"
        if (reason, id(record.site.node)) not in seen:
            seen.add((reason, id(record.site.node)))
            yield machine.unknown(reason, record.site)


def _ends_here(record: CallRecord) -> bool:
    """Whether shapes are known up to a call that Keras takes, and not behind it."""
    given = flatten(record.input_types)
    return (
        record.layer is not None
        and record.problem is None
        and bool(given)
        and all(kind.shape.dims is not None for kind in given)
        and any(kind.shape.dims is None for kind in record.outputs)
    )


def _class_at(machine: Machine, record: CallRecord) -> str:
    layer = None if record.layer is None else machine.store.get(record.layer)
    return layer.cls if isinstance(layer, (LayerObject, ModelObject)) else "a layer"
