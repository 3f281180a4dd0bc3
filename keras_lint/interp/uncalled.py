"""Functions that nobody calls are run once, so that a library of builders is looked at too."""

from __future__ import annotations

import ast
import contextlib
import itertools
import re
from collections import Counter
from collections.abc import Collection
from functools import cached_property

import libcst as cst

from keras_lint.interp.attributes import class_member
from keras_lint.interp.classes import LAYER, MODEL, library_base
from keras_lint.interp.functions import run_function
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.store import DictObject, InstanceObject, ModelObject
from keras_lint.interp.subclassed import placeholders
from keras_lint.interp.values import (
    Args,
    ClassValue,
    Const,
    DimValue,
    FunctionValue,
    Ref,
    TupleValue,
    Value,
)
from keras_lint.model.dims import symbol
from keras_lint.model.tensors import UNKNOWN_SHAPE, TensorType
from keras_lint.source.reader import SourceFile
from keras_lint.source.syntax import everything

_NUMBERS = itertools.count(1)
_WORD = re.compile(r"\w+")


def analyse_uncalled(machine: Machine) -> None:
    """Run every function that was defined but never called, with symbols for its arguments.

    Defaults are used as they are, but for numbers in whose place every call that the module writes
    down passes something. The module's state after the run is kept apart for each. What the module
    calls anywhere comes last: its caller, which nobody calls either, runs it with what it passes.
    """
    done: set[int] = set()
    calls = _Calls(machine.source)
    while True:
        waiting = [
            function
            for function in machine.functions
            if function.node not in machine.called
            and id(function.node) not in done
            and not _is_method(function)
        ]
        if not waiting:
            return
        for function in sorted(waiting, key=lambda function: bool(calls.of(function))):
            done.add(id(function.node))
            if function.node in machine.called:
                continue
            if any(address not in machine.store for address in function.scopes):
                continue  # a closure of a path that came to nothing
            machine.called.add(function.node)
            before = dict(machine.store)
            made = _made(machine)
            with contextlib.suppress(PathEnded), machine.supposed():
                overridden = _overridden(machine, function, calls.of(function))
                run_function(machine, function, _symbols(machine, function, overridden), None)
            # Objects the function made stay, so that its models can be drawn; what it changed
            # in the module's own state is undone. A function that made nothing leaves nothing:
            # every fork copies the whole state.
            kept = _made(machine) != made
            machine.store = {**machine.store, **before} if kept else before


