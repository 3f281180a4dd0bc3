"""Optimizers, losses, callbacks and other objects that are no layers: how they are made."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.configs import is_certain, to_config
from keras_lint.interp.machine import Machine
from keras_lint.interp.values import Args, ObjectValue, Value
from keras_lint.keras_api.refused_values import check_values
from keras_lint.model.outcomes import Mismatch


def checked(machine: Machine, made: ObjectValue, args: Args, node: cst.CSTNode) -> Value:
    """The object ``made``, unless Keras 3 refuses one of its arguments."""
    if machine.generation == "keras2":
        return made
    config = {name: to_config(machine, value, name, []) for name, value in made.arguments}
    try:
        check_values(made.path, config, "init")
    except Mismatch as mismatch:
        problem = mismatch.problem
        name = made.path.rpartition(".")[2]
        if not is_certain(machine, made.path, args, problem):
            return made
        return machine.refuse(problem, f"{name}(...)", node)
    return made
