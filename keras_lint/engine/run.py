"""From paths to results: check every file, verify what was found. Prints nothing.

A file never costs another file its result.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from keras_lint.engine.baseline import Baseline
from keras_lint.engine.examine import Examiner, Task, is_verifiable
from keras_lint.engine.file import Checked, cell_key, one_line
from keras_lint.engine.repeated import Repeats
from keras_lint.files import Target, discover
from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import NOT_VERIFIED, FileResult, Finding, RunResult, Verdict
from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.reader import uncollected, with_deep_stack

if TYPE_CHECKING:  # imported when there is work for several processes
    from concurrent.futures import Future

    from keras_lint.engine.pool import Pool

T = TypeVar("T")

Progress = Callable[[int, int, str], None]

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


@dataclass(frozen=True)
class Manner:
    """How a run is done; its results do not depend on it, but for what a baseline leaves out.

    Args:
        jobs: how many processes may analyse files.
        cache: folder in which results are kept for the next run; None keeps none.
        baseline: the findings that are known.
        progress: told after each file how many are done, of how many, of what.
    """

    jobs: int = 1
    cache: Path | None = None
    baseline: Baseline | None = None
    progress: Progress | None = None


SERIAL = Manner()


def check_paths(
    paths: Iterable[str],
    settings: Settings | SettingsOf | None = None,
    verifier: FindingVerifier | None = None,
    unverified: Verdict = NOT_VERIFIED,
    sources: dict[str, str] | None = None,
    *,
    stdin: bytes | None = None,
    manner: Manner = SERIAL,
) -> RunResult:
    """Check files and folders; ``-`` is standard input. For the rest see :func:`check_targets`."""
    return check_targets(
        discover(paths), settings, verifier, unverified, sources, stdin=stdin, manner=manner
    )


def check_targets(
    targets: Iterable[Target],
    settings: Settings | SettingsOf | None = None,
    verifier: FindingVerifier | None = None,
    unverified: Verdict = NOT_VERIFIED,
    sources: dict[str, str] | None = None,
    *,
    stdin: bytes | None = None,
    manner: Manner = SERIAL,
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
        manner: in how many processes, with what of earlier runs.
    """
    texts = {} if sources is None else sources
    examiner = Examiner(manner.cache, to_verify=verifier is not None)

    def settings_of(path: str) -> Settings:
        if settings is None or isinstance(settings, Settings):
            return settings or Settings()
        return settings(path)

    begun = [
        examiner.begin(target, Settings() if target.problem else settings_of(target.path), stdin)
        for target in targets
    ]

    def run(outcomes: Iterator[Checked]) -> RunResult:
        results: list[FileResult] = []
        repeats = Repeats()
        waiting: list[Checked] = []
        for number, checked in enumerate(outcomes, start=1):
            if checked.result.findings:
                path = checked.result.path
                texts[path] = checked.text
                texts.update((cell_key(path, n), text) for n, text in checked.cells.items())
            repeats.note(checked.result.path, checked.result.findings)
            checked = without_known(checked, manner.baseline)
            pending = _pending(checked)
            if pending and verifier is not None and checked.analysis is not None:
                _prepare(checked, pending, verifier)
            else:  # nothing to build: only the result is needed from here on
                checked = Checked(checked.result)
            waiting.append(checked)
            if len(waiting) >= _MOST_WAITING:
                results += _verify_all(waiting, verifier, unverified, manner.progress)
                waiting = []
            if manner.progress is not None:
                manner.progress(number, len(begun), "files")
        results += _verify_all(waiting, verifier, unverified, manner.progress)
        return RunResult(tuple(map(repeats.left_out, results)))

    return each_checked(begun, examiner, manner.jobs, run)


def with_fixes(
    targets: Sequence[Target],
    settings_of: SettingsOf,
    manner: Manner = SERIAL,
    *,
    stdin: bytes | None = None,
    unsafe: bool,
) -> tuple[list[Target], list[FileResult]]:
    """The targets with findings that have a fix, and what came of those that were not analysed.

    Both in order; standard input is among the former in any case.

    Args:
        targets: what may be repaired.
        settings_of: the settings of a file, by its path.
        manner: in how many processes, with what of earlier runs.
        stdin: the content of standard input, if that was read already.
        unsafe: whether unsafe fixes count.
    """
    examiner = Examiner(manner.cache, to_verify=False)
    begun = [
        examiner.begin(target, Settings() if target.problem else settings_of(target.path), stdin)
        for target in targets
    ]
    failed: list[FileResult] = []

    def fixable(outcomes: Iterator[Checked]) -> set[str]:
        found = set()
        for number, checked in enumerate(outcomes, start=1):
            fixes = (finding.fix for finding in checked.result.findings)
            if any(fix is not None and (fix.safe or unsafe) for fix in fixes):
                found.add(checked.result.path)
            if checked.result.outcome == "failed":
                failed.append(checked.result)
            if manner.progress is not None:
                manner.progress(number, len(begun), "files")
        return found

    paths = each_checked(begun, examiner, manner.jobs, fixable)
    return [target for target in targets if target.stdin or target.path in paths], failed


