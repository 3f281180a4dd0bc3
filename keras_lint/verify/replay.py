"""The part of a program that makes one model, cut out so that every line and column stays.

``extract`` keeps the statements that the wanted expressions depend on, and blanks the rest: no
data loading, training, plotting. What it gives is source text; the allow-list decides whether it
may run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from keras_lint.model.cells import Cells
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import Sym
from keras_lint.model.spans import Span
from keras_lint.verify.allowlist import refused_nodes
from keras_lint.verify.assumptions import PLANS, Plan, Quantities
from keras_lint.verify.child.values import Values
from keras_lint.verify.holes import Hole, find_holes
from keras_lint.verify.names import Scopes
from keras_lint.verify.probes import Probe
from keras_lint.verify.slicing import Slicer
from keras_lint.verify.statements import Statement, statements_of

_NUMBER = re.compile(r"(?<![\w.])\d{1,5}(?![\w.])")
_SEMICOLON = re.compile(r"[ \t]*;")


@dataclass(frozen=True)
class Replay:
    """Source to run.

    ``values`` go in place of expressions over data (see child/values.py); ``calls`` are lines of
    ours at the end of ``text``, which call what the program itself never calls. ``assumed`` names
    the quantities nobody knows, and what they were taken to be. ``training`` is a step to be made
    after it, as JSON (see child/train.py), ``question`` one to be asked (see child/examine.py).
    """

    text: str
    values: tuple[tuple[int, int, int, int, object], ...] = ()
    calls: tuple[str, ...] = ()
    assumed: tuple[tuple[str, object], ...] = ()
    training: str = ""
    question: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The whole numbers above 1 that the text itself names, none twice."""
        found = (int(text) for text in _NUMBER.findall(self.text))
        return tuple(dict.fromkeys(number for number in found if number > 1))

    @property
    def first_own_line(self) -> int:
        """The line from which on ``text`` is ours; past its end if nothing is."""
        return self.text.count("\n") + 2 - len(self.calls)

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
        cells: of a notebook, whose joined code ``text`` is.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``ast.parse`` does.
    """

    def __init__(
        self, text: str, known_values: Mapping[Span, object], cells: Cells | None = None
    ) -> None:
        self._cells = cells
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.tree = ast.parse(self.text)
        self.lines = self.text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._holes: dict[bool, Mapping[int, Hole]] = {}
        self.scopes = Scopes(self.tree)
        self.statements = statements_of(self.tree)
        known = {
            id(node): known_values[span]
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Attribute, ast.Subscript, ast.Name, ast.Call))
            and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            and (span := self.span(node)) in known_values
        }
        self.values = {key: value for key, value in known.items() if _is_plain(value)}
        self.symbolic = {
            key: value
            for key, value in known.items()
            if key not in self.values and _is_plain(value, Sym)
        }

    def holes(self, *, foreign: bool) -> Mapping[int, Hole]:
        """Expressions for which a value may be assumed.

        Args:
            foreign: those over everything the allow-list refuses; else only a tuner's.
        """
        if foreign not in self._holes:
            refused = refused_nodes(self.tree) if foreign else frozenset()
            self._holes[foreign] = find_holes(
                self.scopes, self.statements, refused, {**self.values, **self.symbolic}
            )
        return self._holes[foreign]

    def where(self, line: int) -> str:
        """A line in words, as the user counts: by cells in a notebook."""
        return f"line {line}" if self._cells is None else self._cells.where(line)

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

    def _characters(self, line: int, column: int) -> int:
        text = self.lines[line - 1]
        return column if text.isascii() else len(text.encode()[:column].decode())


def extract(
    source: Source,
    targets: Iterable[Span],
    *,
    wide: bool = False,
    plan: Plan = PLANS[0],
    foreign: bool = False,
    probe: Probe | None = None,
) -> Replay | Refusal:
    """A replay in which every expression at ``targets`` happens as in the program.

    A function that the program never calls is called at the end, with values for its parameters.

    Args:
        source: the program.
        targets: spans of expressions, those of the calls that lead into helpers included.
        wide: keep everything that may touch what is needed, under whatever name.
        plan: which values to assume where nobody knows one.
        foreign: assume values for expressions over what may not run, too.
        probe: what to build or call at the end.
    """
    wanted: list[Statement] = []
    for span in targets:
        found = _statement_at(source, span)
        if found is None:
            return Refusal(f"nothing found at {source.where(span.line)}")
        wanted.append(found)
    holes = source.holes(foreign=foreign)
    values = {**holes, **source.values, **source.symbolic}
    slicer = Slicer(source.scopes, source.statements, values, wide=wide)
    slicer.keep_all(wanted)
    quantities = Quantities(plan)
    calls: dict[str, None] = {}
    for statement in wanted:
        function = statement.function
        if function is not None and not slicer.is_called(function):
            alone = source.statements[id(function)].parent is None
            call = _call_of(function, quantities) if alone else None
            if call is None:
                name = getattr(function, "name", "lambda")
                return Refusal(f"the function {name} is never called here")
            calls[call] = None
    if probe is not None:
        lines = probe.lines(source, quantities)
        if lines is None:
            return Refusal(f"no arguments can be made up for {probe.name}")
        calls.update(dict.fromkeys(lines))
    if calls:
        slicer = Slicer(source.scopes, source.statements, values, wide=wide)
        slicer.keep_all(wanted, to_the_end=True)
    text = "\n".join([_blank(source, slicer), *calls])
    try:
        ast.parse(text)
    except SyntaxError as error:
        return Refusal(f"could not be cut out of the program, {source.where(error.lineno or 1)}")
    lines = text.split("\n")
    placed = []
    for node in sorted(slicer.valued.values(), key=lambda n: (n.lineno, n.col_offset)):
        if id(node) in source.values:
            value = source.values[id(node)]
        else:
            if id(node) in source.symbolic:
                value = quantities.evaluated(source.symbolic[id(node)])
            else:
                value = holes[id(node)].fill(quantities)
            if value is None:
                return Refusal("more quantities are unknown than values can be made up for")
        placed.append((*_bytes(lines, source.span(node)), value))
    return Replay(text, tuple(placed), tuple(calls), tuple(quantities.values.items()))


def _call_of(function: ast.stmt, quantities: Quantities) -> str | None:
    """A call with values for the parameters that have no default; None if impossible."""
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return None
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    needed = positional[: len(positional) - len(args.defaults)]
    named = [
        keyword
        for keyword, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        if default is None
    ]
    given = []
    for argument in [*needed, *named]:
        value = "None" if argument.arg == "hp" else quantities.parameter(argument)
        if value is None:
            return None
        written = value if argument.arg == "hp" else repr(value)
        given.append(f"{argument.arg}={written}" if argument in named else str(written))
    return f"{function.name}({', '.join(given)})"


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
            if not filler and (semicolon := _SEMICOLON.match(source.text, end)):
                end = semicolon.end()  # after nothing it would be no Python
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


def _is_plain(value: object, *more: type) -> bool:
    if isinstance(value, (tuple, list)):
        return all(_is_plain(item, *more) for item in value)
    return value is None or isinstance(value, (bool, int, float, str, *more))
