"""A model's summary table from its LayerGraph, as ``model.summary()`` of Keras 3 prints it.

Keras leaves the layout to a table library; here are that layout's rules, as observed: fixed column
widths that shrink together when the line is too narrow, words wrapped, and words too long for
their column cut off with an ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.graph.memory import readable, weight_size
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import flatten

DEFAULT_COLUMNS = 80
"""Terminal width that Keras assumes when it writes to no terminal."""

_CHAIN = (("Layer (type)", 0.45), ("Output Shape", 0.80), ("Param #", 1.0))
_NETWORK = (
    ("Layer (type)", 0.3),
    ("Output Shape", 0.56),
    ("Param #", 0.74),
    ("Connected to", 1.0),
)
_PARAMS_COLUMN = 2  # the only one aligned to the right
_NARROWEST = 44
_NO_LAYER = "?"  # class of the node that stands for "one of several tensors, not known which"

_BUILT_AT_ONCE = frozenset(
    {
        "Activation",
        "ActivityRegularization",
        "AlphaDropout",
        "AveragePooling1D",
        "AveragePooling2D",
        "AveragePooling3D",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalAveragePooling3D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "GlobalMaxPooling3D",
        "Identity",
        "InputLayer",
        "LeakyReLU",
        "Masking",
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
        "ReLU",
        "Reshape",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "UnitNormalization",
    }
)
"""Layers that Keras counts as built before they have seen an input."""


def summary(graph: LayerGraph, columns: int = DEFAULT_COLUMNS) -> str:
    """The table that ``model.summary()`` prints, without a newline at the end.

    Args:
        graph: the model.
        columns: width of the terminal it is written to.

    Returns:
        The table; what could not be found out appears as ``?``, and a model that was not followed
        to its end is marked, with the places where it was lost below the table.
    """
    deferred = _is_deferred(graph)
    chain = graph.kind != "functional" or _is_chain(graph)
    header = _CHAIN if chain else _NETWORK
    rows = [_row(graph, layer, chain=chain, deferred=deferred) for layer in _rows(graph)]
    partly = not graph.followed and not deferred
    lines = [f'Model: "{graph.name}"' + (" (partly followed)" if partly else "")]
    lines += _table([name for name, _ in header], rows, _widths([at for _, at in header], columns))
    lines += _totals(graph, deferred=deferred)
    if partly:
        lines += [f" Lost: {_where(loss.span)}{loss.reason}" for loss in graph.lost]
    return "\n".join(lines)


def _is_deferred(graph: LayerGraph) -> bool:
    """Whether this is a Sequential that Keras builds only when data arrives."""
    return graph.kind == "sequential" and not flatten(graph.inputs)


def _where(span: object) -> str:
    return f"{span}: " if span is not None else ""


def _rows(graph: LayerGraph) -> list[LayerNode]:
    """The layers that have a row.

    A Sequential keeps its InputLayer to itself, and lists a layer as often as it holds it.
    """
    if graph.kind != "sequential":
        return [layer for layer in graph.layers.values() if layer.cls != _NO_LAYER]
    layers = [graph.layer_of(call) for call in graph.calls.values()]
    return [layer for layer in layers if layer.cls != "InputLayer"]


def _is_chain(graph: LayerGraph) -> bool:
    """Whether Keras leaves out the column of connections.

    It does when every call takes at most one tensor, no two calls stand equally far from the
    model's end, and no layer is called twice.
    """
    depths: dict[str, int] = {}
    for call in reversed(_producers_first(graph)):
        depths[call.id] = max((depths[after.id] + 1 for after in graph.consumers(call)), default=0)
    return (
        len(set(depths.values())) == len(depths)
        and all(len(call.all_inputs()) <= 1 for call in graph.calls.values())
        and len({call.layer for call in graph.calls.values()}) == len(graph.calls)
    )


def _producers_first(graph: LayerGraph) -> list[CallNode]:
    ordered: dict[str, CallNode] = {}
    pending = [(call, False) for call in reversed(graph.calls.values())]
    while pending:
        call, done = pending.pop()
        if done:
            ordered[call.id] = call
        elif call.id not in ordered:
            pending.append((call, True))
            pending.extend((producer, False) for producer in graph.producers(call))
    return list(ordered.values())


def _row(graph: LayerGraph, layer: LayerNode, *, chain: bool, deferred: bool) -> list[str]:
    name = f"{layer.name} ({layer.cls})"
    if deferred:
        return [
            name,
            "?",
            _count(layer.params if layer.model else 0) if _is_built(layer) else "0 (unbuilt)",
        ]
    row = [name, _output_shape(graph, layer), _count(layer.params)]
    return row if chain else [*row, _connections(graph, layer)]


def _is_built(layer: LayerNode) -> bool:
    """Whether a layer of a Sequential without an input is built all the same."""
    return layer.cls in _BUILT_AT_ONCE or (layer.model is not None and layer.model.followed)


def _output_shape(graph: LayerGraph, layer: LayerNode) -> str:
    calls = graph.calls_of(layer)
    if not calls or not calls[-1].output_types:
        return "?"
    if graph.kind == "subclass" and layer.cls in _BUILT_AT_ONCE:
        return "?"  # Keras works the shape out from what the layer was built on: here, nothing
    shapes = []
    for kind in calls[-1].output_types:
        if kind.shape.dims is None:
            return "?"
        # unlike Python, Keras puts no comma after a lonely axis here
        shapes.append(f"({', '.join(str(dim) for dim in kind.shape.dims)})")
    return shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"


def _connections(graph: LayerGraph, layer: LayerNode) -> str:
    """Producer, which call of it, which output of that call; for every tensor taken."""
    places = []
    for call in graph.calls_of(layer):
        for ref in call.all_inputs():
            producer = graph.calls.get(ref.call)
            if producer is None or graph.layer_of(producer).cls == _NO_LAYER:
                places.append("?")
                continue
            node = [other.id for other in graph.calls_of(producer.layer)].index(producer.id)
            places.append(f"{graph.layer_of(producer).name}[{node}][{ref.output}]")
    return ", ".join(places) or "-"


def _count(params: Dim) -> str:
    return f"{params:,}" if isinstance(params, int) else str(params)


def _totals(graph: LayerGraph, *, deferred: bool) -> list[str]:
    """The three lines below the table."""
    total: Dim = 0
    trainable: Dim = 0
    total_size: Dim = 0
    trainable_size: Dim = 0
    for layer in graph.owners().values():
        if layer.cls == _NO_LAYER:
            if graph.kind == "subclass":
                continue  # an argument of ``call``; the model's layers are known without it
            # which layers the model has depends on a condition
            total = trainable = total_size = trainable_size = UNKNOWN
            break
        if deferred and (not _is_built(layer) or layer.model is None):
            continue  # Keras counts no weights that do not exist yet
        size = weight_size(layer)
        total, trainable = total + layer.params, trainable + layer.trainable_params
        total_size += layer.params * size
        trainable_size += layer.trainable_params * size
    if graph.trainable is False:
        trainable = trainable_size = 0
    fixed, fixed_size = total - trainable, total_size - trainable_size
    return [
        f" Total params: {_count(total)}{_readable(total_size)}",
        f" Trainable params: {_count(trainable)}{_readable(trainable_size)}",
        f" Non-trainable params: {_count(fixed)}{_readable(fixed_size)}",
    ]


def _readable(size: Dim) -> str:
    return f" ({readable(size)})" if isinstance(size, int) else ""


def _widths(positions: list[float], columns: int) -> list[int]:
    """Width of each column's text, for the right ends of the columns as shares of a line."""
    widest = 108 if len(positions) == len(_NETWORK) else 88
    line = max(min(widest, columns - 4), _NARROWEST)
    ends = [int(position * line) for position in positions]
    widths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    # borders and the blanks around the text come on top; every column gives up its part of that
    excess = sum(widths) + 3 * len(widths) + 1 - line
    shrunk = []
    for index, width in enumerate(widths):
        part = round(excess / (len(widths) - index))
        shrunk.append(width - part)
        excess -= part
    return shrunk


