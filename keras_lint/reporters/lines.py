"""Reports of one line per finding: for editors and eyes (``concise``), and for GitHub."""

from __future__ import annotations

from keras_lint.model.findings import FileResult, Finding, RunResult
from keras_lint.reporters.counts import count
from keras_lint.reporters.places import details, line_in_file, relative, worded
from keras_lint.reporters.text_report import line_of, summary_lines
from keras_lint.reporters.widths import escape

_GITHUB_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def concise(run: RunResult) -> str:
    """``path:line:column: code message [verdict]`` for each finding, then two lines of summary."""
    rows: list[str] = []
    for file in run.files:
        for finding in file.findings:
            place = f"{escape(file.path)}:{line_of(finding.span)}:{finding.span.column}"
            verdict = finding.verdict.status
            rows.append(f"{place}: {finding.code} {finding.message} [{verdict}]")
        if _silent_failure(file):
            rows.append(f"{escape(file.path)}: failed: {file.reason}")
    return "".join(f"{row}\n" for row in rows) + summary_lines(count(run))


def github(run: RunResult) -> str:
    """Workflow commands that GitHub Actions shows as annotations of the lines."""
    rows: list[str] = []
    for file in run.files:
        rows += [_annotation(file.path, finding) for finding in file.findings]
        if _silent_failure(file):
            where = _property(relative(file.path))
            rows.append(f"::error file={where},title=keras-lint::{_data(file.reason)}")
    return "".join(f"{row}\n" for row in rows)


def _annotation(path: str, finding: Finding) -> str:
    span = finding.span
    where = [f"file={_property(relative(path))}", f"line={line_in_file(span)}"]
    if span.cell is None:
        where.append(f"endLine={span.end_line}")
        if span.line == span.end_line:  # columns are for one line only
            where += [f"col={span.column}", f"endColumn={span.end_column}"]
    where.append(f"title={_property(f'{finding.code} {finding.name}')}")
    text = _data("\n".join([worded(finding), *details(finding)]))
    return f"::{_GITHUB_LEVELS[finding.level]} {','.join(where)}::{text}"


def _silent_failure(file: FileResult) -> bool:
    return file.outcome == "failed" and not file.findings


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
