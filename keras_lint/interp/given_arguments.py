"""What ``compile`` and the training calls are given: arguments by name, values as plain data."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.places import Places
from keras_lint.interp.store import DictObject, InstanceObject, ListObject
from keras_lint.interp.values import (
    Args,
    ClassValue,
    Const,
    ExternalValue,
    FunctionValue,
    ObjectValue,
    PartialValue,
    Site,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.names import lookup
from keras_lint.model.training import Made, Own, Setting, Unclear

CALL = "__call__"
"""The method of ``model(array)``."""
FILES = ("save", "save_weights", "load_weights", "export")
"""Methods that write a model to a file, or read its weights."""
_MAX_NESTING = 6
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "compile": (
        "optimizer",
        "loss",
        "loss_weights",
        "metrics",
        "weighted_metrics",
        "run_eagerly",
        "steps_per_execution",
        "jit_compile",
        "auto_scale_loss",
    ),
    "fit": (
        "x",
        "y",
        "batch_size",
        "epochs",
        "verbose",
        "callbacks",
        "validation_split",
        "validation_data",
        "shuffle",
        "class_weight",
        "sample_weight",
        "initial_epoch",
        "steps_per_epoch",
        "validation_steps",
        "validation_batch_size",
        "validation_freq",
    ),
    "evaluate": (
        "x",
        "y",
        "batch_size",
        "verbose",
        "sample_weight",
        "steps",
        "callbacks",
        "return_dict",
    ),
    "predict": ("x", "batch_size", "verbose", "steps", "callbacks"),
    "train_on_batch": ("x", "y", "sample_weight", "class_weight", "return_dict"),
    "test_on_batch": ("x", "y", "sample_weight", "return_dict"),
    "predict_on_batch": ("x",),
    CALL: ("x",),
    **dict.fromkeys(FILES, ("filepath",)),
    "loss": ("y_true", "y_pred", "sample_weight"),
    "metric": ("y_true", "y_pred", "sample_weight"),
}
"""The parameters in order, as Keras 3.15 has them; Keras 2 has the same first ones.

The last two are those of a loss that is called, and of ``update_state`` of a metric.
"""


def bound(method: str, args: Args) -> dict[str, Value]:
    """The arguments of ``compile`` or a training call by name."""
    given = dict(zip(_PARAMETERS[method], args.positional, strict=False))
    return {**given, **dict(args.keywords)}


def sites(machine: Machine, method: str, args: Args) -> dict[str, Site]:
    """Where each argument was written, by name."""
    found = {}
    for key, node in args.nodes:
        place = node.value if isinstance(node, cst.Arg) else node
        names = _PARAMETERS[method]
        name = names[int(key)] if key.isdigit() and int(key) < len(names) else key
        found[name] = machine.site(place)
    return found


def setting(machine: Machine, value: Value, depth: int = 0) -> Setting:
    """A value as plain data."""
    if isinstance(value, Const):
        plain = value.value
        return plain if plain is None or isinstance(plain, (bool, int, float, str)) else Unclear()
    if isinstance(value, ObjectValue):
        arguments = {name: setting(machine, item, depth + 1) for name, item in value.arguments}
        places = Places(machine.source)
        here = value.site is not None and places.is_here(value.site)
        span = places.span(value.site) if value.site is not None and here else None
        return Made(value.path, True, arguments, value.complete, span)
    if isinstance(value, ExternalValue):
        found = lookup(value.path) if value.path.startswith("keras.") else None
        return Made(value.path if found is None else found.canonical, False)
    if isinstance(value, (FunctionValue, ClassValue)):
        return Own(value.name)
    if isinstance(value, PartialValue):
        return Own("partial")
    if isinstance(value, UnknownValue):
        return Unclear(value.reason)
    items: tuple[Value, ...] | None = None
    found_object = machine.get(value)
    if isinstance(value, TupleValue):
        items = value.items
    elif isinstance(found_object, ListObject):
        items = found_object.items
    elif isinstance(found_object, InstanceObject):
        return Own(found_object.cls.name)
    elif isinstance(found_object, DictObject) and found_object.items is not None:
        named: dict[str, Setting] = {}
        for key, item in found_object.items:
            if not isinstance(key, Const) or depth > _MAX_NESTING:
                return Unclear("a dict with keys that are not names")
            named[str(key.value)] = setting(machine, item, depth + 1)
        return named
    if items is None or depth > _MAX_NESTING:
        return Unclear("not known")
    return tuple(setting(machine, item, depth + 1) for item in items)
