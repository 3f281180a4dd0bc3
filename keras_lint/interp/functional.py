"""``keras.Model(inputs, outputs)``: the calls between its inputs and outputs, in Keras's order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.refusals import layer_among, not_called
from keras_lint.interp.registry import external
from keras_lint.interp.store import (
    INPUT_PATH,
    DictObject,
    InstanceObject,
    LayerObject,
    ListObject,
    ModelObject,
    snake_case,
)
from keras_lint.interp.tensors import (
    leaves,
    tensors_of,
)
from keras_lint.interp.values import (
    Args,
    CallRecord,
    Const,
    Ref,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.signatures import check_model_arguments, refused_name
from keras_lint.model.outcomes import Mismatch, Problem


def new_model(
    machine: Machine, kind: str, name: Value | None, node: cst.CSTNode, own_class: str = ""
) -> int:
    """The address of a new, still empty model; ``name`` is the argument, if one was given.

    A model of an own class is named after that class.
    """
    explicit = isinstance(name, Const) and isinstance(name.value, str)
    if isinstance(name, Const) and explicit:
        text = name.value
    else:
        older = machine.generation == "keras2" and kind == "functional"
        text = machine.next_name(snake_case(own_class) if own_class else "model" if older else kind)
    made = ModelObject(kind, text, not explicit, machine.site(node), own_class=own_class)
    taken = machine.generation == "keras2"  # it looks at no names
    refused = refused_name(made.cls, name.value) if isinstance(name, Const) and not taken else None
    if refused is not None:
        made = replace(made, problem=machine.refused(refused))
    address = machine.new(made)
    machine.models.append(address)
    return address


def model_at(machine: Machine, address: int) -> ModelObject:
    """The model at an address."""
    found = machine.store[address]
    assert isinstance(found, ModelObject)
    return found


def name_of(machine: Machine, address: int) -> tuple[str, bool]:
    """Name of a layer or model, and whether Keras generated it."""
    obj = machine.store[address]
    assert isinstance(obj, (LayerObject, ModelObject))
    return obj.name, obj.generated_name


def duplicate_name(name: str, cls: str) -> Problem:
    """What Keras says when two layers of one model have one name."""
    return Problem(
        "name",
        cls,
        "layers with different names",
        f"two layers called '{name}'",
        argument="name",
    )


@external("keras.Model")
def functional(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.Model(inputs, outputs, name=None)``."""
    refused = refused_arguments(machine, "Model", args, node)
    return functional_model(machine, args, node) if refused is None else refused


def refused_arguments(
    machine: Machine, cls: str, args: Args, node: cst.CSTNode
) -> UnknownValue | None:
    """Why Keras refuses the arguments of a model, recorded; None if it takes them."""
    if args.incomplete is not None:
        return None
    try:
        check_model_arguments(cls, len(args.positional), [name for name, _ in args.keywords])
    except Mismatch as mismatch:
        return machine.refuse(mismatch.problem, f"{cls}(...)", node)
    return None


def functional_model(machine: Machine, args: Args, node: cst.CSTNode, own_class: str = "") -> Value:
    """A model made of inputs and outputs; ``own_class`` is the subclass that is made, if any."""
    inputs = args.argument(0, "inputs")
    outputs = args.argument(1, "outputs")
    if inputs is None or outputs is None:
        return args.incomplete or machine.unknown("a Model without inputs and outputs", node)
    address = new_model(machine, "functional", args.argument(2, "name"), node, own_class)
    found = replace(model_at(machine, address), inputs=inputs, outputs=outputs)
    machine.store[address] = found
    given = tensors_in(machine, found, inputs)
    if machine.generation == "keras2" and len({(id(t.call), t.type) for t in given}) < len(given):
        twice = machine.unknown("a model that is given one input twice", node)
        machine.store[address] = found = replace(found, lost=(*found.lost, twice))
    if _is_confused(machine, found):
        confused = machine.unknown("a tensor that another model gives back as it is", node)
        machine.store[address] = found = replace(found, lost=(*found.lost, confused))
    problem, concerned = _refused(machine, found)
    if problem is not None:
        machine.store[address] = replace(
            found, problem=machine.refused(problem), problem_layers=concerned
        )
    return Ref(address)


def _is_confused(machine: Machine, found: ModelObject) -> bool:
    """Whether a tensor in a new model counts as made by a call that gave it back."""
    if not machine.given_back:
        return False
    back = {(id(tensor.call), tensor.index) for tensor in machine.given_back}
    reached = [tensor for call in records_of(machine, found) for tensor in inputs_of(call)]
    reached += tensors_in(machine, found, found.outputs)
    return any((id(tensor.call), tensor.index) in back for tensor in reached)


