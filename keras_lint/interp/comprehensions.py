"""Comprehensions and generator expressions over known iterables."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from keras_lint.interp.assignment import assign_target
from keras_lint.interp.machine import Frame, Machine, PathEnded
from keras_lint.interp.registry import evaluates
from keras_lint.interp.store import DictObject, IteratorObject, ScopeObject
from keras_lint.interp.symbolic import python_use
from keras_lint.interp.values import Ref, UnknownValue, Value

_MAX_ITEMS = 20_000


def _walk(
    machine: Machine, clause: cst.CompFor, collect: Callable[[], None]
) -> UnknownValue | None:
    """Call ``collect`` for every combination; the reason when a part is not known."""
    iterable = machine.eval(clause.iter)
    python_use(machine, iterable, "something to iterate over", clause.iter)
    items = machine.items(iterable)
    if items is None or len(items) > _MAX_ITEMS:
        return machine.why_unknown(iterable, clause.iter)
    for item in items:
        assign_target(machine, clause.target, item)
        keep = True
        for condition in clause.ifs:
            value = machine.eval(condition.test)
            truth = machine.truth(value)
            if truth is None:
                return machine.why_unknown(value, condition)
            keep = keep and truth
        if not keep:
            continue
        if clause.inner_for_in is not None:
            lost = _walk(machine, clause.inner_for_in, collect)
            if lost is not None:
                return lost
        else:
            collect()
    return None


def _followed(
    machine: Machine, clause: cst.CompFor, collect: Callable[[], None]
) -> UnknownValue | None:
    """As :func:`_walk`; what could not be walked over has happened an unknown number of times."""
    lost = _walk(machine, clause, collect)
    if lost is not None:
        _perhaps(machine, clause, collect, lost)
    return lost


def _perhaps(
    machine: Machine, clause: cst.CompFor, collect: Callable[[], None], why: UnknownValue
) -> None:
    """Look once at what is repeated an unknown number of times, for what it does to other objects.

    ``[model.add(Dense(n)) for n in sizes]`` changes the model, and nobody knows how.
    """
    before = machine.fork()
    with machine.perhaps():
        try:
            inner: cst.CompFor | None = clause
            while inner is not None:
                machine.eval(inner.iter)
                assign_target(machine, inner.target, why)
                for condition in inner.ifs:
                    machine.eval(condition.test)
                inner = inner.inner_for_in
            collect()
        except PathEnded:
            machine.store = before
            return
    machine.join([before, machine.store], clause)


@evaluates(cst.ListComp, cst.SetComp, cst.GeneratorExp)
def comprehension(machine: Machine, node: cst.CSTNode) -> Value:
    """``[f(x) for x in xs if x]`` and its set and generator forms."""
    assert isinstance(node, (cst.ListComp, cst.SetComp, cst.GeneratorExp))
    values: list[Value] = []
    scope = machine.new(ScopeObject())
    frame = _inner_frame(machine, scope)
    element = node.elt
    with machine.activation(frame, None):
        lost = _followed(machine, node.for_in, lambda: values.append(machine.eval(element)))
    if lost is not None:
        return lost
    if isinstance(node, cst.ListComp):
        return machine.new_list(values)
    if isinstance(node, cst.SetComp):
        return machine.new_set(values, node)
    return Ref(machine.new(IteratorObject(tuple(values))))


@evaluates(cst.DictComp)
def dict_comprehension(machine: Machine, node: cst.CSTNode) -> Value:
    """``{k: v for k, v in items}``."""
    assert isinstance(node, cst.DictComp)
    items: dict[Value, Value] = {}
    scope = machine.new(ScopeObject())
    key_node, value_node = node.key, node.value

    def collect() -> None:
        key = machine.eval(key_node)
        items[key] = machine.eval(value_node)

    with machine.activation(_inner_frame(machine, scope), None):
        lost = _followed(machine, node.for_in, collect)
    if lost is not None:
        return lost
    return Ref(machine.new(DictObject(tuple(items.items()))))


def _inner_frame(machine: Machine, scope: int) -> Frame:
    outer = machine.frame
    return Frame(
        outer.source,
        (scope, *outer.scopes),
        outer.function,
        comprehensions=outer.comprehensions + 1,
        receiver=outer.receiver,
        yields=outer.yields,
    )
