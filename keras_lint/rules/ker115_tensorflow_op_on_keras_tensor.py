"""A function of TensorFlow or NumPy gets a symbolic Keras tensor.

What it does
    Finds calls such as ``tf.reduce_mean(x)`` and ``np.concatenate([x, y])`` on the tensors of a
    functional model, outside layers.

Why it matters
    Keras 2 made a layer of a call of TensorFlow. Keras 3 refuses it: its tensors are not
    TensorFlow's, and they hold no numbers that NumPy could take. ``keras.ops`` has the same
    functions, and the fix writes them.

When it stays silent
    Inside layers and Lambda, where tensors are real; when a tensor may be real data; for code that
    runs on Keras 2; and for functions of which we have not seen that they refuse the tensor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.tf_moves import same_in_ops
from keras_lint.model.findings import Finding
from keras_lint.rules.api import to_keras_ops
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import TENSOR_WITH_VALUES, refusals


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each such call."""
    target = options.keras()
    if "keras2" in (target.keras, target.tensorflow):
        return
    uses = {use.call.span: use for use in analysis.names.uses if use.call is not None}
    for index, graph in enumerate(analysis.graphs):
        for problem, call, span in refusals(graph, "python"):
            if problem.expected != TENSOR_WITH_VALUES:
                continue
            use = uses.get(span)
            name = use.path if use is not None else "a function of TensorFlow or NumPy"
            twin = same_in_ops(use.path) if use is not None else None
            finding = rule.finding(
                graph,
                span,
                f"{name} does not take {problem.actual}",
                call=call,
                expected=problem.expected,
                actual=problem.actual,
                hint=f"call {twin.new}" if twin else "use keras.ops, or put it into a layer",
                fix=to_keras_ops(use),
            )
            yield replace(finding, graph=index)


RULE = Rule(
    code="KER115",
    name="tensorflow-op-on-keras-tensor",
    level="error",
    confirm="raise",
    fix="safe",
    summary="a function of TensorFlow or NumPy on a symbolic Keras tensor",
    check_file=check,
    public=(0, 0),
    invalid=(
        """\
import keras
import tensorflow as tf
from keras import layers

inputs = keras.Input((8, 4))
x = layers.Dense(4)(inputs)
x = tf.reduce_mean(x, axis=1)  # expect: KER115
model = keras.Model(inputs, layers.Dense(1)(x))
""",
        """\
import tensorflow as tf
from tensorflow.keras import layers

a = layers.Input((8,))
b = layers.Input((8,))
x = tf.concat([a, b], axis=-1)  # expect: KER115
model = tf.keras.Model([a, b], layers.Dense(1)(x))
""",
        """\
import keras
import tensorflow as tf

inputs = keras.Input((8,))
x = tf.reshape(tensor=inputs, shape=(-1, 4, 2))  # expect: KER115
model = keras.Model(inputs, x)
""",
        """\
import numpy as np
from keras import Input, Model, layers

left, right = Input((8,)), Input((8,))
joined = np.concatenate([left, right], axis=-1)  # expect: KER115
model = Model([left, right], layers.Dense(1)(joined))
""",
        """\
import keras
import numpy as np

inputs = keras.Input((5, 8))
pooled = np.mean(inputs, axis=1, keepdims=True)  # expect: KER115
model = keras.Model(inputs, pooled)
""",
    ),
    fixed=(
        """\
import keras
import tensorflow as tf
from keras import layers

inputs = keras.Input((8, 4))
x = layers.Dense(4)(inputs)
x = keras.ops.mean(x, axis=1)
model = keras.Model(inputs, layers.Dense(1)(x))
""",
        """\
import tensorflow as tf
from tensorflow.keras import layers

a = layers.Input((8,))
b = layers.Input((8,))
x = tf.keras.ops.concatenate([a, b], axis=-1)
model = tf.keras.Model([a, b], layers.Dense(1)(x))
""",
        """\
import keras
import tensorflow as tf

inputs = keras.Input((8,))
x = keras.ops.reshape(x=inputs, newshape=(-1, 4, 2))
model = keras.Model(inputs, x)
""",
        """\
import numpy as np
from keras import Input, Model, layers, ops

left, right = Input((8,)), Input((8,))
joined = ops.concatenate([left, right], axis=-1)
model = Model([left, right], layers.Dense(1)(joined))
""",
        """\
import keras
import numpy as np

inputs = keras.Input((5, 8))
pooled = keras.ops.mean(inputs, axis=1, keepdims=True)
model = keras.Model(inputs, pooled)
""",
    ),
    valid=(
        """\
import keras
import tensorflow as tf
from keras import layers

inputs = keras.Input((8, 4))
x = layers.Lambda(lambda t: tf.reduce_mean(t, axis=1))(inputs)
model = keras.Model(inputs, layers.Dense(1)(x))
""",
        """\
import keras
import tensorflow as tf
from keras import layers


class Mean(layers.Layer):
    def call(self, x):
        return tf.reduce_mean(x, axis=1)


inputs = keras.Input((8, 4))
model = keras.Model(inputs, layers.Dense(1)(Mean()(inputs)))
""",
        """\
import keras
import tensorflow as tf

inputs = keras.Input((8,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
loss = tf.reduce_mean(model(tf.zeros((2, 8))))
""",
    ),
)
