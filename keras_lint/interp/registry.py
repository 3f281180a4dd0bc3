"""Where handlers register themselves: for libcst node types, and for names of libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from keras_lint.interp.values import Args, ObjectValue, Value

if TYPE_CHECKING:
    from keras_lint.interp.machine import Flow, Machine

Evaluator = Callable[["Machine", cst.CSTNode], Value]
Executor = Callable[["Machine", cst.CSTNode], "Flow"]
Builtin = Callable[["Machine", Args, cst.CSTNode], Value]
MethodHandler = Callable[["Machine", Value, str, Args, cst.CSTNode], Value]

EVALUATORS: dict[type[cst.CSTNode], Evaluator] = {}
EXECUTORS: dict[type[cst.CSTNode], Executor] = {}
_EXTERNALS: dict[str, Builtin] = {}
_METHODS: dict[type | str, MethodHandler] = {}


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


def methods(*receivers: type | str) -> Callable[[MethodHandler], MethodHandler]:
    """Register what calling a method does: of a type of values, or of objects of a library class.

    ``keras.losses`` stands for all its classes. The handler is given the receiver, the name of the
    method (``__call__`` where the object itself is called) and its arguments.
    """

    def register(handler: MethodHandler) -> MethodHandler:
        for receiver in receivers:
            _METHODS[receiver] = handler
        return handler

    return register


def method_handler(receiver: Value) -> MethodHandler | None:
    """The handler for the methods of a value, if there is one."""
    if isinstance(receiver, ObjectValue):
        return _METHODS.get(receiver.path) or _METHODS.get(receiver.path.rpartition(".")[0])
    return _METHODS.get(type(receiver))


def dotted_name(node: cst.BaseExpression) -> str:
    """``a.b.c`` as text; empty for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted_name(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return ""


def called_name(node: cst.CSTNode) -> str:
    """The last name of what a call calls: ``vstack`` of ``np.vstack(...)``."""
    if not isinstance(node, cst.Call):
        return ""
    return dotted_name(node.func).rpartition(".")[2]
