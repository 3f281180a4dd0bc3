"""The syntax tree as fixes need it: the node at a place, what is around it, the bare text."""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import TypeVar

import libcst as cst

from keras_lint.fixes.text import line_starts
from keras_lint.model.dataclass import dataclass
from keras_lint.model.fixes import Edit
from keras_lint.model.spans import Span
from keras_lint.source.reader import SourceFile
from keras_lint.source.walk import walk

Node = TypeVar("Node", bound=cst.CSTNode)


class NotPossible(Exception):
    """A change that cannot be made in this source; the text says why in one line."""


def point(line: int, column: int) -> Span:
    """The empty place before a character."""
    return Span(line, column, line, column)


@dataclass(frozen=True)
class Syntax:
    """One file's tree with the questions that changes ask of it.

    Spans that come in and go out are those of ``source`` (of a notebook, in its cells); inside,
    lines and columns of the joined text are used.
    """

    source: SourceFile

    @cached_property
    def _nodes(self) -> dict[Span, list[cst.CSTNode]]:
        found: dict[Span, list[cst.CSTNode]] = {}
        for node in walk(self.source.module):
            found.setdefault(self.source.spans.of(node), []).append(node)
        return found

    @cached_property
    def _parents(self) -> dict[int, cst.CSTNode]:
        found: dict[int, cst.CSTNode] = {}
        pending: list[cst.CSTNode] = [self.source.module]
        while pending:
            node = pending.pop()
            for child in node.children:
                found[id(child)] = node
                pending.append(child)
        return found

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        starts = [*line_starts(self.source.text), len(self.source.text)]
        text = self.source.text
        return [text[a:b].rstrip("\r\n") for a, b in itertools.pairwise(starts)]

    def at(self, span: Span, kind: type[Node]) -> Node:
        """The node of one type at a place.

        Raises:
            NotPossible: there is none.
        """
        for node in self._nodes.get(span, ()):
            if isinstance(node, kind):
                return node
        raise NotPossible(f"no {kind.__name__.lower()} stands at {span}")

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """The node that holds ``node``."""
        return self._parents[id(node)]

    def statement(self, node: cst.CSTNode) -> cst.CSTNode:
        """The statement that ``node`` is part of."""
        while not isinstance(node, (cst.BaseSmallStatement, cst.BaseStatement)):
            node = self.parent(node)
        return node

    def span(self, node: cst.CSTNode) -> Span:
        """Where a node stands in the joined text."""
        span = self.source.spans.of(node)
        return span if self.source.cells is None else self.source.cells.join(span)

    def outer_span(self, node: cst.BaseExpression) -> Span:
        """The same with the parentheses around it, if it has any."""
        if not node.lpar:
            return self.span(node)
        first, last = self.span(node.lpar[0]), self.span(node.rpar[-1])
        return Span(first.line, first.column, last.end_line, last.end_column)

    def text(self, span: Span) -> str:
        """The text of a place in the joined text."""
        starts = line_starts(self.source.text)
        first = starts[span.line - 1] + span.column - 1
        last = starts[span.end_line - 1] + span.end_column - 1
        return self.source.text[first:last]

    def edit(self, span: Span, text: str) -> Edit:
        """An edit of the joined text as one of the file.

        Raises:
            NotPossible: it would reach over more than one cell of a notebook.
        """
        cells = self.source.cells
        if cells is None:
            return Edit(span, text)
        split = cells.split(span)
        if cells.join(split) != span:
            raise NotPossible("the change is not inside one cell")
        return Edit(split, text)

    def alone_on_lines(self, span: Span) -> bool:
        """Whether nothing but white space, a comma and a comment stands beside a place."""
        before = self.lines[span.line - 1][: span.column - 1]
        after = self.lines[span.end_line - 1][span.end_column - 1 :].strip()
        after = after.removeprefix(",").strip()
        return not before.strip() and (not after or after.startswith("#"))

    def whole_lines(self, span: Span) -> Span:
        """The lines of a place with the end of the last one.

        Raises:
            NotPossible: the last line of the text ends without a line end, and is also the first.
        """
        if span.end_line < len(self.lines):
            return Span(span.line, 1, span.end_line + 1, 1)
        last = len(self.lines[span.end_line - 1]) + 1
        if span.line == 1:
            return Span(1, 1, span.end_line, last)
        return Span(span.line - 1, len(self.lines[span.line - 2]) + 1, span.end_line, last)

    def indent(self, line: int) -> str:
        """The white space that a line begins with."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip())]
