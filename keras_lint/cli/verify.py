"""``keras-lint verify``: the process that builds models."""

from __future__ import annotations

import argparse

from keras_lint.cli.common import UsageError, verify_python


def run(options: argparse.Namespace) -> int:
    """Try the walls around that process, and tell which hold."""
    from keras_lint.verify.doctor import WALLS, examine

    if not options.doctor:
        raise UsageError("say --doctor; findings are verified by `keras-lint check`")
    found = examine(verify_python(options.verify_python))
    if found.problem:
        raise UsageError(found.problem)
    words = {
        "system": "holds, by the system",
        "python": "holds by Python's own audit hook alone: native code may pass it",
        "no": "DOES NOT HOLD",
    }
    for name, held in found.walls.items():
        print(f"{WALLS[name]:45} {words[held]}")
    print(f"locks: {', '.join(found.locks)}")
    print("not hindered: reading files, and time within the limit")
    return 0 if all(held == "system" for held in found.walls.values()) else 1
