"""Reading one file: bytes to text to syntax tree, with one clear reason when that fails."""

from __future__ import annotations

import ast
import gc
import io
import math
import re
import sys
import threading
import tokenize
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

from keras_lint.model.cells import Cells
from keras_lint.model.dataclass import dataclass

if TYPE_CHECKING:  # libcst takes longer to import than many a run needs as a whole
    import libcst as cst

    from keras_lint.source.spans import SpanTable
    from keras_lint.source.twins import Definition

MAX_DEPTH = 1500
"""Deepest syntax tree we look at: libcst ends the process or hangs on far deeper ones."""

MAX_NODES = 2_000_000
"""Largest syntax tree we look at: data written as code, for which libcst takes minutes."""

_NARROW = 100
"""So few bytes hold at most so many levels more than :data:`MAX_DEPTH`."""
_GROWN = 500_000
"""So many objects more than at the last collection of cycles (some 100 MB) are worth another."""
_STACK_BYTES = 512 * 1024 * 1024
_RECURSION_LIMIT = 40_000
_MENTIONS_KERAS = re.compile(rb"keras|tensorflow", re.IGNORECASE)

T = TypeVar("T")


class SourceError(Exception):
    """A file that cannot be analysed.

    Args:
        outcome: ``skipped`` when there is nothing for us in it, ``failed`` when it cannot be read,
            ``syntax`` when Python could not parse it either (KER001).
        reason: one line for the user.
        line, column: where, from 1, for ``syntax``.
    """

    def __init__(
        self,
        outcome: Literal["skipped", "failed", "syntax"],
        reason: str,
        line: int = 1,
        column: int = 1,
    ) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.line = line
        self.column = column


@dataclass(frozen=True)
class SourceFile:
    """A parsed file: ``text`` is what was read, without a byte-order mark.

    Of a notebook, ``text`` is its joined code and ``cells`` says what of it is in which cell.
    ``tree`` is the same code as Python's own parser reads it.
    """

    path: str
    text: str
    module: cst.Module
    spans: SpanTable
    tree: ast.Module
    cells: Cells | None = None
    _found: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def has(self, words: str) -> bool:
        """Whether the text has these words anywhere; looked for once."""
        if words not in self._found:
            self._found[words] = words in self.text
        return self._found[words]

    @cached_property
    def twins(self) -> Mapping[cst.CSTNode, Definition]:
        """The classes and functions of ``module``, each with what it is in ``tree``."""
        from keras_lint.source.twins import definitions

        return definitions(self.module, self.tree)


def mentions_keras(data: bytes) -> bool:
    """Whether the bytes can have to do with Keras at all; everything else is not even parsed."""
    return _MENTIONS_KERAS.search(data) is not None


def decode(data: bytes) -> str:
    """The text of a Python file, by its byte-order mark or coding comment (PEP 263).

    Raises:
        SourceError: binary content, an unknown encoding, or bytes that do not fit it.
    """
    if b"\0" in data:
        raise SourceError("failed", "not a text file: it has NUL bytes")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except SyntaxError as error:
        raise SourceError("failed", f"cannot be decoded: {error.msg}") from error
    except (UnicodeDecodeError, LookupError) as error:
        raise SourceError("failed", f"cannot be decoded: {error}") from error
    return text.removeprefix("\ufeff")


def parse(path: str, text: str, cells: Cells | None = None) -> SourceFile:
    """Parse ``text``; call inside :func:`with_deep_stack`.

    CPython's parser goes first: it refuses nesting that would make libcst end the process.

    Args:
        path: of the file.
        text: its source; the joined code of a notebook.
        cells: of a notebook.

    Raises:
        SourceError: with outcome ``syntax`` and the position Python gives, or ``failed`` when the
            nesting is deeper, or the whole larger, than we go.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        reason = error.msg or "invalid syntax"
        raise SourceError("syntax", reason, error.lineno or 1, error.offset or 1) from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("failed", "nested too deeply to be parsed") from error
    except ValueError as error:
        raise SourceError("failed", f"cannot be parsed: {error}") from error
    beyond = _beyond_us(tree, len(text))
    if beyond:
        raise SourceError("failed", beyond)
    import libcst as cst

    from keras_lint.source.spans import SpanTable

    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise SourceError("syntax", error.message, error.raw_line, error.raw_column + 1) from error
    return SourceFile(path, text, module, SpanTable(module, text, cells), tree, cells)


def _beyond_us(tree: ast.Module, length: int) -> str:
    """Why the syntax tree of a text of that length is not analysed; empty if it is."""
    level: list[ast.AST] = [tree]
    nodes = 0
    # a character makes two pieces at most, a level of nesting takes one: what is short needs no
    # look inside where the whole is no large one
    narrow = _NARROW if 2 * length <= MAX_NODES else 0
    for _ in range(MAX_DEPTH):
        below: list[ast.AST] = []
        for node in level:
            if isinstance(node, (ast.stmt, ast.expr)) and _width(node) < narrow:
                continue
            for value in vars(node).values():  # as ast.iter_child_nodes, in a third of its time
                if isinstance(value, list):
                    below += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST):
                    below.append(value)
        if not below:
            return ""
        nodes += len(below)
        if nodes > MAX_NODES:
            return f"more than {MAX_NODES:,} pieces of syntax; not analysed"
        level = below
    return f"nested more than {MAX_DEPTH} levels deep; not analysed"


def _width(node: ast.stmt | ast.expr) -> float:
    """How many bytes of one line a node takes; endlessly many if it takes several lines."""
    if node.end_col_offset is None or node.end_lineno != node.lineno:
        return math.inf
    return node.end_col_offset - node.col_offset


@contextmanager
def uncollected() -> Iterator[None]:
    """Python's collector of cycles rests meanwhile.

    A syntax tree is hundreds of thousands of objects without a cycle, and to go through them again
    and again takes a third of the time of an analysis. Inside another such block, what has grown
    much is collected at the end.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        elif gc.get_count()[0] > _GROWN:
            gc.collect()


def with_deep_stack(function: Callable[[], T]) -> T:
    """Run ``function`` on a thread whose stack is large enough for deeply nested source.

    The recursion limit is process-wide; it is raised while the thread runs and put back after.
    Exceptions pass through.
    """
    result: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            with warnings.catch_warnings():
                # Python's parser would print them about the files that are looked at
                warnings.simplefilter("ignore", SyntaxWarning)
                warnings.simplefilter("ignore", DeprecationWarning)
                result.append(function())
        except BaseException as error:  # noqa: BLE001 - handed to the calling thread below
            failure.append(error)

    old_limit = sys.getrecursionlimit()
    old_size = threading.stack_size(_STACK_BYTES)
    try:
        sys.setrecursionlimit(_RECURSION_LIMIT)
        thread = threading.Thread(target=run, name="keras-lint")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old_size)
        sys.setrecursionlimit(old_limit)
    if failure:
        raise failure[0]
    return result[0]
