"""Abstract interpretation of a module into LayerGraphs; :func:`analyse` is the way in."""

from __future__ import annotations

from dataclasses import replace

import keras_lint.interp.attempts
import keras_lint.interp.builtins
import keras_lint.interp.calls
import keras_lint.interp.cloning
import keras_lint.interp.comprehensions
import keras_lint.interp.contexts
import keras_lint.interp.data
import keras_lint.interp.datasets
import keras_lint.interp.definitions
import keras_lint.interp.draws
import keras_lint.interp.environment
import keras_lint.interp.expressions
import keras_lint.interp.flows
import keras_lint.interp.functional
import keras_lint.interp.inputs
import keras_lint.interp.joining
import keras_lint.interp.kinds
import keras_lint.interp.learning
import keras_lint.interp.library
import keras_lint.interp.measures
import keras_lint.interp.patterns
import keras_lint.interp.pictures
import keras_lint.interp.records
import keras_lint.interp.sequential
import keras_lint.interp.shorthand
import keras_lint.interp.statements
import keras_lint.interp.well_known
import keras_lint.keras_api.layers  # noqa: F401 - registers the layers
from keras_lint.graph.analysis import FileAnalysis, UnusedCall
from keras_lint.interp.generations import meet
from keras_lint.interp.graphs import all_graphs, graph_addresses
from keras_lint.interp.machine import SPENT, Machine, OutOfSteps
from keras_lint.interp.modules import run_body
from keras_lint.interp.never_run import never_run
from keras_lint.interp.own_classes import own_code
from keras_lint.interp.places import Places
from keras_lint.interp.store import ModelObject
from keras_lint.interp.training import steps_of
from keras_lint.interp.uncalled import analyse_uncalled, analyse_unused_classes
from keras_lint.interp.unused import unused_calls
from keras_lint.interp.uses import names_of
from keras_lint.interp.values import Const, UnknownValue
from keras_lint.model.target import NEWEST, Target
from keras_lint.source.project import Project
from keras_lint.source.reader import SourceFile

__all__ = ["analyse"]


def analyse(
    source: SourceFile, project: Project | None = None, target: Target = NEWEST
) -> FileAnalysis:
    """Interpret one file, written for ``target``; its project is read through ``project``.

    Call inside :func:`keras_lint.source.reader.with_deep_stack`: the interpreter recurses as deep
    as the source is nested.
    """
    machine = Machine(source, project, target)
    try:
        return _analysis(machine, source)
    finally:
        # layers of own classes know the machine, which knows them: Python would keep all of it,
        # the syntax trees too, until it next looks for cycles
        vars(machine).clear()


def _analysis(machine: Machine, source: SourceFile) -> FileAnalysis:
    meet(machine, source)
    machine.assign("__name__", Const("__main__"))
    machine.assign("__file__", machine.unknown("__file__", source.module))
    unused: tuple[UnusedCall, ...] = ()
    try:
        run_body(machine, source)
        analyse_uncalled(machine)
        analyse_unused_classes(machine)
        unused = () if machine.absent else unused_calls(machine)
    except OutOfSteps:
        _cut_short(machine)
    for reason in machine.absent:
        _doubt_models(machine, reason)
    graphs = all_graphs(machine)
    steps, traced = steps_of(machine, graph_addresses(machine, len(graphs)))
    places = Places(source)
    known = {
        source.spans.of(node): value
        for (file, node), value in machine.known.items()
        if value is not NotImplemented and file is source
    }
    owners = {
        source.spans.of(node): owner
        for (file, node), owner in machine.owners.items()
        if file is source and owner
    }
    names = names_of(source, owners, machine.project.package(source.path))
    ran = [f.node for f in machine.functions if f.source is source and f.node in machine.called]
    return FileAnalysis(
        graphs=graphs,
        lost=(
            *(places.unknown(value) for value in machine.lost),
            *never_run(source, names, ran),
        ),
        known_values=known,
        names=names,
        unused=unused,
        own=own_code(machine, names),
        cells=source.cells,
        steps=steps,
        older=machine.mixed or machine.generation == "keras2",
        traced=traced,
    )


def _cut_short(machine: Machine) -> None:
    """Leave a state from which graphs can be made when the budget ran out on some path.

    What was made on other paths comes back as it was when it was made, and no model counts as
    followed: the statements that were not reached may have changed it.
    """
    reason = machine.unknown(SPENT, machine.source.module)
    machine.lost.append(reason)
    for address, obj in machine.born.items():
        machine.store.setdefault(address, obj)
    _doubt_models(machine, reason)


def _doubt_models(machine: Machine, reason: UnknownValue) -> None:
    """No model of the file counts as followed."""
    for address in machine.models:
        found = machine.store[address]
        if isinstance(found, ModelObject):
            machine.store[address] = replace(found, lost=(*found.lost, reason))
