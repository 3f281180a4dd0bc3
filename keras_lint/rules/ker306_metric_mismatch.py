"""A metric that measures nothing of this output.

What it does
    Finds accuracy as a metric of regression on one number; ``categorical_accuracy`` and its kin
    with class numbers, and the sparse ones with one-hot labels; both on a single unit;
    ``binary_accuracy`` on softmax over several classes; the class ``Accuracy``, which counts
    outputs that are exactly their label; and accuracies that cut at 0.5 where the output is a
    logit, whose middle is 0.

Why it matters
    The number is shown after each epoch, and looks like a result. It stands still, or counts
    something else than it seems to: models are chosen and training is stopped by it.

When it stays silent
    When loss, metric or last layer is not known, and where Keras refuses the labels for the metric
    (KER303). When labels of a regression may be 0 and 1, or the model has several units that may
    stand for classes, the accuracy means something.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.model.training import Compiled
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import display
from keras_lint.rules.metrics import better_metrics, mistaken, refused
from keras_lint.rules.training import Mistake, Output, compile_findings, shown


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each output of each ``compile``, about the first metric that is wrong."""
    del options
    yield from compile_findings(rule, analysis, "metrics", _mistake)


def _mistake(graph: LayerGraph, compiled: Compiled, output: Output) -> Mistake | None:
    del graph
    wrong = [
        None if refused(output, metric) else mistaken(output, metric) for metric in output.metrics
    ]
    first = next((one for one in wrong if one is not None), None)
    if first is None:
        return None
    why, better = first
    metric = shown(output.metrics[wrong.index(first)])
    return Mistake(
        f"{metric} says nothing of {display(output.layer)}: {why}",
        actual=metric,
        hint=_hint(better),
        fix=better_metrics(compiled, output, wrong),
    )


def _hint(better: str) -> str:
    if not better:
        return "use keras.metrics.BinaryAccuracy(threshold=0)"
    return f'use "{better}"' + (", the mean absolute error" if better == "mae" else "")


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
