"""Losses and metrics of Keras called by the program itself, as loops of one's own do.

What they give is not followed; that they were called on labels and the output of a model is noted.
"""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import methods
from keras_lint.interp.training import note_comparison
from keras_lint.interp.values import Args, ObjectValue, Value

_COMPARING = {"keras.losses": ("__call__", "call"), "keras.metrics": ("__call__", "update_state")}


@methods(*_COMPARING)
def measured(machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode) -> Value:
    """``loss(labels, output)`` and ``metric.update_state(labels, output)``."""
    assert isinstance(receiver, ObjectValue)
    namespace = receiver.path.rpartition(".")[0]
    if name in _COMPARING[namespace]:
        kind = "loss" if namespace == "keras.losses" else "metric"
        note_comparison(machine, kind, receiver, args, node)
    return args.first_unknown() or machine.unknown(f"what .{name}() gives is not known", node)
