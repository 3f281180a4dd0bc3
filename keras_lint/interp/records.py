"""``collections.namedtuple``: the class, its instances, and their methods."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.values import (
    Args,
    Const,
    ExternalValue,
    PartialValue,
    TupleValue,
    Value,
)

_CLASS = "collections.namedtuple()"
"""The name under which a class made by ``namedtuple`` is called."""


@external("collections.namedtuple")
def namedtuple(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``namedtuple("Name", fields, defaults=...)``: something that makes tuples with names."""
    names = _field_names(machine, args.argument(1, "field_names"))
    more = {name for name, _ in args.keywords} - {"typename", "field_names", "defaults"}
    given = args.keyword("defaults")
    defaults = () if given is None else machine.items(given)
    if names is None or defaults is None or more or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("a namedtuple that is not known", node)
    if len(defaults) > len(names) or len(set(names)) < len(names):
        return machine.unknown("a namedtuple that Python refuses", node)
    fields = TupleValue(tuple(Const(name) for name in names))
    return PartialValue(ExternalValue(_CLASS), (fields, TupleValue(defaults)), ())


def _field_names(machine: Machine, value: Value | None) -> list[str] | None:
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value.replace(",", " ").split()
    items = None if value is None else machine.items(value)
    names = [item.value for item in items or () if isinstance(item, Const)]
    if items is None or not all(isinstance(name, str) for name in names):
        return None
    return names if len(names) == len(items) else None


@external(_CLASS)
def instance(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """A call of a class made by ``namedtuple``; its fields and defaults come first."""
    fields, defaults, *given = args.positional
    assert isinstance(fields, TupleValue)
    assert isinstance(defaults, TupleValue)
    if args.incomplete is not None:
        return args.incomplete
    names = [str(field.value) for field in fields.items if isinstance(field, Const)]
    bound: dict[str, Value] = {}
    if defaults.items:
        bound |= zip(names[-len(defaults.items) :], defaults.items, strict=True)
    keywords = dict(args.keywords)
    positional = dict(zip(names, given, strict=False))
    if len(given) > len(names) or positional.keys() & keywords or not set(keywords) <= set(names):
        return machine.unknown("a namedtuple given other fields than it has", node)
    bound |= positional | keywords
    if len(bound) < len(names):
        return machine.unknown("a namedtuple with a field that is not given", node)
    return TupleValue(tuple(bound[name] for name in names), tuple(names))


def replaced(machine: Machine, value: TupleValue, args: Args, node: cst.CSTNode) -> Value:
    """``record._replace(field=value)``."""
    given = dict(args.keywords)
    if args.incomplete is not None or args.positional or not set(given) <= set(value.names):
        return args.incomplete or machine.unknown("fields that the record does not have", node)
    pairs = zip(value.names, value.items, strict=True)
    return TupleValue(tuple(given.get(name, item) for name, item in pairs), value.names)


def as_dict(machine: Machine, value: TupleValue) -> Value:
    """``record._asdict()``."""
    pairs = zip(value.names, value.items, strict=True)
    return machine.new_dict(tuple((Const(name), item) for name, item in pairs))
