"""Arguments of a training call that do not go with what it is given.

What it does
    Finds ``validation_split``, ``y`` or ``sample_weight`` where ``x`` is a ``tf.data.Dataset``, a
    generator or a ``PyDataset``, and ``class_weight`` with a generator.

Why it matters
    Keras raises: it can cut, pair and weight arrays only; a dataset holds its labels and weights.

When it stays silent
    When it is not known what ``x`` is. ``batch_size`` with a dataset is no error in Keras 3: it is
    ignored.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Fix, RemoveArgument
from keras_lint.model.training import Step, Unclear
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import step_finding, steps

_NAMES = {"dataset": "a Dataset", "generator": "a generator", "sequence": "a PyDataset"}
_HINTS = {
    "validation_split": "set some of the data apart yourself and give them as validation_data",
    "y": "let the batches be pairs of samples and labels, and leave y out",
    "sample_weight": "let the batches be triples of samples, labels and weights",
    "class_weight": "let the batches be triples of samples, labels and weights",
}


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each argument that Keras refuses with this kind of data."""
    del options
    for index, step, _ in steps(analysis):
        if step.data is None or step.data.kind not in _NAMES or step.state != "compiled":
            continue
        what = _NAMES[step.data.kind]
        for name in _refused(step):
            yield step_finding(
                rule,
                analysis,
                index,
                f"{step.method}() takes no {name} with {what}",
                span=step.spans.get(name),
                expected=f"no {name}",
                actual=f"{name} with {what}",
                hint=_HINTS[name],
                fix=_fix(step, name),
            )


def _fix(step: Step, name: str) -> Fix:
    """Leave the argument out: labels that the batches hold too are the same, other things go."""
    assert step.data is not None
    held = name == "y" and step.data.y is not None
    return Fix(f"leave {name} out", (RemoveArgument(step.span, name),), safe=held)


def _refused(step: Step) -> list[str]:
    assert step.data is not None
    refused = []
    split = step.arguments.get("validation_split")
    if isinstance(split, float) and split > 0 and "validation_data" not in step.arguments:
        refused.append("validation_split")
    if step.labels_given and step.has_labels:
        refused.append("y")
    if isinstance(step.arguments.get("sample_weight"), Unclear) and step.method == "fit":
        refused.append("sample_weight")
    weights = step.arguments.get("class_weight")
    if step.data.kind == "generator" and isinstance(weights, dict) and weights:
        refused.append("class_weight")
    return refused


RULE = Rule(
    code="KER310",
    name="wrong-fit-arguments",
    level="error",
    confirm="raise",
    summary="validation_split, y or weights with a dataset or generator",
    check_file=check,
    fix="safe",
    invalid=(
        """\
import numpy as np
import tensorflow as tf
from tensorflow import keras

pairs = tf.data.Dataset.from_tensor_slices((np.zeros((16, 4)), np.zeros((16, 1)))).batch(4)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(pairs, validation_split=0.2, verbose=0)  # expect: KER310
""",
        """\
import numpy as np
import keras


def batches():
    while True:
        yield np.zeros((4, 4)), np.zeros((4, 1))


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(batches(), steps_per_epoch=2, validation_split=0.1, verbose=0)  # expect: KER310
""",
        """\
import numpy as np
import tensorflow as tf
import keras

labels = np.zeros((16, 1))
pairs = tf.data.Dataset.from_tensor_slices((np.zeros((16, 4)), labels)).batch(4)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.evaluate(pairs, y=labels, verbose=0)  # expect: KER310
""",
    ),
    fixed=(
        """\
import numpy as np
import tensorflow as tf
from tensorflow import keras

pairs = tf.data.Dataset.from_tensor_slices((np.zeros((16, 4)), np.zeros((16, 1)))).batch(4)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(pairs, verbose=0)
""",
        """\
import numpy as np
import keras


def batches():
    while True:
        yield np.zeros((4, 4)), np.zeros((4, 1))


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(batches(), steps_per_epoch=2, verbose=0)
""",
        """\
import numpy as np
import tensorflow as tf
import keras

labels = np.zeros((16, 1))
pairs = tf.data.Dataset.from_tensor_slices((np.zeros((16, 4)), labels)).batch(4)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.evaluate(pairs, verbose=0)
""",
    ),
    valid=(
        """\
import numpy as np
import tensorflow as tf
import keras

pairs = tf.data.Dataset.from_tensor_slices((np.zeros((16, 4)), np.zeros((16, 1)))).batch(4)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(pairs.skip(1), validation_data=pairs.take(1), verbose=0)
""",
        """\
import numpy as np
import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(np.zeros((16, 4)), np.zeros((16, 1)), validation_split=0.25, verbose=0)
""",
        """\
import numpy as np
import keras


def batches():
    while True:
        yield np.zeros((4, 4)), np.zeros((4, 1)), np.ones(4)


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(batches(), steps_per_epoch=2, verbose=0)
""",
    ),
)
