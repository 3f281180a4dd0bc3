"""From what the child answered to a verdict. In any doubt the verdict is ``unverified``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.compare import difference, match, same_shape
from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.graph.serialise import SchemaError, from_json, span_from_json
from keras_lint.model.dims import evaluated
from keras_lint.model.findings import Finding, Verdict
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Origin, Span
from keras_lint.model.tensors import Shape, shape_from_json
from keras_lint.rules.base import Rule
from keras_lint.verify.probes import class_spans

_LONGEST_EVIDENCE = 800
_AT_CONSTRUCTION = (
    "value",
    "argument",
    "missing",
    "removed",
    "disconnected",
    "not-called",
    "structure",
)
"""Problems that a constructor may raise; all others need the layer to be called."""
_BEING_CALLED = frozenset(
    {"__call__", "symbolic_call", "build", "call", "compute_output_shape", "compute_output_spec"}
)
_MODELS = {"Model", "Functional"}

Answer = dict[str, Any]


def unverified(reason: str, evidence: str = "") -> Verdict:
    """A verdict that says only why there is none."""
    return Verdict("unverified", reason, evidence)


# -- findings that Keras must raise ----------------------------------------------------------------


def judge_raise(
    answer: Answer,
    finding: Finding,
    graphs: Sequence[LayerGraph],
    graph: LayerGraph,
    call: CallNode | None,
    values: Mapping[str, object] | None = None,
    *,
    complete: bool = True,
) -> Verdict:
    """Whether Keras refused what the finding says it refuses, there, and because of that layer.

    Args:
        answer: of the child; see :mod:`verify.child.build`. ``where`` was added to it: the line of
            ``position`` in words.
        finding: what is to be confirmed.
        graphs: the static graphs of the file.
        graph: the one concerned.
        call: the offending call; None when the model as a whole is at fault.
        values: what unknown quantities were taken to be, by name.
        complete: whether the replay holds all that may touch the model, so that a call that Keras
            took settles the matter.
    """
    problem = graph.problem if call is None else call.problem
    origin = graph.origin if call is None else call.origin
    if problem is None or origin is None:
        return unverified("the finding does not say what Keras will refuse")
    if answer["ok"]:
        return _nothing_raised(answer, graphs, graph, call, origin, values or {})
    said = words(answer)
    if not (
        _is_there(answer, problem, origin) or (call is None and _is_around(answer, finding.span))
    ):
        if complete and call is not None and _happened(answer, graph, call, origin):
            return _taken(answer, graph, call, values or {})  # and what fails comes later
        return unverified(f"fails earlier: {summary(answer)}", said)
    if not set(answer["exception"]) & set(problem.exceptions):
        return unverified(f"fails otherwise: {summary(answer)}", said)
    layer = graph.layer_of(call) if call is not None else None
    doubt = _wrong_layer(answer, problem, layer, graph, made=call is None)
    if doubt:
        return unverified(doubt, said)
    doubt = _wrong_shapes(answer, call, layer, values or {})
    doubt = doubt or _otherwise(answer, graph, call, values or {})
    if doubt:
        return unverified(doubt, said)
    late = " when data come" if answer.get("phase") == "data" else ""
    return Verdict("confirmed", f"TensorFlow refuses it{late}", said)


def judge_built(
    answer: Answer, graph: LayerGraph, call: CallNode, values: Mapping[str, object]
) -> Verdict:
    """Whether the layer of ``call`` refused what it got when a training step built its model.

    Args:
        answer: of the child, after the step.
        graph: the model.
        call: the layer's call, which Keras is to refuse.
        values: as of :func:`judge_raise`.
    """
    assert call.problem is not None
    if answer["ok"]:
        return unverified("TensorFlow takes the data")
    said = words(answer)
    if answer.get("phase") != "train":
        return unverified(f"fails earlier: {summary(answer)}", said)
    if not set(answer["exception"]) & set(call.problem.exceptions):
        return unverified(f"fails otherwise: {summary(answer)}", said)
    layer = graph.layer_of(call)
    doubt = _wrong_layer(answer, call.problem, layer, graph, made=False)
    doubt = doubt or _wrong_shapes(answer, call, layer, values)
    if doubt:
        return unverified(doubt, said)
    return Verdict("confirmed", "TensorFlow refuses it", said)


def _nothing_raised(
    answer: Answer,
    graphs: Sequence[LayerGraph],
    graph: LayerGraph,
    call: CallNode | None,
    origin: Origin,
    values: Mapping[str, object],
) -> Verdict:
    if graph.kind == "sequential" and not graph.inputs:
        return unverified("the model is only built when it sees data")
    if call is not None:
        # Keras made this very call and took it: that settles it, whatever else is otherwise.
        if not _happened(answer, graph, call, origin):
            return unverified("the call did not happen in the replay")
        return _taken(answer, graph, call, values)
    built = find_built(answer, graphs, graph)
    if isinstance(built, str):
        return unverified(built)
    lines = difference(graph, built)
    if lines:
        return unverified(f"Keras builds another model than the source says: {lines[0]}")
    return Verdict("refuted", "TensorFlow builds it")


def _otherwise(
    answer: Answer, graph: LayerGraph, call: CallNode | None, values: Mapping[str, object]
) -> str:
    """Where, before the offending call, Keras made something else than the source says."""
    pending = _made_before_refusal(graph) if call is None else graph.producers(call)
    seen: dict[str, CallNode] = {}
    while pending:
        node = pending.pop()
        if node.id not in seen:
            seen[node.id] = node
            pending.extend(graph.producers(node))
    for node in graph.calls.values():
        line = _other_shape(answer, graph, node, values) if node.id in seen else ""
        if line:
            return line
    return ""


def _made_before_refusal(graph: LayerGraph) -> list[CallNode]:
    """The calls of a model that is refused as a whole; a Sequential stops at the refused layer."""
    made: list[CallNode] = []
    for node in graph.calls.values():
        if graph.kind == "sequential" and node.layer in graph.problem_layers[-1:]:
            break
        made.append(node)
    return made


def _other_shape(
    answer: Answer, graph: LayerGraph, node: CallNode, values: Mapping[str, object]
) -> str:
    """How all calls that Keras made at the place of ``node`` differ from it; empty if one fits."""
    layer = graph.layer_of(node)
    if node.origin is None or node.problem is not None:
        return ""
    expected = [_filled_in(kind.shape, values) for kind in node.output_types]
    made = [
        [shape_from_json(shape) for shape in entry["output_shapes"]]
        for entry in _calls_there(answer, layer.cls, node.origin)
    ]
    for shapes in made:
        if len(shapes) == len(expected) and all(map(same_shape, expected, shapes)):
            return ""
    if not made:
        return ""
    ours, theirs = (", ".join(map(str, shapes)) for shapes in (expected, made[0]))
    return (
        f"Keras builds another model than the source says: "
        f"layer {layer.cls} '{layer.name}': output {ours} in source, {theirs} as built"
    )


def _times_claimed(graph: LayerGraph, call: CallNode) -> int:
    """How many calls of its class the source graph has at the place of ``call``."""
    cls = graph.layer_of(call).cls
    return sum(
        1
        for other in graph.calls.values()
        if graph.layer_of(other).cls == cls
        and other.origin is not None
        and call.origin is not None
        and _place_of_call(other.origin) == _place_of_call(call.origin)
    )


def _place_of_call(origin: Origin) -> tuple[Span, tuple[Span, ...]]:
    return origin.trigger or origin.span, origin.stack


def _happened(answer: Answer, graph: LayerGraph, call: CallNode, origin: Origin) -> bool:
    """Whether Keras made the call as often as the source has it there."""
    made = _calls_there(answer, graph.layer_of(call).cls, origin)
    return len(made) >= _times_claimed(graph, call)


def _taken(
    answer: Answer, graph: LayerGraph, call: CallNode, values: Mapping[str, object]
) -> Verdict:
    also = _otherwise(answer, graph, call, values)
    return Verdict("refuted", "TensorFlow builds it" + (f"; {also}" if also else ""))


def _calls_there(answer: Answer, cls: str, origin: Origin) -> list[Answer]:
    place, _ = _place_of_call(origin)
    return [
        made
        for made in answer["made"]
        if made["class"] == cls and _inside(place, made) and _same_stack(origin, made["stack"])
    ]


def _is_there(answer: Answer, problem: Problem, origin: Origin) -> bool:
    """Whether it failed at the predicted place, reached by the predicted calls."""
    construction = origin.construction if problem.kind in _AT_CONSTRUCTION else None
    stack = answer["stack"]
    if not stack:
        return bool(answer.get("ours")) and origin.trigger is not None
    places = [p for p in (origin.span, origin.trigger, construction) if p is not None]
    if not any(_inside(place, stack[-1]) for place in places):
        return False
    return _same_stack(origin, stack[:-1])


def _same_stack(origin: Origin, found: list[Answer]) -> bool:
    """Whether the calls that lead there are the predicted ones.

    A method that was analysed for its class alone may be called from anywhere.
    """
    anywhere = class_spans(origin)
    expected = [span for span in origin.stack if span not in anywhere]
    if anywhere:
        found = found[max(0, len(found) - len(expected)) :]
    return len(found) == len(expected) and all(map(_inside, expected, found))


def _is_around(answer: Answer, span: Span) -> bool:
    """Whether what failed is a call around ``span``: ``model.add(Dense(name="again"))``."""
    failed = span_from_json(answer["position"])
    return failed is not None and failed.column > 0 and failed.contains(replace(span, cell=None))


def _inside(place: Span, found: Answer) -> bool:
    """Whether a span of the child lies in ``place``; by lines where it knows no columns."""
    span = span_from_json(found)
    assert span is not None
    if span.column == 0:
        return place.line <= span.line <= place.end_line
    return replace(place, cell=None).contains(span)


def _wrong_layer(
    answer: Answer, problem: Problem, layer: LayerNode | None, graph: LayerGraph, *, made: bool
) -> str:
    """Why the failure is another than the predicted one; empty if it is that.

    ``made`` says that a constructor is to fail, not a call.
    """
    message = answer["message"]
    if problem.kind == "python":
        return "" if "KerasTensor" in message else f"fails otherwise: {summary(answer)}"
    if problem.kind == "name":
        names = [graph.layers[key].name for key in graph.problem_layers if key in graph.layers]
        if "name" in message and any(name in message for name in names):
            return ""
        return f"fails otherwise: {summary(answer)}"
    expected = {problem.layer, problem.root.layer} | ({layer.cls} if layer else set())
    expected -= {""}
    if expected & _MODELS:
        expected |= _MODELS
    at_work = {
        entry["class"]
        for entry in answer["layers"]
        if made or problem.kind in _AT_CONSTRUCTION or _BEING_CALLED.intersection(entry["methods"])
    }
    inner = answer["layers"][-1:] if layer is not None and layer.is_operation else []
    if any(not entry["module"].startswith("keras.") for entry in inner):
        return ""  # in a layer of the program TensorFlow does it, and no layer of Keras
    if expected & at_work or any(f"{name}.__init__()" in message for name in expected):
        return ""
    named = [f"`{problem.argument}`", f"'{problem.argument}'"] if problem.argument else []
    if problem.kind == "missing":  # Layer.__init__ speaks for an own class
        named.append("Layer.__init__() takes 1 positional argument")
    if not expected or (made and any(name in message for name in named)):
        return ""  # at this place, and for this argument
    return f"fails in another layer: {summary(answer)}"


def _wrong_shapes(
    answer: Answer,
    call: CallNode | None,
    layer: LayerNode | None,
    values: Mapping[str, object],
) -> str:
    """Why the layer got something else than predicted; empty if it did not."""
    if call is None or layer is None:
        return ""
    received = [
        [shape_from_json(shape) for shape in entry["input_shapes"]]
        for entry in answer["layers"]
        if entry["class"] == layer.cls and entry["input_shapes"] is not None
    ]
    predicted = [_filled_in(kind.shape, values) for kind in call.input_types]
    if not received or not predicted:
        return ""
    if any(_all_found(predicted, shapes) for shapes in received):
        return ""
    got = ", ".join(str(shape) for shape in received[0])
    return f"fails on other shapes than in source: {layer.cls} got {got}"


def _filled_in(shape: Shape, values: Mapping[str, object]) -> Shape:
    """The shape with numbers for the symbols that have a value."""
    if shape.dims is None:
        return shape
    return Shape(tuple(evaluated(dim, values) for dim in shape.dims))


def _all_found(predicted: Iterable[Shape], shapes: Sequence[Shape]) -> bool:
    return all(any(same_shape(one, other) for other in shapes) for one in predicted)


def without_own_lines(answer: Answer, first: int) -> Answer:
    """The answer as if nobody had called the functions that lines from ``first`` on call."""

    def outside(spans: list[Answer]) -> list[Answer]:
        return [span for span in spans if span["line"] < first]

    def model(data: Answer) -> Answer:
        data = {**data, "stack": outside(data["stack"])}
        if data["origin"] is not None:
            data["origin"] = {**data["origin"], "stack": outside(data["origin"]["stack"])}
        return data

    changed = {**answer, "graphs": [model(data) for data in answer["graphs"]]}
    if "stack" in answer:
        changed["stack"] = outside(answer["stack"])
        changed["ours"] = len(changed["stack"]) < len(answer["stack"])
    if "made" in answer:
        changed["made"] = [{**made, "stack": outside(made["stack"])} for made in answer["made"]]
    return changed


# -- findings that must be in the built graph too --------------------------------------------------


def judge_graph(
    answer: Answer,
    finding: Finding,
    rule: Rule,
    graphs: Sequence[LayerGraph],
    graph: LayerGraph,
    analysis: FileAnalysis,
) -> Verdict:
    """Whether the same rule finds the same thing in the model Keras built.

    A rule about training sees the built model with its compile configuration in ``analysis``.
    """
    if graph.kind == "fragment":
        return unverified("no model holds these layers")
    if not answer["ok"]:
        return unverified(f"does not build: {summary(answer)}", words(answer))
    built = find_built(answer, graphs, graph)
    if isinstance(built, str):
        return unverified(built)
    pairs, lines = match(graph, built)
    if lines:
        return unverified(f"Keras builds another model than the source says: {lines[0]}")
    if finding.question is not None and finding.question.kind == "parameters":
        return _parameters(built, int(finding.question.names[0]))
    here = with_origins(built, graph, pairs)
    others = tuple(here if other is graph else other for other in analysis.graphs)
    again = (
        rule.check(rule, here)
        if rule.check is not None
        else rule.findings(replace(analysis, graphs=others, traced={}))
    )
    if any(other.code == finding.code and other.span == finding.span for other in again):
        return Verdict("confirmed", "also found in the model Keras built")
    return Verdict("refuted", "not found in the model Keras built")


def _parameters(built: LayerGraph, limit: int) -> Verdict:
    total = built.total_params
    if not isinstance(total, int):
        return unverified("how many parameters the built model has is not known")
    status: Literal["confirmed", "refuted"] = "confirmed" if total > limit else "refuted"
    return Verdict(status, f"the model Keras built has {total:,} parameters")


def find_built(answer: Answer, graphs: Sequence[LayerGraph], graph: LayerGraph) -> LayerGraph | str:
    """The model that was built where ``graph`` was made; why there is none, if so.

    A place that made several models (a loop) gives them in the same order in both.
    """
    origin = graph.origin
    if origin is None:
        return "the place where the model is made is not known"
    found = [data for data in answer["graphs"] if _made_at(data, origin)]
    mine = [g for g in graphs if g.origin is not None and _place(g.origin) == _place(origin)]
    index = next((i for i, other in enumerate(mine) if other is graph), 0)
    if len(found) != len(mine):
        return f"{len(mine)} models are made here in source, {len(found)} as built"
    try:
        return from_json(found[index])
    except SchemaError as error:
        return f"the built model cannot be read: {error}"


def _place(origin: Origin) -> tuple[Span, tuple[Span, ...]]:
    return origin.span, origin.stack


def _made_at(data: Answer, origin: Origin) -> bool:
    made = data["origin"]
    if made is None or len(made["stack"]) != len(origin.stack):
        return False
    return _inside(origin.span, made) and all(
        _inside(place, span) for place, span in zip(origin.stack, made["stack"], strict=True)
    )


def with_origins(built: LayerGraph, static: LayerGraph, pairs: dict[str, str]) -> LayerGraph:
    """The built graph with the source's spans, so that a rule points where it did before."""
    calls = {theirs: static.calls[mine] for mine, theirs in pairs.items()}
    layers = {
        built.calls[theirs].layer: static.layer_of(static.calls[mine])
        for mine, theirs in pairs.items()
    }
    return LayerGraph(
        static.name,
        static.kind,
        [
            replace(node, origin=layers[key].origin) if key in layers else node
            for key, node in built.layers.items()
        ],
        [
            replace(call, origin=calls[key].origin) if key in calls else call
            for key, call in built.calls.items()
        ],
        built.inputs,
        built.outputs,
        origin=static.origin,
        generated_name=static.generated_name,
    )


# -- words -----------------------------------------------------------------------------------------


def summary(answer: Answer) -> str:
    """What was raised, and where, in one line."""
    name = answer["exception"][0] if answer["exception"] else "an exception"
    first = answer["message"].strip().partition("\n")[0]
    where = f"{answer['where']}: " if answer.get("where") else ""
    return f"{where}{name}: {first}"[:300]


def words(answer: Answer) -> str:
    """TensorFlow's own message, its name before it, shortened at the end if it is very long."""
    name = answer["exception"][0] if answer["exception"] else "exception"
    text = f"{name}: {answer['message'].strip()}"
    return text if len(text) <= _LONGEST_EVIDENCE else text[: _LONGEST_EVIDENCE - 3] + "..."
