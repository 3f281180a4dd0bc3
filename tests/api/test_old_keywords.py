"""Keywords beside the layers, of Keras 2 and of what Keras 3 kept of it."""

from __future__ import annotations

import inspect

import keras
import pytest
import tensorflow as tf
import tf_keras

from keras_lint.engine import check_text
from keras_lint.keras_api.names import lookup

KEPT = (
    "image.DirectoryIterator",
    "image.ImageDataGenerator",
    "image.NumpyArrayIterator",
    "sequence.make_sampling_table",
    "sequence.skipgrams",
    "text.Tokenizer",
    "text.hashing_trick",
    "text.one_hot",
)


@pytest.mark.keras
@pytest.mark.parametrize("name", KEPT)
def test_kept_functions_have_the_arguments_of_keras_2(name: str) -> None:
    module, _, attribute = name.partition(".")
    found = getattr(getattr(tf.keras.preprocessing, module), attribute)
    known = lookup(f"keras.preprocessing.{name}", "keras2")
    assert keras.__version__.startswith("3.")
    assert known is not None
    assert known.params is not None
    there = [p.name for p in inspect.signature(found).parameters.values()]
    assert [p.name for p in known.params] == there


MISSPELT = {
    "tf_keras.optimizers.legacy.SGD(learning_rate=0.1, deay=1e-6)": "decay",
    "tf_keras.optimizers.legacy.Adam(clipnor=1.0)": "clipnorm",
    "tf_keras.optimizers.SGD(momentm=0.9)": "momentum",
    "tf_keras.callbacks.EarlyStopping(monitr='loss')": "monitor",
    "tf_keras.losses.Huber(delt=2.0)": "delta",
    "tf.keras.preprocessing.image.ImageDataGenerator(recale=1 / 255)": "rescale",
}
TAKEN = (
    "tf_keras.optimizers.legacy.SGD(lr=0.1, decay=1e-6, clipnorm=1.0)",
    "tf_keras.optimizers.SGD(0.1, global_clipnorm=1.0)",
    "tf_keras.callbacks.LambdaCallback(zzz=1)",
    "tf.keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255, fill_mode='wrap')",
    "tf.keras.preprocessing.sequence.TimeseriesGenerator([1, 2], [1, 2], 1, workers=2)",
)


@pytest.mark.keras
def test_misspelt_arguments_are_refused_and_told() -> None:
    names = {"tf": tf, "tf_keras": tf_keras}
    for text, near in MISSPELT.items():
        with pytest.raises(TypeError):
            eval(text, names)
        result, _ = check_text(f"import tensorflow as tf\nimport tf_keras\n\n{text}\n", "a.py")
        (finding,) = [f for f in result.findings if f.code == "KER401"]
        assert finding.hint == f"did you mean {near}?"
    for text in TAKEN:
        eval(text, names)
        result, _ = check_text(f"import tensorflow as tf\nimport tf_keras\n\n{text}\n", "a.py")
        assert not [f for f in result.findings if f.code == "KER401"], text
