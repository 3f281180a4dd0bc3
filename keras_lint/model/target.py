"""The Keras that code is to run on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from keras_lint.model.dataclass import dataclass

Generation = Literal["keras3", "keras2"]

_LEGACY = "tf_keras"
_OF_TENSORFLOW = ("tensorflow.keras", "tensorflow.python.keras", "tensorflow_core.keras")


class TargetError(ValueError):
    """A target that does not exist, with one line for the user."""


@dataclass(frozen=True)
class Target:
    """Which Keras the names of a program mean.

    Args:
        keras: what ``import keras`` gives.
        tensorflow: what ``tf.keras`` gives: Keras 3 from TensorFlow 2.16 on.
        minor: the minor version of Keras 3, None for the newest known.
        origin: where this was read; empty if the user said so or nobody did.
    """

    keras: Generation = "keras3"
    tensorflow: Generation = "keras3"
    minor: int | None = None
    origin: str = ""

    def generation(self, path: str) -> Generation:
        """The generation that a name belongs to; ``tf_keras`` is always Keras 2."""
        if path == _LEGACY or path.startswith(_LEGACY + "."):
            return "keras2"
        return self.tensorflow if path.startswith(_OF_TENSORFLOW) else self.keras

    def title(self, path: str = "keras") -> str:
        """What to call the Keras that a name belongs to: ``Keras 3``, ``Keras 3.6``."""
        generation = self.generation(path)
        if generation == "keras2":
            return "Keras 2"
        return "Keras 3" if self.minor is None else f"Keras 3.{self.minor}"


NEWEST = Target()
_LEGACY_WANTED = re.compile(
    r"environ(\[|\.setdefault\()\s*[\"']TF_USE_LEGACY_KERAS[\"']\s*(\]\s*=|,)\s*[\"'](1|true)[\"']",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?:keras-?)?(\d+)(?:\.(\d+))?(?:\.\d+)?\Z")


def target_in(text: str, target: Target) -> Target:
    """The target of a program that asks TensorFlow for Keras 2 (``TF_USE_LEGACY_KERAS``) itself."""
    if "TF_USE_LEGACY_KERAS" in text and _LEGACY_WANTED.search(text):
        return replace(target, tensorflow="keras2")
    return target


def parse_target(text: str) -> Target:
    """The target that a user names: ``keras-3``, ``keras-2``, ``3.6``.

    Raises:
        TargetError: it is none.
    """
    found = _VERSION.match(text.strip().lower())
    major = int(found[1]) if found else 0
    if found is None or major not in (2, 3):
        raise TargetError(f"unknown target {text!r}: say keras-3, keras-2 or a version such as 3.6")
    if major == 2:
        return Target("keras2", "keras2")
    return Target(minor=int(found[2]) if found[2] else None)
