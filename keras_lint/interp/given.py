"""What comes of a model on data: whether Keras takes the arrays, and the shapes that come out.

Seen in Keras 3.15: data differ from symbolic tensors. A functional model compares the lengths it
was made for, a Sequential leaves that to its layers; both take an axis of length 1 more or less at
the end, and no other rank.
"""

from __future__ import annotations

from typing import Any

from keras_lint.interp.machine import Machine
from keras_lint.interp.nested import ModelKind
from keras_lint.interp.store import LayerObject, ModelObject
from keras_lint.interp.tensors import leaves, tensors_of, type_of
from keras_lint.interp.values import TensorValue
from keras_lint.keras_api.base import count_phrase
from keras_lint.model.data import ArraySpec, DataTree
from keras_lint.model.dims import FREE, surely_different
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Nested, Shape, TensorType


def on_data(
    machine: Machine, address: int, found: ModelObject, data: DataTree
) -> tuple[Problem | None, Nested[TensorType] | None]:
    """What Keras refuses about ``data``, and the types of the outputs where they are known."""
    if found.lost or found.problem is not None or found.inputs is None or found.outputs is None:
        return None, None
    own = leaves(tensors_of(machine, found.inputs, found.site))
    if not own or not all(isinstance(tensor, TensorValue) for tensor in own):
        return None, None
    try:
        given = _in_order(machine, own, data)
        if given is None:
            return None, None
        cls = found.cls
        types = [
            _adjusted(cls, found.kind == "functional", type_of(tensor), spec)
            for tensor, spec in zip(own, given, strict=True)
        ]
        return None, ModelKind(machine, address).run_on(types)
    except Mismatch as mismatch:
        return mismatch.problem, None
    except Lost:
        return None, None


def _in_order(machine: Machine, own: list[Any], data: DataTree) -> list[ArraySpec] | None:
    """The arrays in the order of the model's inputs; None where that cannot be told."""
    names = []
    for tensor in own:
        layer = machine.store.get(tensor.call.layer)
        names.append(layer.name if isinstance(layer, LayerObject) else "")
    if isinstance(data, dict):
        if not all(names) or (len(own) == 1 and list(data) != names):
            return None
        missing = [name for name in names if name not in data]
        if missing:
            raise _refused(
                "structure", f"data for the inputs {', '.join(names)}", ", ".join(data) or "none"
            )
        found = [data[name] for name in names]
        return [leaf for leaf in found if isinstance(leaf, ArraySpec)] or None
    if isinstance(data, ArraySpec):
        if data.lost or data.shape.dims is None:
            return None
        if len(own) > 1:
            raise _refused("structure", count_phrase(len(own)), "one array")
        return [data]
    if not all(isinstance(item, ArraySpec) for item in data):
        return None
    arrays = [item for item in data if isinstance(item, ArraySpec)]
    if len(own) > 1 and len(arrays) != len(own):
        raise _refused("structure", count_phrase(len(own)), count_phrase(len(arrays)))
    return arrays if len(arrays) == len(own) else None


def _refused(kind: Any, expected: str, actual: str) -> Mismatch:
    return Mismatch(Problem(kind, "Functional", expected, actual))


def _adjusted(cls: str, compares: bool, expected: TensorType, spec: ArraySpec) -> TensorType:
    """What becomes of an array at the door; samples are left open."""
    want, have = expected.shape.dims, spec.shape.dims
    if want is None or have is None or not want:
        raise Lost("data of unknown rank")
    if compares:
        short = [
            dims[1:-1] if dims[-1:] == (1,) and dims[1:] else dims[1:] for dims in (want, have)
        ]
        if any(surely_different(a, b) for a, b in zip(*short, strict=False)):
            raise Mismatch(_problem(cls, expected.shape, spec.shape, len(want) == len(have)))
    if len(have) == len(want) + 1 and have[-1] == 1:
        have = have[:-1]
    elif len(have) == len(want) - 1 and want[-1] == 1:
        have = (*have, 1)
    elif len(have) == len(want) + 1 and not isinstance(have[-1], int):
        raise Lost("a last axis that may be of length 1")
    if len(have) != len(want):
        raise Mismatch(_problem(cls, expected.shape, spec.shape, False))
    return TensorType(Shape((FREE, *have[1:])), expected.dtype)


def _problem(cls: str, want: Shape, have: Shape, same_rank: bool) -> Problem:
    ranks = () if same_rank or want.rank is None else (want.rank,)
    kind: Any = "axis" if same_rank else "rank"
    return Problem(kind, cls, f"an input of shape {want}", str(have), needs_rank=ranks)
