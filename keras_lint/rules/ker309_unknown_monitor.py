"""A callback that waits for a quantity which this training never gives.

What it does
    Finds ``EarlyStopping``, ``ModelCheckpoint`` and ``ReduceLROnPlateau`` whose ``monitor`` is not
    among what ``fit`` gives: ``val_loss`` (the default) without validation data, ``acc`` and
    ``val_acc`` where Keras says ``accuracy`` and ``val_accuracy``, a metric that was not asked for.

Why it matters
    Keras only warns, where it can tell whether more or less of the quantity is better, and raises
    where it cannot: training never stops early, no checkpoint is written, no rate is reduced.

When it stays silent
    When metrics, callbacks or validation data are not known, or the model has several outputs, or
    a metric is no plain string.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.strings import log_name
from keras_lint.model.findings import Finding
from keras_lint.model.training import Made, Step
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import outputs_of, step_finding, steps

_SAVES_EACH = "ModelCheckpoint"
_WATCHING = (_SAVES_EACH, "EarlyStopping", "ReduceLROnPlateau")


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each monitor that does not exist."""
    del options
    for index, step, graph in steps(analysis):
        refs = outputs_of(graph)
        callbacks = step.arguments.get("callbacks")
        if step.method != "fit" or not step.complete or refs is None or len(refs) != 1:
            continue
        names = _quantities(step)
        watching = callbacks if isinstance(callbacks, tuple) else (callbacks,)
        if names is None or not all(
            isinstance(one, Made) and one.path.startswith("keras.callbacks.") for one in watching
        ):
            continue
        for one in watching:
            monitor = _monitor(one) if isinstance(one, Made) else None
            if isinstance(one, Made) and monitor is not None and monitor not in names:
                validates = "validation_data" in step.arguments or _splits(step)
                yield step_finding(
                    rule,
                    analysis,
                    index,
                    f"{one.path.rpartition('.')[2]} monitors {monitor}, but this fit() gives only "
                    f"{', '.join(sorted(names))}",
                    span=step.spans.get("callbacks"),
                    expected=f"one of {', '.join(sorted(names))}",
                    actual=monitor,
                    hint="give validation_data or validation_split"
                    if monitor.startswith("val_") and not validates
                    else "monitor one of these, or add the metric in compile()",
                )


def _monitor(callback: Made) -> str | None:
    cls = callback.path.rpartition(".")[2]
    if cls not in _WATCHING or not callback.complete:
        return None
    if cls == _SAVES_EACH and callback.arguments.get("save_best_only") is not True:
        return None
    given = callback.arguments.get("monitor", "val_loss")
    return given if isinstance(given, str) else None


def _splits(step: Step) -> bool:
    split = step.arguments.get("validation_split")
    return isinstance(split, float) and split > 0


def _quantities(step: Step) -> set[str] | None:
    """What ``fit`` writes into the logs; None where that is not known."""
    if step.compiled is None or not step.compiled.complete:
        return None
    metrics = step.compiled.arguments.get("metrics", ())
    if metrics is None:
        metrics = ()
    if not isinstance(metrics, tuple) or step.compiled.arguments.get("weighted_metrics"):
        return None
    names = {"loss", "learning_rate", "lr"}
    for metric in metrics:
        if not isinstance(metric, str):
            return None
        name = metric if metric in ("accuracy", "acc") else log_name(metric)
        if name is None:
            return None
        names.add(name)
    split = step.arguments.get("validation_split")
    if split is not None and not isinstance(split, (int, float)):
        return None
    if "validation_data" in step.arguments or _splits(step):
        names |= {f"val_{name}" for name in names}
    return names - {"lr", "val_lr", "val_learning_rate"}


def _program(compiled: str, fitted: str, callback: str, mark: str) -> str:
    return f"""\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, (16, 1))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy"{compiled})
watch = keras.callbacks.{callback}
model.fit(x, y, verbose=0, callbacks=[watch]{fitted}){mark}
"""


_MARK = "  # expect: KER309"
_ACCURACY = ', metrics=["accuracy"]'
_SPLIT = ", validation_split=0.25"

RULE = Rule(
    code="KER309",
    name="unknown-monitor",
    level="warning",
    confirm="api",
    summary="a callback monitors what this training never gives",
    check_file=check,
    invalid=(
        _program("", "", "EarlyStopping(patience=3)", _MARK),
        _program(_ACCURACY, _SPLIT, 'EarlyStopping("val_acc", mode="max")', _MARK),
        _program("", _SPLIT, 'ReduceLROnPlateau("val_accuracy", mode="max")', _MARK),
    ),
    valid=(
        _program("", _SPLIT, "EarlyStopping(patience=3)", ""),
        _program(_ACCURACY, _SPLIT, 'EarlyStopping(monitor="val_accuracy")', ""),
        _program("", "", 'EarlyStopping(monitor="loss")', ""),
    ),
)
