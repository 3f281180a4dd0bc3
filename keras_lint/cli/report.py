"""``keras-lint report``: one page of all models, drawn, with their findings."""

from __future__ import annotations

import argparse
import sys

from keras_lint.cli.check import baseline_of, jobs_of, verifier_of
from keras_lint.cli.chosen import common_folder, project_settings
from keras_lint.cli.common import UsageError
from keras_lint.cli.progress import bar


def run(options: argparse.Namespace) -> int:
    """Check the paths, build their models, and write the page; the exit code is that of a check."""
    from keras_lint.engine import Manner
    from keras_lint.engine.drawn import check_and_build
    from keras_lint.files import STDIN, discover, write_atomically
    from keras_lint.model.findings import RunResult
    from keras_lint.reporters.counts import exit_code
    from keras_lint.reporters.html_report import render
    from keras_lint.settings import SettingsError

    try:
        settings = project_settings(options)
        targets = discover(options.paths, settings.excluded)
        for_run = settings.of_folder(common_folder(options.paths))
        with verifier_of(options, for_run) as (verifier, unverified), bar() as progress:
            manner = Manner(jobs=jobs_of(for_run), baseline=baseline_of(for_run), progress=progress)
            files = check_and_build(targets, settings.of_file, verifier, unverified, manner)
    except SettingsError as error:
        raise UsageError(str(error)) from error
    page = render(files, ", ".join(options.paths)).encode("utf-8", "backslashreplace")
    if options.output == STDIN:
        sys.stdout.buffer.write(page)
    else:
        try:
            write_atomically(options.output, page)
        except OSError as error:
            raise UsageError(f"--output: {options.output}: {error.strerror}") from error
    code: int = exit_code(RunResult(tuple(file.result for file in files)))
    return code
