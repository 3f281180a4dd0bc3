"""Whether a replay left Keras as it was.

One child serves many models. A replay that got hold of a Keras class and changed it would decide
the verdicts of all that come after; such a child is not used again.
"""

from __future__ import annotations

import collections
import enum
import importlib
import sys
from types import ModuleType
from typing import Any

_CHANGE_ANYWAY = frozenset({"__annotations__", "__abstractmethods__", "__doc__"})
_TENSORFLOW = ("Variable", "Tensor", "TensorShape", "TensorSpec")
_PACKAGES = (
    *("activations", "constraints", "initializers", "layers", "losses", "metrics", "models"),
    *(
        "ops",
        "optimizers",
        "regularizers",
        "applications",
        "random",
        "quantizers",
        "dtype_policies",
    ),
    "src",
)
"""Where a configuration may name its classes: ``keras.layers``, not ``keras.utils``."""


class Seal:
    """Remembers what the classes and modules of Keras hold. Make it once Keras is warm."""

    def __init__(self) -> None:
        tensorflow = importlib.import_module("tensorflow")
        holders: dict[int, type | ModuleType] = {
            id(cls): cls for cls in (collections.Counter, collections.OrderedDict, enum.Enum)
        }
        for name in _TENSORFLOW:
            holders[id(getattr(tensorflow, name))] = getattr(tensorflow, name)
        for name, module in list(sys.modules.items()):
            if name == "keras" or name.startswith("keras."):
                holders[id(module)] = module
                for value in list(vars(module).values()):
                    if isinstance(value, type) and value.__module__.startswith("keras."):
                        holders[id(value)] = value
        self._holders = list(holders.values())
        # The values themselves are kept: an id means nothing once its owner is gone.
        self._held = [_lasting(holder) for holder in self._holders]
        registry = importlib.import_module("keras.src.saving.object_registration")
        registered = (registry.GLOBAL_CUSTOM_OBJECTS, registry.GLOBAL_CUSTOM_NAMES)
        self._registered = [(table, dict(table)) for table in registered]

    def broken(self) -> str:
        """The first class or module that is not as it was; empty if all are.

        New names in a module are no change: Keras imports parts of itself late.
        """
        for holder, before in zip(self._holders, self._held, strict=True):
            now = vars(holder)
            if isinstance(holder, type) and not {*now} - {*before} <= _CHANGE_ANYWAY:
                return _name(holder)
            for key, value in before.items():
                if now.get(key) is not value:
                    return _name(holder)
        return ""

    def forget_registrations(self) -> None:
        """Take back what ``register_keras_serializable`` put on record."""
        for table, before in self._registered:
            table.clear()
            table.update(before)


def guard_deserialisation() -> None:
    """Keep configurations from naming anything but parts of models.

    Keras 3.15 does much of this itself; earlier ones import whatever module a dict names.
    """
    library: Any = importlib.import_module("keras.src.saving.serialization_lib")
    original = library._retrieve_class_or_fn

    def retrieve(name: Any, registered_name: Any, module: Any, *args: Any, **kwargs: Any) -> Any:
        home = str(module or "builtins").split(".")
        if home not in (["keras"], ["builtins"]) and (
            home[0] != "keras" or home[1] not in _PACKAGES
        ):
            raise PermissionError(f"a replay may not make {module}.{name} from its name")
        return original(name, registered_name, module, *args, **kwargs)

    library._retrieve_class_or_fn = retrieve


def _lasting(holder: type | ModuleType) -> dict[str, Any]:
    """What a class holds, and what of a module's content is no mere state: code."""
    if isinstance(holder, type):
        return {key: item for key, item in vars(holder).items() if key not in _CHANGE_ANYWAY}
    return {
        key: item
        for key, item in vars(holder).items()
        if callable(item) or isinstance(item, ModuleType)
    }


def _name(holder: type | ModuleType) -> str:
    if isinstance(holder, type):
        return f"{holder.__module__}.{holder.__qualname__}"
    return holder.__name__
