"""A graph, or a whole analysis, with its places moved: from cells to the joined text, for one."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.classes import OwnCode
from keras_lint.model.outcomes import Unknown
from keras_lint.model.spans import Origin, Span
from keras_lint.model.training import Step

Move = Callable[[Span], Span]


def joined(analysis: FileAnalysis) -> FileAnalysis:
    """The analysis of a notebook with spans of the text that was analysed; others as they are.

    What only rules look at is left out.
    """
    if analysis.cells is None:
        return analysis
    move = analysis.cells.join
    return replace(
        analysis,
        graphs=tuple(moved(graph, move) for graph in analysis.graphs),
        lost=tuple(_lost(lost, move) for lost in analysis.lost),
        known_values={move(span): value for span, value in analysis.known_values.items()},
        unused=(),
        own=OwnCode(),
        cells=None,
        steps=tuple(_step(step, move) for step in analysis.steps),
        traced={},
    )


def _step(step: Step, move: Move) -> Step:
    compiled = step.compiled
    if compiled is not None:
        spans = {name: move(span) for name, span in compiled.spans.items()}
        compiled = replace(compiled, span=move(compiled.span), spans=spans)
    return replace(
        step,
        span=move(step.span),
        spans={name: move(span) for name, span in step.spans.items()},
        compiled=compiled,
        trainable_changed=tuple(move(span) for span in step.trainable_changed),
        stack=tuple(move(span) for span in step.stack),
    )


def moved(graph: LayerGraph, move: Move) -> LayerGraph:
    """The same graph with ``move`` applied to every span in it."""
    other = copy(graph)  # not made anew: what calls and layers join is the same
    other.layers = {key: _layer(layer, move) for key, layer in graph.layers.items()}
    other.calls = {
        key: replace(call, origin=_origin(call.origin, move)) for key, call in graph.calls.items()
    }
    other.origin = _origin(graph.origin, move)
    other.lost = tuple(_lost(lost, move) for lost in graph.lost)
    return other


def _layer(layer: LayerNode, move: Move) -> LayerNode:
    return replace(
        layer,
        origin=_origin(layer.origin, move),
        wrapped=tuple(_layer(inner, move) for inner in layer.wrapped),
        model=None if layer.model is None else moved(layer.model, move),
    )


def _origin(origin: Origin | None, move: Move) -> Origin | None:
    if origin is None:
        return None
    return replace(
        origin,
        span=move(origin.span),
        construction=None if origin.construction is None else move(origin.construction),
        trigger=None if origin.trigger is None else move(origin.trigger),
        arguments=tuple((name, move(span)) for name, span in origin.arguments),
        stack=tuple(move(span) for span in origin.stack),
    )


def _lost(lost: Unknown, move: Move) -> Unknown:
    return lost if lost.span is None else replace(lost, span=move(lost.span))
