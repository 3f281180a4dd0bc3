"""Which Keras a file builds its models with: Keras 3, or Keras 2 under one of its names.

``tf_keras`` is Keras 2 wherever it stands; what ``keras`` and ``tf.keras`` mean, the target says.
"""

from __future__ import annotations

import re

from keras_lint.interp.machine import Machine
from keras_lint.interp.uses import names_of
from keras_lint.interp.values import Site, UnknownValue
from keras_lint.keras_api.names import Generation
from keras_lint.model.target import Target
from keras_lint.source.reader import SourceFile

_ROOT = re.compile(
    r"(keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras"
    r"|tensorflow(\.compat|\._api)?\.v[12]\.keras)(?=\.|\Z)"
)
_BUILDING = frozenset(("Input", "Model", "Sequential", "applications", "layers", "models"))
"""What models are made of: elsewhere (data sets, optimizers) the packages may well be mixed."""
_MIXED = "Keras 2 and Keras 3 in one file: which of them builds this is not known"


def meet(machine: Machine, source: SourceFile) -> None:
    """Settle which Keras is meant before ``source`` is interpreted, from how it spells its names.

    With both in one program no model counts as followed, and nothing is told of refusals.
    """
    found = _generations(source, machine.target, machine.project.package(source.path))
    if not found or machine.mixed:
        return
    if len(found) > 1 or machine.met not in ("", *found):
        machine.mixed = True
        machine.absent.append(UnknownValue(_MIXED, Site(source, source.module, machine.stack)))
        machine.catching += 1
        return
    (machine.generation,) = found
    machine.met = machine.generation


def _generations(source: SourceFile, target: Target, package: str) -> frozenset[Generation]:
    if "keras2" not in (target.keras, target.tensorflow) and "tf_keras" not in source.text:
        return frozenset(("keras3",)) if "keras" in source.text else frozenset()
    names = names_of(source, {}, package)
    used = [use.path for use in names.uses]
    building = [path for path in used if _BUILDING & set(_below(path).split("."))]
    imported = [use.path for use in names.imports]
    for paths in (building, used, imported):
        found = frozenset(target.generation(path) for path in paths if _ROOT.match(path))
        if found:
            return found
    return frozenset()


def _below(path: str) -> str:
    """What comes after the name of the package."""
    found = _ROOT.match(path)
    return path[found.end() :] if found else ""
