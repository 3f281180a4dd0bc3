"""``keras-lint graph`` and ``keras-lint summary``: one file's models."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from keras_lint.cli.common import UsageError, analysed

if TYPE_CHECKING:
    from keras_lint.graph.layer_graph import LayerGraph


def graph(options: argparse.Namespace) -> int:
    """Print the layer graphs of a file."""
    from keras_lint.graph.serialise import document

    path, analysis = analysed(options)
    graphs = [
        graph for graph in analysis.graphs if options.model is None or graph.name == options.model
    ]
    if options.model is not None and not graphs:
        raise UsageError(f"{path}: no model called {options.model!r}; {_names(analysis.graphs)}")
    if options.format == "dot":
        from keras_lint.graph.dot import to_dot

        print(to_dot(graphs))
    elif options.format == "mermaid":
        from keras_lint.graph.mermaid import to_mermaid

        print(to_mermaid(graphs))
    elif options.format == "svg":
        print(_svg(path, graphs))
    else:
        from keras_lint.graph.steps_json import steps_to_json

        kept = [index for index, graph in enumerate(analysis.graphs) if graph in graphs]
        models = {index: place for place, index in enumerate(kept)}
        training = steps_to_json(analysis.steps, models)
        print(json.dumps({**document(path, graphs), "training": training}, indent=2))
    return 0


def _svg(path: str, graphs: list[LayerGraph]) -> str:
    """A drawing holds one model: the only one that is no part of another."""
    from keras_lint.graph.drawing import document

    inside = {
        layer.model.name for graph in graphs for layer in graph.layers.values() if layer.model
    }
    models = [graph for graph in graphs if graph.kind != "fragment" and graph.name not in inside]
    if len(models) != 1:
        raise UsageError(f"{path}: svg draws one model, chosen by --model; {_names(graphs)}")
    return document(models[0])


def _names(graphs: Iterable[LayerGraph]) -> str:
    names = [graph.name for graph in graphs if graph.kind != "fragment"]
    return f"there are {', '.join(names)}" if names else "no model found"


def summary(options: argparse.Namespace) -> int:
    """Print what ``model.summary()`` would for each model of a file, and the memory it takes."""
    from keras_lint.graph.memory import memory
    from keras_lint.graph.summary import summary as table
    from keras_lint.reporters.text_report import line_of

    path, analysis = analysed(options)
    models = [graph for graph in analysis.graphs if graph.kind != "fragment"]
    for lost in analysis.lost:
        where = f":{line_of(lost.span)}" if lost.span else ""
        print(f"{path}{where}: not followed: {lost.reason}", file=sys.stderr)
    if not models:
        raise UsageError(f"{path}: no model found")
    columns = shutil.get_terminal_size().columns
    for index, graph in enumerate(models):
        print(*([""] if index else []), table(graph, columns), *memory(graph), sep="\n")
        if any(True in call.masked for call in graph.calls.values()):
            print(" Masks: Keras may also list the operations that it adds to hand them on.")
    return 0
