"""Labels that the loss, or a metric, cannot compare with the output.

What it does
    Finds labels of a shape that the loss does not take for the output of the model: class numbers
    with ``categorical_crossentropy``, one-hot labels with ``sparse_categorical_crossentropy``, more
    or fewer columns than units; and class numbers beyond the number of units. Where the loss takes
    them the metrics are looked at: ``sparse_categorical_accuracy`` with one-hot labels, ``AUC``
    with class numbers. The labels of validation data are looked at too, and losses and metrics that
    a loop of the program's own calls on labels and what came out of a model.

Why it matters
    Keras raises at the first step. There are always two ways out: other labels or another loss,
    other labels or another number of units. Class numbers beyond the units raise on the CPU; on a
    GPU the loss becomes NaN.

When it stays silent
    When the shape of labels or output, the loss, or the range of the class numbers is not known.
    An axis of length 1 at the end is no mistake: Keras adds or removes it. Losses that stretch
    smaller labels as NumPy does take them, whether meant or not; in Keras 2 these are more. Of
    metrics nothing is said in Keras 2, nor of those whose arguments change what they take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.keras_api.losses import fit_together, loss_family, loss_name
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Fix, SetString
from keras_lint.model.training import Step
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import display
from keras_lint.rules.metrics import better_metrics, mistaken, refused
from keras_lint.rules.training import (
    Mistake,
    Output,
    compared,
    held_out,
    shown,
    sound,
    step_finding,
    steps,
)

_OTHER = {
    "categorical_crossentropy": "sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy": "categorical_crossentropy",
}


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each output whose labels its loss refuses, else for those of validation."""
    target = options.keras()
    older = analysis.older or "keras2" in (target.keras, target.tensorflow)
    for index, step, graph in steps(analysis):
        if not sound(step) or step.compiled is None:
            continue
        found = list(_mistakes(rule, analysis, index, step, graph, older=older))
        held = held_out(step)
        if not found and held is not None:
            found += _mistakes(rule, analysis, index, held, graph, older=older, on_validation=True)
        yield from found


def _mistakes(
    rule: Rule,
    analysis: FileAnalysis,
    index: int,
    step: Step,
    graph: LayerGraph,
    *,
    older: bool,
    on_validation: bool = False,
) -> Iterator[Finding]:
    for output in compared(graph, step):
        labels, dims = output.labels, output.type.shape.dims
        if labels is None or labels.shape.dims is None or not dims:
            continue
        found = _with_loss(step, output, older=older)
        if found is None and not older:
            found = _with_metric(step, output)
        if found is None:
            continue
        yield step_finding(
            rule,
            analysis,
            index,
            f"{'validation labels' if on_validation else 'labels'} {found.message}",
            span=step.spans.get("validation_data" if on_validation else "y", step.span),
            call=output.call,
            expected=found.expected,
            actual=found.actual,
            hint=found.hint,
            related=(found.place,),
            on_validation=on_validation,
            fix=None if on_validation else found.fix,
        )


@dataclass(frozen=True)
class _Refused(Mistake):
    """What Keras refuses, and where the loss or metric stands that it refuses it for."""

    place: Related = field(kw_only=True)


def _with_loss(step: Step, output: Output, *, older: bool) -> _Refused | None:
    assert step.compiled is not None
    assert output.labels is not None
    shape, dims = output.labels.shape, output.type.shape.dims
    if output.loss is None or output.loss.family is None or shape.dims is None or dims is None:
        return None
    fits = fit_together(output.loss.family, shape.dims, dims, output.batch, older=older)
    range_ = None if fits is False else _range(output)
    place = Related(step.compiled.spans.get("loss", step.compiled.span), "the loss")
    if range_ is not None:
        last, reached = f"class 0 to {_last(output)}", f"class {range_}"
        message = f"reach {range_}, but {display(output.layer)} has {dims[-1]} units for {last}"
        return _Refused(message, last, reached, _hint(output, range_), place=place)
    if fits is not False:
        return None
    loss = shown(output.loss.given)
    message = (
        f"of shape {shape} do not fit the output {output.type.shape} "
        f"of {display(output.layer)} with {loss}"
    )
    hint, fix = _hint(output, None), _fix(step, output)
    return _Refused(message, _expected(output), str(shape), hint, fix, place=place)


def _with_metric(step: Step, output: Output) -> _Refused | None:
    """The first metric that Keras refuses, where it takes the loss."""
    assert step.compiled is not None
    assert output.labels is not None
    metric = next((one for one in output.metrics if refused(output, one)), None)
    if metric is None:
        return None
    name, shape = shown(metric), output.labels.shape
    found = [mistaken(output, one) if refused(output, one) else None for one in output.metrics]
    better = next((one[1] for one in found if one is not None and one[1]), "")
    message = (
        f"of shape {shape} do not fit the output {output.type.shape} "
        f"of {display(output.layer)} with the metric {name}"
    )
    return _Refused(
        message,
        "" if output.loss is None else f"a metric for {output.loss.name}",
        name,
        f'use "{better}"' if better else "leave the metric out, or take one for such labels",
        better_metrics(step.compiled, output, found),
        place=Related(step.compiled.spans.get("metrics", step.compiled.span), "the metric"),
    )


