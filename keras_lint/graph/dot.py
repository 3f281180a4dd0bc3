"""A LayerGraph in Graphviz's DOT language, to be drawn by ``dot -Tsvg`` or any viewer of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.tensors import flatten

_WRONG = 'color="#c0392b", fontcolor="#c0392b", penwidth=2'
_TERMINAL = 'style="rounded,filled", fillcolor="#eef3f8"'


def to_dot(graphs: Iterable[LayerGraph]) -> str:
    """Models as one DOT document, each in its own frame when there are more than one.

    Every call is a box with the layer's name, class and output shape; edges are tensors. A layer
    called more than once has one box per call, all in one dashed frame; a nested model's own graph
    stands in a frame of its own. A call that Keras refuses is red.

    Returns:
        The document, without a newline at the end.
    """
    models = list(graphs)
    lines = [
        "digraph keras_lint {",
        '  graph [rankdir=TB, fontname="Helvetica", labeljust=l];',
        '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11];',
        '  edge [fontname="Helvetica", fontsize=9];',
    ]
    for index, graph in enumerate(models):
        body = _model(graph, f"m{index}")
        if len(models) == 1:
            lines += [f"  label={_quoted(_title(graph))}; labelloc=t;"]
            lines += [f"  {line}" for line in body]
        else:
            lines += [f"  {line}" for line in _frame(f"m{index}", _title(graph), body)]
    return "\n".join([*lines, "}"])


def _title(graph: LayerGraph) -> str:
    name = graph.name or "calls outside any model"
    return name if graph.followed else f"{name} (partly followed)"


def _frame(name: str, title: str, body: Iterable[str], style: str = "rounded") -> Iterator[str]:
    yield f'subgraph "cluster_{name}" {{'
    yield f"  label={_quoted(title)}; style={_quoted(style)};"
    yield from (f"  {line}" for line in body)
    yield "}"


def _model(graph: LayerGraph, prefix: str) -> Iterator[str]:
    """Boxes and edges of one model; ``prefix`` keeps the names of several models apart."""
    ends = {ref.call for ref in [*flatten(graph.inputs), *flatten(graph.outputs)]}
    for layer in graph.layers.values():
        calls = graph.calls_of(layer)
        boxes = [_box(layer, call, prefix, call.id in ends) for call in calls]
        if len(boxes) > 1:
            title = f"{layer.name}: one layer, {len(boxes)} calls"
            yield from _frame(f"{prefix}_{layer.id}", title, boxes, "rounded,dashed")
        else:
            yield from boxes
        if layer.model is not None:
            inner = f"{prefix}_{layer.id}_model"
            yield from _frame(inner, f"inside {_title(layer.model)}", _model(layer.model, inner))
    for call in graph.calls.values():
        keywords = [""] * len(flatten(call.inputs))
        for keyword, refs in call.extra:
            keywords += [keyword] * len(flatten(refs))
        for ref, keyword in zip(call.all_inputs(), keywords, strict=True):
            if ref.call in graph.calls:
                yield _edge(graph.calls[ref.call], call, ref.output, keyword, prefix)


def _box(layer: LayerNode, call: CallNode, prefix: str, at_the_end: bool) -> str:
    shapes = ", ".join(str(kind.shape) for kind in call.output_types)
    lines = [f"{layer.name} ({layer.cls})"]
    lines += [f"{wrapped.cls} inside" for wrapped in layer.wrapped]
    if call.problem is not None:
        lines += [f"gets {call.problem.actual}", f"needs {call.problem.expected}"]
    elif shapes:
        lines.append(shapes)
    style = _WRONG if call.problem is not None else _TERMINAL if at_the_end else ""
    attributes = f"label={_quoted(*lines)}" + (f", {style}" if style else "")
    return f"{_quoted(f'{prefix}_{call.id}')} [{attributes}];"


def _edge(source: CallNode, target: CallNode, output: int, keyword: str, prefix: str) -> str:
    words = [keyword] if keyword else []
    if len(source.output_types) > 1:
        words.append(f"[{output}]")
    label = f" [label={_quoted(' '.join(words))}]" if words else ""
    return f"{_quoted(f'{prefix}_{source.id}')} -> {_quoted(f'{prefix}_{target.id}')}{label};"


def _quoted(*lines: str) -> str:
    """A DOT string; several lines stand below one another."""
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return '"' + "\\n".join(escaped) + '"'