def _refused(machine: Machine, found: ModelObject) -> tuple[Problem | None, tuple[int, ...]]:
    """Why Keras refuses the model, if it does, and the layers concerned; in Keras's order."""
    for argument, value in (("inputs", found.inputs), ("outputs", found.outputs)):
        standing = None if value is None else layer_among(machine, value)
        if standing is not None:
            return not_called("Functional", standing, argument), ()
    if machine.generation != "keras2" and _own_input_as_output(machine, found):
        problem = Problem(
            "disconnected",
            "Functional",
            "outputs that are computed from its inputs",
            "an output that is itself one of its inputs, and no Input",
            argument="inputs",
            hint="start from the Input, or put a layer between",
        )
        return problem, ()
    missing = _missing_input(machine, found)
    if missing is not None:
        name, _ = name_of(machine, missing)
        problem = Problem(
            "disconnected",
            "Functional",
            "outputs that depend on nothing but inputs",
            f"outputs that depend on the Input '{name}', which is not among them",
            argument="inputs",
        )
        return problem, (missing,)
    clash = _duplicate_names(machine, found)
    if clash is not None:
        first, second, name = clash
        return duplicate_name(name, "Functional"), (first, second)
    return None, ()


def _own_input_as_output(machine: Machine, found: ModelObject) -> bool:
    """Whether an output is an input of the model that a layer made (Keras 3.15 refuses those)."""
    declared = tensors_in(machine, found, found.inputs)
    given = {(id(tensor.call), tensor.index) for tensor in declared}
    return any(
        (id(tensor.call), tensor.index) in given
        and tensor.call.layer is not None
        and not is_input_record(machine, tensor.call)
        for tensor in tensors_in(machine, found, found.outputs)
    )


def _missing_input(machine: Machine, found: ModelObject) -> int | None:
    """An InputLayer that the outputs surely depend on, and that is not among the inputs."""
    if found.inputs is None or found.outputs is None:
        return None
    given = leaves(tensors_of(machine, found.inputs, found.site))
    if any(not isinstance(leaf, TensorValue) for leaf in given):
        return None  # the one that is missing may hide there
    declared = {id(leaf.call) for leaf in given if isinstance(leaf, TensorValue)}
    pending = [tensor.call for tensor in tensors_in(machine, found, found.outputs)]
    seen = {id(record) for record in pending}
    while pending:
        record = pending.pop()
        if id(record) in declared or record.layer is None:
            continue  # where paths join, which tensor it is depends on a condition
        if is_input_record(machine, record):
            return record.layer
        for tensor in inputs_of(record):
            if id(tensor.call) not in seen:
                seen.add(id(tensor.call))
                pending.append(tensor.call)
    return None


def _duplicate_names(machine: Machine, found: ModelObject) -> tuple[int, int, str] | None:
    """Two different layers with one explicit name, in the order in which they were made.

    Only layers that are in the model on every path count: the two sides of an ``if`` may well
    give their layers one name.
    """
    seen: dict[str, int] = {}
    for address in sorted(set(model_layers(machine, found)) & _certain_layers(machine, found)):
        name, generated = name_of(machine, address)
        if generated:
            continue
        if name in seen:
            return seen[name], address, name
        seen[name] = address
    return None


def _certain_layers(machine: Machine, found: ModelObject) -> set[int]:
    """The layers that the inputs and outputs lead to without a record where paths join."""
    ends = [*tensors_in(machine, found, found.inputs), *tensors_in(machine, found, found.outputs)]
    pending = [tensor.call for tensor in ends]
    seen: set[int] = set()
    certain: set[int] = set()
    while pending:
        record = pending.pop()
        if id(record) in seen or record.layer is None:
            continue  # where paths join, which tensor it is depends on a condition
        seen.add(id(record))
        certain.add(record.layer)
        pending += [tensor.call for tensor in inputs_of(record)]
    return certain


def tensors_in(machine: Machine, found: ModelObject, value: Value | None) -> list[TensorValue]:
    """The symbolic tensors in a model's ``inputs`` or ``outputs``, flat."""
    if value is None:
        return []
    nested = tensors_of(machine, value, found.site)
    return [leaf for leaf in leaves(nested) if isinstance(leaf, TensorValue)]


def inputs_of(record: CallRecord) -> list[TensorValue]:
    """All tensors a call takes, flat."""
    flat = leaves(record.inputs)
    for _, nested in record.extra:
        flat += leaves(nested)
    return [leaf for leaf in flat if isinstance(leaf, TensorValue)]


def is_input_record(machine: Machine, record: CallRecord) -> bool:
    """Whether a call is the one of an InputLayer."""
    if record.layer is None:
        return False
    layer = machine.store[record.layer]
    return isinstance(layer, LayerObject) and layer.path == INPUT_PATH


