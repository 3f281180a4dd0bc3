"""Handlers for statements: assignment, branches, loops, definitions, imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from keras_lint.interp.arithmetic import binary
from keras_lint.interp.assignment import (
    assign_target,
    cells_now,
    delete_target,
    havoc,
    havoc_targets,
)
from keras_lint.interp.elements import element
from keras_lint.interp.machine import MAX_ITERATIONS, Flow, Machine, PathEnded
from keras_lint.interp.registry import executes
from keras_lint.interp.store import Store
from keras_lint.interp.symbolic import python_use
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    BoundMethod,
    UnknownValue,
    Value,
)
from keras_lint.source.walk import walk


@executes(cst.SimpleStatementLine, cst.SimpleStatementSuite)
def simple_line(machine: Machine, node: cst.CSTNode) -> Flow:
    """The small statements of one line."""
    assert isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
    return machine.run(node.body)


@executes(cst.IndentedBlock)
def block(machine: Machine, node: cst.CSTNode) -> Flow:
    """A body."""
    assert isinstance(node, cst.IndentedBlock)
    return machine.run(node.body)


@executes(cst.Expr)
def expression(machine: Machine, node: cst.CSTNode) -> Flow:
    """An expression for its effects."""
    assert isinstance(node, cst.Expr)
    machine.reads.give(machine, node.value, "", machine.eval(node.value))
    return Flow()


@executes(cst.Assign)
def assign(machine: Machine, node: cst.CSTNode) -> Flow:
    """``a = b = value``."""
    assert isinstance(node, cst.Assign)
    value = machine.eval(node.value)
    first = node.targets[0].target
    if len(node.targets) == 1 and isinstance(first, cst.Name):
        machine.reads.give(machine, node.value, first.value, value)
    for target in node.targets:
        assign_target(machine, target.target, value)
    return Flow()


@executes(cst.AnnAssign)
def annotated_assign(machine: Machine, node: cst.CSTNode) -> Flow:
    """``a: int = value``."""
    assert isinstance(node, cst.AnnAssign)
    if node.value is not None:
        assign_target(machine, node.target, machine.eval(node.value))
    return Flow()


_AUGMENTED = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.MatrixMultiplyAssign: "@",
    cst.BitAndAssign: "&",
    cst.BitOrAssign: "|",
    cst.BitXorAssign: "^",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
}


@executes(cst.AugAssign)
def augmented_assign(machine: Machine, node: cst.CSTNode) -> Flow:
    """``a += value``; a list is extended in place."""
    assert isinstance(node, cst.AugAssign)
    before = machine.eval(node.target)
    value = machine.eval(node.value)
    symbol = _AUGMENTED[type(node.operator)]
    if symbol == "+" and machine.get(before) is not None:
        extend = machine.get_attribute(before, "extend", node)
        if isinstance(extend, BoundMethod):
            machine.call(extend, Args((value,)), node)
            return Flow()
    result = binary(machine, symbol, before, value, node)
    if isinstance(before, ArrayValue):
        havoc(machine, before, machine.unknown("an array that was changed", node))
        if isinstance(result, ArrayValue) and before.cells:
            result = replace(result, cells=cells_now(machine, before))
    assign_target(machine, node.target, result)
    return Flow()


@executes(cst.Del)
def delete(machine: Machine, node: cst.CSTNode) -> Flow:
    """``del name``."""
    assert isinstance(node, cst.Del)
    delete_target(machine, node.target)
    return Flow()


@executes(cst.Assert)
def assert_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``assert test``: a test known to be false ends the path."""
    assert isinstance(node, cst.Assert)
    if _test(machine, node.test) is False:
        raise PathEnded
    return Flow()


@executes(cst.Raise)
def raise_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``raise``: the path ends."""
    del machine, node
    return Flow(falls=False)


@executes(cst.Return)
def return_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``return value``."""
    assert isinstance(node, cst.Return)
    value = NONE if node.value is None else machine.eval(node.value)
    return Flow(falls=False, returned=[(machine.store, value)])


@executes(cst.Break)
def break_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``break``."""
    del node
    return Flow(falls=False, broke=[machine.store])


@executes(cst.Continue)
def continue_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``continue``."""
    del node
    return Flow(falls=False, continued=[machine.store])


@executes(cst.Global)
def global_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``global a, b``."""
    assert isinstance(node, cst.Global)
    names = [item.name.value for item in node.names]
    if len(machine.frame.scopes) > 1:
        machine.declare(names, machine.frame.scopes[-1])
    return Flow()


@executes(cst.Nonlocal)
def nonlocal_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``nonlocal a, b``: each name to the nearest enclosing scope that has it."""
    assert isinstance(node, cst.Nonlocal)
    for item in node.names:
        for address in machine.frame.scopes[1:-1]:
            if item.name.value in machine.scope(address).variables:
                machine.declare([item.name.value], address)
                break
    return Flow()


def branch(machine: Machine, sides: Sequence[Sequence[cst.CSTNode]], node: cst.CSTNode) -> Flow:
    """Run each side from the same state and go on from where they meet."""
    before = machine.fork()
    flow = Flow(falls=False)
    states: list[Store] = []
    for side in sides:
        machine.store = dict(before)
        with machine.perhaps():
            step = machine.run(side)
        flow.absorb(step)
        if step.falls:
            states.append(machine.store)
    if states:
        machine.join(states, node)
        flow.falls = True
    return flow


