"""Edits made in a text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from keras_lint.model.fixes import Edit
from keras_lint.model.spans import Span

_LINE_END = re.compile(r"\r\n|\r|\n")


class EditError(ValueError):
    """Edits that overlap, or that are not in the text."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; spans are those of the text as it was.

    New lines get the line ends that the text has.

    Raises:
        EditError: two edits overlap, or one reaches beyond the text.
    """
    line_end = line_end_of(text)
    pieces: list[str] = []
    done = 0
    for start, end, new in placed(text, edits):
        pieces += [text[done:start], new.replace("\n", line_end)]
        done = end
    return "".join([*pieces, text[done:]])


def line_end_of(text: str) -> str:
    """How the first line of a text ends; a line feed if there is but one line."""
    found = _LINE_END.search(text)
    return found.group() if found else "\n"


def overlap(first: Sequence[Edit], second: Sequence[Edit]) -> bool:
    """Whether two groups of edits cannot be made together: they touch the same text."""
    return any(
        one.span.cell == two.span.cell and _touch(one.span, two.span)
        for one in first
        for two in second
    )


def _touch(one: Span, two: Span) -> bool:
    start = max((one.line, one.column), (two.line, two.column))
    end = min((one.end_line, one.end_column), (two.end_line, two.end_column))
    return start <= end


def placed(text: str, edits: Iterable[Edit]) -> list[tuple[int, int, str]]:
    """The edits as character offsets, in order.

    Raises:
        EditError: as :func:`apply_edits`.
    """
    starts = line_starts(text)

    def offset(line: int, column: int) -> int:
        if not 0 < line <= len(starts):
            raise EditError(f"line {line} is not in the text")
        found = starts[line - 1] + column - 1
        if found > (starts[line] if line < len(starts) else len(text)):
            raise EditError(f"column {column} is not in line {line}")
        return found

    found = sorted(
        (
            offset(edit.span.line, edit.span.column),
            offset(edit.span.end_line, edit.span.end_column),
            edit.text,
        )
        for edit in edits
    )
    for (_, end, _), (start, _, _) in itertools.pairwise(found):
        if start < end:
            raise EditError("two edits overlap")
    return found


def line_starts(text: str) -> list[int]:
    """Where the lines of a text begin; only LF, CR and CRLF end one, as in Python."""
    return [0, *(match.end() for match in _LINE_END.finditer(text))]
