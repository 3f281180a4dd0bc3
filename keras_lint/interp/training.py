"""Training as it happens on a path: ``compile``, and the calls that give a model data.

How a model is set up stands in the store, so that it forks and joins with everything else; the
calls are collected in order. Of subclasses that train in their own way nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count

import libcst as cst

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.interp.batches import data_spec, data_tree
from keras_lint.interp.functional import model_layers
from keras_lint.interp.given import on_data
from keras_lint.interp.given_arguments import CALL, bound, setting, sites
from keras_lint.interp.machine import Machine
from keras_lint.interp.model_calls import build_on_data
from keras_lint.interp.places import Places
from keras_lint.interp.store import (
    DictObject,
    Flags,
    InstanceObject,
    LayerObject,
    ListObject,
    ModelObject,
    SetupObject,
)
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    CompileRecord,
    Const,
    DatasetValue,
    ExternalValue,
    ObjectValue,
    OutputOf,
    Ref,
    Site,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.model.data import DataSpec, DataTree
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, Shape, TensorType, flatten, map_nested
from keras_lint.model.training import Compiled, Made, Setting, Step, Unclear

METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
_MAX_NESTING = 6


@dataclass(frozen=True, eq=False)
class StepRecord:
    """One training call as it happened.

    Args:
        model: address of a model, or of an instance of a subclass.
        certain: it surely happens, and after all that was seen before.
        supposed: it is in code that nobody calls here; a caller may do more to the model.
        data, validation, settings: resolved at once, since lists and arrays may change.
        made: the model as it was then; None of an instance of a subclass.
        traced: what the ``call`` of a subclass does with the data, as far as it is known.
        output: which of the outputs is compared, of a loss or metric.
    """

    model: int
    method: str
    site: Site
    data: DataSpec | None
    validation: DataSpec | None
    settings: Mapping[str, Setting]
    sites: Mapping[str, Site]
    complete: bool
    setup: SetupObject
    labels_given: bool
    certain: bool
    supposed: bool
    caught: bool
    made: ModelObject | None = None
    problem: Problem | None = None
    validation_problem: Problem | None = None
    outputs: Nested[TensorType] | None = None
    trainable_changed: tuple[Site, ...] = ()
    traced: LayerGraph | None = None
    output: int | None = None


def note_compile(machine: Machine, address: int, args: Args, node: cst.CSTNode) -> None:
    """``model.compile(...)``: from now on the model, or instance of a subclass, is set up so."""
    arguments = bound("compile", args)
    record = CompileRecord(
        machine.site(node),
        {name: setting(machine, value) for name, value in arguments.items()},
        sites(machine, "compile", args),
        args.incomplete is None,
    )
    found = machine.store[address]
    flags = _flags(machine, found) if isinstance(found, ModelObject) else ()
    machine.store[-address] = SetupObject(record, flags=flags)
    machine.compiled.add(address)


def note_step(
    machine: Machine, address: int, method: str, args: Args, node: cst.CSTNode
) -> Value | None:
    """A call of one of ``METHODS``, after which the model is built on its data if it was not.

    Also ``CALL``, after it was made.

    Gives what comes out of the model, where that is known and the method returns it.
    """
    given = _given(machine, method, args)
    if given.data is not None and method != CALL:
        build_on_data(machine, address, method, given.data, node)
    found = machine.store[address]
    setup = machine.store.get(-address)
    if not isinstance(found, ModelObject) or found.own_class or not isinstance(setup, SetupObject):
        return None
    problem, outputs = (None, None)
    if given.data is not None:
        problem, outputs = on_data(machine, address, found, given.data.x)
    refused = None
    if given.validation is not None:
        refused, _ = on_data(machine, address, found, given.validation.x)
    trains = method in ("fit", "train_on_batch")
    record = _record(machine, address, method, given, setup, node)
    machine.steps_taken.append(
        replace(
            record,
            made=found,
            problem=problem,
            validation_problem=refused,
            outputs=outputs,
            trainable_changed=_changed(machine, setup, found) if trains else (),
        )
    )
    if trains and setup.compiled is not None and setup.trained is None:
        machine.store[-address] = replace(setup, trained=_flags(machine, found))
    return _returned(machine, outputs, record)


def note_own_step(
    machine: Machine,
    address: int,
    method: str,
    args: Args,
    node: cst.CSTNode,
    trace: Callable[[DataTree], LayerGraph | None],
) -> Value | None:
    """The same of an instance of a subclass that trains as Keras does.

    ``trace`` gives the graph of what its ``call`` does with the data; the model itself stays as it
    was, not built. Gives what comes out of it, as :func:`note_step`.
    """
    setup = machine.store.get(-address)
    if not isinstance(setup, SetupObject):
        return None
    given = _given(machine, method, args)
    record = _record(machine, address, method, given, setup, node)
    traced = trace(given.data.x) if given.data is not None and not given.data.lost else None
    machine.steps_taken.append(replace(record, traced=traced))
    if traced is None or any(ref.call not in traced.calls for ref in flatten(traced.outputs)):
        return None
    return _returned(machine, map_nested(traced.type_of, traced.outputs), record)


def note_file(machine: Machine, address: int, method: str, args: Args, node: cst.CSTNode) -> None:
    """``model.save(path)`` and its kin: an event among the training calls, without data."""
    found, setup = machine.store[address], machine.store.get(-address)
    if not isinstance(setup, SetupObject):
        return
    settings = {name: setting(machine, value) for name, value in bound(method, args).items()}
    known = args.incomplete is None
    given = _Given(None, None, settings, sites(machine, method, args), known, labels=False)
    record = _record(machine, address, method, given, setup, node)
    made = found if isinstance(found, ModelObject) else None
    machine.steps_taken.append(replace(record, made=made))


def note_comparison(
    machine: Machine, kind: str, used: ObjectValue | ExternalValue, args: Args, node: cst.CSTNode
) -> None:
    """A loss or metric of Keras (``kind``) called on labels and what came out of a model."""
    labels, output = args.argument(0, "y_true"), args.argument(1, "y_pred")
    if labels is None or not isinstance(output, ArrayValue) or args.incomplete is not None:
        return
    came_of = output.output_of
    if came_of is None or came_of.shape != output.shape:
        return
    step: StepRecord = machine.steps_taken[came_of.step]
    if step.data is None:
        return
    here = machine.site(node)
    how = setting(machine, used)
    if isinstance(used, ExternalValue) and isinstance(how, Made):
        options = {
            name: setting(machine, value)
            for name, value in args.keywords
            if name not in ("y_true", "y_pred")
        }
        how = replace(how, arguments=options, complete=len(args.positional) <= 2)
    name, given = ("loss", how) if kind == "loss" else ("metrics", (how,))
    made = used.site if isinstance(used, ObjectValue) and used.site is not None else here
    places = sites(machine, kind, args)
    machine.steps_taken.append(
        replace(
            step,
            method=kind,
            site=here,
            data=replace(step.data, y=data_tree(machine, labels), weights=None),
            settings={},
            sites={"y": places["y_true"]} if "y_true" in places else {},
            setup=SetupObject(CompileRecord(here, {name: given}, {name: made}, True)),
            labels_given=True,
            certain=machine.uncertain == 0 and machine.supposing == 0,
            supposed=machine.supposing > 0,
            caught=machine.catching > 0,
            trainable_changed=(),
            output=came_of.output,
        )
    )


@dataclass(frozen=True, eq=False)
class _Given:
    """What a training call is given; ``settings`` are the arguments that are no data."""

    data: DataSpec | None
    validation: DataSpec | None
    settings: Mapping[str, Setting]
    sites: Mapping[str, Site]
    complete: bool
    labels: bool


def _given(machine: Machine, method: str, args: Args) -> _Given:
    given = bound(method, args)
    known = args.incomplete is None
    data = validation = None
    if known and "x" in given:
        data = data_spec(
            machine,
            given["x"],
            given.get("y", NONE),
            given.get("sample_weight", NONE),
            given.get("batch_size", NONE),
        )
    if known and method == "fit" and given.get("validation_data", NONE) != NONE:
        validation = _validation(machine, given["validation_data"])
    plain = {
        name: setting(machine, value)
        for name, value in given.items()
        if name not in ("x", "y", "sample_weight", "validation_data")
    }
    for name in ("validation_data", "sample_weight"):
        if name in given and given[name] != NONE:
            plain[name] = Unclear("data")
    labels = "y" in given and not isinstance(given["y"], UnknownValue) and given["y"] != NONE
    return _Given(data, validation, plain, sites(machine, method, args), known, labels)


def _record(
    machine: Machine,
    address: int,
    method: str,
    given: _Given,
    setup: SetupObject,
    node: cst.CSTNode,
) -> StepRecord:
    return StepRecord(
        address,
        method,
        machine.site(node),
        given.data,
        given.validation,
        given.settings,
        given.sites,
        given.complete,
        setup,
        given.labels,
        machine.uncertain == 0 and machine.supposing == 0,
        machine.supposing > 0,
        machine.catching > 0,
    )


def _returned(
    machine: Machine, outputs: Nested[TensorType] | None, record: StepRecord
) -> Value | None:
    """The outputs as arrays, for all samples there are, of the call that was just noted."""
    data, method = record.data, record.method
    if data is None or outputs is None or not (method.startswith("predict") or method == CALL):
        return None
    step = len(machine.steps_taken) - 1 if data.kind == "arrays" else None
    return _arrays(machine, outputs, data.samples, step, count())


def _arrays(
    machine: Machine,
    nested: Nested[TensorType],
    samples: Dim,
    step: int | None,
    numbers: Iterator[int],
) -> Value:
    """Outputs as arrays of so many samples; ``step`` is the call that gave them, if it counts."""
    if isinstance(nested, TensorType):
        output, dims = next(numbers), nested.shape.dims
        if not dims:
            return ArrayValue(UNKNOWN_SHAPE)
        shape = Shape((samples, *(UNKNOWN if dim is FREE else dim for dim in dims[1:])))
        came_of = None if step is None else OutputOf(step, output, shape)
        return ArrayValue(shape, nested.dtype, output_of=came_of)
    if isinstance(nested, dict):
        parts = {  # as Keras counts them
            name: _arrays(machine, nested[name], samples, step, numbers) for name in sorted(nested)
        }
        return machine.new_dict(tuple((Const(name), parts[name]) for name in nested))
    return machine.new_list([_arrays(machine, part, samples, step, numbers) for part in nested])


def _validation(machine: Machine, value: Value) -> DataSpec:
    """``(x, y)``, ``(x, y, weights)`` or a dataset."""
    parts = machine.items(value) if isinstance(value, (TupleValue, Ref)) else None
    if parts is not None and 1 <= len(parts) <= 3:
        return data_spec(machine, *parts)
    if isinstance(value, (DatasetValue, ArrayValue)):
        return data_spec(machine, value)
    return DataSpec("unknown", data_tree(machine, UnknownValue("validation data")), lost="unknown")


def note_trainable(machine: Machine, address: int, node: cst.CSTNode) -> None:
    """``trainable`` of a layer or model was set here."""
    machine.trainable_set[address] = machine.site(node)


def _flags(machine: Machine, found: ModelObject) -> Flags:
    """Whether each layer of a model is trainable, those of nested models included."""
    flags: dict[int, bool | None] = {}
    pending = list(model_layers(machine, found))
    while pending:
        address = pending.pop()
        if address in flags:
            continue
        layer = machine.store[address]
        if isinstance(layer, ModelObject):
            pending += model_layers(machine, layer)
        if isinstance(layer, (LayerObject, ModelObject)):
            flags[address] = layer.trainable
    return tuple(sorted(flags.items()))


def _changed(machine: Machine, setup: SetupObject, found: ModelObject) -> tuple[Site, ...]:
    """Where ``trainable`` was set without effect on a training step of the model.

    What is trained is settled by ``compile`` (Keras 2) or the first step after it (Keras 3.15); a
    flag that is now what it was at either of the two is no mistake.
    """
    if setup.trained is None:
        return ()
    before, first = dict(setup.flags), dict(setup.trained)
    return tuple(
        machine.trainable_set[address]
        for address, flag in _flags(machine, found)
        if flag is not None
        and address in machine.trainable_set
        and before.get(address) is (not flag)
        and first.get(address) is (not flag)
    )


def doubt_setups(machine: Machine, value: Value, reason: UnknownValue, depth: int = 0) -> None:
    """Unknown code was given ``value``: it may have compiled the models in it."""
    if isinstance(value, TupleValue):
        parts: tuple[Value, ...] = value.items
    elif isinstance(value, Ref):
        setup = machine.store.get(-value.address)
        if isinstance(setup, SetupObject):
            machine.store[-value.address] = replace(setup, doubt=setup.doubt or reason.reason)
            return
        found = machine.get(value)
        if isinstance(found, ListObject):
            parts = found.items or ()
        elif isinstance(found, DictObject):
            parts = tuple(item for _, item in found.items or ())
        elif isinstance(found, InstanceObject):
            parts = tuple(found.attributes.values())
        else:
            return
    else:
        return
    machine.tick(len(parts) // 16)
    if depth < _MAX_NESTING:
        for part in parts:
            doubt_setups(machine, part, reason, depth + 1)


def steps_of(
    machine: Machine, addresses: list[int]
) -> tuple[tuple[Step, ...], dict[int, LayerGraph]]:
    """The training calls of the file, each with the index of its model's graph.

    The graphs that were traced for some of them come with them, by the index of the call.

    Args:
        machine: after the whole file.
        addresses: of the models, in the order of their graphs.
    """
    places = Places(machine.source)
    steps: list[Step] = []
    traced: dict[int, LayerGraph] = {}
    for record in machine.steps_taken:
        now = machine.store.get(record.model)
        if not places.is_here(record.site) or record.model not in addresses:
            continue
        if record.made is not None and not (
            isinstance(now, ModelObject) and _same_model(record.made, now)
        ):
            continue
        if record.traced is not None:
            traced[len(steps)] = record.traced
        steps.append(_step(machine, places, record, addresses.index(record.model)))
    return tuple(steps), traced


def _same_model(before: ModelObject, now: ModelObject) -> bool:
    """Whether nothing was added to the model since, or taken from it."""
    return before.layers == now.layers and before.lost == now.lost


def _step(machine: Machine, places: Places, record: StepRecord, index: int) -> Step:
    setup = record.setup
    state = "unclear"
    compiled = None
    if not setup.doubt:
        if setup.compiled is not None:
            state = "compiled"
            compiled = _compiled(places, setup.compiled)
        elif record.certain or not (record.supposed or record.model in machine.compiled):
            state = "never"
    origin = places.origin(record.site)
    return Step(
        origin.span,
        record.method,
        index,
        record.data,
        record.validation,
        record.settings,
        _spans(places, record.sites),
        record.complete,
        "compiled" if state == "compiled" else "never" if state == "never" else "unclear",
        compiled,
        tuple(places.span(site) for site in record.trainable_changed),
        origin.stack,
        record.caught,
        record.problem,
        record.validation_problem,
        record.outputs,
        record.labels_given,
        record.output,
    )


def _compiled(places: Places, record: CompileRecord) -> Compiled:
    return Compiled(
        places.span(record.site), record.settings, _spans(places, record.sites), record.complete
    )


def _spans(places: Places, sites: Mapping[str, Site]) -> dict[str, Span]:
    return {name: places.span(site) for name, site in sites.items()}
