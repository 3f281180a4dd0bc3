"""Entry point: ``python -I main.py SCRATCH``. Speaks JSON lines."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def start() -> None:
    """Load the package by its place (keras-lint need not be installed here) and serve."""
    place = str(Path(__file__).resolve().parents[1])
    sys.path.insert(0, place)
    service = importlib.import_module("child.service")
    sys.path.remove(place)
    service.serve(sys.argv[1])


if __name__ == "__main__":
    start()
