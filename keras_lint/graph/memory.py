"""How much memory a model's weights take, and what its layers give for one sample."""

from __future__ import annotations

from math import prod

from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.model.dims import FREE, UNKNOWN, Dim

_WEIGHT_BYTES = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
_BYTES = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4} | {
    "int64": 8,
    "uint64": 8,
    "complex64": 8,
    "complex128": 16,
    **_WEIGHT_BYTES,
}
_NO_LAYER = "?"  # class of the node that stands for "one of several tensors, not known which"


def memory(graph: LayerGraph) -> list[str]:
    """Two lines to go below a summary: the weights by dtype, the activations of one sample."""
    return [f" Weights: {_weights(graph)}", f" Activations per sample: {_activations(graph)}"]


def weight_dtype(layer: LayerNode) -> str | None:
    """The dtype in which a layer keeps its weights; None if it is not known.

    Mixed policies compute in half precision and keep their weights in float32 (Keras 3.15).
    """
    dtype = layer.core.config.get("dtype")
    if dtype is None or dtype is FREE:
        return "float32"
    if not isinstance(dtype, str):
        return None
    return "float32" if dtype.startswith("mixed_") else dtype


def weight_size(layer: LayerNode) -> Dim:
    """Bytes of one weight; UNKNOWN for dtypes whose storage was not looked into."""
    if layer.params == 0:
        return 0
    return _WEIGHT_BYTES.get(weight_dtype(layer) or "", UNKNOWN)


def readable(size: int) -> str:
    """A number of bytes as Keras writes it: ``30.66 KB``."""
    amount = float(size)
    units = ["B", "KB", "MB", "GB", "TB", "PB"]
    while amount >= 1024 and len(units) > 1:
        amount /= 1024
        units.pop(0)
    return f"{amount:.2f} {units[0]}"


def weights_by_dtype(graph: LayerGraph) -> dict[str, int] | None:
    """Bytes of the weights by dtype, or None if they are not all known."""
    sizes: dict[str, int] = {}
    for layer in graph.owners().values():
        size = weight_size(layer)
        dtype = weight_dtype(layer)
        if layer.cls == _NO_LAYER or not isinstance(layer.params, int):
            return None
        if not layer.params:
            continue
        if dtype is None or not isinstance(size, int):
            return None
        sizes[dtype] = sizes.get(dtype, 0) + layer.params * size
    return sizes if graph.followed else None


def activations(graph: LayerGraph) -> int | str:
    """Bytes of all that the calls of a model give for one sample; or the reason why not.

    What a layer keeps to itself while it computes does not count. Inside a nested model its own
    calls count, not what it gives in the end.
    """
    if not graph.followed:
        return "the model was not followed to its end"
    total = 0
    for call in graph.calls.values():
        layer = graph.layer_of(call)
        if layer.model is not None:
            inner = activations(layer.model)
            if isinstance(inner, str):
                return f"in {layer.name}: {inner}"
            if _inputs(layer.model) != [kind.shape for kind in call.input_types]:
                return f"{layer.name} is called on other shapes than it was built for"
            total += inner - _own_inputs(layer.model)
            continue
        for kind in call.output_types:
            dims = kind.shape.dims
            size = _BYTES.get(kind.dtype or "")
            if dims is None or size is None:
                return f"what {layer.name} gives is not known"
            if not all(isinstance(dim, int) for dim in dims[1:]):
                return f"what {layer.name} gives, {kind.shape}, has an open axis"
            total += size * prod(dim for dim in dims[1:] if isinstance(dim, int))
    return total


def _inputs(graph: LayerGraph) -> list[object]:
    return [
        kind.shape
        for call in graph.calls.values()
        if graph.layer_of(call).cls == "InputLayer"
        for kind in call.output_types
    ]


def _own_inputs(graph: LayerGraph) -> int:
    """Bytes of the inputs of a model: inside another one they are what was counted before."""
    return sum(
        _BYTES.get(kind.dtype or "", 0)
        * prod(dim for dim in (kind.shape.dims or (0, 0))[1:] if isinstance(dim, int))
        for call in graph.calls.values()
        if graph.layer_of(call).cls == "InputLayer"
        for kind in call.output_types
    )


def _weights(graph: LayerGraph) -> str:
    sizes = weights_by_dtype(graph)
    if sizes is None:
        return "not known"
    parts = ", ".join(f"{dtype} {readable(size)}" for dtype, size in sorted(sizes.items()))
    return parts or "none"


def _activations(graph: LayerGraph) -> str:
    found = activations(graph)
    return f"not known: {found}" if isinstance(found, str) else readable(found)
