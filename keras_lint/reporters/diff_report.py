"""What changed in the architecture, as text for a terminal and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from keras_lint.graph.changes import LayerChange, ModelChange, total
from keras_lint.graph.weights import Loading
from keras_lint.model.dims import Dim, Sym

_MARKS = {"added": "+", "removed": "-", "changed": "~", "same": " "}
_ANSWERS = {"yes": "load", "no": "do not load", "unknown": "not known"}
_MOST = 5  # reasons or remarks of one way of loading
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_|<>[]#~"})


def text(found: Sequence[ModelChange], before: str, after: str) -> str:
    """The report for a terminal, without a newline at the end.

    Args:
        found: the models.
        before: what the old state is called.
        after: what the new one is called.
    """
    lines = [f"--- {before}", f"+++ {after}"]
    for change in found:
        lines += ["", *_model(change)]
    return "\n".join([*lines, "", _sum(found)])


def _model(change: ModelChange) -> Iterator[str]:
    graph = change.after or change.before
    assert graph is not None
    size = _counts(
        None if change.before is None else change.before.total_params,
        None if change.after is None else change.after.total_params,
    )
    yield f"{_MARKS[change.state]} model {change.name}: {change.state}, {size} parameters"
    yield from (f"    {detail}" for detail in change.details)
    yield from _layers(change.layers, "    ")
    if change.state == "changed":
        for loading in change.loading:
            yield f"    old weights, {loading.how}: {_ANSWERS[loading.outcome]}"
            yield from (f"        {line}" for line in _reasons(loading))
    for reason in change.unknown:
        yield f"    not compared: {reason}"


def _layers(layers: Iterable[LayerChange], indent: str) -> Iterator[str]:
    for layer in layers:
        yield f"{indent}{_MARKS[layer.state]} {layer.cls} '{layer.name}'{_facts(layer)}"
        yield from (f"{indent}    {detail}" for detail in layer.details)
        yield from _layers(layer.inside, indent + "    ")


def _facts(layer: LayerChange) -> str:
    facts = []
    before, after = layer.shapes
    if before != after and before and after:
        facts.append(f"{before} → {after}")
    elif before != after:
        facts.append(before or after)
    if layer.params[0] != layer.params[1]:
        facts.append(f"{_counts(*layer.params)} parameters")
    return ": " + ", ".join(facts) if facts else ""


def _reasons(loading: Loading) -> list[str]:
    lines = [*(loading.reasons or loading.remarks)]
    rest = len(lines) - _MOST
    return lines if rest <= 0 else [*lines[:_MOST], f"and {rest} more"]


def _counts(before: Dim | None, after: Dim | None) -> str:
    if before is None or after is None or before == after:
        return _number(after if before is None else before)
    more = f" ({after - before:+,})" if isinstance(before, int) and isinstance(after, int) else ""
    return f"{_number(before)} → {_number(after)}{more}"


def _number(count: Dim | None) -> str:
    if isinstance(count, int):
        return f"{count:,}"
    return str(count) if isinstance(count, Sym) else "?"


def _sum(found: Sequence[ModelChange]) -> str:
    numbers = []
    for state in ("changed", "added", "removed", "same"):
        count = sum(change.state == state for change in found)
        if count:
            numbers.append(f"{count} {state}")
    size = _counts(
        total(change.before for change in found), total(change.after for change in found)
    )
    word = "model" if len(found) == 1 else "models"
    return f"{len(found)} {word}: {', '.join(numbers) or 'none'}; {size} parameters in all"


def markdown(found: Sequence[ModelChange], before: str, after: str) -> str:
    """The report as Markdown, to be posted on a pull request; without a newline at the end."""
    lines = [f"### Models: {_plain(before)} → {_plain(after)}", "", _plain(_sum(found)) + "."]
    for change in found:
        if change.state == "same" and not change.unknown:
            continue
        size = _counts(
            None if change.before is None else change.before.total_params,
            None if change.after is None else change.after.total_params,
        )
        lines += ["", f"#### `{_code(change.name)}`: {change.state}, {size} parameters"]
        if change.details:
            lines += ["", *(f"- {_plain(detail)}" for detail in change.details)]
        rows = list(_rows(change.layers, ""))
        if rows:
            lines += [
                "",
                "| | layer | what | output shape | parameters |",
                "|---|---|---|---|---|",
                *rows,
            ]
        if change.state == "changed":
            lines += ["", "| old weights | | |", "|---|---|---|"]
            lines += [
                _cells(x.how, _ANSWERS[x.outcome], "; ".join(_reasons(x))) for x in change.loading
            ]
        for reason in change.unknown:
            lines += ["", f"> Not compared: {_plain(reason)}"]
    return "\n".join(lines)


def _rows(layers: Iterable[LayerChange], path: str) -> Iterator[str]:
    for layer in layers:
        name = f"{path}{layer.name}"
        shape = " → ".join(dict.fromkeys(part for part in layer.shapes if part))
        yield _cells(
            layer.state,
            f"{layer.cls} {name}",
            "; ".join(layer.details),
            shape,
            _counts(*layer.params),
        )
        yield from _rows(layer.inside, f"{name}/")


def _cells(*texts: str) -> str:
    return "| " + " | ".join(_plain(text) for text in texts) + " |"


def _plain(text: str) -> str:
    """Text that Markdown takes as it is."""
    return " ".join(text.split()).translate(_ESCAPED)


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'")
