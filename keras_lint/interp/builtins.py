"""Python's builtins and the standard-library functions that model code uses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from keyword import iskeyword
from typing import Any

import libcst as cst

from keras_lint.interp.arithmetic import binary
from keras_lint.interp.attributes import note_known
from keras_lint.interp.elements import element
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.modules import force
from keras_lint.interp.registry import external
from keras_lint.interp.store import (
    DictObject,
    FrameObject,
    InstanceObject,
    IteratorObject,
)
from keras_lint.interp.symbolic import length_use, python_use
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    ClassValue,
    Const,
    DatasetValue,
    DimValue,
    ImportedValue,
    PartialValue,
    Ref,
    SliceValue,
    SuperValue,
    TupleValue,
    UnknownValue,
    Value,
    from_dim,
)

_LONGEST_RANGE = 100_000


def _lost(machine: Machine, args: Args, node: cst.CSTNode, what: str) -> UnknownValue:
    return args.first_unknown() or machine.unknown(f"{what} of a value that is not known", node)


@external("builtins.len")
def len_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``len(value)``."""
    value = args.argument(0, "obj")
    if value is None:
        return _lost(machine, args, node, "len")
    if isinstance(value, ArrayValue) and value.shape.dims:
        result = from_dim(value.shape.dims[0], machine.site(node))
        note_known(machine, node, result)
        return result
    if isinstance(value, DatasetValue) and isinstance(value.count, int):
        return Const(value.count)
    table = machine.get_as(value, FrameObject)
    if table is not None:
        result = from_dim(table.rows, machine.site(node))
        note_known(machine, node, result)
        return result
    refused = python_use(machine, value, "a length", node)
    if refused is not None:
        return refused
    items = machine.items(value)
    return machine.why_unknown(value, node) if items is None else Const(len(items))


@external("builtins.slice")
def slice_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``slice(stop)`` and ``slice(start, stop, step=None)``."""
    given = args.positional
    if args.incomplete is not None or args.keywords or not 1 <= len(given) <= 3:
        return _lost(machine, args, node, "slice")
    bounds = (NONE, *given) if len(given) == 1 else given
    return SliceValue(bounds[0], bounds[1], bounds[2] if len(bounds) == 3 else NONE)


@external("builtins.range", "six.moves.range", "six.moves.xrange")
def range_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``range(...)`` over known numbers."""
    for value in args.positional:
        refused = python_use(machine, value, "a whole number", node)
        if refused is not None:
            return refused
    refused = length_use(machine, args.positional, node)
    if refused is not None:
        return refused
    numbers = [v.value for v in args.positional if isinstance(v, Const)]
    if len(numbers) != len(args.positional) or not all(isinstance(n, int) for n in numbers):
        return _lost(machine, args, node, "range")
    try:
        values = range(*numbers)
    except (TypeError, ValueError):
        return machine.unknown("a range that fails when run", node)
    if len(values) > _LONGEST_RANGE:
        return machine.unknown("a very long range", node)
    return TupleValue(tuple(Const(number) for number in values))


@external("builtins.enumerate")
def enumerate_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``enumerate(items, start=0)``."""
    value = args.argument(0, "iterable")
    items = None if value is None else machine.items(value)
    start = args.argument(1, "start") or Const(0)
    if isinstance(value, DatasetValue):
        place = machine.unknown("the place of a batch", node)
        return replace(value, kind="generator", element=TupleValue((place, value.element)))
    if items is None or not isinstance(start, Const):
        return _lost(machine, args, node, "enumerate")
    pairs = [TupleValue((Const(i), item)) for i, item in enumerate(items, start.value)]
    return machine.new_list(pairs)


@external("builtins.zip", "six.moves.zip")
def zip_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``zip(a, b)``."""
    columns = [machine.items(value) for value in args.positional]
    known = [column for column in columns if column is not None]
    if len(known) != len(columns) or args.incomplete:
        return _lost(machine, args, node, "zip")
    return machine.new_list([TupleValue(tuple(row)) for row in zip(*known, strict=False)])


@external("builtins.reversed")
def reversed_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``reversed(items)``."""
    items = machine.items(args.positional[0]) if args.positional else None
    return (
        _lost(machine, args, node, "reversed") if items is None else machine.new_list(items[::-1])
    )


@external("builtins.list", "builtins.tuple", "builtins.set", "builtins.iter")
def sequence(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``list(items)``, ``tuple(items)``, ``set(items)``; which one is read from the call."""
    name = node.func.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) else ""
    items: tuple[Value, ...] | None = ()
    if args.positional:
        items = machine.items(args.positional[0])
    if items is None and name == "iter" and isinstance(args.positional[0], DatasetValue):
        return args.positional[0]
    if items is None:
        return _lost(machine, args, node, name or "list")
    if name == "tuple":
        return TupleValue(items)
    if name == "set":
        return machine.new_set(items, node)
    if name == "iter":
        return Ref(machine.new(IteratorObject(items)))
    return machine.new_list(items)


