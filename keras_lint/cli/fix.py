"""``keras-lint check --fix`` and ``--diff``: files repaired before what is left is reported."""

from __future__ import annotations

import argparse
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from keras_lint.cli.progress import bar
from keras_lint.files import write_atomically
from keras_lint.model.dataclass import dataclass

if TYPE_CHECKING:
    from keras_lint.engine import Manner, SettingsOf
    from keras_lint.files import Target
    from keras_lint.fixing import Fixed
    from keras_lint.verify import Verifier

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def wanted(options: argparse.Namespace) -> bool:
    """Whether anything is to be repaired, or shown how."""
    return bool(options.fix or options.diff)


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Args:
        made: how many fixes were made; with ``--diff``, would be.
        failed: files that could not be analysed, each with the reason; the report that follows
            ``--fix`` says so too.
        stdin: standard input as it is after the fixes; None if it was not among the paths.
    """

    made: int = 0
    failed: tuple[str, ...] = ()
    stdin: bytes | None = None


def run(
    options: argparse.Namespace,
    targets: Sequence[Target],
    settings_of: SettingsOf,
    verifier: Verifier | None,
    manner: Manner,
) -> Outcome:
    """Repair the files, or with ``--diff`` print how they would be repaired.

    Standard input goes to standard output, repaired. Findings that a baseline has stay as they are.
    What there is to repair is found in several processes, or known from an earlier run; repairs are
    made one after another, for all are tried in the one process that builds models.
    """
    from keras_lint.engine import read_target, with_fixes
    from keras_lint.fixing import fix_bytes
    from keras_lint.source.project import Project
    from keras_lint.source.reader import SourceError, mentions_keras, with_deep_stack

    stdin = _standard_input(targets)
    with bar() as progress:
        watched = replace(manner, progress=progress)
        fixable, failed = with_fixes(
            targets, settings_of, watched, stdin=stdin, unsafe=options.unsafe_fixes
        )
    reasons = tuple(f"{file.path}: failed: {file.reason}" for file in failed)
    project = Project()

    def repair() -> Outcome:
        made = 0
        after = stdin
        for target in fixable:
            try:
                data = read_target(target, stdin)
            except SourceError:
                continue  # the report that follows says so
            fixed = None
            if mentions_keras(data):
                fixed = fix_bytes(
                    data,
                    target.path,
                    settings_of(target.path),
                    unsafe=options.unsafe_fixes,
                    verifier=verifier,
                    project=project,
                    baseline=manner.baseline,
                )
            made += _write(target, data, fixed, diff=options.diff)
            if target.stdin:
                after = data if fixed is None else fixed.after
        return Outcome(made, reasons, after)

    return with_deep_stack(repair)


def _standard_input(targets: Sequence[Target]) -> bytes | None:
    from keras_lint.engine import read_target
    from keras_lint.source.reader import SourceError

    for target in targets:
        if target.stdin:
            with suppress(SourceError):
                return read_target(target)
    return None


def _write(target: Target, data: bytes, fixed: Fixed | None, *, diff: bool) -> int:
    """Take over one file's repairs; how many were made."""
    after = data if fixed is None else fixed.after
    if diff:
        sys.stdout.writelines(_difference(target.path, data, after))
    elif target.stdin:
        sys.stdout.flush()
        sys.stdout.buffer.write(after)
        sys.stdout.buffer.flush()
    elif after != data:
        try:
            write_atomically(target.path, after)
        except OSError as error:
            print(f"keras-lint: {target.path} cannot be written: {error.strerror}", file=sys.stderr)
            return 0
    return 0 if fixed is None else len(fixed.made)


def _difference(path: str, before: bytes, after: bytes) -> Iterator[str]:
    """A unified diff of two contents."""
    if before == after:
        return
    import difflib  # few runs need it

    old, new = (_LINE.findall(_text(content)) for content in (before, after))
    for line in difflib.unified_diff(old, new, path, path):
        ended = line.endswith(("\n", "\r"))
        yield line if ended else f"{line}\n\\ No newline at end of file\n"


def _text(content: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding)
