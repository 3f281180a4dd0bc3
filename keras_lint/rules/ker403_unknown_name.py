"""A name that Keras does not have.

What it does
    Finds names of ``keras``, ``tf.keras`` and ``tf_keras`` that no version of Keras has, misspelt
    ones above all, and names that are newer than the Keras the code is to run on.

Why it matters
    The import, or the line that uses the name, fails.

When it stays silent
    Where the name may be another one in the end: inside ``try`` with a handler for it, under a
    condition about versions or ``hasattr``, and where the file binds the name a second time.
    Names that earlier versions had are KER404. Attributes of classes are not looked up.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding
from keras_lint.rules.api import Missing, missing, name_lookup, renaming, spelt
from keras_lint.rules.base import Options, Rule


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each name that is not there."""
    target = options.keras()
    for problem in missing(analysis.names, target):
        status = problem.status
        title = target.title(status.prefix)
        if status.state == "unknown":
            near = spelt(status.near, status.prefix)
            fix = None
            if near and problem.span != _module_span(problem):
                fix = renaming(problem, status.near, analysis.names)
            yield rule.file_finding(
                problem.span,
                f"{title} has no {problem.written}",
                expected="a name that Keras has",
                actual=problem.written,
                hint=f"did you mean {near}?" if near else "look the name up",
                fix=fix,
                lookup=name_lookup(status, target),
            )
        elif status.state == "later":
            since = f"Keras 3.{status.since}" if status.since else "Keras 3"
            yield rule.file_finding(
                problem.span,
                f"{title} has no {problem.written}: it came with {since}",
                expected=f"a name that {title} has",
                actual=problem.written,
                hint=f"raise the requirement to {since}, or do without it",
                lookup=name_lookup(status, target),
            )


def _module_span(problem: Missing) -> object:
    return problem.imported.module_span if problem.imported and problem.imported.module else None


RULE = Rule(
    code="KER403",
    name="unknown-name",
    level="error",
    confirm="api",
    fix="safe",
    summary="a name that Keras does not have",
    check_file=check,
    public=(2, 2),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dence(4)(inputs)  # expect: KER403
model = keras.Model(inputs, x)
""",
        """\
from keras.layers import Dense, Convolution2d  # expect: KER403
from keras.models import Sequential

model = Sequential([Dense(4)])
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(4)])
model.compile(tf.keras.optimisers.Adam(), "mse")  # expect: KER403
""",
    ),
    fixed=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(4)(inputs)
model = keras.Model(inputs, x)
""",
        """\
from keras.layers import Dense, Convolution2D
from keras.models import Sequential

model = Sequential([Dense(4)])
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(4)])
model.compile(tf.keras.optimizers.Adam(), "mse")
""",
    ),
    valid=(
        """\
import keras

try:
    Norm = keras.layers.RootMeanNormalization
except AttributeError:
    Norm = keras.layers.LayerNormalization

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
""",
        """\
import keras
from keras import layers

if hasattr(layers, "Dence"):
    layer = layers.Dence(4)
else:
    layer = layers.Dense(4)
print(keras.__version__, keras.layers.Dense.__name__, keras.Model.summary)
model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])
""",
        """\
import tensorflow as tf
from tensorflow.keras.layers import *

model = tf.keras.Sequential([Input((8,)), Dense(4, activation=tf.keras.activations.relu)])
tf.keras.backend.clear_session()
""",
    ),
)
