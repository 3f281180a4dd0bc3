"""Why a model that has no unknown values in it is still not known completely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from keras_lint.graph.layer_graph import LayerNode
from keras_lint.interp.places import Places
from keras_lint.interp.store import LayerObject, StoreObject
from keras_lint.interp.values import CallRecord
from keras_lint.model.outcomes import Unknown
from keras_lint.model.spans import Span


def uncertain_names(layers: Iterable[LayerNode]) -> list[Unknown]:
    """Names given in source that Keras may have generated for another layer, which it refuses."""
    generated = {layer.name for layer in layers if layer.generated_name}
    return [
        Unknown(
            f"Keras may have given the name '{layer.name}' to another layer",
            layer.origin.span if layer.origin is not None else None,
        )
        for layer in layers
        if not layer.generated_name and layer.name in generated
    ]


def why_no_shape(
    places: Places, obj: StoreObject, record: CallRecord, where: Span
) -> list[Unknown]:
    """Why the output shape of a layer called on known shapes is not known."""
    if isinstance(obj, LayerObject) and obj.unknown:
        return [replace(places.unknown(reason), only_shape=True) for reason in obj.unknown]
    if record.lost:
        return [Unknown(record.lost, where, only_shape=True)]
    what = f"the output shape of {obj.cls}" if isinstance(obj, LayerObject) else "the output shape"
    if isinstance(obj, LayerObject) and obj.cls == "InputLayer":
        what = "the input shape"
    return [Unknown(f"{what} is not known", where, only_shape=True)]
