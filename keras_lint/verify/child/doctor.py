"""Trying the walls from inside: each attempt is made, first against the system alone.

Needs no TensorFlow. The parent looks from outside whether something got through.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from . import confine

_TOO_MUCH = 64 * 1024**3


def examine(scratch: str, port: int, folder: str) -> dict[str, Any]:
    """Lock this process as for a replay and try to get out.

    Args:
        scratch: the folder that stays writable.
        port: where somebody listens on 127.0.0.1.
        folder: where nothing must be written.

    Returns:
        ``{"locks": [...], "system": {attempt: held}, "python": {attempt: held}}``: what held before
        and after Python's own hook was added.
    """
    locks = confine.before_imports(scratch)
    locks += confine.after_imports(scratch, hook=False)
    attempts: dict[str, Callable[[], object]] = {
        "network": lambda: socket.create_connection(("127.0.0.1", port), 5).close(),
        "files": lambda: open(os.path.join(folder, "written"), "w").close(),
        "processes": _start_process,
        "signals": lambda: os.kill(os.getppid(), 0),
        "memory": lambda: bytearray(_TOO_MUCH),
    }
    system = {name: _held(attempt) for name, attempt in attempts.items()}
    system["environment"] = not {"PATH", "USER", "SSH_AUTH_SOCK"} & set(os.environ)
    system["input"] = os.read(0, 1) == b""
    confine.add_hook(scratch)
    python = {name: _held(attempt) for name, attempt in attempts.items()}
    return {"locks": [*locks, "audit"], "system": system, "python": python}


def _held(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return True
    return False


def _start_process() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def serve(scratch: str, port: str, folder: str) -> None:
    """Write what :func:`examine` found to standard output, as JSON."""
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    found = examine(scratch, int(port), folder)
    json.dump({**found, "platform": sys.platform}, answers)
    answers.flush()
