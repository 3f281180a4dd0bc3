"""TensorFlow in code that is meant for every backend of Keras.

What it does
    Finds functions of TensorFlow in a file that imports ``keras`` itself, not ``tf.keras``.

Why it matters
    Keras 3 also runs on JAX and PyTorch; code that calls ``tf.*`` does not. ``keras.ops`` has most
    of these functions.

When it stays silent
    Unless it is selected: most programs want TensorFlow. In files that use ``tf.keras``; about
    ``tf.data``, ``tf.io``, ``tf.image`` and the like, which feed models on every backend; and where
    the code asks which backend there is. A confirmed finding says that the function is one of
    TensorFlow's own, not one that Keras lends it, and that Keras has the one that is named instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.tf_moves import same_in_ops
from keras_lint.model.findings import Finding
from keras_lint.rules.api import tensorflow_lookup, to_keras_ops
from keras_lint.rules.base import Options, Rule

_FOR_DATA = (
    "tensorflow.config",
    "tensorflow.data",
    "tensorflow.image",
    "tensorflow.io",
    "tensorflow.random.set_seed",
    "tensorflow.saved_model",
    "tensorflow.strings",
    "tensorflow.test",
)


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each call of TensorFlow."""
    names = analysis.names
    paths = [use.path for use in names.imports]
    if options.keras().keras != "keras3" or not any(_is(path, "keras") for path in paths):
        return
    paths += [use.path for use in names.uses]
    if any(_is(path, "tensorflow.keras") for path in paths):
        return
    for use in names.uses:
        if use.call is None or use.guarded or not use.path.startswith("tensorflow."):
            continue
        if any(_is(use.path, prefix) for prefix in _FOR_DATA):
            continue
        op = same_in_ops(use.path)
        yield rule.file_finding(
            use.span,
            f"{use.path} works on TensorFlow alone",
            expected=op.new if op else "a function of keras.ops",
            actual=use.path,
            fix=to_keras_ops(use, safe=False),
            lookup=tensorflow_lookup(use.path, op.new if op else "", options.keras()),
            hint=f"write {op.new}" if op else "use keras.ops",
        )


def _is(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + ".")


RULE = Rule(
    code="KER409",
    name="backend-specific",
    level="warning",
    confirm="api",
    fix="unsafe",
    default=False,
    summary="TensorFlow in code that is meant for every backend",
    check_file=check,
    invalid=(
        """\
import keras
import tensorflow as tf


class Double(keras.layers.Layer):
    def call(self, x):
        return tf.multiply(x, 2.0)  # expect: KER409


inputs = keras.Input((8,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
""",
        """\
import tensorflow as tf
from keras import layers, models


def norm(x):
    return tf.reduce_sum(x, axis=-1)  # expect: KER409


model = models.Sequential([layers.Input((8,)), layers.Dense(1)])
""",
        """\
import keras
from tensorflow import math

loss = math.reduce_mean([1.0, 2.0])  # expect: KER409
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
""",
    ),
    fixed=(
        """\
import keras
import tensorflow as tf


class Double(keras.layers.Layer):
    def call(self, x):
        return keras.ops.multiply(x, 2.0)


inputs = keras.Input((8,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
""",
        """\
import tensorflow as tf
from keras import layers, models, ops


def norm(x):
    return ops.sum(x, axis=-1)


model = models.Sequential([layers.Input((8,)), layers.Dense(1)])
""",
        """\
import keras
from tensorflow import math

loss = keras.ops.mean([1.0, 2.0])
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
""",
    ),
    valid=(
        """\
import keras
from keras import ops


class Double(keras.layers.Layer):
    def call(self, x):
        return ops.multiply(x, 2.0)


model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
""",
        """\
import keras
import tensorflow as tf

data = tf.data.Dataset.from_tensors([1.0])
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
""",
        """\
import tensorflow as tf

mean = tf.reduce_mean([1.0, 2.0])
model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])
""",
    ),
)