def records_of(machine: Machine, found: ModelObject) -> list[CallRecord]:
    """The calls of a model, producers before consumers, unused InputLayers last.

    The walk stops at the model's inputs, which need not be InputLayers.
    """
    ordered, _ = _walk(machine, found)
    return ordered


def _walk(machine: Machine, found: ModelObject) -> tuple[list[CallRecord], dict[int | None, int]]:
    """Calls in topological order, and the position at which each layer is first met.

    This is the depth-first search of Keras (``keras/src/ops/function.py``, 3.15) without its
    recursion.
    """
    declared = tensors_in(machine, found, found.inputs)
    stop = {id(tensor.call) for tensor in declared}
    ordered: list[CallRecord] = []
    met: dict[int | None, int] = {}
    seen: set[int] = set()
    pending: list[tuple[CallRecord, bool]] = [
        (tensor.call, False) for tensor in reversed(tensors_in(machine, found, found.outputs))
    ]
    while pending:
        record, done = pending.pop()
        if done:
            ordered.append(record)
            continue
        if id(record) in seen:
            continue
        seen.add(id(record))
        met.setdefault(record.layer, len(met))
        pending.append((record, True))
        if id(record) not in stop:
            pending.extend((tensor.call, False) for tensor in reversed(inputs_of(record)))
    for tensor in declared:
        if id(tensor.call) not in seen:
            seen.add(id(tensor.call))
            met.setdefault(tensor.call.layer, -1)
            ordered.append(tensor.call)
    return ordered, met


def model_layers(machine: Machine, found: ModelObject) -> Iterator[int]:
    """The layers of a model in the order of ``model.layers``, operations included.

    A Sequential has them as added; a functional model by decreasing distance from the outputs,
    those of equal distance in the order in which the search meets them.
    """
    if found.kind == "sequential":
        yield from found.layers
        return
    ordered, met = _walk(machine, found)
    call_depth: dict[int, int] = {}
    layer_depth: dict[int, int] = {}
    inside = {id(record) for record in ordered}
    for record in reversed(ordered):
        depth = call_depth.get(id(record), 0)
        if record.layer is not None:
            depth = max(depth, layer_depth.get(record.layer, 0))
            layer_depth[record.layer] = depth
        for tensor in inputs_of(record):
            if id(tensor.call) in inside:
                key = id(tensor.call)
                call_depth[key] = max(depth + 1, call_depth.get(key, 0))
    yield from sorted(layer_depth, key=lambda layer: (-layer_depth[layer], met[layer]))


def unknown_leaves(machine: Machine, found: ModelObject) -> list[UnknownValue]:
    """What is unknown among a model's declared inputs and outputs."""
    values = [value for value in (found.inputs, found.outputs) if value is not None]
    return [
        leaf
        for value in values
        for leaf in leaves(tensors_of(machine, value, found.site))
        if isinstance(leaf, UnknownValue)
    ]


def untracked(machine: Machine, instance: InstanceObject) -> UnknownValue | None:
    """The first attribute that is not known, which may hold a layer that Keras tracks."""
    seen: set[int] = set()
    pending: list[Value] = list(instance.attributes.values())
    while pending:
        value = pending.pop()
        if isinstance(value, UnknownValue):
            return value
        if isinstance(value, TupleValue):
            pending += value.items
        if not isinstance(value, Ref) or value.address in seen:
            continue
        seen.add(value.address)
        found = machine.store[value.address]
        if isinstance(found, (ListObject, DictObject)) and found.items is None:
            return found.unknown
        if isinstance(found, ListObject):
            pending += found.items or ()
        elif isinstance(found, DictObject):
            pending += (item for _, item in found.items or ())
    return None


def tracked(machine: Machine, instance: InstanceObject) -> Iterator[int]:
    """Addresses of the layers in an instance's attributes, each once, as Keras tracks them."""
    seen: set[int] = set()
    pending: list[Value] = list(instance.attributes.values())
    while pending:
        value = pending.pop(0)
        if isinstance(value, TupleValue):
            pending = [*value.items, *pending]
            continue
        if not isinstance(value, Ref):
            continue
        found = machine.store[value.address]
        address = value.address
        if isinstance(found, InstanceObject) and found.layer is not None:
            address = found.layer
            found = machine.store[address]
        if isinstance(found, (LayerObject, ModelObject)):
            if address not in seen:
                seen.add(address)
                yield address
        elif isinstance(found, ListObject) and found.items is not None:
            pending = [*found.items, *pending]
        elif isinstance(found, DictObject) and found.items is not None:
            pending = [*(item for _, item in found.items), *pending]
