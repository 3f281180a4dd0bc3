"""Where handlers register themselves: for libcst node types, and for names of libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from keras_lint.interp.values import Args, Value

if TYPE_CHECKING:
    from keras_lint.interp.machine import Flow, Machine

Evaluator = Callable[["Machine", cst.CSTNode], Value]
Executor = Callable[["Machine", cst.CSTNode], "Flow"]
Builtin = Callable[["Machine", Args, cst.CSTNode], Value]

EVALUATORS: dict[type[cst.CSTNode], Evaluator] = {}
EXECUTORS: dict[type[cst.CSTNode], Executor] = {}
_EXTERNALS: dict[str, Builtin] = {}


def evaluates(*types: type[cst.CSTNode]) -> Callable[[Evaluator], Evaluator]:
    """Register the handler for expressions of these types."""

    def register(handler: Evaluator) -> Evaluator:
        for node_type in types:
            EVALUATORS[node_type] = handler
        return handler

    return register


def executes(*types: type[cst.CSTNode]) -> Callable[[Executor], Executor]:
    """Register the handler for statements of these types."""

    def register(handler: Executor) -> Executor:
        for node_type in types:
            EXECUTORS[node_type] = handler
        return handler

    return register


def external(*paths: str) -> Callable[[Builtin], Builtin]:
    """Register what calling a library name does."""

    def register(handler: Builtin) -> Builtin:
        for path in paths:
            _EXTERNALS[path] = handler
        return handler

    return register


def external_handler(path: str) -> Builtin | None:
    """The handler for calls of a library name, if there is one."""
    return _EXTERNALS.get(path)


def dotted_name(node: cst.BaseExpression) -> str:
    """``a.b.c`` as text; empty for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted_name(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return ""
