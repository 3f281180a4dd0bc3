"""What repairs of imports and calls look like, in files that are not as simple as the examples."""

from __future__ import annotations

import pytest

from keras_lint.engine import check_text
from keras_lint.fixing import fix_bytes
from keras_lint.rules.base import Options
from keras_lint.settings import Settings
from keras_lint.source.reader import with_deep_stack

SETTINGS = Settings(select=("KER4",), options=Options("keras-3"))
ROWS = [
    (
        "from keras.utils import np_utils, plot_model\nnp_utils.to_categorical(1)\n",
        "from keras.utils import to_categorical, plot_model\nto_categorical(1)\n",
    ),
    (
        "from keras.layers import (\r\n    core,  # old\r\n    Dropout,\r\n)\r\ncore.Dense(1)\r\n",
        "from keras.layers import (\r\n    Dense,  # old\r\n    Dropout,\r\n)\r\nDense(1)\r\n",
    ),
    (
        "import keras.layers.core as c\nc.Dense(1)\n",
        "import keras.layers as c\nc.Dense(1)\n",
    ),
    (
        "def f():\n    from keras.layers.core import Dense as D\n    return D(1, init='zeros')\n",
        "def f():\n    from keras.layers import Dense as D\n"
        "    return D(1, kernel_initializer='zeros')\n",
    ),
    (
        "from keras import backend as K, objectives\nK.pow(x=1, a=2)\nobjectives.mse(1, 2)\n",
        "from keras import backend as K, objectives, ops\nops.power(x1=1, x2=2)\n"
        "objectives.mse(1, 2)\n",
    ),
    (
        "from keras.utils import np_utils\nto_categorical = 1\nnp_utils.to_categorical(1)\n",
        "from keras import utils as np_utils\nto_categorical = 1\nnp_utils.to_categorical(1)\n",
    ),
    (
        "import tensorflow as tf\nA = tf.keras.layers.experimental.preprocessing.Rescaling\n",
        "import tensorflow as tf\nA = tf.keras.layers.Rescaling\n",
    ),
    (
        "from keras.engine import Layer, Model\n",
        "from keras import Layer, Model\n",
    ),
    (
        "from keras.engine.topology import Input, merge\n",
        "from keras.engine.topology import Input, merge\n",
    ),
    (
        "é = 'ü'; from keras.layers.core import Dense  # ß\nDense(1, bias=0, **é)\n",
        "é = 'ü'; from keras.layers import Dense  # ß\nDense(1, use_bias=0, **é)\n",
    ),
    (
        "from keras.layers import *\nThresholdedReLU(1.0)\nConv1D(1, 2, border_mode='same')\n",
        "from keras.layers import *\nThresholdedReLU(1.0)\nConv1D(1, 2, padding='same')\n",
    ),
    (
        "import keras\nkeras.backend.concatenate([1])\nkeras.backend.sum(1, **{})\n",
        "import keras\nkeras.backend.concatenate([1])\nkeras.backend.sum(1, **{})\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), ROWS)
def test_only_what_must_change_changes(before: str, after: str) -> None:
    fixed = with_deep_stack(lambda: fix_bytes(before.encode(), "program.py", SETTINGS))
    assert fixed.after.decode() == after
    again = with_deep_stack(lambda: fix_bytes(fixed.after, "program.py", SETTINGS))
    assert again.after == fixed.after


def test_one_cause_is_one_finding() -> None:
    text = """\
import keras

inputs = keras.Input((3, 4))
keras.layers.LSTM(2, time_major=True)(inputs)
keras.layers.Dense(2, init="zeros")(inputs)
keras.Model(input=inputs, output=inputs)
keras.layers.Dence(2)(inputs)
model = keras.Sequential([keras.Input((8, 3)), keras.layers.LocallyConnected1D(2, 3)])
model.compile(keras.optimizers.Adam(lr=0.1))
model.fit(1, nb_epoch=3)
"""
    result, _ = check_text(text, "program.py")
    found = [(finding.span.line, finding.code) for finding in result.findings]
    assert found == [
        (4, "KER404"),
        (5, "KER404"),
        (6, "KER404"),
        (6, "KER404"),
        (7, "KER403"),
        (8, "KER404"),
        (9, "KER404"),
        (10, "KER404"),
    ]
