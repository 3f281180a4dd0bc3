"""Which scope a name in a syntax tree belongs to, by Python's rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field
from typing import TypeAlias

from keras_lint.model.dataclass import dataclass

FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)


@dataclass(eq=False)
class Scope:
    """One scope: the module, a function, a class body, or a comprehension."""

    node: ast.AST
    parent: Scope | None
    bound: set[str] = field(default_factory=set)
    outer: dict[str, str] = field(default_factory=dict)
    """Names declared ``global`` or ``nonlocal`` here, and which of both."""

    @property
    def module(self) -> Scope:
        """The module's scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Scope | None:
        """The scope that binds ``name`` as seen from here; None if only builtins may have it."""
        if self.outer.get(name) == "global":
            return self.module if name in self.module.bound else None
        if name in self.bound and name not in self.outer:
            return self
        scope = self.parent
        while scope is not None:
            if not isinstance(scope.node, ast.ClassDef):
                if scope.outer.get(name) == "global":
                    return scope.find(name)
                if name in scope.bound and name not in scope.outer:
                    return scope
            scope = scope.parent
        return None


class Scopes:
    """The scopes of one module; ``of(node)`` is the scope in which a node is evaluated."""

    def __init__(self, tree: ast.Module) -> None:
        self._of: dict[int, Scope] = {}
        self.module = Scope(tree, None)
        pending: list[tuple[ast.AST, Scope]] = [(child, self.module) for child in tree.body]
        self.inside: dict[int, Scope] = {id(tree): self.module}
        while pending:
            node, scope = pending.pop()
            self._of[id(node)] = scope
            _bind(node, scope)
            if not isinstance(node, _SCOPES):
                pending.extend((child, scope) for child in ast.iter_child_nodes(node))
                continue
            inner = self.inside[id(node)] = Scope(node, scope)
            pending.extend(self._enter(node, scope, inner))

    def of(self, node: ast.AST) -> Scope:
        """The scope in which ``node`` stands."""
        return self._of[id(node)]

    def find(self, name: ast.Name) -> Scope | None:
        """The scope that a name belongs to; None for builtins."""
        return self.of(name).find(name.id)

    def is_own_object(self, node: ast.expr) -> bool:
        """Whether this is the first parameter of a method: its own object, most likely."""
        if not isinstance(node, ast.Name):
            return False
        owner = self.find(node)
        if owner is None or not isinstance(owner.node, ast.FunctionDef):
            return False
        if owner.parent is None or not isinstance(owner.parent.node, ast.ClassDef):
            return False
        args = [*owner.node.args.posonlyargs, *owner.node.args.args]
        return bool(args) and args[0].arg == node.id

    def _enter(self, node: ast.AST, outer: Scope, inner: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from ((part, outer) for part in _signature(node))
            inner.bound.update(parameter.arg for parameter in parameters(node))
            body = node.body if isinstance(node.body, list) else [node.body]
            yield from ((part, inner) for part in body)
        elif isinstance(node, ast.ClassDef):
            for part in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
                yield part, outer
            yield from ((part, inner) for part in node.body)
        else:
            assert isinstance(node, _COMPREHENSIONS)
            yield node.generators[0].iter, outer
            for index, generator in enumerate(node.generators):
                yield generator.target, inner
                yield from ((part, inner) for part in generator.ifs)
                if index:
                    yield generator.iter, inner
            if isinstance(node, ast.DictComp):
                yield node.key, inner
                yield node.value, inner
            else:
                yield node.elt, inner


def parameters(node: FunctionNode) -> list[ast.arg]:
    """All parameters of a function or lambda."""
    args = node.args
    found = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return found + [star for star in (args.vararg, args.kwarg) if star is not None]


def _signature(node: FunctionNode) -> Iterator[ast.AST]:
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        yield from (arg.annotation for arg in parameters(node) if arg.annotation is not None)
        if node.returns is not None:
            yield node.returns


def _bind(node: ast.AST, scope: Scope) -> None:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        _walrus_scope(node, scope).bound.add(node.id)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        scope.bound.add(node.name)
        if scope.outer.get(node.name) == "global":
            scope.module.bound.add(node.name)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        scope.bound.update(bound_by(alias, node) for alias in node.names if alias.name != "*")
    elif (isinstance(node, ast.ExceptHandler) and node.name) or (
        isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
    ):
        scope.bound.add(node.name)
    elif isinstance(node, ast.MatchMapping) and node.rest:
        scope.bound.add(node.rest)
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        kind = "global" if isinstance(node, ast.Global) else "nonlocal"
        scope.outer.update(dict.fromkeys(node.names, kind))
        if kind == "global":
            scope.module.bound.update(node.names)


def _walrus_scope(node: ast.Name, scope: Scope) -> Scope:
    """``:=`` in a comprehension binds outside it; treating targets the same way does no harm."""
    del node
    return scope


def bound_by(alias: ast.alias, node: ast.Import | ast.ImportFrom) -> str:
    """The name that one part of an import binds."""
    if alias.asname:
        return alias.asname
    return alias.name if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0]
