"""The model Keras built, as a ``model`` of keras-lint's graph schema (version 1)."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from .record import Recorder

Json = dict[str, Any]

_DROPPED = ("name", "trainable", "module", "registered_name", "build_config")


class GraphWriter:
    """Turns models into JSON; knows the parts of Keras it needs.

    Args:
        recorder: where things were made, in which order, and which tensors are masks.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._ids: dict[int, str] = {}  # one id for one layer, in whichever models it is
        self._tree = importlib.import_module("keras.src.tree")
        self._tensor = importlib.import_module("keras.src.backend").KerasTensor
        self._layer = importlib.import_module("keras.src.layers.layer").Layer
        self._functional = importlib.import_module("keras.src.models.functional").Functional
        self._sequential = importlib.import_module("keras.src.models.sequential").Sequential
        self._model = importlib.import_module("keras.src.models.model").Model

    def model(self, model: Any) -> Json:
        """One model; the layers of a Sequential that is not built yet come without calls."""
        kind, functional = self._kind(model)
        data: Json = {
            "name": model.name,
            "generated_name": id(model) in self._recorder.automatic,
            "kind": kind,
            "origin": self._recorder.origins.get(id(model)),
            "followed": True,
            "lost": [],
            "problem": None,
            "problem_layers": [],
            "total_params": None,
            "trainable_params": None,
        }
        data["stack"] = data["origin"]["stack"] if data["origin"] else []
        if functional is None:
            return data | self._unbuilt(model, kind)
        data |= self._graph(functional)
        data["total_params"] = _count(model.weights)
        data["trainable_params"] = _count(model.trainable_weights)
        data["trainable"] = bool(model.trainable)
        return data

    def _id(self, layer: Any) -> str:
        return self._ids.setdefault(id(layer), f"l{len(self._ids)}")

    def layer(self, layer: Any) -> Json:
        """One layer or operation."""
        is_layer = isinstance(layer, self._layer)
        is_model = isinstance(layer, self._model)
        built = is_layer and (bool(layer.built) or bool(layer.weights))
        return {
            "id": self._id(layer),
            "class": type(layer).__name__,
            "module": "keras" if is_model else _home(layer, is_layer),
            "name": layer.name,
            "generated_name": id(layer) in self._recorder.automatic,
            "config": {} if is_model else self._config(layer),
            "params": _count(layer.weights) if built else (None if is_layer else 0),
            "trainable_params": (
                _count(layer.trainable_weights) if built else (None if is_layer else 0)
            ),
            "trainable": bool(getattr(layer, "trainable", True)),
            "origin": self._recorder.origins.get(id(layer)),
            "wrapped": [self.layer(inner) for inner in _held(layer)],
            "model": self.model(layer) if is_model else None,
        }

    def _unbuilt(self, model: Any, kind: str) -> Json:
        """A Sequential that still waits for its input shape: the calls it will make."""
        stack = list(getattr(model, "_layers", [])) if kind == "sequential" else []
        layers = {id(layer): layer for layer in stack}
        return {
            "layers": [self.layer(layer) for layer in layers.values()],
            "calls": [
                {
                    "id": f"c{index}",
                    "layer": self._id(layer),
                    "inputs": f"c{index - 1}" if index else [],
                    "extra": {},
                    "input_shapes": [None],
                    "input_dtypes": [None],
                    "output_shapes": [None],
                    "dtypes": [None],
                    "origin": self._recorder.origins.get(id(layer)),
                    "problem": None,
                }
                for index, layer in enumerate(stack)
            ],
            "inputs": [],
            "outputs": [],
            "input_structure": [],
            "output_structure": f"c{len(stack) - 1}" if stack else [],
        }

    def _kind(self, model: Any) -> tuple[str, Any]:
        if isinstance(model, self._sequential):
            return "sequential", model._functional
        if isinstance(model, self._functional):
            return "functional", model
        return "subclass", None

    def _graph(self, functional: Any) -> Json:
        operations, nodes = self._operations(functional)
        nodes.sort(key=lambda node: self._recorder.order.get(id(node), -1))
        calls = {id(node): f"c{index}" for index, node in enumerate(nodes)}
        refs = {
            id(tensor): f"{calls[id(node)]}:{index}" if index else calls[id(node)]
            for node in nodes
            for index, tensor in enumerate(node.outputs)
        }
        return {
            "layers": [self.layer(op) for op in operations],
            "calls": [self._call(node, calls, refs) for node in nodes],
            "inputs": self._tensors(functional._inputs_struct, refs),
            "outputs": self._tensors(functional._outputs_struct, refs),
            "input_structure": self._nested(functional._inputs_struct, refs),
            "output_structure": self._nested(functional._outputs_struct, refs),
        }

    def _operations(self, functional: Any) -> tuple[list[Any], list[Any]]:
        """The model's operations and calls, without those that only carry masks."""
        operations, nodes = [], []
        for operation in functional.operations:
            mine = [
                node
                for index, node in enumerate(operation._inbound_nodes)
                if f"{id(operation)}_ib-{index}" in functional._nodes
                and id(node) not in self._recorder.mask_nodes
            ]
            if mine:
                operations.append(operation)
                nodes.extend(mine)
        return operations, nodes

    def _call(self, node: Any, calls: dict[int, str], refs: dict[int, str]) -> Json:
        inputs, extra = self._arguments(node, refs)
        taken = [
            tensor
            for part in (inputs, *extra.values())
            for tensor in self._tree.flatten(part)
            if isinstance(tensor, self._tensor)
        ]
        return {
            "id": calls[id(node)],
            "layer": self._id(node.operation),
            "inputs": self._nested(inputs, refs),
            "extra": {name: self._nested(part, refs) for name, part in extra.items()},
            "input_shapes": [_shape(tensor) for tensor in taken],
            "input_dtypes": [_dtype(tensor) for tensor in taken],
            "output_shapes": [_shape(tensor) for tensor in node.outputs],
            "dtypes": [_dtype(tensor) for tensor in node.outputs],
            "masked": [getattr(tensor, "_keras_mask", None) is not None for tensor in node.outputs],
            "origin": self._recorder.origins.get(id(node)),
            "problem": None,
        }

    def _arguments(self, node: Any, refs: dict[int, str]) -> tuple[Any, Json]:
        """First argument, and the other arguments that hold tensors by name."""
        args, kwargs = list(node.arguments.args), dict(node.arguments.kwargs)
        if not isinstance(node.operation, self._layer):
            tensors = [part for part in (*args, *kwargs.values()) if self._holds(part, refs)]
            return (tensors[0] if len(tensors) == 1 else tensors), {}
        try:
            names = list(inspect.signature(node.operation.call).parameters)
        except (TypeError, ValueError):
            names = []
        names += [f"argument {index}" for index in range(len(names), len(args))]
        extra = dict(zip(names[1:], args[1:], strict=False)) | kwargs
        if not args:
            first = names[0] if names and names[0] in extra else next(iter(extra), None)
            args = [extra.pop(first)] if first is not None else [[]]
        held = {name: part for name, part in extra.items() if self._holds(part, refs)}
        return (args[0] if self._holds(args[0], refs) else []), held

    def _holds(self, part: Any, refs: dict[int, str]) -> bool:
        """Whether an argument holds tensors of this graph (masks made by Keras are not)."""
        tensors = [t for t in self._tree.flatten(part) if isinstance(t, self._tensor)]
        return bool(tensors) and all(id(tensor) in refs for tensor in tensors)

    def _nested(self, struct: Any, refs: dict[int, str]) -> Any:
        """A structure of tensors as a structure of references; anything else in it is left out."""
        if isinstance(struct, self._tensor):
            return refs.get(id(struct))
        if isinstance(struct, dict):
            written = {str(key): self._nested(item, refs) for key, item in struct.items()}
            return {key: item for key, item in written.items() if item is not None}
        if isinstance(struct, (list, tuple)):
            return [item for part in struct if (item := self._nested(part, refs)) is not None]
        return None

    def _tensors(self, struct: Any, refs: dict[int, str]) -> list[Json]:
        return [
            {
                "tensor": refs.get(id(tensor)),
                "name": tensor._keras_history.operation.name,
                "shape": _shape(tensor),
                "dtype": _dtype(tensor),
            }
            for tensor in self._tree.flatten(struct)
        ]

    def _config(self, layer: Any) -> Json:
        try:
            config = layer.get_config()
        except Exception:  # noqa: BLE001 - a user's get_config may raise anything
            return {}
        return {str(key): _plain(item) for key, item in config.items() if key not in _DROPPED}


