"""What the file's own layer and model classes say about themselves, for rules."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keras_lint.interp.classes import LAYER, MODEL, library_base
from keras_lint.interp.functional import model_layers, tracked
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import InstanceObject, LayerObject, ModelObject
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
from keras_lint.source.walk import walk

_HAVE_WEIGHTS = WEIGHTED | {"LayerNormalization"}  # in its usual form
_VARIABLES = frozenset(("keras.Variable", "tensorflow.Variable", "tensorflow.keras.Variable"))
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
    """Reads class bodies; names are looked up by the place at which they stand."""

    def __init__(self, machine: Machine, names: FileNames) -> None:
        self._machine = machine
        self._of = machine.source.spans.of
        self._paths = {use.span: use.path for use in names.uses}

    def read(self, cls: ClassValue) -> Iterator[OwnClass]:
        """The class, if it is built on a layer or model class of Keras."""
        base = library_base(cls)
        if not isinstance(base, str) or not base.startswith("keras."):
            return
        methods = {
            node.name.value: node
            for node in cls.node.body.body
            if isinstance(node, cst.FunctionDef)
        }
        init, config, call = (methods.get(n) for n in ("__init__", "get_config", "call"))
        tracks = base in (LAYER, MODEL)
        yield OwnClass(
            name=cls.name,
            span=self._of(cls.node.name),
            base=base,
            direct=not any(isinstance(item, ClassValue) for item in cls.bases),
            registered=_REGISTERS in cls.decorators,
            init=None if init is None else self._constructor(init),
            config=None if config is None else self._configuration(config),
            extended=any(base is cls for other in self._machine.classes for base in other.bases),
            from_config="from_config" in methods,
            state_in_call=() if call is None or not tracks else tuple(self._state_in(call)),
            untracked=tuple(self._untracked(cls, methods)) if tracks else (),
        )

    def _constructor(self, node: cst.FunctionDef) -> Constructor:
        params = node.params
        given = (*params.posonly_params, *params.params)[1:]
        stored = {
            part.target.attr.value
            for part in walk(node.body)
            if isinstance(part, (cst.AssignTarget, cst.AnnAssign))
            and isinstance(part.target, cst.Attribute)
            and _is_self(part.target.value)
        }
        return Constructor(
            self._of(node.name),
            tuple(
                Parameter(
                    param.name.value,
                    self._of(param.name),
                    required=param.default is None,
                    kept=param.name.value in stored or not _is_none(param.default),
                )
                for param in (*given, *params.kwonly_params)
            ),
            spread=params.star_kwarg is not None or isinstance(params.star_arg, cst.Param),
        )

    def _configuration(self, node: cst.FunctionDef) -> Configuration:
        keys = _ConfigReader().read(node)
        span = self._of(node.name)
        if keys is None:
            return Configuration(span)
        return Configuration(span, frozenset(keys - {_BASE}), _BASE in keys)

    # -- state -------------------------------------------------------------------------------

    def _state_in(self, call: cst.FunctionDef) -> Iterator[Place]:
        """What ``call`` makes whenever it runs; nothing inside an ``if`` or ``try``."""
        closed = (cst.FunctionDef, cst.Lambda, cst.If, cst.Try, cst.IfExp, cst.With)
        for node in walk(call.body, *closed):
            if isinstance(node, cst.Call) and (what := self._state(node)):
                yield Place(self._of(node), what)

    def _state(self, node: cst.Call) -> str:
        """What a call makes that has state: a layer with weights, a variable; empty for others."""
        func = node.func
        own = isinstance(func, cst.Attribute) and _is_self(func.value)
        if isinstance(func, cst.Attribute) and own and func.attr.value == "add_weight":
            return "a weight"
        path = self._paths.get(self._of(func), "")
        module, _, name = path.rpartition(".")
        if module.endswith("keras.layers") and name in _HAVE_WEIGHTS:
            return f"a {name}"
        return "a variable" if path in _VARIABLES else ""

    def _untracked(self, cls: ClassValue, methods: dict[str, cst.FunctionDef]) -> Iterator[Place]:
        """Attributes that hold trainable variables of TensorFlow, or layers in plain objects."""
        boxed = self._boxes(cls)
        for name in ("__init__", "build"):
            if name not in methods:
                continue
            for node in walk(methods[name].body, cst.FunctionDef, cst.Lambda):
                if not isinstance(node, cst.Assign) or len(node.targets) != 1:
                    continue
                target = node.targets[0].target
                if not isinstance(target, cst.Attribute) or not _is_self(target.value):
                    continue
                span = self._of(target)
                if isinstance(node.value, cst.Call) and self._is_tf_variable(node.value):
                    yield Place(span, "a tf.Variable", target.attr.value)
                elif target.attr.value in boxed:
                    yield Place(span, boxed[target.attr.value], target.attr.value)

    def _is_tf_variable(self, node: cst.Call) -> bool:
        """Whether a trainable variable of TensorFlow is made, not one of Keras."""
        if self._paths.get(self._of(node.func)) != "tensorflow.Variable":
            return False
        return (
            not any(
                arg.star or (arg.keyword is not None and arg.keyword.value == "trainable")
                for arg in node.args
            )
            and len(node.args) > 0
        )

    def _boxes(self, cls: ClassValue) -> dict[str, str]:
        """Attributes whose value is a plain object that holds layers, and of which class."""
        machine = self._machine
        found: dict[str, str] = {}
        for obj in list(machine.store.values()):
            if not isinstance(obj, InstanceObject) or obj.cls is not cls:
                continue
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


def _is_none(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _is_self(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "self"


_BASE = "*"
"""Stands among keys for those of the base class."""


class _ConfigReader:
    """The keys that a ``get_config`` gives, from the forms in which people write it."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def read(self, node: cst.FunctionDef) -> set[str] | None:
        """All keys; None if the method does anything that is not looked through."""
        if not isinstance(node.body, cst.IndentedBlock):
            return None
        for line in node.body.body:
            if not isinstance(line, cst.SimpleStatementLine):
                return None
            for small in line.body:
                if isinstance(small, cst.Return):
                    return None if small.value is None else self._keys(small.value)
                if not self._statement(small):
                    return None
        return None

    def _statement(self, node: cst.BaseSmallStatement) -> bool:
        if isinstance(node, cst.Assign) and len(node.targets) == 1:
            target = node.targets[0].target
            if isinstance(target, cst.Name):
                keys = self._keys(node.value)
                self._names.pop(target.value, None)
                if keys is not None:
                    self._names[target.value] = keys
                return True
            key = _subscripted(target)
            if key is not None and key[0] in self._names:
                self._names[key[0]].add(key[1])
                return True
            return False
        if not isinstance(node, cst.Expr):
            return False
        if isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString)):
            return True
        return isinstance(node.value, cst.Call) and self._updated(node.value)

    def _updated(self, call: cst.Call) -> bool:
        func = call.func
        if not isinstance(func, cst.Attribute) or func.attr.value != "update":
            return False
        if not isinstance(func.value, cst.Name) or func.value.value not in self._names:
            return False
        keys = self._arguments(call)
        if keys is None:
            return False
        self._names[func.value.value] |= keys
        return True

    def _arguments(self, call: cst.Call) -> set[str] | None:
        """The keys of ``dict(mapping, key=value, **mapping)``."""
        keys: set[str] = set()
        for arg in call.args:
            if arg.keyword is not None:
                keys.add(arg.keyword.value)
                continue
            more = self._keys(arg.value) if arg.star != "*" else None
            if more is None:
                return None
            keys |= more
        return keys

    def _keys(self, node: cst.BaseExpression) -> set[str] | None:
        if isinstance(node, cst.Name):
            found = self._names.get(node.value)
            return None if found is None else set(found)
        if isinstance(node, cst.Dict):
            return self._of_dict(node)
        if isinstance(node, cst.BinaryOperation) and isinstance(
            node.operator, (cst.BitOr, cst.Add)
        ):
            left, right = self._keys(node.left), self._keys(node.right)
            return None if left is None or right is None else left | right
        if not isinstance(node, cst.Call):
            return None
        func = node.func
        if isinstance(func, cst.Name) and func.value in ("dict", "list"):
            return self._arguments(node)
        if isinstance(func, cst.Attribute) and not node.args:
            if func.attr.value in ("items", "copy"):
                return self._keys(func.value)
            receiver = func.value
            if func.attr.value == "get_config" and isinstance(receiver, cst.Call):
                inner = receiver.func
                if isinstance(inner, cst.Name) and inner.value == "super":
                    return {_BASE}
        return None

    def _of_dict(self, node: cst.Dict) -> set[str] | None:
        keys: set[str] = set()
        for element in node.elements:
            if isinstance(element, cst.StarredDictElement):
                more = self._keys(element.value)
                if more is None:
                    return None
                keys |= more
            elif isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                keys.add(str(element.key.evaluated_value))
            else:
                return None
        return keys


def _subscripted(node: cst.CSTNode) -> tuple[str, str] | None:
    """``config["key"]`` as name and key."""
    if not isinstance(node, cst.Subscript) or not isinstance(node.value, cst.Name):
        return None
    index = node.slice[0].slice if len(node.slice) == 1 else None
    if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
        return node.value.value, str(index.value.evaluated_value)
    return None
