"""What a subclass of a concrete Keras layer does: what it overrides, else what its base does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from keras_lint.interp.declared import declared_masking, own_method, shape_arguments
from keras_lint.interp.functions import call_function
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.nested import layer_weights
from keras_lint.interp.store import LayerObject
from keras_lint.interp.subclassed import CustomKind
from keras_lint.interp.values import FunctionValue, Ref, UnknownValue
from keras_lint.keras_api.base import NO_WEIGHTS, Config, Inputs, Mask, Weights, kind_of
from keras_lint.keras_api.names import lookup
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested

SHAPES_BY_CALL = frozenset(
    {
        "keras.layers.FlaxLayer",
        "keras.layers.GRUCell",
        "keras.layers.JaxLayer",
        "keras.layers.LSTMCell",
        "keras.layers.Pipeline",
        "keras.layers.SimpleRNNCell",
        "keras.layers.StackedRNNCells",
        "keras.layers.TFSMLayer",
        "keras.layers.Wrapper",
    }
)
"""The layer classes of Keras 3.15 without a ``compute_output_shape`` of their own.

All others say their output shape without running ``call``: a subclass that overrides ``call``
alone still has the output shape of its base.
"""


class DerivedKind(CustomKind):
    """A subclass of the concrete layer class ``base``."""

    def __init__(self, machine: Machine, address: int, name: str, base: str) -> None:
        super().__init__(machine, address, name)
        self._base_path = base
        self._base = kind_of(base, machine.generation)

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Output types; those of the base unless it runs ``call`` to find them."""
        if self._instance.unknown is not None:
            raise Lost(self._instance.unknown.reason)
        for name in ("compute_output_shape", "compute_output_spec"):
            if self._own(name) is not None:
                raise Lost(f"{self._name} has a {name} of its own")
        method = self._own("call")
        if self._base is None or (method is not None and self._base_path in SHAPES_BY_CALL):
            return super().call(config, inputs, extra)
        self._build_base(method, inputs, extra or {})
        return self._base.call(config, inputs, extra)

    def call_again(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """As the base, built on what it was built on."""
        del first
        built = self._instance.base_built
        if self._base is None or built is None or self._instance.unknown is not None:
            return self.call(config, inputs, extra)
        return self._base.call_again(config, built, inputs, extra)

    def call_again_inside(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """As the base, built on what it was built on."""
        built = self._instance.base_built
        if self._base is None or built is None or self._instance.unknown is not None:
            return self.call_again(config, first, inputs, extra)
        return self._base.call_again_inside(config, built, inputs, extra)

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """As the base, if the class says nothing itself."""
        declared = declared_masking(self._machine, self._instance)
        if declared == "keeps" and self._own("compute_mask") is None:
            return (None,) * count  # the base's compute_mask decides, if it has one
        if declared != "inherits":
            return super().masks(config, inputs, count)
        if self._base is None or self._instance.unknown is not None:
            return (None,) * count
        return self._base.masks(config, inputs, count)

    def build_inputs(self, inputs: Inputs, extra: Mapping[str, Any] | None = None) -> Inputs:
        """As the base has it."""
        return inputs if self._base is None else self._base.build_inputs(inputs, extra)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of the base and the further ones of the subclass."""
        total = super().weights(config, inputs)
        built = self._instance.base_built
        if self._base is not None and built is not None:
            total = total + self._base.weights(config, built)
        return total + self._of_wrapped()

    def _of_wrapped(self) -> Weights:
        """What a subclass of ``Wrapper`` wraps; other bases count what they hold themselves."""
        total = NO_WEIGHTS
        layer = self._instance.layer
        if self._base_path != "keras.layers.Wrapper" or layer is None:
            return total
        for address in self._machine.layer(layer).wrapped:
            obj = self._machine.store[address]
            if not isinstance(obj, LayerObject):
                raise Lost("a model that is wrapped")
            made = layer_weights(obj, obj.built)
            total = total + (made if obj.trainable else Weights(0, made.total))
        return total

    def _own(self, name: str) -> FunctionValue | None:
        return own_method(self._machine, self._instance, name)

    def _build_base(
        self, call: FunctionValue | None, inputs: Inputs, extra: Mapping[str, Any]
    ) -> None:
        """``build``, the class's own or its base's, on what ``call`` names."""
        machine, instance = self._machine, self._instance
        found = lookup(self._base_path, self._machine.generation)
        params = found.call_params if found is not None else None
        first = named = params[0].name if params else "inputs"
        if call is not None:
            own = [
                p.name.value for p in (*call.node.params.posonly_params, *call.node.params.params)
            ]
            if len(own) < 2 or (first != "inputs" and own[1] != first):
                raise Lost(f"{self._name} calls its first argument otherwise than its base")
            named = own[1]
        if instance.built:
            return
        assert self._base is not None
        machine.store[self._address] = replace(instance, built=True)
        build = self._own("build")
        if build is None:
            built = self._base.build_inputs(inputs, extra)
            machine.store[self._address] = replace(self._instance, base_built=built)
            return
        node = instance.cls.node
        frame, machine.frame = machine.frame, replace(machine.frame, source=instance.cls.source)
        try:
            args = shape_arguments(machine, build, named, inputs, extra, node)
            result = call_function(machine, build, args, node, receiver=Ref(self._address))
        except PathEnded:
            raise Lost(f"the build of {self._name} raises") from None
        finally:
            machine.frame = frame
        if isinstance(result, UnknownValue):
            raise Lost(result.reason)
