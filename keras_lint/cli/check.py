"""``keras-lint check``."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from keras_lint.cli import fix
from keras_lint.cli.chosen import common_folder, project_settings
from keras_lint.cli.common import UsageError, colour, verify_python
from keras_lint.cli.progress import bar

if TYPE_CHECKING:
    from keras_lint.engine.baseline import Baseline
    from keras_lint.files import Target
    from keras_lint.model.findings import RunResult, Verdict
    from keras_lint.settings.layers import Resolved
    from keras_lint.settings.project import ProjectSettings
    from keras_lint.verify import Verifier


def run(options: argparse.Namespace) -> int:
    """Check the paths and print the report; the exit code."""
    from keras_lint.settings import SettingsError

    if options.output_file == "-":
        options.output_file = None
    try:
        settings = project_settings(options)
        return _check(options, settings, _targets(options, settings))
    except SettingsError as error:
        raise UsageError(str(error)) from error


def _check(options: argparse.Namespace, settings: ProjectSettings, targets: list[Target]) -> int:
    from keras_lint.engine import Manner, check_targets
    from keras_lint.reporters import statistics
    from keras_lint.reporters.counts import CLEAN, FAILED, FOUND, exit_code

    for_run = settings.of_folder(common_folder([*_paths(options)]))
    baseline = None if options.write_baseline is not None else baseline_of(for_run)
    manner = Manner(
        jobs=jobs_of(for_run),
        cache=None if options.no_cache else Path(options.cache_dir),
        baseline=baseline,
    )
    with verifier_of(options, for_run) as (verifier, unverified):
        fixed = fix.Outcome()
        if fix.wanted(options):
            fixed = fix.run(options, targets, settings.of_file, verifier, manner)
        if options.diff:
            for reason in fixed.failed:
                print(f"keras-lint: {reason}", file=sys.stderr)
            return FAILED if fixed.failed else FOUND if fixed.made else CLEAN
        sources: dict[str, str] = {}
        with bar() as progress:
            run = check_targets(
                targets,
                settings.of_file,
                verifier,
                unverified,
                sources,
                stdin=fixed.stdin,
                manner=replace(manner, progress=progress),
            )
    if options.write_baseline is not None:
        return _write_baseline(options.write_baseline, run)
    report = _report(options, run, sources, targets)
    if fixed.made and options.output_format in ("text", "concise"):
        report += f"{fixed.made} {'fix' if fixed.made == 1 else 'fixes'} made\n"
    if options.output_format == "text":
        if options.statistics:
            report += "\n" + statistics.render(run) + "\n"
    elif options.debug:
        for file in run.files:
            sys.stderr.write(file.traceback)
    if options.output_file is not None:
        _write("--output-file", options.output_file, report)
    else:
        # standard output holds the repaired program when that came from standard input
        print(report, end="", file=sys.stdout if fixed.stdin is None else sys.stderr)
    return exit_code(run)


def _report(
    options: argparse.Namespace, run: RunResult, sources: dict[str, str], targets: list[Target]
) -> str:
    if options.output_format != "text":
        from keras_lint.reporters import formats

        return formats.render(options.output_format, run, show_refuted=options.show_refuted)
    from keras_lint.reporters import text_report

    return text_report.render(
        run,
        sources,
        show_refuted=options.show_refuted,
        verbose=options.verbose,
        debug=options.debug,
        colour=options.output_file is None and colour(),
        explicit=frozenset(target.path for target in targets if target.explicit),
    )


def _write(option: str, path: str, text: str) -> None:
    from keras_lint.files import write_atomically

    try:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{option}: {path}: {error.strerror}") from error


def baseline_of(settings: Resolved) -> Baseline | None:
    """The findings that are known."""
    from keras_lint.engine.baseline import BaselineError, read_baseline

    setting = settings.get("baseline")
    if setting.value is None:
        return None
    try:
        return read_baseline(os.path.join(setting.folder or ".", setting.value))
    except BaselineError as error:
        raise UsageError(f"baseline: {error}") from error


def _write_baseline(path: str, run: RunResult) -> int:
    """Record what was found; 0, or 2 if something could not be analysed."""
    from keras_lint.engine.baseline import baseline_text
    from keras_lint.reporters.counts import CLEAN, FAILED, count, exit_code

    known = baseline_text(path, run.files)
    if path == "-":
        print(known, end="")
    else:
        _write("--write-baseline", path, known)
        number = count(run).findings
        print(f"{number} {'finding' if number == 1 else 'findings'} recorded in {path}")
    for file in run.files:
        if file.outcome == "failed" and not file.findings:
            print(f"{file.path}: failed: {file.reason}", file=sys.stderr)
    return FAILED if exit_code(run) == FAILED else CLEAN


def jobs_of(settings: Resolved) -> int:
    """How many processes may analyse files; by default as many as this one may use at a time."""
    chosen: int | None = settings.get("jobs").value
    if chosen:
        return chosen
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _targets(options: argparse.Namespace, settings: ProjectSettings) -> list[Target]:
    """What is to be checked, in order."""
    from keras_lint.files import STDIN, STDIN_NAME, discover

    name = options.stdin_filename or STDIN_NAME
    if options.stdin_filename is not None and STDIN not in options.paths:
        raise UsageError("--stdin-filename goes with -, which stands for standard input")
    targets = discover(options.paths, settings.excluded, name, force=options.force_exclude)
    if options.changed_since is None:
        return list(targets)
    from keras_lint.files.changed import changed_since, only_changed
    from keras_lint.files.git import GitError

    try:
        changed = changed_since(options.changed_since, common_folder(_paths(options)))
    except GitError as error:
        raise UsageError(f"--changed-since: {error}") from error
    return list(only_changed(targets, changed))


def _paths(options: argparse.Namespace) -> list[str]:
    """The paths of the run, the name of standard input among them."""
    from keras_lint.files import STDIN

    stdin = options.stdin_filename or "."
    return [stdin if path == STDIN else path for path in options.paths]


@contextmanager
def verifier_of(
    options: argparse.Namespace, settings: Resolved
) -> Iterator[tuple[Verifier | None, Verdict]]:
    """The verifier, if there is to be one, and the verdict of findings when there is none.

    TensorFlow is only looked for, not imported: the verifier starts its process at the first
    finding.
    """
    from keras_lint.model.findings import NOT_VERIFIED, Verdict

    if not settings.get("verify").value:
        yield None, NOT_VERIFIED
        return
    setting = settings.get("verify-python")
    python = verify_python(setting.value, setting.origin, setting.folder)
    if python is None and importlib.util.find_spec("tensorflow") is None:
        yield None, Verdict("unverified", "TensorFlow not installed")
        return
    from keras_lint.verify import Verifier

    cache = None if options.no_cache else Path(options.cache_dir)
    with Verifier(
        python, execute=options.verify_exec, cache=cache, jobs=options.verify_jobs
    ) as verifier:
        yield verifier, NOT_VERIFIED
