"""Which tensors of a graph carry a mask, as Keras hands masks on from call to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from keras_lint.interp.store import LayerObject, ModelObject, StoreObject
from keras_lint.interp.values import CallRecord, TensorValue, UnknownValue
from keras_lint.keras_api.base import Config, LayerKind, Mask
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import map_nested

KindOf: TypeAlias = Callable[[int], tuple[LayerKind | None, Config]]


class MaskTracker:
    """Works out masks call by call, producers before consumers.

    Args:
        store: the objects of the analysis by address.
        kind_of: what a layer at an address means, None where it is not known.
    """

    def __init__(self, store: Mapping[int, StoreObject], kind_of: KindOf) -> None:
        self._store = store
        self._kind_of = kind_of
        self._found: dict[int, tuple[Mask, ...]] = {}

    def of(self, record: CallRecord) -> tuple[Mask, ...]:
        """For every output of a call: masked, not masked, or None for not known."""
        found = self._found[id(record)] = self._outputs(record)
        return found

    def _outputs(self, record: CallRecord) -> tuple[Mask, ...]:
        count = len(record.outputs)
        unknown: tuple[Mask, ...] = (None,) * count
        if record.layer is None or record.problem is not None:
            return unknown
        obj = self._store[record.layer]
        if not isinstance(obj, (LayerObject, ModelObject)):
            return unknown
        if isinstance(obj, LayerObject) and obj.path.startswith("keras.ops."):
            return (False,) * count  # operations make new tensors and know nothing of masks
        kind, config = self._kind_of(record.layer)
        if kind is None:
            return unknown
        given = dict(record.extra)
        try:
            if "mask" in given:  # one that is handed over goes before those of the inputs
                return kind.masks(config, map_nested(lambda _: True, record.inputs), count)
            return kind.masks(config, map_nested(self._mask, record.inputs), count)
        except Lost:
            return unknown

    def _mask(self, leaf: TensorValue | UnknownValue) -> Mask:
        if isinstance(leaf, UnknownValue):
            return None
        masks = self._found.get(id(leaf.call), ())
        return masks[leaf.index] if leaf.index < len(masks) else None
