"""What a file uses of Keras and TensorFlow by name, read off its syntax in one pass.

Unlike the interpreter this looks at every line, reached or not, and follows nothing but imports and
names given to what was imported (``K = tf.keras.backend``). A name counts only if all that the file
ever binds to it in its scope is one import.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any, NamedTuple

from keras_lint.keras_api.names import public_names
from keras_lint.keras_api.tf_moves import same_in_ops
from keras_lint.model.dataclass import dataclass
from keras_lint.model.names import Argument, CallUse, FileNames, ImportUse, MethodUse, NameUse
from keras_lint.model.spans import Span
from keras_lint.source.places import SyntaxPlaces
from keras_lint.source.reader import SourceFile
from keras_lint.source.syntax import code_in, everything

_ROOTS = frozenset(("keras", "tensorflow", "tf_keras", "tensorflow_core"))
_CONDITION = re.compile(
    r"hasattr|getattr|version|TYPE_CHECKING|keras|tensorflow|backend|(^|_)(tf|k)_?[123]",
    re.IGNORECASE,
)
"""Names in a condition that may decide which Keras is there."""
_FALLBACKS = frozenset(
    ("ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException")
)
_MOST_ALIASES = 8


@dataclass
class _Scope:
    """The names bound in one function, class or module: an import's path, an expression, or None.

    ``shared`` are names that ``global`` or ``nonlocal`` sends elsewhere; ``stars`` the modules of
    ``from module import *``, empty for one of another library.
    """

    parent: _Scope | None
    is_class: bool = False
    bindings: dict[str, list[str | ast.expr | None]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)

    def bind(self, name: str, value: str | ast.expr | None, *, guarded: bool = False) -> None:
        target = self._module() if name in self.shared else self
        target.bindings.setdefault(name, []).append(value)
        if guarded:
            target.unsure.add(name)

    def _module(self) -> _Scope:
        return self if self.parent is None else self.parent._module()


class _Seen(NamedTuple):  # there is one for every name: a dataclass takes three times as long
    """A chain of attributes as it was met."""

    node: ast.expr
    scope: _Scope
    guarded: bool
    call: ast.Call | None
    within: ast.Call | None


def names_of(source: SourceFile, owners: Mapping[Span, str], package: str = "") -> FileNames:
    """Imports and uses of one file; nothing for a file of Keras or TensorFlow itself.

    Args:
        source: the file.
        owners: by the span of a call, the class of the Keras object whose method is called there.
        package: the outermost package that the file belongs to.
    """
    if package in _ROOTS:
        return FileNames()
    reader = _Reader(source)
    reader.statements(source.tree.body, reader.module)
    uses = [use for seen in reader.seen for use in reader.resolve(seen)]
    stored = {use.path for seen in reader.stored for use in reader.resolve(seen)}
    probed = {path for call, scope in reader.probes for path in reader.probed(call, scope)}
    methods = tuple(reader.methods(owners))
    bound = {name for scope in reader.scopes for name in scope.bindings}
    return FileNames(
        tuple(reader.imports),
        tuple(use for use in uses if use.path not in stored | probed),
        methods,
        frozenset(bound),
    )


class _Reader:
    def __init__(self, source: SourceFile) -> None:
        self.module = _Scope(None)
        self.scopes = [self.module]
        self.imports: list[ImportUse] = []
        self.seen: list[_Seen] = []
        self.stored: list[_Seen] = []
        self.probes: list[tuple[ast.Call, _Scope]] = []
        self.calls: list[tuple[ast.Call, bool, _Scope]] = []
        self.deciding: set[str] = set()
        self.around: list[ast.Call] = []
        self.guards = 0
        self.places = SyntaxPlaces(source.text, source.cells)

    # -- statements --------------------------------------------------------------------------

    def statements(self, body: list[ast.stmt], scope: _Scope) -> None:
        for statement in body:
            self.visit(statement, scope)

    def visit(self, node: ast.AST, scope: _Scope) -> None:
        _VISITORS.get(type(node), _Reader._children)(self, node, scope)

    def _children(self, node: ast.AST, scope: _Scope) -> None:
        for child in code_in(node):
            self.visit(child, scope)

    def _pass(self, node: ast.AST, scope: _Scope) -> None:
        """Nothing is named there."""

    def _shared(self, node: ast.Global | ast.Nonlocal, scope: _Scope) -> None:
        scope.shared.update(node.names)

    def _if(self, node: ast.If, scope: _Scope) -> None:
        self.visit(node.test, scope)
        self._guarded(self._decides(node.test), [*node.body, *node.orelse], scope)

    def _naming(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar, scope: _Scope) -> None:
        if node.name:
            scope.bind(node.name, None)
        self._children(node, scope)

    def _mapping(self, node: ast.MatchMapping, scope: _Scope) -> None:
        if node.rest:
            scope.bind(node.rest, None)
        self._children(node, scope)

    def _guarded(self, guard: bool, nodes: list[ast.stmt], scope: _Scope) -> None:
        self.guards += guard
        self.statements(nodes, scope)
        self.guards -= guard

    def _try(self, node: Any, scope: _Scope) -> None:
        """``try`` and, from Python 3.11 on, ``except*``."""
        guard = any(_is_fallback(handler) for handler in node.handlers)
        self._guarded(guard, [*node.body, *node.orelse], scope)
        self.guards += guard
        for handler in node.handlers:
            self.visit(handler, scope)
        self.guards -= guard
        self.statements(node.finalbody, scope)

    def _assign(self, node: ast.Assign, scope: _Scope) -> None:
        self.visit(node.value, scope)
        simple = isinstance(node.value, (ast.Attribute, ast.Name))
        for target in node.targets:
            if isinstance(target, ast.Name):
                scope.bind(target.id, node.value if simple else None, guarded=self.guards > 0)
                if not simple and self._decides(node.value):
                    self.deciding.add(target.id)
            else:
                self.visit(target, scope)

    def _definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: _Scope
    ) -> None:
        scope.bind(node.name, None)
        for outside in node.decorator_list:
            self.visit(outside, scope)
        if isinstance(node, ast.ClassDef):
            for part in (*node.bases, *node.keywords):
                self.visit(part, scope)
            self.statements(node.body, self._inner(scope, is_class=True))
            return
        inner = self._inner(scope)
        self._arguments(node.args, scope, inner)
        if node.returns is not None:
            self.visit(node.returns, scope)
        self.statements(node.body, inner)

    def _inner(self, scope: _Scope, *, is_class: bool = False) -> _Scope:
        parent = scope
        while parent.is_class and parent.parent is not None:  # methods do not see class names
            parent = parent.parent
        made = _Scope(scope if is_class else parent, is_class)
        self.scopes.append(made)
        return made

    def _arguments(self, arguments: ast.arguments, outer: _Scope, inner: _Scope) -> None:
        everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        everything += [item for item in (arguments.vararg, arguments.kwarg) if item]
        for argument in everything:
            inner.bind(argument.arg, None)
            if argument.annotation is not None:
                self.visit(argument.annotation, outer)
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default, outer)

    # -- imports -----------------------------------------------------------------------------

    def _import(self, node: ast.Import, scope: _Scope) -> None:
        for alias in node.names:
            root = alias.name.partition(".")[0]
            path = alias.name if alias.asname else root
            scope.bind(alias.asname or root, path, guarded=self.guards > 0)
            if root in _ROOTS:
                span = self.places.imported(alias)
                self._note(node, alias, alias.name, "", span, span)

    def _import_from(self, node: ast.ImportFrom, scope: _Scope) -> None:
        module = node.module or ""
        known = not node.level and module.partition(".")[0] in _ROOTS
        where = self.places.module(node) if known else None
        for alias in node.names:
            if alias.name == "*":
                self.module.stars.append(module if known else "")
            else:
                path = f"{module}.{alias.name}" if not node.level else None
                scope.bind(alias.asname or alias.name, path, guarded=self.guards > 0)
            if where is not None:
                star = alias.name == "*"
                path = module if star else f"{module}.{alias.name}"
                self._note(
                    node, alias, path, module, where if star else self.places.imported(alias), where
                )

    def _note(
        self,
        node: ast.Import | ast.ImportFrom,
        alias: ast.alias,
        path: str,
        module: str,
        span: Span,
        module_span: Span,
    ) -> None:
        self.imports.append(
            ImportUse(
                path,
                module,
                alias.asname or (alias.name if module else path.partition(".")[0]),
                span,
                module_span,
                self.places.span(node),
                len(node.names),
                renamed=alias.asname is not None,
                star=alias.name == "*",
                guarded=self.guards > 0,
            )
        )

    # -- expressions -------------------------------------------------------------------------

    def _free_chain(self, node: ast.Attribute | ast.Name, scope: _Scope) -> None:
        self._chain(node, scope, None)

    def _lambda(self, node: ast.Lambda, scope: _Scope) -> None:
        inner = self._inner(scope)
        self._arguments(node.args, scope, inner)
        self.visit(node.body, inner)

    def _comprehension(self, node: ast.expr, scope: _Scope) -> None:
        self._children(node, self._inner(scope))

    def _either(self, node: ast.IfExp | ast.BoolOp, scope: _Scope) -> None:
        test = node.test if isinstance(node, ast.IfExp) else node.values[0]
        guard = self._decides(test)
        self.guards += guard
        self._children(node, scope)
        self.guards -= guard

    def _chain(self, node: ast.expr, scope: _Scope, call: ast.Call | None) -> None:
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            self.visit(root, scope)
            return
        context = node.ctx if isinstance(node, (ast.Attribute, ast.Name)) else None
        if isinstance(node, ast.Name) and not isinstance(context, ast.Load):
            scope.bind(node.id, None)
            return
        within = self.around[-1] if self.around else None
        seen = _Seen(node, scope, self.guards > 0, call, within)
        (self.seen if isinstance(context, ast.Load) else self.stored).append(seen)

    def _call(self, node: ast.Call, scope: _Scope) -> None:
        self.calls.append((node, self.guards > 0, scope))
        if isinstance(node.func, (ast.Attribute, ast.Name)):
            self._chain(node.func, scope, node)
        else:
            self.visit(node.func, scope)
        if isinstance(node.func, ast.Name) and node.func.id in ("hasattr", "getattr", "setattr"):
            self.probes.append((node, scope))
        self.around.append(node)
        for part in (*node.args, *node.keywords):
            self.visit(part, scope)
        self.around.pop()

    def _decides(self, test: ast.expr) -> bool:
        """Whether a condition may ask which Keras or TensorFlow is there."""
        if isinstance(test, ast.Constant):
            return False
        for node in everything(test):
            if isinstance(node, ast.Name):
                name = node.id
            elif isinstance(node, ast.Attribute):
                name = node.attr
            else:
                continue
            if name in self.deciding or _may_decide(name):
                return True
        return False

    # -- after the pass ----------------------------------------------------------------------

    def path_of(
        self, node: ast.expr, scope: _Scope, depth: int = 0
    ) -> tuple[str, int, bool] | None:
        """The path of a chain, how many parts of it come after the import, and if that is unsure.

        None if it does not surely begin with an import.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or depth > _MOST_ALIASES:
            return None
        found = self._bound(node.id, scope, depth)
        if found is None:
            return None
        base, unsure = found
        path = ".".join((base, *reversed(parts)))
        known = path.partition(".")[0] in _ROOTS or same_in_ops(path) is not None
        return (path, len(parts), unsure) if known else None

    def _bound(self, name: str, scope: _Scope | None, depth: int) -> tuple[str, bool] | None:
        while scope is not None:
            if name in scope.shared and scope.parent is not None:
                scope = scope.parent
                continue
            values = scope.bindings.get(name)
            if values is None:
                scope = scope.parent
                continue
            first = values[0]
            if isinstance(first, str) and all(value == first for value in values):
                return first, name in scope.unsure
            if isinstance(first, ast.expr) and len(values) == 1:
                found = self.path_of(first, scope, depth + 1)
                return None if found is None else (found[0], found[2] or name in scope.unsure)
            return None
        return self._from_star(name)

    def _from_star(self, name: str) -> tuple[str, bool] | None:
        if "" in self.module.stars:  # of another library: it may have given the name
            return None
        for module in reversed(self.module.stars):
            keras = re.sub(r"^(tensorflow\.keras|tf_keras)", "keras", module)
            if name in public_names(keras) or name in public_names(keras, "keras2"):
                return f"{module}.{name}", False
        return None

    def resolve(self, seen: _Seen) -> Iterator[NameUse]:
        """The use that a chain is; nothing if it begins with no import."""
        found = self.path_of(seen.node, seen.scope)
        if found is None:
            return
        path, added, unsure = found
        spans: list[Span] = []
        node = seen.node
        while isinstance(node, ast.Attribute):
            spans.append(self.places.span(node))
            node = node.value
        base = path.rsplit(".", added)[0] if added else path
        call = None if seen.call is None else self.call_use(seen.call, seen.scope)
        yield NameUse(
            path,
            base,
            self.places.span(seen.node),
            tuple(reversed(spans)),
            call,
            seen.guarded or unsure,
            None if seen.within is None else self.places.span(seen.within),
        )

    def probed(self, call: ast.Call, scope: _Scope) -> Iterator[str]:
        """The path that ``hasattr(module, "name")`` asks for."""
        name = call.args[1] if len(call.args) > 1 else None
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return
        found = self.path_of(call.args[0], scope)
        if found is not None:
            yield f"{found[0]}.{name.value}"

    def methods(self, owners: Mapping[Span, str]) -> Iterator[MethodUse]:
        """The calls of methods of Keras objects."""
        if not owners:
            return
        for node, guarded, scope in self.calls:
            if not isinstance(node.func, ast.Attribute):
                continue
            owner = owners.get(self.places.span(node))
            if owner is not None:
                name = self.places.last(node.func)
                yield MethodUse(owner, node.func.attr, name, self.call_use(node, scope), guarded)

    def call_use(self, node: ast.Call, scope: _Scope) -> CallUse:
        """A call with its arguments."""
        arguments: list[Argument] = []
        for value in node.args:
            if not isinstance(value, ast.Starred):
                arguments.append(self._argument("", self.places.span(value), value, scope))
        for keyword in node.keywords:
            if keyword.arg is not None:
                span = self.places.span(keyword)
                arguments.append(self._argument(keyword.arg, span, keyword.value, scope))
        spread = any(isinstance(value, ast.Starred) for value in node.args)
        spread = spread or any(keyword.arg is None for keyword in node.keywords)
        return CallUse(self.places.span(node), tuple(arguments), spread)

    def _argument(self, name: str, span: Span, value: ast.expr, scope: _Scope) -> Argument:
        plain: str | int | float | bool | None = None
        is_literal = False
        if isinstance(value, ast.Constant) and (
            value.value is None or isinstance(value.value, (str, int, float, bool))
        ):
            plain, is_literal = value.value, True
        found = None
        if isinstance(value, (ast.Attribute, ast.Name)):
            found = self.path_of(value, scope)
        path = "" if found is None else found[0]
        return Argument(name, span, self.places.span(value), plain, is_literal, path)


