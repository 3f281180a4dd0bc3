"""Which shapes of labels and outputs losses take, against the installed Keras."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest

from keras_lint.keras_api.losses import fit_together, loss_family, loss_name, metric_takes

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

OUTPUTS = [(1,), (3,), (5, 1), (5, 3), (2, 2, 3), (2, 2, 1)]
LABELS = [
    *((), (1,), (2,), (3,), (5,), (5, 1), (5, 3), (5, 2), (3, 1), (1, 1), (2, 2)),
    *((2, 2, 1), (2, 2, 3), (2, 2, 2)),
]
LOSSES = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "mse",
    "huber",
    "hinge",
    "cosine_similarity",
    "kl_divergence",
)
BATCH = 4


@pytest.mark.keras
@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_refuses_what_it_is_said_to_refuse(loss: str) -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    family = loss_family(loss_name(loss))
    assert family is not None
    wrong = []
    for outputs in OUTPUTS:
        inputs = keras.Input(outputs)
        model = keras.Model(inputs, keras.layers.Activation("sigmoid")(inputs))
        model.compile(loss=loss, optimizer="sgd", run_eagerly=True)
        for labels in LABELS:
            said = fit_together(family, (BATCH, *labels), (None, *outputs), BATCH)
            try:
                model.test_on_batch(np.full((BATCH, *outputs), 0.3), np.zeros((BATCH, *labels)))
                taken = True
            except Exception:  # noqa: BLE001 - Keras and TensorFlow refuse with many classes
                taken = False
            if said is not None and said != taken:
                wrong.append((outputs, labels, said))
    assert wrong == []


METRICS = {
    "AUC": {},
    "Accuracy": {},
    "BinaryAccuracy": {},
    "BinaryCrossentropy": {},
    "BinaryIoU": {},
    "CategoricalAccuracy": {},
    "CategoricalCrossentropy": {},
    "CategoricalHinge": {},
    "CosineSimilarity": {},
    "FalsePositives": {},
    "KLDivergence": {},
    "MeanAbsoluteError": {},
    "MeanIoU": {"num_classes": 3},
    "PearsonCorrelation": {},
    "Precision": {},
    "RecallAtPrecision": {"precision": 0.5},
    "RootMeanSquaredError": {},
    "SparseCategoricalAccuracy": {},
    "SparseCategoricalCrossentropy": {},
}
CLEARLY = 30
"""Of the pairs of shapes, how many each metric refuses at least."""


@pytest.mark.keras
@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_refuses_what_it_is_said_to_refuse(metric: str) -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    wrong, refused = [], 0
    for outputs, labels in itertools.product(OUTPUTS, LABELS):
        y, p = (BATCH, *labels), (BATCH, *outputs)
        if metric_takes(metric.lower(), y, (None, *outputs), BATCH) is not False:
            continue
        refused += 1
        given = np.arange(np.prod(y)).reshape(y) % 2
        try:
            made = getattr(keras.metrics, metric)(**METRICS[metric])
            made.update_state(given.astype("float32"), np.full(p, 0.3, "float32"))
        except Exception:  # noqa: BLE001 - Keras and TensorFlow refuse with many classes
            continue
        wrong.append((labels, outputs))
    assert wrong == []
    assert refused > CLEARLY


def test_what_is_not_known_is_not_decided() -> None:
    unknown = [
        fit_together(family, (BATCH, 3), (BATCH, 5, 3))
        for family in (loss_family(loss_name("mse")),)
        if family is not None
    ]
    assert unknown == [None]
    pairs = itertools.product(("sum", "no_such_loss"), repeat=1)
    assert [loss_name(text) for (text,) in pairs] == [None, None]
