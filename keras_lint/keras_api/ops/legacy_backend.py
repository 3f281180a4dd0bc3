"""``tf.keras.backend`` functions (``K.mean(x, axis=1)``), which old Lambda layers are full of.

They run TensorFlow's functions and so are followed only inside layers.
"""

from __future__ import annotations

from keras_lint.keras_api.ops import tf_functions
from keras_lint.keras_api.ops.base import Arguments, find, flat_length, operation
from keras_lint.keras_api.ops.elementwise import keep, keep_floats
from keras_lint.model.dims import FREE
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

PREFIX = "keras.backend."
_REDUCE = "x axis=None keepdims=False"
_PAIR = "x:x1 y:x2"

_TWINS: tuple[tuple[str, str, str], ...] = (
    *((name, name, _REDUCE) for name in ("all", "any", "max", "mean", "min", "prod", "std", "sum")),
    ("var", "var", _REDUCE),
    *(
        (name, name, "x")
        for name in (
            "abs",
            "cos",
            "exp",
            "hard_sigmoid",
            "log",
            "round",
            "sigmoid",
            "sign",
            "sin",
            "softplus",
            "sqrt",
            "square",
            "tanh",
        )
    ),
    *(
        (name, name, _PAIR)
        for name in (
            "equal",
            "greater",
            "greater_equal",
            "less",
            "less_equal",
            "maximum",
            "minimum",
            "not_equal",
        )
    ),
    ("pow", "power", "x:x1 a:x2"),
    ("cast", "cast", "x dtype"),
    ("clip", "clip", "x min_value:x_min max_value:x_max"),
    ("elu", "elu", "x alpha=1.0"),
    ("concatenate", "concatenate", "tensors:xs axis=-1"),
    ("stack", "stack", "x axis=0"),
    ("expand_dims", "expand_dims", "x axis=-1"),
    ("transpose", "transpose", "x axes=None"),
    ("repeat_elements", "repeat", "x rep:repeats axis"),
    ("reshape", "reshape", "x shape:newshape"),
    ("reverse", "flip", "x axes:axis"),
    ("zeros_like", "zeros_like", "x dtype=None name=None"),
    ("ones_like", "ones_like", "x dtype=None name=None"),
    ("softmax", "softmax", "x axis=-1"),
    ("stop_gradient", "stop_gradient", "variables:x"),
)


def _register() -> None:
    for name, twin, signature in _TWINS:
        same = find(f"keras.ops.{twin}")
        assert same is not None, twin
        operation(PREFIX + name, same.cls, signature=signature)(same.infer)
    # imports tf_functions, and with it all modules whose operations are looked up here
    turned = operation(PREFIX + "permute_dimensions", "Transpose", signature="x pattern:axes")
    turned(tf_functions.transpose)
    operation(PREFIX + "tile", "Tile", signature="x n:repeats")(tf_functions.tile)
    operation(PREFIX + "squeeze", "Squeeze", signature="x axis")(tf_functions.squeeze)


_register()


@operation(PREFIX + "relu", "ReLU", signature="x alpha=0.0 max_value=None threshold=0.0")
def relu(a: Arguments) -> Nested[TensorType]:
    """Shape kept."""
    return keep(a)


@operation(PREFIX + "l2_normalize", "Normalize", signature="x axis=None")
def l2_normalize(a: Arguments) -> Nested[TensorType]:
    """Shape kept."""
    return keep_floats(a)


@operation(PREFIX + "flatten", "Reshape", signature="x")
def flatten(a: Arguments) -> Nested[TensorType]:
    """All elements on one axis."""
    return TensorType(Shape((flat_length(a.dims("x")),)), a.tensor("x").dtype)


@operation(PREFIX + "batch_flatten", "Reshape", signature="x")
def batch_flatten(a: Arguments) -> Nested[TensorType]:
    """All elements of a sample on one axis, whose length TensorFlow does not work out."""
    if FREE not in a.dims("x")[:1]:
        raise Lost("a batch of known length")
    return TensorType(Shape((FREE, FREE)), a.tensor("x").dtype)
