"""Optimizers as far as it matters how they are made: the learning rate is a float (Keras 3.15)."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.configs import is_written_out
from keras_lint.interp.machine import Machine
from keras_lint.interp.values import Args, Const, ObjectValue, Value
from keras_lint.model.outcomes import Problem

_RATE = "learning_rate"
_NAMESPACE = "keras.optimizers"


def checked_rate(machine: Machine, made: ObjectValue, args: Args, node: cst.CSTNode) -> Value:
    """The optimizer ``made``, unless its learning rate is what Keras 3 refuses: no float.

    Whole numbers, strings and None are; schedules, callables and NumPy's numbers are not looked at.
    """
    namespace, _, name = made.path.rpartition(".")
    rate = dict(made.arguments).get(_RATE)
    if namespace != _NAMESPACE or not isinstance(rate, Const) or machine.generation == "keras2":
        return made
    if isinstance(rate.value, float):
        return made
    problem = Problem(
        "value",
        name,
        "a float as learning_rate",
        f"{_RATE}={rate.value!r}",
        argument=_RATE,
        hint=f"write {rate.value}.0" if type(rate.value) is int else "",
    )
    if machine.supposing and not is_written_out(dict(args.nodes), [_RATE], problem):
        return made
    return machine.refuse(problem, f"{name}(...)", node)
