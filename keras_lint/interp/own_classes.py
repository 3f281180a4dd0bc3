"""What the file's own layer and model classes say about themselves, for rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

import libcst as cst

from keras_lint.interp.attributes import has_foreign_base
from keras_lint.interp.classes import LAYER, MODEL, library_base
from keras_lint.interp.functional import model_layers, tracked
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import InstanceObject, LayerObject, ModelObject
from keras_lint.interp.undeclared import undeclared
from keras_lint.interp.values import ClassValue, FunctionValue, Ref
from keras_lint.keras_api.weighted import WEIGHTED
from keras_lint.model.classes import (
    Configuration,
    Constructor,
    Misdeclared,
    OwnClass,
    OwnCode,
    Parameter,
    Place,
)
from keras_lint.model.names import FileNames
from keras_lint.model.spans import Span
from keras_lint.source.places import SyntaxPlaces
from keras_lint.source.syntax import inside

_HAVE_WEIGHTS = WEIGHTED | {"LayerNormalization"}  # in its usual form
_VARIABLES = frozenset(("keras.Variable", "tensorflow.Variable", "tensorflow.keras.Variable"))
_ON_CONDITION = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.If, ast.Try, ast.IfExp),
    *(ast.With, ast.AsyncWith),
)
_REGISTERS = "register_keras_serializable"


def own_code(machine: Machine, names: FileNames) -> OwnCode:
    """Everything about the file's own classes, in the order of the text."""
    reader = _Reader(machine, names)
    of = machine.source.spans.of
    lambdas: dict[Span, set[int]] = {}
    for address in machine.layers:
        obj = machine.store.get(address)
        if (
            isinstance(obj, LayerObject)
            and isinstance(obj.function, FunctionValue)
            and isinstance(obj.function.node, cst.Lambda)
            and obj.site.source is machine.source
        ):
            lambdas.setdefault(of(obj.site.node), set()).add(address)
    saved = _in_saved_models(machine) if lambdas else set()
    return OwnCode(
        classes=tuple(found for cls in machine.classes for found in reader.read(cls)),
        misdeclared=tuple(dict.fromkeys(_misdeclared(machine))),
        lambdas=tuple(sorted(lambdas)),
        saved_lambdas=tuple(sorted(span for span, at in lambdas.items() if at & saved)),
    )


def _in_saved_models(machine: Machine) -> set[int]:
    """Addresses of everything that is in a model which is saved, however deep."""
    seen: set[int] = set()
    pending = list(machine.saved)
    while pending:
        address = pending.pop()
        if address in seen:
            continue
        seen.add(address)
        obj = machine.store.get(address)
        if isinstance(obj, InstanceObject):
            pending += tracked(machine, obj)
            pending += [] if obj.layer is None else [obj.layer]
        elif isinstance(obj, ModelObject):
            pending += model_layers(machine, obj)
        elif isinstance(obj, LayerObject):
            pending += obj.wrapped
    return seen


def _misdeclared(machine: Machine) -> Iterator[Misdeclared]:
    for cls, method, declared, actual in machine.misdeclared:
        if method.source is machine.source and isinstance(method.node, cst.FunctionDef):
            span = machine.source.spans.of(method.node.name)
            yield Misdeclared(cls, span, declared, actual)


