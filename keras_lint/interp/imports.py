"""Imports: library names become canonical paths, so that every spelling of Keras is one."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.machine import Machine, dotted_name
from keras_lint.interp.values import ExternalValue
from keras_lint.keras_api.names import lookup, public_names

_KERAS_SPELLINGS = (
    "tensorflow.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow._api.v2.keras",
    "keras.api",
)
"""Prefixes under which the very same Keras is reached (TensorFlow 2.16 and newer)."""


_PRIVATE_MODELS = ("keras.src.models.Functional", "keras.src.models.functional.Functional")
"""Private names of the functional model class, which has no public one."""


def canonical_path(path: str) -> str:
    """``tensorflow.keras.layers.Dense`` as ``keras.layers.Dense``; other paths as they are.

    A private path that mirrors a public one (``keras.src.layers.Dense``) counts as the public one.
    """
    for spelling in _KERAS_SPELLINGS:
        if path == spelling or path.startswith(spelling + "."):
            return "keras" + path[len(spelling) :]
    if path in _PRIVATE_MODELS:
        return "keras.Model"
    if path.startswith("keras.src."):
        public = lookup("keras." + path.removeprefix("keras.src."))
        return path if public is None else public.canonical
    return path


def import_names(machine: Machine, node: cst.Import) -> None:
    """Bind what ``import a.b, c as d`` binds."""
    for item in node.names:
        path = dotted_name(item.name)
        if item.asname is not None and isinstance(item.asname.name, cst.Name):
            machine.assign(item.asname.name.value, ExternalValue(canonical_path(path)))
        else:
            root = path.partition(".")[0]
            machine.assign(root, ExternalValue(root))


def import_from(machine: Machine, node: cst.ImportFrom) -> None:
    """Bind what ``from a import b as c`` binds; relative imports stay unknown."""
    base = "" if node.module is None else dotted_name(node.module)
    if isinstance(node.names, cst.ImportStar):
        _import_star(machine, node, base)
        return
    for item in node.names:
        name = dotted_name(item.name)
        target = name
        if item.asname is not None and isinstance(item.asname.name, cst.Name):
            target = item.asname.name.value
        if node.relative:
            machine.assign(
                target,
                machine.unknown(f"'{name}' comes from another file of the project", node),
            )
        else:
            machine.assign(target, ExternalValue(canonical_path(f"{base}.{name}")))


def _import_star(machine: Machine, node: cst.ImportFrom, base: str) -> None:
    """``from keras.layers import *`` binds every public name there; other modules are unknown."""
    path = canonical_path(base)
    if node.relative or not (path == "keras" or path.startswith("keras.")):
        return
    for name in public_names(path):
        machine.assign(name, ExternalValue(f"{path}.{name}"))
