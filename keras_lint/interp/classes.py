"""Classes of the analysed code: plain ones, dataclasses, and subclassed Keras layers and models.

A subclassed layer has two objects in the store: the instance with its attributes, and a layer that
stands for it in graphs, whose meaning is :class:`CustomKind`: interpret ``call``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

import libcst as cst

from keras_lint.interp.attributes import PLAIN_BASES, class_member, has_foreign_base
from keras_lint.interp.configs import to_config
from keras_lint.interp.derived import DerivedKind
from keras_lint.interp.functional import functional_model, refused_arguments
from keras_lint.interp.functions import call_function
from keras_lint.interp.initialising import refused_by_layer
from keras_lint.interp.layers import configured
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.sequential import sequential_model
from keras_lint.interp.store import (
    INPUT_PATH,
    InstanceObject,
    LayerObject,
    SetupObject,
    snake_case,
)
from keras_lint.interp.subclassed import CustomKind
from keras_lint.interp.values import (
    NONE,
    Args,
    ClassValue,
    Const,
    ExternalValue,
    FunctionValue,
    PartialValue,
    Ref,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import Config, kind_of
from keras_lint.keras_api.names import Generation, canonical

LAYER, MODEL, SEQUENTIAL = "keras.Layer", "keras.Model", "keras.Sequential"
PY_DATASET = "keras.utils.PyDataset"
_OF_SEQUENTIAL = ("add", "pop", "build", "call", "__call__", "layers")
"""What a subclass of Sequential that is followed does not do in its own way."""
_OF_EVERY_LAYER = ("dtype", "input_dim", "input_shape")
"""Arguments of ``keras.Layer`` that other layers or shapes depend on."""


def library_base(cls: ClassValue) -> str | UnknownValue | None:
    """The library class a class is built on: its canonical path, None for a plain class."""
    for base in cls.bases:
        if isinstance(base, ClassValue):
            found = library_base(base)
            if found is not None:
                return found
        elif isinstance(base, ExternalValue):
            if base.path not in PLAIN_BASES:
                return canonical(base.path) or base.path
        elif isinstance(base, UnknownValue):
            return base
    return None


def instantiate(machine: Machine, cls: ClassValue, args: Args, node: cst.CSTNode) -> Value:
    """A new instance, its ``__init__`` run."""
    machine.instantiated.add(cls.node)
    base = library_base(cls)
    if isinstance(base, UnknownValue):
        return base
    if base == PY_DATASET:
        base = None  # it adds nothing that its own methods could meet
    if base == SEQUENTIAL:
        own = (
            name for name in _OF_SEQUENTIAL if class_member(machine, cls, name, node) is not None
        )
        changed = next(own, None)
        if changed is not None:
            return machine.unknown(f"{cls.name} is a Sequential with its own '{changed}'", node)
    elif base not in (None, LAYER, MODEL) and not _is_known_layer(base, machine.generation):
        return machine.unknown(f"the class {cls.name} is built on {base}", node)
    address = machine.new(InstanceObject(cls))
    ref = Ref(address)
    if base not in (None, SEQUENTIAL):
        assert base is not None
        _new_layer(machine, address, cls, base, node)
        if base == MODEL:
            machine.subclassed.append(address)
            machine.store[-address] = SetupObject()
    init = class_member(machine, cls, "__init__", node)
    if isinstance(init, FunctionValue):
        result = call_function(machine, init, args, node, receiver=ref)
        if isinstance(result, UnknownValue):
            _spoil(machine, address, result)
    elif "dataclass" in cls.decorators:
        _fill_dataclass(machine, address, cls, args, node)
    elif base is not None:
        refused = init_library_base(machine, ref, args, node)
        if isinstance(refused, UnknownValue):
            _spoil(machine, address, refused)
    elif args.positional or args.keywords:
        _spoil(machine, address, machine.unknown(f"{cls.name}() takes arguments", node))
    return ref


def _spoil(machine: Machine, address: int, reason: UnknownValue) -> None:
    found = machine.store[address]
    assert isinstance(found, InstanceObject)
    machine.store[address] = replace(found, unknown=found.unknown or reason)


def _is_known_layer(path: str | None, generation: Generation) -> bool:
    """Whether what a layer class of Keras does is known, so that a subclass can be followed."""
    kind = kind_of(path or "", generation)
    now = kind is not None and kind.generation == generation
    return path == "keras.layers.Wrapper" or (now and path != INPUT_PATH)


def _new_layer(
    machine: Machine, address: int, cls: ClassValue, base: str, node: cst.CSTNode
) -> None:
    """The layer that stands for an instance in graphs; named when ``super().__init__`` runs."""
    concrete = base not in (LAYER, MODEL)
    layer = machine.new(
        LayerObject(
            path=cls.name,
            kind=DerivedKind(machine, address, cls.name, base)
            if concrete
            else CustomKind(machine, address, cls.name),
            config=Config({}),
            name="",
            generated_name=True,
            site=machine.site(node),
            lost=UnknownValue(f"the __init__ of {base} is not called") if concrete else None,
            base=base if concrete else "",
        )
    )
    found = machine.store[address]
    assert isinstance(found, InstanceObject)
    machine.store[address] = replace(found, layer=layer)


def init_library_base(machine: Machine, receiver: Value, args: Args, node: cst.CSTNode) -> Value:
    """``super().__init__(...)`` that ends in Keras; with inputs and outputs it makes a model."""
    found = machine.get_as(receiver, InstanceObject)
    if not isinstance(receiver, Ref) or found is None:
        return NONE
    with machine.guarded(has_foreign_base(found.cls)):
        return _init_base(machine, receiver, found, args, node)


def _init_base(
    machine: Machine, receiver: Ref, found: InstanceObject, args: Args, node: cst.CSTNode
) -> Value:
    if found.layer is None:
        return init_layer(machine, receiver, args, node) or NONE
    inputs, outputs = args.argument(0, "inputs"), args.argument(1, "outputs")
    layer = machine.store[found.layer]
    concrete = isinstance(layer, LayerObject) and layer.base
    if inputs is None or outputs is None or concrete:
        return init_layer(machine, receiver, args, node) or NONE
    made = functional_model(machine, args, node, found.cls.name)
    if isinstance(made, Ref):
        machine.store[receiver.address] = replace(found, layer=made.address)
        if receiver.address in machine.subclassed:
            machine.subclassed.remove(receiver.address)
        return NONE
    return made


def init_layer(
    machine: Machine, receiver: Value, args: Args, node: cst.CSTNode
) -> UnknownValue | None:
    """``super().__init__(...)`` that ends in a layer class of Keras; why not, if Keras refuses it.

    What a concrete class sets as attributes goes before what was set until then.
    """
    found = machine.get_as(receiver, InstanceObject)
    if found is None or not isinstance(receiver, Ref):
        return None
    if found.layer is None:
        if library_base(found.cls) == SEQUENTIAL:
            refused = refused_arguments(machine, "Sequential", args, node)
            if refused is not None:
                _spoil(machine, receiver.address, refused)
                return refused
            made_model = sequential_model(machine, args, node, found.cls.name)
            machine.store[receiver.address] = replace(found, layer=made_model.address)
        return None
    layer = machine.store[found.layer]
    if not isinstance(layer, LayerObject):
        return None
    config, wrapped = layer.config, layer.wrapped
    if layer.base:
        made = configured(machine, layer.base, args, node)
        if isinstance(made, UnknownValue):
            return made
        config, wrapped = made
        kept = {name: v for name, v in found.attributes.items() if name not in config}
        machine.store[receiver.address] = replace(found, attributes=kept)
    else:
        refused = refused_by_layer(machine, found.cls, args, node)
        if refused is not None:
            _spoil(machine, receiver.address, refused)
            return refused
        given = {name: to_config(machine, value, name, []) for name, value in args.keywords}
        config = Config({name: given[name] for name in _OF_EVERY_LAYER if name in given})
    name = args.keyword("name") if not layer.base else None
    text = name.value if isinstance(name, Const) else config.get("name")
    trainable = args.keyword("trainable")
    machine.store[found.layer] = replace(
        layer,
        name=text if isinstance(text, str) else machine.next_name(snake_case(layer.cls)),
        generated_name=not isinstance(text, str),
        trainable=True if trainable is None else machine.truth(trainable),
        config=config,
        wrapped=wrapped,
        lost=None if layer.base else layer.lost,
    )
    return None


def _fill_dataclass(
    machine: Machine, address: int, cls: ClassValue, args: Args, node: cst.CSTNode
) -> None:
    """Fields in order of their annotations, from arguments or defaults; then ``__post_init__``."""
    values: dict[str, Value] = {}
    given = dict(args.keywords)
    rest = list(args.positional)
    for name in dataclass_fields(cls):
        default = class_member(machine, cls, name, node)
        options = dict(default.keywords) if _is_field(default) else {}
        if options.get("init", Const(True)) != Const(True) or "kw_only" in options:
            values[name] = machine.unknown(f"the field '{name}' is no plain one", node)
        elif rest:
            values[name] = rest.pop(0)
        elif name in given:
            values[name] = given[name]
        elif "default_factory" in options:
            values[name] = machine.call(options["default_factory"], Args(), node)
        else:
            default = options.get("default") if _is_field(default) else default
            values[name] = default or machine.unknown(f"the field '{name}' is not given", node)
    found = machine.store[address]
    assert isinstance(found, InstanceObject)
    machine.store[address] = replace(found, attributes={**found.attributes, **values})
    after = class_member(machine, cls, "__post_init__", node)
    if isinstance(after, FunctionValue):
        result = call_function(machine, after, Args(), node, receiver=Ref(address))
        if isinstance(result, UnknownValue):
            _spoil(machine, address, result)


_FIELD = ExternalValue("dataclasses.field()")


@external("dataclasses.field")
def field(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``field(default=..., default_factory=...)``: kept until an instance is made."""
    del machine, node
    return args.incomplete or PartialValue(_FIELD, (), args.keywords)


def _is_field(value: Value | None) -> TypeGuard[PartialValue]:
    return isinstance(value, PartialValue) and value.function == _FIELD


def dataclass_fields(cls: ClassValue) -> list[str]:
    """The annotated names of a class body, those of its bases first, as dataclasses order them."""
    names: list[str] = []
    for base in cls.bases:
        if isinstance(base, ClassValue):
            names += dataclass_fields(base)
    for line in cls.node.body.body:
        if isinstance(line, cst.SimpleStatementLine):
            names += [
                small.target.value
                for small in line.body
                if isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name)
            ]
    return list(dict.fromkeys(names))
