"""How wide text stands on a terminal: tabs, East-Asian and combining characters."""

from __future__ import annotations

import unicodedata

TAB = 4


def cell_width(character: str) -> int:
    """Terminal cells of one character (tabs aside)."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def text_width(text: str) -> int:
    """Terminal cells of ``text``, which holds no tabs."""
    return sum(cell_width(character) for character in text)


def expand(line: str) -> tuple[str, list[int]]:
    """A source line made printable.

    Returns:
        The line with tabs as spaces and control characters as ``?``, and for every character of
        the original, and its end, the terminal cell at which it starts.
    """
    shown: list[str] = []
    cells: list[int] = []
    position = 0
    for character in line:
        cells.append(position)
        if character == "\t":
            width = TAB - position % TAB
            shown.append(" " * width)
        else:
            printable = character if unicodedata.category(character) != "Cc" else "?"
            width = cell_width(printable)
            shown.append(printable)
        position += width
    cells.append(position)
    return "".join(shown), cells


def escape(text: str) -> str:
    """``text`` on one line: control characters as backslash escapes (odd file names)."""
    return "".join(
        c if unicodedata.category(c) != "Cc" else c.encode("unicode_escape").decode("ascii")
        for c in text
    )
