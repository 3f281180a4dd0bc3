"""A model as a Mermaid flowchart, which GitHub and GitLab draw inside Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keras_lint.graph.drawing import number
from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode

_SPECIAL = frozenset('"#&<>`{}[]()|;\\*_~')


def to_mermaid(graphs: Iterable[LayerGraph]) -> str:
    """Several models as one flowchart; ends without a newline.

    Every call is a box with the layer's name, class and parameters; edges carry the shapes. A
    nested model's own graph stands in a frame beside the model. A refused call is red.
    """
    models = list(graphs)
    lines = ["flowchart TD"]
    for index, graph in enumerate(models):
        if len(models) == 1:
            lines += [f"  {line}" for line in _model(graph, f"m{index}")]
        else:
            lines += [f"  {line}" for line in _frame(f"m{index}", _title(graph), graph)]
    lines.append("  classDef refused stroke:#cf222e,stroke-width:2px")
    return "\n".join(lines)


def _title(graph: LayerGraph) -> str:
    name = graph.name or "calls outside any model"
    return name if graph.followed else f"{name}, partly followed"


def _frame(key: str, title: str, graph: LayerGraph) -> Iterator[str]:
    yield f'subgraph {key}["{_text(title)}"]'
    yield from (f"  {line}" for line in _model(graph, key))
    yield "end"


def _model(graph: LayerGraph, prefix: str) -> Iterator[str]:
    for call in graph.calls.values():
        yield _box(graph, call, f"{prefix}_{call.id}")
    for call in graph.calls.values():
        for ref in call.all_inputs():
            source = graph.calls.get(ref.call)
            if source is None:
                continue
            types = source.output_types
            shape = str(types[ref.output].shape) if ref.output < len(types) else "?"
            yield f'{prefix}_{source.id} -->|"{_text(shape)}"| {prefix}_{call.id}'
    for layer in graph.layers.values():
        if layer.model is not None:
            yield from _frame(f"{prefix}_{layer.id}", f"inside {layer.name}", layer.model)


def _box(graph: LayerGraph, call: CallNode, key: str) -> str:
    layer = graph.layer_of(call)
    parts = [layer.name, _kind(layer)]
    calls = graph.calls_of(layer)
    if len(calls) > 1:
        parts.append(f"call {[other.id for other in calls].index(call.id) + 1} of {len(calls)}")
    if layer.params != 0 and call.problem is None and not layer.is_operation:
        parts.append(f"{number(layer.params)} parameters")
    if call.problem is not None:
        parts += [f"gets {call.problem.actual}", f"needs {call.problem.expected}"]
    shown = "<br/>".join(_text(part) for part in parts)
    return f'{key}["{shown}"]' + (":::refused" if call.problem is not None else "")


def _kind(layer: LayerNode) -> str:
    held = ", ".join(inner.cls for inner in layer.wrapped)
    return f"{layer.cls}({held})" if held else layer.cls


def _text(text: str) -> str:
    """Text in Mermaid's quotes: everything that may mean something there by its number."""
    return "".join(
        f"#{ord(letter)};" if letter in _SPECIAL or not letter.isprintable() else letter
        for letter in text
    )
