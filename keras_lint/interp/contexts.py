"""``with``: scopes that leave what is built alone, and context managers of the analysed code."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from keras_lint.interp.assignment import assign_target
from keras_lint.interp.attributes import class_member
from keras_lint.interp.functions import bind_parameters, call_function, run_body
from keras_lint.interp.machine import Flow, Frame, Machine, PathEnded
from keras_lint.interp.registry import dotted_name, executes
from keras_lint.interp.store import InstanceObject, ScopeObject
from keras_lint.interp.values import (
    NONE,
    Args,
    FunctionValue,
    ManagerValue,
    UnknownValue,
    Value,
)


@executes(cst.With)
def with_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``with``: what enters and leaves is run where the analysed code says what that is.

    Of a library's context manager the value is not known; it does not change what is built.
    """
    assert isinstance(node, cst.With)
    with machine.guarded(any(_expects_refusal(item) for item in node.items)):
        return _entered(machine, node.items, node)


def _entered(machine: Machine, items: Sequence[cst.WithItem], node: cst.With) -> Flow:
    """Enter the items one by one, then run the body inside all of them."""
    if not items:
        return machine.execute(node.body)
    item, rest = items[0], items[1:]
    value = machine.eval(item.item)
    if isinstance(value, ManagerValue):
        return _managed(machine, value, item, rest, node)
    found = machine.get_as(value, InstanceObject)
    enter = None if found is None else class_member(machine, found.cls, "__enter__", node)
    if found is None or not isinstance(enter, FunctionValue):
        if not isinstance(value, UnknownValue):
            value = machine.unknown("the value of a with statement", item.item)
        _bind(machine, item, value)
        return _entered(machine, rest, node)
    _bind(machine, item, call_function(machine, enter, Args(), item.item, receiver=value))
    flow = _entered(machine, rest, node)
    leave = class_member(machine, found.cls, "__exit__", node)
    if isinstance(leave, FunctionValue) and _go_on(machine, flow, node):
        call_function(machine, leave, Args((NONE, NONE, NONE)), item.item, receiver=value)
        return _after(machine, [flow])
    return flow


def _bind(machine: Machine, item: cst.WithItem, value: Value) -> None:
    """``as name``."""
    if item.asname is not None and isinstance(item.asname.name, cst.BaseExpression):
        assign_target(machine, item.asname.name, value)


def _managed(
    machine: Machine,
    manager: ManagerValue,
    item: cst.WithItem,
    rest: Sequence[cst.WithItem],
    node: cst.With,
) -> Flow:
    """A generator under ``contextlib.contextmanager``: the body runs at its ``yield``."""
    function = manager.function
    bound = bind_parameters(machine, function, manager.args, item.item)
    if isinstance(bound, UnknownValue):
        _bind(machine, item, bound)
        return _entered(machine, rest, node)
    frame, stack = machine.frame, machine.stack
    flows: list[Flow] = []

    def body(value: Value) -> None:
        inside = machine.frame, machine.stack
        machine.frame, machine.stack = frame, stack
        try:
            _bind(machine, item, value)
            flow = _entered(machine, rest, node)
        finally:
            machine.frame, machine.stack = inside
        flows.append(flow)
        if not _go_on(machine, flow, node):
            raise PathEnded

    scope = machine.new(ScopeObject(bound))
    activation = Frame(function.source, (scope, *function.scopes), function)
    activation.receiver = manager.args.positional[0] if manager.args.positional else None
    activation.at_yield = body
    try:
        run_body(machine, function, activation, item.item)
    except PathEnded:
        return Flow(falls=False)
    return _after(machine, flows)


def _go_on(machine: Machine, flow: Flow, node: cst.CSTNode) -> bool:
    """Go on from wherever a body ended, to run what comes on every way out; False if nowhere."""
    states = [state for state, _ in flow.returned] + flow.broke + flow.continued
    if flow.falls:
        states.append(machine.store)
    if states:
        machine.join(states, node)
    return bool(states)


def _after(machine: Machine, flows: Sequence[Flow]) -> Flow:
    """The ways out of the bodies, now that what comes on all of them has run."""
    state = machine.store
    return Flow(
        falls=any(flow.falls for flow in flows),
        returned=[(state, value) for flow in flows for _, value in flow.returned],
        broke=[state for flow in flows for _ in flow.broke],
        continued=[state for flow in flows for _ in flow.continued],
    )


def _expects_refusal(item: cst.WithItem) -> bool:
    """``with pytest.raises(...)``, ``self.assertRaises...(...)``, ``suppress(...)``."""
    called = item.item
    if not isinstance(called, cst.Call):
        return False
    name = dotted_name(called.func).rpartition(".")[2]
    return name in ("raises", "suppress") or name.startswith("assertRaises")
