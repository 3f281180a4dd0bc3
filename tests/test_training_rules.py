"""The rules about training on programs close to their limits, and what Keras says of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_lib import verified

from keras_lint.engine import check_text
from keras_lint.rules.base import Options
from keras_lint.settings import Settings
from keras_lint.verify import Verifier

HEAD = """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, (16, 1))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
"""


def found(text: str, target: str = "keras-3") -> list[tuple[str, str]]:
    result, _ = check_text(text, "program.py", Settings(options=Options(target)))
    assert result.outcome == "checked"
    return [(finding.code, finding.actual) for finding in result.findings]


def watched(metrics: str, callbacks: str, more: str = "validation_split=0.25") -> str:
    return (
        f"{HEAD}from keras.callbacks import *\n"
        f'model.compile(loss="binary_crossentropy", metrics={metrics})\n'
        f"model.fit(x, y, verbose=0, callbacks=[{callbacks}], {more})\n"
    )


MONITORS = (
    ("[]", 'EarlyStopping("learning_rate", mode="min")', "learning_rate"),
    ("[]", 'ReduceLROnPlateau(), EarlyStopping("learning_rate", mode="min")', ""),
    ("[]", 'LearningRateScheduler(lambda n: 0.1), EarlyStopping("learning_rate", mode="min")', ""),
    ('["acc"]', 'EarlyStopping("val_acc", mode="max")', ""),
    ('["acc"]', 'EarlyStopping("val_accuracy", mode="max")', "val_accuracy"),
    ('["mse"]', 'EarlyStopping("mean_squared_error", mode="min")', "mean_squared_error"),
    ('["accuracy", "accuracy"]', 'EarlyStopping("val_accuracy_1", mode="max")', ""),
    ("[keras.metrics.AUC()]", 'EarlyStopping("val_auc", mode="max")', ""),
    ('[keras.metrics.AUC(name="a")]', 'EarlyStopping("val_auc", mode="max")', "val_auc"),
    ("[keras.metrics.BinaryAccuracy()]", 'EarlyStopping("accuracy", mode="max")', "accuracy"),
    ("[]", 'ModelCheckpoint("best.keras", "val_acc", mode="max")', ""),
    ("[]", 'LambdaCallback(), EarlyStopping("mine", mode="min")', ""),
)


@pytest.mark.parametrize(("metrics", "callbacks", "missing"), MONITORS)
def test_monitor(metrics: str, callbacks: str, missing: str) -> None:
    wanted = [("KER309", missing)] if missing else []
    assert found(watched(metrics, callbacks)) == wanted


@pytest.mark.parametrize(
    ("metric", "monitor", "missing"),
    [
        ("accuracy", "val_acc", False),
        ("acc", "accuracy", False),
        ("mse", "val_mean_squared_error", False),
        ("mse", "val_acc", True),
    ],
)
def test_names_that_versions_of_keras_2_give(metric: str, monitor: str, missing: bool) -> None:
    text = watched(f'["{metric}"]', f'EarlyStopping("{monitor}", mode="min")')
    wanted = [("KER309", monitor)] if missing else []
    assert found(text, "keras-2") == wanted


@pytest.mark.keras
def test_monitors_are_confirmed_by_a_training_step(verifier: Verifier) -> None:
    wrong = []
    for metrics, callbacks, missing in MONITORS:
        if missing:
            for more in ("validation_split=0.9", "validation_data=(x, y), validation_freq=5"):
                text = watched(metrics, callbacks, more)
                findings = verified(verifier, text)
                verdicts = [finding.verdict for finding in findings]
                if [verdict.status for verdict in verdicts] != ["confirmed"]:
                    wrong.append((text, verdicts))
    assert wrong == []


@pytest.mark.keras
def test_keras_gives_what_monitors_wait_for_just_where_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each program as it stands, with a look into the logs after all its callbacks."""
    keras = pytest.importorskip("keras")
    monkeypatch.chdir(tmp_path)  # one of them saves
    seen: set[str] = set()

    look = keras.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: seen.update(logs))
    wrong = []
    for metrics, callbacks, missing in MONITORS[:-2]:
        seen.clear()
        keras.utils.clear_session()
        text = watched(metrics, f"{callbacks}, look")
        exec(compile(text, "<program>", "exec"), {"look": look})
        if (callbacks.split('"')[1] in seen) is bool(missing):
            wrong.append((text, set(seen)))
    assert wrong == []


def measured(layer: str, labels: str, loss: str, metrics: str) -> str:
    return (
        f"import numpy as np\nimport keras\nx, y = np.random.rand(16, 4), {labels}\n"
        f"model = keras.Sequential([keras.Input((4,)), keras.layers.Dense({layer})])\n"
        f"model.compile(loss={loss}, metrics={metrics})\nmodel.fit(x, y, verbose=0)\n"
    )


