"""Losses, metrics or labels that do not go with the outputs of the model.

What it does
    Finds models of several outputs with more losses than outputs, with losses or metrics under
    names that are none of the outputs', with a flat list of metrics of another length, and labels
    for another number of outputs than the model has; and a loss without any labels, and ``fit`` or
    ``evaluate`` where nothing gives a loss.

Why it matters
    Keras raises at the first step, as it cannot tell what to compare with what.

When it stays silent
    When outputs, losses or labels are not known one by one, and where names are of Keras's making.
    A shorter list of losses, a single loss for all outputs, and a list of losses for one output
    are taken by Keras 3. For Keras 2, which takes more. Where a layer may add a loss of its own
    (``add_loss``, a regularizer) none need be given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.data import ArraySpec
from keras_lint.model.findings import Finding
from keras_lint.model.training import Step
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import (
    Mistake,
    loss_of,
    output_names,
    outputs_of,
    shown,
    sound,
    step_finding,
    steps,
)


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """At most one finding for each training call."""
    target = options.keras()
    if analysis.older or "keras2" in (target.keras, target.tensorflow):
        return  # it pairs losses and metrics with outputs in other ways
    for index, step, graph in steps(analysis):
        refs = outputs_of(graph)
        if not sound(step) or step.compares or step.compiled is None or refs is None:
            continue
        found = next(_mistakes(step, graph, len(refs)), None)
        if found is not None:
            argument, mistake = found
            compiled = argument in ("loss", "metrics")
            spans = step.compiled.spans if compiled else step.spans
            yield step_finding(
                rule,
                analysis,
                index,
                mistake.message,
                span=spans.get(argument, step.span),
                expected=mistake.expected,
                actual=mistake.actual,
                hint=mistake.hint,
            )


def _mistakes(step: Step, graph: LayerGraph, count: int) -> Iterator[tuple[str, Mistake]]:
    """Each mistake with the argument in which it is."""
    for argument, expected, actual, hint in _miscounted(step, graph, count):
        message = f"the model has {_count(count, 'output')}, but {argument} holds {actual}"
        yield argument, Mistake(message, expected, actual, hint)
    assert step.compiled is not None
    given, data = step.compiled.arguments.get("loss"), step.data
    if given is None and step.compiled.complete and not _may_add_losses(graph):
        message = f"{step.method}() has no loss to compute: compile() was given none"
        yield "", Mistake(message, "a loss", "none", "give compile() a loss")
    loss = loss_of(given)
    if data is None or not step.complete or loss is None or loss.family is None or count > 1:
        return
    if "target_tensors" in step.compiled.arguments or not step.compiled.complete:
        return  # compile of early Keras took the labels, or may have
    known = isinstance(data.x, ArraySpec) and not data.x.lost and not data.lost
    if known and data.kind != "unknown" and data.y is None:
        hint = "give the labels; those of an autoencoder are its inputs"
        message = f"{step.method}() gets no labels, but the loss is {shown(given)}"
        yield "x", Mistake(message, "labels", "none", hint)


def _may_add_losses(graph: LayerGraph) -> bool:
    """Whether there may be a loss beside that of ``compile``: regularizers, ``add_loss``."""
    pending = list(graph.layers.values())
    while pending:
        layer = pending.pop()
        pending += layer.wrapped
        if layer.model is not None:
            pending += layer.model.layers.values()
        of_keras = layer.module.startswith("keras")
        terms = [value for name, value in layer.config.items() if name.endswith("_regularizer")]
        if not of_keras or layer.cls in _WITH_LOSSES or any(term is not None for term in terms):
            return True
    return not graph.followed


_WITH_LOSSES = ("ActivityRegularization", "Lambda")


def _miscounted(step: Step, graph: LayerGraph, count: int) -> Iterator[tuple[str, str, str, str]]:
    """Argument, what is needed, what is there, and what to do."""
    assert step.compiled is not None
    names = output_names(graph)
    if count > 1:
        loss = step.compiled.arguments.get("loss")
        if isinstance(loss, tuple) and len(loss) > count:
            expected = _count(count, "loss")
            yield "loss", expected, _count(len(loss), "loss"), f"give {expected}, in order"
        if isinstance(loss, Mapping) and names is not None and set(loss) != set(names):
            yield (
                "loss",
                f"the names {', '.join(names)}",
                f"the names {', '.join(loss)}",
                "give one loss for each output under its layer's name",
            )
        metrics = step.compiled.arguments.get("metrics")
        flat = isinstance(metrics, tuple) and all(isinstance(item, str) for item in metrics)
        if isinstance(metrics, tuple) and metrics and flat and len(metrics) != count:
            yield (
                "metrics",
                f"{count} lists",
                _count(len(metrics), "metric"),
                "give one list of metrics for each output, or a dict by the outputs' names",
            )
    data = step.data
    if data is None or data.y is None or not step.trains:
        return
    labels = 1 if isinstance(data.y, ArraySpec) else len(data.y)
    single = isinstance(data.y, ArraySpec)
    if isinstance(data.y, ArraySpec) and (data.y.lost or data.y.shape.dims is None):
        return
    if labels != count and not isinstance(data.y, dict):
        expected = f"labels for {_count(count, 'output')}"
        loss = step.compiled.arguments.get("loss")
        if loss is not None and not (isinstance(loss, (tuple, Mapping)) and count > 1 and single):
            yield "y", expected, f"labels for {labels}", f"give {expected}, in order or by name"


def _count(number: int, what: str) -> str:
    plural = {"loss": "losses"}.get(what, what + "s")
    return f"{number} {what if number == 1 else plural}"


_TWO = """\
import numpy as np
import keras

