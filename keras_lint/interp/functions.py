"""Calling functions of the analysed code: binding arguments, running the body, joining returns."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.machine import MAX_CALL_DEPTH, Frame, Machine, PathEnded
from keras_lint.interp.store import DictObject, IteratorObject, ScopeObject, Store
from keras_lint.interp.values import (
    NONE,
    Args,
    Const,
    DatasetValue,
    FunctionValue,
    ManagerValue,
    Ref,
    Site,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.source.walk import walk


def bind_parameters(
    machine: Machine, function: FunctionValue, args: Args, node: cst.CSTNode
) -> dict[str, Value] | UnknownValue:
    """Parameters by name as Python binds them; UnknownValue when the call does not fit."""
    params = function.node.params
    bound: dict[str, Value] = {}
    positional = [p.name.value for p in (*params.posonly_params, *params.params)]
    keyword_only = [p.name.value for p in params.kwonly_params]
    rest = list(args.positional)
    for name in positional:
        if rest:
            bound[name] = rest.pop(0)
    star = params.star_arg
    if isinstance(star, cst.Param):
        bound[star.name.value] = TupleValue(tuple(rest))
        rest = []
    extra: list[tuple[Value, Value]] = []
    for name, value in args.keywords:
        if name in bound:
            return machine.unknown(f"'{name}' is given twice to {function.name}()", node)
        if name in positional or name in keyword_only:
            bound[name] = value
        elif params.star_kwarg is not None:
            extra.append((Const(name), value))
        else:
            return machine.unknown(f"{function.name}() takes no argument '{name}'", node)
    if params.star_kwarg is not None:
        items = None if args.incomplete is not None else tuple(extra)
        bound[params.star_kwarg.name.value] = Ref(machine.new(DictObject(items, args.incomplete)))
    if rest:
        return machine.unknown(f"too many arguments for {function.name}()", node)
    for name in (*positional, *keyword_only):
        if name in bound:
            continue
        if args.incomplete is not None:
            bound[name] = args.incomplete
        elif name in function.defaults:
            bound[name] = function.defaults[name]
        else:
            return machine.unknown(f"{function.name}() is missing argument '{name}'", node)
    return bound


def call_function(
    machine: Machine,
    function: FunctionValue,
    args: Args,
    node: cst.CSTNode,
    receiver: Value | None = None,
) -> Value:
    """Run a function of the analysed code; its result joined over all ways it returns."""
    if receiver is not None:
        args = Args((receiver, *args.positional), args.keywords, args.nodes, args.incomplete)
    bound = bind_parameters(machine, function, args, node)
    if isinstance(bound, UnknownValue):
        return bound
    if len(machine.stack) >= MAX_CALL_DEPTH:
        return machine.unknown(f"calls nested too deeply at {function.name}()", node)
    if machine.uncertain and function.node in machine.active:
        return machine.unknown(f"{function.name}() calls itself on a condition not known", node)
    machine.called.add(function.node)
    if "contextmanager" in function.decorators:
        return ManagerValue(function, args)
    return run_function(machine, function, bound, node, receiver)


def run_function(
    machine: Machine,
    function: FunctionValue,
    bound: dict[str, Value],
    node: cst.CSTNode | None,
    receiver: Value | None = None,
) -> Value:
    """Run the body with parameters already bound; raises PathEnded if no path returns."""
    scope = machine.new(ScopeObject(bound))
    frame = Frame(function.source, (scope, *function.scopes), function, receiver=receiver)
    if isinstance(function.node, cst.Lambda):
        with machine.activation(frame, node):
            return machine.eval(function.node.body)
    if function.node.asynchronous is not None:
        return machine.unknown("an async function is not followed", node or function.node)
    generator = function.source.has("yield") and _is_generator(machine, function.node)
    if generator:
        frame.yields, frame.certain = [], machine.uncertain
    result = run_body(machine, function, frame, node)
    return _given(machine, frame, node or function.node) if generator else result


def _given(machine: Machine, frame: Frame, node: cst.CSTNode) -> Value:
    """The generator that gives what was yielded; one element stands for all if they are open."""
    yields = frame.yields or []
    if not frame.open:
        return Ref(machine.new(IteratorObject(tuple(yields))))
    return DatasetValue("generator", machine.join_values(yields, node), endless=frame.endless)


def run_body(
    machine: Machine, function: FunctionValue, frame: Frame, node: cst.CSTNode | None
) -> Value:
    """Run a body in a frame made for it and go on from all the ways it returns.

    Raises:
        PathEnded: no path returns.
    """
    machine.active.append(function.node)
    try:
        with machine.activation(frame, node):
            flow = machine.execute(function.node.body)
    finally:
        machine.active.pop()
    exits: list[tuple[Store, Value]] = list(flow.returned)
    if flow.falls:
        exits.append((machine.store, NONE))
    if not exits:
        raise PathEnded
    where = node or Site(function.source, function.node, machine.stack)
    machine.join([state for state, _ in exits], where)
    return machine.join_values([value for _, value in exits], where)


def _is_generator(machine: Machine, node: cst.FunctionDef) -> bool:
    known = machine.generators.get(id(node))
    if known is None:
        inside = walk(node.body, cst.FunctionDef, cst.Lambda)
        known = any(isinstance(part, cst.Yield) for part in inside)
        machine.generators[id(node)] = known
    return known
