"""Keras models: ``Sequential``, ``Model(inputs, outputs)``, and calling models like layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import libcst as cst

from keras_lint.interp.layers import (
    UNKNOWN_TYPE,
    Leaf,
    NestedTensor,
    apply_layer,
    leaves,
    tensors_of,
    type_of,
    types_of,
    wrap_outputs,
)
from keras_lint.interp.machine import Machine, external
from keras_lint.interp.store import LayerObject, ModelObject
from keras_lint.interp.values import (
    VALUE_TYPES,
    Args,
    CallRecord,
    Const,
    ObjectValue,
    Ref,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
    from_dim,
    to_dim,
)
from keras_lint.keras_api.base import Config, Inputs, LayerKind, entries
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import (
    UNKNOWN_SHAPE,
    Nested,
    Shape,
    TensorType,
    flatten,
    map_nested,
)

INPUT_PATH = "keras.layers.InputLayer"


def shape_of(machine: Machine, value: Value) -> Shape:
    """A Python shape argument, ``(28, 28, 1)``, as a Shape; of unknown rank if it is not known."""
    items = machine.items(value)
    if items is None or isinstance(value, Const):
        return UNKNOWN_SHAPE
    return Shape(tuple(to_dim(item) for item in items))


def make_input(
    machine: Machine, config: Mapping[str, Value], node: cst.CSTNode, *, implicit: bool = False
) -> TensorValue:
    """An InputLayer and its tensor; ``config`` holds the arguments of ``keras.Input`` given."""
    name = config.get("name")
    batch_shape = config.get("batch_shape")
    if batch_shape is not None and batch_shape != Const(None):
        shape = shape_of(machine, batch_shape)
    else:
        inner = shape_of(machine, config.get("shape", Const(None)))
        batch = to_dim(config.get("batch_size", Const(None)))
        shape = Shape(None if inner.dims is None else (batch, *inner.dims))
    dtype_value = config.get("dtype", Const(None))
    dtype = dtype_value.value if isinstance(dtype_value, Const) else None
    if dtype is None and isinstance(dtype_value, Const):
        dtype = "float32"
    kind = TensorType(shape, dtype if isinstance(dtype, str) else None)
    explicit = isinstance(name, Const) and isinstance(name.value, str)
    address = machine.new(
        LayerObject(
            path=INPUT_PATH,
            kind=entries().get(INPUT_PATH),
            config=Config({"batch_shape": _plain_shape(shape), "dtype": kind.dtype}),
            name=name.value
            if isinstance(name, Const) and explicit
            else machine.next_name("input_layer"),
            generated_name=not explicit,
            site=machine.site(node),
            implicit=implicit,
            built=[],
        )
    )
    record = CallRecord(
        layer=address,
        inputs=[],
        input_types=[],
        extra=(),
        outputs=(kind,),
        site=machine.site(node),
    )
    machine.records.append(record)
    layer = machine.layer(address)
    machine.store[address] = replace(layer, calls=(record,))
    return TensorValue(kind, record)


def _plain_shape(shape: Shape) -> Any:
    if shape.dims is None:
        return UNKNOWN
    return tuple(None if dim is FREE else dim for dim in shape.dims)


@external("keras.Input")
def input_function(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.Input(shape=...)``."""
    if args.incomplete is not None:
        return args.incomplete
    try:
        bound = bind("keras.Input", args.positional, dict(args.keywords))
    except Mismatch as mismatch:
        problem = mismatch.problem
        return machine.unknown(
            f"Keras refuses Input(...): expected {problem.expected}, got {problem.actual}", node
        )
    given = {
        name: cast(Value, value) for name, value in bound.items() if isinstance(value, VALUE_TYPES)
    }
    tensor = make_input(machine, given, node)
    address = tensor.call.layer
    assert address is not None
    layer = machine.layer(address)
    names = ["shape", "batch_size", "dtype"]
    arguments = tuple(
        (names[int(key)] if key.isdigit() and int(key) < len(names) else key, machine.site(where))
        for key, where in args.nodes
    )
    machine.store[address] = replace(layer, arguments=arguments)
    return tensor


