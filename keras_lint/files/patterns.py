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
    from pathspec import GitIgnoreSpec  # takes as long to import as a small file to check

    kept = list(lines)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of ``re``, about ``[[:alpha:]]``
        try:
            return GitIgnoreSpec.from_lines(kept)
        except (ValueError, re.error):
            return GitIgnoreSpec.from_lines([line for line in kept if is_pattern(line)])


def is_pattern(line: str) -> bool:
    r"""Whether a line can be a pattern: ``!``, ``a\`` and ``[z-a]`` cannot."""
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error):
            return False
    return True
