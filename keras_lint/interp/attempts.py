"""``try``: the body, and the handlers that may take over from it."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.machine import Flow, Machine
from keras_lint.interp.registry import dotted_name, executes
from keras_lint.interp.store import Store
from keras_lint.source.walk import walk


@executes(cst.Try, cst.TryStar)
def try_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``try``: the body, or a handler from any point of it, joined.

    A handler for a missing module is not taken when the body only imports what there is; none is
    taken when every line of the body has been followed to a known result.
    """
    assert isinstance(node, (cst.Try, cst.TryStar))
    before = machine.fork()
    doubts, records = machine.doubts, len(machine.records)
    awaited = any(_catches_missing_keys(handler) for handler in node.handlers)
    machine.awaiting += awaited
    try:
        with machine.guarded(any(_catches_refusals(handler) for handler in node.handlers)):
            flow = machine.execute(node.body)
    finally:
        machine.awaiting -= awaited
    states: list[Store] = []
    after_body = machine.store
    went_well = flow.falls and _went_well(machine, node.body, doubts, records)
    if flow.falls:
        if node.orelse is not None:
            step = machine.execute(node.orelse.body)
            flow.absorb(step)
            if step.falls:
                states.append(machine.store)
        else:
            states.append(machine.store)
    for handler in node.handlers:
        if went_well or (flow.falls and _is_import_fallback(handler, node.body)):
            continue
        machine.store = dict(before)
        machine.join([machine.store, after_body], node)
        if handler.name is not None and isinstance(handler.name.name, cst.Name):
            unknown = machine.unknown("an exception", handler)
            machine.assign(handler.name.name.value, unknown)
        with machine.perhaps():
            step = machine.execute(handler.body)
        flow.absorb(step)
        if step.falls:
            states.append(machine.store)
    flow.falls = bool(states)
    if states:
        machine.join(states, node)
    if node.finalbody is not None:
        _finally(machine, flow, node.finalbody.body, after_body)
    return flow


def _finally(machine: Machine, flow: Flow, body: cst.BaseSuite, after_body: Store) -> None:
    """Run ``finally`` on every way out of the statement; one that leaves it anew wins."""
    falls, here = flow.falls, machine.store
    returned, broke, continued = flow.returned, flow.broke, flow.continued
    flow.returned, flow.broke, flow.continued = [], [], []

    def after(state: Store) -> Store | None:
        machine.store = dict(state)
        step = machine.run([body])
        flow.absorb(step)
        return machine.store if step.falls else None

    for state, value in returned:
        left = after(state)
        if left is not None:
            flow.returned.append((left, value))
    flow.broke += [left for state in broke if (left := after(state)) is not None]
    flow.continued += [left for state in continued if (left := after(state)) is not None]
    if falls or not (returned or broke or continued):
        flow.falls = after(here if falls else after_body) is not None and falls


def _went_well(machine: Machine, body: cst.BaseSuite, doubts: int, records: int) -> bool:
    """Whether the body, just run, cannot have raised: all of it was followed to known results.

    Args:
        machine: after the body.
        body: what was run.
        doubts: how many there were before.
        records: how many layer calls there were before. One that Keras refuses, or may refuse,
            has no shape.
    """
    if machine.doubts != doubts or len(machine.records) < records:
        return False
    for record in machine.records[records:]:
        if record.problem is not None or any(kind.shape.dims is None for kind in record.outputs):
            return False
    return not any(isinstance(part, (cst.Import, cst.ImportFrom, cst.Raise)) for part in walk(body))


_ANY_KEY = frozenset(("BaseException", "Exception", "KeyError", "LookupError"))
_HARMLESS_EXCEPTIONS = frozenset(
    {
        "ImportError",
        "ModuleNotFoundError",
        "KeyboardInterrupt",
        "FileNotFoundError",
        "IOError",
        "OSError",
        "KeyError",
        "StopIteration",
        "SystemExit",
    }
)
"""Exceptions that Keras does not raise for a model it refuses to build."""


def _catches_refusals(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Whether a handler would catch what Keras raises when it refuses a model."""
    return not _names_of(handler) <= _HARMLESS_EXCEPTIONS


def _names_of(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> set[str]:
    """What a handler catches, by name; all of ``BaseException`` if it names nothing."""
    if handler.type is None:
        return {"BaseException"}
    types: list[cst.BaseExpression] = [handler.type]
    if isinstance(handler.type, cst.Tuple):
        types = [element.value for element in handler.type.elements]
    return {dotted_name(kind) for kind in types}


def _catches_missing_keys(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Whether a handler catches the KeyError of a dict."""
    return not _names_of(handler).isdisjoint(_ANY_KEY)


def _is_import_fallback(
    handler: cst.ExceptHandler | cst.ExceptStarHandler, body: cst.BaseSuite
) -> bool:
    caught = "" if handler.type is None else dotted_name(handler.type)
    if caught not in ("ImportError", "ModuleNotFoundError", ""):
        return False
    return any(
        isinstance(small, (cst.Import, cst.ImportFrom))
        for line in body.body
        if isinstance(line, cst.SimpleStatementLine)
        for small in line.body
    )
