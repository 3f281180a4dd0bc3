"""One self-contained page: every model drawn, findings marked on the layers, with their source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from keras_lint.engine.drawn import Built, DrawnFile
from keras_lint.graph.drawing import STYLE as DRAWING_STYLE
from keras_lint.graph.drawing import Mark as CardMark
from keras_lint.graph.drawing import Marks, fragment, number
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.memory import memory
from keras_lint.model.findings import Finding
from keras_lint.reporters.excerpt import Mark, excerpt, lines_of
from keras_lint.reporters.html_style import SCRIPT, STYLE
from keras_lint.reporters.text_report import line_of

_MOST_CALLS = 2500
"""A drawing with more boxes than this serves nobody."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""What the page may load: nothing but what it holds."""


def render(files: Sequence[DrawnFile], title: str) -> str:
    """The page.

    Args:
        files: what was checked; files without models and findings are only counted.
        title: of the page, such as the folder that was checked.
    """
    shown = [file for file in files if file.result.findings or _models(file)]
    names = _Names()
    sections = [_file(file, names) for file in shown]
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>keras-lint: {_text(title)}</title>",
        f"<style>\n{STYLE}{DRAWING_STYLE}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#models">To the models</a>',
        *_header(files, title),
        '<div class="page">',
        '<nav aria-label="Models">',
        *names.entries,
        "</nav>",
        '<main id="models">',
        *(line for section in sections for line in section),
        *([] if shown else ["<p>No model was found, and nothing to complain of.</p>"]),
        *_failed(files),
        "</main>",
        "</div>",
        f"<script>\n{SCRIPT}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


