"""LayerGraph as JSON and back: what ``keras-lint graph`` writes and the verify child answers.

The schema, version 1. A document is
``{"schema": 1, "file": path or null, "models": [model, ...]}``.

model
    ``name``, ``generated_name`` (bool), ``kind`` (``sequential``, ``functional``, ``subclass``,
    ``fragment``), ``origin``, ``stack`` (spans of the calls that led there, outermost first),
    ``followed`` (bool), ``lost`` (list of ``{"reason", "origin"}``), ``problem`` and
    ``problem_layers`` (a mismatch of the model as a whole), ``total_params``,
    ``trainable_params``, ``trainable`` (of the model itself: bool, null when unknown; true when
    absent), ``inputs`` and ``outputs`` (flat, in Keras's order: ``{"tensor",
    "name", "shape", "dtype"}``), ``input_structure`` and ``output_structure`` (the same tensors
    nested as passed), ``layers`` (in the order of ``model.layers``) and ``calls`` (in the order
    in which they were made).
layer
    ``id``, ``class``, ``module``, ``name``, ``generated_name``, ``config`` (constructor
    arguments), ``params`` and ``trainable_params`` (number of weights), ``trainable`` (bool),
    ``origin``, ``wrapped`` (layers a wrapper holds), ``model`` (a nested model's own graph,
    else null).
call
    ``id``, ``layer``, ``inputs`` (tensors, nested as passed), ``extra`` (tensors passed by
    keyword: name to nested tensors), ``input_shapes``, ``input_dtypes``, ``output_shapes``,
    ``dtypes`` (of the outputs), ``masked`` (of each output whether it carries a mask, null if
    that is not known; may be empty), ``origin``, ``problem`` (null unless Keras will refuse the
    call).
tensor
    ``"c3"`` is output 0 of call ``c3``, ``"c3:1"`` its output 1.
shape
    A list with the batch axis first, or null for an unknown rank; a number is a length, null a
    free length, ``"?"`` an unknown one, any other string a symbol.
count
    A number, null when unknown, a string for a symbol.
span and origin
    A span is ``{"line", "column", "end_line", "end_column", "cell"}``: lines and columns from
    1, the end column exclusive, ``cell`` null outside notebooks. An origin is a span with
    ``construction`` and ``trigger`` (spans or null), ``arguments`` (name to span) and ``stack``
    (spans).
config values
    Plain JSON; tuples become lists. ``{"$unknown": true}`` stands for a value not found out,
    ``{"$symbol": text}`` for a symbolic number, ``{"$object": text}`` for a Python object that
    has no JSON form, and ``{"class_name": name, "config": {...}}`` for a layer, initializer,
    regularizer and the like.
problem
    ``kind``, ``layer``, ``expected``, ``actual``, ``argument``, ``hint``, ``exceptions``,
    ``needs_rank``, ``received_shapes``, ``received_dtypes``, ``inner`` (a problem or null).

training
    ``keras-lint graph`` adds ``"training"`` to the document, the calls that train models, run them
    on data, or save and load them, in order: ``model`` (index among the models), ``method`` (that
    of the model; ``__call__`` for the model itself; ``loss`` or ``metric`` of Keras where it is
    called on labels and one output, ``output`` being which, else null), ``origin``, ``stack``,
    ``compiled`` (how, null if that is not known: ``origin``, ``arguments``, ``complete``),
    ``state`` (``compiled``, ``never``, ``unclear``), ``data`` and ``validation`` (null or ``kind``,
    ``x``, ``y``, ``weights``, ``lost``), ``arguments``, ``complete``. An array is ``{"shape",
    "dtype", "low", "high", "lost"}``, several are a list or ``{"$named": {...}}``. Of arguments
    ``{"$keras": path, "arguments": {...} or null, "complete"}`` is an object of Keras (null: the
    class or function itself), ``{"$own": name}`` one of the program, ``{"$unknown": true}``
    anything not found out, ``{"$named": {...}}`` a dict.

New keys may be added within version 1; a reader must ignore those that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode, TensorRef
from keras_lint.model.dims import FREE, UNKNOWN, Dim, Sym
from keras_lint.model.dims import from_json as dim_from_json
from keras_lint.model.dims import to_json as dim_to_json
from keras_lint.model.outcomes import Problem, Unknown
from keras_lint.model.spans import Origin, Span
from keras_lint.model.tensors import (
    Nested,
    TensorType,
    flatten,
    map_nested,
    shape_from_json,
    shape_to_json,
)

SCHEMA = 1

Json = dict[str, Any]


class SchemaError(ValueError):
    """JSON that is not a graph of a schema version we read."""


def document(file: str | None, graphs: Iterable[LayerGraph]) -> Json:
    """The whole document for one file."""
    return {"schema": SCHEMA, "file": file, "models": [to_json(graph) for graph in graphs]}


def read_document(data: Json) -> list[LayerGraph]:
    """The graphs of a document; :class:`SchemaError` if it is none of ours."""
    if data.get("schema") != SCHEMA:
        raise SchemaError(f"schema {data.get('schema')!r} is not {SCHEMA}")
    return [from_json(model) for model in data["models"]]


def to_json(graph: LayerGraph) -> Json:
    """One graph as a ``model`` of the schema."""
    return {
        "name": graph.name,
        "generated_name": graph.generated_name,
        "kind": graph.kind,
        "origin": _origin_to_json(graph.origin),
        "stack": [span_to_json(span) for span in graph.origin.stack] if graph.origin else [],
        "followed": graph.followed,
        "lost": [{"reason": lost.reason, "origin": span_to_json(lost.span)} for lost in graph.lost],
        "problem": _problem_to_json(graph.problem),
        "problem_layers": list(graph.problem_layers),
        "inputs": _tensors(graph, graph.inputs),
        "outputs": _tensors(graph, graph.outputs),
        "input_structure": _refs_to_json(graph.inputs),
        "output_structure": _refs_to_json(graph.outputs),
        "total_params": count_to_json(graph.total_params),
        "trainable_params": count_to_json(graph.trainable_params),
        "trainable": graph.trainable,
        "layers": [_layer_to_json(layer) for layer in graph.layers.values()],
        "calls": [_call_to_json(call) for call in graph.calls.values()],
    }


def from_json(data: Json) -> LayerGraph:
    """The inverse of :func:`to_json`; tuples come back as lists, a symbol's text as one symbol.

    Raises:
        SchemaError: a key of the schema is missing or has a value of another type.
    """
    try:
        return LayerGraph(
            name=data["name"],
            kind=data["kind"],
            layers=[_layer_from_json(layer) for layer in data["layers"]],
            calls=[_call_from_json(call) for call in data["calls"]],
            inputs=_refs_from_json(data["input_structure"]),
            outputs=_refs_from_json(data["output_structure"]),
            origin=_origin_from_json(data["origin"]),
            generated_name=data["generated_name"],
            followed=data["followed"],
            lost=tuple(
                Unknown(lost["reason"], span_from_json(lost["origin"])) for lost in data["lost"]
            ),
            problem=_problem_from_json(data.get("problem")),
            problem_layers=tuple(data.get("problem_layers", ())),
            trainable=data.get("trainable", True),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SchemaError(f"not a graph of schema {SCHEMA}: {error!r}") from error


def span_to_json(span: Span | None) -> Json | None:
    """A span as an object, None as null."""
    if span is None:
        return None
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "cell": span.cell,
    }


def span_from_json(data: Json | None) -> Span | None:
    """The inverse of :func:`span_to_json`."""
    if data is None:
        return None
    return Span(
        data["line"], data["column"], data["end_line"], data["end_column"], data.get("cell")
    )


def count_to_json(count: Dim) -> int | str | None:
    """A parameter count: unlike a dimension, it is null when unknown."""
    return None if count is UNKNOWN else dim_to_json(count)


def count_from_json(value: int | str | None) -> Dim:
    """The inverse of :func:`count_to_json`."""
    return UNKNOWN if value is None else dim_from_json(value)


def config_to_json(value: Any) -> Any:
    """A configuration value in the schema's form; see the module's text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Sym):
        return {"$symbol": str(value)}
    if value is UNKNOWN:
        return {"$unknown": True}
    if value is FREE:
        return None
    if isinstance(value, Mapping):
        return {str(key): config_to_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [config_to_json(item) for item in value]
    inner, config = getattr(value, "kind", None), getattr(value, "config", None)
    if inner is not None and isinstance(config, Mapping):  # a bound layer: a wrapper's argument
        return {"class_name": str(getattr(inner, "cls", inner)), "config": config_to_json(config)}
    return {"$object": str(value)}


def config_from_json(value: Any) -> Any:
    """The inverse of :func:`config_to_json`, as far as there is one: objects stay descriptions."""
    if isinstance(value, list):
        return [config_from_json(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {"$symbol"}:
            return dim_from_json(value["$symbol"])
        if set(value) == {"$unknown"}:
            return UNKNOWN
        return {key: config_from_json(item) for key, item in value.items()}
    return value


def _origin_to_json(origin: Origin | None) -> Json | None:
    span = span_to_json(origin.span) if origin else None
    if origin is None or span is None:
        return None
    return {
        **span,
        "construction": span_to_json(origin.construction),
        "trigger": span_to_json(origin.trigger),
        "arguments": {name: span_to_json(where) for name, where in origin.arguments},
        "literals": list(origin.literals),
        "stack": [span_to_json(where) for where in origin.stack],
    }


def _origin_from_json(data: Json | None) -> Origin | None:
    span = span_from_json(data)
    if data is None or span is None:
        return None
    return Origin(
        span=span,
        construction=span_from_json(data.get("construction")),
        trigger=span_from_json(data.get("trigger")),
        arguments=tuple(
            (name, where)
            for name, item in data.get("arguments", {}).items()
            if (where := span_from_json(item)) is not None
        ),
        literals=tuple(data.get("literals", ())),
        stack=tuple(
            where for item in data.get("stack", ()) if (where := span_from_json(item)) is not None
        ),
    )


def _ref_to_json(ref: TensorRef) -> str:
    return ref.call if ref.output == 0 else f"{ref.call}:{ref.output}"


def _ref_from_json(text: str) -> TensorRef:
    call, colon, output = text.rpartition(":")
    return TensorRef(call, int(output)) if colon else TensorRef(text)


def _refs_to_json(refs: Nested[TensorRef]) -> Any:
    return map_nested(_ref_to_json, refs)


def _refs_from_json(data: Any) -> Nested[TensorRef]:
    return map_nested(_ref_from_json, cast("Nested[str]", data))


def _tensors(graph: LayerGraph, refs: Nested[TensorRef]) -> list[Json]:
    tensors: list[Json] = []
    for ref in flatten(refs):
        call = graph.calls.get(ref.call)
        kind = None
        if call is not None and ref.output < len(call.output_types):
            kind = call.output_types[ref.output]
        tensors.append(
            {
                "tensor": _ref_to_json(ref),
                "name": graph.layers[call.layer].name if call else None,
                "shape": shape_to_json(kind.shape) if kind else None,
                "dtype": kind.dtype if kind else None,
            }
        )
    return tensors


def _layer_to_json(layer: LayerNode) -> Json:
    return {
        "id": layer.id,
        "class": layer.cls,
        "module": layer.module,
        "name": layer.name,
        "generated_name": layer.generated_name,
        "config": config_to_json(layer.config),
        "params": count_to_json(layer.params),
        "trainable_params": count_to_json(layer.trainable_params),
        "trainable": layer.trainable,
        "origin": _origin_to_json(layer.origin),
        "wrapped": [_layer_to_json(inner) for inner in layer.wrapped],
        "model": to_json(layer.model) if layer.model is not None else None,
    }


def _layer_from_json(data: Json) -> LayerNode:
    return LayerNode(
        id=data["id"],
        cls=data["class"],
        module=data["module"],
        name=data["name"],
        generated_name=data["generated_name"],
        config=config_from_json(data["config"]),
        params=count_from_json(data["params"]),
        trainable_params=count_from_json(data["trainable_params"]),
        trainable=data["trainable"],
        origin=_origin_from_json(data["origin"]),
        wrapped=tuple(_layer_from_json(inner) for inner in data.get("wrapped", ())),
        model=from_json(data["model"]) if data.get("model") is not None else None,
    )


def _call_to_json(call: CallNode) -> Json:
    return {
        "id": call.id,
        "layer": call.layer,
        "inputs": _refs_to_json(call.inputs),
        "extra": {name: _refs_to_json(refs) for name, refs in call.extra},
        "input_shapes": [shape_to_json(kind.shape) for kind in call.input_types],
        "input_dtypes": [kind.dtype for kind in call.input_types],
        "output_shapes": [shape_to_json(kind.shape) for kind in call.output_types],
        "dtypes": [kind.dtype for kind in call.output_types],
        "masked": list(call.masked),
        "origin": _origin_to_json(call.origin),
        "problem": _problem_to_json(call.problem),
    }


def _call_from_json(data: Json) -> CallNode:
    return CallNode(
        id=data["id"],
        layer=data["layer"],
        inputs=_refs_from_json(data["inputs"]),
        input_types=_types(data["input_shapes"], data["input_dtypes"]),
        output_types=_types(data["output_shapes"], data["dtypes"]),
        extra=tuple((name, _refs_from_json(refs)) for name, refs in data["extra"].items()),
        origin=_origin_from_json(data["origin"]),
        problem=_problem_from_json(data.get("problem")),
        masked=tuple(data.get("masked", ())),
    )


def _types(shapes: list[Any], dtypes: list[str | None]) -> tuple[TensorType, ...]:
    return tuple(
        TensorType(shape_from_json(shape), dtype)
        for shape, dtype in zip(shapes, dtypes, strict=True)
    )


def _problem_to_json(problem: Problem | None) -> Json | None:
    if problem is None:
        return None
    return {
        "kind": problem.kind,
        "layer": problem.layer,
        "expected": problem.expected,
        "actual": problem.actual,
        "argument": problem.argument,
        "hint": problem.hint,
        "exceptions": list(problem.exceptions),
        "needs_rank": list(problem.needs_rank),
        "received_shapes": [shape_to_json(kind.shape) for kind in problem.received],
        "received_dtypes": [kind.dtype for kind in problem.received],
        "inner": _problem_to_json(problem.inner),
    }


def _problem_from_json(data: Json | None) -> Problem | None:
    if data is None:
        return None
    return Problem(
        kind=data["kind"],
        layer=data["layer"],
        expected=data["expected"],
        actual=data["actual"],
        received=_types(data["received_shapes"], data["received_dtypes"]),
        argument=data["argument"],
        hint=data["hint"],
        exceptions=tuple(data["exceptions"]),
        inner=_problem_from_json(data["inner"]),
        needs_rank=tuple(data["needs_rank"]),
    )
