"""Write what the installed Keras 3 and Keras 2 take as strings, into ``keras_api/data/strings/``.

Run ``python scripts/dump_keras_strings.py`` where Keras 3, TensorFlow and ``tf_keras`` are
installed; with ``--check`` it writes nothing and exits with 1 where the files differ. Everything
is found by asking: each name is passed to ``get()``, losses and metrics are called on small arrays,
and each metric that a string names is compiled into a model that is evaluated.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

TARGET = Path(__file__).resolve().parent.parent / "keras_lint" / "keras_api" / "data" / "strings"
PACKAGES = {"keras3": "keras", "keras2": "tf_keras"}
KINDS = (
    "activations",
    "constraints",
    "initializers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
)
LABELS = ((4,), (4, 1), (4, 3), (4, 5, 1), (4, 5, 3), (4, 5))
OUTPUTS = ((4, 1), (4, 3), (4, 5, 1), (4, 5, 3))
"""Shapes of labels and of outputs on which each loss and metric is tried."""
REQUIRED: dict[str, Any] = {
    "class_id": 0,
    "name": "any",
    "num_classes": 3,
    "precision": 0.5,
    "recall": 0.5,
    "sensitivity": 0.5,
    "specificity": 0.5,
    "target_class_ids": [0],
}
"""Values for constructor arguments without a default."""
UNBOUND = {"Loss", "Mean", "MeanMetricWrapper", "MeanTensor", "Metric", "Sum"}
"""Classes that do not compare labels with outputs."""
CLASSES = 8
"""More than the five best that top-k metrics look at."""


def snake(name: str) -> str:
    """``MeanSquaredError`` as ``mean_squared_error``."""
    return re.sub(
        r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    ).lower()


def candidates(package: ModuleType, kind: str) -> list[str]:
    """The names worth asking for: those of the namespace, and all that its tables hold."""
    public = getattr(package, kind)
    private = importlib.import_module(f"{package.__name__}.src.{kind}")
    names = {*dir(public), *dir(private), *getattr(private, "ALL_OBJECTS_DICT", ())}
    names |= set(getattr(getattr(private, "LOCAL", None), "ALL_OBJECTS", None) or ())
    if kind == "activations":  # Keras 2 looks among the layers too
        names |= set(dir(package.layers))
    names = {name for name in names if not name.startswith("_")}
    for name in list(names):
        names |= {snake(name), name.lower(), name.upper(), name.title(), name.capitalize()}
    return sorted(names)


def asked(package: ModuleType, kind: str, name: str) -> Any:
    """What ``get(name)`` gives; None where Keras refuses the name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = getattr(package, kind).get(name)
    except (ValueError, TypeError, AttributeError, ImportError, RuntimeError, LookupError):
        return None
    # Keras 2 hands back some of the strings that it does not know, as they are
    return None if isinstance(found, str) or inspect.ismodule(found) else found


def public_name(public: ModuleType, found: Any) -> str:
    """The name of a function, or of the class of an object, in a namespace; "" if not there."""
    thing = found if inspect.isroutine(found) else type(found)
    return thing.__name__ if getattr(public, thing.__name__, None) is thing else ""


def strings(package: ModuleType) -> dict[str, dict[str, str]]:
    """By kind, every accepted string with the public name of what it stands for, if it has one."""
    made: dict[str, dict[str, str]] = {}
    for kind in KINDS:
        public = getattr(package, kind)
        accepted = {name: asked(package, kind, name) for name in candidates(package, kind)}
        made[kind] = {
            name: public_name(public, found)
            for name, found in accepted.items()
            if found is not None
        }
    return made


def needed_by(cls: type) -> list[str]:
    """The constructor arguments without a default."""
    parameters = inspect.signature(cls).parameters.values()
    return [p.name for p in parameters if p.default is p.empty and "VAR_" not in p.kind.name]


def made_from(cls: type) -> Any:
    """An instance from defaults and, for the rest, ``REQUIRED``; None where that is not enough."""
    needed = needed_by(cls)
    if not set(needed) <= REQUIRED.keys():
        return None
    return cls(**{name: REQUIRED[name] for name in needed})


def result(made: Any, labels: Any, outputs: Any) -> Any:
    """The numbers that a loss or metric gives; None where it refuses labels and outputs."""
    try:
        if not hasattr(made, "update_state"):
            return np.asarray(made(labels, outputs))
        made.update_state(labels, outputs)
        return np.asarray(made.result())
    except Exception:  # noqa: BLE001 - whatever TensorFlow raises, it is refused
        return None


