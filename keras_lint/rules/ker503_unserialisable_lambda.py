"""A Lambda layer around a Python ``lambda``, in a program that saves or loads models.

What it does
    Finds ``Lambda(lambda x: ...)`` in models on which ``save`` is called, and in files that save or
    load whole models with ``save_model`` and ``load_model``.

Why it matters
    The code of a ``lambda`` is stored as Python byte code. Keras refuses to load that, since it
    could do anything: ``load_model`` raises unless ``safe_mode=False`` is passed.

When it stays silent
    When only weights are saved, when ``safe_mode=False`` or ``enable_unsafe_deserialization`` says
    that this is wanted, and for Keras 2. With ``save_model`` and ``load_model``, which model the
    layer is in is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Question, Related
from keras_lint.model.names import FileNames
from keras_lint.model.spans import Span
from keras_lint.rules.base import Options, Rule


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each such Lambda."""
    if options.keras().keras != "keras3" or not analysis.own.lambdas:
        return
    found = _saved_or_loaded(analysis.names)
    if found is None:
        return
    saved = [
        (method.call.span, "a model is saved here")
        for method in analysis.names.methods
        if method.name == "save"
    ]
    for layer in analysis.own.lambdas:
        places = [*(saved if layer in analysis.own.saved_lambdas else []), *found]
        if places:
            yield rule.file_finding(
                layer,
                "a model with this Lambda cannot be loaded again: Keras runs no stored Python code",
                hint="use a layer or keras.ops, or a class of your own, instead of the lambda",
                related=(Related(*places[0]),),
                question=Question("lambda", "Lambda", place=layer),
            )


def _saved_or_loaded(names: FileNames) -> list[tuple[Span, str]] | None:
    """Where functions save or load a whole model; None if the file allows stored code."""
    found: list[tuple[Span, str]] = []
    for use in names.uses:
        name = use.path.rpartition(".")[2]
        if name == "enable_unsafe_deserialization":
            return None
        if name == "load_model" and use.call is not None and "keras" in use.path:
            if use.call.keyword("safe_mode") is not None or use.call.spread:
                return None
            found.append((use.call.span, "a model is loaded here"))
        elif name == "save_model" and use.call is not None and "keras" in use.path:
            found.append((use.call.span, "a model is saved here"))
    return found


RULE = Rule(
    code="KER503",
    name="unserialisable-lambda",
    level="warning",
    confirm="object",
    summary="a Lambda around a Python lambda, in a program that saves or loads models",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

inputs = keras.Input((4,))
x = layers.Lambda(lambda t: t * 2.0)(inputs)  # expect: KER503
model = keras.Model(inputs, layers.Dense(1)(x))
model.save("model.keras")
""",
        """\
import keras
from keras import layers

model = keras.Sequential(
    [keras.Input((4,)), layers.Lambda(lambda t: t + 1.0), layers.Dense(1)]  # expect: KER503
)


def restore(path):
    return keras.models.load_model(path)
""",
        """\
import tensorflow as tf

inputs = tf.keras.Input((4,))
outputs = tf.keras.layers.Lambda(lambda t: t - 1.0)(inputs)  # expect: KER503
model = tf.keras.Model(inputs, outputs)
tf.keras.models.save_model(model, "model.keras")
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((4,))
model = keras.Model(inputs, layers.Lambda(lambda t: t * 2.0)(inputs))
model.save_weights("model.weights.h5")
""",
        """\
import keras
from keras import layers

inputs = keras.Input((4,))
model = keras.Model(inputs, layers.Lambda(lambda t: t * 2.0)(inputs))
model.save("model.keras")
again = keras.models.load_model("model.keras", safe_mode=False)
""",
        """\
import keras
from keras import layers


@keras.saving.register_keras_serializable("example")
def double(tensor):
    return tensor * 2.0


inputs = keras.Input((4,))
model = keras.Model(inputs, layers.Lambda(double)(inputs))
model.save("model.keras")
""",
    ),
)
