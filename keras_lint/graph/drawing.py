"""A model drawn as SVG: layers as cards from top to bottom, shapes on the edges between them.

The drawing follows the reader's choice of light or dark, and needs nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.graph.layout import Box, layout
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.tensors import TensorType, flatten

_SMALL = 6.2  # width of a letter at 11px, generously
_BOLD = 8.1  # and of a bold one at 13px
_LETTERS = {"more": _SMALL}
_LONGEST = 34
_LINE = 16.0
_PADDING = 10.0
_MARGIN = 20.0
_STUB = 30.0  # the arrow out of a model's output
_TITLE = 34.0
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

STYLE = """\
.kl{--page:#fff;--card:#f6f8fa;--line:#8c959f;--ink:#1f2328;--soft:#57606a;--end:#ddf4ff;
--bad:#cf222e;--badcard:#ffebe9;--warn:#9a6700;--warncard:#fff8c5;--focus:#0969da;
font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
@media (prefers-color-scheme:dark){.kl{--page:#0d1117;--card:#161b22;--line:#6e7681;--ink:#e6edf3;
--soft:#9198a1;--end:#12263f;--bad:#ff7b72;--badcard:#3c1618;--warn:#d29922;--warncard:#2e2a1f;
--focus:#58a6ff}}
.kl .page{fill:var(--page)}
.kl .card rect{fill:var(--card);stroke:var(--line)}
.kl .end rect{fill:var(--end)}
.kl .shared rect{stroke-dasharray:5 3}
.kl .bad rect{fill:var(--badcard);stroke:var(--bad);stroke-width:2}
.kl .warn rect{fill:var(--warncard);stroke:var(--warn);stroke-width:2}
.kl text{fill:var(--ink)}
.kl .name,.kl .title{font-weight:600}
.kl .title{font-size:15px}
.kl .more,.kl .shape{fill:var(--soft);font-size:11px}
.kl .shape{stroke:var(--page);stroke-width:3px;paint-order:stroke}
.kl .bad .more{fill:var(--bad)}
.kl .warn .mark{fill:var(--warn)}
.kl .bad .mark{fill:var(--bad)}
.kl .mark{font-weight:700}
.kl .edge{fill:none;stroke:var(--line);stroke-width:1.4}
.kl .tip{fill:var(--line)}
.kl a:focus{outline:none}
.kl a:focus rect{stroke:var(--focus);stroke-width:3}
"""
"""For an element of class ``kl``; a page with several drawings needs it once."""


@dataclass(frozen=True)
class Mark:
    """Something to be said of a call, shown on its card.

    Args:
        level: ``bad`` or ``warn``.
        text: a few words for the card.
        href: where the card leads.
        anchor: the id that the card gets.
    """

    level: str
    text: str
    href: str
    anchor: str


Marks: TypeAlias = Mapping[str, tuple[Mark, ...]]
"""What is said of the calls of one graph, by call id."""


def document(graph: LayerGraph) -> str:
    """One model as an SVG document, nested models below it; ends without a newline."""
    return _picture(graph, title(graph), lambda _: {}, STYLE)


def fragment(graph: LayerGraph, marks_of: Callable[[LayerGraph], Marks]) -> str:
    """The same without a title, for a page that has :data:`STYLE`.

    Args:
        graph: what is drawn.
        marks_of: what is said of the calls of the model, and of each model inside it.
    """
    return _picture(graph, "", marks_of, "")


def _picture(
    graph: LayerGraph, heading: str, marks_of: Callable[[LayerGraph], Marks], style: str
) -> str:
    sections = [_section(part, words, marks_of(part)) for part, words in _parts(graph, heading)]
    width = max(section.width for section in sections) + 2 * _MARGIN
    height = _MARGIN
    body: list[str] = []
    for section in sections:
        left = (width - section.width) / 2
        body.append(f'<g transform="translate({left:.1f} {height:.1f})">')
        body += section.lines
        body.append("</g>")
        height += section.height + _MARGIN
    name = f"Layers of the model {graph.name}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="kl" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f"aria-label={_attribute(name)}>",
        *([f"<style>{style}</style>"] if style else []),
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines)


def _parts(graph: LayerGraph, heading: str) -> Iterator[tuple[LayerGraph, str]]:
    """The model under its heading, and the models inside it, each once, under theirs."""
    yield graph, heading
    seen: set[str] = set()
    pending = [layer for layer in graph.layers.values() if layer.model is not None]
    while pending:
        layer = pending.pop(0)
        inner = layer.core.model or layer.model
        if inner is None or layer.id in seen:
            continue
        seen.add(layer.id)
        yield inner, f"inside {layer.name}"
        pending += [held for held in inner.layers.values() if held.model is not None]


def title(graph: LayerGraph) -> str:
    """Name, size, and whether the model was followed to its end, in words."""
    name = graph.name or "calls outside any model"
    size = number(graph.total_params)
    return f"{name} · {size} parameters" + ("" if graph.followed else " · partly followed")


def number(count: Dim) -> str:
    """A count for people to read."""
    if count is UNKNOWN or count is FREE:
        return "unknown"
    return f"{count:,}" if isinstance(count, int) else str(count)


@dataclass(frozen=True)
class _Section:
    lines: list[str]
    width: float
    height: float


def _section(graph: LayerGraph, heading: str, marks: Marks) -> _Section:
    texts = {call.id: _texts(graph, call, marks.get(call.id, ())) for call in graph.calls.values()}
    sizes = {key: _size(lines, graph.calls[key]) for key, lines in texts.items()}
    edges = [
        (ref.call, call.id, ref.output)
        for call in graph.calls.values()
        for ref in call.all_inputs()
        if ref.call in graph.calls
    ]
    room = {key: (_room(sizes[key][0], graph.calls[key]), sizes[key][1]) for key in sizes}
    placed = layout(room, [(source, target) for source, target, _ in edges])
    boxes = {key: replace(box, width=sizes[key][0]) for key, box in placed.boxes.items()}
    top = _TITLE if heading else 0.0
    lines = [f'<text class="title" y="14">{_text(heading)}</text>'] if heading else []
    lines.append(f'<g transform="translate(0 {top:.0f})">')
    incoming: dict[str, int] = {}
    counts: dict[str, int] = {}
    for _, target, _ in edges:
        counts[target] = counts.get(target, 0) + 1
    for (source, target, output), route in zip(edges, placed.routes, strict=True):
        number_in = incoming[target] = incoming.get(target, 0) + 1
        start = _port(boxes[source], output, len(graph.calls[source].output_types))
        box = boxes[target]
        end = (box.x - box.width / 2 + box.width * number_in / (counts[target] + 1), box.y)
        lines.append(_edge([start, *route, end]))
    ends = {(ref.call, ref.output) for ref in flatten(graph.outputs)}
    used = {(source, output) for source, _, output in edges}
    lowest = placed.height
    widest = max(placed.width, len(heading) * 8.0)
    for call in graph.calls.values():
        box = boxes[call.id]
        lines += _card(graph, call, box, texts[call.id], marks.get(call.id, ()))
        for output, kind in enumerate(call.output_types):
            x, y = _port(box, output, len(call.output_types))
            if (call.id, output) in ends:
                lines.append(_edge([(x, y), (x, y + _STUB)]))
                lowest = max(lowest, y + _STUB)
            if (call.id, output) in used | ends:
                label = str(kind.shape)
                widest = max(widest, x + 6 + len(label) * _SMALL)
                lines.append(
                    f'<text class="shape" x="{x + 5:.1f}" y="{y + 14:.1f}">{_text(label)}</text>'
                )
    lines.append("</g>")
    return _Section(lines, widest, lowest + top)


def _texts(graph: LayerGraph, call: CallNode, marks: tuple[Mark, ...]) -> list[tuple[str, str]]:
    """The lines of a card: class of the text, and the text."""
    layer = graph.layer_of(call)
    if layer.cls == "?":
        return [("name", "one of several tensors")]
    lines = [("name", _short(layer.name)), ("more", _short(_kind(layer)))]
    calls = graph.calls_of(layer)
    if len(calls) > 1:
        position = [other.id for other in calls].index(call.id) + 1
        lines.append(("more", f"one layer, call {position} of {len(calls)}"))
    if layer.params != 0 and call.problem is None and not layer.is_operation:
        lines.append(("more", _parameters(layer)))
    if call.problem is not None:
        lines.append(("more", _short(f"gets {call.problem.actual}")))
        lines.append(("more", _short(f"needs {call.problem.expected}")))
    lines += [("mark", _short(mark.text)) for mark in marks]
    return lines


def _kind(layer: LayerNode) -> str:
    held = ", ".join(inner.cls for inner in layer.wrapped)
    return f"{layer.cls}({held})" if held else layer.cls


def _parameters(layer: LayerNode) -> str:
    frozen = layer.trainable_params == 0 and layer.params != 0
    return f"{number(layer.params)} parameters" + (", frozen" if frozen else "")


def _size(lines: list[tuple[str, str]], call: CallNode) -> tuple[float, float]:
    """Width and height of a card; wide enough for the shapes of several outputs below it."""
    widest = max(len(text) * _LETTERS.get(kind, _BOLD) for kind, text in lines)
    labels = [_label_width(kind) for kind in call.output_types]
    below = (len(labels) + 1) * max(labels) if len(labels) > 1 else 0.0
    width = max(widest + 2 * _PADDING, below, 90.0)
    return width, len(lines) * _LINE + 2 * _PADDING - 4


def _room(width: float, call: CallNode) -> float:
    """What a card and the shape at the right of its last output need, the card in the middle."""
    if not call.output_types:
        return width
    count = len(call.output_types)
    beyond = width * (count / (count + 1) - 0.5) + _label_width(call.output_types[-1])
    return max(width, 2 * beyond)


def _label_width(kind: TensorType) -> float:
    return 8 + len(str(kind.shape)) * _SMALL


def _card(
    graph: LayerGraph,
    call: CallNode,
    box: Box,
    lines: list[tuple[str, str]],
    marks: tuple[Mark, ...],
) -> Iterator[str]:
    layer = graph.layer_of(call)
    classes = ["card"]
    at_end = {ref.call for ref in (*flatten(graph.inputs), *flatten(graph.outputs))}
    if call.id in at_end:
        classes.append("end")
    if len(graph.calls_of(layer)) > 1:
        classes.append("shared")
    if call.problem is not None or any(mark.level == "bad" for mark in marks):
        classes.append("bad")
    elif marks:
        classes.append("warn")
    if marks:
        label = f"{layer.name}: {'; '.join(mark.text for mark in marks)}"
        anchor, href = _attribute(marks[0].anchor), _attribute(marks[0].href)
        yield f"<a id={anchor} href={href} aria-label={_attribute(label)}>"
    yield f'<g class="{" ".join(classes)}" data-layer={_attribute(layer.name)}>'
    yield f"<title>{_text(_tooltip(layer, call))}</title>"
    left = box.x - box.width / 2
    yield (
        f'<rect x="{left:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="7"/>'
    )
    y = box.y + _PADDING + 9
    for kind, text in lines:
        yield (
            f'<text class="{kind}" x="{box.x:.1f}" y="{y:.1f}" text-anchor="middle">'
            f"{_text(text)}</text>"
        )
        y += _LINE
    yield "</g>"
    if marks:
        yield "</a>"


def _tooltip(layer: LayerNode, call: CallNode) -> str:
    shapes = ", ".join(str(kind.shape) for kind in call.output_types)
    where = f", {call.origin.span}" if call.origin is not None and call.origin.span else ""
    return f"{layer.cls} {layer.name}: {shapes}, {number(layer.params)} parameters{where}"


def _port(box: Box, output: int, count: int) -> tuple[float, float]:
    """Where an output leaves a card: side by side on its lower edge."""
    left = box.x - box.width / 2
    return left + box.width * (output + 1) / (count + 1), box.y + box.height


def _edge(points: list[tuple[float, float]]) -> str:
    """A smooth line through the points, upright at each, with a tip at its end."""
    x, y = points[0]
    path = [f"M{x:.1f} {y:.1f}"]
    end_x, end_y = points[-1]
    for next_x, next_y in [*points[1:-1], (end_x, end_y - 6)]:
        if abs(next_x - x) < 0.5:
            path.append(f"L{next_x:.1f} {next_y:.1f}")
        else:
            half = (y + next_y) / 2
            path.append(f"C{x:.1f} {half:.1f} {next_x:.1f} {half:.1f} {next_x:.1f} {next_y:.1f}")
        x, y = next_x, next_y
    tip = f"M{end_x:.1f} {end_y:.1f}l-4 -7h8z"
    return f'<path class="edge" d="{"".join(path)}"/><path class="tip" d="{tip}"/>'


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text(text: str) -> str:
    return escape(_NO_XML.sub("�", text))


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("�", " ".join(text.split())))
