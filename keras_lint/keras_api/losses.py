"""What losses and metrics do with the shapes of labels and outputs: which they take and stretch.

Seen in Keras 3.15 with TensorFlow, for every loss and for 14 shapes of labels on 6 of outputs in
one step of ``test_on_batch``, and for every metric in ``update_state``;
``tests/oracle/test_losses.py`` looks again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from keras_lint.keras_api.strings import named
from keras_lint.model.data import product
from keras_lint.model.dims import Dim, surely_different

LossFamily = Literal["categorical", "sparse", "binary", "stretching"]

_FAMILIES: dict[str, LossFamily] = {
    "categoricalcrossentropy": "categorical",
    "sparsecategoricalcrossentropy": "sparse",
    "binarycrossentropy": "binary",
    "binaryfocalcrossentropy": "binary",
    **dict.fromkeys(
        (
            "categoricalfocalcrossentropy",
            "categoricalhinge",
            "cosinesimilarity",
            "hinge",
            "huber",
            "kldivergence",
            "logcosh",
            "meanabsoluteerror",
            "meanabsolutepercentageerror",
            "meansquarederror",
            "meansquaredlogarithmicerror",
            "poisson",
            "squaredhinge",
        ),
        "stretching",
    ),
}
"""By the name of the class or function, folded. The last family stretches as NumPy does."""


MetricFamily = Literal[
    "categorical", "sparse", "binary", "stretching", "same", "class", "sparse class"
]
"""Families of losses, and: equal shapes; the greatest output compared with the greatest label, or
with a class number, both of which stretch."""

_METRICS: dict[str, MetricFamily] = {
    **_FAMILIES,
    **dict.fromkeys(
        (
            "accuracy",
            "binaryaccuracy",
            "concordancecorrelation",
            "logcosherror",
            "pearsoncorrelation",
            "rootmeansquarederror",
        ),
        "stretching",
    ),
    **dict.fromkeys(
        (
            "auc",
            "binaryiou",
            "falsenegatives",
            "falsepositives",
            "iou",
            "meaniou",
            "precision",
            "precisionatrecall",
            "recall",
            "recallatprecision",
            "sensitivityatspecificity",
            "specificityatsensitivity",
            "truenegatives",
            "truepositives",
        ),
        "same",
    ),
    "categoricalaccuracy": "class",
    "sparsecategoricalaccuracy": "sparse class",
}
"""By the folded name; those of losses that are metrics too compare as these do."""


def loss_name(text: str) -> str | None:
    """The folded name of the loss that a string, or a public path in Keras, stands for."""
    if not text.startswith("keras."):
        found = named("losses", text)
        if found is None or found.path is None:
            return None
        text = found.path
    return text.rpartition(".")[2].replace("_", "").lower()


def loss_family(name: str | None) -> LossFamily | None:
    """How a loss compares shapes; None for one that is not known."""
    return _FAMILIES.get(name or "")


def metric_takes(
    name: str, labels: tuple[Dim, ...], outputs: tuple[Dim, ...], batch: int | None = None
) -> bool | None:
    """Whether a metric (by its folded name) takes such labels and outputs; None if not known.

    Shapes and ``batch`` are as of :func:`fit_together`.
    """
    family = _METRICS.get(name)
    if family is None or not labels or not outputs:
        return None
    open_axes = any(not isinstance(dim, int) for dim in (*labels[1:], *outputs[1:]))
    if open_axes and _may_squeeze(labels, outputs):
        return None
    if family == "class":
        return _by_lengths("stretching", labels[:-1], outputs[:-1], batch) if labels[1:] else None
    if family == "sparse class":
        if len(labels) == len(outputs) and labels[-1] == 1:
            labels = labels[:-1]
        return _stretched((0, *labels[1:]), (0, *outputs[1:-1]), batch)
    if family == "same":
        y, p = _same_rank((0, *labels[1:]), (0, *outputs[1:]))
        if len(y) == len(p):
            return _all(_equal(a, b) for a, b in zip(y, p, strict=True))
        return False if surely_different(product(y[1:]), product(p[1:])) else None
    return _by_lengths(family, labels, outputs, batch)


def fit_together(
    family: LossFamily,
    labels: tuple[Dim, ...],
    outputs: tuple[Dim, ...],
    batch: int | None = None,
    *,
    older: bool = False,
) -> bool | None:
    """Whether a loss takes labels of one shape for outputs of another; None if it is not known.

    Both shapes start with the batch axis, which is the same for both: ``batch``, if it is known.
    ``older`` is Keras 2 (seen in tf_keras 2.21): it gives labels of one axis a second one, and some
    of its binary crossentropies stretch an axis of length 1.
    """
    if older:
        if family == "binary" and (len(labels) == 1 or 1 in (labels[-1], outputs[-1])):
            return None
        if len(labels) == 1:
            taken = [fit_together(family, y, outputs, batch) for y in (labels, (*labels, 1))]
            return taken[0] if taken[0] is taken[1] else None
    if any(not isinstance(dim, int) for dim in (*labels[1:], *outputs[1:])) and _may_squeeze(
        labels, outputs
    ):
        return None
    return _by_lengths(family, labels, outputs, batch)


def _may_squeeze(labels: tuple[Dim, ...], outputs: tuple[Dim, ...]) -> bool:
    """Whether a last axis of unknown length decides."""
    return len(labels) != len(outputs) or not all(
        isinstance(dims[-1], int) for dims in (labels, outputs) if len(dims) > 1
    )


def _by_lengths(
    family: LossFamily, labels: tuple[Dim, ...], outputs: tuple[Dim, ...], batch: int | None
) -> bool | None:
    y, p = _same_rank((0, *labels[1:]), (0, *outputs[1:]))
    if family == "sparse":
        if len(y) == len(p) and y[-1] == 1 and len(y) > 1:
            y = y[:-1]
        p = p[:-1]
    if family == "stretching":
        return _stretched(y, p, batch)
    if len(y) != len(p):
        return False
    return _all(_equal(a, b) for a, b in zip(y, p, strict=True))


def _stretched(y: tuple[Dim, ...], p: tuple[Dim, ...], batch: int | None) -> bool | None:
    """Whether one is stretched to the other as NumPy does; the batch axes, which come first, are 0.

    Nothing is said of two that fit by chance.
    """
    if len(y) != len(p):
        longer, shorter = (y, p) if len(y) > len(p) else (p, y)
        met = longer[len(longer) - len(shorter)]  # by the batch axis of the shorter one
        clash = isinstance(met, int) and batch not in (None, 1, met) and met != 1
        return False if clash or _aligned(longer, shorter) is False else None
    return _all(a == 1 or b == 1 or _equal(a, b) for a, b in zip(y, p, strict=True))


def _aligned(longer: tuple[Dim, ...], shorter: tuple[Dim, ...]) -> bool | None:
    """By the last axes alone, the batch axis of the shorter one left out."""
    pairs = zip(longer[::-1], shorter[:0:-1], strict=False)
    return _all(a == 1 or b == 1 or _equal(a, b) for a, b in pairs)


def _same_rank(y: tuple[Dim, ...], p: tuple[Dim, ...]) -> tuple[tuple[Dim, ...], tuple[Dim, ...]]:
    """An axis of length 1 at the end of one is added to the other, or taken away."""
    if len(y) == len(p) + 1 and y[-1] == 1:
        return (y, (*p, 1)) if len(p) == 1 else (y[:-1], p)
    if len(p) == len(y) + 1 and p[-1] == 1:
        return ((*y, 1), p) if len(y) == 1 else (y, p[:-1])
    return y, p


def _equal(a: Dim, b: Dim) -> bool | None:
    if a == b:
        return True
    return False if surely_different(a, b) else None


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True
