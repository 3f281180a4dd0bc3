"""Arguments of optimizers, schedules and callbacks: bound as the installed Keras takes them."""

from __future__ import annotations

import keras
import pytest

from keras_lint.keras_api.names import lookup, public_names
from keras_lint.keras_api.signatures import bind
from keras_lint.model.outcomes import Mismatch

pytestmark = pytest.mark.keras

NEEDED = {
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 10},
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9},
    "PiecewiseConstantDecay": {"boundaries": [1, 2], "values": [0.3, 0.2, 0.1]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "BackupAndRestore": {"backup_dir": "a"},
    "CSVLogger": {"filename": "a.csv"},
    "LearningRateScheduler": {"schedule": abs},
    "ModelCheckpoint": {"filepath": "a.keras"},
    "SwapEMAWeights": {},
}
SURPLUS = ("lr", "decay", "name", "foo", "epsilon", "clipnorm", "verbose", "period", "mode")
BASES = {
    "Callback",
    "CallbackList",
    "History",
    "LearningRateSchedule",
    "Optimizer",
    "LossScaleOptimizer",
}
NAMESPACES = ("keras.optimizers", "keras.optimizers.schedules", "keras.callbacks")
VALUES = {"lr": 0.1, "decay": 0.0, "name": "a", "epsilon": 0.1, "clipnorm": 1.0, "verbose": 0}


def classes():
    for namespace in NAMESPACES:
        for name in public_names(namespace):
            found = lookup(f"{namespace}.{name}")
            if found is not None and found.kind == "class" and name not in BASES:
                yield f"{namespace}.{name}"


def theirs(path, args):
    made = keras
    for part in path.split(".")[1:]:
        made = getattr(made, part)
    try:
        made(**args)
    except (TypeError, ValueError) as error:
        return str(error)
    return ""


def ours(path, args):
    try:
        bind(path, (), args)
    except Mismatch as mismatch:
        return str(mismatch.problem.expected)
    return ""


def test_keywords_are_taken_or_refused_as_in_keras():
    compared = refused = 0
    for path in classes():
        needed = NEEDED.get(path.rpartition(".")[2], {})
        cases = [needed, *({**needed, key: VALUES.get(key, 1)} for key in SURPLUS)]
        cases += [{k: v for k, v in needed.items() if k != left} for left in needed]
        for args in cases:
            found = ours(path, args)
            if not found and set(args) & {"mode", "period", "verbose"}:
                continue  # the value may be refused
            said = theirs(path, args)
            assert bool(found) == bool(said), (path, args, found, said)
            compared += 1
            refused += bool(said)
    assert compared > 250
    assert refused > 80
