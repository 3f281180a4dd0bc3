"""The places of a program that a replay must reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.model.findings import Question
from keras_lint.model.spans import Origin, Span
from keras_lint.model.tensors import UNKNOWN_SHAPE, TensorType
from keras_lint.verify.probes import Probe

if TYPE_CHECKING:
    from keras_lint.verify.replay import Source

_MOST_PLACES = 3
"""So many places where objects of one class are made are tried."""


def whole_model(graph: LayerGraph) -> frozenset[Span]:
    """Every place that has to do with a model: its construction, its layers, its calls."""
    origins = [graph.origin, *(call.origin for call in graph.calls.values())]
    if graph.origin is None:
        return frozenset()
    return frozenset(span for origin in origins for span in spans_of(origin))


def failing_part(graph: LayerGraph, call: CallNode | None) -> frozenset[Span]:
    """The places that must happen for the offending call, or the model, to be refused."""
    if call is not None:
        return frozenset(spans_of(call.origin))
    return whole_model(graph) if graph.problem is not None else frozenset()


def spans_of(origin: Origin | None) -> list[Span]:
    """The expressions that must happen for what ``origin`` tells of; none if nothing is told."""
    if origin is None:
        return []
    places = (origin.span, origin.construction, origin.trigger, *origin.stack)
    return [place for place in places if place is not None]


def ways_to_ask(
    source: Source, question: Question, graphs: Sequence[LayerGraph]
) -> Iterator[tuple[frozenset[Span], Probe | None]]:
    """What to reach, and to make besides, so that there is an object to be asked; best first."""
    if question.kind == "unused":
        models = [whole_model(graph) for graph in graphs if graph.kind != "fragment"]
        if question.place is not None:
            yield frozenset({question.place}).union(*models), None
        return
    if question.kind == "lambda":
        if question.place is not None:
            yield frozenset({question.place}), None
        return
    for graph in graphs:
        calls = [c for c in graph.calls.values() if graph.layer_of(c).cls == question.cls]
        if calls:
            yield frozenset(spans_of(calls[0].origin)), None
            break
    for targets in made_of_class(source, question.cls):
        yield targets, None
    place = class_of_module(source, question.cls)
    if place is not None:
        called = question.kind in ("handed", "shape", "state", "twice", "unbound")
        unknown = (TensorType(UNKNOWN_SHAPE),)
        yield frozenset({place}), Probe(question.cls, True, False, unknown, not called)


def made_of_class(source: Source, name: str) -> list[frozenset[Span]]:
    """For each place where an object of a class of the module is made: it, and calls of the object.

    What is made at the top of the module comes first.
    """
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]
    made.sort(key=lambda call: call.col_offset)
    variables = {
        node.value: node.targets[0].id
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    found = []
    for call in made:
        variable = variables.get(call)
        used = [
            other
            for other in calls
            if other.func is call
            or (isinstance(other.func, ast.Name) and other.func.id == variable is not None)
        ]
        found.append(frozenset(source.span(node) for node in (call, *used)))
    return found[:_MOST_PLACES]


def made_for_method(source: Source | None, classes: list[Span]) -> list[frozenset[Span]]:
    """The same for the class of the module at the first of these places; nothing for none."""
    if source is None or not classes:
        return []
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and source.span(node).line == classes[0].line:
            return made_of_class(source, node.name)
    return []


def class_of_module(source: Source, name: str) -> Span | None:
    """Where the module defines a class; None if it does so in no statement of its own."""
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return source.span(node)
    return None
