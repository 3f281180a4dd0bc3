"""``Input`` and ``InputLayer``: the tensor they make, against the installed Keras."""

from __future__ import annotations

import keras
import pytest

from keras_lint.keras_api.base import Config
from keras_lint.keras_api.layers.core import InputLayer, input_type
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import FREE
from keras_lint.model.outcomes import Mismatch

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "args",
    [
        {"shape": (3,)},
        {"shape": [None, 5]},
        {"shape": ()},
        {"shape": (3,), "batch_size": 7},
        {"shape": (3,), "dtype": "int32"},
        {"batch_shape": (2, None, 3)},
        {"batch_shape": (None, 3), "dtype": "float16"},
        {"shape": 3},
        {"shape": (3, -1)},
        {"shape": (3, "x")},
        {"shape": (3, 2.5)},
        {"shape": (3,), "batch_shape": (None, 3)},
        {"batch_size": 3},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["keras.Input", "keras.layers.InputLayer"])
def test_input_is_what_keras_makes(name, args):
    try:
        made = input_type(InputLayer(), Config(bind(name, (), args)))
        ours = (tuple(None if d is FREE else d for d in made.shape.dims), made.dtype)
    except Mismatch as mismatch:
        ours = mismatch.problem.exceptions
    try:
        if name == "keras.Input":
            tensor = keras.Input(**args)
        else:
            tensor = keras.layers.InputLayer(**args).output
        theirs = (tuple(tensor.shape), tensor.dtype)
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is the answer
        theirs = error
    if isinstance(theirs, Exception):
        assert type(theirs).__name__ in ours, theirs
    else:
        assert ours == theirs