def _fix(step: Step, output: Output) -> Fix | None:
    """The other of the two categorical losses, if that takes the labels."""
    assert step.compiled is not None
    assert output.labels is not None
    loss = step.compiled.arguments.get("loss")
    other = _OTHER.get(loss) if isinstance(loss, str) else None
    labels, outputs = output.labels.shape.dims, output.type.shape.dims
    if other is None or labels is None or outputs is None:
        return None
    family = loss_family(loss_name(other))
    if family is None or fit_together(family, labels, outputs, output.batch) is not True:
        return None
    numbers = output.labels.numbers
    too_high = numbers.high is not None and numbers.high >= (output.width or 0)
    if family == "sparse" and numbers.attained and too_high:
        return None
    assert isinstance(loss, str)
    return Fix(f"use {other}", (SetString(step.compiled.span, loss, other),), safe=False)


def _range(output: Output) -> int | None:
    """A class number that is surely among the labels and has no unit."""
    width = output.type.shape[-1]
    numbers = output.labels.numbers if output.labels is not None else None
    assert output.loss is not None
    if output.loss.family != "sparse" or "ignore_class" in output.loss.arguments:
        return None
    if numbers is None or not isinstance(width, int) or not output.loss.complete:
        return None
    if not numbers.attained or numbers.high is None:
        return None
    return int(numbers.high) if numbers.high >= width else None


def _last(output: Output) -> object:
    width = output.type.shape[-1]
    return width - 1 if isinstance(width, int) else "?"


def _expected(output: Output) -> str:
    assert output.loss is not None
    shape = output.type.shape
    if output.loss.family == "sparse" and shape.dims:
        return f"class numbers of shape {type(shape)(shape.dims[:-1])}"
    return f"labels of shape {shape}"


def _hint(output: Output, range_: int | None) -> str:
    assert output.labels is not None
    assert output.loss is not None
    labels, outputs = output.labels.shape.dims or (), output.type.shape.dims or ()
    if range_ is not None:
        return f"use {range_ + 1} units, or let the class numbers start at 0"
    family = output.loss.family
    numbers = len(labels) < len(outputs) or labels[-1:] == (1,)
    if family == "categorical" and numbers:
        return (
            "for class numbers use sparse_categorical_crossentropy, "
            "or make one-hot labels with keras.utils.to_categorical"
        )
    if family == "sparse" and len(labels) == len(outputs):
        return (
            "for one-hot labels use categorical_crossentropy, "
            "or give class numbers, such as np.argmax(labels, axis=-1)"
        )
    width = labels[-1] if len(labels) > 1 else 1
    if len(labels) < len(outputs) and len(outputs) > 2:
        return (
            "let the layers give one prediction per sample (pooling, Flatten, or "
            "return_sequences=False), or give labels for each step"
        )
    return f"use {width} units in the last layer, or labels with {outputs[-1]} columns"


RULE = Rule(
    code="KER303",
    name="label-mismatch",
    level="error",
    confirm="raise",
    summary="labels that the loss, or a metric, cannot compare with the output",
    check_file=check,
    fix="unsafe",
    invalid=(
        """\
import numpy as np
import keras

x, y = np.random.rand(64, 8), np.eye(3)[np.random.randint(0, 3, 64)]
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
model.fit(x, y, verbose=0)  # expect: KER303
""",
        """\
import tensorflow as tf
import keras

x, y = tf.zeros((64, 8)), tf.zeros((64, 3))
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)])
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for x_batch, y_batch in tf.data.Dataset.from_tensor_slices((x, y)).batch(16):
    with tf.GradientTape() as tape:
        loss = loss_fn(y_batch, model(x_batch, training=True))  # expect: KER303
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(64, 8), np.random.randint(0, 10, 64)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(10, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer="adam")
model.fit(x, y, verbose=0)  # expect: KER303
""",
        """\
import numpy as np
from tensorflow import keras

x = np.random.rand(64, 8)
y = keras.utils.to_categorical(np.random.randint(0, 3, 64), num_classes=3)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3, activation="softmax")])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer="adam")
model.fit(x, y, verbose=0)  # expect: KER303
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(64, 8), np.eye(4)[np.arange(64) % 4]
inputs = keras.Input((8,))
outputs = keras.layers.Dense(5, activation="softmax")(inputs)
model = keras.Model(inputs, outputs)
model.compile(loss="categorical_crossentropy", optimizer="adam")
model.fit(x, y, verbose=0)  # expect: KER303
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(40, 12, 6), np.zeros((40, 1))
model = keras.Sequential([
    keras.Input((12, 6)),
    keras.layers.LSTM(4, return_sequences=True),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam")
model.fit(x, y, verbose=0)  # expect: KER303
""",
    ),
    fixed=(
        """\
import numpy as np
import keras

x, y = np.random.rand(64, 8), np.eye(3)[np.random.randint(0, 3, 64)]
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy", metrics=["categorical_accuracy"])
model.fit(x, y, verbose=0)
""",
        "",
        """\
import numpy as np
import keras

x, y = np.random.rand(64, 8), np.random.randint(0, 10, 64)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(10, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y, verbose=0)
""",
        "",
        "",
        "",
    ),
    valid=(
        """\
import numpy as np
import keras

x, y = np.random.rand(64, 8), np.random.randint(0, 10, (64, 1))
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(10, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(64, 8), np.random.rand(64)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(x, y, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(40, 12, 6), np.random.randint(0, 2, (40, 12))
model = keras.Sequential([
    keras.Input((12, 6)),
    keras.layers.LSTM(4, return_sequences=True),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam")
model.fit(x, y, verbose=0)
""",
    ),
)
