"""Programs that try to get out, or to get a wrong verdict: fixtures/hostile, all in one run."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from fixture_lib import FIXTURES, Expected, expectations, programs

from keras_lint.engine import check_paths
from keras_lint.verify import Verifier

pytestmark = pytest.mark.keras

PORT = 48613
"""Where the programs connect to, listen, or how long the processes they start would sleep."""

MARK = "keras_lint_hostile_*"
"""What the files they write would be called, next to the process's own folder."""

INNOCENT = """\
import keras
model = keras.Sequential([keras.Input((10, 4)), keras.layers.LSTM(8), keras.layers.LSTM(8)])
fine = keras.Sequential([keras.Input((10, 4)), keras.layers.GRU(8), keras.layers.Dense(8)])
"""

SECONDS = 4


@pytest.fixture
def watch():
    """Fails the test if a file, a connection or a process appeared meanwhile."""
    pytest.importorskip("tensorflow")
    connections = []
    server = socket.create_server(("127.0.0.1", PORT))

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connections.append(connection)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    folders = [FIXTURES / "hostile", Path.cwd()]
    before = [sorted(folder.iterdir()) for folder in folders]
    yield
    server.shutdown(socket.SHUT_RDWR)  # wakes the thread, which would keep the port
    server.close()
    assert connections == []
    assert [sorted(folder.iterdir()) for folder in folders] == before
    assert list(Path(tempfile.gettempdir()).glob(MARK)) == []
    assert [line for line in processes() if str(PORT) in line] == []


def processes():
    """The command lines of all processes, where the system shows them."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue


def test_the_watch_sees_what_it_is_to_see():
    """A program run by Python itself, unconfined, is noticed."""
    mark = Path(tempfile.gettempdir()) / MARK.replace("*", "control")
    program = f"import time; open({str(mark)!r}, 'w').close(); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(PORT)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            assert any(str(PORT) in line for line in processes()) or not Path("/proc").exists()
            assert list(Path(tempfile.gettempdir()).glob(MARK)) == [mark]
        finally:
            process.kill()
            mark.unlink()


def test_there_are_enough_programs():
    assert len(programs("hostile")) >= 40


def run(tmp_path, execute):
    """Every hostile program, an innocent one after each, checked in one run."""
    innocent = tmp_path / "innocent.py"
    innocent.write_text(INNOCENT)
    paths = [path for program in programs("hostile") for path in (program, innocent)]
    with Verifier(time_limit=SECONDS, execute=execute) as verifier:
        assert verifier.available() == (True, "")
        for path in paths:
            (result,) = check_paths([str(path)], verifier=verifier).files
            assert result.outcome == "checked", (path, result.reason)
            assert not result.traceback, (path, result.traceback)
            for finding in result.findings:  # what is confirmed without its parts says so
                assert finding.verdict.status != "refuted", (path, finding.verdict)
            found = [Expected(f.span.line, f.code, f.verdict.status) for f in result.findings]
            reasons = [f.verdict.reason for f in result.findings]
            if path == innocent:
                assert found == [Expected(2, "KER101", "confirmed")], reasons
            else:
                yield path, found, reasons


@pytest.mark.usefixtures("watch")
def test_every_program_is_judged_and_nothing_gets_out(tmp_path):
    for path, found, reasons in run(tmp_path, execute=False):
        assert found == expectations(path.read_text("utf-8")), (path, reasons)


@pytest.mark.usefixtures("watch")
def test_nothing_gets_out_when_everything_may_run(tmp_path):
    """The second wall alone: the allow-list lets everything through."""
    for path, found, reasons in run(tmp_path, execute=True):
        expected = expectations(path.read_text("utf-8"))
        assert [item.line for item in found] == [item.line for item in expected], path
        # they really are broken, as far as they get there
        assert all(item.verdict != "refuted" for item in found), (path, reasons)
