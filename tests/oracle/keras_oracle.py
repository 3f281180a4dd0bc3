"""Ask the entries and the installed Keras the same question, and compare the answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tf_keras
from tensorflow import nest

import keras_lint.keras_api.layers
from keras_lint.keras_api.base import BoundLayer, Config, LayerArg, Row, entries, kind_of
from keras_lint.keras_api.named_arguments import check_strings
from keras_lint.keras_api.names import Generation
from keras_lint.keras_api.refused_values import check_values
from keras_lint.keras_api.signatures import bind, bind_call
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Shape, TensorType, flatten

assert keras_lint.keras_api.layers


@dataclass(frozen=True)
class Answer:
    """What one side says: shapes, dtypes and weights, or a refusal, or (ours only) lost."""

    status: str
    shapes: tuple[tuple[Any, ...], ...] = ()
    dtypes: tuple[str | None, ...] = ()
    weights: tuple[Any, Any] | None = None
    problem: Problem | None = None
    error: BaseException | None = None
    reason: str = ""


def _ours(value: Any, of: Generation) -> Any:
    if isinstance(value, LayerArg):
        return bound_layer(value.name, value.args, of)
    if isinstance(value, (list, tuple)):
        return type(value)(_ours(item, of) for item in value)
    return value


def bound_layer(name: str, args: Mapping[str, Any], of: Generation = "keras3") -> BoundLayer:
    """Our side of a layer."""
    path = name if "." in name else f"keras.layers.{name}"
    config = Config(bind(path, (), {key: _ours(item, of) for key, item in args.items()}, of))
    kind = kind_of(path, of)
    assert kind is not None
    kind.check_config(config)
    check_strings(kind.cls, config)
    if of == kind.generation == "keras3":
        check_values(path, config, "init")
    return BoundLayer(kind, config)


def keras_of(name: str, of: Generation = "keras3") -> Any:
    """The Keras that a layer is compared with: ``tf_keras`` for those of Keras 2 alone."""
    path = name if "." in name else f"keras.layers.{name}"
    return tf_keras if "keras2" in (of, entries()[path].generation) else keras


def in_keras_2(name: str, args: Mapping[str, Any]) -> bool:
    """Whether Keras 2 has the layer, and those among its arguments."""
    path = name if "." in name else f"keras.layers.{name}"
    inner = [value for value in args.values() if isinstance(value, LayerArg)]
    return kind_of(path, "keras2") is not None and all(in_keras_2(i.name, i.args) for i in inner)


def keras_value(value: Any, of: Generation = "keras3") -> Any:
    """An argument as Keras takes it: a layer for each ``LayerArg`` in it."""
    if isinstance(value, LayerArg):
        return keras_layer(value.name, value.args, of)
    if isinstance(value, (list, tuple)):
        return type(value)(keras_value(item, of) for item in value)
    return value


def keras_layer(name: str, args: Mapping[str, Any], of: Generation = "keras3") -> Any:
    """Keras's side of a layer."""
    package, cls = keras_of(name, of), name.rpartition(".")[2]
    places = [package.layers]
    if package is tf_keras:
        places += [package.layers.experimental, package.src.layers]
    made = next(getattr(place, cls) for place in places if hasattr(place, cls))
    return made(**{key: keras_value(item, of) for key, item in args.items()})


def _dim(value: int | None) -> Dim:
    return FREE if value is None else value


def our_tensors(shapes: Any, dtype: str | None) -> Any:
    """A tuple of lengths as a TensorType, lists of them as lists."""
    if isinstance(shapes, list):
        return [our_tensors(item, dtype) for item in shapes]
    if isinstance(shapes, tuple):
        return TensorType(Shape(tuple(_dim(item) for item in shapes)), dtype)
    return shapes


def keras_tensors(shapes: Any, dtype: str | None, package: Any = keras) -> Any:
    """The same as symbolic tensors of Keras, or of ``tf_keras``."""
    if isinstance(shapes, list):
        return [keras_tensors(item, dtype, package) for item in shapes]
    if isinstance(shapes, tuple):
        return package.Input(batch_shape=shapes, dtype=dtype)
    return shapes


