"""``keras.activations``: the operations of the same names, under their own signatures."""

from __future__ import annotations

from keras_lint.keras_api.ops import neural
from keras_lint.keras_api.ops.base import find, operation
from keras_lint.keras_api.ops.elementwise import glu, keep_floats

_PREFIX = "keras.activations."
_SAME = [
    "celu",
    "elu",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
]


def _register() -> None:
    for name in _SAME:
        same = find(f"keras.ops.{name}")
        assert same is not None
        operation(_PREFIX + name, same.cls)(same.infer)


_register()
operation(_PREFIX + "exponential", "Exp")(keep_floats)
operation(_PREFIX + "relu", "ReLU")(keep_floats)
operation(_PREFIX + "softmax", "Softmax")(neural.softmax)
operation(_PREFIX + "log_softmax", "LogSoftmax")(neural.softmax)
operation(_PREFIX + "glu", "Glu")(glu)