_VISITORS: Mapping[type[ast.AST], Callable[[_Reader, Any, _Scope], None]] = {
    ast.Constant: _Reader._pass,
    ast.Import: _Reader._import,
    ast.ImportFrom: _Reader._import_from,
    ast.FunctionDef: _Reader._definition,
    ast.AsyncFunctionDef: _Reader._definition,
    ast.ClassDef: _Reader._definition,
    ast.Global: _Reader._shared,
    ast.Nonlocal: _Reader._shared,
    ast.If: _Reader._if,
    ast.Try: _Reader._try,
    getattr(ast, "TryStar", ast.Try): _Reader._try,
    ast.Assign: _Reader._assign,
    ast.ExceptHandler: _Reader._naming,
    ast.MatchAs: _Reader._naming,
    ast.MatchStar: _Reader._naming,
    ast.MatchMapping: _Reader._mapping,
    ast.Attribute: _Reader._free_chain,
    ast.Name: _Reader._free_chain,
    ast.Call: _Reader._call,
    ast.Lambda: _Reader._lambda,
    ast.ListComp: _Reader._comprehension,
    ast.SetComp: _Reader._comprehension,
    ast.DictComp: _Reader._comprehension,
    ast.GeneratorExp: _Reader._comprehension,
    ast.IfExp: _Reader._either,
    ast.BoolOp: _Reader._either,
}


@lru_cache(4096)
def _may_decide(name: str) -> bool:
    return _CONDITION.search(name) is not None


def _is_fallback(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is there for a name that is missing."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for kind in kinds:
        if kind is None:
            return True
        name = kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "")
        if name in _FALLBACKS:
            return True
    return False