def ask_us(name: str, row: Row, earlier: Any = None, of: Generation = "keras3") -> Answer:
    """Our answer; ``earlier`` is what the layer was called on before, ``of`` whose layer it is."""
    try:
        layer = bound_layer(name, row.args, of)
        inputs = our_tensors(row.inputs, row.dtype)
        extra = {key: our_tensors(item, row.dtype) for key, item in row.extra.items()}
        path = name if "." in name else f"keras.layers.{name}"
        call = bind_call(path, (inputs,), extra, of)
        first = call.pop(next(iter(call)))
        if earlier is None:
            if layer.kind.generation == "keras3":
                check_values(layer.kind.name, layer.config, "call")
            built = layer.kind.build_inputs(first, call)
            result = layer.call(first, call)
        else:
            built = our_tensors(earlier, row.dtype)
            result = layer.kind.call_again(layer.config, built, first, call)
        made = layer.weights(built)
    except Mismatch as mismatch:
        return Answer("refused", problem=mismatch.problem)
    except Lost as lost:
        return Answer("lost", reason=lost.reason)
    tensors: list[TensorType] = flatten(result)
    shapes = tuple(
        ("?",) if t.shape.dims is None else tuple(None if d is FREE else d for d in t.shape.dims)
        for t in tensors
    )
    return Answer(
        "ok",
        shapes,
        tuple(t.dtype for t in tensors),
        (made.trainable, made.non_trainable),
    )


def ask_keras(name: str, row: Row, earlier: Any = None, of: Generation = "keras3") -> Answer:
    """Keras's answer to a symbolic call."""
    package = keras_of(name, of)
    try:
        layer = keras_layer(name, row.args, of)
        if earlier is not None:
            layer(keras_tensors(earlier, row.dtype, package))
        inputs = keras_tensors(row.inputs, row.dtype, package)
        extra = {key: keras_tensors(item, row.dtype, package) for key, item in row.extra.items()}
        result = layer(inputs, **extra)
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is the answer
        return Answer("refused", error=error)
    tensors = nest.flatten(result)
    return Answer(
        "ok",
        tuple(tuple(t.shape) for t in tensors),
        tuple(keras.backend.standardize_dtype(t.dtype) for t in tensors),
        (_count(layer.trainable_weights), _count(layer.non_trainable_weights)),
    )


def _count(weights: Any) -> int | None:
    """Scalars in weights; None where one has no shape (the tables of tf_keras)."""
    total = 0
    for weight in weights:
        if None in getattr(weight, "shape", [None]):
            return None
        size = 1
        for dim in weight.shape:
            size *= dim
        total += size
    return total


def names_of(error: BaseException) -> set[str]:
    """The class names an exception answers to."""
    return {cls.__name__ for cls in type(error).__mro__}


def disagreement(us: Answer, keras_says: Answer, exact: bool = True) -> str | None:
    """What differs, or None. With ``exact`` being lost or an unknown length differs as well."""
    if us.status == "lost":
        return f"lost: {us.reason}; Keras: {_say(keras_says)}" if exact else None
    if us.status != keras_says.status:
        return f"we say {_say(us)}, Keras says {_say(keras_says)}"
    if us.status == "refused":
        assert us.problem is not None
        assert keras_says.error is not None
        if names_of(keras_says.error) & set(us.problem.exceptions):
            return None
        return f"exceptions {us.problem.exceptions}, Keras: {_say(keras_says)}"
    if len(us.shapes) != len(keras_says.shapes) or not all(
        _same_shape(one, other, exact)
        for one, other in zip(us.shapes, keras_says.shapes, strict=True)
    ):
        return f"shapes {us.shapes}, Keras {keras_says.shapes}"
    for ours, theirs in zip(us.dtypes, keras_says.dtypes, strict=True):
        if ours is not None and ours != theirs:
            return f"dtype {us.dtypes}, Keras {keras_says.dtypes}"
    assert us.weights is not None
    assert keras_says.weights is not None
    for ours, theirs in zip(us.weights, keras_says.weights, strict=True):
        if theirs is not None and ours != theirs and (exact or isinstance(ours, int)):
            return f"weights {us.weights}, Keras {keras_says.weights}"
    return None


def disagreement_of(generation: Generation, us: Answer, theirs: Answer) -> str | None:
    """What differs, or None; the classes of refusals are those of Keras 3, and not told of 2."""
    if generation == "keras2" and us.status == theirs.status == "refused":
        return None
    return disagreement(us, theirs, exact=False)


def _same_shape(ours: tuple[Any, ...], theirs: tuple[Any, ...], exact: bool) -> bool:
    if ours == ("?",):
        return not exact
    if len(ours) != len(theirs):
        return False
    return all(
        (not exact) if one is UNKNOWN else one == other
        for one, other in zip(ours, theirs, strict=True)
    )


def _say(answer: Answer) -> str:
    if answer.problem is not None:
        p = answer.problem
        return f"refused ({p.kind}: expected {p.expected}, got {p.actual})"
    if answer.error is not None:
        text = str(answer.error).replace("\n", " ")[:200]
        return f"refused ({type(answer.error).__name__}: {text})"
    return f"{answer.status} {answer.shapes} {answer.weights} {answer.reason}"
