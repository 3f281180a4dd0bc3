"""Which statements of a program some of its statements depend on.

The question is asked without regard to order: a statement that binds or changes a needed name is
kept wherever it stands (up to the last wanted one). That keeps too much rather than too little.
"""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from keras_lint.verify.names import Scope, Scopes, bound_by, parameters
from keras_lint.verify.statements import Statement

Key = tuple[int, str]
"""A variable: the id of its scope and its name; 0 is the scope of names bound nowhere."""

PASSIVE = frozenset(
    {  # methods that leave what they are called on as it is, as far as a model's structure goes
        *("compile", "count_params", "evaluate", "evaluate_generator", "export", "fit"),
        *("fit_generator", "get_config", "get_layer", "get_weights", "plot", "predict", "print"),
        *("predict_generator", "predict_on_batch", "reset_metrics", "reset_states", "save"),
        *("reset_state", "save_weights", "summary", "test_on_batch", "to_json", "to_yaml"),
        *("train_on_batch", "astype", "reshape", "items", "keys", "values", "format", "copy"),
        *("index", "count", "get", "join", "split", "mean", "max", "min", "sum", "std"),
        *("load_weights", "set_weights"),  # values of weights never decide about shapes
    }
)


SETTINGS = frozenset(
    {  # functions that change what every later layer does
        *("set_dtype_policy", "set_epsilon", "set_floatx", "set_global_dtype_policy"),
        *("set_global_policy", "set_image_data_format", "set_image_dim_ordering", "set_policy"),
    }
)


PROTOCOL = frozenset(
    {  # methods by which Keras works: who sets one changes what layers are
        *("__call__", "__init__", "__new__", "add", "build", "call", "compute_mask"),
        *("compute_output_shape", "compute_output_spec", "get_config", "symbolic_call"),
    }
)