class _Reader:
    """Reads class bodies; names are looked up by the place at which they stand.

    It goes by Python's own syntax tree, where places are known without a pass over the module.
    """

    def __init__(self, machine: Machine, names: FileNames) -> None:
        source = machine.source
        self._machine = machine
        self._places = SyntaxPlaces(source.text, source.cells)
        self._paths = {use.span: use.path for use in names.uses}
        self._extended = {id(base) for cls in machine.classes for base in cls.bases}

    @cached_property
    def _instances(self) -> dict[int, list[InstanceObject]]:
        """What was made of each class, by its identity."""
        found: dict[int, list[InstanceObject]] = {}
        for obj in self._machine.store.values():
            if isinstance(obj, InstanceObject):
                found.setdefault(id(obj.cls), []).append(obj)
        return found

    def read(self, cls: ClassValue) -> Iterator[OwnClass]:
        """The class, if it is built on a layer or model class of Keras."""
        base = library_base(cls)
        if not isinstance(base, str) or not base.startswith("keras."):
            return
        twin = self._machine.source.twins[cls.node]
        assert isinstance(twin, ast.ClassDef)
        methods = {node.name: node for node in twin.body if isinstance(node, ast.FunctionDef)}
        init, config, call = (methods.get(n) for n in ("__init__", "get_config", "call"))
        tracks = base in (LAYER, MODEL)
        yield OwnClass(
            name=cls.name,
            span=self._places.defined(twin),
            base=base,
            direct=not has_foreign_base(cls)
            and not any(isinstance(item, ClassValue) for item in cls.bases),
            registered=_REGISTERS in cls.decorators,
            init=None if init is None else self._constructor(init),
            config=None if config is None else self._configuration(config),
            extended=id(cls) in self._extended,
            from_config="from_config" in methods,
            state_in_call=() if call is None or not tracks else tuple(self._state_in(call)),
            untracked=tuple(self._untracked(cls, methods)) if tracks else (),
            undeclared=self._undeclared(twin, call) if tracks else (),
        )

    def _undeclared(self, cls: ast.ClassDef, call: ast.FunctionDef | None) -> tuple[Place, ...]:
        if call is None:
            return ()
        return tuple(undeclared(self._machine.source.tree, cls, call, self._places))

    def _constructor(self, node: ast.FunctionDef) -> Constructor:
        params = node.args
        given = (*params.posonlyargs, *params.args)
        defaults = [None] * (len(given) - len(params.defaults)) + params.defaults
        stored = {
            target.attr
            for part in inside(node.body)
            if isinstance(part, (ast.Assign, ast.AnnAssign))
            for target in (part.targets if isinstance(part, ast.Assign) else [part.target])
            if isinstance(target, ast.Attribute) and _is_self(target.value)
        }
        plain = set(_plainly_stored(node.body))
        return Constructor(
            self._places.defined(node),
            tuple(
                Parameter(
                    param.arg,
                    self._places.parameter(param),
                    required=default is None,
                    kept=param.arg in stored or not _is_none(default),
                    stored=_how(param.arg, stored, plain),
                )
                for param, default in (
                    *zip(given[1:], defaults[1:], strict=True),
                    *zip(params.kwonlyargs, params.kw_defaults, strict=True),
                )
            ),
            spread=params.kwarg is not None or params.vararg is not None,
            handed=params.kwarg is not None and _hands_on(node.body, params.kwarg.arg),
        )

    def _configuration(self, node: ast.FunctionDef) -> Configuration:
        keys = _ConfigReader().read(node)
        span = self._places.defined(node)
        if keys is None:
            return Configuration(span)
        return Configuration(span, frozenset(keys - {_BASE}), _BASE in keys)

    # -- state -------------------------------------------------------------------------------

    def _state_in(self, call: ast.FunctionDef) -> Iterator[Place]:
        """What ``call`` makes whenever it runs; nothing inside an ``if`` or ``try``."""
        for node in inside(call.body, *_ON_CONDITION):
            if isinstance(node, ast.Call) and (what := self._state(node)):
                yield Place(self._places.span(node), what)

    def _state(self, node: ast.Call) -> str:
        """What a call makes that has state: a layer with weights, a variable; empty for others."""
        func = node.func
        own = isinstance(func, ast.Attribute) and _is_self(func.value)
        if isinstance(func, ast.Attribute) and own and func.attr == "add_weight":
            return "a weight"
        path = self._paths.get(self._places.span(func), "")
        module, _, name = path.rpartition(".")
        if module.endswith("keras.layers") and name in _HAVE_WEIGHTS:
            return f"a {name}"
        return "a variable" if path in _VARIABLES else ""

    def _untracked(self, cls: ClassValue, methods: dict[str, ast.FunctionDef]) -> Iterator[Place]:
        """Attributes that hold trainable variables of TensorFlow, or layers in plain objects."""
        boxed = self._boxes(cls)
        for name in ("__init__", "build"):
            if name not in methods:
                continue
            for node in inside(methods[name].body, ast.FunctionDef, ast.Lambda):
                if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                    continue
                target = node.targets[0]
                if not isinstance(target, ast.Attribute) or not _is_self(target.value):
                    continue
                span = self._places.span(target)
                if isinstance(node.value, ast.Call) and self._is_tf_variable(node.value):
                    yield Place(span, "a tf.Variable", target.attr)
                elif target.attr in boxed:
                    yield Place(span, boxed[target.attr], target.attr)

    def _is_tf_variable(self, node: ast.Call) -> bool:
        """Whether a trainable variable of TensorFlow is made, not one of Keras."""
        if self._paths.get(self._places.span(node.func)) != "tensorflow.Variable":
            return False
        starred = any(isinstance(value, ast.Starred) for value in node.args)
        unclear = any(keyword.arg in (None, "trainable") for keyword in node.keywords)
        return bool(node.args or node.keywords) and not starred and not unclear

    def _boxes(self, cls: ClassValue) -> dict[str, str]:
        """Attributes whose value is a plain object that holds layers, and of which class."""
        machine = self._machine
        found: dict[str, str] = {}
        for obj in self._instances.get(id(cls), ()):
            seen = {value.address for value in obj.attributes.values() if isinstance(value, Ref)}
            for name, value in obj.attributes.items():
                box = machine.get_as(value, InstanceObject)
                if box is None or box.layer is not None or library_base(box.cls) is not None:
                    continue
                held = [v for v in box.attributes.values() if self._is_layer(v)]
                if held and not any(isinstance(v, Ref) and v.address in seen for v in held):
                    found[name] = f"a {box.cls.name} with layers inside"
        return found

    def _is_layer(self, value: object) -> bool:
        if not isinstance(value, Ref):
            return False
        found = self._machine.get(value)
        if isinstance(found, InstanceObject):
            return found.layer is not None
        return isinstance(found, (LayerObject, ModelObject))


