"""Models in the role of layers: calling them, and wrapping them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from keras_lint.interp.functional import model_at, model_layers, records_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import LayerObject, ModelObject
from keras_lint.interp.tensors import (
    UNKNOWN_TYPE,
    NestedTensor,
    leaves,
    tensors_of,
    type_of,
)
from keras_lint.interp.values import (
    Const,
    TensorValue,
    UnknownValue,
)
from keras_lint.keras_api.base import (
    NO_WEIGHTS,
    UNKNOWN_WEIGHTS,
    Config,
    Inputs,
    LayerKind,
    Weights,
)
from keras_lint.model.dims import UNKNOWN
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import (
    Nested,
    Shape,
    TensorType,
    flatten,
    map_nested,
)


class ModelKind(LayerKind):
    """A model in the role of a layer: its calls are gone through again for other input types."""

    def __init__(self, machine: Machine, address: int) -> None:
        self._machine = machine
        self._address = address

    @property
    def cls(self) -> str:
        """``Sequential`` or ``Functional``."""
        return model_at(self._machine, self._address).kind.capitalize()

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Output types for these input types; Lost if the model is not known completely."""
        del config, extra
        found = model_at(self._machine, self._address)
        if found.lost:
            raise Lost(found.lost[0].reason)
        if found.kind == "sequential" and not found.tensors:
            return self._deferred(found, inputs)
        if found.inputs is None or found.outputs is None:
            raise Lost("a model without known inputs")
        place = found.site.node
        own = leaves(tensors_of(self._machine, found.inputs, place))
        given = flatten(inputs)
        if len(own) != len(given):
            raise self.mismatch(
                "structure", f"{len(own)} input tensors", f"{len(given)}", tuple(given)
            )
        for expected, actual in zip(own, given, strict=True):
            self._check(type_of(expected), actual)
        return self._run(found, own, given)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The weights of all layers inside, each counted once."""
        del config, inputs
        found = model_at(self._machine, self._address)
        total = NO_WEIGHTS
        for address in dict.fromkeys(model_layers(self._machine, found)):
            obj = self._machine.store[address]
            if isinstance(obj, ModelObject):
                total = total + ModelKind(self._machine, address).weights(Config({}), [])
            elif isinstance(obj, LayerObject):
                total = total + layer_weights(obj, obj.built)
        return total

    def _check(self, expected: TensorType, actual: TensorType) -> None:
        """Keras compares the shapes, one trailing axis of length 1 more or less allowed."""
        a, b = expected.shape.dims, actual.shape.dims
        if a is None or b is None:
            return
        if a and b and len(a) != len(b):
            if abs(len(a) - len(b)) == 1 and (a[-1] if len(a) > len(b) else b[-1]) in (1, UNKNOWN):
                raise Lost("an input whose last axis Keras adapts")
            raise self.mismatch(
                "rank",
                f"an input of shape {expected.shape}",
                str(actual.shape),
                (actual,),
                needs_rank=(len(a),),
            )
        if Shape(a).surely_differs(Shape(b)):
            raise self.mismatch(
                "axis", f"an input of shape {expected.shape}", str(actual.shape), (actual,)
            )

    def _run(
        self,
        found: ModelObject,
        own: list[TensorValue | UnknownValue],
        given: list[TensorType],
    ) -> Inputs:
        machine = self._machine
        types: dict[tuple[int, int], TensorType] = {
            (id(tensor.call), tensor.index): kind
            for tensor, kind in zip(own, given, strict=True)
            if isinstance(tensor, TensorValue)
        }

        def look_all(nested: NestedTensor) -> Nested[TensorType]:
            function: Callable[[Any], TensorType] = look
            result: Nested[TensorType] = map_nested(function, nested)
            return result

        def look(tensor: TensorValue | UnknownValue) -> TensorType:
            if isinstance(tensor, UnknownValue):
                return UNKNOWN_TYPE
            return types.get((id(tensor.call), tensor.index), tensor.type)

        same = all(
            isinstance(tensor, TensorValue) and tensor.type == kind
            for tensor, kind in zip(own, given, strict=True)
        )
        outputs = tensors_of(machine, found.outputs or Const(None), found.site.node)
        if not same:
            for record in records_of(machine, found):
                if (id(record), 0) in types or record.layer is None or not record.outputs:
                    continue
                layer = machine.store[record.layer]
                results: Nested[TensorType] = [UNKNOWN_TYPE] * len(record.outputs)
                inner = (
                    layer.kind
                    if isinstance(layer, LayerObject)
                    else ModelKind(machine, record.layer)
                )
                config = layer.config if isinstance(layer, LayerObject) else Config({})
                if inner is not None:
                    extra = dict(record.extra_types)
                    extra.update({n: look_all(x) for n, x in record.extra})
                    results = inner.call(config, look_all(record.inputs), extra)
                for index, kind in enumerate(flatten(results)):
                    types[(id(record), index)] = kind
        return look_all(outputs)

    def _deferred(self, found: ModelObject, inputs: Inputs) -> Inputs:
        current = inputs
        for address in found.layers:
            obj = self._machine.store[address]
            if isinstance(obj, LayerObject):
                if obj.kind is None:
                    raise Lost(f"what {obj.cls} does is not known")
                current = obj.kind.call(obj.config, current)
            else:
                current = ModelKind(self._machine, address).call(Config({}), current)
        return current


def layer_weights(layer: LayerObject, inputs: Nested[TensorType] | None) -> Weights:
    """The weights a layer has once built on ``inputs``; unknown where that cannot be told."""
    if layer.path.startswith("keras.ops."):
        return NO_WEIGHTS
    if layer.kind is None or layer.lost is not None or inputs is None:
        return UNKNOWN_WEIGHTS
    try:
        return layer.kind.weights(layer.config, inputs)
    except (Lost, Mismatch):
        return UNKNOWN_WEIGHTS
