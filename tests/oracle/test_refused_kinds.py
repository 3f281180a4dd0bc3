"""The kinds of values that the layers refuse: the file against the installed Keras."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType

import keras
import pytest

from keras_lint.engine import check_text
from keras_lint.keras_api.refused_values import KINDS, kind_of_value

pytestmark = pytest.mark.keras
ROOT = Path(__file__).resolve().parents[2]
TOLD = json.loads(
    (ROOT / "keras_lint/keras_api/data/refused/keras3.json").read_text(encoding="utf-8")
)
SEED = 20261121
SAMPLED = 150


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "dump_refused", ROOT / "scripts/dump_refused_values.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_that_of_the_installed_keras() -> None:
    assert TOLD["keras"] == keras.__version__


def test_a_sample_of_the_file_is_what_keras_does(script: ModuleType) -> None:
    facts = [
        (path, argument, kind, (group["stage"], *group["raises"]))
        for path, arguments in TOLD["classes"].items()
        for argument, told in arguments.items()
        for group in told["refused"]
        for kind in group["kinds"]
    ]
    rows = script.asked_for()
    assert len(facts) > 2500
    for path, argument, kind, told in random.Random(SEED).sample(facts, SAMPLED):
        found = script.refused(path, rows[path], argument, KINDS[kind])
        assert found == told, (path, argument, kind)


def test_every_value_that_is_asked_by_is_of_its_kind() -> None:
    for kind, values in KINDS.items():
        for value in values:
            assert kind_of_value(value) == kind, value


WRONG = [
    "x = layers.LSTM(128 / 2)(keras.Input((5, 3)))",
    "x = layers.Conv2D(32, 3.0)(keras.Input((9, 9, 3)))",
    "x = layers.RandomZoom(0.1, fill_mode='mirror')(keras.Input((9, 9, 3)))",
    "x = layers.Resizing(224.0, 224)(keras.Input((9, 9, 3)))",
    "x = layers.Bidirectional(layers.GRU(3), merge_mode='cat')(keras.Input((5, 3)))",
    "x = layers.Dropout('0.5')(keras.Input((3,)))",
    "x = keras.optimizers.SGD(learning_rate=1)",
    "x = keras.optimizers.SGD(0.1, momentum=1)",
    "x = keras.metrics.AUC(curve='AOC')",
    "x = keras.callbacks.ReduceLROnPlateau(factor=10)",
    "x = keras.losses.MeanSquaredError(reduction='avg')",
]
RIGHT = [
    "x = layers.LSTM(128 // 2)(keras.Input((5, 3)))",
    "x = layers.RandomZoom(0.1, fill_mode='WRAP'.lower())(keras.Input((9, 9, 3)))",
    "x = layers.Resizing(224, 224, interpolation='lanczos3')(keras.Input((9, 9, 3)))",
    "x = layers.Bidirectional(layers.GRU(3), merge_mode=None)(keras.Input((5, 3)))",
    "x = layers.TextVectorization(ngrams=(1, 3), split='character')",
    "x = keras.optimizers.Adam(1e-3, clipnorm=1.0)",
    "x = keras.metrics.AUC(curve='PR', summation_method='minoring')",
    "x = keras.metrics.AUC(multi_label=True, num_labels=3)",
    "x = layers.StringLookup(output_mode='tf_idf', vocabulary=['a'], idf_weights=[0.5])",
    "x = layers.BatchNormalization(axis=0)(keras.Input(batch_shape=(4, 3)))",
    "x = layers.EinsumDense('abc,cd->abd', (None, 8), bias_axes='d')(keras.Input((3, 4)))",
    "x = keras.callbacks.ReduceLROnPlateau(factor=0.5, min_lr=0)",
]


def test_programs_with_such_values() -> None:
    head = "import keras\nfrom keras import layers\n"
    for line in [*WRONG, *RIGHT]:
        try:
            exec(head + line, {})
            refused = False
        except (NotImplementedError, TypeError, ValueError):
            refused = True
        assert refused == (line in WRONG), line
        result, _ = check_text(head + line + "\n", "program.py")
        assert [f.code for f in result.findings] == ["KER116"] * refused, line
