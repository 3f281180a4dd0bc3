"""Handlers for what binds names to code: imports, functions, classes and their decorators."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.attributes import setter_name
from keras_lint.interp.expressions import make_function
from keras_lint.interp.imports import import_from, import_names
from keras_lint.interp.machine import Flow, Frame, Machine
from keras_lint.interp.registry import dotted_name, executes
from keras_lint.interp.store import ScopeObject
from keras_lint.interp.values import (
    Args,
    ClassValue,
    ExternalValue,
    FunctionValue,
    PartialValue,
    Value,
)


@executes(cst.Import)
def import_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``import a.b as c``."""
    assert isinstance(node, cst.Import)
    import_names(machine, node)
    return Flow()


@executes(cst.ImportFrom)
def import_from_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``from a import b as c``."""
    assert isinstance(node, cst.ImportFrom)
    import_from(machine, node)
    return Flow()


_TRANSPARENT = {
    "tf.function",
    "tensorflow.function",
    "staticmethod",
    "classmethod",
    "property",
    "abstractmethod",
    "abc.abstractmethod",
    "cached_property",
    "functools.cached_property",
    "override",
    "typing.override",
    "functools.wraps",
    "functools.lru_cache",
    "functools.cache",
    "contextlib.contextmanager",
    "six.add_metaclass",
    "dataclass",
    "dataclasses.dataclass",
    "keras_export",
    "keras_cv_export",
    "keras_hub_export",
    "keras_nlp_export",
    "keras_tuner_export",
    "tf_export",
}
"""Decorators that register a function or leave its meaning alone."""


@executes(cst.FunctionDef)
def function_definition(machine: Machine, node: cst.CSTNode) -> Flow:
    """``def``: decorators that leave the meaning alone are kept by name, others make it unknown."""
    assert isinstance(node, cst.FunctionDef)
    if any(_name_of(d).endswith(".deleter") for d in node.decorators):
        return Flow()
    if any(_name_of(d).endswith(".setter") for d in node.decorators):
        setter = make_function(machine, node, node.name.value, node.params, ("setter",))
        machine.assign(setter_name(node.name.value), setter)
        return Flow()
    opaque = [d for d in node.decorators if not _is_transparent(machine, d)]
    names = tuple(_name_of(d).rpartition(".")[2] for d in node.decorators if d not in opaque)
    function = make_function(machine, node, node.name.value, node.params, names)
    if machine.frame.source is machine.source:
        machine.functions.append(function)
    value: Value = function
    for decorator in reversed(opaque):
        value = _decorated(machine, decorator, value)
    machine.assign(node.name.value, value)
    return Flow()


def _name_of(decorator: cst.Decorator) -> str:
    called = decorator.decorator
    return dotted_name(called.func if isinstance(called, cst.Call) else called)


def _is_transparent(machine: Machine, decorator: cst.Decorator) -> bool:
    """Whether a decorator leaves what it decorates as it is, by its name or its path."""
    text = _name_of(decorator)
    if text in _TRANSPARENT:
        return True
    called = decorator.decorator
    value = machine.eval(called.func if isinstance(called, cst.Call) else called)
    if not isinstance(value, ExternalValue):
        return False
    return value.path in _TRANSPARENT or value.path.startswith("keras.")


def _decorated(machine: Machine, decorator: cst.Decorator, value: Value) -> Value:
    """What a decorator of the analysed code makes of a function or class."""
    decorate = machine.eval(decorator.decorator)
    if isinstance(decorate, (FunctionValue, PartialValue)):
        return machine.call(decorate, Args((value,)), decorator.decorator)
    text = _name_of(decorator) or "?"
    return machine.unknown(f"the decorator {text} is not followed", decorator)


@executes(cst.ClassDef)
def class_definition(machine: Machine, node: cst.CSTNode) -> Flow:
    """``class``: its body runs in a scope of its own."""
    assert isinstance(node, cst.ClassDef)
    bases: list[Value] = [machine.eval(base.value) for base in node.bases]
    scope = machine.new(ScopeObject())
    frame = Frame(machine.frame.source, (scope, *machine.frame.scopes), is_class=True)
    with machine.activation(frame, None):
        machine.execute(node.body)
    names = tuple(_name_of(decorator).rpartition(".")[2] for decorator in node.decorators)
    cls = ClassValue(node, node.name.value, tuple(bases), scope, machine.frame.source, names)
    if machine.frame.source is machine.source:
        machine.classes.append(cls)
    value: Value = cls
    for decorator in reversed(node.decorators):
        if not _is_transparent(machine, decorator):
            value = _decorated(machine, decorator, value)
    machine.assign(node.name.value, value)
    return Flow()
