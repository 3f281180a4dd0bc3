"""Comments that keep findings back: ``# noqa``, ``# noqa: KER101``, ``# keras-lint: skip-file``.

A ``noqa`` on any line of a statement holds for the whole statement (of a compound statement, for
its head). Codes are meant as flake8 means them: ``KER1`` stands for all that begin so.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from keras_lint.model.dataclass import dataclass
from keras_lint.model.fixes import Edit
from keras_lint.model.spans import Span

_NEWLINE = re.compile(r"\r\n|\r|\n")

_CODE = r"[A-Za-z]+[0-9]+"
_NOQA = re.compile(rf"#\s*noqa(?::\s*(?P<codes>{_CODE}(?:(?:\s*,\s*|\s+){_CODE})*))?", re.I)
_SKIP = re.compile(r"#\s*keras-lint:\s*skip-file\s*(#|$)", re.I)


@dataclass(frozen=True)
class Noqa:
    """One such comment.

    Args:
        first, last: the lines of the statement it holds for.
        span: of the comment from ``#`` to the last code, in the text as analysed.
        codes: as written, in capitals; none means all.
        line: the text of its line, and ``comment`` the column at which the comment ends.
    """

    first: int
    last: int
    span: Span
    codes: tuple[str, ...]
    line: str
    comment: int

    def covers(self, code: str, line: int) -> bool:
        """Whether it keeps back a finding of ``code`` that begins on ``line``."""
        there = self.first <= line <= self.last
        return there and (not self.codes or code.startswith(self.codes))

    def without(self, codes: frozenset[str]) -> Edit:
        """The edit that takes codes out of it; the whole comment if none are left."""
        left = [code for code in self.codes if code not in codes]
        span = self.span
        if left:
            text = self.line[span.column - 1 : span.end_column - 1]
            head = text[: text.index(":") + 1]
            return Edit(span, f"{head} {', '.join(left)}")
        rest = self.line[span.end_column - 1 : self.comment].strip()
        if rest:  # something else stands in the comment
            end = self.line.index(rest, span.end_column - 1) + 1
            return Edit(_columns(span, span.column, end), "" if rest.startswith("#") else "# ")
        before = self.line[: span.column - 1].rstrip()
        return Edit(_columns(span, len(before) + 1, self.comment + 1), "")


@dataclass(frozen=True)
class Suppressions:
    """What the comments of one file say."""

    noqas: tuple[Noqa, ...] = ()
    skip_file: bool = False


NONE = Suppressions()


def read_suppressions(text: str) -> Suppressions:
    """The comments of a text that Python can parse; none if it cannot be tokenised."""
    lowered = text.lower()
    if "noqa" not in lowered and "skip-file" not in lowered:
        return NONE
    try:
        return _read(text)
    except (tokenize.TokenError, SyntaxError):  # IndentationError among them
        return NONE


def _read(text: str) -> Suppressions:
    noqas: list[Noqa] = []
    skip = False
    lines = _NEWLINE.split(text)
    for first, last, comments in _statements(text):
        for token in comments:
            skip = skip or _SKIP.match(token.string) is not None
            found = _NOQA.search(token.string)
            if found is None:
                continue
            line, start = token.start
            begin, end = start + found.start() + 1, start + found.end() + 1
            codes = tuple(code.upper() for code in re.findall(_CODE, found["codes"] or ""))
            span = Span(line, begin, line, end)
            noqas.append(Noqa(first, last, span, codes, lines[line - 1], token.end[1]))
    return Suppressions(tuple(noqas), skip)


def _statements(text: str) -> Iterator[tuple[int, int, list[tokenize.TokenInfo]]]:
    """First and last line of each statement with the comments in it.

    A comment between statements is one by itself.
    """
    first = 0
    comments: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
        if token.type == tokenize.COMMENT:
            comments.append(token)
        elif token.type == tokenize.NEWLINE:
            if comments:
                yield first or token.start[0], token.end[0], comments
            first, comments = 0, []
        elif token.type == tokenize.NL:
            if not first and comments:
                yield comments[0].start[0], comments[0].start[0], comments
                comments = []
        elif token.type not in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            first = first or token.start[0]


def _columns(span: Span, column: int, end_column: int) -> Span:
    return Span(span.line, column, span.end_line, end_column, span.cell)
