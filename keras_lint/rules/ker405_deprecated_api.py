"""Something that the targeted Keras still takes, with a warning.

What it does
    Finds what Keras 3 itself warns of when it runs: ``alpha=`` of LeakyReLU, ``input_length=`` of
    Embedding, ``input_shape=`` of InputLayer, ``decay=`` of optimizers (which it ignores),
    ``rms_scaling=`` of LayerNormalization, and ``add_metric`` of models. Asked about a target
    (``--target``), also ``input_shape=`` and ``input_dim=`` on other layers; the fix puts an Input
    at the head of the Sequential.

Why it matters
    The next version may refuse it; ``decay=`` already does nothing, so that the model learns
    otherwise than it did in Keras 2.

When it stays silent
    For code that runs on Keras 2. Without a named target nothing is said of ``input_shape=`` on
    layers: every Keras takes it, in thousands of programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.names import lookup
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import BeginWithInput, Claim, Fix, RemoveArgument, RenameArgument
from keras_lint.model.names import Argument
from keras_lint.rules.api import Called, called, methods, warning_lookup
from keras_lint.rules.base import Options, Rule

_RENAMED = {
    ("keras.layers.LeakyReLU", "alpha"): "negative_slope",
    ("keras.layers.InputLayer", "input_shape"): "shape",
}
_IGNORED = {("keras.layers.Embedding", "input_length")}
_FIRST_LAYER = ("input_dim", "input_shape")


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each argument or method of which Keras warns."""
    target = options.keras()
    for call in called(analysis.names, target):
        if target.generation(call.prefix) == "keras2":
            continue
        for argument in call.call.arguments:
            if argument.name:
                question = warning_lookup(call.path, call.prefix, argument.name, target)
                for finding in _argument(rule, call, argument, options):
                    yield replace(finding, lookup=question)
    for use in methods(analysis.names, target):
        if use.name == "add_metric":
            yield rule.file_finding(
                use.span,
                "add_metric does nothing any more but warn",
                expected="metrics",
                actual="add_metric",
                hint="pass metrics= to compile, or keep a keras.metrics object in the layer",
            )


def _argument(rule: Rule, call: Called, argument: Argument, options: Options) -> Iterator[Finding]:
    found = lookup(call.path)
    if found is None or found.kind != "class":
        return
    name, cls = argument.name, found.canonical.rpartition(".")[2]
    key = found.canonical, name
    if key in _RENAMED:
        new = _RENAMED[key]
        change = RenameArgument(call.call.span, name, new)
        fix = Fix(f"rename {name} to {new}", (change,))
        given = call.call.keyword(new) is not None
        message = f"{cls} calls {name} {new} now"
        yield _finding(rule, argument, message, f"write {new}=", None if given else fix)
    elif key in _IGNORED:
        claim = Claim(arguments=frozenset((name,)))
        fix = Fix(f"leave out {name}", (RemoveArgument(call.call.span, name),), claim=claim)
        yield _finding(rule, argument, f"{cls} no longer needs {name}", "leave it out", fix)
    elif key == ("keras.layers.LayerNormalization", "rms_scaling"):
        if not argument.is_literal or argument.literal:
            hint = "use RMSNormalization"
            yield _finding(rule, argument, f"{name} of {cls} is deprecated", hint, None)
    elif name == "decay" and found.canonical.startswith("keras.optimizers."):
        parameters = {parameter.name for parameter in found.params or ()}
        if name in parameters or "learning_rate" not in parameters:
            return
        nothing = argument.is_literal and not argument.literal
        fix = Fix("leave out decay", (RemoveArgument(call.call.span, name),), safe=nothing)
        yield _finding(
            rule,
            argument,
            f"{cls} ignores decay, so the learning rate stays what it is",
            "leave it out"
            if nothing
            else "give learning_rate a schedule, such as InverseTimeDecay, or leave decay out",
            fix,
        )
    elif name in _FIRST_LAYER and found.is_layer and options.target:
        parameters = {parameter.name for parameter in found.params or ()}
        if name not in parameters and not found.is_model:
            hint = "begin the Sequential with an Input"
            begin = BeginWithInput(call.call.span, name)
            fix = Fix(hint, (begin,), claim=Claim(arguments=frozenset((name,))))
            yield _finding(rule, argument, f"{name} of {cls} is deprecated", hint, fix)


def _finding(rule: Rule, argument: Argument, message: str, hint: str, fix: Fix | None) -> Finding:
    return rule.file_finding(
        argument.span,
        message,
        expected="no such argument",
        actual=f"{argument.name}=",
        hint=hint,
        fix=fix,
    )


RULE = Rule(
    code="KER405",
    name="deprecated-api",
    level="warning",
    confirm="api",
    fix="safe",
    summary="something that Keras still takes, with a warning",
    check_file=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(4)(inputs)
x = layers.LeakyReLU(alpha=0.1)(x)  # expect: KER405
model = keras.Model(inputs, x)
""",
        """\
from keras.models import Sequential
from keras.layers import Dense, Embedding, Flatten, Input

model = Sequential([
    Input((10,)),
    Embedding(100, 8, input_length=10),  # expect: KER405
    Flatten(),
    Dense(1),
])
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])
sgd = tf.keras.optimizers.SGD(learning_rate=0.1, decay=1e-6)  # expect: KER405
model.compile(sgd, "mse")
""",
    ),
    fixed=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.Dense(4)(inputs)
x = layers.LeakyReLU(negative_slope=0.1)(x)
model = keras.Model(inputs, x)
""",
        """\
from keras.models import Sequential
from keras.layers import Dense, Embedding, Flatten, Input

model = Sequential([
    Input((10,)),
    Embedding(100, 8),
    Flatten(),
    Dense(1),
])
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])
sgd = tf.keras.optimizers.SGD(learning_rate=0.1)
model.compile(sgd, "mse")
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
x = layers.LeakyReLU(negative_slope=0.1)(layers.Dense(4)(inputs))
x = layers.ELU(alpha=0.5)(x)
model = keras.Model(inputs, x)
""",
        """\
from keras.models import Sequential
from keras.layers import Dense, Dropout
from keras.optimizers.schedules import ExponentialDecay

model = Sequential([Dense(4, input_shape=(8,)), Dropout(0.2), Dense(1)])
schedule = ExponentialDecay(0.1, decay_steps=100, decay_rate=0.9)
""",
        """\
import tf_keras

tf_keras.optimizers.legacy.SGD(learning_rate=0.1, decay=1e-6)
model = tf_keras.Sequential([
    tf_keras.layers.Dense(4, input_shape=(8,)),
    tf_keras.layers.LeakyReLU(alpha=0.1),
])
""",
    ),
)
