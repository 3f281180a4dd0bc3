"""A class of your own is in a file that loads models, and Keras is not told of it.

What it does
    Finds layer and model classes without ``register_keras_serializable`` in files that call
    ``load_model`` without ``custom_objects``.

Why it matters
    A saved model holds the names of its classes. Without registration Keras looks a class up by its
    module, which fails as soon as the class is moved, or was defined in a script or notebook.

When it stays silent
    When ``custom_objects`` or ``custom_object_scope`` is used in the file. Off by default: which
    classes are in the loaded model is not known. A confirmed finding says that Keras 3.15 cannot
    load an object of the class where it is defined in the program that runs, not in a module.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Question, Related
from keras_lint.model.fixes import Decorate, Fix
from keras_lint.model.names import FileNames
from keras_lint.model.spans import Span
from keras_lint.rules.base import Options, Rule

_SCOPES = frozenset(("CustomObjectScope", "custom_object_scope", "get_custom_objects"))

_DECORATOR = "keras.utils.register_keras_serializable"
"""Also called ``keras.saving...``, which ``tf.keras`` of TensorFlow 2.21 lacks."""


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each such class."""
    del options
    place = _loaded(analysis.names)
    if place is None:
        return
    for cls in analysis.own.classes:
        if not cls.registered:
            yield rule.file_finding(
                cls.span,
                f"Keras is not told of the class {cls.name}, which it may have to load",
                hint=f"decorate it with @{_DECORATOR}()",
                related=(Related(place, "a model is loaded here"),),
                fix=Fix("register it", (Decorate(cls.span, _DECORATOR),), safe=False),
                question=Question("class", cls.name),
            )


def _loaded(names: FileNames) -> Span | None:
    """Where a model is loaded without a word about classes."""
    if any(use.path.rpartition(".")[2] in _SCOPES for use in names.uses):
        return None
    loads = [
        use.call
        for use in names.uses
        if use.path.endswith(".load_model") and "keras" in use.path and use.call is not None
    ]
    if not loads or any(
        call.keyword("custom_objects") is not None or call.positional(1) is not None or call.spread
        for call in loads
    ):
        return None
    return loads[0].span


RULE = Rule(
    code="KER502",
    name="unregistered-class",
    level="info",
    confirm="object",
    fix="unsafe",
    summary="a class of your own without registration, in a file that loads models",
    check_file=check_file,
    default=False,
    invalid=(
        """\
import keras


class Double(keras.layers.Layer):  # expect: KER502
    def call(self, inputs):
        return inputs * 2.0


def restore(path):
    return keras.models.load_model(path)
""",
        """\
from keras import Model
from keras.layers import Dense
from keras.models import load_model


class Scorer(Model):  # expect: KER502
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


def restore(path):
    return load_model(path, compile=False)
""",
        """\
import tensorflow as tf


class Double(tf.keras.layers.Layer):  # expect: KER502
    def call(self, inputs):
        return inputs * 2.0


def restore():
    return tf.keras.models.load_model("model.keras")
""",
    ),
    fixed=(
        """\
import keras


@keras.utils.register_keras_serializable()
class Double(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


def restore(path):
    return keras.models.load_model(path)
""",
        """\
from keras import Model, utils
from keras.layers import Dense
from keras.models import load_model


@utils.register_keras_serializable()
class Scorer(Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


def restore(path):
    return load_model(path, compile=False)
""",
        """\
import tensorflow as tf


@tf.keras.utils.register_keras_serializable()
class Double(tf.keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


def restore():
    return tf.keras.models.load_model("model.keras")
""",
    ),
    valid=(
        """\
import keras


@keras.saving.register_keras_serializable()
class Double(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


def restore(path):
    return keras.models.load_model(path)


inputs = keras.Input((3,))
model = keras.Model(inputs, Double()(inputs))
""",
        """\
import keras


class Double(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


def restore(path):
    return keras.models.load_model(path, custom_objects={"Double": Double})


inputs = keras.Input((3,))
model = keras.Model(inputs, Double()(inputs))
""",
        """\
import keras


class Double(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


inputs = keras.Input((3,))
model = keras.Model(inputs, Double()(inputs))
""",
    ),
)
