"""What Keras leaves to the first data: ``call`` of layers that declare their output shape.

Seen in Keras 3.15: a symbolic call of a layer with a ``compute_output_shape`` of its own does not
run its ``call``, nor does that of a recurrent layer. Whatever is wrong there fails when data come.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def feed(models: list[Any]) -> None:
    """Call every model that has inputs on zeros of their shapes."""
    zeros = importlib.import_module("keras.ops").zeros
    for model in models:
        inputs = getattr(model, "inputs", None)
        if inputs:
            model([zeros([2 if dim is None else dim for dim in x.shape], x.dtype) for x in inputs])


@contextmanager
def calls_run(wanted: bool) -> Iterator[None]:
    """While it lasts, layers of the replay run their ``call`` on symbolic tensors all the same."""
    if not wanted:
        yield
        return
    backend = importlib.import_module("keras.src.backend")
    layer = importlib.import_module("keras.src.layers.layer").Layer
    is_default = importlib.import_module("keras.src.utils.python_utils").is_default
    declared = layer.compute_output_spec

    def compute_output_spec(self: Any, *args: Any, **kwargs: Any) -> Any:
        said = declared(self, *args, **kwargs)
        if type(self).__module__ == "__main__" and not is_default(self.compute_output_shape):
            backend.compute_output_spec(self.call, *args, **kwargs)
        return said

    layer.compute_output_spec = compute_output_spec
    try:
        yield
    finally:
        layer.compute_output_spec = declared