inputs = keras.Input((4,))
price = keras.layers.Dense(1, name="price")(inputs)
kind = keras.layers.Dense(3, activation="softmax", name="kind")(inputs)
model = keras.Model(inputs, [price, kind])
x, prices, kinds = np.zeros((16, 4)), np.zeros((16, 1)), np.zeros((16, 3))
"""

RULE = Rule(
    code="KER305",
    name="output-count-mismatch",
    level="error",
    confirm="raise",
    summary="losses, metrics or labels that do not go with the outputs",
    check_file=check,
    invalid=(
        """\
import numpy as np
import keras

x = np.random.rand(16, 8)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2), keras.layers.Dense(8)])
model.compile(loss="mse")
model.fit(x, epochs=3, verbose=0)  # expect: KER305
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 8), np.random.rand(16, 1)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
model.compile(optimizer="adam")
model.fit(x, y, verbose=0)  # expect: KER305
""",
        _TWO
        + """\
model.compile(loss={"price": "mse", "sort": "categorical_crossentropy"})  # expect: KER305
model.fit(x, {"price": prices, "kind": kinds}, verbose=0)
""",
        _TWO
        + """\
model.compile(loss=["mse", "categorical_crossentropy"], metrics=["mae"])  # expect: KER305
model.fit(x, [prices, kinds], verbose=0)
""",
        _TWO
        + """\
model.compile(loss=["mse", "categorical_crossentropy"])
model.fit(x, [prices, kinds, prices], verbose=0)  # expect: KER305
""",
        """\
import numpy as np
import keras

x, y = np.zeros((16, 4)), np.zeros((16, 1))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(x, [y, y], verbose=0)  # expect: KER305
""",
    ),
    valid=(
        """\
import numpy as np
import keras


class Sparse(keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(keras.ops.mean(keras.ops.abs(inputs)))
        return inputs


x = np.random.rand(16, 8)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2), Sparse()])
model.compile(optimizer="adam")
model.fit(x, verbose=0)
""",
        """\
import numpy as np
import keras

x = np.random.rand(16, 8)
model = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(2, kernel_regularizer=keras.regularizers.L2(0.1)),
])
model.compile(optimizer="adam")
model.fit(x, verbose=0)
""",
        _TWO
        + """\
model.compile(loss=["mse", "categorical_crossentropy"], metrics=[["mae"], ["accuracy"]])
model.fit(x, [prices, kinds], verbose=0)
""",
        _TWO
        + """\
model.compile(loss={"price": "mse", "kind": "categorical_crossentropy"})
model.fit(x, {"price": prices, "kind": kinds}, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.zeros((16, 4)), np.zeros((16, 1))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss=["mse"], metrics=["mae", "mape"])
model.fit(x, y, verbose=0)
""",
    ),
)
