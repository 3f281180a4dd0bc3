"""A fix as edits of the text."""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.fixes.arguments import remove_argument, rename_argument, set_argument
from keras_lint.fixes.dropping import drop
from keras_lint.fixes.imports import rename
from keras_lint.fixes.syntax import NotPossible, Syntax
from keras_lint.model.fixes import (
    Change,
    Drop,
    Edit,
    Fix,
    RemoveArgument,
    Rename,
    RenameArgument,
    SetArgument,
)
from keras_lint.source.reader import SourceFile

__all__ = ["NotPossible", "edits_of"]


def edits_of(source: SourceFile | Syntax, fix: Fix) -> tuple[Edit, ...]:
    """The edits that make a fix, in the order of the text.

    Args:
        source: the file as it was analysed; a :class:`Syntax` of it when many fixes are asked for.
        fix: of a finding of that analysis.

    Raises:
        NotPossible: one of the changes cannot be made; then none is.
    """
    syntax = source if isinstance(source, Syntax) else Syntax(source)
    return tuple(sorted({edit for change in fix.changes for edit in _edits(syntax, change)}))


def _edits(syntax: Syntax, change: Change) -> Iterator[Edit]:
    if isinstance(change, SetArgument):
        yield from set_argument(syntax, change)
    elif isinstance(change, RemoveArgument):
        yield from remove_argument(syntax, change)
    elif isinstance(change, RenameArgument):
        yield from rename_argument(syntax, change)
    elif isinstance(change, Drop):
        yield from drop(syntax, change)
    elif isinstance(change, Rename):
        yield from rename(syntax, change)
    else:
        yield change
