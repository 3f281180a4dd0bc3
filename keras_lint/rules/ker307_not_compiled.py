"""A model that was never compiled cannot be trained or evaluated.

What it does
    Finds ``fit``, ``evaluate``, ``train_on_batch`` and ``test_on_batch`` on a model that was not
    compiled before on that path.

Why it matters
    Keras raises: without ``compile`` there is no loss. ``predict`` needs none.

When it stays silent
    When the model was given to code that is not known, which may compile it; when it was compiled
    on one of the paths that lead here; in functions that nobody calls in the file; for models of
    an own class, which may train in their own way; and for models that come from elsewhere,
    ``load_model`` among them.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import step_finding, steps


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each call that needs a compiled model and has none."""
    del options
    for index, step, _ in steps(analysis):
        if step.state == "never" and step.has_labels:
            yield step_finding(
                rule,
                analysis,
                index,
                f"{step.method}() is called on a model that was never compiled",
                expected="a compiled model",
                actual="no compile() before",
                hint="call model.compile(optimizer=..., loss=...) first",
            )


RULE = Rule(
    code="KER307",
    name="not-compiled",
    level="error",
    confirm="raise",
    summary="fit or evaluate on a model that was never compiled",
    check_file=check,
    invalid=(
        """\
import numpy as np
import keras

x, y = np.zeros((16, 4)), np.zeros((16, 1))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.fit(x, y, verbose=0)  # expect: KER307
""",
        """\
import numpy as np
from tensorflow import keras

inputs = keras.Input((4,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
model.evaluate(np.zeros((16, 4)), np.zeros((16, 1)), verbose=0)  # expect: KER307
model.compile(loss="mse")
""",
        """\
import numpy as np
import keras

teacher = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
student = keras.models.clone_model(teacher)
teacher.compile(loss="mse")
student.train_on_batch(np.zeros((8, 4)), np.zeros((8, 1)))  # expect: KER307
""",
    ),
    valid=(
        """\
import numpy as np
import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="sgd")
model.fit(np.zeros((16, 4)), np.zeros((16, 1)), verbose=0)
""",
        """\
import numpy as np
import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
scores = model.predict(np.zeros((16, 4)), verbose=0)
""",
        """\
import numpy as np
import keras


def prepare(model, rate):
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(rate))
    return model


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
prepare(model, 0.1)
model.fit(np.zeros((16, 4)), np.zeros((16, 1)), verbose=0)
""",
    ),
)