def each_checked(
    begun: Sequence[Checked | Task],
    examiner: Examiner,
    jobs: int,
    take: Callable[[Iterator[Checked]], T],
) -> T:
    """What ``take`` makes of the outcomes, which it is given in order as they come.

    Args:
        begun: what :meth:`Examiner.begin` gave.
        examiner: it gave that.
        jobs: how many processes may analyse files.
        take: is run on a deep stack; it may verify between the outcomes.
    """
    tasks = [task for task in begun if isinstance(task, Task)]
    if min(jobs, len(tasks)) > 1:
        from keras_lint.engine.pool import processes_for, workers

        if count := processes_for(tasks, jobs):
            with workers(count, examiner) as pool:
                return with_deep_stack(lambda: take(_all_checked(begun, examiner, pool)))
    with uncollected():
        return with_deep_stack(lambda: take(_all_checked(begun, examiner, None)))


def _all_checked(
    begun: Sequence[Checked | Task], examiner: Examiner, pool: Pool | None
) -> Iterator[Checked]:
    """The outcomes in order, whoever comes to them."""
    if pool is None:
        for item in begun:
            yield examiner.run(item) if isinstance(item, Task) else item
        return
    from concurrent.futures import BrokenExecutor

    from keras_lint.engine.pool import unpacked

    futures: list[Future[bytes] | None] = [
        pool.submit(item) if isinstance(item, Task) else None for item in begun
    ]
    for index, item in enumerate(begun):
        future, futures[index] = futures[index], None
        if isinstance(item, Checked):
            yield item
        elif future is None:
            yield examiner.run(item)
        else:
            try:
                answer = future.result()
            except BrokenExecutor:  # a process was ended from outside
                yield examiner.run(item)
            else:
                yield unpacked(answer)


def without_known(checked: Checked, baseline: Baseline | None) -> Checked:
    """What is new of a file; what a baseline has is only counted."""
    result = checked.result
    if baseline is None or not result.findings:
        return checked
    findings = baseline.without_known(result.path, result.findings)
    known = len(result.findings) - len(findings)
    return replace(checked, result=replace(result, findings=findings, known=known))


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
    if not pending:
        return result
    if verifier is None:
        return replace(result, findings=_with_verdicts(result.findings, unverified))
    if checked.analysis is None:
        return result
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
    return [finding for finding in checked.result.findings if is_verifiable(finding)]


def _prepare(checked: Checked, pending: list[Finding], verifier: FindingVerifier) -> None:
    assert checked.analysis is not None
    with contextlib.suppress(Exception):  # whatever it is, ``verify`` meets it again and tells
        verifier.prepare(checked.text, checked.analysis, pending, all_rules())


def _verify_all(
    waiting: list[Checked],
    verifier: FindingVerifier | None,
    unverified: Verdict,
    progress: Progress | None,
) -> list[FileResult]:
    """The results of several files, in order."""

    def one(checked: Checked) -> FileResult:
        return verify(checked, verifier, unverified)

    if verifier is None or verifier.jobs < 2:
        return _watched(waiting, map(one, waiting), progress)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(verifier.jobs) as pool:
        return _watched(waiting, pool.map(one, waiting), progress)


def _watched(
    waiting: list[Checked], verified: Iterator[FileResult], progress: Progress | None
) -> list[FileResult]:
    """The results; ``progress`` is told of each file whose models are built."""
    to_build = sum(checked.analysis is not None for checked in waiting)
    if progress is None or not to_build:
        return list(verified)
    results: list[FileResult] = []
    done = 0
    progress(done, to_build, "files verified")
    for checked, result in zip(waiting, verified, strict=True):
        results.append(result)
        if checked.analysis is not None:
            done += 1
            progress(done, to_build, "files verified")
    return results


def _with_verdicts(findings: Iterable[Finding], verdict: Verdict) -> tuple[Finding, ...]:
    return tuple(f.with_verdict(verdict) if is_verifiable(f) else f for f in findings)
