"""The run as text for people: findings with excerpt, shape trail and verdict, then a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keras_lint.engine import NO_KERAS, cell_key
from keras_lint.model.findings import FileResult, Finding, RunResult, TrailStep
from keras_lint.model.spans import Span
from keras_lint.reporters.counts import Counts, count
from keras_lint.reporters.excerpt import Mark, Paint, excerpt, lines_of
from keras_lint.reporters.widths import escape, text_width

_COLOURS = {
    "path": "1",
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "primary": "1;31",
    "secondary": "1;34",
    "gutter": "34",
    "label": "1",
    "dim": "2",
    "confirmed": "1;32",
    "refuted": "1;35",
    "unverified": "1;33",
    "clean": "1;32",
}
_EVIDENCE_LINES = 12


def plain(_role: str, text: str) -> str:
    """No colour."""
    return text


def coloured(role: str, text: str) -> str:
    """ANSI colours by role; a role without colour is left as it is."""
    code = _COLOURS.get(role)
    return f"\033[{code}m{text}\033[0m" if code and text else text


def render(
    run: RunResult,
    sources: Mapping[str, str],
    *,
    show_refuted: bool = False,
    verbose: bool = False,
    debug: bool = False,
    colour: bool = False,
    explicit: frozenset[str] = frozenset(),
) -> str:
    """The whole report.

    Args:
        run: the results.
        sources: text of the files with findings, by path, and of notebook cells, by
            :func:`~keras_lint.engine.cell_key`; without it a finding has no excerpt.
        show_refuted: show findings that TensorFlow refuted, marked as such.
        verbose: list skipped files, and where partly followed models were lost.
        debug: append tracebacks of what went wrong inside the tool.
        colour: use ANSI colours.
        explicit: paths the user named; each that was skipped gets a line, but one that only does
            not mention Keras is counted (a hook names every file of a commit).
    """
    paint = coloured if colour else plain
    blocks: list[str] = []
    remarks: list[str] = []
    for file in run.files:
        blocks.extend(
            _finding(file, finding, sources, paint)
            for finding in file.findings
            if show_refuted or finding.verdict.status != "refuted"
        )
        remarks.extend(_remarks(file, paint, verbose, debug, file.path in explicit))
    if remarks:
        blocks.append("".join(f"{line}\n" for line in remarks))
    blocks.append(summary_lines(count(run), paint))
    return "\n".join(blocks)


def _finding(file: FileResult, finding: Finding, sources: Mapping[str, str], paint: Paint) -> str:
    span = finding.span
    place = paint("path", f"{escape(file.path)}:{line_of(span)}:{span.column}:")
    lines = [f"{place} {paint(finding.level, finding.code)} {finding.message}"]
    marks = [Mark(span, _label(finding))]
    marks.extend(Mark(r.span, r.message, primary=False) for r in finding.related)
    body = _excerpts(file.path, marks, sources, paint)
    if finding.expected and finding.actual:
        body.append(f"{paint('label', 'expected')}  {finding.expected}")
        body.append(f"{paint('label', 'received')}  {finding.actual}")
    body.extend(_trail(finding.trail, paint))
    if finding.hint:
        body.append(f"{paint('label', 'help')}  {finding.hint}")
    body.extend(_verdict(finding, paint))
    lines.extend(f"  {line}".rstrip() for line in body)
    return "".join(f"{line}\n" for line in lines)


def _excerpts(
    path: str, marks: Sequence[Mark], sources: Mapping[str, str], paint: Paint
) -> list[str]:
    """The excerpt of every cell that has a mark, that of the finding itself first."""
    rows: list[str] = []
    for cell in dict.fromkeys(mark.span.cell for mark in marks):
        text = sources.get(cell_key(path, cell))
        if text is None:
            continue
        if rows:
            rows.append(paint("gutter", f"cell {cell}"))
        rows.extend(excerpt(lines_of(text), [m for m in marks if m.span.cell == cell], paint))
    return rows


def line_of(span: Span) -> str:
    """The line in a place as editors read it: ``12``, in a notebook ``cell 3:12``."""
    return f"{span.line}" if span.cell is None else f"cell {span.cell}:{span.line}"


def _label(finding: Finding) -> str:
    return finding.name.replace("-", " ") if finding.related else ""


def _trail(trail: Sequence[TrailStep], paint: Paint) -> list[str]:
    if not trail:
        return []
    layer_width = max(text_width(step.layer) for step in trail)
    shape_width = max(text_width(step.shape or _REFUSED) for step in trail)
    rows = [paint("label", "shapes")]
    for index, step in enumerate(trail):
        arrow = "  " if index == 0 else "→ "
        shape = step.shape or _REFUSED
        role = "" if step.shape else "primary"
        where = str(step.span) if step.span else ""
        row = (
            f"  {arrow}{step.layer}{' ' * (layer_width - text_width(step.layer))}  "
            f"{paint(role, shape)}{' ' * (shape_width - text_width(shape))}  {paint('dim', where)}"
        )
        rows.append(row.rstrip())
    return rows


_REFUSED = "refused"


def _verdict(finding: Finding, paint: Paint) -> list[str]:
    verdict = finding.verdict
    reason = f": {verdict.reason}" if verdict.reason else ""
    if verdict.status == "unverified" and verdict.reason:
        reason = f" ({verdict.reason})"
    values = ", ".join(f"{name}={value!r}" for name, value in verdict.values)
    rows = [paint(verdict.status, verdict.status) + (f" for {values}" if values else "") + reason]
    evidence = verdict.evidence.strip("\n").splitlines()
    rows.extend(f"  {line}" for line in evidence[:_EVIDENCE_LINES])
    if len(evidence) > _EVIDENCE_LINES:
        rows.append(f"  ... {len(evidence) - _EVIDENCE_LINES} more lines")
    return rows


def _remarks(
    file: FileResult, paint: Paint, verbose: bool, debug: bool, explicit: bool
) -> list[str]:
    """The lines about a file that are no findings."""
    path = escape(file.path)
    rows: list[str] = []
    if file.outcome == "failed" and not file.findings:
        rows.append(f"{paint('path', path + ':')} {paint('error', 'failed')}: {file.reason}")
    elif file.outcome == "skipped" and (verbose or (explicit and file.reason != NO_KERAS)):
        rows.append(f"{paint('path', path + ':')} {paint('warning', 'skipped')}: {file.reason}")
    if verbose:
        for model in file.models:
            if not model.followed:
                line = f":{line_of(model.span)}" if model.span else ""
                lost = "; ".join(model.lost) or "no reason given"
                rows.append(f"{path}{line}: model {model.name!r} followed partly: {lost}")
        rows.extend(f"{path}: not followed: {note}" for note in file.notes)
    if debug and file.traceback:
        rows.extend(f"    {line}" for line in file.traceback.rstrip().splitlines())
    return rows


def summary_lines(counts: Counts, paint: Paint = plain) -> str:
    """Two lines: what was looked at, and what was found."""
    looked = [f"{_number(counts.checked, 'file')} checked"]
    if counts.failed:
        looked.append(paint("error", f"{counts.failed} failed"))
    if counts.skipped:
        without = counts.without_keras
        detail = f" ({without} without Keras)" if without else ""
        looked.append(f"{counts.skipped} skipped{detail}")
    models = f"{_number(counts.followed + counts.partly, 'model')}"
    models += f" ({counts.followed} followed fully, {counts.partly} partly)"
    if counts.without_models:
        models += f", {_number(counts.without_models, 'checked file')} without a model"
    if counts.notes:
        models += f", {_number(counts.notes, 'other place')} not followed"
    verdicts = [
        paint(name, f"{number} {name}")
        for name, number in (("confirmed", counts.confirmed), ("unverified", counts.unverified))
        if number
    ]
    found = _number(counts.findings, "finding")
    if verdicts:
        found += f": {', '.join(verdicts)}"
    elif counts.checked and not counts.partly and not counts.failed:
        found = paint("clean", found)
    if counts.refuted:
        found += f" ({counts.refuted} refuted by TensorFlow, not counted; see --show-refuted)"
    if counts.known:
        found += f" ({counts.known} more in the baseline)"
    return f"{', '.join(looked)}; {models}\n{found}\n"


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