TWO, HOT = "np.random.randint(0, 2, (16, 1))", "np.eye(3)[np.random.randint(0, 3, 16)]"
CLASSES = "np.random.randint(0, 3, (16, 1))"


@pytest.mark.parametrize(
    ("layer", "labels", "loss", "metrics", "wrong"),
    [
        ("1", "np.random.rand(16, 1)", '"mse"', '"accuracy"', True),
        ("1", "np.where(x[:, :1] > 0.5, 1, 0)", '"mse"', '["binary_accuracy"]', False),
        ("1", "np.sign(x[:, :1] - 0.5)", '"hinge"', '["accuracy"]', False),
        ('1, activation="sigmoid"', TWO, '"mse"', '["accuracy"]', False),
        ("1", "np.array([0, 1] * 8)", '"mse"', '["accuracy"]', False),
        ("3", "np.random.rand(16, 3)", '"mse"', '["accuracy"]', False),
        ("90", "np.random.randint(0, 3, (16, 90))", '"mae"', '["accuracy"]', True),
        (
            '2, activation="softmax"',
            "np.eye(2)[np.random.randint(0, 2, 16)]",
            '"categorical_crossentropy"',
            '["binary_accuracy"]',
            False,
        ),
        (
            '3, activation="sigmoid"',
            "np.random.randint(0, 2, (16, 3))",
            '"binary_crossentropy"',
            '["binary_accuracy"]',
            False,
        ),
        (
            '3, activation="softmax"',
            HOT,
            '"categorical_crossentropy"',
            "[keras.metrics.Precision(), keras.metrics.CategoricalAccuracy()]",
            False,
        ),
        (
            '3, activation="softmax"',
            CLASSES,
            '"sparse_categorical_crossentropy"',
            "[keras.metrics.CategoricalAccuracy()]",
            True,
        ),
        (
            '1, activation="sigmoid"',
            TWO,
            '"binary_crossentropy"',
            '{"dense": "categorical_accuracy"}',
            True,
        ),
        (
            '1, activation="sigmoid", name="out"',
            TWO,
            '"binary_crossentropy"',
            '{"out": "categorical_accuracy"}',
            True,
        ),
        (
            '1, activation="sigmoid"',
            TWO,
            '"binary_crossentropy"',
            "[lambda a, b: 0.0, keras.metrics.BinaryAccuracy(threshold=0.3)]",
            False,
        ),
    ],
)
def test_metrics_that_measure_something(
    layer: str, labels: str, loss: str, metrics: str, wrong: bool
) -> None:
    codes = [code for code, _ in found(measured(layer, labels, loss, metrics))]
    assert codes == (["KER306"] if wrong else [])


OWN = """\
import numpy as np
import keras


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(8, activation="relu")
        self.out = keras.layers.Dense(3, activation="softmax")

    def call(self, x):
        return self.out(self.hidden(x))


x, y = np.random.rand(16, 4), np.arange(16) % 3
net = Net()
net.compile(loss="categorical_crossentropy", optimizer="sgd")
net.fit(x, y, verbose=0)
"""
CALL = "    def call(self, x):\n        return self.out(self.hidden(x))"
COMPILE = 'net.compile(loss="categorical_crossentropy", optimizer="sgd")\n'
OWN_MODELS = {
    "class numbers": (OWN, "KER303"),
    "sparse": (OWN.replace('loss="', 'loss="sparse_'), ""),
    "other width": (OWN.replace("np.arange(16) % 3", "np.random.rand(16, 5)"), "KER303"),
    "never compiled": (OWN.replace(COMPILE, ""), "KER307"),
    "compiled inside": (
        OWN.replace(COMPILE, "").replace(
            "__init__()\n", "__init__()\n        self.compile(loss='categorical_crossentropy')\n", 1
        ),
        "KER303",
    ),
    "two inputs": (
        OWN.replace("self.hidden(x)", "self.hidden(x['a'])").replace("fit(x,", "fit({'a': x},"),
        "KER303",
    ),
    "own train_step": (
        OWN.replace(CALL, f"    def train_step(self, data):\n        return {{}}\n\n{CALL}"),
        "",
    ),
    "own compute_loss": (
        OWN.replace(CALL, f"    def compute_loss(self, **given):\n        return 0.0\n\n{CALL}"),
        "",
    ),
    "data not known": (OWN.replace("np.random.rand(16, 4)", "load()"), ""),
}


