"""Functions that make layers and were never run: what was not looked at is said."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import libcst as cst

from keras_lint.keras_api.names import canonical
from keras_lint.model.names import FileNames
from keras_lint.model.outcomes import Unknown
from keras_lint.source.places import SyntaxPlaces
from keras_lint.source.reader import SourceFile
from keras_lint.source.twins import Definition

_MAKES = ("keras.layers.", "keras.models.", "keras.Input", "keras.Model", "keras.Sequential")


def never_run(source: SourceFile, names: FileNames, ran: Iterable[cst.CSTNode]) -> list[Unknown]:
    """One reason for each function of a file that was not run and calls Keras to make layers.

    Args:
        source: the file.
        names: what it takes from Keras.
        ran: the functions of the file that were run.
    """
    left = sorted(use.span for use in names.uses if use.call is not None and _makes(use.path))
    if not left:
        return []
    functions = list(_inner_first(source.tree, ""))
    defined = Counter(node.name for _, node in functions)
    ran_of = {node for node in ran if isinstance(node, cst.FunctionDef)}
    counted = Counter(node.name.value for node in ran_of)
    if not source.text.isascii():  # libcst leaves names as they are written, Python does not
        defined = Counter()
    run: set[Definition] | None = None  # a pass over the module: only where names do not tell
    places = SyntaxPlaces(source.text, source.cells)
    found = []
    for name, node in functions:
        span = places.span(node)
        # what begins in a function ends in it, and none of it stands between two such
        first = bisect_left(left, span)
        after = bisect_left(left, replace(span, line=span.end_line, column=span.end_column))
        makes = first < after
        del left[first:after]
        if not makes or 0 < counted[node.name] == defined[node.name]:
            continue
        if (counted[node.name] or not defined) and run is None:
            run = {source.twins[function] for function in ran_of}
        if run is None or node not in run:
            head = places.defined(node) if isinstance(node, ast.FunctionDef) else span
            found.append((head, f"what {name} makes, which nothing here runs"))
    return [Unknown(reason, head) for head, reason in sorted(found)]


def _makes(path: str) -> bool:
    return (canonical(path) or "").startswith(_MAKES)


def _inner_first(
    node: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The functions inside a node with their qualified names, those inside others before them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            continue
        inner = prefix
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = f"{prefix}{child.name}."
        yield from _inner_first(child, inner)
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{prefix}{child.name}", child
