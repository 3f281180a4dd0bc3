"""Training steps for findings about ``fit`` and its kin: what is given, what must come of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeAlias, Union

from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE, evaluated
from keras_lint.model.findings import Verdict
from keras_lint.model.spans import Span
from keras_lint.model.tensors import Shape

_OPEN_AXIS = 5
_SAMPLES = 4
Answer = dict[str, Any]


@dataclass(frozen=True)
class Array:
    """An array to be made up.

    Args:
        shape: as inferred, samples first; an open axis gets some length, a symbol the one assumed.
        dtype: ``float32``, ``int32``, ...
        below: the numbers in it are smaller: the class count of labels.
    """

    shape: Shape
    dtype: str = "float32"
    below: int = 2


Arrays: TypeAlias = Union["Array", "tuple[Arrays, ...]", "Mapping[str, Arrays]"]


@dataclass(frozen=True)
class Training:
    """One step.

    Args:
        compiled: the place of the ``compile`` call that applies, replayed as it stands; None if
            there is none.
        method: ``fit``, ``evaluate``, ``predict`` or their kin for one batch.
        inputs: what the model is given: an array, a tuple of arrays, or arrays by name.
        targets: the same for the labels; None for none.
        options: further keyword arguments, plain values.
        exceptions: class names of which Keras is to raise one.
        weights: the sample weights.
        validation: what ``validation_data`` holds, one part after the other.
        kind: what the data are given as: ``arrays``, ``dataset``, ``generator``, ``sequence``.
        mentions: texts that its message is to contain, such as the shapes.
        absent: if given, nothing is to be raised, and this not to be among what ``fit`` gives.
        measure: for the methods ``loss`` and ``metric``: the path of one of Keras's own, what it is
            made with (None for a function as it is), what it is called with, and which of the
            model's outputs it is given.
    """

    compiled: Span | None
    method: str
    inputs: Arrays
    targets: Arrays | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    exceptions: tuple[str, ...] = ("ValueError",)
    mentions: tuple[str, ...] = ()
    weights: Arrays | None = None
    validation: tuple[Arrays, ...] | None = None
    kind: str = "arrays"
    absent: str = ""
    measure: Mapping[str, object] | None = None

    def request(self, lines: tuple[int, int], occurrence: int, values: Mapping[str, object]) -> str:
        """What the child is asked, as JSON; see :mod:`child.train`.

        Raises:
            LookupError: a shape is not known well enough to make an array of it.
        """
        content = {
            "model": [*lines, occurrence],
            "method": self.method,
            "inputs": _plain(self.inputs, values),
            "targets": None if self.targets is None else _plain(self.targets, values),
            "options": dict(self.options),
            "weights": None if self.weights is None else _plain(self.weights, values),
            "kind": self.kind,
            "measure": None if self.measure is None else dict(self.measure),
            "validation": self.validation and [_plain(a, values) for a in self.validation],
        }
        return json.dumps(content, sort_keys=True)


def judge_training(answer: Answer, training: Training) -> Verdict:
    """Whether the step failed as it was to fail, and no sooner; or gave what it was to give."""
    if answer["ok"] and training.absent:
        given = ", ".join(answer["logs"])
        there = training.absent in answer["logs"]
        return Verdict("refuted" if there else "confirmed", f"{training.method} gives {given}")
    if answer["ok"]:
        return Verdict("refuted", "TensorFlow takes the data")
    name = answer["exception"][0] if answer["exception"] else "exception"
    words = f"{name}: {answer['message'].strip()}"
    first = words.partition("\n")[0][:300]
    if answer.get("phase") != "train":
        return Verdict("unverified", f"fails earlier: {first}", words)
    if not set(training.exceptions) & set(answer["exception"]):
        return Verdict("unverified", f"fails otherwise: {first}", words)
    missing = [text for text in training.mentions if text not in answer["message"]]
    if missing:
        return Verdict("unverified", f"fails without a word of {missing[0]}: {first}", words)
    what = _ATTEMPTS.get(training.method, f"to {training.method}")
    return Verdict("confirmed", f"TensorFlow refuses {what}", words)


_ATTEMPTS = {"__call__": "the call", "loss": "the loss", "metric": "the metric"}


def _plain(arrays: Arrays, values: Mapping[str, object]) -> Any:
    if isinstance(arrays, tuple):
        return [_plain(item, values) for item in arrays]
    if isinstance(arrays, Mapping):
        return {name: _plain(item, values) for name, item in arrays.items()}
    if arrays.shape.dims is None:
        raise LookupError("the rank of the data is not known")
    lengths = []
    for axis, dim in enumerate(arrays.shape.dims):
        if dim is FREE or (axis == 0 and not isinstance(dim, int)):
            lengths.append(_OPEN_AXIS if axis else _SAMPLES)
            continue
        value = evaluated(dim, values)
        if not isinstance(value, int):
            raise LookupError(f"the length {dim} of the data is not known")
        lengths.append(value)
    return {"shape": lengths, "dtype": arrays.dtype, "below": arrays.below}
