"""Which walls around a replay hold on this machine: tried, not assumed."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from keras_lint.model.dataclass import dataclass
from keras_lint.verify.session import CHILD_MAIN, environment

Held = Literal["system", "python", "no"]

_LIMIT = 60.0
WALLS = {
    "network": "no connection to anywhere",
    "files": "no file written outside a scratch folder",
    "processes": "no process started",
    "signals": "no signal to another process",
    "memory": "no more memory than a limit",
    "environment": "no environment variables passed on",
    "input": "no standard input",
}


@dataclass(frozen=True)
class Examination:
    """What came of trying.

    Args:
        walls: by name, whether the operating system holds it (``system``), Python's audit hook
            alone (``python``), or nothing (``no``).
        locks: the means by which, as the child reports them.
        problem: why nothing could be tried, if so.
    """

    walls: dict[str, Held]
    locks: tuple[str, ...] = ()
    problem: str = ""


def examine(python: str | None = None) -> Examination:
    """Start a child as for a replay, without TensorFlow, and have it try to get out.

    Args:
        python: the interpreter that builds models; None for the one we run under.
    """
    scratch, outside = (Path(tempfile.mkdtemp(prefix="keras-lint-")) for _ in range(2))
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            port = str(server.getsockname()[1])
            done = subprocess.run(
                [python or sys.executable, "-I", str(CHILD_MAIN), str(scratch), port, str(outside)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=environment(str(scratch)),
                cwd=scratch,
                timeout=_LIMIT,
                check=False,
            )
            reached = _was_reached(server)
        found = json.loads(done.stdout)
        written = any(outside.iterdir())
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return Examination({}, (), f"the verification process cannot be tried: {error}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(outside, ignore_errors=True)
    walls: dict[str, Held] = {}
    for name in WALLS:
        system = bool(found["system"].get(name))
        if (name == "network" and reached) or (name == "files" and written):
            system = False  # it says that it was refused, but somebody noticed something
        held = "python" if found["python"].get(name) else "no"
        walls[name] = "system" if system else "python" if held == "python" else "no"
    return Examination(walls, tuple(found["locks"]))


def _was_reached(server: socket.socket) -> bool:
    try:
        connection, _ = server.accept()
    except OSError:
        return False
    connection.close()
    return True
