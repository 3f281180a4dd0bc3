"""Notebooks for tests, as Jupyter writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HEAD = "import keras\nfrom keras import layers, Input, Sequential"


def code(source: str, *, as_list: bool = True, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": metadata,
        "outputs": [{"name": "stdout", "output_type": "stream", "text": ["keras\n"]}],
        "source": source.splitlines(keepends=True) if as_list else source,
    }


def text(source: str, kind: str = "markdown") -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": [source]}


def document(*cells: dict[str, Any] | str, **changes: Any) -> dict[str, Any]:
    """A notebook; a plain string is a code cell."""
    return {
        "cells": [code(cell) if isinstance(cell, str) else cell for cell in cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": "3.11.9"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
        **changes,
    }


def data(*cells: dict[str, Any] | str, **changes: Any) -> bytes:
    """The bytes of :func:`document`."""
    return json.dumps(document(*cells, **changes), indent=1).encode()


def write(path: Path, *cells: dict[str, Any] | str, **changes: Any) -> Path:
    path.write_bytes(data(*cells, **changes))
    return path