@external("keras.Sequential")
def sequential(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.Sequential(layers=None, name=None)``."""
    model, name, generated = _new_model(machine, "sequential", args.keyword("name"), node)
    del name, generated
    layers = args.argument(0, "layers")
    if args.incomplete is not None:
        _lose(machine, model, args.incomplete)
    if layers is None or layers == Const(None):
        return Ref(model)
    items = machine.items(layers)
    if items is None:
        _lose(machine, model, machine.why_unknown(layers, node))
        return Ref(model)
    places = _element_nodes(args, len(items))
    for item, place in zip(items, places, strict=True):
        add_layer(machine, model, item, place or node, node)
    return Ref(model)


def _element_nodes(args: Args, count: int) -> list[cst.CSTNode | None]:
    """The expressions of a list literal, one per layer; None each where it is no plain literal."""
    given = dict(args.nodes)
    node = given.get("0") or given.get("layers")
    if isinstance(node, cst.Arg):
        node = node.value
    if isinstance(node, (cst.List, cst.Tuple)) and len(node.elements) == count:
        plain = not any(isinstance(element, cst.StarredElement) for element in node.elements)
        if plain:
            return [element.value for element in node.elements]
    return [None] * count


def _new_model(
    machine: Machine, kind: str, name: Value | None, node: cst.CSTNode
) -> tuple[int, str, bool]:
    explicit = isinstance(name, Const) and isinstance(name.value, str)
    text = name.value if isinstance(name, Const) and explicit else machine.next_name(kind)
    address = machine.new(ModelObject(kind, text, not explicit, machine.site(node)))
    machine.models.append(address)
    return address, text, not explicit


def model(machine: Machine, address: int) -> ModelObject:
    """The model at an address."""
    found = machine.store[address]
    assert isinstance(found, ModelObject)
    return found


def _lose(machine: Machine, address: int, reason: UnknownValue) -> None:
    found = model(machine, address)
    machine.store[address] = replace(found, lost=(*found.lost, reason))


def add_layer(
    machine: Machine, address: int, item: Value, place: cst.CSTNode, trigger: cst.CSTNode
) -> None:
    """``Sequential.add``: the layer is called on the current output as soon as there is one."""
    found = model(machine, address)
    if isinstance(item, TensorValue) and item.call.layer is not None:
        layer = machine.layer(item.call.layer)
        if layer.path == INPUT_PATH:
            machine.store[address] = (
                replace(
                    found, layers=(item.call.layer,), inputs=item, tensors=(item,), outputs=item
                )
                if not found.layers
                else replace(found, lost=(*found.lost, machine.unknown("a second Input", place)))
            )
            return
    obj = machine.get(item)
    if not isinstance(item, Ref) or not isinstance(obj, (LayerObject, ModelObject)):
        _lose(machine, address, machine.why_unknown(item, place))
        return
    if isinstance(obj, LayerObject) and obj.path == INPUT_PATH:
        tensor = TensorValue(obj.calls[0].outputs[0], obj.calls[0])
        machine.store[address] = replace(
            found, layers=(item.address,), inputs=tensor, tensors=(tensor,), outputs=tensor
        )
        return
    clash = _name_clash(machine, found, item.address)
    if not found.layers:
        _start(machine, address, item, place)
        found = model(machine, address)
    found = replace(found, layers=(*found.layers, item.address))
    if clash is not None and found.problem is None:
        found = replace(
            found,
            problem=Problem(
                "name",
                obj.cls if isinstance(obj, LayerObject) else "Sequential",
                "layers with different names",
                f"two layers called '{obj.name}'",
                argument="name",
            ),
            problem_layers=(clash, item.address),
        )
    machine.store[address] = found
    if found.tensors:
        output = call_on(machine, item, found.tensors[-1], place, trigger)
        found = model(machine, address)
        machine.store[address] = replace(found, tensors=(*found.tensors, output), outputs=output)


def _name_clash(machine: Machine, found: ModelObject, address: int) -> int | None:
    name, generated = _name_of(machine, address)
    if generated:
        return None
    for other in found.layers:
        if other != address and _name_of(machine, other) == (name, False):
            return other
    return None


def _name_of(machine: Machine, address: int) -> tuple[str, bool]:
    obj = machine.store[address]
    assert isinstance(obj, (LayerObject, ModelObject))
    return obj.name, obj.generated_name


def _start(machine: Machine, address: int, item: Ref, place: cst.CSTNode) -> None:
    """The InputLayer Keras puts first when the first layer says its input shape."""
    obj = machine.get(item)
    shape: Value | None = None
    batch: Value | None = None
    if isinstance(obj, LayerObject):
        dim = obj.config.get("input_dim")
        given = obj.config.get("input_shape")
        if dim is not None:
            shape = TupleValue((_value(dim),))
        elif isinstance(given, (tuple, list)):
            shape = TupleValue(tuple(_value(item) for item in given))
        elif given is not None:
            shape = machine.unknown("an input_shape that is not known", place)
    elif isinstance(obj, ModelObject) and isinstance(obj.inputs, TensorValue):
        dims = obj.inputs.type.shape.dims
        if dims is not None:
            batch = TupleValue(tuple(from_dim(dim) for dim in dims))
    if shape is None and batch is None:
        return
    config = {"batch_shape": batch} if batch is not None else {"shape": shape}
    tensor = make_input(
        machine, {k: v for k, v in config.items() if v is not None}, place, implicit=True
    )
    found = model(machine, address)
    assert tensor.call.layer is not None
    machine.store[address] = replace(
        found, layers=(tensor.call.layer,), inputs=tensor, tensors=(tensor,), outputs=tensor
    )


def _value(dim: Any) -> Value:
    return (
        UnknownValue("a size that is not known")
        if dim is UNKNOWN
        else (Const(dim) if dim is None or isinstance(dim, int) else from_dim(dim))
    )


def call_on(
    machine: Machine, callee: Ref, inputs: Value, place: cst.CSTNode, trigger: cst.CSTNode
) -> Value:
    """One layer or model of a Sequential called on the output so far."""
    obj = machine.get(callee)
    nested = tensors_of(machine, inputs, place)
    if isinstance(obj, ModelObject):
        return call_model(machine, callee, Args((inputs,)), place, trigger)
    return apply_layer(machine, callee.address, nested, {}, {}, place, trigger)


def pop_layer(machine: Machine, address: int) -> Value:
    """``Sequential.pop()``: the last layer goes, the output is the one before."""
    found = model(machine, address)
    if not found.layers:
        return UnknownValue("pop from an empty model")
    last = found.layers[-1]
    tensors = found.tensors[:-1] if found.tensors else ()
    problem = None if last in found.problem_layers else found.problem
    machine.store[address] = replace(
        found,
        layers=found.layers[:-1],
        tensors=tensors,
        outputs=tensors[-1] if tensors else None,
        problem=problem,
        problem_layers=found.problem_layers if problem else (),
    )
    return Ref(last)


def build_model(machine: Machine, address: int, shape: Shape, node: cst.CSTNode) -> None:
    """``Sequential.build(input_shape)`` of a model without an Input."""
    found = model(machine, address)
    if found.kind != "sequential" or found.tensors or shape.dims is None:
        return
    batch = TupleValue(tuple(from_dim(dim) for dim in shape.dims))
    tensor = make_input(machine, {"batch_shape": batch}, node, implicit=True)
    assert tensor.call.layer is not None
    layers = found.layers
    machine.store[address] = replace(
        found, layers=(tensor.call.layer,), inputs=tensor, tensors=(tensor,), outputs=tensor
    )
    for layer in layers:
        obj = machine.store[layer]
        assert isinstance(obj, (LayerObject, ModelObject))
        output = call_on(machine, Ref(layer), model(machine, address).tensors[-1], node, node)
        now = model(machine, address)
        machine.store[address] = replace(
            now, layers=(*now.layers, layer), tensors=(*now.tensors, output), outputs=output
        )


@external("keras.Model")
def functional(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.Model(inputs, outputs, name=None)``."""
    inputs = args.argument(0, "inputs") or args.keyword("input")
    outputs = args.argument(1, "outputs") or args.keyword("output")
    if inputs is None or outputs is None:
        return args.incomplete or machine.unknown("a Model without inputs and outputs", node)
    address, _, _ = _new_model(machine, "functional", args.argument(2, "name"), node)
    found = replace(model(machine, address), inputs=inputs, outputs=outputs)
    machine.store[address] = found
    clash = _duplicate_names(machine, found)
    if clash is not None:
        first, second, name = clash
        machine.store[address] = replace(
            found,
            problem=Problem(
                "name",
                "Functional",
                "layers with different names",
                f"two layers called '{name}'",
                argument="name",
            ),
            problem_layers=(first, second),
        )
    return Ref(address)


def _duplicate_names(machine: Machine, found: ModelObject) -> tuple[int, int, str] | None:
    """Two different layers with one explicit name, in the order in which they were made."""
    seen: dict[str, int] = {}
    for address in sorted(set(model_layers(machine, found))):
        name, generated = _name_of(machine, address)
        if generated:
            continue
        if name in seen:
            return seen[name], address, name
        seen[name] = address
    return None


def records_of(machine: Machine, found: ModelObject) -> list[CallRecord]:
    """The calls between a model's inputs and outputs, producers before consumers."""
    if found.inputs is None or found.outputs is None:
        return []
    place = found.site.node
    stop = {
        id(t.call)
        for t in leaves(tensors_of(machine, found.inputs, place))
        if isinstance(t, TensorValue)
    }
    ordered: list[CallRecord] = []
    seen: set[int] = set()
    pending: list[tuple[CallRecord, bool]] = [
        (tensor.call, False)
        for tensor in reversed(leaves(tensors_of(machine, found.outputs, place)))
        if isinstance(tensor, TensorValue)
    ]
    while pending:
        record, done = pending.pop()
        if done:
            ordered.append(record)
            continue
        if id(record) in seen:
            continue
        seen.add(id(record))
        pending.append((record, True))
        if id(record) not in stop:
            pending.extend((tensor.call, False) for tensor in reversed(inputs_of(record)))
    return ordered


def inputs_of(record: CallRecord) -> list[TensorValue]:
    """All tensors a call takes, flat."""
    flat = leaves(record.inputs)
    for _, nested in record.extra:
        flat = [*flat, *leaves(nested)]
    return [leaf for leaf in flat if isinstance(leaf, TensorValue)]


def model_layers(machine: Machine, found: ModelObject) -> Iterator[int]:
    """The layers of a model: as added to a Sequential, in call order otherwise."""
    if found.kind == "sequential":
        yield from found.layers
        return
    seen: set[int] = set()
    for record in records_of(machine, found):
        if record.layer is not None and record.layer not in seen:
            seen.add(record.layer)
            yield record.layer


class ModelKind(LayerKind):
    """A model in the role of a layer: its calls are gone through again for other input types."""

    def __init__(self, machine: Machine, address: int) -> None:
        self._machine = machine
        self._address = address

    @property
    def cls(self) -> str:
        """``Sequential`` or ``Functional``."""
        return model(self._machine, self._address).kind.capitalize()

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Output types for these input types; Lost if the model is not known completely."""
        del config, extra
        found = model(self._machine, self._address)
        if found.lost:
            raise Lost(found.lost[0].reason)
        if found.kind == "sequential" and not found.tensors:
            return self._deferred(found, inputs)
        if found.inputs is None or found.outputs is None:
            raise Lost("a model without known inputs")
        place = found.site.node
        own = leaves(tensors_of(self._machine, found.inputs, place))
        given = flatten(inputs)
        if len(own) != len(given):
            raise self.mismatch(
                "structure", f"{len(own)} input tensors", f"{len(given)}", tuple(given)
            )
        for expected, actual in zip(own, given, strict=True):
            self._check(type_of(expected), actual)
        return self._run(found, own, given)

    def _check(self, expected: TensorType, actual: TensorType) -> None:
        """Keras compares the shapes, one trailing axis of length 1 more or less allowed."""
        a, b = expected.shape.dims, actual.shape.dims
        if a is None or b is None:
            return
        if a and b and len(a) != len(b):
            if abs(len(a) - len(b)) == 1 and (a[-1] if len(a) > len(b) else b[-1]) in (1, UNKNOWN):
                raise Lost("an input whose last axis Keras adapts")
            raise self.mismatch(
                "rank",
                f"an input of shape {expected.shape}",
                str(actual.shape),
                (actual,),
                needs_rank=(len(a),),
            )
        if Shape(a).surely_differs(Shape(b)):
            raise self.mismatch(
                "axis", f"an input of shape {expected.shape}", str(actual.shape), (actual,)
            )

    def _run(
        self,
        found: ModelObject,
        own: list[TensorValue | UnknownValue],
        given: list[TensorType],
    ) -> Inputs:
        machine = self._machine
        types: dict[tuple[int, int], TensorType] = {
            (id(tensor.call), tensor.index): kind
            for tensor, kind in zip(own, given, strict=True)
            if isinstance(tensor, TensorValue)
        }

        def look_all(nested: NestedTensor) -> Nested[TensorType]:
            function: Callable[[Any], TensorType] = look
            result: Nested[TensorType] = map_nested(function, nested)
            return result

        def look(tensor: TensorValue | UnknownValue) -> TensorType:
            if isinstance(tensor, UnknownValue):
                return UNKNOWN_TYPE
            return types.get((id(tensor.call), tensor.index), tensor.type)

        same = all(
            isinstance(tensor, TensorValue) and tensor.type == kind
            for tensor, kind in zip(own, given, strict=True)
        )
        outputs = tensors_of(machine, found.outputs or Const(None), found.site.node)
        if not same:
            for record in records_of(machine, found):
                if (id(record), 0) in types or record.layer is None or not record.outputs:
                    continue
                layer = machine.store[record.layer]
                results: Nested[TensorType] = [UNKNOWN_TYPE] * len(record.outputs)
                inner = (
                    layer.kind
                    if isinstance(layer, LayerObject)
                    else ModelKind(machine, record.layer)
                )
                config = layer.config if isinstance(layer, LayerObject) else Config({})
                if inner is not None:
                    extra = dict(record.extra_types)
                    extra.update({n: look_all(x) for n, x in record.extra})
                    results = inner.call(config, look_all(record.inputs), extra)
                for index, kind in enumerate(flatten(results)):
                    types[(id(record), index)] = kind
        return look_all(outputs)

    def _deferred(self, found: ModelObject, inputs: Inputs) -> Inputs:
        current = inputs
        for address in found.layers:
            obj = self._machine.store[address]
            if isinstance(obj, LayerObject):
                if obj.kind is None:
                    raise Lost(f"what {obj.cls} does is not known")
                current = obj.kind.call(obj.config, current)
            else:
                current = ModelKind(self._machine, address).call(Config({}), current)
        return current


def call_model(
    machine: Machine,
    ref: Ref,
    args: Args,
    node: cst.CSTNode,
    trigger: cst.CSTNode | None = None,
) -> Value:
    """``model(x)``: one call of the model as a layer."""
    found = model(machine, ref.address)
    value = args.argument(0, "inputs")
    if value is None or args.incomplete is not None:
        return args.incomplete or machine.unknown("a model called without inputs", node)
    inputs: NestedTensor = tensors_of(machine, value, node)
    if not any(isinstance(leaf, TensorValue) for leaf in leaves(inputs)):
        return next(
            (leaf for leaf in leaves(inputs) if isinstance(leaf, UnknownValue)),
            machine.unknown("a model called on data", node),
        )
    types = types_of(inputs)
    outputs: Nested[TensorType] = UNKNOWN_TYPE
    problem: Problem | None = None
    if found.kind == "sequential" and not found.tensors and isinstance(types, TensorType):
        build_model(machine, ref.address, types.shape, node)
        found = model(machine, ref.address)
    try:
        outputs = ModelKind(machine, ref.address).call(Config({}), types)
    except Mismatch as mismatch:
        problem = mismatch.problem
    except Lost:
        outputs = UNKNOWN_TYPE
    record = CallRecord(
        layer=ref.address,
        inputs=inputs,
        input_types=types,
        extra=(),
        outputs=tuple(flatten(outputs)),
        site=machine.site(node),
        trigger=None if trigger is None else machine.site(trigger),
        problem=problem,
    )
    machine.records.append(record)
    now = model(machine, ref.address)
    machine.store[ref.address] = replace(now, calls=(*now.calls, record))
    return wrap_outputs(machine, record, outputs)


NO_RESULT = ObjectValue("keras.callbacks.History")
