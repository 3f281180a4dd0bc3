"""What the ``call`` of an own class reads of ``training`` and ``mask`` without declaring it.

Seen in Keras 3.15: ``training`` is handed to a ``call`` that names it as a parameter, and to no
other: ``**kwargs`` never hold it. A mask that is passed on purpose is among them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from keras_lint.model.classes import Place
from keras_lint.source.places import SyntaxPlaces
from keras_lint.source.syntax import everything, inside

_HANDED = ("training", "mask")
_OTHER_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Try)
_TAKING = ("get", "pop")


def undeclared(
    tree: ast.Module, cls: ast.ClassDef, call: ast.FunctionDef, places: SyntaxPlaces
) -> Iterator[Place]:
    """Where ``call`` reads them: ``what`` is ``unbound`` or ``keywords``, ``attribute`` the name.

    Args:
        tree: the module; what it binds, in whatever place, is no such name.
        cls: a class of it.
        call: its method.
        places: spans in the module's text.
    """
    if cls not in tree.body or any(
        isinstance(node, ast.FunctionDef) and node.name == "__call__" for node in cls.body
    ):
        return
    params = {*_parameters(call), *(arg.arg for arg in (call.args.vararg,) if arg is not None)}
    keywords = call.args.kwarg.arg if call.args.kwarg is not None else ""
    unnamed = set(_HANDED) - params
    read: list[tuple[ast.expr, str, str]] = []
    for node in inside(call.body, *_OTHER_SCOPES):
        if isinstance(node, ast.Name):
            if node.id in unnamed and isinstance(node.ctx, ast.Load):
                read.append((node, "unbound", node.id))
        elif "training" in unnamed and keywords and _reads_training(node, keywords):
            read.append((node, "keywords", "training"))
    bound = _bound(tree) if read else None
    if bound is None:
        return
    for node, what, name in read:
        if name not in bound if what == "unbound" else not _is_passed(tree):
            yield Place(places.span(node), what, name)


def _parameters(function: ast.FunctionDef) -> Iterator[str]:
    arguments = function.args
    for arg in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        yield arg.arg


def _bound(tree: ast.Module) -> set[str] | None:
    """Every name that anything in the module binds but as a parameter; None if that is not told."""
    found: set[str] = set()
    for node in everything(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            if node.name == "*":
                return None
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)) and node.name:
            found.add(node.name)
    return found


def _is_passed(tree: ast.Module) -> bool:
    """Whether the module itself calls a method ``call`` with keywords that may hold it."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "call"
        and any(keyword.arg in (None, "training") for keyword in node.keywords)
        for node in everything(tree)
    )


def _reads_training(node: ast.AST, keywords: str) -> TypeGuard[ast.expr]:
    """``kwargs["training"]``, ``kwargs.get("training")``."""
    if isinstance(node, ast.Subscript):
        return _is_name(node.value, keywords) and _is_training(node.slice)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _TAKING
        and _is_name(node.func.value, keywords)
        and bool(node.args)
        and _is_training(node.args[0])
    )


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_training(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "training"
