"""``keras-lint check``."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from keras_lint.cli import fix
from keras_lint.cli.common import UsageError, colour, verify_python

if TYPE_CHECKING:
    from keras_lint.model.findings import Verdict
    from keras_lint.verify import Verifier


def run(options: argparse.Namespace) -> int:
    """Check the paths and print the report; the exit code."""
    from keras_lint.engine import check_paths
    from keras_lint.model.target import TargetError
    from keras_lint.reporters import json_report, statistics, text_report
    from keras_lint.reporters.counts import CLEAN, FOUND, exit_code
    from keras_lint.rules.base import Options
    from keras_lint.settings import Settings, SettingsError, parse_codes

    try:
        rule_options = Options(options.target)
        rule_options.keras()  # an unknown one is told at once
        settings = Settings(parse_codes(options.select), parse_codes(options.ignore), rule_options)
    except (SettingsError, TargetError) as error:
        raise UsageError(str(error)) from error
    with _verifier(options) as (verifier, unverified):
        fixed = fix.run(options, settings, verifier) if fix.wanted(options) else fix.Outcome()
        if options.diff:
            return FOUND if fixed.made else CLEAN
        sources: dict[str, str] = {}
        run = check_paths(options.paths, settings, verifier, unverified, sources, stdin=fixed.stdin)
    if options.output_format == "json":
        report = json_report.render(run, show_refuted=options.show_refuted)
        if options.debug:
            for file in run.files:
                sys.stderr.write(file.traceback)
    else:
        report = text_report.render(
            run,
            sources,
            show_refuted=options.show_refuted,
            verbose=options.verbose,
            debug=options.debug,
            colour=colour(),
            explicit=_explicit(options.paths),
        )
    # standard output holds the repaired program when that came from standard input
    stream = sys.stdout if fixed.stdin is None else sys.stderr
    print(report, end="", file=stream)
    if options.output_format != "json":
        if fixed.made:
            print(f"{fixed.made} {'fix' if fixed.made == 1 else 'fixes'} made", file=stream)
        if options.statistics:
            print("\n" + statistics.render(run), file=stream)
    return exit_code(run)


@contextmanager
def _verifier(
    options: argparse.Namespace,
) -> Iterator[tuple[Verifier | None, Verdict]]:
    """The verifier, if there is to be one, and the verdict of findings when there is none.

    TensorFlow is only looked for, not imported: the verifier starts its process at the first
    finding.
    """
    from keras_lint.model.findings import NOT_VERIFIED, Verdict

    if not options.verify:
        yield None, NOT_VERIFIED
        return
    python = verify_python(options)
    if python is None and importlib.util.find_spec("tensorflow") is None:
        yield None, Verdict("unverified", "TensorFlow not installed")
        return
    from keras_lint.verify import Verifier

    cache = None if options.no_cache else Path(options.cache_dir)
    with Verifier(
        python, execute=options.verify_exec, cache=cache, jobs=options.verify_jobs
    ) as verifier:
        yield verifier, NOT_VERIFIED


def _explicit(paths: Sequence[str]) -> frozenset[str]:
    """The paths that were named, as targets show them."""
    from keras_lint.files import STDIN, STDIN_NAME

    return frozenset(STDIN_NAME if path == STDIN else path for path in paths)