@external("builtins.next")
def next_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``next(iterator)``, ``next(iterator, default)``."""
    ref = args.argument(0, "iterator")
    default = args.argument(1, "default")
    if isinstance(ref, DatasetValue) and default is None:
        return element(machine, ref) or _lost(machine, args, node, "next")
    found = machine.get_as(ref, IteratorObject) if ref is not None else None
    if found is not None and found.items == () and default is not None:
        return default
    if found is None or not found.items or not isinstance(ref, Ref):
        return _lost(machine, args, node, "next")
    machine.store[ref.address] = IteratorObject(found.items[1:])
    return found.items[0]


@external("collections.defaultdict")
def defaultdict_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``defaultdict(factory, ...)``: a dict that makes what is missing."""
    if args.incomplete is not None or not args.positional:
        return _lost(machine, args, node, "defaultdict")
    factory, *rest = args.positional
    made = dict_(machine, Args(tuple(rest), args.keywords), node)
    found = machine.get_as(made, DictObject)
    if found is None or not isinstance(made, Ref):
        return made
    machine.store[made.address] = replace(found, factory=None if factory == NONE else factory)
    return made


@external("builtins.dict", "collections.OrderedDict")
def dict_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``dict(pairs, **more)``."""
    items: dict[Value, Value] = {}
    if args.incomplete is not None:
        return args.incomplete
    for value in args.positional:
        found = machine.get_as(value, DictObject)
        if found is not None and found.items is not None:
            items.update(found.items)
            continue
        pairs = machine.items(value)
        if pairs is None:
            return _lost(machine, args, node, "dict")
        for pair in pairs:
            both = machine.items(pair)
            if both is None or len(both) != 2:
                return _lost(machine, args, node, "dict")
            items[both[0]] = both[1]
    items.update({Const(name): value for name, value in args.keywords})
    return Ref(machine.new(DictObject(tuple(items.items()))))


_SCALARS: dict[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "round": round,
    "ord": ord,
    "chr": chr,
    "repr": repr,
}


_WANTED = {"int": "an int", "float": "a float", "bool": "a truth value"}


@external(*(f"builtins.{name}" for name in _SCALARS))
def scalar(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Conversions of known scalars; ``int`` of a symbolic size is that size."""
    name = node.func.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) else ""
    function = _SCALARS.get(name)
    if len(args.positional) == 1 and isinstance(args.positional[0], DimValue) and name == "int":
        return args.positional[0]
    if len(args.positional) == 1 and name in _WANTED:
        refused = python_use(machine, args.positional[0], _WANTED[name], node)
        if refused is not None:
            return refused
    plain = [value.value for value in args.positional if isinstance(value, Const)]
    if function is None or len(plain) != len(args.positional) or args.keywords:
        return _lost(machine, args, node, name or "a conversion")
    if name == "round" and len(plain) == 2 and isinstance(plain[1], int) and abs(plain[1]) > 400:
        return machine.unknown("a rounding too large to compute", node)
    try:
        return Const(function(*plain))
    except (TypeError, ValueError, OverflowError):
        refused = length_use(machine, args.positional, node)
        return refused or machine.unknown("a conversion that fails when run", node)


@external("builtins.min", "builtins.max")
def extreme(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``min`` and ``max`` of known numbers."""
    items: tuple[Value, ...] | None = args.positional
    if len(args.positional) == 1:
        items = machine.items(args.positional[0])
    name = node.func.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) else ""
    plain = [i.value for i in items or () if isinstance(i, Const)]
    if not plain or items is None or len(plain) != len(items) or args.keywords:
        return _lost(machine, args, node, "min or max")
    try:
        return (
            Const(min(plain) if name == "min" else max(plain))
            if name in ("min", "max")
            else (_lost(machine, args, node, "min or max"))
        )
    except TypeError:
        return machine.unknown("a comparison that fails when run", node)


@external("builtins.sum")
def sum_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``sum(items)`` by repeated addition."""
    items = machine.items(args.positional[0]) if args.positional else None
    if items is None:
        return _lost(machine, args, node, "sum")
    total: Value = args.argument(1, "start") or Const(0)
    for item in items:
        total = binary(machine, "+", total, item, node)
    return total


@external("builtins.sorted")
def sorted_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``sorted(items, key=..., reverse=...)`` by known scalars."""
    items = machine.items(args.positional[0]) if args.positional else None
    reverse = machine.truth(args.keyword("reverse") or Const(False))
    key = args.keyword("key")
    if items is None or reverse is None:
        return _lost(machine, args, node, "sorted")
    keys = items
    if key is not None and key != NONE:
        keys = tuple(machine.call(key, Args((item,)), node) for item in items)
    plain = [value.value for value in keys if isinstance(value, Const)]
    if len(plain) != len(items):
        return _lost(machine, args, node, "sorted")
    try:
        order = sorted(range(len(items)), key=plain.__getitem__, reverse=reverse)
        return machine.new_list([items[place] for place in order])
    except TypeError:
        return machine.unknown("a comparison that fails when run", node)


@external("builtins.map")
def map_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``map(function, items, ...)``."""
    function, *given = args.positional
    columns = [machine.items(value) for value in given]
    known = [column for column in columns if column is not None]
    if not known or len(known) < len(columns):
        return _lost(machine, args, node, "map")
    rows = zip(*known, strict=False)
    return machine.new_list([machine.call(function, Args(tuple(row)), node) for row in rows])


@external("builtins.filter")
def filter_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``filter(function, items)`` where every answer is known."""
    if len(args.positional) != 2:
        return _lost(machine, args, node, "filter")
    function, items = args.positional[0], machine.items(args.positional[1])
    if items is None:
        return _lost(machine, args, node, "filter")
    asked = items if function == NONE else [machine.call(function, Args((i,)), node) for i in items]
    truths = [machine.truth(answer) for answer in asked]
    if None in truths:
        return _lost(machine, args, node, "filter")
    kept = tuple(item for item, keep in zip(items, truths, strict=True) if keep)
    return Ref(machine.new(IteratorObject(kept)))


@external("builtins.any", "builtins.all")
def any_all(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``any`` and ``all`` of known truth values."""
    items = machine.items(args.positional[0]) if args.positional else None
    truths = [machine.truth(item) for item in items or ()]
    name = node.func.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) else ""
    if items is None or None in truths or name not in ("any", "all"):
        return _lost(machine, args, node, "any or all")
    return Const(any(truths) if name == "any" else all(truths))


