"""Ctrl-C, or being asked to end, while a model is built leaves no process and no folder behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BROKEN = """\
from keras import Input, Sequential, layers
model = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])
"""


@pytest.mark.keras
@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_during_verification(tmp_path: Path, how: signal.Signals) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "a.py").write_text(BROKEN)
    command = subprocess.Popen(
        [sys.executable, "-m", "keras_lint", "check", "--no-cache", str(tmp_path / "a.py")],
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not any(scratch.iterdir()):  # TensorFlow takes seconds to load after this
        assert command.poll() is None
        time.sleep(0.02)
    command.send_signal(how)
    out, err = command.communicate()
    assert (command.returncode, out, err) == (128 + how, b"", b"")
    assert not any(scratch.iterdir())
