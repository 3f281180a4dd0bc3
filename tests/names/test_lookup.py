"""What the installed Keras answers when it is asked about its API."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixture_lib import verified

from keras_lint.engine import check_text
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Options
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.verify import Verifier

pytestmark = pytest.mark.keras

PROGRAM = """\
import keras
import tensorflow as tf
import tf_keras
from keras.layers import Dense, Dence
from keras.layers.core import Flatten
from keras.optimizers.legacy import SGD
from keras.utils import np_utils

x = tf.keras.layers.experimental.preprocessing.Rescaling
y = keras.backend.sum(1)
Dense(4, init="uniform")
keras.layers.LSTM(4, time_major=True)
keras.optimizers.Adam(lr=0.1)
model = keras.Sequential([Dense(1)])
model.fit_generator(1)
model.fit(1, workers=2)
tf_keras.layers.Dence
"""


@pytest.fixture(scope="module")
def verifier() -> object:
    with Verifier() as made:
        yield made


def looked_up(verifier: Verifier, text: str, target: str = "") -> list[Finding]:
    settings = Settings(select=("KER403", "KER404"), options=Options(target))
    return verified(verifier, text, settings)


def test_every_finding_is_confirmed(verifier: Verifier) -> None:
    found = looked_up(verifier, PROGRAM)
    verdicts = [(finding.span.line, finding.verdict.status) for finding in found]
    lines = [4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16]
    assert verdicts == [*((line, "confirmed") for line in lines), (17, "unverified")]
    assert all(finding.verdict.evidence for finding in found[:-1])


def test_what_is_there_is_refuted(verifier: Verifier) -> None:
    text = "import keras\nkeras.layers.Dence\nkeras.layers.Dense(4, init=1)\n"
    result, analysis = check_text(text, "program.py", Settings(select=("KER403", "KER404")))
    wrong = []
    for finding in result.findings:
        assert finding.lookup is not None
        question = finding.lookup.text.replace("Dence", "Dense").replace("init=", "use_bias=")
        wrong.append(replace(finding, lookup=replace(finding.lookup, text=question)))
    answers = verifier.verify(text, analysis, wrong, all_rules())
    assert [finding.verdict.status for finding in answers] == ["refuted", "refuted"]


def test_another_version_is_not_asked(verifier: Verifier) -> None:
    (finding,) = looked_up(verifier, "import keras\nkeras.layers.Dence\n", "3.2")
    assert finding.verdict.status == "unverified"


def test_warnings_and_private_objects_are_looked_up(verifier: Verifier) -> None:
    text = """\
import keras
from keras.src.layers.core.dense import Dense
keras.layers.LeakyReLU(alpha=0.1)
keras.layers.Embedding(4, 2, input_length=3)
keras.layers.InputLayer(input_shape=(3,))
keras.optimizers.SGD(decay=0.1)
keras.layers.Conv2D(4, 3, input_shape=(8, 8, 1))
"""
    settings = Settings(select=("KER405", "KER407"), options=Options("keras-3"))
    answers = verified(verifier, text, settings)
    wanted = [(line, "confirmed") for line in range(2, 8)]
    assert [(finding.span.line, finding.verdict.status) for finding in answers] == wanted


def test_saving_and_mixed_packages_are_asked(verifier: Verifier) -> None:
    text = """\
import keras
import tf_keras
from keras.layers import Dense
from tensorflow.keras.models import Sequential

model = keras.Sequential([keras.Input((8,)), Dense(1)])
mixed = tf_keras.Sequential([keras.layers.Dense(1)])
model.save("model")
model.save("deep/old.h5")
model.save("model.keras", save_format="tf")
model.save("model.tf", save_format="tf")
model.save_weights("weights.h5")
model.save_weights("model.weights.h5", save_format="h5")
model.load_weights("folder")
keras.models.load_model("folder")
keras.models.save_model(model, "model.pb")
keras.callbacks.ModelCheckpoint("model.hdf5")
keras.callbacks.ModelCheckpoint("best.h5", save_weights_only=True)
keras.callbacks.ModelCheckpoint("best.h5")
"""
    answers = verified(verifier, text, Settings(select=("KER406", "KER408")))
    wanted = [(line, "confirmed") for line in (4, *range(7, 19))]
    assert [(finding.span.line, finding.verdict.status) for finding in answers] == wanted


def test_functions_of_tensorflow_are_its_own(verifier: Verifier) -> None:
    text = (
        "import keras\nimport tensorflow as tf\n\n"
        "tf.reduce_sum([1.0])\ntf.Variable(1.0)\ntf.scan(1)\ntf.nosuch(1)\n"
    )
    found = verified(verifier, text, Settings(select=("KER409",)))
    verdicts = [finding.verdict for finding in found]
    assert [verdict.status for verdict in verdicts] == ["confirmed"] * 3 + ["unverified"]
    assert verdicts[0].reason == "TensorFlow's own, and the installed Keras has keras.ops.sum"


def test_a_function_that_keras_lends_is_not_of_tensorflow(verifier: Verifier) -> None:
    text = "import keras\nimport tensorflow as tf\n\ntf.reduce_sum([1.0])\n"
    result, analysis = check_text(text, "program.py", Settings(select=("KER409",)))
    (finding,) = result.findings
    assert finding.lookup is not None
    question = finding.lookup.text.replace("reduce_sum", "keras.ops.sum")
    other = replace(finding, lookup=replace(finding.lookup, text=question))
    (answer,) = verifier.verify(text, analysis, [other], all_rules())
    assert answer.verdict.status == "refuted"
