"""Models that give a tensor back as it is, which confuses Keras about where it comes from.

Seen in Keras 3.15: called on other shapes than its own, a functional model goes through its layers
again, and an input that is an output, too, comes out as the very tensor that went in. That one then
counts as made by the call that took it. Models around it are refused, or are not what they seem.
"""

from __future__ import annotations

from keras_lint.interp.functional import inputs_of, tensors_in
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import ModelObject
from keras_lint.interp.tensors import NestedTensor, leaves
from keras_lint.interp.values import TensorValue


def given_back(
    machine: Machine, found: ModelObject, inputs: NestedTensor
) -> tuple[TensorValue, ...]:
    """The tensors among ``inputs`` that come out of a call of a model themselves."""
    if machine.generation == "keras2" or machine.inside_layer:
        return ()
    given = leaves(inputs)
    own = tensors_in(machine, found, found.inputs)
    if len(own) != len(given):
        return ()
    pairs = [
        (mine.type.shape, now.type.shape)
        for mine, now in zip(own, given, strict=True)
        if isinstance(now, TensorValue)
    ]
    if all(mine.is_complete and mine == now for mine, now in pairs):
        return ()
    places = {_source(machine, found, out) for out in tensors_in(machine, found, found.outputs)}
    return tuple(
        now for place, now in enumerate(given) if place in places and isinstance(now, TensorValue)
    )


def _source(machine: Machine, found: ModelObject, tensor: TensorValue) -> int | None:
    """Which input of a model a tensor in it is, straight or through models that give it back."""
    own = [(id(one.call), one.index) for one in tensors_in(machine, found, found.inputs)]
    while True:
        key = (id(tensor.call), tensor.index)
        if key in own:
            return own.index(key)
        inner = None if tensor.call.layer is None else machine.store[tensor.call.layer]
        if not isinstance(inner, ModelObject):
            return None
        outputs = tensors_in(machine, inner, inner.outputs)
        taken = inputs_of(tensor.call)
        place = None
        if tensor.index < len(outputs):
            place = _source(machine, inner, outputs[tensor.index])
        if place is None or place >= len(taken):
            return None
        tensor = taken[place]