def _home(layer: Any, is_layer: bool) -> str:
    module = type(layer).__module__
    if not module.startswith("keras."):
        return module
    return "keras.layers" if is_layer else "keras.ops"


def _held(layer: Any) -> list[Any]:
    """What a wrapper wraps: the layer, both directions, the cell or cells of an RNN."""
    name = type(layer).__name__
    if name == "Bidirectional":
        return [layer.forward_layer, layer.backward_layer]
    if name == "RNN":
        return [layer.cell]
    if name == "StackedRNNCells":
        return list(layer.cells)
    if hasattr(layer, "layer") and any(c.__name__ == "Wrapper" for c in type(layer).__mro__):
        return [layer.layer]
    return []


def _plain(value: Any) -> Any:
    """A configuration value as JSON; serialised objects keep class and configuration only."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        if "class_name" in value:
            config = value.get("config")
            if value["class_name"] == "DTypePolicy" and isinstance(config, dict):
                return config.get("name")
            return {"class_name": value["class_name"], "config": _plain(config)}
        return {str(key): _plain(item) for key, item in value.items() if key not in _DROPPED[2:]}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return {"$object": type(value).__name__}


def _shape(tensor: Any) -> list[int | None]:
    return [None if dim is None else int(dim) for dim in tensor.shape]


def _dtype(tensor: Any) -> str | None:
    return None if tensor.dtype is None else str(tensor.dtype)


def _count(weights: Any) -> int:
    total = 0
    for weight in weights:
        size = 1
        for dim in weight.shape:
            size *= int(dim)
        total += size
    return total
