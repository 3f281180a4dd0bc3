"""A fix as edits of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from keras_lint.fixes import arguments, beginning, classes, dropping, sequences, sharing
from keras_lint.fixes.imports import rename
from keras_lint.fixes.syntax import NotPossible, Syntax
from keras_lint.model.fixes import (
    BeginWithInput,
    Bracket,
    CallSuper,
    Complete,
    Decorate,
    Drop,
    Edit,
    Fix,
    HandOn,
    RemoveArgument,
    Rename,
    RenameArgument,
    Reshape,
    SetArgument,
    SetString,
    SetValue,
    Share,
    Unshare,
    Unwrap,
)
from keras_lint.source.reader import SourceFile

__all__ = ["NotPossible", "edits_of"]

_MAKERS: dict[type, Callable[[Syntax, Any], Iterator[Edit]]] = {
    BeginWithInput: beginning.begin_with_input,
    Bracket: arguments.bracket,
    CallSuper: classes.call_super,
    Complete: classes.complete,
    Decorate: classes.decorate,
    Drop: dropping.drop,
    HandOn: classes.hand_on,
    RemoveArgument: arguments.remove_argument,
    Rename: rename,
    RenameArgument: arguments.rename_argument,
    Reshape: sequences.reshape,
    SetArgument: arguments.set_argument,
    SetString: arguments.set_string,
    SetValue: arguments.set_value,
    Share: sharing.share,
    Unshare: sequences.unshare,
    Unwrap: dropping.unwrap,
}


def edits_of(source: SourceFile | Syntax, fix: Fix) -> tuple[Edit, ...]:
    """The edits that make a fix, in the order of the text.

    Args:
        source: the file as it was analysed; a :class:`Syntax` of it when many fixes are asked for.
        fix: of a finding of that analysis.

    Raises:
        NotPossible: one of the changes cannot be made; then none is.
    """
    syntax = source if isinstance(source, Syntax) else Syntax(source)
    edits: set[Edit] = set()
    for change in fix.changes:
        edits.update(
            (change,) if isinstance(change, Edit) else _MAKERS[type(change)](syntax, change)
        )
    return tuple(sorted(edits))
