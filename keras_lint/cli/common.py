"""What several commands need."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras_lint.graph.analysis import FileAnalysis
    from keras_lint.graph.layer_graph import LayerGraph


class UsageError(Exception):
    """Arguments that cannot be followed, with one line for the user."""


def verify_python(
    name: str | None, origin: str = "command line", folder: Path | None = None
) -> str | None:
    """The interpreter to build models with, as an absolute path; None for our own.

    Args:
        name: a program, or a path to one.
        origin: who named it, for the message when there is none.
        folder: what the path starts from; the current one if None.
    """
    if name is None:
        return None
    import shutil  # few runs need it

    place = name if os.path.dirname(name) == "" else os.path.join(folder or ".", name)
    found: str | None = shutil.which(place)
    if found is None:
        where = "--verify-python" if origin == "command line" else f"{origin}: verify-python"
        raise UsageError(f"{where}: there is no program {name!r}")
    return os.path.abspath(found)  # the verifier starts it in a folder of its own


def analysed(options: argparse.Namespace) -> tuple[str, FileAnalysis]:
    """The one file of ``graph`` and ``summary``, interpreted; its name as shown, and the result."""
    from keras_lint.engine import read_target
    from keras_lint.files import STDIN, STDIN_NAME, Target
    from keras_lint.source.reader import SourceError

    stdin = options.file == STDIN
    path: str = STDIN_NAME if stdin else options.file
    try:
        data = read_target(Target(path, True, stdin=stdin))
    except SourceError as error:
        raise UsageError(f"{path}: {error.reason}") from error
    return path, _interpreted(data, path, path)


def graphs_of_file(path: str, shown: str | None = None) -> tuple[LayerGraph, ...]:
    """The graphs of a file, or a usage error that says why there are none.

    Args:
        path: of the file.
        shown: what it is called in that error, if not so.
    """
    from keras_lint.engine import read_target
    from keras_lint.files import Target
    from keras_lint.source.reader import SourceError

    try:
        data = read_target(Target(path, True))
    except SourceError as error:
        raise UsageError(f"{shown or path}: {error.reason}") from error
    return _interpreted(data, path, shown or path).graphs


def _interpreted(data: bytes, path: str, shown: str) -> FileAnalysis:
    from keras_lint.engine import analyse_text
    from keras_lint.source.reader import SourceError

    try:
        return analyse_text(data, path)
    except SourceError as error:
        place = f":{error.line}:{error.column}" if error.outcome == "syntax" else ""
        raise UsageError(f"{shown}{place}: {error.reason}") from error


def colour() -> bool:
    """Colour on a terminal; ``NO_COLOR`` and ``FORCE_COLOR`` say otherwise, in this order."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    with contextlib.suppress(ValueError):  # a closed stream
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return False
