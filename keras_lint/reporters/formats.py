"""All formats of a run's report by name; ``text`` alone needs the sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from keras_lint.model.findings import RunResult
from keras_lint.reporters import json_report
from keras_lint.reporters.gitlab import gitlab
from keras_lint.reporters.lines import concise, github
from keras_lint.reporters.sarif import sarif
from keras_lint.reporters.xml_reports import checkstyle, junit

_REPORTERS: dict[str, Callable[[RunResult], str]] = {
    "checkstyle": checkstyle,
    "concise": concise,
    "github": github,
    "gitlab": gitlab,
    "junit": junit,
    "sarif": sarif,
}


def render(name: str, run: RunResult, *, show_refuted: bool = False) -> str:
    """The report in a format for machines.

    Args:
        name: of the format.
        run: the results.
        show_refuted: keep findings that TensorFlow refuted; they are counted in any case.
    """
    if name in ("json", "jsonl"):
        reporter = json_report.render if name == "json" else json_report.lines
        return reporter(run, show_refuted=show_refuted)
    return _REPORTERS[name](run if show_refuted else _without_refuted(run))


def _without_refuted(run: RunResult) -> RunResult:
    return RunResult(
        tuple(
            replace(
                file,
                findings=tuple(f for f in file.findings if f.verdict.status != "refuted"),
            )
            for file in run.files
        )
    )
