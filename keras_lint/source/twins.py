"""The same definition in both syntax trees of a file: libcst's, and Python's own.

Positions in the one cost a pass over the whole module, in the other nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import libcst as cst

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def definitions(module: cst.Module, tree: ast.Module) -> dict[cst.CSTNode, Definition]:
    """Classes and functions of ``module``, each with what it is in ``tree`` of the same text."""
    found: dict[cst.CSTNode, Definition] = {}
    pending: list[tuple[Iterable[cst.CSTNode], Sequence[ast.AST]]] = [(module.body, tree.body)]
    while pending:
        ours, theirs = pending.pop()
        for node, twin in zip(_flat(ours), theirs, strict=True):
            if isinstance(twin, Definition):
                found[node] = twin
            pending += zip(_blocks(node), _twin_blocks(twin), strict=True)
    return found


def _flat(nodes: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Statements as Python counts them: several may stand on one line."""
    for node in nodes:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        else:
            yield node


def _blocks(node: cst.CSTNode) -> Iterator[Sequence[cst.CSTNode]]:
    """The blocks of a compound statement, in the order of the text; empty ones left out."""
    if isinstance(node, cst.Match):
        parts: Iterable[cst.CSTNode | None] = node.cases
    elif isinstance(node, (cst.Try, cst.TryStar)):
        parts = (node, *node.handlers, node.orelse, node.finalbody)
    elif isinstance(node, (cst.If, cst.For, cst.While)):
        parts = (node, node.orelse)
    elif isinstance(node, (cst.ClassDef, cst.FunctionDef, cst.With)):
        parts = (node,)
    else:
        return
    for part in parts:
        if isinstance(part, cst.If) and part is not node:  # elif
            yield (part,)
        elif part is not None:
            body = getattr(part, "body")  # noqa: B009 - all of them have one
            yield body.body


def _twin_blocks(node: ast.AST) -> Iterator[Sequence[ast.AST]]:
    """The same of Python's own tree."""
    for part in chain((node,), getattr(node, "handlers", ()), getattr(node, "cases", ())):
        if isinstance(part, ast.stmt | ast.ExceptHandler | ast.match_case) and hasattr(
            part, "body"
        ):
            yield part.body
    for name in ("orelse", "finalbody"):
        if getattr(node, name, None):
            yield getattr(node, name)
