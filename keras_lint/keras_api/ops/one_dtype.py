"""TensorFlow combines tensors of one dtype alone, where Keras's operations convert them.

So it is inside layers (Keras 3.15) for its functions and for Python's operators, and everywhere in
Keras 2. Floats of two kinds are passed over: a layer converts those that it is called on.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from keras_lint.keras_api.ops.base import Arguments, Data, Infer, Operation
from keras_lint.keras_api.ops.broadcasting import floating, is_integral
from keras_lint.model.outcomes import Mismatch
from keras_lint.model.tensors import Nested, TensorType


def of_one_dtype(infer: Infer, *names: str, booleans: bool = False) -> Infer:
    """As ``infer``; refuses a float, tensor or number, beside a tensor of integers or booleans.

    Args:
        infer: what comes out.
        names: of the parameters that hold the tensors, alone or in a list.
        booleans: whether booleans are taken.
    """

    def checked(a: Arguments) -> Nested[TensorType]:
        if not a.traced:
            return infer(a)
        tensors = [tensor for name in names for tensor in _tensors(a.get(name))]
        dtypes = [tensor.dtype for tensor in tensors]
        numbers = [repr(a[name]) for name in names if isinstance(a.get(name), float)]
        floats = [*filter(floating, dtypes), *numbers]
        whole = [dtype for dtype in dtypes if is_integral(dtype)]
        if floats and whole and not (booleans and "bool" in whole):
            actual = " and ".join(dict.fromkeys([*filter(None, dtypes), *numbers]))
            refused = a.refuse("merge", "tensors of one dtype", actual, tensors, ("TypeError",))
            dtype = next(filter(floating, dtypes), "float32")
            hint = f'convert the integers first: keras.ops.cast(..., "{dtype}")'
            raise Mismatch(replace(refused.problem, hint=hint))
        return infer(a)

    return checked


@functools.cache
def operator(operation: Operation) -> Operation:
    """What Python's operator is that Keras has as ``operation``, on TensorFlow's tensors."""
    product = operation.path.endswith(".multiply")
    infer = of_one_dtype(operation.infer, "x1", "x2", booleans=product)
    return replace(operation, infer=infer)


def _tensors(given: Any) -> Iterator[TensorType]:
    """The tensors in an argument: arrays and whole numbers take the dtype of the others."""
    if isinstance(given, TensorType) and not isinstance(given, Data):
        yield given
    elif isinstance(given, (tuple, list)):
        for item in given:
            yield from _tensors(item)