def _table(header: list[str], rows: list[list[str]], widths: list[int]) -> list[str]:
    def rule(left: str, line: str, middle: str, right: str) -> str:
        return left + middle.join(line * (width + 2) for width in widths) + right

    names = _cells(header, widths, "┃", bottom=True)
    lines = [rule("┏", "━", "┳", "┓"), *names, rule("┡", "━", "╇", "┩")]
    for index, row in enumerate(rows):
        if index:
            lines.append(rule("├", "─", "┼", "┤"))
        lines += _cells(row, widths, "│")
    return [*lines, rule("└", "─", "┴", "┘")]


def _cells(
    texts: Iterable[str], widths: list[int], border: str, *, bottom: bool = False
) -> Iterator[str]:
    """One row as the lines it takes; shorter texts stand at its top, or at its ``bottom``."""
    wrapped = [_wrap(text, width) for text, width in zip(texts, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    for lines in wrapped:
        blank = [""] * (height - len(lines))
        lines[:] = blank + lines if bottom else lines + blank
    for row in zip(*wrapped, strict=True):
        cells = [
            text.rjust(width) if column == _PARAMS_COLUMN else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"{border} " + f" {border} ".join(cells) + f" {border}"


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in re.findall(r"\s*\S+\s*", text):
        if lines[-1] and len(lines[-1]) + len(word.rstrip()) > width:
            lines.append("")
        lines[-1] += word
    lines = [line.rstrip() for line in lines]
    return [line if len(line) <= width else line[: width - 1] + "…" for line in lines]
