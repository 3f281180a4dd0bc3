"""Spans of the nodes of Python's own syntax tree, which counts columns in bytes of UTF-8."""

from __future__ import annotations

import ast
import re

from keras_lint.model.cells import Cells
from keras_lint.model.spans import Span

_HEAD = re.compile(r"(?:class|def)[ \t\f]+(?=\w)")
_NEWLINE = re.compile(r"\r\n|\r|\n")


class SyntaxPlaces:
    """Spans in one text.

    Args:
        text: that was parsed.
        cells: of a notebook, where its cells stand in ``text``; spans are then spans of cells.
    """

    def __init__(self, text: str, cells: Cells | None = None) -> None:
        self._text = text
        self._cells = cells
        self._ascii = text.isascii()
        self._lines: list[str] = []

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        """The span of a node."""
        end = node.end_lineno or node.lineno
        return self._cut(
            node.lineno,
            self._offset(node.lineno, node.col_offset),
            end,
            self._offset(end, node.end_col_offset or node.col_offset),
        )

    def last(self, node: ast.Attribute) -> Span:
        """The name after the last dot."""
        end = node.end_lineno or node.lineno
        offset = self._offset(end, node.end_col_offset or node.col_offset)
        return self._cut(end, offset - len(node.attr), end, offset)

    def imported(self, alias: ast.alias) -> Span:
        """The dotted name of an import without what follows ``as``."""
        start = self._offset(alias.lineno, alias.col_offset)
        return self._cut(alias.lineno, start, alias.lineno, start + len(alias.name))

    def defined(self, node: ast.ClassDef | ast.FunctionDef) -> Span:
        """The name of a class or function; all of it if that does not stand beside the ``def``."""
        start = self._offset(node.lineno, node.col_offset)
        head = _HEAD.match(self._line(node.lineno), start)
        if head is None:
            return self.span(node)
        return self._cut(node.lineno, head.end(), node.lineno, head.end() + len(node.name))

    def parameter(self, node: ast.arg) -> Span:
        """The name of a parameter."""
        start = self._offset(node.lineno, node.col_offset)
        return self._cut(node.lineno, start, node.lineno, start + len(node.arg))

    def module(self, node: ast.ImportFrom) -> Span | None:
        """The module of ``from module import``; None if it does not stand beside the ``from``."""
        start = self._offset(node.lineno, node.col_offset)
        module = node.module or ""
        at = self._line(node.lineno).find(module, start + len("from"))
        return self._cut(node.lineno, at, node.lineno, at + len(module)) if at >= 0 else None

    def _cut(self, line: int, start: int, end_line: int, end: int) -> Span:
        span = Span(line, start + 1, end_line, end + 1)
        return span if self._cells is None else self._cells.split(span)

    def _line(self, number: int) -> str:
        if not self._lines:
            self._lines = _NEWLINE.split(self._text)
        return self._lines[number - 1]

    def _offset(self, line: int, column: int) -> int:
        """Characters for the bytes that :mod:`ast` counts."""
        if self._ascii:
            return column
        return len(self._line(line).encode("utf-8", "surrogatepass")[:column].decode("utf-8"))
