"""Where the cells of a notebook stand in the one text that is analysed."""

from __future__ import annotations

from bisect import bisect_right

from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span


@dataclass(frozen=True)
class CellLines:
    """The lines of one code cell.

    Args:
        number: of the cell, from 1, text cells counted too.
        first: the line of the joined text that is the cell's line 1.
        count: how many lines the cell has, at least 1.
    """

    number: int
    first: int
    count: int


@dataclass(frozen=True)
class Cells:
    """Converts between lines of the joined text and cell and line; columns are the same in both.

    Args:
        lines: of the cells, in order, at least one. Between two cells may be lines that belong to
            neither.
    """

    lines: tuple[CellLines, ...]

    def split(self, span: Span) -> Span:
        """A span of the joined text as a span of one cell; it ends where its first cell ends."""
        cell = self._cell_at(span.line)
        line = min(max(span.line - cell.first + 1, 1), cell.count)
        end_line, end_column = span.end_line - cell.first + 1, span.end_column
        if end_line > cell.count:
            end_line, end_column = cell.count, max(span.column, 1)
        return Span(line, span.column, max(end_line, line), end_column, cell.number)

    def join(self, span: Span) -> Span:
        """The inverse: a span of a cell as a span of the joined text; others as they are."""
        for cell in self.lines:
            if cell.number == span.cell:
                shift = cell.first - 1
                return Span(span.line + shift, span.column, span.end_line + shift, span.end_column)
        return span

    def where(self, line: int) -> str:
        """A line of the joined text in words: ``cell 3, line 2``."""
        return str(self.split(Span(line, 1, line, 1)))

    def _cell_at(self, line: int) -> CellLines:
        index = bisect_right(self.lines, line, key=lambda cell: cell.first) - 1
        return self.lines[max(index, 0)]