class Slicer:
    """Keeps what is needed.

    Args:
        scopes, statements: of the program.
        values: ids of expressions whose value is put in their place; what is in them is not needed.
        wide: whether a call may change whatever it is given, and what is made from something needed
            is needed too. That keeps every call of a layer, under whatever name it hides.
    """

    def __init__(
        self,
        scopes: Scopes,
        statements: Mapping[int, Statement],
        values: Mapping[int, object],
        *,
        wide: bool = False,
    ) -> None:
        self._wide = wide
        self._scopes = scopes
        self._statements = statements
        self._values = values
        self._kept: set[int] = set()
        self._needed: set[Key] = set()
        self._users: defaultdict[Key, list[Statement]] = defaultdict(list)
        self._local: set[Key] = set()
        self._imported: set[Key] = set()
        self._last = -1
        self.valued: dict[int, ast.expr] = {}
        self._note_definitions()
        for statement in statements.values():
            for key in self._changes(statement):
                self._users[key].append(statement)

    def keep_all(self, wanted: Iterable[Statement], *, to_the_end: bool = False) -> None:
        """Keep these statements and everything they depend on.

        Nothing after the last of them is kept, unless ``to_the_end`` says that they happen later.
        """
        wanted = list(wanted)
        tops = self._statements.values() if to_the_end else wanted
        self._last = max((statement.top for statement in tops), default=-1)
        pending = [*wanted, *self._settings()]
        while pending:
            statement = pending.pop()
            if id(statement.node) in self._kept or statement.top > self._last:
                continue
            self._kept.add(id(statement.node))
            pending.extend(statement.ancestors)
            pending.extend(self._control_flow(statement))
            keys = set(self._loads(statement))
            if self._wide and not isinstance(statement.node, (ast.Import, ast.ImportFrom)):
                keys |= self._changes(statement)
            for key in keys:
                if key not in self._needed:
                    self._needed.add(key)
                    pending.extend(self._users[key])

    def keeps(self, node: ast.stmt) -> bool:
        """Whether a statement stays."""
        return id(node) in self._kept

    def whole(self, node: ast.stmt) -> bool:
        """Whether a statement that stays does so with everything inside it."""
        return self._statements[id(node)].whole

    def is_called(self, function: ast.stmt) -> bool:
        """Whether a statement that stays, outside ``function``, mentions the function's name."""
        name = getattr(function, "name", "")
        statement = self._statements[id(function)]
        key = (_id(self._scopes.of(function).find(name)), name)
        return any(
            key in set(self._loads(other))
            for other in self._statements.values()
            if id(other.node) in self._kept
            and other is not statement
            and statement not in other.ancestors
        )

    def shortened_import(self, node: ast.stmt) -> str | None:
        """An import without the names that nothing needs; None if it stays as it is."""
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            return None
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return None
        scope = self._scopes.of(node)
        needed = [
            alias
            for alias in node.names
            if alias.name == "*" or self._key(bound_by(alias, node), scope) in self._needed
        ]
        if len(needed) == len(node.names) or not needed:
            return None
        names = ", ".join(a.name + (f" as {a.asname}" if a.asname else "") for a in needed)
        if isinstance(node, ast.Import):
            return f"import {names}"
        return f"from {'.' * node.level}{node.module or ''} import {names}"

    # -- what a statement needs and changes ----------------------------------------------------

    def _note_definitions(self) -> None:
        for statement in self._statements.values():
            node = statement.node
            scope = self._scopes.of(node)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._local.add(self._key(node.name, scope))
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                self._imported.update(self._key(bound_by(a, node), scope) for a in node.names)

    def _key(self, name: str, scope: Scope) -> Key:
        return (_id(scope.find(name)), name)

    def _nodes(self, statement: Statement) -> Iterator[ast.AST]:
        """The own nodes of a statement that is kept, without those a value takes the place of."""
        hidden: set[int] = set()
        for node in statement.own_nodes():
            if id(node) in hidden:
                continue
            if id(node) in self._values and isinstance(node, ast.expr):
                hidden.update(id(inner) for inner in ast.walk(node))
                self.valued[id(node)] = node
                continue
            yield node

    def _loads(self, statement: Statement) -> Iterator[Key]:
        node = statement.node
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return
        for part in self._nodes(statement):
            if isinstance(part, ast.Name) and (
                isinstance(part.ctx, ast.Load) or isinstance(node, ast.AugAssign)
            ):
                found = self._scopes.find(part)
                yield (_id(found), part.id)
                if found is None and not hasattr(builtins, part.id):
                    yield (0, "*")
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = self._scopes.inside[id(node)]
            for parameter in parameters(node):
                yield (_id(inner), parameter.arg)

    def _changes(self, statement: Statement) -> set[Key]:
        """The variables that a statement binds, or whose value it may change."""
        node = statement.node
        scope = self._scopes.of(node)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if any(alias.name == "*" for alias in node.names):
                return {(0, "*")}
            return {self._key(bound_by(alias, node), scope) for alias in node.names}
        changed: set[Key] = set()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            changed.add(self._key(node.name, scope))
            if statement.whole:
                return changed
        for part in statement.own_nodes():
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                changed.add(self._key(part.id, self._scopes.of(part)))
            elif isinstance(part, (ast.Attribute, ast.Subscript)):
                if not isinstance(part.ctx, ast.Load):
                    changed.update(self._root(part))
            elif isinstance(part, ast.Call):
                changed.update(self._changed_by(part))
        return changed

    def _changed_by(self, call: ast.Call) -> Iterator[Key]:
        """What a call may change: the receiver of a method, arguments of functions in the file."""
        if isinstance(call.func, ast.Attribute):
            if call.func.attr in PASSIVE:
                return
            for key in self._root(call.func):
                if key not in self._imported:
                    yield key
        else:  # calling a layer builds it
            for key in self._root(call.func):
                if key not in self._imported and key not in self._local and not _is_builtin(key):
                    yield key
        scope = self._scopes.of(call)
        local = isinstance(call.func, ast.Name) and self._key(call.func.id, scope) in self._local
        if local or self._wide:
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                for part in ast.walk(argument) if self._wide else (argument,):
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                        key = self._key(part.id, self._scopes.of(part))
                        if key not in self._imported:
                            yield key

    def _root(self, node: ast.expr) -> Iterator[Key]:
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name):
            yield self._key(node.id, self._scopes.of(node))

    def _settings(self) -> Iterator[Statement]:
        """Statements that change Keras's global settings, and calls of functions that do so."""
        setters: set[Key] = set()
        found: list[Statement] = []
        for statement in self._statements.values():
            if self._changes_library(statement):
                yield statement
                continue
            if SETTINGS.isdisjoint(_called_names(statement)):
                continue
            found.append(statement)
            if statement.function is not None:
                name = getattr(statement.function, "name", "")
                setters.add(self._key(name, self._scopes.of(statement.function)))
        yield from found
        if setters:
            for statement in self._statements.values():
                for part in statement.own_nodes():
                    if (
                        isinstance(part, ast.Call)
                        and isinstance(part.func, ast.Name)
                        and self._key(part.func.id, self._scopes.of(part)) in setters
                    ):
                        yield statement

    def _changes_library(self, statement: Statement) -> bool:
        """Whether it puts something of its own into a library, or a method on any class.

        What is cut away then decides what Keras does, so that it must not be cut away.
        """
        for part in statement.own_nodes():
            if isinstance(part, ast.Call) and _name_of(part.func) in ("setattr", "delattr"):
                return True
            if not isinstance(part, ast.Attribute) or isinstance(part.ctx, ast.Load):
                continue
            if part.attr in PROTOCOL and not self._scopes.is_own_object(part.value):
                return True
            if any(key in self._imported for key in self._root(part)):
                return True
        return False

    def _control_flow(self, statement: Statement) -> Iterator[Statement]:
        """Jumps that decide whether what is kept happens."""
        node = statement.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            jumps: tuple[type[ast.stmt], ...] = (ast.Return, ast.Raise, ast.Global, ast.Nonlocal)
            for other in self._statements.values():
                if other.function is node and (_jumps(other, jumps) or _yields(other.node)):
                    yield other
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            for other in self._statements.values():
                if _jumps(other, (ast.Break, ast.Continue)) and any(
                    around is statement for around in other.ancestors
                ):
                    yield other


def _called_names(statement: Statement) -> set[str]:
    names: set[str] = set()
    for part in statement.own_nodes():
        if isinstance(part, ast.Call):
            names.add(_name_of(part.func))
    return names


def _name_of(node: ast.expr) -> str:
    """The name, or the last attribute's; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _jumps(statement: Statement, kinds: tuple[type[ast.stmt], ...]) -> bool:
    """Whether a statement is such a jump, or a ``match`` that holds one."""
    if isinstance(statement.node, ast.Match):
        return any(isinstance(part, kinds) for part in ast.walk(statement.node))
    return isinstance(statement.node, kinds)


def _yields(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, (ast.Yield, ast.YieldFrom))


def _is_builtin(key: Key) -> bool:
    return key[0] == 0 and hasattr(builtins, key[1])


def _id(scope: Scope | None) -> int:
    return 0 if scope is None else id(scope)
