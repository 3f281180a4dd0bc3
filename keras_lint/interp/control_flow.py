"""Functions handed to the control flow of TensorFlow and Keras, in layers: ``tf.cond``, ``scan``.

Facts seen on TensorFlow 2.21 and Keras 3.15 by tracing each inside a layer. Where the parts do not
surely go together, what comes out is unknown; whether TensorFlow refuses them is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import libcst as cst

from keras_lint.interp.arrays import dtype_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import Builtin
from keras_lint.interp.tensors import NestedTensor, as_value, leaves, placeholder, tensors_of
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    ExternalValue,
    FunctionValue,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.ops.base import bind_signature
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.tensors import Shape, TensorType

Bound = Mapping[str, Any]
Handler = Callable[[Machine, Bound, cst.CSTNode], Value]
_FLOWS: dict[str, Builtin] = {}
_SCALARS = {bool: "bool", int: "int32", float: "float32"}


def control_flow(machine: Machine, path: str) -> Builtin | None:
    """What calling ``path`` does with the functions it is given; None for other functions."""
    return _FLOWS.get(path) if machine.inside_layer else None


def _flow(signature: str, *paths: str) -> Callable[[Handler], Handler]:
    """Register a handler, which is given the arguments bound to the signature."""

    def register(handler: Handler) -> Handler:
        for path in paths:
            _FLOWS[path] = partial(_bound, handler, signature, path)
        return handler

    return register


def _bound(
    handler: Handler, signature: str, path: str, machine: Machine, args: Args, node: cst.CSTNode
) -> Value:
    bound = None
    if args.incomplete is None:
        bound = bind_signature(signature, args.positional, dict(args.keywords))
    if bound is None:
        return args.first_unknown() or machine.unknown(f"how {path} is called", node)
    return handler(machine, bound, node)


class _Apart(Exception):
    """The parts do not surely go together."""


def _call(
    machine: Machine, function: Value, given: Sequence[Value], node: cst.CSTNode
) -> NestedTensor:
    return _tensors(machine, machine.call(function, Args(tuple(given)), node), node)


def _tensors(machine: Machine, value: Value, node: cst.CSTNode) -> NestedTensor:
    """Nested tensors; plain numbers count as the tensors that TensorFlow makes of them.

    Raises:
        _Apart: a part is not known.
    """
    nested = tensors_of(machine, _with_numbers(machine, value, node), node)
    if any(isinstance(leaf, UnknownValue) for leaf in leaves(nested)):
        raise _Apart
    return nested


def _with_numbers(machine: Machine, value: Value, node: cst.CSTNode) -> Value:
    if isinstance(value, Const) and type(value.value) in _SCALARS:
        kind = TensorType(Shape(()), _SCALARS[type(value.value)])
        return placeholder(machine, kind, node)
    if isinstance(value, TupleValue):
        return TupleValue(tuple(_with_numbers(machine, item, node) for item in value.items))
    items = None if isinstance(value, (Const, ArrayValue, TensorValue)) else machine.items(value)
    if items is None or not isinstance(tensors_of(machine, value, node), list):
        return value
    return machine.new_list([_with_numbers(machine, item, node) for item in items])


def _mapped(function: Callable[..., Any], *parts: Any) -> Any:
    """``function`` over the leaves of equal structures; ``_Apart`` where they are not equal."""
    first = parts[0]
    if isinstance(first, (tuple, list)):
        if any(not isinstance(part, (tuple, list)) or len(part) != len(first) for part in parts):
            raise _Apart
        mapped = [_mapped(function, *items) for items in zip(*parts, strict=True)]
        return tuple(mapped) if isinstance(first, tuple) else mapped
    if isinstance(first, dict):
        if any(not isinstance(part, dict) or part.keys() != first.keys() for part in parts):
            raise _Apart
        return {key: _mapped(function, *(part[key] for part in parts)) for key in first}
    if any(isinstance(part, (tuple, list, dict)) for part in parts):
        raise _Apart
    return function(*parts)


def _made(machine: Machine, kind: TensorType, node: cst.CSTNode) -> TensorValue:
    return placeholder(machine, kind, node)


def _either(machine: Machine, node: cst.CSTNode, *branches: NestedTensor) -> Value:
    """What may come out of any of several branches."""

    def joined(*tensors: TensorValue) -> TensorValue:
        return _made(machine, _common([tensor.type for tensor in tensors]), node)

    return as_value(machine, _mapped(joined, *branches))


def _common(kinds: Sequence[TensorType]) -> TensorType:
    """Lengths that differ are open."""
    if len({kind.dtype for kind in kinds}) > 1:
        raise _Apart
    shapes = [kind.shape.dims for kind in kinds]
    known = [dims for dims in shapes if dims is not None]
    if len(known) < len(shapes) or len({len(dims) for dims in known}) > 1:
        raise _Apart
    return TensorType(
        Shape(tuple(_length(row) for row in zip(*known, strict=True))), kinds[0].dtype
    )


def _length(dims: Sequence[Dim]) -> Dim:
    if UNKNOWN in dims:
        return UNKNOWN
    if all(dim == dims[0] for dim in dims):
        return dims[0]
    if all(isinstance(dim, int) or dim is FREE for dim in dims):
        return FREE
    return UNKNOWN


def _rows(tensors: NestedTensor) -> Dim:
    """The length of the first axes."""
    dims = [leaf.type.shape.dims for leaf in leaves(tensors) if isinstance(leaf, TensorValue)]
    if not dims or not all(dims):
        raise _Apart
    first = [one[0] for one in dims if one]
    return next((dim for dim in first if isinstance(dim, int)), first[0])


def _row(machine: Machine, tensors: NestedTensor, node: cst.CSTNode) -> Value:
    """One of the slices along the first axes."""

    def cut(tensor: TensorValue) -> TensorValue:
        dims = tensor.type.shape.dims or ()
        return _made(machine, TensorType(Shape(dims[1:]), tensor.type.dtype), node)

    return as_value(machine, _mapped(cut, tensors))


def _stack(machine: Machine, count: Dim, rows: NestedTensor, node: cst.CSTNode) -> Value:
    """As many rows one above the other."""

    def grown(tensor: TensorValue) -> TensorValue:
        if tensor.type.shape.dims is None:
            raise _Apart
        return _made(
            machine, TensorType(Shape((count, *tensor.type.shape.dims)), tensor.type.dtype), node
        )

    return as_value(machine, _mapped(grown, rows))


def _same(one: NestedTensor, other: NestedTensor) -> None:
    """Raise ``_Apart`` unless both are surely of the same types."""

    def check(left: TensorValue, right: TensorValue) -> None:
        dims = left.type.shape.dims
        if left.type != right.type or dims is None or UNKNOWN in dims:
            raise _Apart

    _mapped(check, one, other)


def _guarded(what: str) -> Callable[[Handler], Handler]:
    def wrap(handler: Handler) -> Handler:
        def run(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
            try:
                return handler(machine, bound, node)
            except _Apart:
                return machine.unknown(f"what {what} gives is not known", node)

        return run

    return wrap


# -- branches -------------------------------------------------------------------------------------


@_flow("pred true_fn=None false_fn=None name=None", "tensorflow.cond")
@_guarded("tf.cond")
def _cond(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """Both branches are traced; TensorFlow takes no bool of Python's for the condition."""
    if not isinstance(bound["pred"], (TensorValue, ArrayValue)) or bound["false_fn"] is None:
        raise _Apart
    return _either(
        machine, node, *(_call(machine, bound[name], (), node) for name in ("true_fn", "false_fn"))
    )


