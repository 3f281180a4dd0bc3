"""The bar on a terminal while a run goes on."""

from __future__ import annotations

import io
import itertools
import time
from pathlib import Path

import pytest

from keras_lint.cli.progress import bar
from keras_lint.engine import Manner, check_paths

LONG = 60.0
BROKEN = """\
from keras import Input, Sequential, layers
model = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])
"""


class Terminal(io.StringIO):
    """Keeps what is written to it."""

    def isatty(self) -> bool:
        return True

    def wait_for(self, text: str) -> None:
        """Until ``text`` has been written."""
        end = time.monotonic() + LONG
        while text not in self.getvalue():
            assert time.monotonic() < end, self.getvalue()
            time.sleep(0.01)


def terminal_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error from here on; a fixture would be too early, pytest sets its own after it."""
    written = Terminal()
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setenv("COLUMNS", "80")
    return written


def test_it_is_drawn_again_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    with bar(patience=0) as progress:
        assert progress is not None
        progress(1, 3, "files")
        terminal.wait_for("\r[##########....................] 1/3 files")
        progress(3, 3, "files")
        terminal.wait_for("\r[##############################] 3/3 files")
        assert not terminal.getvalue().endswith(" \r")
    assert terminal.getvalue().endswith(f"\r{' ' * 42}\r")


def test_it_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    monkeypatch.setenv("COLUMNS", "20")
    with bar(patience=0) as progress:
        assert progress is not None
        progress(1, 3, "files")
        terminal.wait_for("\r[")
    assert max(map(len, terminal.getvalue().split("\r"))) == 19


def test_a_short_run_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    with bar(patience=LONG) as progress:
        assert progress is not None
        progress(1, 3, "files")
    assert terminal.getvalue() == ""


def test_where_there_is_no_terminal_there_is_none() -> None:
    with bar(patience=0) as progress:
        assert progress is None


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_file_is_told(tmp_path: Path, jobs: int) -> None:
    for number in range(4):
        (tmp_path / f"a{number}.py").write_text(BROKEN + "#" * 20_000)
    told: list[tuple[int, int, str]] = []
    manner = Manner(jobs=jobs, progress=lambda *state: told.append(state))
    assert len(check_paths([str(tmp_path)], manner=manner).files) == 4
    assert told == list(zip(range(1, 5), itertools.repeat(4), itertools.repeat("files")))
