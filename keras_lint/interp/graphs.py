"""From the machine's final state to LayerGraphs: one per model, and fragments for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from keras_lint.graph.layer_graph import CallNode, GraphKind, LayerGraph, LayerNode, TensorRef
from keras_lint.interp.functional import inputs_of as record_inputs
from keras_lint.interp.functional import (
    is_input_record,
    model_at,
    model_layers,
    records_of,
    tensors_in,
    tracked,
    unknown_leaves,
)
from keras_lint.interp.loose_calls import lost_calls
from keras_lint.interp.losses import uncertain_names, why_no_shape
from keras_lint.interp.machine import SPENT, Machine, OutOfSteps
from keras_lint.interp.masks import MaskTracker
from keras_lint.interp.nested import kind_at, layer_weights
from keras_lint.interp.places import Places
from keras_lint.interp.refusals import refusal_graphs
from keras_lint.interp.store import InstanceObject, LayerObject, ModelObject
from keras_lint.interp.tensors import (
    Leaf,
    leaves,
    tensors_of,
    type_of,
    types_of,
)
from keras_lint.interp.values import (
    CallRecord,
    TensorValue,
    UnknownValue,
)
from keras_lint.keras_api.base import BoundLayer
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.outcomes import Lost, Mismatch, Unknown
from keras_lint.model.spans import Origin
from keras_lint.model.tensors import (
    UNKNOWN_SHAPE,
    Nested,
    TensorType,
    flatten,
    map_nested,
)

_NOWHERE = "joined"
_UNKNOWN_TYPE = TensorType(UNKNOWN_SHAPE, None)


class GraphBuilder:
    """Turns the records of one model (or fragment) into a LayerGraph."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._places = Places(machine.source)
        self._lost: list[UnknownValue] = []

    def of_model(self, address: int) -> LayerGraph:
        """The graph of the model at ``address``."""
        machine = self._machine
        found = machine.store[address]
        assert isinstance(found, ModelObject)
        records = records_of(machine, found)
        machine.tick(20 + 4 * len(records))
        if found.kind == "sequential" and not found.tensors:
            return self._deferred(address, found)
        bare = found.kind == "sequential" and len(found.layers) == 1 and not found.calls
        if bare and machine.generation != "keras2":
            found = replace(found, inputs=None)  # not built before a layer is added
        addresses = list(model_layers(machine, found))
        if found.kind == "functional":
            self._lost.extend(unknown_leaves(machine, found))
        return self._graph(
            found.name,
            "sequential" if found.kind == "sequential" else "functional",
            records,
            addresses,
            found,
        )

    def of_subclassed(self, address: int) -> LayerGraph:
        """The graph of a subclassed model: its tracked layers, the calls inside its ``call``."""
        machine = self._machine
        instance = machine.store[address]
        assert isinstance(instance, InstanceObject)
        layer = _facet(machine, address)
        if instance.unknown is not None:
            self._lost.append(instance.unknown)
        elif layer.built is None:
            self._lost.append(UnknownValue("it is not called on a known shape", layer.site))
        records = _closure(list(instance.trace))
        called = (record.layer for record in records if record.layer is not None)
        addresses = list(dict.fromkeys((*tracked(machine, instance), *called)))
        found = ModelObject(
            "subclass",
            layer.name or layer.cls,
            layer.generated_name,
            layer.site,
            outputs=instance.result,
        )
        return self._graph(found.name, "subclass", records, addresses, found)

    def fragment(self, records: list[CallRecord]) -> LayerGraph:
        """A graph of calls that no model holds."""
        addresses = list(dict.fromkeys(r.layer for r in records if r.layer is not None))
        return self._graph("", "fragment", records, addresses, None)

    def _deferred(self, address: int, found: ModelObject) -> LayerGraph:
        """A Sequential without an input shape: its layers on a tensor of unknown shape.

        What is wrong whatever the shape is, is wrong; everything else waits for the data.
        """
        machine = self._machine
        types: list[Nested[TensorType]] = [_UNKNOWN_TYPE]
        calls: list[CallNode] = []
        layers = [self._layer(layer, {}) for layer in dict.fromkeys(found.layers)]
        sound = True
        for index, layer_address in enumerate(found.layers):
            obj = machine.store[layer_address]
            problem = None
            outputs: Nested[TensorType] = _UNKNOWN_TYPE
            kind, config = kind_at(self._machine, layer_address)
            site = obj.site if isinstance(obj, (LayerObject, ModelObject)) else found.site
            if kind is not None and sound:
                try:
                    outputs = kind.call(config, types[-1])
                except Mismatch as mismatch:
                    problem = mismatch.problem
                    sound = False
                except Lost:
                    outputs = _UNKNOWN_TYPE
            calls.append(
                CallNode(
                    id=f"c{index}",
                    layer=f"l{layer_address}",
                    inputs=TensorRef(f"c{index - 1}") if index else (),
                    input_types=tuple(flatten(types[-1])),
                    output_types=tuple(flatten(outputs)),
                    origin=self._places.origin(site, site, found.site),
                    problem=problem,
                )
            )
            types.append(outputs)
        lost = [self._places.unknown(reason) for reason in found.lost]
        lost.append(
            Unknown("the input shape is only known from data", self._places.span(found.site))
        )
        del address
        return LayerGraph(
            found.name,
            "sequential",
            layers,
            calls,
            (),
            TensorRef(calls[-1].id) if calls else (),
            origin=self._places.origin(found.site),
            generated_name=found.generated_name,
            followed=False,
            lost=tuple(lost),
            problem=found.problem,
            problem_layers=tuple(f"l{layer}" for layer in found.problem_layers),
        )

    def _graph(
        self,
        name: str,
        kind: GraphKind,
        records: list[CallRecord],
        addresses: list[int],
        found: ModelObject | None,
    ) -> LayerGraph:
        ids = {id(record): f"c{index}" for index, record in enumerate(records)}
        cut = set() if found is None else _cut(self._machine, found)
        if cut:
            held = {r.layer for r in records if id(r) not in cut}
            addresses = [address for address in addresses if address in held]
        first_inputs: dict[int, Nested[TensorType]] = {}
        for record in records:
            if record.layer is not None and id(record) not in cut:
                first_inputs.setdefault(record.layer, self._build_inputs(record))
        layers = [
            _placeholder(ids[id(r)], self._places.origin(r.site)) for r in records if id(r) in cut
        ]
        layers += [self._layer(address, first_inputs) for address in addresses]
        if any(record.layer is None for record in records):
            layers.append(
                LayerNode(_NOWHERE, "?", "", _NOWHERE, True, params=0, trainable_params=0)
            )
        masks = MaskTracker(self._machine)
        calls = [
            _placeholder_call(ids[id(record)], record, self._places.origin(record.site))
            if id(record) in cut
            else self._call(record, ids, () if cut else masks.of(record))
            for record in records
        ]
        inputs: Nested[TensorRef] = ()
        outputs: Nested[TensorRef] = ()
        if found is not None:
            inputs = self._refs(found.inputs, ids, found)
            outputs = () if found.cut else self._refs(found.outputs, ids, found)
            self._lost.extend(found.lost)
        lost = [self._places.unknown(value) for value in _unique(self._lost)]
        lost += self._shape_losses([record for record in records if id(record) not in cut])
        if not lost and kind != "fragment":
            lost += [
                Unknown(
                    f"the number of weights of {layer.cls} is not known",
                    layer.origin.span if layer.origin is not None else None,
                )
                for layer in layers
                if layer.params is UNKNOWN
            ]
            lost += uncertain_names(layers)
        if found is not None and found.problem is not None:
            problem = found.problem
            lost.append(
                Unknown(
                    f"Keras refuses it: expected {problem.expected}, got {problem.actual}",
                    self._places.span(found.site),
                )
            )
        return LayerGraph(
            name,
            kind,
            layers,
            calls,
            inputs,
            outputs,
            origin=None if found is None else self._places.origin(found.site),
            generated_name=found is None or found.generated_name,
            followed=not lost,
            lost=tuple(lost),
            problem=None if found is None else found.problem,
            problem_layers=tuple(
                f"l{address}" for address in (() if found is None else found.problem_layers)
            ),
            trainable=True if found is None else found.trainable,
        )

    def _shape_losses(self, records: list[CallRecord]) -> list[Unknown]:
        """Why a graph without unknown values is still not known completely."""
        losses: list[Unknown] = []
        for record in records:
            where = self._places.span(record.site)
            if record.layer is None:
                if record.inputs:
                    lost = "a tensor depends on a condition that is not known"
                    losses.append(Unknown(lost, where))
                continue
            obj = self._machine.store[record.layer]
            if record.problem is not None:
                problem = record.problem.root
                losses.append(
                    Unknown(
                        f"Keras refuses {problem.layer}: expected {problem.expected}, "
                        f"got {problem.actual}",
                        where,
                    )
                )
            elif isinstance(obj, LayerObject) and obj.lost is not None:
                losses.append(self._places.unknown(obj.lost))
            elif any(not kind.shape.is_complete for kind in record.outputs) and all(
                type_of(tensor).shape.is_complete for tensor in record_inputs(record)
            ):
                losses.extend(why_no_shape(self._places, obj, record, where))
            for leaf in leaves(record.inputs):
                if isinstance(leaf, UnknownValue):
                    losses.append(self._places.unknown(leaf))
        return list(dict.fromkeys(losses))

    def _refs(self, value: Any, ids: Mapping[int, str], found: ModelObject) -> Nested[TensorRef]:
        if value is None:
            return ()
        nested = tensors_of(self._machine, value, found.site)
        return _known_refs(nested, ids)

    def _call(
        self, record: CallRecord, ids: Mapping[int, str], masked: tuple[bool | None, ...]
    ) -> CallNode:
        obj = None if record.layer is None else self._machine.store[record.layer]
        construction = obj.site if isinstance(obj, (LayerObject, ModelObject)) else None
        arguments = obj.arguments if isinstance(obj, LayerObject) else ()
        types: list[TensorType] = flatten(types_of(record.inputs))
        for _, nested in record.extra:
            types += flatten(types_of(nested))
        return CallNode(
            id=ids[id(record)],
            layer=_NOWHERE if record.layer is None else f"l{record.layer}",
            inputs=_known_refs(record.inputs, ids),
            input_types=tuple(types),
            output_types=record.outputs,
            extra=tuple((name, _known_refs(nested, ids)) for name, nested in record.extra),
            origin=self._places.origin(record.site, construction, record.trigger, arguments),
            problem=record.problem,
            masked=masked,
        )

    def _build_inputs(self, record: CallRecord) -> Nested[TensorType]:
        """What a layer is built on when this is its first call."""
        assert record.layer is not None
        kind, _ = kind_at(self._machine, record.layer)
        if kind is None:
            return record.input_types
        return kind.build_inputs(record.input_types, dict(record.extra_types))

    def _layer(self, address: int, first_inputs: Mapping[int, Nested[TensorType]]) -> LayerNode:
        obj = self._machine.store[address]
        if isinstance(obj, ModelObject):
            graph = GraphBuilder(self._machine).of_model(address)
            return LayerNode(
                id=f"l{address}",
                cls=obj.cls,
                module="keras",
                name=obj.name,
                generated_name=obj.generated_name,
                params=graph.total_params,
                trainable_params=graph.trainable_params,
                trainable=obj.trainable is not False,
                origin=self._places.origin(obj.site),
                model=graph,
            )
        assert isinstance(obj, LayerObject)
        weights = layer_weights(obj, first_inputs.get(address) if obj.built is None else obj.built)
        known = obj.trainable is not None
        trainable: Dim = weights.trainable if obj.trainable else 0
        return LayerNode(
            id=f"l{address}",
            cls=obj.cls,
            module=obj.path.rpartition(".")[0],
            name=obj.name,
            generated_name=obj.generated_name,
            config=plain_config(obj.config),
            params=weights.total,
            trainable_params=trainable if known else UNKNOWN,
            trainable=obj.trainable is not False,
            origin=self._places.origin(obj.site, obj.site, None, obj.arguments),
            wrapped=tuple(self._layer(inner, {}) for inner in obj.wrapped),
        )