@_flow("pred true_fn false_fn", "keras.ops.cond")
@_guarded("keras.ops.cond")
def _keras_cond(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """A condition that Python knows decides at once."""
    pred = bound["pred"]
    if isinstance(pred, Const) and isinstance(pred.value, bool):
        return as_value(
            machine, _call(machine, bound["true_fn" if pred.value else "false_fn"], (), node)
        )
    return _cond(machine, bound, node)


@_flow("branch_index branch_fns default=None name=None", "tensorflow.switch_case")
@_guarded("tf.switch_case")
def _switch_case(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    functions = list(machine.items(bound["branch_fns"]) or ())
    if not functions or any(isinstance(function, TupleValue) for function in functions):
        raise _Apart
    if bound["default"] is not None:
        functions.append(bound["default"])
    return _either(machine, node, *(_call(machine, one, (), node) for one in functions))


@_flow("index branches *operands", "keras.ops.switch")
@_guarded("keras.ops.switch")
def _switch(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    functions = machine.items(bound["branches"])
    if not functions:
        raise _Apart
    return _either(
        machine, node, *(_call(machine, one, bound["operands"], node) for one in functions)
    )


# -- over rows ------------------------------------------------------------------------------------


@_flow(
    "fn elems dtype=None parallel_iterations=None back_prop=True swap_memory=False "
    "infer_shape=True name=None fn_output_signature=None",
    "tensorflow.map_fn",
)
@_guarded("tf.map_fn")
def _map_fn(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """Without a signature what comes out has the dtypes of what goes in."""
    tensors = _tensors(machine, bound["elems"], node)
    result = _call(machine, bound["fn"], (_row(machine, tensors, node),), node)
    signature = bound["fn_output_signature"] or bound["dtype"]
    if signature is None or signature == NONE:
        _mapped(_equal_dtypes, result, tensors)
    else:
        _signed(machine, signature, result)
    return _stack(machine, _rows(tensors), result, node)


def _equal_dtypes(one: TensorValue, other: TensorValue) -> None:
    if one.type.dtype is None or one.type.dtype != other.type.dtype:
        raise _Apart


def _signed(machine: Machine, signature: Value, result: NestedTensor) -> None:
    """What a signature says has to be so."""
    items = None if isinstance(signature, (Const, ArrayValue)) else machine.items(signature)
    if isinstance(result, (tuple, list)):
        if items is None or len(items) != len(result):
            raise _Apart
        for one, part in zip(items, result, strict=True):
            _signed(machine, one, part)
        return
    if not isinstance(result, TensorValue):
        raise _Apart
    kind = result.type
    spec = isinstance(signature, ArrayValue)
    dtype = signature.dtype if isinstance(signature, ArrayValue) else dtype_of(signature)
    if dtype is None or dtype != kind.dtype:
        raise _Apart
    if spec and isinstance(signature, ArrayValue) and signature.shape != kind.shape:
        raise _Apart


@_flow("fn elems fallback_to_while_loop=True warn=True", "tensorflow.vectorized_map")
@_flow("fn:fn elems", "keras.ops.map")
@_flow("fn elems", "keras.ops.vectorized_map")
@_guarded("a map over rows")
def _map(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    tensors = _tensors(machine, bound["elems"], node)
    result = _call(machine, bound["fn"], (_row(machine, tensors, node),), node)
    return _stack(machine, _rows(tensors), result, node)


@_flow(
    "fn elems initializer=None parallel_iterations=10 back_prop=True swap_memory=False "
    "infer_shape=True reverse=False name=None",
    "tensorflow.scan",
)
@_guarded("tf.scan")
def _scan(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """Every state on the way."""
    tensors, start = _folded(machine, bound, node)
    return _stack(machine, _rows(tensors), start, node)


@_flow(
    "fn elems initializer=None parallel_iterations=10 back_prop=True swap_memory=False name=None",
    *("tensorflow.foldl", "tensorflow.foldr"),
)
@_guarded("tf.foldl")
def _fold(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """The last state."""
    _, start = _folded(machine, bound, node)
    return as_value(machine, start)


def _folded(machine: Machine, bound: Bound, node: cst.CSTNode) -> tuple[NestedTensor, NestedTensor]:
    """The rows, and the state, which stays of one type."""
    tensors = _tensors(machine, bound["elems"], node)
    row = _row(machine, tensors, node)
    given = bound["initializer"]
    start = _tensors(machine, row if given is None or given == NONE else given, node)
    _same(_call(machine, bound["fn"], (as_value(machine, start), row), node), start)
    return tensors, start


@_flow("f init xs=None length=None reverse=False unroll=1", "keras.ops.scan")
@_guarded("keras.ops.scan")
def _keras_scan(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """The last state, and what came out on the way."""
    if bound["xs"] is None or bound["xs"] == NONE:
        raise _Apart
    tensors, start = (_tensors(machine, bound[name], node) for name in ("xs", "init"))
    state = as_value(machine, start)
    result = _call(machine, bound["f"], (state, _row(machine, tensors, node)), node)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise _Apart
    _same(result[0], start)
    return TupleValue((state, _stack(machine, _rows(tensors), result[1], node)))


# -- loops ----------------------------------------------------------------------------------------


@_flow(
    "cond body loop_vars shape_invariants=None parallel_iterations=10 back_prop=True "
    "swap_memory=False maximum_iterations=None name=None",
    "tensorflow.while_loop",
)
@_flow("cond body loop_vars maximum_iterations=None", "keras.ops.while_loop")
@_guarded("a while loop")
def _while_loop(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """What goes round stays of one type."""
    start = _tensors(machine, bound["loop_vars"], node)
    if not isinstance(start, (tuple, list)) or bound.get("shape_invariants") not in (None, NONE):
        raise _Apart
    given = [as_value(machine, part) for part in start]
    result = _call(machine, bound["body"], given, node)
    if isinstance(result, TensorValue):
        result = (result,)
    _same(result if isinstance(result, (tuple, list)) else (), start)
    return as_value(machine, start)


@_flow("lower upper body_fun init_val", "keras.ops.fori_loop")
@_guarded("keras.ops.fori_loop")
def _fori_loop(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    start = _tensors(machine, bound["init_val"], node)
    number = _made(machine, TensorType(Shape(()), "int32"), node)
    _same(_call(machine, bound["body_fun"], (number, as_value(machine, start)), node), start)
    return as_value(machine, start)


# -- functions of Python's ------------------------------------------------------------------------


@_flow("func", "tensorflow.function", "tensorflow.autograph.experimental.do_not_convert")
def _function(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """The function itself: what comes out has the same shapes."""
    function = bound["func"]
    if isinstance(function, (FunctionValue, ExternalValue)):
        return function
    return machine.unknown("a function that is not known", node)


@_flow("func inp Tout stateful=True name=None", "tensorflow.numpy_function")
@_flow("func inp Tout name=None", "tensorflow.py_function")
def _python_function(machine: Machine, bound: Bound, node: cst.CSTNode) -> Value:
    """A tensor of whatever shape; only its dtype is said."""
    dtype = dtype_of(bound["Tout"])
    if dtype is None:
        return machine.unknown("what a function of Python's gives is not known", node)
    return _made(machine, TensorType(Shape(None), dtype), node)
