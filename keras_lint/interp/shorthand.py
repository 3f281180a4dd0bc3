"""``keras.layers.add([...])`` and its like: functions that make a merging layer and call it."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.layers import call_layer, construct_layer
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import Builtin, external
from keras_lint.interp.values import Args, Ref, Value

_TWINS = {
    "add": "Add",
    "average": "Average",
    "concatenate": "Concatenate",
    "dot": "Dot",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "multiply": "Multiply",
    "subtract": "Subtract",
}
"""Seen in Keras 3.15: each function is its layer, constructed and called."""


def _handler(cls: str) -> Builtin:
    def handler(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
        inputs = args.argument(0, "inputs")
        if inputs is None or args.incomplete is not None:
            return args.incomplete or machine.unknown(f"{cls} of nothing", node)
        more = Args(args.positional[1:], tuple(kw for kw in args.keywords if kw[0] != "inputs"))
        layer = construct_layer(machine, f"keras.layers.{cls}", more, node)
        return (
            call_layer(machine, layer, Args((inputs,)), node) if isinstance(layer, Ref) else layer
        )

    return handler


for _function, _cls in _TWINS.items():
    external(f"keras.layers.{_function}")(_handler(_cls))
