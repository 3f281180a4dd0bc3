"""A bar on the terminal while a long run goes on."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PATIENCE = 1.0  # seconds in which a run needs no bar
_PAUSE = 0.1  # seconds between two drawings
_WIDTH = 30


@contextmanager
def bar() -> Iterator[Callable[[int, int], None] | None]:
    """Gives what is to be called with how many files are done and how many there are.

    Nothing is drawn, and None given, where standard error is no terminal. What was drawn is taken
    away at the end.
    """
    if not sys.stderr.isatty():
        yield None
        return
    drawing = _Bar()
    try:
        yield drawing
    finally:
        drawing.clear()


class _Bar:
    def __init__(self) -> None:
        self._next = time.monotonic() + _PATIENCE
        self._drawn = 0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PAUSE
        filled = _WIDTH * done // total
        text = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total} files"
        text = text[: shutil.get_terminal_size().columns - 1]
        self._write(f"\r{text}")
        self._drawn = len(text)

    def clear(self) -> None:
        if self._drawn:
            self._write(f"\r{' ' * self._drawn}\r")
            self._drawn = 0

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
