"""``trainable`` set after the model was trained, with no new ``compile``.

What it does
    Finds training steps before which ``trainable`` of a layer was changed, although the model had
    been trained since its last ``compile``: the usual place is fine-tuning, where the base model is
    thawed for a second ``fit``.

Why it matters
    Nothing changes: the model goes on training the weights that it trained before. Keras 2 settles
    what is trained in ``compile``, Keras 3 in the first step after it. Where the first
    training was ``train_on_batch`` and the next is ``fit``, Keras 3.15 raises instead: the step is
    made anew, and the optimizer does not know the weights that came.

When it stays silent
    When the flag is set before the first training step (Keras 3 still takes it), when it is what it
    was when the model was compiled or first trained (as in adversarial training, where it is
    switched to and fro), and when compile, training or flag are not certain on every path.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.training import step_finding, steps


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each place where a flag is set in vain."""
    del options
    seen = set()
    for index, step, _ in steps(analysis):
        if step.state != "compiled" or not step.trainable_changed:
            continue
        span = step.trainable_changed[0]
        if span in seen:
            continue
        seen.add(span)
        yield step_finding(
            rule,
            analysis,
            index,
            f"trainable is changed here, but {step.method}() goes on with the weights that the "
            "model trained before",
            span=span,
            expected="compile() after the change",
            actual="no compile() between the change and the training",
            hint="call model.compile(...) again after changing trainable",
            related=(Related(step.span, "trained without a new compile"),),
        )


def _program(middle: str, *, first: str = "model.fit(x, y, verbose=0)\n") -> str:
    return f"""\
import numpy as np
import keras

x, y = np.random.rand(16, 4), np.random.rand(16, 1)
base = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8)])
base.trainable = False
model = keras.Sequential([keras.Input((4,)), base, keras.layers.Dense(1)])
model.compile(loss="mse")
{first}{middle}model.fit(x, y, verbose=0)
"""


RULE = Rule(
    code="KER308",
    name="trainable-after-compile",
    level="warning",
    confirm="none",
    summary="trainable changed between two trainings without a new compile",
    check_file=check,
    invalid=(
        _program("base.trainable = True  # expect: KER308\n"),
        _program("model.layers[0].trainable = True  # expect: KER308\n"),
        _program("base.trainable = True  # expect: KER308\nmodel.evaluate(x, y, verbose=0)\n"),
    ),
    valid=(
        _program('base.trainable = True\nmodel.compile(loss="mse")\n'),
        _program("base.trainable = True\n", first=""),
        _program(
            "base.trainable = True\nmodel.evaluate(x, y, verbose=0)\nbase.trainable = False\n"
        ),
    ),
)
