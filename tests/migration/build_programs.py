"""Run programs under one Keras and tell what models they make; a process of its own.

Usage: build_programs.py (keras2|keras3) FILE..., the answer is one JSON object on standard output.

For ``keras2`` the package ``keras`` is ``tf_keras`` (and so is ``tf.keras``), with the modules
that Keras 2 still had in its early versions, and with the arguments of Keras 1, which these took
as well.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import io
import json
import os
import sys
import types
from typing import Any

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

OLD_MODULES = {
    "keras.engine.topology": "keras.layers",
    "keras.engine.training": "keras.models",
    "keras.layers.advanced_activations": "keras.layers",
    "keras.layers.convolutional": "keras.layers",
    "keras.layers.core": "keras.layers",
    "keras.layers.local": "keras.layers",
    "keras.layers.merge": "keras.layers",
    "keras.layers.noise": "keras.layers",
    "keras.layers.normalization": "keras.layers",
    "keras.layers.pooling": "keras.layers",
    "keras.utils.np_utils": "keras.utils",
    "keras.utils.vis_utils": "keras.utils",
}
"""Modules of early Keras 2, and where ``tf_keras`` has their names."""
OLD_ARGUMENTS = {
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "nb_filter": "filters",
    "output_dim": "units",
    "p": "rate",
    "sigma": "stddev",
    "subsample": "strides",
}
"""Arguments of layers of Keras 1, and their names in Keras 2."""
DROPPED = {"consume_less": ("cpu", "gpu", "mem"), "dim_ordering": ("tf",)}
"""Arguments of Keras 1 that mean nothing with these values."""


def main() -> None:
    kind, *files = sys.argv[1:]
    keras = _legacy() if kind == "keras2" else importlib.import_module("keras")
    answers = {}
    for file in files:
        keras.backend.clear_session()
        with open(file, encoding="utf-8") as text, contextlib.redirect_stdout(io.StringIO()):
            answers[file] = _run(keras, compile(text.read(), file, "exec"))
    sys.stdout.write(json.dumps(answers))


def _legacy() -> Any:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    keras = importlib.import_module("tf_keras")
    for name, module in list(sys.modules.items()):
        if name == "tf_keras" or name.startswith("tf_keras."):
            sys.modules[name.removeprefix("tf_")] = module
            sys.modules[f"tensorflow.python.{name.removeprefix('tf_')}"] = module
    for cls in {id(found): found for found in vars(keras.layers).values()}.values():
        if isinstance(cls, type) and "__init__" in vars(cls):
            _takes_old_arguments(cls)
    keras.models.Model = _old_model(keras)
    sys.modules["keras.engine"] = types.ModuleType("keras.engine")
    for old, new in OLD_MODULES.items():
        module = types.ModuleType(old)
        source = importlib.import_module(f"tf_{new}")
        module.__dict__.update({n: getattr(source, n) for n in dir(source) if n[0] != "_"})
        sys.modules[old] = module
        holder = sys.modules[old.rpartition(".")[0]]
        setattr(holder, old.rpartition(".")[2], module)
    return keras


def _takes_old_arguments(cls: Any) -> None:
    made, known = cls.__init__, inspect.signature(cls.__init__).parameters

    @functools.wraps(made)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if type(self) is cls:
            for old in set(kwargs) - set(known):
                if kwargs[old] in DROPPED.get(old, ()):
                    del kwargs[old]
                elif OLD_ARGUMENTS.get(old) in known:
                    kwargs[OLD_ARGUMENTS[old]] = kwargs.pop(old)
        made(self, *args, **kwargs)

    cls.__init__ = init


def _old_model(keras: Any) -> Any:
    class Model(keras.Model):  # type: ignore[misc]
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            if cls is not Model:
                return super().__new__(cls, *args, **kwargs)
            for old in ("input", "output"):
                if old in kwargs:
                    kwargs[f"{old}s"] = kwargs.pop(old)
            return keras.Model(*args, **kwargs)

    return Model


def _run(keras: Any, code: types.CodeType) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "program"}
    try:
        exec(code, scope)
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        trace = error.__traceback__
        line = 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == code.co_filename:
                line = line or trace.tb_lineno
            trace = trace.tb_next
        return {"error": f"{type(error).__name__}: {error}"[:300], "line": line}
    return {"graph": _graph(keras, scope["model"])}


def _graph(keras: Any, model: Any) -> dict[str, Any]:
    """The calls of layers: what each is, gives, weighs, and takes; plain data."""
    functional = getattr(model, "_functional", None) or model
    nodes = [node for depth in functional._nodes_by_depth.values() for node in depth]
    ids = {id(node): index for index, node in enumerate(nodes)}
    found = []
    for node in nodes:
        layer = getattr(node, "operation", None) or node.layer
        is_layer = isinstance(layer, keras.layers.Layer)
        name = type(layer).__name__
        own = is_layer and "OpLambda" not in name
        shapes = keras_shapes(node)
        found.append(
            {
                "id": ids[id(node)],
                "class": name if own else "operation",
                "shapes": shapes,
                "params": int(layer.count_params()) if is_layer else 0,
                "trainable": sum(int(_size(w)) for w in layer.trainable_weights) if own else 0,
                "parents": [ids[id(parent)] for parent in node.parent_nodes if id(parent) in ids],
                "activation": _activation(layer),
                "layer": id(layer),
            }
        )
    return {"calls": found, "params": int(model.count_params())}


def keras_shapes(node: Any) -> list[list[int | None]]:
    """The shapes that come out of a node, of either Keras."""
    outputs = getattr(node, "output_tensors", None)
    if outputs is None:
        outputs = node.outputs
    tensors = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [list(tensor.shape) for tensor in tensors]


def _activation(layer: Any) -> str:
    function = getattr(layer, "activation", None)
    return getattr(function, "__name__", "") if function is not None else ""


def _size(weight: Any) -> int:
    size = 1
    for dim in weight.shape:
        size *= dim
    return size


main()
