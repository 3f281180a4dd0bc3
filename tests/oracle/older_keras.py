"""Programs of ``tf_keras`` run for their models, which come out in the schema of our graphs."""

from __future__ import annotations

import importlib
import inspect
import traceback
from typing import Any

import tensorflow
import tf_keras

from keras_lint.verify.child.graphs import GraphWriter
from keras_lint.verify.child.record import Recorder

Json = dict[str, Any]
FILE = "<program of tf_keras>"
_FUNCTIONS = ("TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty")
MADE: list[Any] = []
"""The models made since the list was last cleared; what they hold themselves left out."""


class OlderWriter(GraphWriter):
    """As for Keras 3, where tf_keras names its parts otherwise."""

    def __init__(self) -> None:
        super().__init__(Recorder())
        engine = "tf_keras.src.engine"
        self._tree = tensorflow.nest
        self._tensor = importlib.import_module(f"{engine}.keras_tensor").KerasTensor
        self._layer = tf_keras.layers.Layer
        self._functional = importlib.import_module(f"{engine}.functional").Functional
        self._sequential = tf_keras.Sequential
        self._model = tf_keras.Model

    def layer(self, layer: Any) -> Json:
        """One layer; a function of TensorFlow is one of no weights."""
        function = type(layer).__name__ in _FUNCTIONS
        more = {"module": "keras.ops", "generated_name": True} if function else {}
        home = "keras" if isinstance(layer, self._model) else "keras.layers"
        return {**super().layer(layer), "module": home, **more}

    def _kind(self, model: Any) -> tuple[str, Any]:
        if isinstance(model, self._sequential):
            return "sequential", model if model._graph_initialized else None
        if isinstance(model, self._functional):
            return "functional", model
        return "subclass", None

    def _unbuilt(self, model: Any, kind: str) -> Json:
        found = super()._unbuilt(model, kind)
        if kind == "sequential":
            found["layers"] = [self.layer(layer) for layer in self._parts(model)]
        return found

    def _parts(self, model: Any) -> list[Any]:
        """Its layers with the InputLayers; a class may have lists of layers besides."""
        tracked = model._self_tracked_trackables
        return [layer for layer in tracked if isinstance(layer, self._layer)]

    def _graph(self, functional: Any) -> Json:
        nodes = [
            node
            for layer in self._parts(functional)
            for index, node in enumerate(layer._inbound_nodes)
            if f"{layer.name}_ib-{index}" in functional._network_nodes
        ]
        calls = {id(node): f"c{index}" for index, node in enumerate(nodes)}
        refs = {
            id(tensor): f"{calls[id(node)]}:{index}" if index else calls[id(node)]
            for node in nodes
            for index, tensor in enumerate(self._tree.flatten(node.outputs))
        }
        return {
            "layers": [self.layer(layer) for layer in self._parts(functional)],
            "calls": [self._call(node, calls, refs) for node in nodes],
            "inputs": self._tensors(functional._nested_inputs, refs),
            "outputs": self._tensors(functional._nested_outputs, refs),
            "input_structure": self._nested(functional._nested_inputs, refs),
            "output_structure": self._nested(functional._nested_outputs, refs),
        }

    def _call(self, node: Any, calls: dict[int, str], refs: dict[int, str]) -> Json:
        inputs, extra = ([], {}) if node.is_input else self._arguments(node, refs)
        made = self._tree.flatten(node.outputs)
        return {
            "id": calls[id(node)],
            "layer": self._id(node.layer),
            "inputs": self._nested(inputs, refs),
            "extra": {name: self._nested(part, refs) for name, part in extra.items()},
            "input_shapes": [],
            "input_dtypes": [],
            "output_shapes": [tensor.shape.as_list() for tensor in made],
            "dtypes": [tensor.dtype.name for tensor in made],
            "masked": [getattr(tensor, "_keras_mask", None) is not None for tensor in made],
            "origin": None,
            "problem": None,
        }

    def _arguments(self, node: Any, refs: dict[int, str]) -> tuple[Any, Json]:
        args, kwargs = list(node.call_args), dict(node.call_kwargs)
        if type(node.layer).__name__ in _FUNCTIONS:
            tensors = [part for part in (*args, *kwargs.values()) if self._holds(part, refs)]
            return (tensors[0] if len(tensors) == 1 else tensors), {}
        names = list(inspect.signature(node.layer.call).parameters)
        names += [f"argument {index}" for index in range(len(names), len(args))]
        extra = dict(zip(names[1:], args[1:], strict=False)) | kwargs
        held = {name: part for name, part in extra.items() if self._holds(part, refs)}
        return (args[0] if args and self._holds(args[0], refs) else []), held

    def _tensors(self, struct: Any, refs: dict[int, str]) -> list[Json]:
        return [
            {
                "tensor": refs.get(id(tensor)),
                "name": tensor._keras_history.layer.name,
                "shape": tensor.shape.as_list(),
                "dtype": tensor.dtype.name,
            }
            for tensor in self._tree.flatten(struct)
        ]


class OlderBuilder:
    """Runs one program after the other; answers as the verification process does."""

    def __init__(self) -> None:
        _watch_models()
        tensorflow.debugging.disable_traceback_filtering()

    def answer(self, text: str, filename: str = "", values: Any = ()) -> Json:
        """``{"ok", "graphs"}``, or ``{"ok", "exception", "message", "stack"}``."""
        del filename, values
        tf_keras.backend.clear_session()
        MADE.clear()
        space = {"__name__": "__main__", "__file__": "program.py"}
        try:
            exec(compile(text, FILE, "exec", dont_inherit=True), space)
        except Exception as error:  # noqa: BLE001 - whatever Keras raises is the answer
            frames = traceback.extract_tb(error.__traceback__)
            lines = [{"line": frame.lineno} for frame in frames if frame.filename == FILE]
            names = [cls.__name__ for cls in type(error).__mro__]
            return {"ok": False, "exception": names, "message": str(error), "stack": lines}
        writer = OlderWriter()
        return {"ok": True, "graphs": [writer.model(model) for model in MADE]}


def _watch_models() -> None:
    for cls in (tf_keras.Model, tf_keras.Sequential, OlderWriter()._functional):
        if not hasattr(cls.__init__, "watched"):
            cls.__init__ = _watched(cls.__init__)


def _watched(original: Any) -> Any:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if all(model is not self for model in MADE):
            MADE.append(self)
        original(self, *args, **kwargs)

    init.watched = True  # type: ignore[attr-defined]
    init.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    return init