def _placeholder(call: str, origin: Origin) -> LayerNode:
    """The InputLayer that Keras puts where a model starts from an intermediate tensor."""
    return LayerNode(
        id=f"l{call}",
        cls="InputLayer",
        module="keras.layers",
        name="(copied input)",
        generated_name=True,
        params=0,
        trainable_params=0,
        origin=origin,
    )


def _placeholder_call(call: str, record: CallRecord, origin: Origin) -> CallNode:
    return CallNode(
        id=call,
        layer=f"l{call}",
        inputs=[],
        input_types=(),
        output_types=record.outputs,
        origin=origin,
    )


def _known_refs(
    nested: Nested[TensorValue | UnknownValue], ids: Mapping[int, str]
) -> Nested[TensorRef]:
    def ref(leaf: Leaf) -> TensorRef:
        if isinstance(leaf, TensorValue) and id(leaf.call) in ids:
            return TensorRef(ids[id(leaf.call)], leaf.index)
        return TensorRef("?")

    function: Callable[[Any], TensorRef] = ref
    result: Nested[TensorRef] = map_nested(function, nested)
    return result


def _unique(values: Iterable[UnknownValue]) -> list[UnknownValue]:
    return list({(value.reason, id(value.site)): value for value in values}.values())


def plain_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with wrapped layers as class and configuration; UNKNOWN stays."""
    return {name: _plain(value) for name, value in config.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, BoundLayer):
        return {"class_name": value.kind.cls, "config": plain_config(value.config)}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def all_graphs(machine: Machine) -> tuple[LayerGraph, ...]:
    """A graph per model in the order in which they were made, then one fragment for loose calls.

    Graphs have a step budget of their own; those past it are left out and that is said.
    """
    machine.steps = 0
    graphs: list[LayerGraph] = []
    try:
        _make_graphs(machine, graphs)
    except OutOfSteps:
        machine.lost.append(machine.unknown(SPENT, machine.source.module))
    return tuple(graphs)


def graph_addresses(machine: Machine, count: int) -> list[int]:
    """The addresses of the models among the first ``count`` graphs, in the same order."""
    places = Places(machine.source)
    here = [a for a in machine.models if places.is_here(model_at(machine, a).site)]
    return [*here, *_subclassed(machine, places)][:count]


def _subclassed(machine: Machine, places: Places) -> list[int]:
    """The addresses of the instances of subclassed models that were made in the file."""
    return [
        address
        for address in machine.subclassed
        if address in machine.store and places.is_here(_facet(machine, address).site)
    ]


def _make_graphs(machine: Machine, graphs: list[LayerGraph]) -> None:
    places = Places(machine.source)
    for address in machine.models:
        if places.is_here(model_at(machine, address).site):
            graphs.append(GraphBuilder(machine).of_model(address))
    graphs += [
        GraphBuilder(machine).of_subclassed(address) for address in _subclassed(machine, places)
    ]
    held: set[int] = set()
    for address in machine.models:
        found = model_at(machine, address)
        held |= {id(record) for record in records_of(machine, found)} - _cut(machine, found)
    loose = [
        r
        for r in (*machine.records, *machine.inner)
        if r.problem is not None and id(r) not in held and places.is_here(r.site)
    ]
    if loose:
        graphs.append(GraphBuilder(machine).fragment(_closure(loose)))
    graphs += refusal_graphs(machine, places)
    machine.lost += lost_calls(machine, places, held)


def _cut(machine: Machine, found: ModelObject) -> set[int]:
    """The calls whose outputs a model takes as inputs though no InputLayer made them.

    Keras 3 puts an InputLayer of its own in their place.
    """
    return {
        id(tensor.call)
        for tensor in tensors_in(machine, found, found.inputs)
        if not is_input_record(machine, tensor.call)
    }


def _facet(machine: Machine, address: int) -> LayerObject:
    """The layer that stands for an instance of a subclassed model."""
    instance = machine.store[address]
    assert isinstance(instance, InstanceObject)
    assert instance.layer is not None
    layer = machine.store[instance.layer]
    assert isinstance(layer, LayerObject)
    return layer


def _closure(loose: list[CallRecord]) -> list[CallRecord]:
    """These calls and everything they depend on, producers first."""
    ordered: list[CallRecord] = []
    seen: set[int] = set()
    pending = [(record, False) for record in reversed(loose)]
    while pending:
        record, done = pending.pop()
        if done:
            ordered.append(record)
        elif id(record) not in seen:
            seen.add(id(record))
            pending.append((record, True))
            pending.extend((tensor.call, False) for tensor in reversed(record_inputs(record)))
    return ordered
