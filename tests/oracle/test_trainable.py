"""Whether a change of ``trainable`` has an effect on the next training, against Keras."""

from __future__ import annotations

import pytest

from keras_lint.engine import check_text

HEAD = """\
import numpy as np
import {keras} as keras

x, y = np.random.rand(16, 4), np.random.rand(16, 1)
layer = keras.layers.Dense(8)
inputs = keras.Input((4,))
model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
"""
COMPILE, FIT = "model.compile('sgd', 'mse')\n", "model.fit(x, y, verbose=0)\n"
FREEZE, THAW = "layer.trainable = False\n", "layer.trainable = True\n"
LAST = "before = layer.get_weights()[0].copy()\n" + FIT
LAST += "moved = not np.allclose(before, layer.get_weights()[0])\n"


@pytest.mark.keras
@pytest.mark.parametrize("keras", ["keras", "tf_keras"])
@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ((COMPILE, FIT, FREEZE), False),
        ((FREEZE, COMPILE, FIT, THAW), True),
        ((COMPILE, FIT, FREEZE, COMPILE), False),
        ((COMPILE, FIT, FREEZE, THAW), True),
    ],
)
def test_a_flag_set_after_training_does_nothing(
    keras: str, steps: tuple[str, ...], wanted: bool
) -> None:
    pytest.importorskip(keras)
    text = HEAD.format(keras=keras) + "".join(steps) + LAST
    scope: dict[str, object] = {}
    exec(text, scope)
    result, _ = check_text(text.replace("tf_keras", "keras"), "program.py")
    found = [finding.code for finding in result.findings]
    assert found == ([] if scope["moved"] == wanted else ["KER308"])
