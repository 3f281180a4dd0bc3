"""One file after another: read, interpret, apply the rules, verify."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.interp import analyse
from keras_lint.model.findings import FileResult, Finding, ModelSummary, RunResult
from keras_lint.model.outcomes import Unknown
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.reader import (
    SourceError,
    decode,
    mentions_keras,
    parse,
    with_deep_stack,
)

if TYPE_CHECKING:
    from keras_lint.verify import Verifier

NO_KERAS = "does not mention Keras"
EMPTY = "empty file"


@dataclass(frozen=True)
class Checked:
    """A file's result together with what verification and drawing need of it."""

    result: FileResult
    text: str = ""
    analysis: FileAnalysis | None = None


def check_bytes(data: bytes, path: str, settings: Settings) -> Checked:
    """Check the content of one file; never raises for anything in it.

    Call inside :func:`with_deep_stack`.
    """
    if not data.strip():
        return Checked(FileResult(path, "skipped", EMPTY))
    if b"\0" not in data and not mentions_keras(data):
        return Checked(FileResult(path, "skipped", NO_KERAS))
    text = ""
    try:
        text = decode(data)
        source = parse(path, text)
    except SourceError as error:
        return Checked(_unreadable(path, error, settings), text)
    try:
        analysis = analyse(source)
    except Exception as error:  # noqa: BLE001 - our bug must not cost the other files
        return Checked(
            FileResult(
                path,
                "failed",
                f"internal error while interpreting: {_one_line(error)}",
                traceback=traceback.format_exc(),
            ),
            text,
        )
    findings, trouble = apply_rules(analysis, settings)
    result = FileResult(
        path,
        "checked",
        findings=findings,
        models=tuple(_summary(graph) for graph in analysis.graphs if graph.kind != "fragment"),
        notes=tuple(_phrase(lost) for lost in analysis.lost),
        traceback=trouble,
    )
    return Checked(result, text, analysis)


def _unreadable(path: str, error: SourceError, settings: Settings) -> FileResult:
    if error.outcome != "syntax":
        outcome: Literal["skipped", "failed"] = (
            "skipped" if error.outcome == "skipped" else "failed"
        )
        return FileResult(path, outcome, error.reason)
    rule = all_rules()["KER001"]
    findings: tuple[Finding, ...] = ()
    if settings.is_on(rule):
        span = Span(error.line, max(error.column, 1), error.line, max(error.column, 1) + 1)
        findings = (
            Finding(rule.code, rule.name, rule.level, f"Cannot be parsed: {error.reason}", span),
        )
    # With KER001 on, the finding says it; without, the file must still not count as clean.
    return FileResult(path, "failed", f"cannot be parsed: {error.reason}", findings)


def apply_rules(analysis: FileAnalysis, settings: Settings) -> tuple[tuple[Finding, ...], str]:
    """The findings of all rules that are on, by position; and tracebacks of rules that crashed."""
    found: dict[tuple[str, Span], Finding] = {}
    trouble: list[str] = []
    for index, graph in enumerate(analysis.graphs):
        for rule in settings.rules().values():
            if rule.check is None:
                continue
            try:
                for finding in rule.check(rule, graph):
                    found.setdefault((finding.code, finding.span), replace(finding, graph=index))
            except Exception as error:  # noqa: BLE001 - one rule's bug must not cost the others
                trouble.append(traceback.format_exc())
                crash = _crash(rule, graph, error, settings)
                if crash is not None:
                    found.setdefault((crash.code, crash.span), crash)
    ordered = sorted(found.values(), key=lambda finding: (finding.span, finding.code))
    return tuple(ordered), "\n".join(trouble)


def _crash(rule: Rule, graph: LayerGraph, error: Exception, settings: Settings) -> Finding | None:
    report = all_rules()["KER002"]
    if not settings.is_on(report):
        return None
    span = graph.origin.span if graph.origin is not None else Span(1, 1, 1, 2)
    message = f"The rule {rule.code} crashed on this model: {_one_line(error)}"
    return Finding(report.code, report.name, report.level, message, span, model=graph.name)


def _one_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _phrase(lost: Unknown) -> str:
    return lost.reason if lost.span is None else f"{lost.span}: {lost.reason}"


def _summary(graph: LayerGraph) -> ModelSummary:
    return ModelSummary(
        graph.name,
        graph.kind,
        graph.origin.span if graph.origin is not None else None,
        graph.followed,
        tuple(_phrase(lost) for lost in graph.lost),
    )


def verify(checked: Checked, verifier: Verifier | None) -> FileResult:
    """The file's result with a verdict on each finding about a model."""
    result, analysis = checked.result, checked.analysis
    if verifier is None or analysis is None or not result.findings:
        return result
    about = [f for f in result.findings if f.graph is not None]
    rest = [f for f in result.findings if f.graph is None]
    verified = verifier.verify(checked.text, analysis, about, all_rules())
    ordered = sorted([*verified, *rest], key=lambda finding: (finding.span, finding.code))
    return replace(result, findings=tuple(ordered))


def check_files(
    files: Iterable[tuple[str, bytes | None]], settings: Settings, verifier: Verifier | None = None
) -> RunResult:
    """Check files given as path and content; content None is read from the path."""

    def run() -> RunResult:
        results: list[FileResult] = []
        for path, data in files:
            if data is None:
                try:
                    data = Path(path).read_bytes()
                except OSError as error:
                    reason = f"cannot be read: {error.strerror or error}"
                    results.append(FileResult(path, "failed", reason))
                    continue
            results.append(verify(check_bytes(data, path, settings), verifier))
        return RunResult(tuple(results))

    return with_deep_stack(run)
