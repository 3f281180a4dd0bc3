"""A keyword that the class or function does not take.

What it does
    Finds keywords of layers, of their calls and of functions of Keras that no version of Keras
    takes under that name, and keywords given twice.

Why it matters
    Keras refuses them when the line runs. Mostly the name is misspelled.

When it stays silent
    Where Keras takes any keyword, where a dict is spread with ``**``, and for arguments that
    Keras 2 or another version of Keras 3 takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Fix, RenameArgument
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each keyword that is refused."""
    for problem, call, span in refusals(graph, "argument"):
        name = refuser(graph, problem, call)
        twice = problem.actual.endswith("twice")
        yield rule.finding(
            graph,
            span,
            f"{name} gets {problem.argument} twice"
            if twice
            else f"{name} takes no argument {problem.argument}",
            call=call,
            expected=problem.expected,
            actual=problem.actual,
            hint=problem.hint or ("pass it once" if twice else "leave it out, or look its name up"),
            fix=_fix(problem.root, span),
        )


def _fix(problem: Problem, span: Span) -> Fix | None:
    """The name that was meant, if one is near and not passed as well."""
    new = problem.suggestion
    if not new:
        return None
    old = problem.argument
    return Fix(f"write {new}=", (RenameArgument(span, old, new),))


RULE = Rule(
    code="KER401",
    name="unknown-argument",
    level="error",
    confirm="raise",
    summary="a keyword that a class or function of Keras does not take",
    check=check,
    fix="safe",
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((8,)),
    Dense(16, activaton="relu"),  # expect: KER401
    Dense(1),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8, 3, pading="same")(inputs)  # expect: KER401
model = keras.Model(inputs, x)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((8,))
x = tf.keras.layers.Dense(4, units=8)(inputs)  # expect: KER401
model = tf.keras.Model(inputs, x)
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((8,)),
    Dense(16, activation="relu"),
    Dense(1),
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8, 3, padding="same")(inputs)
model = keras.Model(inputs, x)
""",
        "",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input

model = Sequential([Input((8,)), Dense(16, activation="relu", name="hidden", dtype="float32")])
""",
        """\
import keras
from keras import layers

options = {"padding": "same"}
inputs = keras.Input((28, 28, 1))
model = keras.Model(inputs, layers.Conv2D(8, 3, **options)(inputs))
""",
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dropout(0.5)(inputs, training=True)
model = keras.Model(inputs, x)
""",
    ),
)
