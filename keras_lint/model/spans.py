"""Positions in source: lines and columns count from 1, the end column is exclusive."""

from __future__ import annotations

from dataclasses import field
from functools import total_ordering

from keras_lint.model.dataclass import dataclass


@total_ordering
@dataclass(frozen=True)
class Span:
    """A stretch of source text; ``cell`` is the notebook cell (from 1), None in plain files.

    Spans are ordered as they stand in the file: by cell, then by line and column.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies inside this span (same cell)."""
        return (
            self.cell == other.cell
            and (self.line, self.column) <= (other.line, other.column)
            and (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        )

    def __lt__(self, other: Span) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[int, ...]:
        return (self.cell or 0, self.line, self.column, self.end_line, self.end_column)

    def __str__(self) -> str:
        prefix = "" if self.cell is None else f"cell {self.cell}, "
        return f"{prefix}line {self.line}"


@dataclass(frozen=True)
class Place:
    """A stretch of a file."""

    path: str
    span: Span


@dataclass(frozen=True)
class Origin:
    """Where something in the model was written.

    ``span`` is the expression itself; ``construction`` the layer's construction when that stands
    elsewhere; ``trigger`` the expression at which Keras runs a layer call that is not written as a
    call (the ``Sequential(...)``, ``model.add(...)`` or ``model.build(...)`` that makes it happen);
    ``arguments`` the span of each bound constructor argument by its Keras name, ``literals`` the
    names of those that are written out there and come from nowhere else; ``stack`` the spans of
    the calls that led there, outermost first, when model code sits in helpers; ``elsewhere`` the
    place of the expression where that stands in another file, and ``span`` is the call that led to
    it: two graphs are no less equal for it.
    """

    span: Span
    construction: Span | None = None
    trigger: Span | None = None
    arguments: tuple[tuple[str, Span], ...] = ()
    stack: tuple[Span, ...] = ()
    literals: tuple[str, ...] = ()
    elsewhere: Place | None = field(default=None, compare=False)

    def argument(self, name: str) -> Span | None:
        """The span of the argument called ``name``, if it was given."""
        return dict(self.arguments).get(name)
