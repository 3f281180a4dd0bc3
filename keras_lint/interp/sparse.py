"""Symbolic tensors that Keras takes for sparse, though they are not.

Seen in Keras 3.15 (and 3.0): a product of a tensor and a number is marked as sparse. The layers of
Keras do not mind, but the ``call`` of one's own is then run on a ``tf.SparseTensor``, for which
TensorFlow has next to no functions.
"""

from __future__ import annotations

from keras_lint.interp.functional import inputs_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import LayerObject
from keras_lint.interp.values import CallRecord, TensorValue

_KEEPS = frozenset(
    f"keras.{name}"
    for name in [
        *("layers.Flatten", "layers.Identity", "layers.Permute", "layers.Reshape"),
        *("ops.Absolute", "ops.Arcsin", "ops.Arcsinh", "ops.Arctan", "ops.Arctanh", "ops.Ceil"),
        *("ops.Conjugate", "ops.Copy", "ops.Divide", "ops.DivideNoNan", "ops.ExpandDims"),
        *("ops.Expm1", "ops.Floor", "ops.Imag", "ops.Log1p", "ops.Mean", "ops.Nansum"),
        *("ops.Negative", "ops.Real", "ops.Reshape", "ops.Round", "ops.Sign", "ops.Sin"),
        *("ops.Sinh", "ops.Sqrt", "ops.Square", "ops.Squeeze", "ops.Sum", "ops.Tan", "ops.Tanh"),
        *("ops.Transpose", "ops.TrueDivide"),
    ]
)
"""What gives a sparse tensor if its first tensor is one."""
_NEEDS_ALL = frozenset(
    f"keras.ops.{name}" for name in ["Add", "Concatenate", "Maximum", "Minimum", "Subtract"]
)
_PRODUCTS = frozenset(("keras.ops.Dot", "keras.ops.Multiply"))


def may_be_sparse(machine: Machine, tensor: TensorValue) -> bool:
    """Whether Keras may have marked a symbolic tensor as sparse."""
    marked: dict[CallRecord, bool] = {}
    pending = [tensor.call]
    while pending:
        record = pending[-1]
        path = _path(machine, record)
        sources = [source.call for source in inputs_of(record)]
        if path in _NEEDS_ALL and len(sources) == 1:
            sources = []  # the other one is a number
        if path in _PRODUCTS and len(sources) == 1:
            marked[record] = True
        elif path in _KEEPS or path in _NEEDS_ALL or path in _PRODUCTS:
            first = sources[:1] if path in _KEEPS else sources
            open_ones = [source for source in first if source not in marked]
            if open_ones:
                machine.tick()
                pending += open_ones
                continue
            combined = all if path in _NEEDS_ALL else any
            marked[record] = bool(first) and combined(marked[source] for source in first)
        else:
            marked[record] = False
        pending.pop()
    return marked[tensor.call]


def _path(machine: Machine, record: CallRecord) -> str:
    layer = None if record.layer is None else machine.store[record.layer]
    return layer.path if isinstance(layer, LayerObject) else ""