def _test(machine: Machine, test: cst.BaseExpression) -> bool | None:
    """The truth value of a condition, None if it is not known."""
    value = machine.eval(test)
    python_use(machine, value, "a truth value", test)
    return machine.truth(value)


@executes(cst.If)
def if_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``if/elif/else``: one side if the test is known, else both, joined."""
    assert isinstance(node, cst.If)
    truth = _test(machine, node.test)
    other: list[cst.CSTNode] = []
    if isinstance(node.orelse, cst.If):
        other = [node.orelse]
    elif node.orelse is not None:
        other = [node.orelse.body]
    if truth is True:
        return machine.execute(node.body)
    if truth is False:
        return machine.run(other)
    return branch(machine, [[node.body], other], node)


@executes(cst.For)
def for_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``for``: known items one by one, an unknown iterable once with unknown values."""
    assert isinstance(node, cst.For)
    iterable = machine.eval(node.iter)
    python_use(machine, iterable, "something to iterate over", node.iter)
    items = machine.items(iterable)
    if items is None or len(items) > MAX_ITERATIONS:
        why = machine.why_unknown(iterable, node.iter)
        given = element(machine, iterable) or why
        return _unknown_loop(machine, node, node.target, why, given)
    flow = Flow()
    finished: list[Store] = []
    for item in items:
        assign_target(machine, node.target, item)
        step = machine.execute(node.body)
        flow.returned += step.returned
        finished += step.broke
        going = [*step.continued, *([machine.store] if step.falls else [])]
        if not going:
            return _after_loop(machine, node, flow, finished, None)
        machine.join(going, node)
    return _after_loop(machine, node, flow, finished, machine.store)


def _after_loop(
    machine: Machine,
    node: cst.For | cst.While,
    flow: Flow,
    broken: list[Store],
    normal: Store | None,
) -> Flow:
    """Join the ways out of a loop; ``else`` runs on the normal one."""
    states = list(broken)
    if normal is not None:
        machine.store = normal
        if node.orelse is not None:
            step = machine.execute(node.orelse.body)
            flow.absorb(step)
            if step.falls:
                states.append(machine.store)
        else:
            states.append(normal)
    flow.falls = bool(states)
    if states:
        machine.join(states, node)
    return flow


def _unknown_loop(
    machine: Machine,
    node: cst.For | cst.While,
    target: cst.BaseExpression | None,
    why: UnknownValue,
    given: Value | None = None,
) -> Flow:
    """A loop that runs an unknown number of times; ``given`` stands for all it iterates over.

    Whatever its body assigns is unknown from the start; the body is looked at once, because what is
    wrong in it whatever the loop variables are is wrong; then the state before is joined.
    """
    before = machine.fork()
    reason = UnknownValue(f"a loop that cannot be unrolled ({why.reason})", machine.site(node))
    havoc_targets(machine, node.body, reason)
    if target is not None:
        assign_target(machine, target, why if given is None else given)
    with machine.perhaps():
        step = machine.execute(node.body)
    flow = Flow(returned=step.returned)
    states = [before, *step.broke, *step.continued, *([machine.store] if step.falls else [])]
    machine.join(states, node)
    havoc_targets(machine, node.body, reason)
    if node.orelse is not None:
        after = machine.execute(node.orelse.body)
        flow.absorb(after)
        flow.falls = after.falls
    return flow


def _gives_on(machine: Machine, node: cst.While) -> bool:
    """Whether this is the ``while True`` of a generator that yields in it."""
    always = isinstance(node.test, cst.Integer) and node.test.value != "0"
    always |= isinstance(node.test, cst.Name) and node.test.value == "True"
    return always and machine.frame.yields is not None and _has(node.body, cst.Yield)


def _has(body: cst.CSTNode, *kinds: type[cst.CSTNode]) -> bool:
    return any(isinstance(part, kinds) for part in walk(body, cst.FunctionDef, cst.Lambda))


@executes(cst.While)
def while_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``while`` with tests that stay known; otherwise like a loop of unknown length."""
    assert isinstance(node, cst.While)
    flow = Flow()
    finished: list[Store] = []
    if _gives_on(machine, node):
        why = machine.unknown("a generator without end", node)
        machine.frame.endless = not _has(node.body, cst.Break, cst.Return)
        return _unknown_loop(machine, node, None, why)
    for _ in range(MAX_ITERATIONS):
        value = machine.eval(node.test)
        python_use(machine, value, "a truth value", node.test)
        truth = machine.truth(value)
        if truth is False:
            return _after_loop(machine, node, flow, finished, machine.store)
        if truth is None:
            rest = _unknown_loop(machine, node, None, machine.why_unknown(value, node.test))
            flow.absorb(rest)
            machine.join([machine.store, *finished], node)
            return flow
        step = machine.execute(node.body)
        flow.returned += step.returned
        finished += step.broke
        going = [*step.continued, *([machine.store] if step.falls else [])]
        if not going:
            return _after_loop(machine, node, flow, finished, None)
        machine.join(going, node)
        if finished and isinstance(node.test, cst.Name) and node.test.value == "True":
            rest = _unknown_loop(machine, node, None, machine.unknown("a loop with break", node))
            flow.absorb(rest)
            machine.join([machine.store, *finished], node)
            return flow
    rest = _unknown_loop(machine, node, None, machine.unknown("a very long loop", node))
    flow.absorb(rest)
    return flow
