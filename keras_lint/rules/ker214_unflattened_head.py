"""One label for each sample, but an output that still has steps or positions.

What it does
    Finds training with one label per sample on a model that gives one prediction for each step or
    pixel, because nothing flattened or pooled them, with a loss that does not mind: it stretches
    the label over all positions.

Why it matters
    The model trains, every position is pulled towards the label of its sample, or worse, of the
    sample whose number is that of the position; ``predict`` gives a map where a number was
    expected. Where Keras refuses the labels, KER303 tells it.

When it stays silent
    When the shape of labels or output, or the loss, is not known, and when all positions but one
    axis have length 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.losses import fit_together
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import display
from keras_lint.rules.training import Output, compared, shown, sound, step_finding, steps


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each output that was not flattened before it meets the labels."""
    del options
    for index, step, graph in steps(analysis):
        if not sound(step) or step.compiled is None:
            continue
        for output in compared(graph, step):
            if output.labels is None or output.loss is None:
                continue
            if not _unflattened(output, output.batch):
                continue
            place = step.compiled.spans.get("loss", step.compiled.span)
            loss = shown(output.loss.given)
            yield step_finding(
                rule,
                analysis,
                index,
                f"{display(output.layer)} gives {output.type.shape}, but there is one label per "
                f"sample, {output.labels.shape}, and {loss} stretches it over all positions",
                span=step.spans.get("y", step.span),
                call=output.call,
                expected=str(output.labels.shape),
                actual=str(output.type.shape),
                hint="put Flatten or global pooling before the head, or let the last recurrent "
                "layer return only its last output",
                related=(Related(place, "the loss"),),
            )


def _unflattened(output: Output, batch: int | None) -> bool:
    """Whether one label per sample meets several positions per sample, and Keras takes it."""
    if output.labels is None or output.loss is None or output.loss.family != "stretching":
        return False
    labels, dims = output.labels.shape.dims, output.type.shape.dims
    if labels is None or dims is None or len(dims) < 3:
        return False
    if len(labels) > 2 or (len(labels) == 2 and labels[1] != 1):
        return False
    if not all(isinstance(dim, int) and dim > 1 for dim in dims[1:-1]):
        return False
    return fit_together("stretching", labels, dims, batch) is not False


def _program(body: str, shape: str, labels: str, mark: str) -> str:
    return f"""\
import numpy as np
import keras
from keras import layers

x, y = np.random.rand{shape}, np.random.rand{labels}
model = keras.Sequential([{body}])
model.compile(loss="mse")
model.fit(x, y, verbose=0){mark}
"""


_SEQUENCE = "keras.Input((10, 4)), layers.LSTM(8, return_sequences=True), layers.Dense(1)"
_LAST = "keras.Input((10, 4)), layers.LSTM(8), layers.Dense(1)"
_PLAIN = "keras.Input((10, 4)), layers.Dense(1)"
_CONVOLVED = "keras.Input((10, 4)), layers.Conv1D(8, 3), layers.Dense(1)"
_POOLED = "keras.Input((10, 4)), layers.Conv1D(8, 3), layers.Flatten(), layers.Dense(1)"
_WHOLE = "keras.Input((10, 4)), layers.Conv1D(1, 10)"
_MARK = "  # expect: KER214"

RULE = Rule(
    code="KER214",
    name="unflattened-head",
    level="warning",
    confirm="graph",
    summary="one label per sample on an output that still has steps or positions",
    check_file=check,
    public=(0, 0),
    invalid=(
        _program(_SEQUENCE, "(16, 10, 4)", "(16, 1)", _MARK),
        _program(_PLAIN, "(16, 10, 4)", "(16,)", _MARK),
        _program(_CONVOLVED, "(16, 10, 4)", "(16, 1)", _MARK),
    ),
    valid=(
        _program(_SEQUENCE, "(16, 10, 4)", "(16, 10, 1)", ""),
        _program(_LAST, "(16, 10, 4)", "(16, 1)", ""),
        _program(_POOLED, "(16, 10, 4)", "(16, 1)", ""),
        _program(_WHOLE, "(16, 10, 4)", "(16, 1)", ""),
    ),
)
