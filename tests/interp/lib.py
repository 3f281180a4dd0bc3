"""Helpers: analyse a program, and build the same program in Keras for comparison."""

from __future__ import annotations

import textwrap
import warnings
from typing import Any

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.interp import analyse
from keras_lint.interp.batches import data_spec, data_tree
from keras_lint.interp.machine import Machine
from keras_lint.model.data import UNKNOWN_NUMBERS, ArraySpec, DataSpec, DataTree
from keras_lint.model.tensors import flatten
from keras_lint.source.reader import parse, with_deep_stack


def analysed(program: str) -> FileAnalysis:
    """The analysis of a program given as (indented) text."""
    text = textwrap.dedent(program)
    return with_deep_stack(lambda: analyse(parse("program.py", text)))


def the_model(program: str) -> LayerGraph:
    """The last model of a program."""
    return [graph for graph in analysed(program).graphs if graph.kind != "fragment"][-1]


def output_shapes(graph: LayerGraph) -> list[str]:
    return [str(graph.type_of(ref).shape) for ref in flatten(graph.outputs)]


def reasons(graph: LayerGraph) -> list[str]:
    return [lost.reason for lost in graph.lost]


def described(graph: LayerGraph) -> list[tuple[str, str, Any]]:
    """Class, name and parameters of every layer, each once, as ``model.layers`` has them."""
    return [
        (layer.cls, layer.name, layer.params)
        for layer in graph.layers.values()
        if not layer.is_operation and not (graph.kind == "sequential" and layer.cls == "InputLayer")
    ]


def built(program: str) -> list[Any]:
    """Every model the program makes, in order, by running it (no Sequential's inner ones)."""
    import keras
    from keras.src.models.functional import Functional

    keras.backend.clear_session()
    made: list[Any] = []
    inside: list[Any] = []

    def noting(original: Any) -> Any:
        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            if not inside:
                made.append(self)
            original(self, *args, **kwargs)

        return init

    def building(original: Any) -> Any:
        def build(self: Any, input_shape: Any = None) -> None:
            inside.append(self)
            try:
                original(self, input_shape)
            finally:
                inside.pop()

        return build

    saved = Functional.__init__, keras.Sequential.__init__, keras.Sequential.build
    Functional.__init__ = noting(saved[0])
    keras.Sequential.__init__ = noting(saved[1])
    keras.Sequential.build = building(saved[2])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(textwrap.dedent(program), "program.py", "exec"), {"__name__": "__main__"})
    finally:
        Functional.__init__, keras.Sequential.__init__, keras.Sequential.build = saved
    return made


def described_by_keras(model: Any) -> list[tuple[str, str, int]]:
    layers = {id(layer): layer for layer in model.layers}.values()
    return [(type(layer).__name__, _own_name(layer.name), layer.count_params()) for layer in layers]


def _own_name(name: str) -> str:
    """Layer names as they are, but for the InputLayers Keras makes when it copies a graph."""
    copied = name.endswith("CLONE") or name.startswith("keras_tensor")
    return "(copied input)" if copied else name


def shapes_by_keras(model: Any) -> list[str]:
    import keras

    return [str(tuple(tensor.shape)) for tensor in keras.tree.flatten(model.outputs)]


def values_of(program: str, *names: str) -> dict[str, DataTree]:
    """What is known of the data that a program leaves in its variables; of all if none is named."""
    text = textwrap.dedent(program)

    def run() -> dict[str, DataTree]:
        machine = Machine(parse("program.py", text))
        machine.run(machine.source.module.body)
        found = machine.scope(machine.frame.scopes[-1]).variables
        return {name: data_tree(machine, found[name]) for name in names or found}

    return with_deep_stack(run)


def contradictions(spec: ArraySpec, array: Any) -> list[str]:
    """Where what is said of an array is not so."""
    import numpy as np

    array, wrong = np.asarray(array), []
    dims = spec.shape.dims
    if dims is not None and len(dims) != array.ndim:
        return [f"rank: {spec.shape} is not {array.shape}"]
    for said, real in zip(dims or (), array.shape, strict=False):
        if isinstance(said, int) and said != real:
            wrong.append(f"shape: {spec.shape} is not {array.shape}")
    width = "float" if spec.dtype == "float" else array.dtype.name
    if spec.dtype is not None and not (array.dtype.name.startswith(width) and spec.dtype == width):
        wrong.append(f"dtype: {spec.dtype} is not {array.dtype.name}")
    said = spec.numbers
    if said == UNKNOWN_NUMBERS or array.size == 0:
        return wrong
    low, high = array.min(), array.max()
    slack = 1e-6 * (1 + max(abs(float(low)), abs(float(high))))
    checks = {
        "low": said.low is None or float(low) >= said.low - slack,
        "high": said.high is None or float(high) <= said.high + slack,
        "whole": not said.whole or bool((array == np.round(array)).all()),
        "attained low": not said.attained or said.low is None or abs(low - said.low) <= slack,
        "attained high": not said.attained or said.high is None or abs(high - said.high) <= slack,
        "classes": said.classes is None or set(np.unique(array)) == set(range(said.classes)),
        "one hot": not said.one_hot
        or bool(((array == 1).sum(-1) == 1).all() and ((array == 0) | (array == 1)).all()),
    }
    return wrong + [f"{what}: {said}" for what, holds in checks.items() if not holds]


def spec_of(program: str, *names: str) -> DataSpec:
    """What ``fit`` makes of the variables with these names: x, labels, weights, batch size."""
    text = textwrap.dedent(program)

    def run() -> DataSpec:
        machine = Machine(parse("program.py", text))
        machine.run(machine.source.module.body)
        found = machine.scope(machine.frame.scopes[-1]).variables
        return data_spec(machine, *(found[name] for name in names))

    return with_deep_stack(run)


def builds(text: str) -> bool:
    """Whether a program runs to its end."""
    try:
        exec(compile(text, "program.py", "exec"), {})
    except Exception:  # noqa: BLE001 - whatever Keras raises
        return False
    return True
