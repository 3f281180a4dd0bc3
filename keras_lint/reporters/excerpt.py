"""Source excerpts with the place underlined, several lines long if need be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span
from keras_lint.reporters.widths import expand

_NEWLINE = re.compile(r"\r\n|\r|\n")
_BEFORE = 1  # lines of context
_LONGEST = 8  # a longer place shows its head and its tail
_HEAD, _TAIL = 5, 2

Paint = Callable[[str, str], str]
"""Paints a text in a role: ``paint("underline", "^^^")``."""


@dataclass(frozen=True)
class Mark:
    """A place to underline, what to say beside it, and the character to draw it with."""

    span: Span
    label: str = ""
    primary: bool = True

    @property
    def last_line(self) -> int:
        """The last line that is underlined."""
        return self.span.end_line if self.primary else self.span.line


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them, without their ends."""
    return _NEWLINE.split(text)


def excerpt(source: Sequence[str], marks: Sequence[Mark], paint: Paint) -> list[str]:
    """The lines around the marks, each marked line followed by its underline.

    A primary mark is underlined on all its lines (the middle of a very long one left out), a
    secondary one on its first.

    Marks beyond the end of the source are left out; lines that are far apart are separated by
    ``...``. The list is empty if there is nothing to show.
    """
    shown: dict[int, list[Mark]] = {}
    for mark in marks:
        # of a secondary place, its first line is enough to find it
        first, last = mark.span.line, min(mark.last_line, len(source))
        if not 1 <= first <= len(source):
            continue
        for number in range(max(1, first - _BEFORE), first):
            shown.setdefault(number, [])
        for number in _visible(first, last):
            shown.setdefault(number, []).append(mark)
    numbers = sorted(number for number in shown if shown[number] or source[number - 1].strip())
    if not numbers:
        return []
    margin = len(str(numbers[-1]))
    bar = paint("gutter", "|")
    rows = [f"{'':{margin}} {bar}"]
    previous = numbers[0]
    for number in numbers:
        if number > previous + 1:
            rows.append(paint("gutter", "..."))
        text, cells = expand(source[number - 1])
        gutter = paint("gutter", f"{number:>{margin}} |")
        rows.append(f"{gutter} {text}".rstrip())
        for mark in shown[number]:
            line = _underline(number, mark, source[number - 1], cells, paint)
            rows.append(f"{'':{margin}} {bar} {line}")
        previous = number
    rows.append(f"{'':{margin}} {bar}")
    return rows


def _visible(first: int, last: int) -> list[int]:
    if last - first + 1 <= _LONGEST:
        return list(range(first, last + 1))
    return [*range(first, first + _HEAD), *range(last - _TAIL + 1, last + 1)]


def _underline(number: int, mark: Mark, line: str, cells: list[int], paint: Paint) -> str:
    """The carets under one line of a mark; the label stands after the last line's carets."""
    span = mark.span
    indent = len(line) - len(line.lstrip())
    start = span.column - 1 if number == span.line else indent
    end = span.end_column - 1 if number == span.end_line else len(line.rstrip())
    start = max(0, min(start, len(line)))
    end = max(start, min(end, len(line)))
    width = max(cells[end] - cells[start], 1)
    role = "primary" if mark.primary else "secondary"
    drawn = " " * cells[start] + paint(role, ("^" if mark.primary else "-") * width)
    if mark.label and number == mark.last_line:
        drawn += " " + paint(role, mark.label)
    return drawn
