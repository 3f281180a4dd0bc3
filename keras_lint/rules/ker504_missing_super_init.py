"""The ``__init__`` of a layer or model class does not call that of Keras.

What it does
    Finds subclasses of Layer and Model with an ``__init__`` that never calls
    ``super().__init__()``, where an object of the class is called.

Why it matters
    A layer without the state that ``Layer.__init__`` sets up cannot be called: Keras raises
    *you forgot to call super().__init__()*.

When it stays silent
    When ``self`` is handed to a function that may do it. Attributes that are set before
    ``super().__init__()`` are no mistake in Keras 3.15: it tracks layers among them as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import CallSuper, Claim, Fix
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import call_span


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each such class, at its ``__init__``."""
    del options
    inits = {cls.name: cls.init for cls in analysis.own.classes}
    for index, graph in enumerate(analysis.graphs):
        for call in graph.problems():
            problem = call.problem
            init = None if problem is None else inits.get(problem.layer)
            if problem is None or problem.kind != "init" or init is None:
                continue
            place = call_span(graph, call)
            yield replace(
                rule.finding(
                    graph,
                    init.span,
                    f"__init__ of {problem.layer} does not call super().__init__(): its objects "
                    "cannot be called",
                    call=call,
                    expected=problem.expected,
                    actual=problem.actual,
                    hint="make super().__init__(**kwargs) its first statement",
                    fix=Fix(
                        "call super().__init__",
                        (CallSuper(init.span),),
                        claim=Claim(layers=frozenset({graph.layer_of(call).name})),
                    ),
                    related=(Related(place, "Keras refuses this call"),) if place else (),
                ),
                graph=index,
            )


RULE = Rule(
    code="KER504",
    name="missing-super-init",
    level="error",
    confirm="raise",
    fix="safe",
    summary="the __init__ of a layer or model class does not call super().__init__()",
    check_file=check_file,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers


class Scale(layers.Layer):
    def __init__(self, factor):  # expect: KER504
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


inputs = keras.Input((4,))
model = keras.Model(inputs, Scale(2.0)(inputs))
""",
        """\
import tensorflow as tf


class Scorer(tf.keras.Model):
    def __init__(self):  # expect: KER504
        self.dense = tf.keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


inputs = tf.keras.Input((4,))
scorer = Scorer()
model = tf.keras.Model(inputs, scorer(inputs))
""",
        """\
from keras import Input, Model
from keras.layers import Dense, Layer


class Residual(Layer):
    def __init__(self, units, **kwargs):  # expect: KER504
        self.dense = Dense(units)

    def call(self, inputs):
        return inputs + self.dense(inputs)


inputs = Input((4,))
model = Model(inputs, Residual(4)(inputs))
""",
    ),
    fixed=(
        """\
import keras
from keras import layers


class Scale(layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


inputs = keras.Input((4,))
model = keras.Model(inputs, Scale(2.0)(inputs))
""",
        """\
import tensorflow as tf


class Scorer(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


inputs = tf.keras.Input((4,))
scorer = Scorer()
model = tf.keras.Model(inputs, scorer(inputs))
""",
        """\
from keras import Input, Model
from keras.layers import Dense, Layer


class Residual(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = Dense(units)

    def call(self, inputs):
        return inputs + self.dense(inputs)


inputs = Input((4,))
model = Model(inputs, Residual(4)(inputs))
""",
    ),
    valid=(
        """\
import keras
from keras import layers


class Scale(layers.Layer):
    def __init__(self, factor, **kwargs):
        self.factor = factor
        super().__init__(**kwargs)

    def call(self, inputs):
        return inputs * self.factor


inputs = keras.Input((4,))
model = keras.Model(inputs, Scale(2.0)(inputs))
""",
        """\
import keras
from keras import layers


class Scale(layers.Layer):
    def __init__(self, factor):
        super(Scale, self).__init__()
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


inputs = keras.Input((4,))
model = keras.Model(inputs, Scale(2.0)(inputs))
""",
        """\
import keras
from keras import layers


class Base(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)


class Residual(Base):
    def __init__(self, units):
        super().__init__(units)

    def call(self, inputs):
        return inputs + self.dense(inputs)


inputs = keras.Input((4,))
model = keras.Model(inputs, Residual(4)(inputs))
""",
    ),
)
