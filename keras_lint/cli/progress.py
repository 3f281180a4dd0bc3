"""A bar on the terminal while a long run goes on."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PATIENCE = 1.0  # seconds in which a run needs no bar
_PAUSE = 0.1  # seconds between two drawings
_WIDTH = 30


@contextmanager
def bar(patience: float = _PATIENCE) -> Iterator[Callable[[int, int, str], None] | None]:
    """Gives what is to be called with how many are done, how many there are, and of what.

    Nothing is drawn, and None given, where standard error is no terminal. What was drawn is taken
    away at the end.

    Args:
        patience: seconds in which nothing is drawn yet.
    """
    if not sys.stderr.isatty():
        yield None
        return
    drawing = _Bar(patience)
    try:
        yield drawing
    finally:
        drawing.end()


class _Bar:
    """Drawn by a thread, as one file may take long when TensorFlow has to be started for it.

    The thread is not begun before the first call: processes are started by forking, which does not
    go well with threads, and they are all there by then.
    """

    def __init__(self, patience: float) -> None:
        self._first = time.monotonic() + patience
        self._state = (0, 1, "")
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def __call__(self, done: int, total: int, what: str) -> None:
        self._state = (done, total, what)
        if self._thread is None:
            self._thread = threading.Thread(target=self._draw, name="progress", daemon=True)
            self._thread.start()

    def end(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _draw(self) -> None:
        import shutil  # where nothing is drawn it is not needed

        drawn, before = 0, ""
        self._ended.wait(self._first - time.monotonic())
        while not self._ended.is_set():
            done, total, what = self._state
            filled = _WIDTH * done // total
            text = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total} {what}"
            text = text[: shutil.get_terminal_size().columns - 1]
            if text != before:
                self._write(f"\r{text:{drawn}}")
                drawn, before = max(drawn, len(text)), text
            self._ended.wait(_PAUSE)
        if drawn:
            self._write(f"\r{' ' * drawn}\r")

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
