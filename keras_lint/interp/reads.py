"""What was looked up again while interpreting: a tensor given to a name is read by that name."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import libcst as cst

from keras_lint.interp.values import CallRecord, TensorValue, UnknownValue, Value
from keras_lint.model.dataclass import dataclass
from keras_lint.model.tensors import flatten

if TYPE_CHECKING:
    from keras_lint.interp.machine import Machine

Scope = cst.FunctionDef | cst.Module


@dataclass
class Reads:
    """What was looked up while interpreting.

    Attributes:
        records: calls whose results were looked up, by id.
        names: expressions that are a name and were evaluated, by id; ``doubtful`` those of them
            that gave something not known.
        places: calls whose result was given to a name, or to nobody, by id of the expression.
    """

    records: set[int] = field(default_factory=set)
    names: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)
    places: dict[int, Place] = field(default_factory=dict)

    def note(self, node: cst.Name, value: Value) -> None:
        """A name was evaluated."""
        self.names.add(id(node))
        if isinstance(value, UnknownValue):
            self.doubtful.add(id(node))
        elif isinstance(value, TensorValue):
            pending = [value.call]
            while pending:
                record = pending.pop()
                if id(record) not in self.records:
                    self.records.add(id(record))
                    if record.layer is None:  # where paths join, each may be the one
                        pending += _tensors(record)

    def give(self, machine: Machine, node: cst.BaseExpression, name: str, value: Value) -> None:
        """The value of the expression ``node`` went to ``name``; empty if to nobody."""
        if not isinstance(node, cst.Call) or machine.frame.is_class:
            return
        function = machine.frame.function
        scope = machine.source.module if function is None else function.node
        if machine.frame.source is not machine.source or isinstance(scope, cst.Lambda):
            return
        place = self.places.setdefault(id(node), Place(node, name, scope))
        if isinstance(value, TensorValue) and value.call.site.node is node:
            place.records.append(value.call)
        else:
            place.doubtful = True


def _tensors(record: CallRecord) -> list[CallRecord]:
    return [leaf.call for leaf in flatten(record.inputs) if isinstance(leaf, TensorValue)]


@dataclass
class Place:
    """A call written as a statement of its own, or as the value of one name.

    Args:
        node: the call.
        name: what its result is given to; empty for nothing.
        scope: the function around it, or the module.
        records: the calls that happened there.
        doubtful: whether anything else than a layer call may have happened there.
    """

    node: cst.Call
    name: str
    scope: Scope
    records: list[CallRecord] = field(default_factory=list)
    doubtful: bool = False
