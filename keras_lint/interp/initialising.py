"""Whether ``super().__init__`` of a subclassed layer was surely never called.

Seen in Keras 3.15: such a layer can be made, but calling it raises RuntimeError.
"""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.declared import own_method
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import InstanceObject, LayerObject
from keras_lint.model.outcomes import Problem
from keras_lint.source.walk import walk


def never_initialised(machine: Machine, instance: InstanceObject) -> bool:
    """Whether the layer got no name, and nothing in its ``__init__`` could have given it one."""
    layer = None if instance.layer is None else machine.store[instance.layer]
    init = own_method(machine, instance, "__init__")
    if not isinstance(layer, LayerObject) or layer.name or init is None:
        return False
    if isinstance(init.node, cst.Lambda) or not init.node.params.params or init.decorators:
        return False
    return not _may_initialise(init.node, init.node.params.params[0].name.value)


def _may_initialise(init: cst.FunctionDef, own: str) -> bool:
    for node in walk(init.body):
        if isinstance(node, cst.Name) and node.value in ("super", "exec", "eval"):
            return True
        if isinstance(node, cst.Attribute) and node.attr.value == "__init__":
            return True
        if isinstance(node, cst.Arg) and _is(node.value, own):
            return True
        func = node.func if isinstance(node, cst.Call) else None
        if isinstance(func, cst.Attribute) and _is(func.value, own):
            return True
    return False


def _is(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def not_initialised(name: str) -> Problem:
    """What Keras says when an object of the class ``name`` is called."""
    return Problem(
        "init",
        name,
        "super().__init__() in __init__",
        "it is not called",
        argument="__init__",
        exceptions=("RuntimeError",),
    )