class _Calls:
    """The calls that a module writes down, by the last part of what they call."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source

    def of(self, function: FunctionValue) -> list[ast.Call]:
        """Those of a function's name; without a look at them all where nothing speaks of it."""
        name = _name(function)
        once = self._words[name] <= (function.source is self._source)  # where it is defined
        if once and self._source.text.isascii():  # else names may be written in several ways
            return []
        return self._by_name.get(name, [])

    @cached_property
    def _words(self) -> Counter[str]:
        return Counter(_WORD.findall(self._source.text))

    @cached_property
    def _by_name(self) -> dict[str, list[ast.Call]]:
        found: dict[str, list[ast.Call]] = {}
        for node in everything(self._source.tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                found.setdefault(name, []).append(node)
        return found


def _name(function: FunctionValue) -> str:
    return function.node.name.value if isinstance(function.node, cst.FunctionDef) else ""


def _overridden(machine: Machine, function: FunctionValue, calls: list[ast.Call]) -> set[str]:
    """The parameters with numbers as defaults that every one of these calls passes."""
    if not calls or function.source is not machine.source:
        return set()
    params = function.node.params
    names = [param.name.value for param in (*params.posonly_params, *params.params)]
    numbers = {name for name, value in function.defaults.items() if _is_number(value)}
    return {name for name in numbers if all(_passes(call, name, names) for call in calls)}


def _is_number(value: Value) -> bool:
    if isinstance(value, TupleValue):
        return bool(value.items) and all(map(_is_number, value.items))
    return isinstance(value, Const) and type(value.value) in (int, float)


def _passes(call: ast.Call, name: str, names: list[str]) -> bool:
    """Whether a call gives an argument for a parameter, or may do so by a star."""
    if any(keyword.arg in (None, name) for keyword in call.keywords):
        return True
    stars = any(isinstance(argument, ast.Starred) for argument in call.args)
    return stars or (name in names and names.index(name) < len(call.args))


def _made(machine: Machine) -> tuple[int, ...]:
    """How much there is that a graph or a later function may need."""
    lists = (machine.models, machine.subclassed, machine.records, machine.inner, machine.functions)
    return tuple(len(made) for made in lists)


def analyse_unused_classes(machine: Machine) -> None:
    """Make one instance of every subclassed layer or model nobody makes, and call it.

    The arguments are symbols and the input is a tensor of unknown shape; a finding inside holds
    for every argument and every shape.
    """
    for cls in list(machine.classes):
        if cls.node in machine.instantiated or cls.members not in machine.store:
            continue
        if library_base(cls) not in (LAYER, MODEL):
            continue
        init = class_member(machine, cls, "__init__", cls.node)
        keywords: tuple[tuple[str, Value], ...] = ()
        if isinstance(init, FunctionValue):
            hidden = _own(init)
            given = _symbols(machine, init)
            keywords = tuple(item for item in given.items() if item[0] not in hidden)
        before = dict(machine.store)
        with contextlib.suppress(PathEnded), machine.supposed():
            made = machine.call(cls, Args((), keywords), cls.node)
            if _takes_one_tensor(machine, made, cls):
                tensor = placeholders(machine, TensorType(UNKNOWN_SHAPE, None), cls.node)
                machine.call(made, Args((tensor,)), cls.node)
        machine.store = {**machine.store, **before}


def _takes_one_tensor(machine: Machine, made: Value, cls: ClassValue) -> bool:
    """Whether the instance has a ``call`` of its own with one argument that must be given."""
    instance = machine.get_as(made, InstanceObject)
    method = class_member(machine, cls, "call", cls.node)
    if instance is None or instance.layer is None or not isinstance(method, FunctionValue):
        return False
    if isinstance(machine.store[instance.layer], ModelObject):
        return False
    params = method.node.params
    names = [p.name.value for p in (*params.posonly_params, *params.params)][1:]
    required = [name for name in names if name not in method.defaults]
    return required == names[:1] and len(names) > 0


def _own(function: FunctionValue) -> set[str]:
    """Names a caller cannot pass: ``self``, and what stands behind stars."""
    params = function.node.params
    names = {params.params[0].name.value} if params.params else set()
    if isinstance(params.star_arg, cst.Param):
        names.add(params.star_arg.name.value)
    if params.star_kwarg is not None:
        names.add(params.star_kwarg.name.value)
    return names


def _is_method(function: FunctionValue) -> bool:
    parameters = function.node.params.params
    return bool(parameters) and parameters[0].name.value in ("self", "cls")


def _symbols(
    machine: Machine, function: FunctionValue, overridden: Collection[str] = ()
) -> dict[str, Value]:
    """The defaults, but for the ``overridden`` ones, and symbols for all other parameters."""
    params = function.node.params
    bound: dict[str, Value] = {
        name: value for name, value in function.defaults.items() if name not in overridden
    }
    for param in (*params.posonly_params, *params.params, *params.kwonly_params):
        name = param.name.value
        if name not in bound:
            bound[name] = DimValue(symbol(name, next(_NUMBERS)), loose=True)
    if isinstance(params.star_arg, cst.Param):
        bound[params.star_arg.name.value] = TupleValue(())
    if params.star_kwarg is not None:
        unknown = machine.unknown("arguments that nobody passes", function.node)
        bound[params.star_kwarg.name.value] = Ref(machine.new(DictObject(None, unknown)))
    return bound
