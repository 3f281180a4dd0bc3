"""From paths to results: check every file, verify what was found. Prints nothing.

A file never costs another file its result.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Literal, Protocol

from keras_lint.engine.file import Checked, cell_key, check_bytes, one_line, read_target
from keras_lint.files import Target, discover
from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import NOT_VERIFIED, FileResult, Finding, RunResult, Verdict
from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import SourceError, with_deep_stack

SettingsOf = Callable[[str], Settings]
"""The settings of a file, by its path."""

_MOST_WAITING = 500
"""Files that may be kept in memory until their findings are verified."""


class FindingVerifier(Protocol):
    """What the engine needs of :class:`keras_lint.verify.Verifier`."""

    jobs: int
    """How many files may be verified at a time."""

    def prepare(
        self,
        source_text: str,
        analysis: FileAnalysis,
        findings: Iterable[Finding],
        rules: Mapping[str, Rule],
    ) -> None:
        """Begin what takes long, without waiting for it: ``verify`` will be asked the same."""
        ...

    def verify(
        self,
        source_text: str,
        analysis: FileAnalysis,
        findings: Iterable[Finding],
        rules: Mapping[str, Rule],
    ) -> list[Finding]:
        """The same findings with their verdicts."""
        ...


def check_paths(
    paths: Iterable[str],
    settings: Settings | SettingsOf | None = None,
    verifier: FindingVerifier | None = None,
    unverified: Verdict = NOT_VERIFIED,
    sources: dict[str, str] | None = None,
    *,
    stdin: bytes | None = None,
) -> RunResult:
    """Check files and folders; ``-`` is standard input. For the rest see :func:`check_targets`."""
    return check_targets(discover(paths), settings, verifier, unverified, sources, stdin=stdin)


def check_targets(
    targets: Iterable[Target],
    settings: Settings | SettingsOf | None = None,
    verifier: FindingVerifier | None = None,
    unverified: Verdict = NOT_VERIFIED,
    sources: dict[str, str] | None = None,
    *,
    stdin: bytes | None = None,
) -> RunResult:
    """Check what was found by :func:`keras_lint.files.discover`.

    Args:
        targets: in the order of the results.
        settings: which rules run, for all files or by file; the default set if None.
        verifier: builds the models that findings are about; None leaves all unverified.
        unverified: the verdict of findings when there is no verifier.
        sources: filled with the text of every file that has findings, for excerpts, by path; of a
            notebook, with the text of every code cell (see :func:`cell_key`).
        stdin: the content of standard input, if that was read already.
    """
    texts = {} if sources is None else sources
    project = Project()

    def settings_of(path: str) -> Settings:
        if settings is None or isinstance(settings, Settings):
            return settings or Settings()
        return settings(path)

    def run() -> RunResult:
        results: list[FileResult] = []
        waiting: list[Checked] = []
        for target in targets:
            checked = _check_target(target, settings_of, texts, project, stdin)
            pending = _pending(checked)
            if pending and verifier is not None and checked.analysis is not None:
                _prepare(checked, pending, verifier)
            else:  # nothing to build: only the result is needed from here on
                checked = Checked(checked.result) if not pending else checked
            waiting.append(checked)
            if len(waiting) >= _MOST_WAITING:
                results += _verify_all(waiting, verifier, unverified)
                waiting = []
        return RunResult((*results, *_verify_all(waiting, verifier, unverified)))

    return with_deep_stack(run)


def verify(
    checked: Checked, verifier: FindingVerifier | None, unverified: Verdict = NOT_VERIFIED
) -> FileResult:
    """The file's result with a verdict on every finding that has a model to build.

    A verifier that fails leaves the findings unverified with the reason; it takes none away.

    Args:
        checked: what :func:`check_bytes` gave.
        verifier: builds the models; None gives every finding the verdict ``unverified``.
        unverified: that verdict.
    """
    result = checked.result
    pending = _pending(checked)
    if not pending or checked.analysis is None:
        return result
    if verifier is None:
        return replace(result, findings=_with_verdicts(result.findings, unverified))
    try:
        answers = verifier.verify(checked.text, checked.analysis, pending, all_rules())
    except Exception as error:  # noqa: BLE001 - a failing verifier must not cost the findings
        verdict = Verdict("unverified", f"verification failed: {one_line(error)}")
        return replace(
            result,
            findings=_with_verdicts(result.findings, verdict),
            traceback=result.traceback + traceback.format_exc(),
        )
    by_place = {(finding.code, finding.span): finding for finding in answers}
    return replace(
        result, findings=tuple(by_place.get((f.code, f.span), f) for f in result.findings)
    )


def _pending(checked: Checked) -> list[Finding]:
    return [finding for finding in checked.result.findings if _verifiable(finding)]


def _prepare(checked: Checked, pending: list[Finding], verifier: FindingVerifier) -> None:
    assert checked.analysis is not None
    with contextlib.suppress(Exception):  # whatever it is, ``verify`` meets it again and tells
        verifier.prepare(checked.text, checked.analysis, pending, all_rules())


def _verify_all(
    waiting: list[Checked], verifier: FindingVerifier | None, unverified: Verdict
) -> list[FileResult]:
    """The results of several files, in order."""
    if verifier is None or verifier.jobs < 2:
        return [verify(checked, verifier, unverified) for checked in waiting]
    with ThreadPoolExecutor(verifier.jobs) as pool:
        return list(pool.map(lambda checked: verify(checked, verifier, unverified), waiting))


def _check_target(
    target: Target,
    settings_of: SettingsOf,
    sources: dict[str, str],
    project: Project,
    stdin: bytes | None,
) -> Checked:
    """Everything about one file but verification."""
    if target.problem:
        outcome: Literal["skipped", "failed"] = "skipped" if target.skipped else "failed"
        return Checked(FileResult(target.path, outcome, target.problem))
    settings = settings_of(target.path)
    try:
        data = read_target(target, stdin)
    except SourceError as error:
        return Checked(FileResult(target.path, "failed", error.reason))
    checked = check_bytes(data, target.path, settings, explicit=target.explicit, project=project)
    if checked.result.findings:
        sources[target.path] = checked.text
        sources.update((cell_key(target.path, n), text) for n, text in checked.cells.items())
    return checked


def _verifiable(finding: Finding) -> bool:
    rule = all_rules().get(finding.code)
    return rule is not None and rule.confirm != "none"


def _with_verdicts(findings: Iterable[Finding], verdict: Verdict) -> tuple[Finding, ...]:
    return tuple(f.with_verdict(verdict) if _verifiable(f) else f for f in findings)
