"""The graph of an archived model; it has no places, since nobody saw the program it was read as."""

from __future__ import annotations

from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.outcomes import Unknown

_NO_CODE = "it is made by code of its author, which the archive does not hold"


def of_archive(analysis: FileAnalysis, name: str, class_name: str, own_code: str) -> FileAnalysis:
    """The one model of an archive, from the analysis of the program that was written for it.

    Args:
        analysis: of that program; its last model is the archived one.
        name: of the archived model.
        class_name: its class; a model of an own class is opaque.
        own_code: the module that stands for code that could not be had; losses say so instead.
    """

    def lost(losses: tuple[Unknown, ...]) -> tuple[Unknown, ...]:
        told = (_NO_CODE if own_code in loss.reason else loss.reason for loss in losses)
        return tuple(Unknown(reason) for reason in dict.fromkeys(told))

    def model(graph: LayerGraph) -> LayerGraph:
        return LayerGraph(
            graph.name,
            graph.kind,
            [layer(node) for node in graph.layers.values()],
            [replace(call, origin=None) for call in graph.calls.values()],
            graph.inputs,
            graph.outputs,
            generated_name=False,
            followed=graph.followed,
            lost=lost(graph.lost),
            problem=graph.problem,
            problem_layers=graph.problem_layers,
            trainable=graph.trainable,
        )

    def layer(node: LayerNode) -> LayerNode:
        return replace(
            node,
            origin=None,
            wrapped=tuple(layer(inner) for inner in node.wrapped),
            model=None if node.model is None else model(node.model),
        )

    models = [graph for graph in analysis.graphs if graph.kind != "fragment"]
    if models and models[-1].name == name:
        return FileAnalysis(graphs=(model(models[-1]),))
    return FileAnalysis(graphs=(_opaque(name, class_name),))


def _opaque(name: str, class_name: str) -> LayerGraph:
    """A model of which only name and class are known."""
    return LayerGraph(
        name,
        "subclass",
        [LayerNode("own", class_name, "", name)],
        [],
        generated_name=False,
        followed=False,
        lost=(Unknown(_NO_CODE),),
    )
