"""Configuration from outside: argparse with its defaults, keras-tuner's hyperparameters."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.store import DictObject, NamespaceObject
from keras_lint.interp.values import (
    FALSE,
    NONE,
    TRUE,
    Args,
    Const,
    DimValue,
    Ref,
    TupleValue,
    Value,
)
from keras_lint.model.dims import symbol


@external("argparse.ArgumentParser")
def argument_parser(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """A parser: what ``add_argument`` says of each option is kept until ``parse_args``."""
    del args, node
    return Ref(machine.new(NamespaceObject("parser")))


@external("argparse.Namespace", "types.SimpleNamespace")
def namespace(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """An object with the given attributes."""
    del node
    return Ref(machine.new(NamespaceObject("namespace", dict(args.keywords))))


def parser_method(
    machine: Machine, ref: Ref, found: NamespaceObject, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a parser, or of one of its groups (which are the parser itself here)."""
    if name in ("add_argument_group", "add_mutually_exclusive_group"):
        return ref
    if name == "add_argument":
        option = _option(args)
        if option is not None:
            value = _default(machine, option, args, node)
            attributes = {**found.attributes, option: value}
            machine.store[ref.address] = replace(found, attributes=attributes)
        return NONE
    if name == "set_defaults":
        attributes = {**found.attributes, **dict(args.keywords)}
        machine.store[ref.address] = replace(found, attributes=attributes)
        return NONE
    if name in ("parse_args", "parse_known_args"):
        made = Ref(machine.new(NamespaceObject("namespace", found.attributes)))
        unknown = machine.unknown("arguments that the parser does not know", node)
        return made if name == "parse_args" else TupleValue((made, unknown))
    return machine.unknown(f"what .{name}() of a parser gives is not known", node)


def _option(args: Args) -> str | None:
    """The attribute an option is stored under."""
    dest = args.keyword("dest")
    if isinstance(dest, Const) and isinstance(dest.value, str):
        return dest.value
    flags = [v.value for v in args.positional if isinstance(v, Const) and isinstance(v.value, str)]
    long = [flag for flag in flags if flag.startswith("--")]
    chosen = (long or flags or [""])[0].lstrip("-").replace("-", "_")
    return chosen or None


def _default(machine: Machine, option: str, args: Args, node: cst.CSTNode) -> Value:
    """What the option is when it is not given; a symbol for a number that must be given."""
    default = args.keyword("default")
    if default is not None:
        return default
    action = args.keyword("action")
    if action == Const("store_true"):
        return FALSE
    if action == Const("store_false"):
        return TRUE
    kind = args.keyword("type")
    if getattr(kind, "path", "") == "builtins.int":
        required = args.keyword("required")
        first = args.positional[0] if args.positional else NONE
        positional = isinstance(first, Const) and not str(first.value).startswith("-")
        if positional or (required is not None and machine.truth(required)):
            return DimValue(symbol(option))
    return machine.unknown(f"the option '{option}' has no default", node)


def tuned(machine: Machine, name: str, args: Args, node: cst.CSTNode) -> Value:
    """``hp.Int("units", 32, 512)``: a size that only a search fixes is a symbol of that name."""
    label = args.argument(0, "name")
    if isinstance(label, Const) and isinstance(label.value, str):
        if name == "Int":
            return DimValue(symbol(label.value))
        if name == "Choice":
            items = machine.items(args.argument(1, "values") or NONE)
            if items and all(isinstance(i, Const) and type(i.value) is int for i in items):
                return DimValue(symbol(label.value))
        if name == "Fixed":
            return args.argument(1, "value") or machine.unknown("a fixed value", node)
    return machine.unknown(f"what .{name}() gives is only known to a search", node)


def as_dict(machine: Machine, found: NamespaceObject) -> Value:
    """``vars(namespace)``."""
    pairs: tuple[tuple[Value, Value], ...] = tuple(
        (Const(name), value) for name, value in found.attributes.items()
    )
    return Ref(machine.new(DictObject(pairs)))


@external("builtins.vars")
def vars_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``vars(namespace)`` as a dict."""
    value = args.argument(0, "object")
    found = machine.get_as(value, NamespaceObject) if value is not None else None
    if found is None:
        return args.first_unknown() or machine.unknown("vars of a value not known", node)
    return as_dict(machine, found)
