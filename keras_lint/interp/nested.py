"""Models in the role of layers: calling them, and wrapping them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
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
    Mask,
    Weights,
    count_phrase,
)
from keras_lint.model.dims import UNKNOWN, Dim, surely_different
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import (
    Nested,
    TensorType,
    flatten,
    map_nested,
)

_EMPTY = ("ValueError", "IndexError")
"""What Keras 3.15 raises when a Sequential without layers is called; the second after ``pop``."""


class ModelKind(LayerKind):
    """A model in the role of a layer: its calls are gone through again for other input types."""

    def __init__(self, machine: Machine, address: int) -> None:
        self._machine = machine
        self._address = address

    @property
    def cls(self) -> str:
        """``Sequential``, ``Functional`` or a class of the analysed code."""
        return model_at(self._machine, self._address).cls

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """None, whatever stands inside (Keras 3.15); a class of the code may say otherwise."""
        del config, inputs
        own = model_at(self._machine, self._address).own_class
        return (None if own else False,) * count

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
        place = found.site
        own = leaves(tensors_of(self._machine, found.inputs, place))
        given = flatten(inputs)
        if len(own) != len(given):
            raise self.mismatch(
                "structure", count_phrase(len(own)), count_phrase(len(given)), tuple(given)
            )
        for expected, actual in zip(own, given, strict=True):
            self._check(type_of(expected), actual)
        return self._run(found, own, given)

    def run_on(self, types: list[TensorType]) -> Nested[TensorType]:
        """Output types of a built model for these inputs, which are not compared with its own.

        Raises:
            Mismatch: a layer inside refuses what comes of them.
            Lost: it is not known.
        """
        found = model_at(self._machine, self._address)
        if found.lost or found.inputs is None:
            raise Lost("a model that is not known")
        own = leaves(tensors_of(self._machine, found.inputs, found.site))
        return self._run(found, own, types, data=True)

    def call_again(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """A model is the same on its first call and on later ones."""
        del first
        return self.call(config, inputs, extra)

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
        """What Keras 3.15 compares when a model is called on a symbolic tensor.

        It leaves out the batch axis and a last axis of length 1 on either side, and then looks at
        the leading axes both have: ``(None, 8, 8)`` passes for ``(None, 8, 8, 3)``. What comes
        out of such a call depends on the layers inside, so it is lost.
        """
        a, b = expected.shape.dims, actual.shape.dims
        if a is None or b is None:
            return
        short_a, short_b = _without_last_one(a), _without_last_one(b)
        differs = any(
            surely_different(x, y) for x, y in zip(short_a[1:], short_b[1:], strict=False)
        )
        if differs and UNKNOWN not in (*a[-1:], *b[-1:]):
            raise self.mismatch(
                "axis" if len(a) == len(b) else "rank",
                f"an input of shape {expected.shape}",
                str(actual.shape),
                (actual,),
                needs_rank=() if len(a) == len(b) else (len(a),),
            )
        if len(a) != len(b) or len(short_a) != len(short_b):
            raise Lost("an input of another shape than the model was made for, which Keras takes")

    def _run(
        self,
        found: ModelObject,
        own: list[TensorValue | UnknownValue],
        given: list[TensorType],
        *,
        data: bool = False,
    ) -> Inputs:
        """Go through the calls again; the tensors given are first cast to the model's dtypes.

        With ``data`` the weights of every layer meet what it gets.
        """
        machine = self._machine
        given = [
            replace(kind, dtype=type_of(tensor).dtype)
            for tensor, kind in zip(own, given, strict=True)
        ]
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
        outputs = tensors_of(machine, found.outputs or Const(None), found.site)
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
                    now = look_all(record.inputs)
                    built = layer.built if isinstance(layer, LayerObject) else None
                    if data and built is not None:
                        inner.check_data(config, built, now)
                    results = (
                        inner.call(config, now, extra)
                        if built is None
                        else inner.call_again(config, built, now, extra)
                    )
                for index, kind in enumerate(flatten(results)):
                    types[(id(record), index)] = kind
        return look_all(outputs)

    def _deferred(self, found: ModelObject, inputs: Inputs) -> Inputs:
        if not found.layers:
            raise self.mismatch(
                "structure", "at least one layer", "none", argument="layers", exceptions=_EMPTY
            )
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


def kind_at(machine: Machine, address: int) -> tuple[LayerKind | None, Config]:
    """What a layer or model means, and its configuration; None where it is not known."""
    obj = machine.store[address]
    if isinstance(obj, LayerObject):
        return (obj.kind if obj.lost is None else None), obj.config
    return ModelKind(machine, address), Config({})


def layer_weights(layer: LayerObject, inputs: Nested[TensorType] | None) -> Weights:
    """The weights a layer has once built on ``inputs``; unknown where that cannot be told."""
    if layer.path.startswith("keras.ops."):
        return NO_WEIGHTS
    if layer.kind is None or layer.lost is not None:
        return UNKNOWN_WEIGHTS
    if type(layer.kind).weights is LayerKind.weights:
        return NO_WEIGHTS
    if inputs is None and not layer.kind.has_weights_uncalled:
        return UNKNOWN_WEIGHTS
    try:
        return layer.kind.weights(layer.config, [] if inputs is None else inputs)
    except (Lost, Mismatch):
        return UNKNOWN_WEIGHTS


def _without_last_one(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    return dims[:-1] if dims and dims[-1] == 1 else dims