def shape_pairs(cls: type) -> list[str]:
    """The pairs of label and output shapes that a loss or metric takes, as ``4x1:4x3``."""
    return [
        ":".join("x".join(map(str, shape)) for shape in (labels, outputs))
        for labels in LABELS
        for outputs in OUTPUTS
        if any(
            result(made_from(cls), np.zeros(labels, dtype), np.full(outputs, 0.25, "float32"))
            is not None
            for dtype in ("float32", "int32")
        )
    ]


def by_class(cls: type) -> bool:
    """Whether labels are numbers of classes, of which the output has a column each.

    The rows of the outputs are one row, turned by one place more each, and so are the columns:
    what compares number by number, or row by row, gives the same for other orders of the labels.
    """
    places = np.arange(CLASSES)
    offsets = (places[None, :] - places[:, None]) % CLASSES
    outputs = ((CLASSES - offsets) / (CLASSES * (CLASSES + 1) / 2)).astype("float32")
    for rows in (places, places[:, None]):
        own, moved = (result(made_from(cls), each, outputs) for each in (rows, np.roll(rows, 1)))
        if own is None or moved is None or np.allclose(own, moved):
            return False
    return True


def compared(package: ModuleType, kind: str) -> dict[str, Any]:
    """Each loss or metric class that can be made: its own name, and what it takes."""
    found: dict[str, Any] = {}
    public = getattr(package, kind)
    base = public.Loss if kind == "losses" else public.Metric
    for name in sorted(dir(public)):
        cls = getattr(public, name)
        if inspect.isclass(cls) and issubclass(cls, base) and name not in UNBOUND:
            package.backend.clear_session()  # metrics of Keras 2 are numbered from here on
            made = made_from(cls)
            if made is not None:
                own = {} if "name" in needed_by(cls) else {"name": made.name}
                found[name] = own | {"pairs": shape_pairs(cls), "by_class": by_class(cls)}
    return found


def trials(package: ModuleType) -> Iterator[tuple[Any, Any, Any, str]]:
    """Small models with data and a loss: one output, classes, and classes by number."""
    inputs, rows = np.zeros((4, 2), "float32"), np.arange(4)
    for units, labels, loss in (
        (1, (rows % 2).astype("float32")[:, None], "binary_crossentropy"),
        (3, np.eye(3, dtype="float32")[rows % 3], "categorical_crossentropy"),
        (3, (rows % 3)[:, None], "sparse_categorical_crossentropy"),
    ):
        activation = "softmax" if units > 1 else "sigmoid"
        layers = [package.Input((2,)), package.layers.Dense(units, activation=activation)]
        yield package.Sequential(layers), inputs, labels, loss


def reported(package: ModuleType, metric: str) -> list[str | None]:
    """The name under which a metric string stands in the logs, for each of the trials."""
    names: list[str | None] = []
    for model, inputs, labels, loss in trials(package):
        package.backend.clear_session()  # metrics of Keras 2 are numbered from here on
        try:
            model.compile(loss=loss, metrics=[metric], run_eagerly=True)
            logs = model.test_on_batch(inputs, labels, return_dict=True)
        except Exception:  # noqa: BLE001 - whatever TensorFlow raises, nothing is reported
            names.append(None)
            continue
        (name,) = [key for key in logs if key != "loss"] or [None]
        names.append(name)
    return names


def quick_facts(package: ModuleType) -> dict[str, Any]:
    """What is found in seconds: everything but the names in the logs."""
    return {
        "version": package.__version__,
        "strings": strings(package),
        "losses": compared(package, "losses"),
        "metrics": compared(package, "metrics"),
    }


def log_names(package: ModuleType, accepted: Iterable[str]) -> dict[str, list[str | None]]:
    """By metric string its name in the logs, for each of the trials; only those that are taken."""
    asked_for = sorted({*accepted, "accuracy", "acc", "crossentropy", "ce"})
    logs = {metric: reported(package, metric) for metric in asked_for}
    return {metric: given for metric, given in logs.items() if any(given)}


def facts(package: ModuleType) -> dict[str, Any]:
    """Everything about one generation."""
    found = quick_facts(package)
    return {**found, "logs": log_names(package, found["strings"]["metrics"])}


def files() -> dict[str, str]:
    """Place below ``data/strings`` to text."""
    return {
        f"{generation}.json": json.dumps(
            facts(importlib.import_module(package)), indent=0, sort_keys=True
        )
        + "\n"
        for generation, package in PACKAGES.items()
    }


def main() -> int:
    """Write or check the files; the exit code says whether they are as they should be."""
    stale = 0
    for name, text in files().items():
        place = TARGET / name
        if not place.is_file() or place.read_text(encoding="utf-8") != text:
            stale += 1
            print(f"{name} differs")
            if "--check" not in sys.argv:
                TARGET.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
