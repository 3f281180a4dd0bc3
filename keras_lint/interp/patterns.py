"""``match``: which case a value takes, as far as that is known, and what its pattern binds."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from keras_lint.interp.classes import dataclass_fields
from keras_lint.interp.kinds import is_a
from keras_lint.interp.machine import Flow, Machine
from keras_lint.interp.registry import executes
from keras_lint.interp.store import DictObject, InstanceObject, ListObject, Store
from keras_lint.interp.values import (
    ClassValue,
    Const,
    ExternalValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.source.walk import walk

_SELF_MATCHING = frozenset(
    f"builtins.{name}" for name in ("bool", "dict", "float", "int", "list", "set", "str", "tuple")
)
"""Classes whose one positional pattern is matched with the subject itself."""

Bound = dict[str, Value]


@executes(cst.Match)
def match_(machine: Machine, node: cst.CSTNode) -> Flow:
    """``match``: the first case that surely fits; all that may fit before it as well, joined."""
    assert isinstance(node, cst.Match)
    subject = machine.eval(node.subject)
    flow = Flow(falls=False)
    states: list[Store] = []
    for case in node.cases:
        bound: Bound = {}
        fits = _fits(machine, case.pattern, subject, bound)
        if fits is False:
            continue
        before = machine.fork()
        for name in _captured(case.pattern) - bound.keys():
            machine.assign(name, machine.unknown("a match case", case))
        for name, value in bound.items():
            machine.assign(name, value)
        guard = None if case.guard is None else machine.eval(case.guard)
        passes = True if guard is None else machine.truth(guard)
        if passes is False:
            continue  # names bound by the pattern stay bound, as in Python
        certain = fits is True and passes is True
        after_pattern = machine.fork()
        if certain and not states and flow == Flow(falls=False):
            return machine.execute(case.body)
        with machine.perhaps():
            step = machine.run([case.body])
        flow.absorb(step)
        if step.falls:
            states.append(machine.store)
        if certain:
            return _joined(machine, flow, states, node)
        machine.store = dict(before)
        if passes is None:
            machine.join([machine.store, after_pattern], node)
    states.append(machine.store)
    return _joined(machine, flow, states, node)


def _captured(pattern: cst.MatchPattern) -> set[str]:
    """The names that a pattern binds when it fits."""
    names = [
        part.rest if isinstance(part, cst.MatchMapping) else part.name
        for part in walk(pattern)
        if isinstance(part, (cst.MatchAs, cst.MatchMapping, cst.MatchStar))
    ]
    return {name.value for name in names if name is not None}


def _joined(machine: Machine, flow: Flow, states: Sequence[Store], node: cst.CSTNode) -> Flow:
    if states:
        machine.join(states, node)
        flow.falls = True
    return flow


def _fits(machine: Machine, pattern: cst.MatchPattern, value: Value, bound: Bound) -> bool | None:
    """Whether a pattern fits, None if that is not known; what it binds goes into ``bound``."""
    if isinstance(pattern, cst.MatchValue):
        return _equals(machine, machine.eval(pattern.value), value)
    if isinstance(pattern, cst.MatchSingleton):
        wanted = machine.eval(pattern.value)
        if isinstance(value, Const) and isinstance(wanted, Const):
            return value.value is wanted.value
        return None if isinstance(value, UnknownValue) else _never_equal(machine, value)
    if isinstance(pattern, cst.MatchAs):
        fits = True if pattern.pattern is None else _fits(machine, pattern.pattern, value, bound)
        if fits is not False and pattern.name is not None:
            bound[pattern.name.value] = value
        return fits
    if isinstance(pattern, cst.MatchOr):
        return _any(machine, pattern, value, bound)
    if isinstance(pattern, (cst.MatchList, cst.MatchTuple)):
        return _sequence(machine, pattern, value, bound)
    if isinstance(pattern, cst.MatchMapping):
        return _mapping(machine, pattern, value, bound)
    if isinstance(pattern, cst.MatchClass):
        return _class(machine, pattern, value, bound)
    return None


def _equals(machine: Machine, wanted: Value, value: Value) -> bool | None:
    if isinstance(value, Const) and isinstance(wanted, Const):
        return bool(value.value == wanted.value)
    if isinstance(wanted, Const):
        return _never_equal(machine, value)
    return None


def _never_equal(machine: Machine, value: Value) -> bool | None:
    """False for values that equal no number, text or None; else None."""
    contained = isinstance(machine.get(value), (ListObject, DictObject))
    return False if contained or isinstance(value, TupleValue) else None


def _any(machine: Machine, pattern: cst.MatchOr, value: Value, bound: Bound) -> bool | None:
    doubt = False
    for item in pattern.patterns:
        found: Bound = {}
        fits = _fits(machine, item.pattern, value, found)
        if fits is True and not doubt:
            bound |= found
            return True
        doubt = doubt or fits is not False
    return None if doubt else False


def _all(
    machine: Machine, pairs: Sequence[tuple[cst.MatchPattern, Value]], bound: Bound
) -> bool | None:
    answers = []
    for pattern, value in pairs:
        answers.append(_fits(machine, pattern, value, bound))
        if answers[-1] is False:
            return False
    return None if None in answers else True


def _sequence(
    machine: Machine, pattern: cst.MatchList | cst.MatchTuple, value: Value, bound: Bound
) -> bool | None:
    found = machine.get(value)
    if isinstance(value, Const) or isinstance(found, DictObject):
        return False
    if not isinstance(value, TupleValue) and not isinstance(found, ListObject):
        return None
    items = machine.items(value)
    if items is None:
        return None
    stars = [i for i, part in enumerate(pattern.patterns) if isinstance(part, cst.MatchStar)]
    count = len(pattern.patterns)
    if len(items) < count - 1 if stars else len(items) != count:
        return False
    star = stars[0] if stars else count
    tail = count - star - 1
    pairs: list[tuple[cst.MatchPattern, Value]] = []
    for index, part in enumerate(pattern.patterns):
        if isinstance(part, cst.MatchStar):
            if part.name is not None:
                rest = items[star : len(items) - tail]
                bound[part.name.value] = machine.new_list(rest)
        else:
            item = items[index] if index < star else items[len(items) - (count - index)]
            pairs.append((part.value, item))
    return _all(machine, pairs, bound)


def _mapping(
    machine: Machine, pattern: cst.MatchMapping, value: Value, bound: Bound
) -> bool | None:
    found = machine.get(value)
    if not isinstance(found, DictObject):
        wrong = isinstance(value, (Const, TupleValue)) or isinstance(found, ListObject)
        return False if wrong else None
    if found.items is None:
        return None
    items = dict(found.items)
    pairs: list[tuple[cst.MatchPattern, Value]] = []
    for element in pattern.elements:
        key = machine.eval(element.key)
        if not isinstance(key, Const) or not all(isinstance(other, Const) for other in items):
            return None
        if key not in items:
            return False
        pairs.append((element.pattern, items.pop(key)))
    if pattern.rest is not None:
        bound[pattern.rest.value] = machine.new_dict(tuple(items.items()))
    return _all(machine, pairs, bound)


def _class(machine: Machine, pattern: cst.MatchClass, value: Value, bound: Bound) -> bool | None:
    kind = machine.eval(pattern.cls)
    answer = is_a(machine, value, kind)
    if answer is not True:
        return answer
    pairs: list[tuple[cst.MatchPattern, Value]] = []
    if pattern.patterns:
        names = _positions(machine, kind)
        if isinstance(kind, ExternalValue) and kind.path in _SELF_MATCHING:
            if len(pattern.patterns) != 1:
                return None
            pairs.append((pattern.patterns[0].value, value))
        elif names is None or len(names) < len(pattern.patterns):
            return None
        else:
            for part, name in zip(pattern.patterns, names, strict=False):
                pairs.append((part.value, machine.get_attribute(value, name, pattern)))
    for keyword in pattern.kwds:
        name = keyword.key.value
        found = machine.get(value)
        if isinstance(found, InstanceObject) and name not in found.attributes:
            return None  # a class attribute, a property, or none: rare enough to leave open
        pairs.append((keyword.pattern, machine.get_attribute(value, name, pattern)))
    return _all(machine, pairs, bound)


def _positions(machine: Machine, kind: Value) -> list[str] | None:
    """The attributes that positional patterns stand for: ``__match_args__``."""
    if not isinstance(kind, ClassValue):
        return None
    if "dataclass" in kind.decorators:
        return dataclass_fields(kind)
    listed = machine.items(machine.get_attribute(kind, "__match_args__", kind.node))
    if listed is None:
        return None
    return [str(item.value) for item in listed if isinstance(item, Const)]
