"""A layer or model of your own is called with other arguments than its ``call`` takes.

What it does
    Finds calls of your own layers and models with too many or too few arguments, or with a keyword
    that ``call`` does not have. And a ``call`` that reads ``training`` or ``mask`` without naming
    it as a parameter: as a name that nothing defines, or ``training`` out of its ``**kwargs``.

Why it matters
    ``layer(a, b)`` hands ``a`` and ``b`` to ``call``, which must take them. Keras 3 hands
    ``training`` to a ``call`` that names it and to no other: in ``**kwargs``, where Keras 2 put it,
    it never is, and the layer behaves as if it were never trained.

When it stays silent
    For a call with ``training``, which Keras takes from every call. For a ``call`` with ``*args``
    or ``**kwargs``, and for arguments that are not known. For names that anything in the file
    defines, for ``mask`` out of ``**kwargs``, where it may be, and where the file itself passes
    ``training`` to a method ``call``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding, Question
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import refusals


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each such call, and for each name that a ``call`` lacks."""
    for index, graph in enumerate(analysis.graphs):
        for finding in _calls(rule, graph):
            yield replace(finding, graph=index)
    target = options.keras()
    older = "keras2" in (target.keras, target.tensorflow)
    for cls in analysis.own.classes:
        for place in cls.undeclared:
            name, unbound = place.attribute, place.what == "unbound"
            if older and not unbound:
                continue
            yield rule.file_finding(
                place.span,
                f"call of {cls.name} reads '{name}', which "
                + ("nothing defines" if unbound else "Keras does not hand on by **"),
                expected=f"a parameter '{name}' of call",
                actual=f"call does not name '{name}'",
                hint=f"write def call(self, inputs, ..., {name}=None)",
                question=Question("unbound" if unbound else "handed", cls.name, (name,)),
            )


def _calls(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each call with other arguments."""
    for problem, call, span in refusals(graph, "signature"):
        yield rule.finding(
            graph,
            span,
            f"call of {problem.layer} takes {problem.expected}, but gets {problem.actual}",
            call=call,
            expected=problem.expected,
            actual=problem.actual,
            hint=problem.hint,
        )


RULE = Rule(
    code="KER507",
    name="call-signature",
    level="warning",
    confirm="raise",
    summary="a layer of your own is called with arguments that its call does not take",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers


class Gate(layers.Layer):
    def call(self, inputs):
        return inputs[0] * inputs[1]


a, b = keras.Input((4,)), keras.Input((4,))
model = keras.Model([a, b], Gate()(a, b))  # expect: KER507
""",
        """\
import keras


class Attend(keras.layers.Layer):
    def call(self, query, value):
        return query * value


inputs = keras.Input((4,))
model = keras.Model(inputs, Attend()(inputs))  # expect: KER507
""",
        """\
import tensorflow as tf


class Encoder(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(4)

    def call(self, inputs):
        return self.dense(inputs)


encoder = Encoder()
codes = encoder(tf.keras.Input((4,)), temperature=0.5)  # expect: KER507
""",
        """\
import keras
from keras import layers


class Noisy(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dropout = layers.Dropout(0.5)

    def call(self, inputs):
        return self.dropout(inputs, training=training)  # expect: KER507


inputs = keras.Input((4,))
model = keras.Model(inputs, Noisy()(inputs))
""",
    ),
    valid=(
        """\
import keras
from keras import layers, ops


class Scaled(layers.Layer):
    def call(self, inputs, mask=None, **kwargs):
        more = kwargs.get("scale", 1.0)
        return inputs * more if mask is None else inputs * ops.cast(mask, "float32")[..., None]


inputs = keras.Input((4, 3))
model = keras.Model(inputs, Scaled()(inputs, scale=2.0))
""",
        """\
import keras
from keras import layers


class Gate(layers.Layer):
    def call(self, inputs):
        return inputs[0] * inputs[1]


a, b = keras.Input((4,)), keras.Input((4,))
model = keras.Model([a, b], Gate()([a, b], training=True))
""",
        """\
import keras


class Attend(keras.layers.Layer):
    def call(self, query, value=None, *, scale=1.0):
        return query * scale if value is None else query * value


inputs = keras.Input((4,))
model = keras.Model(inputs, Attend()(Attend()(inputs, inputs), scale=2.0))
""",
        """\
import keras


class Named(keras.layers.Layer):
    def call(self, left, right):
        return left + right


inputs = keras.Input((4,))
model = keras.Model(inputs, Named()(right=inputs, left=inputs))
""",
    ),
)
