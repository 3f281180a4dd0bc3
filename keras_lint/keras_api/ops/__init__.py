"""Operations on symbolic tensors: the class Keras records for each, and what it does to shapes.

Facts seen on Keras 3.15 by calling each function on ``keras.Input`` tensors.
"""

from keras_lint.keras_api.ops import (
    activations,
    counting,
    creation,
    elementwise,
    images,
    indexing,
    joining,
    legacy_backend,
    linear,
    losses,
    matrices,
    neural,
    plain,
    rearranging,
    reductions,
    reshaping,
    signals,
    tf_functions,
    tf_images,
    tf_kernels,
    tf_more,
    tf_pieces,
)

__all__ = [
    "activations",
    "counting",
    "creation",
    "elementwise",
    "images",
    "indexing",
    "joining",
    "legacy_backend",
    "linear",
    "losses",
    "matrices",
    "neural",
    "plain",
    "rearranging",
    "reductions",
    "reshaping",
    "signals",
    "tf_functions",
    "tf_images",
    "tf_kernels",
    "tf_more",
    "tf_pieces",
]
