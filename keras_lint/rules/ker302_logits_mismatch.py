"""A loss that takes the output for what it is not: logits or probabilities.

What it does
    Finds a crossentropy with ``from_logits=True`` on an output that went through softmax or
    sigmoid, and one with ``from_logits=False`` (the default, and what the strings mean) on a layer
    that has no activation at all. A loss that a loop of the program's own calls on labels
    and what came out of a model is looked at too.

Why it matters
    Both train, and badly: squashed twice, the loss cannot come near its minimum; taken for a
    probability, a bare number is clipped to 0..1 and has no gradient outside.

When it stays silent
    When loss, ``from_logits`` or the last layer is not known, when something stands between the
    layer and the output, and for activations other than these.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Claim, Fix, RemoveArgument, SetArgument
from keras_lint.model.training import Compiled
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import activation_of, display, holders, layer_span
from keras_lint.rules.training import Mistake, Output, compile_findings, shown

_BARE = frozenset(("Conv1D", "Conv2D", "Conv3D", "Dense"))
_PROBABILITIES = {
    "binarycrossentropy": "sigmoid",
    "categoricalcrossentropy": "softmax",
    "sparsecategoricalcrossentropy": "softmax",
}


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each output that its loss takes for something else."""
    del options
    yield from compile_findings(rule, analysis, "loss", _mistake)


def _mistake(graph: LayerGraph, compiled: Compiled, output: Output) -> Mistake | None:
    del compiled
    loss, core = output.loss, output.layer.core
    if loss is None or loss.logits is None or loss.name not in _PROBABILITIES:
        return None
    squash = _PROBABILITIES[loss.name]
    given = activation_of(core)
    bare = core.cls in _BARE and core.config.get("activation", None) in (None, "linear")
    if loss.logits and given in ("softmax", "sigmoid"):
        message = (
            f"the loss takes logits (from_logits=True), but {display(output.layer)} "
            f"gives probabilities by {given}"
        )
        hint = f"leave {given} out, or from_logits=True"
    elif not loss.logits and bare:
        message = (
            f"{shown(loss.given)} takes probabilities, but "
            f"{display(output.layer)} has no activation"
        )
        hint = f'use activation="{squash}", or a loss object with from_logits=True'
    else:
        return None
    expected = "logits" if loss.logits else "probabilities"
    fix = _fix(graph, output, squash)
    return Mistake(message, expected, given or "no activation", hint, fix)


def _fix(graph: LayerGraph, output: Output, squash: str) -> Fix | None:
    """Probabilities for the loss; from_logits goes, or the last layer gets its activation."""
    assert output.loss is not None
    if output.loss.logits:
        made = output.loss.span
        if made is None or activation_of(output.layer.core) != squash:
            return None
        change = RemoveArgument(made, "from_logits")
        return Fix("leave from_logits out", (change,), safe=False)
    place = layer_span(output.layer)
    if place is None or output.layer.core is not output.layer:
        return None
    if output.width is None or (squash == "softmax" and output.width == 1):
        return None
    claim = Claim(layers=holders(graph, output.layer))
    change_layer = SetArgument(place, "activation", f'"{squash}"')
    return Fix(f'add activation="{squash}"', (change_layer,), safe=False, claim=claim)


def _program(layer: str, loss: str, mark: str) -> str:
    return f"""\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, 16)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense({layer})])
model.compile(loss={loss}){mark}
model.fit(x, y, verbose=0)
"""


_MARK = "  # expect: KER302"
_SPARSE = "keras.losses.SparseCategoricalCrossentropy"

RULE = Rule(
    code="KER302",
    name="logits-mismatch",
    level="warning",
    confirm="graph",
    summary="from_logits=True after softmax or sigmoid, or logits taken for probabilities",
    check_file=check,
    fix="unsafe",
    invalid=(
        _program('3, activation="softmax"', f"{_SPARSE}(from_logits=True)", _MARK),
        _program("3", '"sparse_categorical_crossentropy"', _MARK),
        _program(
            '1, activation="sigmoid"', "keras.losses.BinaryCrossentropy(from_logits=True)", _MARK
        ),
        _program("1", "keras.losses.BinaryCrossentropy()", _MARK),
    ),
    fixed=(
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, 16)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy())
model.fit(x, y, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, 16)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy")
model.fit(x, y, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, 16)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss=keras.losses.BinaryCrossentropy())
model.fit(x, y, verbose=0)
""",
        """\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.randint(0, 2, 16)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss=keras.losses.BinaryCrossentropy())
model.fit(x, y, verbose=0)
""",
    ),
    valid=(
        _program('3, activation="softmax"', f"{_SPARSE}()", ""),
        _program("3", f"{_SPARSE}(from_logits=True)", ""),
        _program('1, activation="sigmoid"', '"binary_crossentropy"', ""),
        _program("1", '"mse"', ""),
    ),
)
