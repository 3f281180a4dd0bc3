"""Imports: library names become canonical paths, so that every spelling of Keras is one."""

from __future__ import annotations

from functools import lru_cache

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.modules import module_value, public_members
from keras_lint.interp.registry import dotted_name
from keras_lint.interp.values import ExternalValue, ImportedValue, Value
from keras_lint.keras_api.moves import successor
from keras_lint.keras_api.names import ApiName, Generation, lookup, public_names

_KERAS_SPELLINGS = (
    "tensorflow.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow._api.v2.keras",
    "keras.api",
    "tf_keras.api._v2.keras",
    "tf_keras.src",
    "tf_keras",
)
"""Prefixes under which a Keras is reached; which one it is, :mod:`interp.generations` settles."""


_UTILITIES = "keras.src.ops.operation_utils"
"""A private module of Keras of which one function is public, as ``keras.utils``."""
_PRIVATE_MODELS = ("keras.src.models.Functional", "keras.src.models.functional.Functional")
"""Private names of the functional model class, which has no public one."""
_MIRRORED = (
    "activations",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "random",
    "regularizers",
    "utils",
)
"""Private packages where a public name, however deep its module, is the very same object."""


@lru_cache(4096)
def canonical_path(path: str) -> str:
    """``tensorflow.keras.layers.Dense`` as ``keras.layers.Dense``; other paths as they are.

    A private path that leads to a public object (``keras.src.layers.Dense``,
    ``keras.src.layers.core.dense.Dense``) counts as the public one.
    """
    for spelling in _KERAS_SPELLINGS:
        if path == spelling or path.startswith(spelling + "."):
            return "keras" + path[len(spelling) :]
    if path in _PRIVATE_MODELS:
        return "keras.Model"
    if path.startswith(_UTILITIES + "."):
        return "keras.utils" + path.removeprefix(_UTILITIES)
    if path.startswith("keras.src.") and not path.startswith("keras.src.applications"):
        return _public(path.removeprefix("keras.src.").split(".")) or path
    return path


def _public(parts: list[str]) -> str | None:
    """The canonical public name of a private one, given without ``keras.src``."""
    public = lookup("keras." + ".".join(parts))
    if public is not None:
        return public.canonical
    if parts[0] in _MIRRORED and len(parts) > 1:
        for candidate in (f"keras.{parts[0]}.{parts[-1]}", f"keras.{parts[-1]}"):
            public = lookup(candidate)
            if public is not None and public.kind in ("class", "function"):
                return public.canonical
    return None


@lru_cache(4096)
def known_name(path: str, generation: Generation) -> ApiName | None:
    """The public name; of Keras 2 also by one of its old modules: ``keras.layers.core.Dense``."""
    found = lookup(path, generation)
    if found is not None or generation == "keras3" or not path.startswith("keras."):
        return found
    move = successor(path)
    return lookup(move.new, generation) if move is not None and move.new else None


def import_names(machine: Machine, node: cst.Import) -> None:
    """Bind what ``import a.b, c as d`` binds."""
    for item in node.names:
        path = dotted_name(item.name)
        if item.asname is not None and isinstance(item.asname.name, cst.Name):
            machine.assign(item.asname.name.value, _module(machine, path))
        else:
            root = path.partition(".")[0]
            machine.assign(root, _module(machine, root))


def _module(machine: Machine, path: str) -> Value:
    """A module by its absolute name: of Keras, of the project, or of another library."""
    canonical = canonical_path(path)
    if canonical == "keras" or lookup(canonical, machine.generation) is not None:
        return ExternalValue(canonical)
    return module_value(machine, path, 0) or ExternalValue(canonical)


def import_from(machine: Machine, node: cst.ImportFrom) -> None:
    """Bind what ``from a import b as c`` binds."""
    base = "" if node.module is None else dotted_name(node.module)
    level = len(node.relative)
    if isinstance(node.names, cst.ImportStar):
        _import_star(machine, node, base, level)
        return
    for item in node.names:
        name = dotted_name(item.name)
        target = name
        if item.asname is not None and isinstance(item.asname.name, cst.Name):
            target = item.asname.name.value
        machine.assign(target, _imported(machine, base, name, level, node))


def _imported(machine: Machine, base: str, name: str, level: int, node: cst.ImportFrom) -> Value:
    path = canonical_path(f"{base}.{name}")
    public = known_name(path, machine.generation)
    if public is not None and public.path != path:
        path = public.path
    if not level and (public is not None or path in ("keras.Model", _UTILITIES)):
        return ExternalValue(path)
    module = module_value(machine, base, level)
    if module is not None:
        return ImportedValue(module, name)
    if level:
        below = module_value(machine, f"{base}.{name}" if base else name, level)
        return below or machine.unknown(f"'{name}' comes from a file that is not here", node)
    return ExternalValue(path)


def _import_star(machine: Machine, node: cst.ImportFrom, base: str, level: int) -> None:
    """``from keras.layers import *`` binds every public name; of other libraries none is known."""
    path = canonical_path(base)
    if not level and (path == "keras" or path.startswith("keras.")):
        for name in public_names(path, machine.generation):
            machine.assign(name, ExternalValue(f"{path}.{name}"))
        return
    module = module_value(machine, base, level)
    if module is not None:
        for name in public_members(machine, module, node):
            machine.assign(name, ImportedValue(module, name))
