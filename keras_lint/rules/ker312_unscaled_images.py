"""Images with numbers from 0 to 255 go into the first layer with weights as they are.

What it does
    Finds models that are trained on arrays of pixels from 0 to 255, such as those of
    ``keras.datasets``, and in which nothing but changes of shape stands between the input and the
    first convolution, recurrent or ``Dense`` layer.

Why it matters
    Weights are initialised for numbers around 1. With numbers a hundred times greater, units
    saturate, the first steps are far too long, and training is slower or gets stuck.

When it stays silent
    When the range of the numbers is not known, or anything may scale them: ``Rescaling``,
    ``Normalization`` of any kind, operations, a nested model, a layer of one's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.data import ArraySpec
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import call_span, display
from keras_lint.rules.training import fed, first_users, step_finding, steps

_WHITE = 255
_SMALLEST_RANK = 2
_PASSED = frozenset(
    (
        "CenterCrop",
        "Cropping2D",
        "Dropout",
        "Flatten",
        "Permute",
        "RandomCrop",
        "RandomFlip",
        "RandomRotation",
        "RandomTranslation",
        "RandomZoom",
        "Reshape",
        "Resizing",
        "ZeroPadding2D",
    )
)
"""Layers behind which the numbers are from 0 to 255 as before."""
_WEIGHTED = frozenset(
    (
        "Bidirectional",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "Dense",
        "DepthwiseConv2D",
        "GRU",
        "LSTM",
        "SeparableConv2D",
        "SimpleRNN",
    )
)


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each model that is trained on such images, at the first training call."""
    del options
    seen = set()
    for index, step, graph in steps(analysis):
        if not step.trains or step.problem is not None or step.graph in seen:
            continue
        for call, array in fed(graph, step):
            users = first_users(graph, call, _PASSED)
            plain = all(graph.layer_of(user).cls in _WEIGHTED for user in users)
            if not users or not plain or not _of_pixels(array):
                continue
            seen.add(step.graph)
            first = graph.layer_of(users[0])
            place = call_span(graph, users[0])
            yield step_finding(
                rule,
                analysis,
                index,
                f"{display(first)} gets pixels from 0 to 255 as they are",
                span=step.spans.get("x", step.span),
                call=users[0],
                expected="numbers around 0 to 1",
                actual="0 to 255",
                hint="divide them by 255, or begin the model with keras.layers.Rescaling(1 / 255)",
                related=() if place is None else (Related(place, "the first weights"),),
            )


def _of_pixels(array: ArraySpec) -> bool:
    """Whether an array surely reaches from 0 to 255, sample by sample a picture."""
    numbers, rank = array.numbers, array.shape.rank
    if not numbers.attained or not numbers.whole or rank is None or rank < _SMALLEST_RANK:
        return False
    return numbers.low == 0 and numbers.high == _WHITE


def _program(before: str, layers: str, mark: str = "", name: str = "mnist") -> str:
    load = f"(x, y), _ = keras.datasets.{name}.load_data()"
    return f"""\
import keras
from keras import layers


def train(epochs):
    {load}
    {before}
    model = keras.Sequential([{layers}, layers.Dense(10, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    model.fit(x, y, epochs=epochs){mark}
    return model
"""


_MARK = "  # expect: KER312"
_IMAGE = "keras.Input((28, 28))"
_CONV = 'keras.Input((32, 32, 3)), layers.Conv2D(8, 3, activation="relu"), layers.Flatten()'

RULE = Rule(
    code="KER312",
    name="unscaled-images",
    level="info",
    confirm="graph",
    summary="images with numbers from 0 to 255 reach the first weights as they are",
    check_file=check,
    invalid=(
        _program('x = x.astype("float32")', f"{_IMAGE}, layers.Flatten()", _MARK),
        _program("x = x.reshape(-1, 784)", "keras.Input((784,))", _MARK),
        _program("y = y.flatten()", _CONV, _MARK, "cifar10"),
    ),
    valid=(
        _program("x = x / 255.0", f"{_IMAGE}, layers.Flatten()"),
        _program("y = y.copy()", f"{_IMAGE}, layers.Rescaling(1 / 255), layers.Flatten()"),
        _program("y = y.copy()", f"{_IMAGE}, layers.LayerNormalization(), layers.Flatten()"),
    ),
)
