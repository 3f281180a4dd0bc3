"""Entry point: ``python -I main.py SCRATCH``, which speaks JSON lines.

With ``PORT FOLDER`` behind it, it tries the walls instead: see :mod:`child.doctor`.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def start() -> None:
    """Load the package by its place (keras-lint need not be installed here) and serve."""
    place = str(Path(__file__).resolve().parents[1])
    sys.path.insert(0, place)
    service = importlib.import_module("child.doctor" if len(sys.argv) > 2 else "child.service")
    sys.path.remove(place)
    service.serve(*sys.argv[1:])


if __name__ == "__main__":
    start()
