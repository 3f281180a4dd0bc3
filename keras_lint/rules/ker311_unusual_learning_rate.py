"""A learning rate far from all that its optimizer is used with.

What it does
    Finds learning rates that stand in the program as numbers: 0 or less, below a hundred millionth,
    above 0.1 for optimizers that scale their steps by themselves (Adam, RMSprop, ...), above 10 for
    the others.

Why it matters
    Too small a rate moves nothing that the precision of the weights could show; too great a rate
    of Adam throws every weight about by that much in each step. Mostly a digit slipped, or the rate
    was meant for another optimizer.

When it stays silent
    When the optimizer or its rate is not known, or the rate follows a schedule; and for Adadelta
    and Ftrl, for which rates of any size are in use.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding
from keras_lint.model.training import Made
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import step_finding, steps

_SMALLEST = 1e-8
_GREATEST = {
    "Adafactor": 0.1,
    "Adagrad": 10.0,
    "Adam": 0.1,
    "AdamW": 0.1,
    "Adamax": 0.1,
    "Lion": 0.1,
    "Nadam": 0.1,
    "RMSprop": 0.1,
    "SGD": 10.0,
}


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each optimizer that a trained model is compiled with."""
    del options
    seen = set()
    for index, step, _ in steps(analysis):
        if step.compiled is None or not step.trains:
            continue
        optimizer = step.compiled.arguments.get("optimizer")
        place = step.compiled.spans.get("optimizer", step.compiled.span)
        if not isinstance(optimizer, Made) or not optimizer.complete or place in seen:
            continue
        cls = optimizer.path.rpartition(".")[2]
        rate = optimizer.arguments.get("learning_rate", optimizer.arguments.get("lr"))
        if cls not in _GREATEST or not isinstance(rate, (int, float)) or isinstance(rate, bool):
            continue
        if _SMALLEST <= rate <= _GREATEST[cls]:
            continue
        seen.add(place)
        yield step_finding(
            rule,
            analysis,
            index,
            f"{cls} is given a learning rate of {rate:g}",
            span=optimizer.span or place,
            expected=f"{_SMALLEST:g} to {_GREATEST[cls]:g}",
            actual=f"{rate:g}",
            hint="write the rate that was meant; what Keras takes by itself is a good start",
        )


def _program(optimizer: str, mark: str = "") -> str:
    return f"""\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.rand(16, 1)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(optimizer={optimizer}, loss="mse"){mark}
model.fit(x, y, verbose=0)
"""


_MARK = "  # expect: KER311"

RULE = Rule(
    code="KER311",
    name="unusual-learning-rate",
    level="info",
    confirm="none",
    default=False,
    summary="a learning rate far from all that its optimizer is used with",
    check_file=check,
    invalid=(
        _program("keras.optimizers.Adam(learning_rate=1.0)", _MARK),
        _program("keras.optimizers.SGD(100.0)", _MARK),
        _program("keras.optimizers.RMSprop(0.0)", _MARK),
    ),
    valid=(
        _program("keras.optimizers.Adam(3e-4)"),
        _program("keras.optimizers.SGD(1.0, momentum=0.9)"),
        _program("keras.optimizers.Adadelta(learning_rate=1.0)"),
        _program("keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(1, 9, 0.9))"),
    ),
)
