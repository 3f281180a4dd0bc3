"""``keras-lint graph`` and ``keras-lint summary``: one file's models."""

from __future__ import annotations

import argparse
import json
import shutil
import sys

from keras_lint.cli.common import UsageError, analysed


def graph(options: argparse.Namespace) -> int:
    """Print the layer graphs of a file."""
    from keras_lint.graph.serialise import document

    path, analysis = analysed(options)
    if options.format == "dot":
        from keras_lint.graph.dot import to_dot_all

        print(to_dot_all(analysis.graphs))
    else:
        print(json.dumps(document(path, analysis.graphs), indent=2))
    return 0


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
    return 0