class _Names:
    """Numbers for the anchors of the page, and the entries of its list of contents."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self._models = 0
        self._findings = 0

    def model(self) -> str:
        self._models += 1
        return f"m{self._models}"

    def finding(self) -> str:
        self._findings += 1
        return f"f{self._findings}"


def _models(file: DrawnFile) -> list[tuple[int, LayerGraph]]:
    """What is drawn: all models, and loose calls that findings are about."""
    concerned = {finding.graph for finding in _findings(file)}
    return [
        (index, graph)
        for index, graph in enumerate(file.graphs)
        if graph.kind != "fragment" or index in concerned
    ]


def _findings(file: DrawnFile) -> list[Finding]:
    return [one for one in file.result.findings if one.verdict.status != "refuted"]


def _header(files: Sequence[DrawnFile], title: str) -> Iterator[str]:
    findings = [finding for file in files for finding in _findings(file)]
    models = [g for file in files for g in file.graphs if g.kind != "fragment"]
    confirmed = sum(finding.verdict.status == "confirmed" for finding in findings)
    partly = sum(not graph.followed for graph in models)
    checked = sum(file.result.outcome == "checked" for file in files)
    facts = [
        _plural(checked, "file"),
        _plural(len(models), "model") + (f" ({partly} followed partly)" if partly else ""),
        _plural(len(findings), "finding") + (f" ({confirmed} confirmed)" if confirmed else ""),
    ]
    known = sum(file.result.known for file in files)
    if known:
        facts.append(f"{known} more in the baseline")
    yield "<header>"
    yield f"<h1>keras-lint: {_text(title)}</h1>"
    yield f"<p>{' · '.join(facts)}</p>"
    yield '<div class="tools">'
    yield '<label><input type="checkbox" id="only"> only with findings</label>'
    yield '<input type="search" id="find" placeholder="Filter models" aria-label="Filter models">'
    yield "<span class=quiet><kbd>j</kbd> <kbd>k</kbd> findings · <kbd>/</kbd> filter</span>"
    yield "</div></header>"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _failed(files: Iterable[DrawnFile]) -> Iterator[str]:
    """Files that could not be looked at: they are not clean, they are unknown."""
    failed = [file.result for file in files if file.result.outcome == "failed"]
    if failed:
        yield "<section><h2>Not checked</h2><ul>"
        yield from (f"<li>{_text(one.path)}: {_text(one.reason)}</li>" for one in failed)
        yield "</ul></section>"


def _file(file: DrawnFile, names: _Names) -> list[str]:
    path = file.result.path
    names.entries.append(f"<b>{_text(path)}</b><ul>")
    lines = [f"<section><h2>{_text(path)}</h2>"]
    drawn = _models(file)
    shown = {index for index, _ in drawn}
    findings = [(names.finding(), finding) for finding in _findings(file)]
    for anchor, finding in findings:
        if finding.graph not in shown:
            lines += _finding(file, finding, anchor, "")
    for index, graph in drawn:
        lines += _model(file, index, graph, findings, names)
    if file.result.notes:
        lines.append("<details><summary>Not followed outside the models</summary><ul>")
        lines += [f"<li>{_text(note)}</li>" for note in file.result.notes]
        lines.append("</ul></details>")
    names.entries.append("</ul>")
    return [*lines, "</section>"]


_Anchored = tuple[str, Finding]
"""A finding, and its anchor in the page."""


def _model(
    file: DrawnFile,
    index: int,
    graph: LayerGraph,
    all_findings: Sequence[_Anchored],
    names: _Names,
) -> Iterator[str]:
    key = names.model()
    findings = [(anchor, one) for anchor, one in all_findings if one.graph == index]
    built = file.built.get(index)
    name = graph.name or "calls outside any model"
    level = "bad" if any(one.level == "error" for _, one in findings) else "warning"
    badge = f'<span class="badge {level}">{len(findings)}</span>' if findings else ""
    names.entries.append(f'<li><a href="#{key}"><span>{_text(name)}</span>{badge}</a></li>')
    words = " ".join((file.result.path, name, *(one.code for _, one in findings), *_words(graph)))
    yield f'<article id="{key}" data-words="{_text(words.lower())}">'
    facts = [f"{number(graph.total_params)} parameters", *(line.strip() for line in memory(graph))]
    yield f"<h3>{_text(name)} <small>{_text(' · '.join(facts))}</small></h3>"
    if built is not None and built.differences:
        yield "<p class=lost>Keras builds another model than the source says:</p>"
        yield '<ul class="differences">'
        yield from (f"<li>{_text(line)}</li>" for line in built.differences)
        yield "</ul>"
    yield '<div class="body">'
    marked = {finding.call for _, finding in findings} - {None}
    different = built is not None and built.graph is not None and built.differences
    caption = "As the source says" if different else _caption(built)
    yield from _figure(graph, caption, _Marker(key, file.graphs, all_findings))
    if built is not None and built.graph is not None and built.differences:
        yield from _figure(built.graph, "As Keras builds it", lambda _: {})
    if findings:
        yield '<div class="findings">'
        for anchor, finding in findings:
            card = f"{key}-{finding.call}" if finding.call in marked else ""
            yield from _finding(file, finding, anchor, card)
        yield "</div>"
    yield "</div>"
    for lost in graph.lost:
        where = f"{lost.span}: " if lost.span is not None else ""
        yield f"<p class=lost>Not followed: {_text(where + lost.reason)}</p>"
    yield "</article>"


def _words(graph: LayerGraph) -> Iterator[str]:
    """What a model is found by: names and classes of its layers."""
    for layer in graph.layers.values():
        yield layer.name
        yield layer.cls


def _caption(built: Built | None) -> str:
    if built is None:
        return "From source; not built"
    if built.graph is None:
        return f"From source; not built: {built.reason}"
    return "From source, and as Keras builds it: no difference"


def _figure(
    graph: LayerGraph, caption: str, marks_of: Callable[[LayerGraph], Marks]
) -> Iterator[str]:
    yield f"<figure><figcaption>{_text(caption)}</figcaption>"
    if len(graph.calls) > _MOST_CALLS:
        yield f"<p>Too large to be drawn: {len(graph.calls):,} calls of layers.</p>"
    elif not graph.calls:
        yield "<p>No call of a layer is known.</p>"
    else:
        label = f"Drawing of {graph.name or 'the calls'}"
        yield f'<div class="drawing" tabindex="0" role="group" aria-label="{_text(label)}">'
        yield fragment(graph, marks_of)
        yield "</div>"
    yield "</figure>"


class _Marker:
    """What the cards of one drawing say of findings: those of the model, and of models inside it.

    Args:
        key: the anchor of the drawing.
        graphs: all models of the file.
        findings: of the file.
    """

    def __init__(
        self, key: str, graphs: Sequence[LayerGraph], findings: Sequence[_Anchored]
    ) -> None:
        self._key = key
        self._graphs = graphs
        self._findings = findings
        self._parts = 0

    def __call__(self, part: LayerGraph) -> Marks:
        """The marks of a graph; asked once for each part of the drawing, the whole first."""
        key = f"{self._key}-" if not self._parts else f"{self._key}-{self._parts}-"
        self._parts += 1
        index = next((i for i, one in enumerate(self._graphs) if _is_same(one, part)), None)
        marks: dict[str, tuple[CardMark, ...]] = {}
        for anchor, finding in self._findings:
            if finding.call is not None and finding.graph == index:
                level = "bad" if finding.level == "error" else "warn"
                said = f"{finding.code} {finding.name}"
                mark = CardMark(level, said, f"#{anchor}", key + finding.call)
                marks[finding.call] = (*marks.get(finding.call, ()), mark)
        return marks


def _is_same(model: LayerGraph, part: LayerGraph) -> bool:
    """Whether a part of a drawing is that model of the file: made at the same place, alike."""
    return model is part or (
        model.origin is not None
        and (model.origin, model.name) == (part.origin, part.name)
        and list(model.calls) == list(part.calls)
    )


def _finding(file: DrawnFile, finding: Finding, anchor: str, card: str) -> Iterator[str]:
    verdict = finding.verdict
    where = f"{file.result.path}:{line_of(finding.span)}:{finding.span.column}"
    yield f'<div class="finding {finding.level}" id="{anchor}" tabindex="-1">'
    yield '<p class="head">'
    yield f'<span class="code">{_text(finding.code)}</span> {_text(finding.name)}'
    yield f'<span class="badge {finding.level}">{finding.level}</span>'
    yield f'<span class="badge {verdict.status}">{verdict.status}</span>'
    if card:
        yield f'<a href="#{card}">in the drawing</a>'
    yield "</p>"
    yield f'<p class="message">{_text(finding.message)}</p>'
    yield f'<p class="quiet">{_text(where)}</p>'
    source = _excerpt(file, finding)
    if source:
        yield f"<pre>{_text(source)}</pre>"
    for word, said in (("Expected", finding.expected), ("Received", finding.actual)):
        if said:
            yield f"<p>{word} {_text(said)}</p>"
    if finding.hint:
        yield f"<p>{_text(finding.hint)}</p>"
    if finding.trail:
        steps = " → ".join(f"{step.layer} {step.shape}" for step in finding.trail)
        yield f'<p class="quiet">{_text(steps)}</p>'
    if verdict.reason:
        yield f'<p class="quiet">{_text(verdict.status)}: {_text(verdict.reason)}</p>'
    if verdict.evidence:
        yield f"<details><summary>TensorFlow's words</summary><pre>{_text(verdict.evidence)}</pre>"
        yield "</details>"
    yield "</div>"


def _excerpt(file: DrawnFile, finding: Finding) -> str:
    cell = finding.span.cell
    text = file.text if cell is None else file.cells.get(cell, "")
    marks = [Mark(finding.span)]
    marks += [
        Mark(other.span, other.message, primary=False)
        for other in finding.related
        if other.span.cell == cell
    ]
    return "\n".join(excerpt(lines_of(text), marks, lambda _, plain: plain))


def _text(text: str) -> str:
    """Any text as HTML, in an attribute too; what is no character becomes a question mark."""
    return escape(text.encode("utf-8", "replace").decode("utf-8"))
