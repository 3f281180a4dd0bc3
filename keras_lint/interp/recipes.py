"""``get_config``, ``from_config`` and their kin: layers and models made from recipes of others.

Facts seen on Keras 3.15: a copy from a configuration has the names of the original, its weights
are its own, and it is called where the original was. The configuration of a layer is a dict that
the code may change; that of a model is followed as long as nobody looks into it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libcst as cst

from keras_lint.interp.cloning import clone, copy_layer
from keras_lint.interp.layers import construct_layer, is_layer_class
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.store import DictObject, LayerObject, ModelObject
from keras_lint.interp.values import (
    Args,
    Const,
    DimValue,
    RecipeValue,
    Ref,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import BoundLayer
from keras_lint.keras_api.names import lookup
from keras_lint.model.dims import UNKNOWN, Sym

_MODELS = {"keras.Model": "functional", "keras.Sequential": "sequential"}


def configuration(machine: Machine, ref: Ref, name: str, node: cst.CSTNode) -> Value | None:
    """``.get_config()``, ``.to_json()`` of a layer or model; None for other methods."""
    found = machine.get(ref)
    if isinstance(found, ModelObject) and name in ("get_config", "to_json"):
        return RecipeValue(ref.address, found)
    if isinstance(found, LayerObject) and name == "get_config":
        if found.kind is None or found.path == found.cls:
            return machine.unknown(f"the configuration of a {found.cls}", node)
        given = {**found.config, "name": found.name, "trainable": found.trainable}
        items = tuple((Const(key), _as_value(machine, v, key, node)) for key, v in given.items())
        return machine.new_dict(items)
    return None


def _as_value(machine: Machine, value: Any, key: str, node: cst.CSTNode) -> Value:
    if isinstance(value, Sym):
        return DimValue(value)
    if isinstance(value, (tuple, list)):
        return TupleValue(tuple(_as_value(machine, item, key, node) for item in value))
    if value is None or isinstance(value, (bool, int, float, str)):
        return Const(value)
    what = "a layer inside a configuration" if isinstance(value, BoundLayer) else key
    return (
        machine.unknown(f"the value of {what}", node)
        if value is UNKNOWN
        else machine.unknown(f"{what} of a configuration", node)
    )


def from_config(machine: Machine, path: str, args: Args, node: cst.CSTNode) -> Value:
    """``SomeLayer.from_config(config)``, ``Model.from_config(config)``.

    Args:
        machine: the interpreter.
        path: canonical name of the class.
        args: of the call.
        node: the call.
    """
    config = args.argument(0, "config")
    if config is None or len(args.positional) + len(args.keywords) != 1:
        return args.first_unknown() or machine.unknown("from_config with further arguments", node)
    if isinstance(config, RecipeValue):
        made = config.made
        if isinstance(made, ModelObject) and _MODELS.get(path) == made.kind:
            return _again(machine, config, node)
        return machine.unknown("a configuration for another class", node)
    found = machine.get_as(config, DictObject)
    if found is None or found.items is None or not is_layer_class(path):
        return machine.why_unknown(config, node)
    keywords: list[tuple[str, Value]] = []
    for key, value in found.items:
        if not isinstance(key, Const) or isinstance(value, UnknownValue):
            return machine.why_unknown(value, node)
        keywords.append((str(key.value), value))
    return construct_layer(machine, path, Args((), tuple(keywords)), node)


def _again(machine: Machine, recipe: RecipeValue, node: cst.CSTNode) -> Value:
    """The model or layer of a recipe made again, if it is what it was then."""
    now = machine.store.get(recipe.address)
    if recipe.address in machine.opened:
        return machine.unknown("a configuration that may have been changed", node)
    if isinstance(now, ModelObject) and isinstance(recipe.made, ModelObject):
        if replace(now, calls=()) == replace(recipe.made, calls=()):
            return clone(machine, recipe.address, node, from_config=True)
    elif isinstance(now, LayerObject) and now.config == getattr(recipe.made, "config", None):
        copied = copy_layer(machine, recipe.address, node)
        return copied if isinstance(copied, UnknownValue) else Ref(copied)
    return machine.unknown("a configuration of something that has changed since", node)


@external("keras.models.model_from_json")
def model_from_json(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``model_from_json(model.to_json())``."""
    text = args.argument(0, "json_string")
    if isinstance(text, RecipeValue) and len(args.positional) + len(args.keywords) == 1:
        return _again(machine, text, node)
    return args.first_unknown() or machine.unknown("a model from JSON that is not known", node)


@external("keras.layers.serialize")
def serialize(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``serialize(layer)``: what :func:`deserialize` makes a layer of."""
    layer = args.argument(0, "layer")
    found = machine.get(layer) if layer is not None else None
    if isinstance(layer, Ref) and isinstance(found, (LayerObject, ModelObject)):
        return RecipeValue(layer.address, found)
    return args.first_unknown() or machine.unknown("the configuration of what is no layer", node)


@external("keras.layers.deserialize")
def deserialize(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``deserialize(serialize(layer))``."""
    config = args.argument(0, "config")
    if isinstance(config, RecipeValue) and len(args.positional) + len(args.keywords) == 1:
        return _again(machine, config, node)
    return args.first_unknown() or machine.unknown("a layer from a configuration", node)


def has_from_config(path: str) -> str | None:
    """The canonical class that ``path``, ending in ``.from_config``, is called on; None if none."""
    owner, _, method = path.rpartition(".")
    found = lookup(owner) if method == "from_config" and owner.startswith("keras.") else None
    if found is None or found.kind != "class" or not found.is_layer:
        return None
    return found.canonical
