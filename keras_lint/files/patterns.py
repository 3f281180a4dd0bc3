"""Patterns as ``.gitignore`` files have them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def spec_of(lines: Iterable[str]) -> GitIgnoreSpec:
    """What lines of a ``.gitignore`` say; one that is no pattern says nothing, as git has it."""
    kept = list(lines)
    try:
        return _read(kept)
    except (ValueError, re.error):
        return _read(filter(is_pattern, kept))


def is_pattern(line: str) -> bool:
    r"""Whether a line can be a pattern: ``!``, ``a\`` and ``[z-a]`` cannot."""
    try:
        _read([line])
    except (ValueError, re.error):
        return False
    return True


def _read(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # takes as long to import as a small file to check

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of ``re``, about ``[[:alpha:]]``
        return GitIgnoreSpec.from_lines(lines)
