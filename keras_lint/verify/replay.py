"""The part of a program that makes one model, cut out so that every line and column stays.

``extract`` keeps the statements that the wanted expressions depend on, and blanks the rest: no
data loading, training, plotting. What it gives is source text; the allow-list decides whether it
may run.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keras_lint.model.spans import Span
from keras_lint.verify.child.values import Values
from keras_lint.verify.names import Scopes
from keras_lint.verify.slicing import Slicer
from keras_lint.verify.statements import Statement, statements_of


@dataclass(frozen=True)
class Replay:
    """Source to run; ``values`` go in place of expressions over data (see child/values.py)."""

    text: str
    values: tuple[tuple[int, int, int, int, object], ...] = ()

    def values_json(self) -> Values:
        """The values as the child takes them."""
        return [list(item) for item in self.values]


@dataclass(frozen=True)
class Refusal:
    """Why there is no replay, in one line."""

    reason: str


class Source:
    """A program's text, tree and scopes; parsed once, used for every replay of the file.

    Args:
        text: the file's text. Line ends are unified, which moves no line and no column.
        known_values: see :class:`keras_lint.graph.analysis.FileAnalysis`.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``ast.parse`` does.
    """

    def __init__(self, text: str, known_values: Mapping[Span, object]) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.tree = ast.parse(self.text)
        self.lines = self.text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.scopes = Scopes(self.tree)
        self.statements = statements_of(self.tree)
        self.values = {
            id(node): known_values[span]
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Attribute, ast.Subscript, ast.Name, ast.Call))
            and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            and (span := self.span(node)) in known_values
            and _is_plain(known_values[span])
        }

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """The span of a node: lines and columns from 1, in characters."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return Span(
            node.lineno,
            self._characters(node.lineno, node.col_offset) + 1,
            end_line,
            self._characters(end_line, end_column) + 1,
        )

    def offsets(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Start and end of a node in the text; a definition starts at its first decorator's @."""
        span = self.span(node)
        start = self._starts[span.line - 1] + span.column - 1
        decorators = getattr(node, "decorator_list", [])
        if decorators:
            start = self._starts[decorators[0].lineno - 1]
            start += len(self.lines[decorators[0].lineno - 1].split("@")[0])
        return start, self._starts[span.end_line - 1] + span.end_column - 1

    def line_of(self, offset: int) -> int:
        """The line, from 1, on which an offset stands."""
        return max(1, bisect_left(self._starts, offset + 1))

    def _characters(self, line: int, column: int) -> int:
        text = self.lines[line - 1]
        return column if text.isascii() else len(text.encode()[:column].decode())


def extract(source: Source, targets: Iterable[Span], *, wide: bool = False) -> Replay | Refusal:
    """A replay in which every expression at ``targets`` happens as in the program.

    Args:
        source: the program.
        targets: spans of expressions, those of the calls that lead into helpers included.
        wide: keep everything that may touch what is needed, under whatever name.
    """
    wanted: list[Statement] = []
    for span in targets:
        found = _statement_at(source, span)
        if found is None:
            return Refusal(f"nothing found at line {span.line}")
        wanted.append(found)
    slicer = Slicer(source.scopes, source.statements, source.values, wide=wide)
    slicer.keep_all(wanted)
    for statement in wanted:
        function = statement.function
        if function is not None and not slicer.is_called(function):
            name = getattr(function, "name", "lambda")
            return Refusal(f"the function {name} is never called here")
    text = _blank(source, slicer)
    try:
        ast.parse(text)
    except SyntaxError as error:
        return Refusal(f"could not be cut out of the program, line {error.lineno}")
    lines = text.split("\n")
    values = tuple(
        (*_bytes(lines, source.span(node)), source.values[id(node)])
        for node in slicer.valued.values()
    )
    return Replay(text, values)


def _bytes(lines: list[str], span: Span) -> tuple[int, int, int, int]:
    """A span as ``ast`` counts in the text that will run: blanking may have cost bytes."""
    start = len(lines[span.line - 1][: span.column - 1].encode())
    end = len(lines[span.end_line - 1][: span.end_column - 1].encode())
    return span.line, start, span.end_line, end


def _statement_at(source: Source, span: Span) -> Statement | None:
    """The innermost statement that contains ``span``."""
    best: Statement | None = None
    for statement in source.statements.values():
        where = source.span(statement.node)
        if where.contains(Span(span.line, span.column, span.end_line, span.end_column)) and (
            best is None or source.span(best.node).contains(where)
        ):
            best = statement
    return best


def _blank(source: Source, slicer: Slicer) -> str:
    characters = list(source.text)

    def erase(start: int, end: int, instead: str = "") -> None:
        for index in range(start, end):
            if characters[index] != "\n":
                characters[index] = " "
        characters[start : start + len(instead)] = instead

    def visit(body: list[ast.stmt], *, may_vanish: bool) -> None:
        kept = [node for node in body if slicer.keeps(node)]
        lines = [(node.lineno, node.end_lineno) for node in body]
        for index, node in enumerate(body):
            start, end = source.offsets(node)
            if slicer.keeps(node):
                replacement = slicer.shortened_import(node)
                if replacement is not None:
                    _replace_import(characters, erase, start, end, replacement)
                for inner, optional in _bodies(source, node):
                    if not slicer.whole(node):
                        visit(inner, may_vanish=optional)
                continue
            shares_line = (index > 0 and lines[index - 1][1] == node.lineno) or (
                index + 1 < len(lines) and lines[index + 1][0] == node.end_lineno
            )
            filler = ""
            if shares_line or (index == 0 and not kept and not may_vanish):
                filler = "pass" if "\n" not in source.text[start : min(start + 4, end)] else "0"
                filler = filler if end - start >= len(filler) else "0"
            erase(start, end, filler)

    visit(source.tree.body, may_vanish=True)
    return "".join(characters)


def _replace_import(
    characters: list[str], erase: object, start: int, end: int, replacement: str
) -> None:
    """Put a shorter import in place; nothing else can stand behind it on its first line."""
    assert callable(erase)
    stop = start
    while stop < end and characters[stop] != "\n":
        stop += 1
    erase(start, end)
    room = stop - start
    if len(replacement) <= room:
        characters[start : start + len(replacement)] = replacement
    else:
        characters[start:stop] = [replacement, *[""] * (room - 1)]


def _bodies(source: Source, node: ast.stmt) -> list[tuple[list[ast.stmt], bool]]:
    """The statement lists inside a compound statement, and whether each may become empty."""
    bodies: list[tuple[list[ast.stmt], bool]] = []
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            start, _ = source.offsets(body[0])
            is_elif = name == "orelse" and source.text.startswith("elif", start)
            bodies.append((body, is_elif))
    bodies += [(handler.body, False) for handler in getattr(node, "handlers", [])]
    return bodies


def _is_plain(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str))
