"""Modules of the same project: interpreted once, when something of them is used."""

from __future__ import annotations

from pathlib import Path

import libcst as cst

from keras_lint.interp.generations import meet
from keras_lint.interp.machine import Frame, Machine, PathEnded
from keras_lint.interp.store import ScopeObject
from keras_lint.interp.values import (
    Const,
    FunctionValue,
    ImportedValue,
    ModuleValue,
    UnknownValue,
    Value,
)
from keras_lint.source.project import packages_of
from keras_lint.source.reader import SourceFile


def module_value(machine: Machine, module: str, level: int) -> ModuleValue | None:
    """The project module that an import in the current file names; None if it is not here."""
    path = machine.project.resolve(machine.frame.source.path, module, level)
    return None if path is None else ModuleValue(str(path))


def submodule(machine: Machine, module: ModuleValue, name: str) -> ModuleValue | None:
    """``package.name`` as a module of its own."""
    if not module.path.endswith("__init__.py"):
        return None
    path = machine.project.resolve(module.path, name, 1)
    return None if path is None else ModuleValue(str(path))


def force(machine: Machine, value: ImportedValue, node: cst.CSTNode) -> Value:
    """What an imported name stands for; modules are interpreted if they have not been yet.

    Packages may import a name from one another in a circle; it is the module of that name then,
    the only thing that Python finds while they are half imported.
    """
    seen: list[ImportedValue] = []
    while value not in seen:
        seen.append(value)
        found = _bound(machine, value.module, value.name, node)
        if found is None:
            place = Path(value.module.path).name
            return machine.unknown(f"'{value.name}' is not in {place}", node)
        if not isinstance(found, ImportedValue):
            return found
        value = found
    for one in seen:
        module = submodule(machine, one.module, one.name)
        if module is not None:
            return module
    return machine.unknown(f"'{value.name}' is imported in a circle", node)


def member(machine: Machine, module: ModuleValue, name: str, node: cst.CSTNode) -> Value | None:
    """A name of a module, or a module below it; None if there is neither."""
    found = _bound(machine, module, name, node)
    if isinstance(found, ImportedValue):
        if found == ImportedValue(module, name):  # a package that imports its own module
            return submodule(machine, module, name)
        return force(machine, found, node)
    return found


def _bound(machine: Machine, module: ModuleValue, name: str, node: cst.CSTNode) -> Value | None:
    """What the name is bound to in the module, perhaps to an import; or the module below it."""
    scope = _interpret(machine, module, node)
    if isinstance(scope, UnknownValue):
        return scope
    value = machine.scope(scope).variables.get(name)
    return submodule(machine, module, name) if value is None else value


def public_members(machine: Machine, module: ModuleValue, node: cst.CSTNode) -> list[str]:
    """What ``from module import *`` binds."""
    scope = _interpret(machine, module, node)
    if isinstance(scope, UnknownValue):
        return []
    variables = machine.scope(scope).variables
    listed = machine.items(variables["__all__"]) if "__all__" in variables else None
    if listed is not None:
        return [str(item.value) for item in listed if isinstance(item, Const)]
    return [name for name in variables if not name.startswith("_")]


def _interpret(machine: Machine, module: ModuleValue, node: cst.CSTNode) -> int | UnknownValue:
    """The address of the module's scope; its body runs at the first time, after its packages'.

    A module that imports itself in a circle sees what is there so far, as in Python.
    """
    address = _interpreted(machine, module)
    if address is not None:
        return address
    for package in map(str, packages_of(Path(module.path))):
        _interpret(machine, ModuleValue(package), node)
    address = _interpreted(machine, module)
    if address is not None:
        return address
    source = machine.project.load(Path(module.path))
    if source is None:
        return machine.unknown(f"{Path(module.path).name} cannot be read", node)
    machine.sources.append(source)
    meet(machine, source)
    before = dict(machine.store)
    address = machine.new(ScopeObject({"__name__": Const(Path(module.path).stem)}))
    machine.modules[module.path] = address
    with machine.activation(Frame(source, (address,)), None):
        try:
            run_body(machine, source)
        except PathEnded:
            return machine.unknown(f"{Path(module.path).name} does not run to its end", node)
    if before.items() <= machine.store.items():  # else it changed what others must see changed
        new = machine.store.keys() - before.keys()
        machine.imported.update((key, machine.store[key]) for key in new)
    return address


def run_body(machine: Machine, source: SourceFile) -> None:
    """Run the body of a file in the current frame.

    A ``return`` or ``break`` there is nothing that Python's parser minds, only its compiler: what
    was made until then is looked at all the same.
    """
    flow = machine.run(source.module.body)
    left = [*(state for state, _ in flow.returned), *flow.broke, *flow.continued]
    if left:
        machine.join([machine.store, *left] if flow.falls else left, source.module)


def _interpreted(machine: Machine, module: ModuleValue) -> int | None:
    """The address of a module's scope if its body has run, on whatever path.

    What a path that was given up has imported comes back as it was after the import.
    """
    address = machine.modules.get(module.path)
    if address is None or address in machine.store:
        return address
    if address not in machine.imported:
        return None
    for key in machine.imported.keys() - machine.store.keys():
        machine.store[key] = machine.imported[key]
    return address


def installed_builder(machine: Machine, path: str, node: cst.CSTNode) -> FunctionValue | None:
    """A builder of ``keras.applications``, read from the source of the installed Keras.

    Nothing is imported. None without an installed Keras 3, or where the name is no builder.
    """
    name = path.rpartition(".")[2]
    file = machine.project.installed("keras.applications")
    if file is None or not name[:1].isupper():
        return None
    value = member(machine, ModuleValue(str(file)), name, node)
    return value if isinstance(value, FunctionValue) else None
