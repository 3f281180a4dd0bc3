"""A keyword that the class or function does not take.

What it does
    Finds keywords of layers, of their calls and of functions of Keras that no version of Keras
    takes under that name, keywords given twice, and those that an own class hands on to a ``Layer``
    that does not take them.

Why it matters
    Keras refuses them when the line runs. Mostly the name is misspelled.

When it stays silent
    Where Keras takes any keyword, where a dict is spread with ``**``, and for arguments that
    Keras 2 or another version of Keras 3 takes. Beside the layers of Keras 2 only what is nearly
    the name of an argument is told: an earlier Keras 2 may have taken others.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.keras_api.moves import argument_successor
from keras_lint.keras_api.names import near_match
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Fix, RenameArgument
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.rules.api import argument_lookup, called, refused_keywords, taken_keywords
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each keyword that is refused."""
    for problem, call, span in refusals(graph, "argument"):
        name = refuser(graph, problem, call)
        twice = problem.actual.endswith("twice")
        by_position = problem.actual.endswith("by position")
        message = f"{name} takes no argument {problem.argument}"
        if twice:
            message = f"{name} gets {problem.argument} twice"
        elif by_position:
            message = f"{name} is called on one tensor: the second argument is {problem.argument}"
        if call is None and graph.origin is not None:  # handed on by an own class
            span = graph.origin.argument(problem.argument) or span
        yield rule.finding(
            graph,
            span,
            message,
            call=call,
            expected=problem.expected,
            actual=problem.actual,
            hint=problem.hint or _hint(twice, by_position),
            fix=_fix(problem.root, span),
        )


def _hint(twice: bool, by_position: bool) -> str:
    if by_position:
        return "pass several tensors to a layer that joins them; pass training= by its name"
    return "pass it once" if twice else "leave it out, or look its name up"


def _fix(problem: Problem, span: Span) -> Fix | None:
    """The name that was meant, if one is near and not passed as well."""
    new = problem.suggestion
    if not new:
        return None
    old = problem.argument
    return Fix(f"write {new}=", (RenameArgument(span, old, new),))


_OTHERS = (
    "callbacks",
    "constraints",
    "datasets",
    "initializers",
    "losses",
    "metrics",
    "optimizers",
    "preprocessing",
    "regularizers",
    "saving",
    "utils",
)
"""Namespaces whose classes and functions no model refuses, since they are no part of one."""


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each keyword that a class or function beside the layers does not take."""
    target = options.keras()
    for call in called(analysis.names, target):
        older = target.generation(call.prefix) == "keras2"
        if call.path.split(".")[1] not in _OTHERS or (target.minor is not None and not older):
            continue
        for keyword in refused_keywords(call, target):
            argument = call.call.keyword(keyword)
            if argument is None or argument_successor(call.path, keyword) is not None:
                continue  # KER404
            takes = taken_keywords(call, target) or frozenset()
            given = {item.name for item in call.call.arguments}
            near = near_match(keyword, tuple(sorted(takes - given)))
            if older and near is None:
                continue  # an earlier Keras 2 may have taken it
            change = RenameArgument(call.call.span, keyword, near) if near else None
            yield rule.file_finding(
                argument.span,
                f"{call.path.rpartition('.')[2]} takes no argument {keyword}",
                expected=f"an argument of {call.path.rpartition('.')[2]}",
                actual=f"{keyword}=",
                hint=f"did you mean {near}?" if near else "leave it out, or look its name up",
                fix=Fix(f"write {near}=", (change,)) if change is not None else None,
                lookup=argument_lookup(call.path, call.prefix, keyword, target),
            )


RULE = Rule(
    code="KER401",
    name="unknown-argument",
    level="error",
    confirm="raise",
    summary="a keyword that a class or function of Keras does not take",
    check=check,
    check_file=check_file,
    fix="safe",
    public=(1, 1),
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
        """\
import keras

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(learning_rat=0.1), "mse")  # expect: KER401
stop = keras.callbacks.EarlyStopping(patience=3, delta=0.1)  # expect: KER401
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
        """\
import keras

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(learning_rate=0.1), "mse")
stop = keras.callbacks.EarlyStopping(patience=3, delta=0.1)
""",
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
