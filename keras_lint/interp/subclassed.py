"""What a subclassed Keras layer does when it is called: its ``build`` and ``call`` interpreted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from keras_lint.interp.attributes import class_member
from keras_lint.interp.declared import (
    declared_masking,
    declared_shapes,
    note_declared,
    own_method,
    shape_arguments,
)
from keras_lint.interp.functional import tracked, untracked
from keras_lint.interp.functions import call_function
from keras_lint.interp.initialising import never_initialised, not_initialised
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.masks import HandedMask
from keras_lint.interp.nested import ModelKind, layer_weights
from keras_lint.interp.refusals import layer_among, not_called
from keras_lint.interp.store import (
    InstanceObject,
    LayerObject,
    ModelObject,
    Store,
)
from keras_lint.interp.tensors import as_value, leaves, placeholder, tensors_of, types_of
from keras_lint.interp.values import (
    NONE,
    Args,
    CallRecord,
    Const,
    DimValue,
    FunctionValue,
    Ref,
    Site,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import NO_WEIGHTS, Config, Inputs, LayerKind, Mask, Weights
from keras_lint.model.dims import UNKNOWN, Sym
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import Nested, TensorType, flatten, map_nested


class CustomKind(LayerKind):
    """What a subclassed layer does: its ``build`` and ``call`` interpreted."""

    def __init__(self, machine: Machine, address: int, name: str) -> None:
        self._machine = machine
        self._address = address
        self._name = name

    @property
    def cls(self) -> str:
        """The class name in the analysed code."""
        return self._name

    @property
    def call_parameters(self) -> tuple[str, ...]:
        """The parameters of the class's own ``call``, without ``self`` and what is spread."""
        method = own_method(self._machine, self._instance, "call")
        params = cst.Parameters() if method is None else method.node.params
        named = (*params.posonly_params, *params.params, *params.kwonly_params)
        return tuple(param.name.value for param in named)[1:]

    @property
    def _instance(self) -> InstanceObject:
        found = self._machine.store[self._address]
        assert isinstance(found, InstanceObject)
        return found

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Output types; Lost where ``call`` cannot be followed, or is refused inside."""
        machine, instance = self._machine, self._instance
        node = instance.cls.node
        if instance.unknown is not None:
            raise Lost(instance.unknown.reason)
        if never_initialised(machine, instance):
            raise Mismatch(not_initialised(self._name))
        method = class_member(machine, instance.cls, "call", node)
        if not isinstance(method, FunctionValue):
            raise Lost(f"{self._name} has no call of its own")
        if own_method(machine, instance, "compute_output_spec") is not None:
            raise Lost(f"{self._name} has a compute_output_spec of its own")
        self._run_unmasked(config, inputs, extra or {})
        if machine.generation == "keras3":
            inputs = map_nested(lambda kind: self._cast(config, kind), inputs)
        tensors = placeholders(machine, inputs, Site(instance.cls.source, node, machine.stack))
        ref = Ref(self._address)
        outside, machine.records = machine.records, []
        frame, machine.frame = machine.frame, replace(machine.frame, source=instance.cls.source)
        machine.inside_layer += 1
        declared: Nested[TensorType] | None = None
        shapes: FunctionValue | None = None
        result: Value | None = None
        untraced: Store | None = None
        counts = dict(machine.name_counts)
        try:
            self._build(method, inputs, extra or {}, node)
            shapes = own_method(machine, instance, "compute_output_shape")
            if shapes is not None:
                args = shape_arguments(
                    machine, shapes, _first_name(method), inputs, extra or {}, node
                )
                declared = declared_shapes(machine, ref, shapes, args, node, self._name)
                if own_method(machine, instance, "build") is not None:
                    untraced, counts = machine.fork(), dict(machine.name_counts)
            keywords = tuple(
                (name, argument_value(machine, value, node))
                for name, value in (extra or {}).items()
                if name != "training" or (value is not None and _takes(method, name))
            )
            result = call_function(
                machine, method, Args((as_value(machine, tensors),), keywords), node, receiver=ref
            )
        except PathEnded:
            if declared is None:
                raise Lost(f"the call of {self._name} raises") from None
        finally:
            inside, machine.records = machine.records, outside
            machine.inside_layer -= 1
            machine.frame = frame
            if untraced is not None:  # Keras does not run call here, so that it builds nothing
                machine.store, machine.name_counts = {**machine.store, **untraced}, counts
        machine.inner += inside
        if declared is not None:
            if shapes is not None and result is not None:
                found = types_of(tensors_of(machine, result, machine.site(node)))
                note_declared(machine, self._name, shapes, declared, found)
            machine.store[self._address] = replace(self._instance, trace=tuple(inside))
            return map_nested(lambda kind: self._in_own_dtype(config, kind), declared)
        assert result is not None
        standing = layer_among(machine, result)
        if standing is not None and machine.generation != "keras2":
            raise Mismatch(not_called(self._name, standing, "returned"))
        refused = any(record.problem is not None for record in inside)
        nested = tensors_of(machine, result, Site(instance.cls.source, node, machine.stack))
        flat = leaves(nested)
        unknown = next((leaf for leaf in flat if isinstance(leaf, UnknownValue)), None)
        now = self._instance
        machine.store[self._address] = replace(now, trace=tuple(inside), result=result)
        if refused:
            raise Lost(f"Keras refuses what the call of {self._name} does")
        if unknown is not None:
            raise Lost(unknown.reason)
        types = types_of(nested)
        shapeless = any(kind.shape.dims is None for kind in flatten(types))
        reason = _first_reason(inside) if shapeless else ""
        if reason:
            raise Lost(reason)
        return types

    def _run_unmasked(self, config: Config, inputs: Inputs, extra: Mapping[str, Any]) -> None:
        """Run ``call`` as Keras 3.15 does to build what is inside: without masks, failing silently.

        It does so before the first call of a layer that has no ``build`` of its own.
        """
        machine, instance = self._machine, self._instance
        rest = {name: value for name, value in extra.items() if not isinstance(value, HandedMask)}
        if len(rest) == len(extra) or instance.built:
            return
        if own_method(machine, instance, "build") is not None:
            return
        inner = machine.inner
        machine.inner = []
        try:
            with machine.guarded(True):
                self.call(config, inputs, rest)
        except (Lost, Mismatch):
            pass
        finally:
            machine.inner = inner

    def call_again(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Later calls are interpreted like the first; the layers inside know what they are."""
        del first
        return self.call(config, inputs, extra)

    def call_again_inside(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """As anywhere."""
        return self.call_again(config, first, inputs, extra)

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """As the class says; one that says nothing hands on no mask."""
        del config
        declared = declared_masking(self._machine, self._instance)
        if declared is None or self._instance.unknown is not None:
            return (None,) * count
        kept: list[Mask] = flatten(inputs) if declared == "keeps" else []
        return (*kept[:count], *(False,) * (count - len(kept)))

    def _cast(self, config: Config, kind: TensorType) -> TensorType:
        """What ``call`` gets for a tensor: Keras 3.15 casts floats to the dtype of the layer."""
        if not kind.is_float:
            return kind
        own = self.output_dtype(config, kind)
        told = own == kind.dtype or not self._instance.cls.source.has("autocast")
        return TensorType(kind.shape, own if told else None)

    def _in_own_dtype(self, config: Config, kind: TensorType) -> TensorType:
        return TensorType(kind.shape, self.output_dtype(config, kind))

    def _build(
        self,
        call: FunctionValue,
        inputs: Inputs,
        extra: Mapping[str, Any],
        node: cst.CSTNode,
    ) -> None:
        """``build(input_shape)`` once, if the class has one."""
        machine, instance = self._machine, self._instance
        if instance.built:
            return
        machine.store[self._address] = replace(instance, built=True)
        build = own_method(machine, instance, "build")
        if build is not None:
            args = shape_arguments(machine, build, _first_name(call), inputs, extra, node)
            call_function(machine, build, args, node, receiver=Ref(self._address))

    @property
    def has_weights_uncalled(self) -> bool:
        """So it is when ``build`` was called by hand, or when there is nothing to build."""
        instance = self._instance
        builds = own_method(self._machine, instance, "build") is not None
        return instance.built or not (builds or any(tracked(self._machine, instance)))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Own variables and those of every layer that Keras tracks in the attributes."""
        del config, inputs
        instance = self._instance
        if instance.unknown is not None:
            raise Lost(instance.unknown.reason)
        if instance.result is None:
            # No call was traced, where what is not known would have come to light.
            hidden = untracked(self._machine, instance)
            if hidden is not None:
                raise Lost(hidden.reason)
        total = NO_WEIGHTS
        for made in instance.variables:
            total = total + made
        for address in tracked(self._machine, instance):
            obj = self._machine.store[address]
            if isinstance(obj, ModelObject):
                total = total + ModelKind(self._machine, address).weights(Config({}), [])
            elif isinstance(obj, LayerObject):
                made_later = not obj.calls and obj.built is None and obj.lost is None
                if made_later and not isinstance(obj.kind, CustomKind):
                    continue  # Keras makes weights when a layer is first called
                made = layer_weights(obj, obj.built)
                total = total + (made if obj.trainable else Weights(0, made.total))
        return total


def _takes(method: FunctionValue, name: str) -> bool:
    """Whether a method has a parameter of that name; Keras keeps ``training`` from others."""
    params = method.node.params
    return params.star_kwarg is not None or any(
        param.name.value == name
        for param in (*params.posonly_params, *params.params, *params.kwonly_params)
    )


def _first_name(call: FunctionValue) -> str:
    params = call.node.params
    names = [param.name.value for param in (*params.posonly_params, *params.params)]
    return names[1] if len(names) > 1 else ""


def _first_reason(records: Iterable[CallRecord]) -> str:
    """Why the first call that took or gave something unknown did so."""
    for record in records:
        for leaf in leaves(record.inputs):
            if isinstance(leaf, UnknownValue):
                return leaf.reason
        if record.lost:
            return record.lost
    return ""


def placeholders(machine: Machine, types: Nested[TensorType], node: cst.CSTNode | Site) -> Any:
    """Tensors of the given types that no layer made: what ``call`` gets as inputs."""
    if isinstance(types, tuple):
        return tuple(placeholders(machine, item, node) for item in types)
    if isinstance(types, list):
        return [placeholders(machine, item, node) for item in types]
    if isinstance(types, dict):
        return {key: placeholders(machine, item, node) for key, item in types.items()}
    return placeholder(machine, types, node)


def argument_value(machine: Machine, value: Any, node: cst.CSTNode) -> Value:
    """A further call argument as a value: tensors as placeholders, the rest as it is."""
    if value is UNKNOWN:
        return machine.unknown("an argument of the call", node)
    if isinstance(value, HandedMask):
        return _mask_value(machine, value.value, node)
    if isinstance(value, TensorType) or (
        isinstance(value, (tuple, list))
        and any(isinstance(item, TensorType) for item in flatten(value)[:1])
    ):
        return as_value(machine, placeholders(machine, value, node))
    if isinstance(value, Sym):
        return DimValue(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return Const(value)
    return machine.unknown("an argument of the call", node)


def _mask_value(machine: Machine, mask: Any, node: cst.CSTNode) -> Value:
    """A mask, or several, as ``call`` gets them."""
    if isinstance(mask, UnknownValue):
        return machine.unknown(mask.reason, node)
    if isinstance(mask, TensorType):
        return as_value(machine, placeholder(machine, mask, node))
    if isinstance(mask, (list, tuple)):
        items = [_mask_value(machine, item, node) for item in mask]
        return machine.new_list(items) if isinstance(mask, list) else TupleValue(tuple(items))
    if isinstance(mask, dict):
        pairs = [(Const(key), _mask_value(machine, item, node)) for key, item in mask.items()]
        return machine.new_dict(tuple(pairs))
    return NONE