@external("functools.partial")
def partial(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``functools.partial(function, ...)``."""
    if not args.positional or args.incomplete:
        return _lost(machine, args, node, "partial")
    return PartialValue(args.positional[0], args.positional[1:], args.keywords)


@external("functools.reduce")
def reduce(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``functools.reduce(function, items, start)``."""
    if len(args.positional) < 2:
        return _lost(machine, args, node, "reduce")
    items = machine.items(args.positional[1])
    if items is None or (not items and len(args.positional) < 3):
        return _lost(machine, args, node, "reduce")
    rest = list(items)
    value = args.positional[2] if len(args.positional) > 2 else rest.pop(0)
    for item in rest:
        value = machine.call(args.positional[0], Args((value, item)), node)
    return value


@external("builtins.super")
def super_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``super()`` and ``super(Class, self)`` inside a method."""
    receiver = machine.frame.receiver
    function = machine.frame.function
    if len(args.positional) == 2 and isinstance(args.positional[0], ClassValue):
        return SuperValue(args.positional[0], args.positional[1])
    found = machine.get_as(receiver, InstanceObject) if receiver is not None else None
    if receiver is None or function is None or found is None:
        return machine.unknown("super() outside of a method", node)
    owner = _owner(machine, found.cls, function.node)
    return SuperValue(owner or found.cls, receiver)


def _owner(machine: Machine, cls: ClassValue, node: cst.CSTNode) -> ClassValue | None:
    for member in machine.scope(cls.members).variables.values():
        if getattr(member, "node", None) is node:
            return cls
    for base in cls.bases:
        if isinstance(base, ClassValue):
            found = _owner(machine, base, node)
            if found is not None:
                return found
    return None


@external("builtins.eval")
def eval_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``eval("name")`` and ``eval("a.b")``, as builders that take a layer's class as text do."""
    text = args.positional[0] if len(args.positional) == 1 and not args.keywords else None
    if not isinstance(text, Const) or not isinstance(text.value, str):
        return _lost(machine, args, node, "eval")
    first, *rest = text.value.strip().split(".")
    if not all(part.isidentifier() and not iskeyword(part) for part in (first, *rest)):
        return machine.unknown("what eval gives is not known", node)
    value = machine.lookup(first) or machine.get_attribute(NONE, f"builtins.{first}", node)
    if isinstance(value, ImportedValue):
        value = force(machine, value, node)
    for name in rest:
        value = machine.get_attribute(value, name, node)
    return value


@external("builtins.print")
def print_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``print``: no effect on what is built."""
    del machine, args, node
    return NONE


@external("sys.exit", "builtins.exit", "builtins.quit")
def exit_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The path ends."""
    del machine, args, node
    raise PathEnded


def _register_math() -> None:
    for name in ("ceil", "floor", "sqrt", "log", "log2", "log10", "exp", "prod", "gcd", "pow"):
        function: Callable[..., Any] = getattr(math, name)

        def handler(
            machine: Machine,
            args: Args,
            node: cst.CSTNode,
            function: Callable[..., Any] = function,
        ) -> Value:
            plain = [v.value for v in args.positional if isinstance(v, Const)]
            if len(plain) != len(args.positional) or args.keywords:
                return _lost(machine, args, node, "a mathematical function")
            try:
                return Const(function(*plain))
            except (TypeError, ValueError, OverflowError):
                return machine.unknown("a computation that fails when run", node)

        external(f"math.{name}")(handler)


_register_math()
