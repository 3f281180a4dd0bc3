"""Which tensors of a graph carry a mask, as Keras hands masks on from call to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from keras_lint.interp.functional import inputs_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.nested import kind_at
from keras_lint.interp.store import LayerObject, ModelObject
from keras_lint.interp.tensors import NestedTensor, leaves
from keras_lint.interp.values import CallRecord, TensorValue, UnknownValue
from keras_lint.keras_api.base import Mask
from keras_lint.model.dataclass import dataclass
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, Shape, TensorType, map_nested


class MaskTracker:
    """Works out masks call by call, producers before consumers.

    Args:
        machine: the interpreter.
        found: what was worked out before.
    """

    def __init__(
        self,
        machine: Machine,
        found: MutableMapping[CallRecord, tuple[Mask, ...]] | None = None,
    ) -> None:
        self._machine = machine
        self._found = {} if found is None else found

    def of(self, record: CallRecord) -> tuple[Mask, ...]:
        """For every output of a call: masked, not masked, or None for not known."""
        found = self._found[record] = self._outputs(record)
        return found

    def _outputs(self, record: CallRecord) -> tuple[Mask, ...]:
        count = len(record.outputs)
        unknown: tuple[Mask, ...] = (None,) * count
        if record.layer is None or record.problem is not None:
            return unknown
        obj = self._machine.store[record.layer]
        if not isinstance(obj, (LayerObject, ModelObject)):
            return unknown
        if isinstance(obj, LayerObject) and obj.path.startswith("keras.ops."):
            return (False,) * count  # operations make new tensors and know nothing of masks
        kind, config = kind_at(self._machine, record.layer)
        if kind is None:
            return unknown
        given = dict(record.extra)
        try:
            if "mask" in given:  # one that is handed over goes before those of the inputs
                return kind.masks(config, map_nested(lambda _: True, record.inputs), count)
            return kind.masks(config, map_nested(self.mask, record.inputs), count)
        except Lost:
            return unknown

    def mask(self, leaf: TensorValue | UnknownValue) -> Mask:
        """Whether a tensor of a call that was looked at carries a mask."""
        if isinstance(leaf, UnknownValue):
            return None
        masks = self._found.get(leaf.call, ())
        return masks[leaf.index] if leaf.index < len(masks) else None


# -- masks as arguments ----------------------------------------------------------------------------


@dataclass(frozen=True)
class HandedMask:
    """A mask that Keras gives to a ``call`` by itself.

    Args:
        value: nested as the tensors it is of; a type for one mask, None for none, an
            :class:`UnknownValue` where that is not known.
    """

    value: Nested[TensorType | UnknownValue | None]


def handed_masks(
    machine: Machine,
    names: Sequence[str],
    inputs: NestedTensor,
    extra: Mapping[str, NestedTensor],
    plain: Mapping[str, Any],
) -> dict[str, HandedMask]:
    """The masks that Keras 3.15 gives to a ``call`` whose parameters ask for them.

    ``mask`` gets those of the tensors, if one argument holds them all; with several arguments
    ``query_mask`` gets those of ``query``. For a list it is a list, of None where there is no mask.

    Args:
        machine: the interpreter.
        names: of the parameters of ``call``; without ``**kwargs``, which are given no mask.
        inputs: the first argument.
        extra: the further arguments that are tensors.
        plain: all further arguments.
    """
    given = {names[0] if names else "": inputs, **extra}
    wanted = {"mask": inputs} if len(given) == 1 else {f"{k}_mask": v for k, v in given.items()}
    asked = {name: of for name, of in wanted.items() if name in names[1:]}
    asked = {name: of for name, of in asked.items() if plain.get(name) is None}
    if not asked:
        return {}
    tracker = MaskTracker(machine, machine.masked)

    def mask(leaf: TensorValue | UnknownValue) -> TensorType | UnknownValue | None:
        masked = tracker.mask(leaf)
        if masked is None:
            return UnknownValue("whether a tensor has a mask is not known")
        return _type_of_mask(leaf) if masked and isinstance(leaf, TensorValue) else None

    found: dict[str, HandedMask] = {}
    for name, tensors in asked.items():
        for record in _before(machine, tensors):
            if record.layer is None and not record.inputs:
                machine.masked[record] = (False,) * len(record.outputs)  # traced without masks
            else:
                tracker.of(record)
        function: Callable[[Any], Any] = mask
        found[name] = HandedMask(map_nested(function, tensors))
    return found


def _type_of_mask(tensor: TensorValue) -> TensorType:
    """One truth for each step of a sequence."""
    dims = tensor.type.shape.dims
    known = dims is not None and len(dims) == 3
    return TensorType(Shape(dims[:2]) if dims is not None and known else UNKNOWN_SHAPE, "bool")


def _before(machine: Machine, tensors: NestedTensor) -> Iterator[CallRecord]:
    """The calls that these tensors come from and that were not looked at yet, producers first."""
    pending = [(leaf.call, False) for leaf in leaves(tensors) if isinstance(leaf, TensorValue)]
    while pending:
        record, done = pending.pop()
        if record in machine.masked:
            continue
        if done:
            yield record
            continue
        machine.tick()
        pending.append((record, True))
        pending += [(tensor.call, False) for tensor in inputs_of(record)]
