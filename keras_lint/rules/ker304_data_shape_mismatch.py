"""Data of a shape that the model does not take.

What it does
    Finds arrays and datasets of known shape that ``fit``, ``evaluate``, ``predict`` and their kin,
    or a call of the model, give to a model which refuses them: a missing sample axis, images of
    another size or with the channels elsewhere, sequences of another length, the wrong number of
    inputs, validation data of another shape than the training data, and as many labels as there are
    no samples.

Why it matters
    Keras raises at the first batch, or after the first epoch where it is the validation data.

When it stays silent
    When the shape of the data or of the model is not known. An axis of length 1 more or less at
    the end is no mistake: Keras adds or removes it. A Sequential may be given other lengths than
    its ``Input`` says as long as its layers take them.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.data import DataSpec
from keras_lint.model.dims import surely_different
from keras_lint.model.findings import Finding
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import flatten
from keras_lint.model.training import Step
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import refusal, step_finding, steps


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for the data of a call, or else one for its validation data."""
    del options
    for index, step, graph in steps(analysis):
        if step.data is None or step.compares or (step.has_labels and step.state != "compiled"):
            continue
        if step.problem is not None:
            yield step_finding(
                rule,
                analysis,
                index,
                f"{step.title} gets data that the model does not take: {refusal(step.problem)}",
                span=step.spans.get("x"),
                expected=step.problem.root.expected,
                actual=step.problem.root.actual,
                hint=_hint(step, graph, step.problem),
            )
        elif (counts := _counts(step.data)) is not None and step.has_labels:
            yield step_finding(
                rule,
                analysis,
                index,
                f"{step.method}() gets {counts[0]} samples but {counts[1]} labels",
                span=step.spans.get("y"),
                expected=f"{counts[0]} labels",
                actual=str(counts[1]),
                hint="give one label for each sample",
            )
        elif step.validation_problem is not None:
            yield step_finding(
                rule,
                analysis,
                index,
                "the model does not take the validation data: " + refusal(step.validation_problem),
                span=step.spans.get("validation_data"),
                expected=step.validation_problem.root.expected,
                actual=step.validation_problem.root.actual,
                hint="prepare the validation data in the same way as the training data",
                on_validation=True,
            )
        elif step.validation is not None and (counts := _counts(step.validation)) is not None:
            yield step_finding(
                rule,
                analysis,
                index,
                f"the validation data have {counts[0]} samples but {counts[1]} labels",
                span=step.spans.get("validation_data"),
                expected=f"{counts[0]} labels",
                actual=str(counts[1]),
                hint="give one label for each sample",
                on_validation=True,
            )


def _counts(data: DataSpec) -> tuple[object, object] | None:
    """The numbers of samples and labels, where they surely differ."""
    if data.kind != "arrays" or data.y is None:
        return None
    samples, labels = (
        [leaf.shape.dims[0] for leaf in flatten(tree) if leaf.shape.dims]
        for tree in (data.x, data.y)
    )
    for one in samples:
        for other in labels:
            if surely_different(one, other):
                return one, other
    return None


def _hint(step: Step, graph: LayerGraph, problem: Problem) -> str:
    wants = [
        graph.type_of(ref).shape.dims for ref in flatten(graph.inputs) if ref.call in graph.calls
    ]
    assert step.data is not None
    haves = [leaf.shape.dims for leaf in flatten(step.data.x)]
    if len(wants) == len(haves) == 1 and wants[0] is not None and haves[0] == wants[0][1:]:
        return "this is one sample: give a batch of one, x[np.newaxis]"
    if problem.root.kind == "structure":
        return "give one array for each input, in order or by name"
    return "reshape the data, or make the model for what the data are"


RULE = Rule(
    code="KER304",
    name="data-shape-mismatch",
    level="error",
    confirm="raise",
    summary="data of a shape that the model does not take",
    check_file=check,
    invalid=(
        """\
import numpy as np
import keras

x = np.random.rand(32, 28, 28, 1)
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Conv2D(2, 3),
    keras.layers.GlobalMaxPooling2D(),
    keras.layers.Dense(3, activation="softmax"),
])
print(model.predict(x[0], verbose=0))  # expect: KER304
""",
        """\
import numpy as np
from tensorflow import keras

x_train, y_train = np.random.rand(40, 20), np.random.rand(40)
x_val, y_val = np.random.rand(10, 21), np.random.rand(10)
inputs = keras.Input((20,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
model.compile(loss="mae")
model.fit(
    x_train, y_train, verbose=0,
    validation_data=(x_val, y_val),  # expect: KER304
)
""",
        """\
import numpy as np
import keras

images = np.zeros((16, 3, 32, 32))
labels = np.zeros((16, 1))
model = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Conv2D(4, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam")
model.fit(images, labels, verbose=0)  # expect: KER304
""",
        """\
import numpy as np
import keras

x, y = np.zeros((30, 8)), np.zeros(29)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(x, y, verbose=0)  # expect: KER304
""",
    ),
    valid=(
        """\
import numpy as np
import keras

x = np.random.rand(8, 28, 28)
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Conv2D(2, 3),
    keras.layers.GlobalMaxPooling2D(),
    keras.layers.Dense(3, activation="softmax"),
])
print(model.predict(x, verbose=0))
print(model.predict(x[:1], verbose=0))
""",
        """\
import numpy as np
import keras

a, b = np.random.rand(8, 3), np.random.rand(8, 5)
first, second = keras.Input((3,), name="first"), keras.Input((5,), name="second")
out = keras.layers.Dense(1)(keras.layers.Concatenate()([first, second]))
model = keras.Model([first, second], out)
model.compile(loss="mse")
model.fit({"first": a, "second": b}, np.zeros((8, 1)), verbose=0)
""",
        """\
import numpy as np
import keras

model = keras.Sequential([keras.Input((10, 4)), keras.layers.LSTM(2), keras.layers.Dense(1)])
print(model.predict(np.zeros((2, 15, 4)), verbose=0))
""",
    ),
)
