"""Arguments of a Keras constructor as a configuration, and where each of them is written."""

from __future__ import annotations

from typing import Any

from keras_lint.interp.machine import Machine
from keras_lint.interp.nested import ModelKind
from keras_lint.interp.store import DictObject, LayerObject, ListObject, ModelObject
from keras_lint.interp.values import (
    Args,
    Const,
    DimValue,
    ExternalValue,
    Ref,
    Site,
    TupleValue,
    Value,
)
from keras_lint.keras_api.base import BoundLayer, Config
from keras_lint.keras_api.names import lookup
from keras_lint.model.dims import UNKNOWN

ACTIVATION_PREFIXES = ("keras.activations.", "tensorflow.nn.", "keras.ops.")


def argument_sites(machine: Machine, path: str, args: Args) -> tuple[tuple[str, Site], ...]:
    """Where each argument is written, by its Keras name."""
    found = lookup(path)
    names = [p.name for p in found.params or ()] if found is not None else []
    sites: list[tuple[str, Site]] = []
    for key, node in args.nodes:
        if key.isdigit():
            if int(key) < len(names):
                sites.append((names[int(key)], machine.site(node)))
        else:
            sites.append((key, machine.site(node)))
    return tuple(sites)


def to_config(machine: Machine, value: Value, name: str, wrapped: list[int]) -> Any:
    """An argument as a configuration value; layers found inside are noted in ``wrapped``."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, DimValue):
        return value.dim
    if isinstance(value, TupleValue):
        return tuple(to_config(machine, item, name, wrapped) for item in value.items)
    if isinstance(value, ExternalValue):
        for prefix in ACTIVATION_PREFIXES:
            if value.path.startswith(prefix) and "activation" in name:
                return value.path.removeprefix(prefix)
        return UNKNOWN
    found = machine.get(value)
    if isinstance(found, ListObject) and found.items is not None:
        return [to_config(machine, item, name, wrapped) for item in found.items]
    if isinstance(found, DictObject) and found.items is not None:
        return UNKNOWN
    if isinstance(found, LayerObject) and isinstance(value, Ref):
        wrapped.append(value.address)
        if found.kind is not None:
            return BoundLayer(found.kind, found.config, found.name)
    if isinstance(found, ModelObject) and isinstance(value, Ref):
        wrapped.append(value.address)
        return BoundLayer(ModelKind(machine, value.address), Config({}), found.name)
    return UNKNOWN
