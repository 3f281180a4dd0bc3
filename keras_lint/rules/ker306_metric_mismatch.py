"""A metric that measures nothing of this output.

What it does
    Finds accuracy as a metric of regression on one number; ``categorical_accuracy`` and its kin
    with class numbers, and the sparse ones with one-hot labels; both on a single unit;
    ``binary_accuracy`` on softmax over several classes; the class ``Accuracy``, which counts
    outputs that are exactly their label; and accuracies that cut at 0.5 where the output is a
    logit, whose middle is 0.

Why it matters
    The number is shown after each epoch, and looks like a result. It stands still, or counts
    something else than it seems to: models are chosen and training is stopped by it. Some of these
    raise, where the shapes of labels and outputs do not fit.

When it stays silent
    When loss, metric or last layer is not known. When labels of a regression may be 0 and 1, or
    the model has several units that may stand for classes, the accuracy means something.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.keras_api.strings import named
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Change, Edit, Fix, SetArgument
from keras_lint.model.training import Compiled, Made, Setting
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import activation_of, display
from keras_lint.rules.training import Mistake, Output, compile_findings, shown

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


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each output of each ``compile``, about the first metric that is wrong."""
    del options
    yield from compile_findings(rule, analysis, "metrics", _mistake)


def _mistake(graph: LayerGraph, compiled: Compiled, output: Output) -> Mistake | None:
    del graph
    wrong = [_wrong(output, metric) for metric in output.metrics]
    first = next((one for one in wrong if one is not None), None)
    if first is None:
        return None
    why, better = first
    metric = shown(output.metrics[wrong.index(first)])
    return Mistake(
        f"{metric} says nothing of {display(output.layer)}: {why}",
        actual=metric,
        hint=_hint(better),
        fix=_fix(compiled, output, wrong),
    )


def _wrong(output: Output, metric: Setting) -> tuple[str, str] | None:
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


_LABELS = ("categoricalcrossentropy", "sparsecategoricalcrossentropy")


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
    if path is None or not path.startswith("keras.metrics."):
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


def _hint(better: str) -> str:
    if not better:
        return "use keras.metrics.BinaryAccuracy(threshold=0)"
    return f'use "{better}"' + (", the mean absolute error" if better == "mae" else "")


def _fix(compiled: Compiled, output: Output, wrong: list[tuple[str, str] | None]) -> Fix | None:
    """All metrics of the output that have a better one, written anew."""
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


def _program(layer: str, labels: str, loss: str, metrics: str, mark: str = "") -> str:
    return f"""\
import numpy as np
import keras

x, y = np.random.rand(16, 4), {labels}
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense({layer})])
model.compile(loss={loss}, metrics={metrics}){mark}
model.fit(x, y, verbose=0)
"""


_MARK = "  # expect: KER306"
_UNIT = '1, activation="sigmoid"'
_SOFTMAX = '3, activation="softmax"'
_TWO = "np.random.randint(0, 2, (16, 1))"
_CLASSES = "np.random.randint(0, 3, (16, 1))"
_HOT = "np.eye(3)[np.random.randint(0, 3, 16)]"
_BINARY = '"binary_crossentropy"'
_CATEGORICAL = '"categorical_crossentropy"'
_NUMBER = '"sparse_categorical_crossentropy"'

RULE = Rule(
    code="KER306",
    name="metric-mismatch",
    level="warning",
    confirm="graph",
    summary="a metric that measures nothing of the output: accuracy of a regression, ...",
    check_file=check,
    fix="unsafe",
    invalid=(
        _program("1", "np.random.rand(16) * 9", '"mse"', '["accuracy"]', _MARK),
        _program(_SOFTMAX, _CLASSES, _NUMBER, '["categorical_accuracy"]', _MARK),
        _program(_UNIT, _TWO, _BINARY, '["mae", "categorical_accuracy"]', _MARK),
        _program(_UNIT, _TWO, _BINARY, "[keras.metrics.Accuracy()]", _MARK),
        _program(_SOFTMAX, _HOT, _CATEGORICAL, '["binary_accuracy"]', _MARK),
        _program(
            "1",
            _TWO,
            "keras.losses.BinaryCrossentropy(from_logits=True)",
            '["accuracy"]',
            _MARK,
        ),
    ),
    fixed=(
        _program("1", "np.random.rand(16) * 9", '"mse"', '["mae"]'),
        _program(_SOFTMAX, _CLASSES, _NUMBER, '["sparse_categorical_accuracy"]'),
        _program(_UNIT, _TWO, _BINARY, '["mae", "binary_accuracy"]'),
        _program(_UNIT, _TWO, _BINARY, '["accuracy"]'),
        _program(_SOFTMAX, _HOT, _CATEGORICAL, '["categorical_accuracy"]'),
        "",
    ),
    valid=(
        _program("1", "np.random.randint(0, 2, 16)", '"mse"', '["accuracy"]'),
        _program("3", _HOT, '"mse"', '["accuracy"]'),
        _program(_SOFTMAX, _CLASSES, _NUMBER, '["acc", "sparse_categorical_accuracy"]'),
        _program(_UNIT, _TWO, _BINARY, '["accuracy", keras.metrics.AUC()]'),
        _program(
            "1",
            _TWO,
            "keras.losses.BinaryCrossentropy(from_logits=True)",
            "[keras.metrics.BinaryAccuracy(threshold=0.0)]",
        ),
    ),
)
