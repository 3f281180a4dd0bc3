"""Lambda layers: what comes out is found by interpreting the function they call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.store import LayerObject
from keras_lint.interp.tensors import Leaf, NestedTensor, as_value, tensors_of, types_of
from keras_lint.interp.values import Args, Const, TensorValue, UnknownValue, Value
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Nested, TensorType, flatten, map_nested

LAMBDA_PATH = "keras.layers.Lambda"
_OF_TENSORS = ("branch", "rank", "structure", "undefined")
"""What is refused for what the layer is called on; a constructor is wrong where it stands."""


def lambda_outputs(
    machine: Machine,
    layer: LayerObject,
    inputs: NestedTensor,
    plain: Mapping[str, Any],
    node: cst.CSTNode,
) -> Nested[TensorType]:
    """Output types of a Lambda layer.

    What its function calls inside is part of the layer, not of the model's graph.

    Raises:
        Mismatch: the function applies something to shapes that do not combine.
        Lost: the function cannot be followed.
    """
    assert layer.kind is not None
    older = machine.generation == "keras2"  # it always runs the function
    if (layer.config.get("output_shape") is not None and not older) or layer.function is None:
        return layer.kind.call(layer.config, types_of(inputs), plain)
    given = _arguments(layer.config.get("arguments"))
    outside, machine.records = machine.records, []
    before = len(machine.refusals)
    machine.inside_layer += 1
    try:
        traced = inputs if older else map_nested(_in_dtype_of(layer), inputs)
        args = Args((as_value(machine, traced),), given)
        result = machine.call(layer.function, args, node)
    except PathEnded:
        raise Lost("a Lambda layer whose function raises") from None
    finally:
        inside, machine.records = machine.records, outside
        machine.inside_layer -= 1
    problems = [record.problem for record in inside if record.problem is not None]
    refusals = machine.refusals[before:]
    uses = [refusal for refusal in refusals if refusal.problem.kind in _OF_TENSORS]
    problems += [refusal.problem for refusal in uses]
    machine.refusals[before:] = [refusal for refusal in refusals if refusal not in uses]
    if problems and not older:
        raise Mismatch(_passed_on(problems[0]))
    nested = tensors_of(machine, result, node)
    unknown = next((leaf for leaf in flatten(nested) if isinstance(leaf, UnknownValue)), None)
    if problems or unknown is not None:
        reason = "its function is refused" if unknown is None else unknown.reason
        raise Lost(f"what a Lambda layer gives is not known ({reason})")
    if older:
        return types_of(nested)
    kind = layer.kind

    def in_layer_dtype(given: TensorType) -> TensorType:
        return TensorType(given.shape, kind.output_dtype(layer.config, TensorType(given.shape)))

    # Keras gives what a Lambda layer returns the dtype of the layer, whatever it really is
    return map_nested(in_layer_dtype, types_of(nested))


def _in_dtype_of(layer: LayerObject) -> Callable[[Any], Leaf]:
    """Keras 3.15 traces the function on tensors of the layer's dtype, whatever it is called on."""

    def converted(leaf: Leaf) -> Leaf:
        if layer.kind is None or not isinstance(leaf, TensorValue):
            return leaf
        shape = leaf.type.shape
        dtype = layer.kind.output_dtype(layer.config, TensorType(shape, "float32"))
        return replace(leaf, type=TensorType(shape, dtype))

    return converted


def _passed_on(problem: Problem) -> Problem:
    """What the layer makes of anything that its function raises (Keras 3.15)."""
    return replace(problem.root, suggestion="", exceptions=("NotImplementedError",))


def _arguments(given: object) -> tuple[tuple[str, Value], ...]:
    """The ``arguments`` of a Lambda layer, passed to its function by name.

    Raises:
        Lost: they are not plain values.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise Lost("a Lambda layer with arguments that are not known")
    if not all(isinstance(value, (int, float, str, type(None))) for value in given.values()):
        raise Lost("a Lambda layer with arguments that are not plain")
    return tuple((str(name), Const(value)) for name, value in given.items())