def _how(name: str, stored: set[str], plain: set[str]) -> Literal["", "plain", "changed"]:
    if name not in stored:
        return ""
    return "plain" if name in plain else "changed"


def _plainly_stored(body: list[ast.stmt]) -> Iterator[str]:
    """The names of ``self.name = name``, of pairs of such too."""
    for node in inside(body):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        for one, other in pairs:
            if (
                isinstance(one, ast.Attribute)
                and _is_self(one.value)
                and isinstance(other, ast.Name)
                and other.id == one.attr
            ):
                yield other.id


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


_BASE = "*"
"""Stands among keys for those of the base class."""


def _hands_on(body: list[ast.stmt], kwargs: str) -> bool:
    """Whether ``super().__init__(**kwargs)`` is called, and ``kwargs`` used for nothing else."""
    uses = [node for node in inside(body) if isinstance(node, ast.Name) and node.id == kwargs]
    spread = [
        keyword.value
        for node in inside(body)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        for keyword in node.keywords
        if keyword.arg is None
    ]
    return len(uses) == 1 and any(value is uses[0] for value in spread)


class _ConfigReader:
    """The keys that a ``get_config`` gives, from the forms in which people write it."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def read(self, node: ast.FunctionDef) -> set[str] | None:
        """All keys; None if the method does anything that is not looked through."""
        for statement in node.body:
            if isinstance(statement, ast.Return):
                return None if statement.value is None else self._keys(statement.value)
            if not self._statement(statement):
                return None
        return None

    def _statement(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                keys = self._keys(node.value)
                self._names.pop(target.id, None)
                if keys is not None:
                    self._names[target.id] = keys
                return True
            key = _subscripted(target)
            if key is not None and key[0] in self._names:
                self._names[key[0]].add(key[1])
                return True
            return False
        if not isinstance(node, ast.Expr):
            return False
        if isinstance(node.value, ast.Constant):
            return isinstance(node.value.value, str)
        return isinstance(node.value, ast.Call) and self._updated(node.value)

    def _updated(self, call: ast.Call) -> bool:
        func = call.func
        if not isinstance(func, ast.Attribute) or func.attr != "update":
            return False
        if not isinstance(func.value, ast.Name) or func.value.id not in self._names:
            return False
        keys = self._arguments(call)
        if keys is None:
            return False
        self._names[func.value.id] |= keys
        return True

    def _arguments(self, call: ast.Call) -> set[str] | None:
        """The keys of ``dict(mapping, key=value, **mapping)``."""
        keys = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
        spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
        for value in (*call.args, *spread):
            more = self._keys(value)
            if more is None:
                return None
            keys |= more
        return keys

    def _keys(self, node: ast.expr) -> set[str] | None:
        if isinstance(node, ast.Name):
            found = self._names.get(node.id)
            return None if found is None else set(found)
        if isinstance(node, ast.Dict):
            return self._of_dict(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitOr, ast.Add)):
            left, right = self._keys(node.left), self._keys(node.right)
            return None if left is None or right is None else left | right
        if not isinstance(node, ast.Call):
            return None
        func = node.func
        if isinstance(func, ast.Name) and func.id in ("dict", "list"):
            return self._arguments(node)
        if isinstance(func, ast.Attribute) and not node.args and not node.keywords:
            if func.attr in ("items", "copy"):
                return self._keys(func.value)
            receiver = func.value
            if func.attr == "get_config" and isinstance(receiver, ast.Call):
                inner = receiver.func
                if isinstance(inner, ast.Name) and inner.id == "super":
                    return {_BASE}
        return None

    def _of_dict(self, node: ast.Dict) -> set[str] | None:
        keys: set[str] = set()
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:  # **mapping
                more = self._keys(value)
                if more is None:
                    return None
                keys |= more
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                keys.add(key.value)
            else:
                return None
        return keys


def _subscripted(node: ast.expr) -> tuple[str, str] | None:
    """``config["key"]`` as name and key."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
        return None
    index = node.slice
    if isinstance(index, ast.Constant) and isinstance(index.value, str):
        return node.value.id, index.value
    return None
