"""A crossentropy on an output that is no probability of its kind.

What it does
    Finds ``categorical_crossentropy`` on a single unit, where it is always zero; categorical losses
    on sigmoid outputs; and any crossentropy on outputs of ReLU or tanh. A loss
    that a loop of the program's own calls on labels and what came out of a model is looked at too.

Why it matters
    The model trains and learns little or nothing: one unit scaled to sum to one is the constant 1;
    independent sigmoids are scaled against one another; ReLU and tanh leave the range in which a
    logarithm of a probability means something.

When it stays silent
    When loss, ``from_logits`` or the last layer is not known, and with ``from_logits=True``
    (KER302). Softmax with a binary loss trains towards the same predictions, so it is not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Claim, Fix, SetString
from keras_lint.model.training import Compiled
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import activation_of, display, holders, layer_span
from keras_lint.rules.training import Mistake, Output, compile_findings, shown

_CATEGORICAL = ("categoricalcrossentropy", "sparsecategoricalcrossentropy")
_ALL = (*_CATEGORICAL, "binarycrossentropy")


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each output and each ``compile``."""
    del options

    def mistake_of(graph: LayerGraph, compiled: Compiled, output: Output) -> Mistake | None:
        found = _mistake(output)
        if found is None:
            return None
        actual, expected, hint = found
        loss = "" if output.loss is None else shown(output.loss.given)
        message = f"{loss} does not go with {actual} of {display(output.layer)}"
        return Mistake(message, expected, actual, hint, _fix(graph, compiled, output))

    yield from compile_findings(rule, analysis, "loss", mistake_of)


def _fix(graph: LayerGraph, compiled: Compiled, output: Output) -> Fix | None:
    """Another activation for the last layer, or for one unit another loss."""
    assert output.loss is not None
    given = activation_of(output.layer.core)
    place = layer_span(output.layer)
    if output.width == 1 and output.loss.name == "categoricalcrossentropy":
        loss = compiled.arguments.get("loss")
        if given != "sigmoid" or not isinstance(loss, str):
            return None
        change = SetString(compiled.span, loss, "binary_crossentropy")
        return Fix("use binary_crossentropy", (change,), safe=False)
    needs = "sigmoid" if output.loss.name == "binarycrossentropy" else "softmax"
    if place is None or given is None or output.layer.core is not output.layer:
        return None
    if output.layer.cls == "ReLU" or (needs == "softmax" and output.width in (None, 1)):
        return None
    claim = Claim(layers=holders(graph, output.layer))
    return Fix(f'use "{needs}"', (SetString(place, given, needs),), safe=False, claim=claim)


def _mistake(output: Output) -> tuple[str, str, str] | None:
    """What the output is, what the loss needs, and what to do."""
    loss = output.loss
    if loss is None or loss.logits is not False or loss.name not in _ALL:
        return None
    given = activation_of(output.layer.core)
    width = output.type.shape[-1] if output.type.shape.dims else None
    binary = 'use activation="sigmoid" with binary_crossentropy'
    if loss.name == "categoricalcrossentropy" and width == 1:
        return "the single unit", "one unit for each class", f"{binary}, or one unit per class"
    if given in ("relu", "tanh"):
        needs = "sigmoid" if loss.name == "binarycrossentropy" else "softmax"
        return f"the {given} output", f"a {needs} output", f'use activation="{needs}"'
    if loss.name in _CATEGORICAL and given == "sigmoid" and isinstance(width, int) and width > 1:
        return (
            "the sigmoid output",
            "a softmax output",
            f'use activation="softmax"; for labels that do not exclude each other {binary}',
        )
    return None


def _program(layer: str, labels: str, loss: str, mark: str) -> str:
    return f"""\
import numpy as np
import keras

x, y = np.random.rand(16, 4), {labels}
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense({layer})])
model.compile(loss="{loss}"){mark}
model.fit(x, y, verbose=0)
"""


_MARK = "  # expect: KER301"
_CLASSES = "np.random.randint(0, 3, 16)"
_TWO = "np.random.randint(0, 2, (16, 1))"

RULE = Rule(
    code="KER301",
    name="loss-activation-mismatch",
    level="warning",
    confirm="graph",
    summary="a crossentropy on an output that is no probability of its kind",
    check_file=check,
    fix="unsafe",
    invalid=(
        _program('1, activation="sigmoid"', _TWO, "categorical_crossentropy", _MARK),
        _program('3, activation="sigmoid"', _CLASSES, "sparse_categorical_crossentropy", _MARK),
        _program('1, activation="relu"', _TWO, "binary_crossentropy", _MARK),
    ),
    fixed=(
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, (16, 1))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
model.fit(x, y, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 3, 16)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy")
model.fit(x, y, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, (16, 1))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
model.fit(x, y, verbose=0)
""",
    ),
    valid=(
        _program('1, activation="sigmoid"', _TWO, "binary_crossentropy", ""),
        _program('3, activation="softmax"', _CLASSES, "sparse_categorical_crossentropy", ""),
        _program('1, activation="relu"', "np.random.rand(16)", "mse", ""),
    ),
)
