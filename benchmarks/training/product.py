"""The product: activation, units, loss, its form, labels, metric; and what is said of each."""

from __future__ import annotations

import importlib
import itertools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from keras_lint.engine import check_text

SAMPLES = 12
ACTIVATIONS = (None, "sigmoid", "softmax", "tanh", "relu")
UNITS = (1, 3)
LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "huber": "Huber",
    "hinge": "Hinge",
    "kl_divergence": "KLDivergence",
}
WITH_LOGITS = tuple(LOSSES)[:3]
FORMS = ("string", "object", "function", "logits")
"""How the loss is given; ``logits`` is an object with ``from_logits=True``."""
_TWO = "np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])"
_CLASSES = "np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])"
_REALS = "np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5])"
LABELS = {
    "0/1, shape (n,)": _TWO,
    "0/1, shape (n, 1)": f"{_TWO}.reshape(12, 1)",
    "classes, shape (n,)": _CLASSES,
    "classes, shape (n, 1)": f"{_CLASSES}.reshape(12, 1)",
    "one-hot, shape (n, 3)": f"np.eye(3)[{_CLASSES}]",
    "reals, shape (n,)": _REALS,
    "reals, shape (n, 1)": f"{_REALS}.reshape(12, 1)",
    "reals, shape (n, 3)": f"np.stack([{_REALS}, {_REALS}, {_REALS}], axis=1)",
}
METRICS = {
    "none": "[]",
    "accuracy": '["accuracy"]',
    "binary_accuracy": '["binary_accuracy"]',
    "categorical_accuracy": '["categorical_accuracy"]',
    "sparse_categorical_accuracy": '["sparse_categorical_accuracy"]',
    "Accuracy()": "[keras.metrics.Accuracy()]",
    "mae": '["mae"]',
}


@dataclass(frozen=True)
class Case:
    """One combination, by the names above."""

    activation: str | None
    units: int
    loss: str
    form: str
    labels: str
    metric: str

    @property
    def loss_text(self) -> str:
        """The loss as it stands in the program."""
        if self.form == "string":
            return f'"{self.loss}"'
        if self.form == "function":
            return f"keras.losses.{self.loss}"
        given = "from_logits=True" if self.form == "logits" else ""
        return f"keras.losses.{LOSSES[self.loss]}({given})"

    @property
    def program(self) -> str:
        """A program that trains so."""
        activation = "" if self.activation is None else f', activation="{self.activation}"'
        dense = f"keras.layers.Dense({self.units}{activation})"
        return (
            "import numpy as np\nimport keras\n\n"
            f"x, y = np.random.rand({SAMPLES}, 4), {LABELS[self.labels]}\n"
            f"model = keras.Sequential([keras.Input((4,)), {dense}])\n"
            f'model.compile(optimizer="sgd", loss={self.loss_text}, '
            f"metrics={METRICS[self.metric]})\n"
            "model.train_on_batch(x, y)\n"
        )


@dataclass(frozen=True)
class Told:
    """What the rules say: the codes, and which of them are errors."""

    codes: tuple[str, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """What Keras does: ``raised`` holds the exception, ``""`` for none.

    ``by_metric`` says that it takes the same without the metric.
    """

    raised: str = ""
    by_metric: bool = False


def everything() -> Iterator[Case]:
    """All combinations; the same outputs and losses come one after another."""
    for activation, units, loss, form in itertools.product(ACTIVATIONS, UNITS, LOSSES, FORMS):
        if form == "logits" and loss not in WITH_LOGITS:
            continue
        for metric, labels in itertools.product(METRICS, LABELS):
            yield Case(activation, units, loss, form, labels, metric)


def told(case: Case) -> Told:
    """What the rules that are on by default say of a program."""
    result, _ = check_text(case.program, "case.py")
    codes = sorted({finding.code for finding in result.findings})
    errors = sorted({f.code for f in result.findings if f.level == "error"})
    return Told(tuple(codes), tuple(errors))


def decided(cases: Iterable[Case], package: str = "keras") -> Iterator[Decided]:
    """What one training step of each gives; neighbours share a model, compiled anew for each."""
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keras = importlib.import_module(package)
    names = {"np": np, "keras": keras}
    samples = np.random.default_rng(0).random((SAMPLES, 4))
    labels = {name: eval(text, names) for name, text in LABELS.items()}
    made, model, optimizer = None, None, None
    without: dict[object, str] = {}
    for case in cases:
        output = (case.activation, case.units)
        if made != output:
            made = output
            keras.backend.clear_session()
            layer = keras.layers.Dense(case.units, activation=case.activation)
            model = keras.Sequential([keras.Input((4,)), layer])
            optimizer = keras.optimizers.SGD(1e-3)
        assert model is not None
        loss = eval(case.loss_text, names)
        metrics = eval(METRICS[case.metric], names)
        # Keras settles what "accuracy" is on the first labels that it sees.
        model.compile(optimizer=optimizer, loss=loss, metrics=metrics, run_eagerly=True)
        raised = ""
        try:
            model.train_on_batch(samples, labels[case.labels])
        except Exception as error:  # noqa: BLE001 - Keras and TensorFlow refuse with many classes
            raised = type(error).__name__
        key = (output, case.loss_text, case.labels)
        if case.metric == "none":
            without[key] = raised
        yield Decided(raised, bool(raised) and without.get(key) == "")
