"""``keras-lint diff``: what changed in the architecture. Exit codes: 0 nothing, 1 something."""

from __future__ import annotations

import argparse

from keras_lint.cli.common import UsageError, graphs_of_file
from keras_lint.graph.layer_graph import LayerGraph


def run(options: argparse.Namespace) -> int:
    """Compare two files, or a file at two revisions, and print what changed."""
    from keras_lint.graph.changes import changes
    from keras_lint.reporters.diff_report import markdown, text

    (before, old), (after, new) = _states(options)
    if not any(graph.kind != "fragment" for graph in (*old, *new)):
        raise UsageError(f"no model found in {before} or {after}")
    found = changes(old, new)
    render = markdown if options.format == "markdown" else text
    print(render(found, before, after))
    return int(any(change.state != "same" for change in found))


def _states(
    options: argparse.Namespace,
) -> tuple[tuple[str, tuple[LayerGraph, ...]], tuple[str, tuple[LayerGraph, ...]]]:
    """Both states: what they are called, and their graphs."""
    if options.after is not None:
        if options.old is not None or options.new is not None:
            raise UsageError("--from and --to go with one file")
        return (
            (options.before, graphs_of_file(options.before)),
            (options.after, graphs_of_file(options.after)),
        )
    if options.old is None:
        raise UsageError("give two files, or one file and --from REVISION")
    before = _at(options.before, options.old)
    if options.new is not None:
        return before, _at(options.before, options.new)
    return before, (options.before, graphs_of_file(options.before))


def _at(path: str, revision: str) -> tuple[str, tuple[LayerGraph, ...]]:
    from keras_lint.files.git import GitError
    from keras_lint.files.revision import at_revision

    shown = f"{path} at {revision}"
    try:
        with at_revision(path, revision) as copy:
            return shown, graphs_of_file(copy, shown)
    except GitError as error:
        raise UsageError(f"{shown}: {error}") from error
