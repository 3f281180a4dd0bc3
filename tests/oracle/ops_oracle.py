"""Ask the operations and the installed Keras the same question about one call."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras.src import backend

import keras_lint.keras_api.ops
from keras_lint.keras_api.ops.base import Arguments, Data, bind_signature, find
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import Shape, TensorType, flatten

assert keras_lint.keras_api.ops


@dataclass(frozen=True)
class T:
    """A symbolic tensor in a call: its shape, None for a free length."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class A:
    """An array of ones in a call."""

    shape: tuple[int, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Call:
    """A call of ``keras.NAME(*args, **kwargs)``."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def foreign(self) -> bool:
        """Whether it is TensorFlow's or of ``tf.keras.backend``: followed inside layers."""
        return self.name.startswith(("tensorflow.", "keras.backend."))

    @property
    def path(self) -> str:
        """The public name."""
        if self.foreign:
            return self.name
        return (
            f"keras.{self.name}"
            if self.name.startswith(("activ", "rand"))
            else (f"keras.ops.{self.name}")
        )


@dataclass(frozen=True)
class Said:
    """What one side says: ``ok``, ``refused`` or (ours only) ``lost``."""

    status: str
    shapes: tuple[Any, ...] = ()
    dtypes: tuple[str | None, ...] = ()
    cls: str = ""
    why: str = ""
    raised: tuple[str, ...] = ()


def _mapped(value: Any, function: Any) -> Any:
    if isinstance(value, (T, A)):
        return function(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_mapped(item, function) for item in value)
    return value


def _our_tensor(value: T | A) -> TensorType:
    dims = Shape(tuple(FREE if dim is None else dim for dim in value.shape))
    return TensorType(dims, value.dtype) if isinstance(value, T) else Data(dims, value.dtype)


def _keras_tensor(value: T | A) -> Any:
    if isinstance(value, T):
        return keras.Input(batch_shape=value.shape, dtype=value.dtype)
    return np.ones(value.shape, value.dtype)


def ask_us(call: Call, inside: bool = False) -> Said:
    """What keras-lint says of a call, or of the same call inside a layer."""
    operation = find(call.path)
    assert operation is not None, call.path
    if inside and operation.outside:
        return Said("lost", why="known outside layers only")
    try:
        args = [_mapped(item, _our_tensor) for item in call.args]
        kwargs = {key: _mapped(item, _our_tensor) for key, item in call.kwargs.items()}
        if operation.signature is None:
            bound = bind(call.path, args, kwargs)
        else:
            found = bind_signature(operation.signature, args, kwargs)
            assert found is not None, f"{call} does not fit {operation.signature}"
            bound = found
        result = operation.infer(Arguments(operation.cls, bound, traced=inside))
    except Mismatch as mismatch:
        problem = mismatch.problem
        return Said("refused", why=str(mismatch), raised=problem.exceptions)
    except Lost as lost:
        return Said("lost", why=lost.reason)
    tensors: list[TensorType] = flatten(result)
    shapes = tuple(
        ("?",)
        if tensor.shape.dims is None
        else tuple(None if dim is FREE else dim for dim in tensor.shape.dims)
        for tensor in tensors
    )
    return Said("ok", shapes, tuple(tensor.dtype for tensor in tensors), operation.cls)


def _inside(function: Any) -> Any:
    """A function as it runs in a layer: on TensorFlow's tensors, which Keras traces."""

    def run(*args: Any, **kwargs: Any) -> Any:
        given = [x for x in keras.tree.flatten((args, kwargs)) if isinstance(x, keras.KerasTensor)]

        def traced(*tensors: Any) -> Any:
            rest = iter(tensors)

            def placed(item: Any) -> Any:
                return next(rest) if isinstance(item, keras.KerasTensor) else item

            more, named = keras.tree.map_structure(placed, (args, kwargs))
            return function(*more, **named)

        return backend.compute_output_spec(traced, *given)

    return run


def _root(path: str) -> tuple[Any, str]:
    """The module a public name is in, and the rest of the name."""
    if path.startswith("keras.backend."):
        import tf_keras

        return tf_keras.backend, path.removeprefix("keras.backend.")
    first, _, rest = path.partition(".")
    return (importlib.import_module(first), rest)


def ask_keras(call: Call, inside: bool = False) -> Said:
    """What Keras makes of a call, or of the same call inside a layer."""
    function, path = _root(call.path)
    for part in path.split("."):
        function = getattr(function, part)
    if inside:
        function = _inside(function)
    try:
        result = function(
            *(_mapped(item, _keras_tensor) for item in call.args),
            **{key: _mapped(item, _keras_tensor) for key, item in call.kwargs.items()},
        )
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is the answer
        names = tuple(cls.__name__ for cls in type(error).__mro__)
        return Said("refused", why=str(error)[:200], raised=names)
    flat = [item for item in keras.tree.flatten(result) if hasattr(item, "shape")]
    cls = ""
    if flat and isinstance(flat[0], keras.KerasTensor) and not inside:
        cls = type(flat[0]._keras_history.operation).__name__
    return Said(
        "ok",
        tuple(tuple(item.shape) for item in flat),
        tuple(keras.backend.standardize_dtype(item.dtype) for item in flat),
        cls,
    )


def disagreement(ours: Said, theirs: Said, exact: bool, inside: bool = False) -> str | None:
    """How we contradict Keras; with ``exact`` also where we say less.

    Inside layers nothing is recorded.
    """
    if ours.status == "lost":
        return f"lost ({ours.why}), Keras: {theirs}" if exact else None
    if ours.status != theirs.status:
        return f"{ours}, Keras: {theirs}"
    if ours.status == "refused":
        met = set(ours.raised) & set(theirs.raised)
        return None if met else f"{ours.raised}, Keras raises {theirs.raised}"
    if len(ours.shapes) != len(theirs.shapes) or (ours.cls != theirs.cls and not inside):
        return f"{ours}, Keras: {theirs}"
    for mine, other in zip(ours.shapes, theirs.shapes, strict=True):
        if len(mine) != len(other) or any(
            exact if x is UNKNOWN else x != y for x, y in zip(mine, other, strict=True)
        ):
            return f"{ours}, Keras: {theirs}"
    for mine_dtype, other_dtype in zip(ours.dtypes, theirs.dtypes, strict=True):
        if mine_dtype is not None and mine_dtype != other_dtype:
            return f"dtypes {ours.dtypes}, Keras {theirs.dtypes}"
    return None
