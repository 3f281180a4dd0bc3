"""One mistake in a module that many files use, told once in a run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from keras_lint.model.findings import FileResult, Finding
from keras_lint.model.spans import Place, Span

_Mistake = tuple[str, Place, str]


class Repeats:
    """What a run has found that has its cause in another file than it is reported in.

    It is left out where the file with the cause is told of the same. Where only callers show that
    there is a mistake, the first of those that say the same stands for all.
    """

    def __init__(self) -> None:
        self._own: set[tuple[str, Place]] = set()
        self._first: dict[_Mistake, tuple[str, Span]] = {}
        self._count: Counter[_Mistake] = Counter()

    def note(self, path: str, findings: Iterable[Finding]) -> None:
        """Everything that was found in a file; files come in the order of the report."""
        for finding in findings:
            if finding.cause is None:
                continue
            if not finding.cause.path:
                self._own.add((finding.code, Place(_real(path), finding.cause.span)))
                continue
            mistake = _mistake(finding, finding.cause)
            self._first.setdefault(mistake, (path, finding.span))
            self._count[mistake] += 1

    def left_out(self, result: FileResult) -> FileResult:
        """The result of a file without what is told elsewhere; all files have been noted."""
        told = (self._told(result.path, finding) for finding in result.findings)
        return replace(result, findings=tuple(finding for finding in told if finding is not None))

    def _told(self, path: str, finding: Finding) -> Finding | None:
        if finding.cause is None or not finding.cause.path:
            return finding
        mistake = _mistake(finding, finding.cause)
        code, place, _ = mistake
        if (code, place) in self._own or self._first[mistake] != (path, finding.span):
            return None
        more = self._count[mistake] - 1
        if not more:
            return finding
        where = f"{os.path.basename(place.path)}, line {place.span.line}"
        says = f"{more} more {'call leads' if more == 1 else 'calls lead'} to the same in {where}"
        return replace(finding, hint=f"{finding.hint}; {says}" if finding.hint else says)


def _mistake(finding: Finding, cause: Place) -> _Mistake:
    return finding.code, Place(_real(cause.path), cause.span), finding.message


@cache
def _real(path: str) -> str:
    return os.path.realpath(path)
