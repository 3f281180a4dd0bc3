"""How large the values of an interpretation may grow.

What the analysed program computes in a loop could fill the memory; nobody builds a model from a
text of a million characters, so that beyond these sizes a value is unknown instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_LENGTH = 100_000
"""Longest text or sequence that is kept."""

_WIDE = re.compile(r"\d{5}")
_FILLED_IN = re.compile(r":[^{}]*\{|%[^a-zA-Z%]*\*")


def fits(*lengths: int) -> bool:
    """Whether something made of parts of these lengths is still short enough."""
    return sum(lengths) <= MAX_LENGTH


def format_fits(template: str, values: Iterable[object]) -> bool:
    """Whether filling ``values`` into a template of any of Python's kinds stays short.

    A template that takes its widths from the values, or names a very large one, does not.
    """
    if _WIDE.search(template) or _FILLED_IN.search(template):
        return False
    longest = max((len(v) for v in values if isinstance(v, (str, bytes))), default=0)
    return len(template) * max(longest, 1) <= 10 * MAX_LENGTH


def method_fits(text: str, name: str, values: tuple[object, ...]) -> bool:
    """Whether what a string method gives stays short."""
    if name in ("format", "format_map"):
        return format_fits(text, values)
    if name == "replace" and len(values) >= 2:
        new = values[1]
        return isinstance(new, str) and fits(len(text), (len(text) + 1) * len(new))
    numbers = [value for value in values if isinstance(value, int)]
    return fits(len(text), *numbers)
