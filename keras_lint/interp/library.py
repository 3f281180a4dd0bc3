"""Functions on nested structures (``keras.tree``) and of ``re``, where model code needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.store import DictObject, InstanceObject, ListObject
from keras_lint.interp.values import Args, Const, TupleValue, UnknownValue, Value

_MAX_NESTING = 50
_LONGEST_TEXT = 120
_MOST_REPEATS = 4
_REPEATS = re.compile(r"[*+{]")
_HARD = re.compile(r"\)[*+{?]|\\[1-9]|\(\?")
"""A repeated group, a reference back or a look-around: matching may take exponential time."""


@external("keras.tree.flatten", "tree.flatten", "tensorflow.nest.flatten")
def flatten_structure(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The leaves of nested lists, tuples and dicts, dicts by sorted keys."""
    value = args.argument(0, "structure")
    if value is None:
        return args.first_unknown() or machine.unknown("a structure that is not known", node)
    leaves = list(_leaves(machine, value, node))
    lost = next((leaf for leaf in leaves if isinstance(leaf, UnknownValue)), None)
    return lost or machine.new_list(leaves)


def _leaves(machine: Machine, value: Value, node: cst.CSTNode) -> Iterator[Value]:
    machine.tick()
    found = machine.get(value)
    if isinstance(found, DictObject):
        keys = [key.value for key, _ in found.items or () if isinstance(key, Const)]
        if found.items is None or len(keys) != len(found.items):
            yield machine.why_unknown(value, node)
        elif len({type(key) for key in keys}) > 1:
            yield machine.unknown("a dict whose keys cannot be sorted", node)
        else:
            for key in sorted(keys):
                yield from _leaves(machine, dict(found.items)[Const(key)], node)
    elif isinstance(found, ListObject) or isinstance(value, TupleValue):
        items = machine.items(value)
        if items is None:
            yield machine.why_unknown(value, node)
        for item in items or ():
            yield from _leaves(machine, item, node)
    elif isinstance(found, InstanceObject) and found.layer is None:
        yield machine.unknown("a structure of an own class", node)
    else:
        yield value


@external("keras.tree.map_structure", "tree.map_structure", "tensorflow.nest.map_structure")
def map_structure(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """A function on the leaves of one structure, or of several equal ones."""
    if len(args.positional) < 2 or args.keywords or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("a structure that is not known", node)
    return _mapped(machine, args.positional[0], args.positional[1:], node)


def _mapped(
    machine: Machine,
    function: Value,
    parts: tuple[Value, ...],
    node: cst.CSTNode,
    depth: int = 0,
) -> Value:
    machine.tick()
    if depth > _MAX_NESTING:
        return machine.unknown("nested too deeply", node)
    first, objects = parts[0], [machine.get(part) for part in parts]
    if isinstance(objects[0], DictObject):
        dicts = [dict(one.items or ()) for one in objects if isinstance(one, DictObject)]
        known = all(isinstance(one, DictObject) and one.items is not None for one in objects)
        if not known or any(one.keys() != dicts[0].keys() for one in dicts):
            return machine.unknown("structures that are not known to be equal", node)
        pairs = (
            (key, _mapped(machine, function, tuple(one[key] for one in dicts), node, depth + 1))
            for key in dicts[0]
        )
        return machine.new_dict(tuple(pairs))
    if isinstance(first, TupleValue) or isinstance(objects[0], ListObject):
        rows = [machine.items(part) for part in parts]
        lists = [row for row in rows if row is not None]
        if len(lists) < len(rows) or len({len(row) for row in lists}) > 1:
            return machine.unknown("structures that are not known to be equal", node)
        made = [
            _mapped(machine, function, row, node, depth + 1) for row in zip(*lists, strict=True)
        ]
        if isinstance(first, TupleValue):
            return TupleValue(tuple(made), first.names)
        return machine.new_list(made)
    lost = next((part for part in parts if isinstance(part, UnknownValue)), None)
    return lost or machine.call(function, Args(parts), node)


@external("re.sub")
def substitute(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``re.sub(pattern, replacement, text)`` of short texts by patterns that cannot run long."""
    plain = [value.value for value in args.positional if isinstance(value, Const)]
    texts = [value for value in plain if isinstance(value, str)]
    if len(texts) != 3 or len(args.positional) != 3 or args.keywords or args.incomplete:
        return args.first_unknown() or machine.unknown("a text that is not known", node)
    pattern, replacement, text = texts
    repeats = len(_REPEATS.findall(pattern))
    if max(map(len, texts)) > _LONGEST_TEXT or repeats > _MOST_REPEATS or _HARD.search(pattern):
        return machine.unknown("a substitution too long to compute", node)
    try:
        return Const(re.sub(pattern, replacement, text))
    except (re.error, IndexError):
        return machine.unknown("a pattern Python does not take", node)
