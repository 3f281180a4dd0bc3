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
    a metric or callback is the program's own and may give more. ``learning_rate`` is there where a
    scheduler or ``ReduceLROnPlateau`` gives it. For Keras 2 both ``acc`` and ``accuracy`` are taken
    for the other, and long names for short ones: its versions differ in this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.strings import comparison, log_name, named
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Fix, SetString
from keras_lint.model.training import Made, Setting, Step
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import outputs_of, step_finding, steps

_SAVES_EACH = "ModelCheckpoint"
_WATCHING = (_SAVES_EACH, "EarlyStopping", "ReduceLROnPlateau")
_GIVE_THE_RATE = ("LearningRateScheduler", "ReduceLROnPlateau")
_CALLBACKS = "keras.callbacks."
_MAY_GIVE_MORE = f"{_CALLBACKS}LambdaCallback"
_NUMBER = re.compile(r"_\d+\Z")
_OTHERWISE = {"acc": "accuracy", "accuracy": "acc"}


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each monitor that does not exist."""
    target = options.keras()
    legacy = "keras2" in (target.keras, target.tensorflow) or target.minor is not None
    legacy |= analysis.older
    for index, step, graph in steps(analysis):
        refs = outputs_of(graph)
        callbacks = step.arguments.get("callbacks")
        if step.method != "fit" or not step.complete or refs is None or len(refs) != 1:
            continue
        names = _quantities(step)
        given = callbacks if isinstance(callbacks, tuple) else (callbacks,)
        watching = [one for one in given if isinstance(one, Made) and _is_of_keras(one)]
        if names is None or len(watching) < len(given):
            continue
        if any(one.path.rpartition(".")[2] in _GIVE_THE_RATE for one in watching):
            names |= {"learning_rate", "lr"}
        for one in watching:
            monitor = _monitor(one)
            if monitor is not None and not _is_given(monitor, names, legacy):
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
                    fix=_fix(one, monitor, names),
                )


def _is_of_keras(callback: Made) -> bool:
    return callback.path.startswith(_CALLBACKS) and callback.path != _MAY_GIVE_MORE


def _monitor(callback: Made) -> str | None:
    cls = callback.path.rpartition(".")[2]
    if cls not in _WATCHING or not callback.complete:
        return None
    if cls == _SAVES_EACH and callback.arguments.get("save_best_only") is not True:
        return None
    given = callback.arguments.get("monitor", "val_loss")
    return given if isinstance(given, str) else None


def _is_given(monitor: str, names: set[str], legacy: bool) -> bool:
    """Whether a quantity is among those given; several metrics of one class are numbered."""
    possible = {monitor, _NUMBER.sub("", monitor)}
    if not legacy:
        return bool(possible & names)
    return bool({_folded(name) for name in possible} & {_folded(name) for name in names})


def _folded(quantity: str) -> str:
    """One spelling for all that some version of Keras 2 may call a quantity."""
    name = quantity.removeprefix("val_")
    found = named("metrics", name) or named("metrics", name, "keras2")
    if name not in _OTHERWISE and found is not None and found.path is not None:
        name = found.path.rpartition(".")[2].replace("_", "").lower()
    if name.startswith("acc") or name.endswith("accuracy"):
        name = "accuracy"
    return ("val_" if quantity.startswith("val_") else "") + name


def _fix(callback: Made, monitor: str, names: set[str]) -> Fix | None:
    """The other spelling of the same quantity, if that is given."""
    prefix = "val_" if monitor.startswith("val_") else ""
    other = prefix + _OTHERWISE.get(monitor.removeprefix(prefix), "")
    if other not in names or callback.span is None:
        return None
    return Fix(f'monitor "{other}"', (SetString(callback.span, monitor, other),))


def _splits(step: Step) -> bool:
    split = step.arguments.get("validation_split")
    return isinstance(split, float) and split > 0


def _quantities(step: Step) -> set[str] | None:
    """What ``fit`` itself writes into the logs; None where that is not known."""
    if step.compiled is None or not step.compiled.complete:
        return None
    metrics = step.compiled.arguments.get("metrics", ())
    if metrics is None:
        metrics = ()
    if not isinstance(metrics, tuple) or step.compiled.arguments.get("weighted_metrics"):
        return None
    names = {"loss"}
    for metric in metrics:
        name = _name(metric)
        if name is None:
            return None
        names.add(name)
    split = step.arguments.get("validation_split")
    if split is not None and not isinstance(split, (int, float)):
        return None
    if "validation_data" in step.arguments or _splits(step):
        names |= {f"val_{name}" for name in names}
    return names


def _name(metric: Setting) -> str | None:
    """The name of a metric in the logs, without a number; None where that is not known."""
    if isinstance(metric, str):
        return metric if metric in _OTHERWISE else log_name(metric)
    if not isinstance(metric, Made) or not metric.path.startswith("keras.metrics."):
        return None
    cls = metric.path.rpartition(".")[2]
    facts = comparison("metrics", cls)
    if not metric.called or not metric.complete or facts is None:
        return None
    name = metric.arguments.get("name", facts.name)
    return name if isinstance(name, str) else None


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
    confirm="logs",
    summary="a callback monitors what this training never gives",
    check_file=check,
    fix="safe",
    invalid=(
        _program("", "", "EarlyStopping(patience=3)", _MARK),
        _program(_ACCURACY, _SPLIT, 'EarlyStopping("val_acc", mode="max")', _MARK),
        _program("", _SPLIT, 'ReduceLROnPlateau("val_accuracy", mode="max")', _MARK),
        _program("", "", 'EarlyStopping("learning_rate", mode="min")', _MARK),
        _program(', metrics=["mse"]', _SPLIT, 'EarlyStopping("val_mae", mode="min")', _MARK),
    ),
    fixed=(
        "",
        _program(_ACCURACY, _SPLIT, 'EarlyStopping("val_accuracy", mode="max")', ""),
        "",
        "",
        "",
    ),
    valid=(
        _program("", _SPLIT, "EarlyStopping(patience=3)", ""),
        _program(_ACCURACY, _SPLIT, 'EarlyStopping(monitor="val_accuracy")', ""),
        _program("", "", 'EarlyStopping(monitor="loss")', ""),
        _program("", "", 'ReduceLROnPlateau("loss")', ""),
        _program(
            ', metrics=[keras.metrics.AUC(name="area"), keras.metrics.Precision()]',
            _SPLIT,
            'EarlyStopping("val_area", mode="max")',
            "",
        ),
    ),
)
