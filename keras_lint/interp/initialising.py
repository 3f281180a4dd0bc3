"""``super().__init__`` of a subclassed layer: what it refuses, and whether it is called at all.

Seen in Keras 3.15: a layer that never calls it can be made, but calling it raises RuntimeError.
"""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.attributes import class_member
from keras_lint.interp.declared import own_method
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import InstanceObject, LayerObject
from keras_lint.interp.values import (
    Args,
    ClassValue,
    ExternalValue,
    FunctionValue,
    RefusedRecord,
    Site,
    UnknownValue,
)
from keras_lint.keras_api.names import canonical
from keras_lint.keras_api.signatures import check_own_layer
from keras_lint.model.outcomes import Mismatch, Problem
from keras_lint.source.walk import walk

_BARE = ("keras.Layer", "keras.Model")
"""Library classes that take nothing by position and the keywords of every layer."""


def refused_by_layer(
    machine: Machine, cls: ClassValue, args: Args, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that ``Layer.__init__`` refuses what a class of the program hands on to it, if so."""
    if machine.generation == "keras2" or machine.supposing or args.incomplete is not None:
        return None
    if not _is_layer_alone(cls):
        return None
    init = class_member(machine, cls, "__init__", node)
    params = init.node.params if isinstance(init, FunctionValue) else cst.Parameters()
    own = [p.name.value for p in (*params.posonly_params, *params.params, *params.kwonly_params)]
    keywords = [name for name, _ in args.keywords]
    try:
        check_own_layer(cls.name, len(args.positional), keywords, own)
    except Mismatch as mismatch:
        problem = mismatch.problem
    else:
        return None
    if not machine.catching:
        site = machine.site(node)
        written = _written(machine, problem.argument, node)
        arguments = () if written is None else ((problem.argument, written),)
        machine.refusals.append(RefusedRecord(problem, site, arguments))
    return machine.unknown(f"Keras refuses {cls.name}(...): {problem.actual}", node)


def _is_layer_alone(cls: ClassValue) -> bool:
    """Whether nothing but the classes of the program and ``Layer`` or ``Model`` has a say."""
    return (
        all(
            _is_layer_alone(base)
            if isinstance(base, ClassValue)
            else isinstance(base, ExternalValue) and canonical(base.path) in _BARE
            for base in cls.bases
        )
        and len(cls.bases) == 1
    )


def _written(machine: Machine, keyword: str, node: cst.CSTNode) -> Site | None:
    """The innermost call around ``node`` that has the keyword in its own words."""
    calls = (*machine.stack, (machine.frame.source, node))
    for depth in range(len(calls) - 1, -1, -1):
        source, call = calls[depth]
        for arg in call.args if isinstance(call, cst.Call) else ():
            if arg.keyword is not None and arg.keyword.value == keyword:
                return Site(source, call, machine.stack[:depth])
    return None


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