@pytest.mark.parametrize("name", OWN_MODELS)
def test_models_of_own_classes_are_trained_as_keras_does(name: str) -> None:
    text, code = OWN_MODELS[name]
    result, analysis = check_text(text, "own.py")
    assert [finding.code for finding in result.findings] == ([code] if code else [])
    assert not analysis.graphs[0].calls  # training leaves the model as it was


@pytest.mark.keras
def test_what_is_said_of_models_of_own_classes_is_confirmed(verifier: Verifier) -> None:
    wrong = []
    for name, (text, _) in OWN_MODELS.items():
        for finding in verified(verifier, text):
            if finding.verdict.status != "confirmed":
                wrong.append((name, finding.verdict))
    assert wrong == []


def labelled(module: str, layer: str, labels: str, loss: str) -> str:
    return (
        f"import numpy as np\nimport {module} as keras\n"
        f"x, y = np.random.rand(12, 4), np.zeros({labels})\n"
        f"model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense({layer})])\n"
        f'model.compile(loss="{loss}", optimizer="sgd", run_eagerly=True)\n'
        "model.fit(x, y, verbose=0)\n"
    )


@pytest.mark.keras
def test_what_keras_2_takes_for_labels_is_no_error_there() -> None:
    """Each case in Keras 3 and in tf_keras; both errors and silence must be right in Keras 3."""
    for package in ("keras", "tf_keras"):
        pytest.importorskip(package)
    wrong, errors = [], 0
    for layer in ("1", "3", '3, activation="sigmoid"'):
        for labels in ("(12,)", "(12, 1)", "(12, 3)", "(12, 5)"):
            for loss in ("mse", "huber", "binary_crossentropy", "categorical_crossentropy"):
                for module in ("keras", "tf_keras"):
                    text = labelled(module, layer, labels, loss)
                    result, _ = check_text(text, "labels.py")
                    said = any(finding.code == "KER303" for finding in result.findings)
                    errors += said
                    try:
                        exec(compile(text, "<labels>", "exec"), {})
                        raised = False
                    except Exception:  # noqa: BLE001 - TensorFlow refuses with many classes
                        raised = True
                    if (said and not raised) or (module == "keras" and raised and not said):
                        wrong.append((module, layer, labels, loss, said))
    assert wrong == []
    assert errors > 20


CALLED = """\
import numpy as np
import tensorflow as tf
import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
rows = tf.data.Dataset.from_tensor_slices((np.zeros((8, 5)), np.zeros(8))).batch(2)
"""
CALLS = {
    "model(np.zeros((2, 4)), training=False)": False,
    "model(np.zeros((2, 5)))": True,
    "model(np.zeros((4,)))": True,
    "for epoch in range(3):\n    with tf.GradientTape() as tape:\n"
    "        out = model(np.zeros((2, 5)), training=True)": True,
    "for x, y in rows:\n    out = model(x)": True,
    "for x, y in rows:\n    out = model(x[:, 1:])": False,
    "@tf.function\ndef step(x):\n    return model(x)\n\n\nstep(np.zeros((2, 5)))": True,
    "try:\n    model(np.zeros((2, 5)))\nexcept ValueError:\n    pass": False,
}


@pytest.mark.keras
def test_calls_of_models_on_data_are_refused_as_keras_does(verifier: Verifier) -> None:
    pytest.importorskip("keras")
    wrong = []
    for text, refused in CALLS.items():
        program = f"{CALLED}{text}\n"
        findings = verified(verifier, program)
        said = [(finding.code, finding.verdict.status) for finding in findings]
        if said != ([("KER304", "confirmed")] if refused else []):
            wrong.append((text, said))
        try:
            exec(compile(program, "<called>", "exec"), {})
            raised = False
        except ValueError:
            raised = True
        if raised is not refused:
            wrong.append((text, raised))
    assert wrong == []


def test_labels_that_compile_was_given_are_labels() -> None:
    plain = f'{HEAD}model.compile(loss="mse")\nmodel.train_on_batch(x)\n'
    assert ("KER305", "none") in found(plain)
    given = plain.replace('"mse"', '"mse", target_tensors=keras.ops.zeros((16, 1))')
    assert found(given) == []


@pytest.mark.parametrize("data", ["()", "[]", "{}", "((), ())", "[[]]"])
def test_data_without_an_array_are_no_crash(data: str) -> None:
    result, _ = check_text(
        "import keras\n"
        "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        'model.compile("sgd", "mae")\n'
        f"model.fit({data}, batch_size=3)\nmade = model.predict({data}).shape\nmodel({data})\n",
        "program.py",
    )
    assert result.outcome == "checked"
    assert "KER002" not in [finding.code for finding in result.findings]
