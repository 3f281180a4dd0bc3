"""Positions of libcst nodes, computed once and only when somebody asks.

libcst's own ``PositionProvider`` costs more than twice the parse (it goes through the metadata
wrapper); one code-generation pass that counts characters costs a fraction of that.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from keras_lint.model.cells import Cells
from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span

_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass
class _OffsetState(CodegenState):
    """Code generation that notes the character offsets of every node, white space left out."""

    offset: int = 0
    offsets: dict[int, tuple[int, int]] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)

    def pop_trailing_newline(self) -> None:
        self.offset -= len(self.default_newline)

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.offset += len(token)

    def before_codegen(self, node: cst.CSTNode) -> None:
        del node
        self.starts.append(self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self.starts.pop()
        self.offsets.setdefault(id(node), (start, self.offset))

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: Any = None, end_node: Any = None
    ) -> Iterator[None]:
        start = self.offset
        try:
            yield
        finally:
            first = self.offsets.get(id(start_node), (start, 0))[0] if start_node else start
            last = self.offsets.get(id(end_node), (0, self.offset))[1] if end_node else self.offset
            self.offsets[id(node)] = (first, last)


class SpanTable:
    """Spans of the nodes of one module; the pass over the module runs at the first question.

    Args:
        module: the syntax tree.
        text: its source.
        cells: of a notebook, where its cells stand in ``text``; spans are then spans of cells.
    """

    def __init__(self, module: cst.Module, text: str, cells: Cells | None = None) -> None:
        self._module = module
        self._text = text
        self._cells = cells
        self._offsets: dict[int, tuple[int, int]] | None = None
        self._lines: list[int] = []
        self._spans: dict[int, Span] = {}

    def of(self, node: cst.CSTNode) -> Span:
        """The span of ``node``, without surrounding parentheses' white space and comments."""
        found = self._spans.get(id(node))
        if found is None:
            if self._offsets is None:
                self._compute()
            assert self._offsets is not None
            start, end = self._offsets[id(node)]
            found = Span(*self._position(start), *self._position(end))
            found = found if self._cells is None else self._cells.split(found)
            self._spans[id(node)] = found
        return found

    def _restore(self, dropped: list[int]) -> None:
        """Count what the parser has dropped: libcst 1.9 loses the space in ``except Error :``."""
        assert self._offsets is not None
        self._offsets = {
            node: (start + bisect_right(dropped, start), end + bisect_left(dropped, end))
            for node, (start, end) in self._offsets.items()
        }

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _compute(self) -> None:
        state = _OffsetState(
            default_indent=self._module.default_indent,
            default_newline=self._module.default_newline,
            tokens=[""],  # none would mean that the module is empty
        )
        self._module._codegen(state)
        self._offsets = state.offsets
        if state.offset != len(self._text):
            self._restore(_dropped(self._module.code, self._text))
        self._lines = [0, *(match.end() for match in _NEWLINE.finditer(self._text))]


def _dropped(code: str, text: str) -> list[int]:
    """The offsets in ``code`` before which a character of ``text`` is missing, one for each."""
    dropped: list[int] = []
    for offset, character in enumerate(code):
        while text[offset + len(dropped) : offset + len(dropped) + 1] not in (character, ""):
            dropped.append(offset)
    return dropped
