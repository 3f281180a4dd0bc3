"""Arguments of a Keras constructor as a configuration, and where each of them is written."""

from __future__ import annotations

from typing import Any

from keras_lint.interp.machine import Machine
from keras_lint.interp.nested import ModelKind
from keras_lint.interp.store import DictObject, LayerObject, ListObject, ModelObject
from keras_lint.interp.tensors import as_layer
from keras_lint.interp.values import (
    Args,
    Const,
    DimValue,
    ExternalValue,
    Ref,
    Site,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api import dtypes
from keras_lint.keras_api.base import BoundLayer, Config
from keras_lint.keras_api.names import Generation, lookup_for
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import UNKNOWN
from keras_lint.model.outcomes import Problem
from keras_lint.source.literals import is_literal

WHOLE_NUMBERS = frozenset(
    {
        "filters",
        "input_dim",
        "key_dim",
        "n",
        "num_heads",
        "output_dim",
        "units",
        "value_dim",
    }
)
"""Parameters that take nothing but a whole number; all others may also be a tuple, None, ..."""

ACTIVATION_PREFIXES = ("keras.activations.", "tensorflow.nn.", "keras.ops.")


def parameter_names(path: str, generation: Generation) -> list[str]:
    """The names of a constructor's parameters in order."""
    found = lookup_for(path, generation)
    return [parameter.name for parameter in found.params or ()] if found is not None else []


def bound_config(machine: Machine, path: str, args: Args, wrapped: list[int]) -> Config:
    """The arguments of a constructor bound as Keras binds them.

    The addresses of layers among the arguments are added to ``wrapped``.

    Raises:
        Mismatch: kind ``argument``, when they do not fit the signature.
    """
    names = parameter_names(path, machine.generation)
    positional = [
        to_config(machine, value, names[index] if index < len(names) else "", wrapped)
        for index, value in enumerate(args.positional)
    ]
    keywords = {name: to_config(machine, value, name, wrapped) for name, value in args.keywords}
    bound = bind(path, positional, keywords, machine.generation)
    if "data_format" in bound and bound["data_format"] is None:
        default = machine.data_format
        bound["data_format"] = default.value if isinstance(default, Const) else UNKNOWN
    return Config(bound)


def argument_sites(machine: Machine, path: str, args: Args) -> tuple[tuple[str, Site], ...]:
    """Where each argument is written, by its Keras name."""
    names = parameter_names(path, machine.generation)
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
        return UNKNOWN if value.loose and name not in WHOLE_NUMBERS else value.dim
    if isinstance(value, TupleValue):
        return tuple(_item(machine, item, name, wrapped) for item in value.items)
    if isinstance(value, ExternalValue):
        for prefix in ACTIVATION_PREFIXES:
            if value.path.startswith(prefix) and "activation" in name:
                return value.path.removeprefix(prefix)
        return (dtypes.by_path(value.path) if name == "dtype" else None) or UNKNOWN
    value = as_layer(machine, value)
    found = machine.get(value)
    if isinstance(found, ListObject) and found.items is not None:
        return [_item(machine, item, name, wrapped) for item in found.items]
    if isinstance(found, DictObject) and found.items is not None:
        pairs = [(key, item) for key, item in found.items if isinstance(key, Const)]
        if name == "arguments" and len(pairs) == len(found.items):
            return {str(key.value): _item(machine, item, name, wrapped) for key, item in pairs}
        return UNKNOWN
    if isinstance(found, LayerObject) and isinstance(value, Ref):
        wrapped.append(value.address)
        if found.kind is not None and found.path != found.cls:
            # Of a subclassed layer Keras's wrappers know only what it declares itself.
            return BoundLayer(found.kind, found.config, found.name)
    if isinstance(found, ModelObject) and isinstance(value, Ref):
        wrapped.append(value.address)
        return BoundLayer(ModelKind(machine, value.address), Config({}), found.name)
    return UNKNOWN


def _item(machine: Machine, value: Value, name: str, wrapped: list[int]) -> Any:
    """An element of a tuple or list: where sizes stand, what nobody passes is a size too."""
    if isinstance(value, DimValue):
        return value.dim
    return to_config(machine, value, name, wrapped)


def unknown_arguments(machine: Machine, args: Args) -> tuple[UnknownValue, ...]:
    """Why arguments are not known, those inside tuples and lists included."""
    found: list[UnknownValue] = []
    pending = [*args.positional, *(value for _, value in args.keywords)]
    while pending:
        value = pending.pop(0)
        if isinstance(value, UnknownValue):
            found.append(value)
        elif not isinstance(value, Const):
            pending.extend(machine.items(value) or ())
    return tuple(found)


def is_certain(machine: Machine, path: str, args: Args, problem: Problem) -> bool:
    """Whether a refused value reaches the call whoever runs it: see where it stands.

    Where nobody calls the function around it, a value that came from a default may never be used;
    one that stands in the call itself is what every caller gets.

    Args:
        machine: the interpreter.
        path: what is called, by its canonical name.
        args: the call's arguments.
        problem: why it is refused; those of other kinds than ``value`` are always in the call.
    """
    if not machine.supposing or problem.kind != "value":
        return True
    nodes, names = dict(args.nodes), parameter_names(path, machine.generation)
    place = str(names.index(problem.argument)) if problem.argument in names else ""
    node = nodes.get(problem.argument, nodes.get(place))
    return node is not None and is_literal(node)
