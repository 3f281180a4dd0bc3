"""What is wrong with a metric for an output, and which is right."""

from __future__ import annotations

from keras_lint.keras_api.losses import metric_takes
from keras_lint.keras_api.strings import named
from keras_lint.model.fixes import Change, Edit, Fix, SetArgument
from keras_lint.model.training import Compiled, Made, Setting
from keras_lint.rules.flow import activation_of
from keras_lint.rules.training import Output

_REGRESSION = frozenset(
    (
        "huber",
        "logcosh",
        "meanabsoluteerror",
        "meanabsolutepercentageerror",
        "meansquarederror",
        "meansquaredlogarithmicerror",
    )
)
_AUTO = "auto"
"""The string ``accuracy`` in ``compile``: Keras takes the accuracy that fits the shapes."""
_CUT = frozenset((_AUTO, "binaryaccuracy"))
"""Metrics that take an output above 0.5 for 1."""
_ONE_HOT = {
    "binaryaccuracy": "sparse_categorical_accuracy",
    "categoricalaccuracy": "sparse_categorical_accuracy",
    "topkcategoricalaccuracy": "sparse_top_k_categorical_accuracy",
}
"""Metrics that compare unit by unit, and what compares class numbers in their place."""
_SPARSE = {
    "sparsecategoricalaccuracy": "categorical_accuracy",
    "sparsetopkcategoricalaccuracy": "top_k_categorical_accuracy",
}
_UNBOUNDED = ("linear", "relu")


_LABELS = ("categoricalcrossentropy", "sparsecategoricalcrossentropy")
_NOTHING_OF_SHAPES = frozenset(
    ("curve", "dtype", "from_logits", "name", "num_classes", "num_thresholds", "threshold")
)
"""Arguments of metrics that change nothing about the shapes they take."""


def mistaken(output: Output, metric: Setting) -> tuple[str, str] | None:
    """Why a metric is wrong for an output, and which is right, if that is one word."""
    name, loss, width = metric_name(metric), output.loss, output.width
    given = activation_of(output.layer.core)
    if name is None or loss is None or width is None or given is None:
        return None
    crossentropy = loss.family in ("binary", "categorical", "sparse")
    if name == "accuracy" and crossentropy:
        return "it counts outputs that are exactly the label", "accuracy"
    if loss.name in _REGRESSION and name in (_AUTO, *_ONE_HOT, *_SPARSE) and given in _UNBOUNDED:
        plain = name == _AUTO and (_numbers(output) or (width == 1 and not _classes(output)))
        return ("the labels are no classes", "mae") if plain else None
    if loss.family == "binary" and width == 1:
        if name in _SPARSE or name in ("categoricalaccuracy", "topkcategoricalaccuracy"):
            return "there is one unit only", "binary_accuracy"
        cut = isinstance(metric, Made) and (metric.arguments or not metric.complete)
        if loss.logits and given == "linear" and name in _CUT and not cut:
            return "it cuts at 0.5, and the output is a logit", ""
        return None
    if width == 1 or loss.name not in _LABELS:
        return None
    if loss.family == "sparse" and name in _ONE_HOT:
        return "the labels are class numbers", _ONE_HOT[name]
    if loss.family == "categorical" and name in _SPARSE:
        return "the labels are one-hot", _SPARSE[name]
    if loss.family == "categorical" and name == "binaryaccuracy" and given == "softmax":
        return ("it cuts each class at 0.5", "categorical_accuracy") if width > 2 else None
    return None


def metric_name(metric: Setting) -> str | None:
    """The folded name of a metric of Keras, ``auto`` for the string ``accuracy``; None for others.

    ``accuracy`` is the class ``Accuracy``.
    """
    if isinstance(metric, str):
        if metric.lower() in ("acc", "accuracy"):
            return _AUTO
        found = named("metrics", metric) or named("metrics", metric, "keras2")
        path = None if found is None else found.path
    else:
        path = metric.path if isinstance(metric, Made) else None
    if path is None or not path.startswith(("keras.metrics.", "keras.losses.")):
        return None
    return path.rpartition(".")[2].replace("_", "").lower()


def _classes(output: Output) -> bool:
    """Whether the labels may well be 0 and 1, or -1 and 1."""
    if output.labels is None:
        return False
    numbers = output.labels.numbers
    if output.labels.dtype == "bool" or numbers.classes is not None or numbers.one_hot:
        return True
    low, high = numbers.low, numbers.high
    return numbers.whole and (low is None or high is None or (low >= -1 and high <= 1))


def _numbers(output: Output) -> bool:
    """Whether the labels are surely more than zeros and ones."""
    if output.labels is None or not output.labels.numbers.attained:
        return False
    low, high = output.labels.numbers.low, output.labels.numbers.high
    return (low is not None and low < -1) or (high is not None and high > 1)


def refused(output: Output, metric: Setting) -> bool:
    """Whether Keras surely raises when it measures the output by a metric."""
    name, labels = metric_name(metric), output.labels
    if name is None or labels is None or labels.shape.dims is None or not output.type.shape.dims:
        return False
    given = metric.arguments if isinstance(metric, Made) else {}
    if not set(given) <= _NOTHING_OF_SHAPES or (isinstance(metric, Made) and not metric.complete):
        return False
    return metric_takes(name, labels.shape.dims, output.type.shape.dims, output.batch) is False


def better_metrics(
    compiled: Compiled, output: Output, wrong: list[tuple[str, str] | None]
) -> Fix | None:
    """All metrics of an output that have a better one, written anew.

    ``wrong`` is what :func:`mistaken` says of each of them.
    """
    pairs = list(zip(output.metrics, wrong, strict=True))
    found = [(metric, mistake[1]) for metric, mistake in pairs if mistake is not None]
    if not all(better for _, better in found):
        return None
    changes: list[Change] = []
    for metric, better in found:
        if isinstance(metric, Made) and metric.called and metric.span is not None:
            changes.append(Edit(metric.span, f'"{better}"'))
    if not changes and compiled.arguments.get("metrics") == output.metrics:
        words = [mistake[1] if mistake else metric for metric, mistake in pairs]
        if all(isinstance(word, str) for word in words):
            listed = ", ".join(f'"{word}"' for word in dict.fromkeys(words))
            changes.append(SetArgument(compiled.span, "metrics", f"[{listed}]"))
            found = []
    if not changes or len(changes) < len(found):
        return None
    return Fix("measure by what fits the output", tuple(changes), safe=False)
