"""What reports need of a finding besides what its rule says: a fingerprint, and edits."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from keras_lint.model.cells import Cells
from keras_lint.model.findings import Finding
from keras_lint.source.reader import SourceFile

_NEWLINE = re.compile(r"\r\n|\r|\n")


def with_fingerprints(
    findings: Iterable[Finding], text: str, cells: Cells | None
) -> tuple[Finding, ...]:
    """The findings, each with what tells it from all others of its file.

    A fingerprint is made of the code and the lines of the finding, white space apart, and of how
    many such there are before it; so it stays when the lines move.

    Args:
        findings: of one file, in order.
        text: as it was analysed.
        cells: of a notebook.
    """
    lines = _NEWLINE.split(text)
    seen: Counter[str] = Counter()
    marked = []
    for finding in findings:
        span = cells.join(finding.span) if cells else finding.span
        words = " ".join(lines[span.line - 1 : span.end_line]).split()
        content = f"{finding.code} {' '.join(words)}"
        seen[content] += 1
        whole = f"{content} {seen[content]}".encode("utf-8", "surrogatepass")
        marked.append(replace(finding, fingerprint=hashlib.sha256(whole).hexdigest()[:32]))
    return tuple(marked)


def with_edits(findings: Iterable[Finding], source: SourceFile) -> tuple[Finding, ...]:
    """The findings, those that can be repaired with the edits that do so."""
    from keras_lint.fixes.resolve import edits_of  # most runs need none
    from keras_lint.fixes.syntax import NotPossible, Syntax

    syntax = Syntax(source)
    marked = []
    for finding in findings:
        if finding.fix is not None:
            with contextlib.suppress(NotPossible):
                finding = replace(finding, edits=edits_of(syntax, finding.fix))
        marked.append(finding)
    return tuple(marked)
