"""Finding the files of a run: paths as given, folders looked through."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

STDIN = "-"
STDIN_NAME = "<stdin>"

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})
_SUFFIXES = frozenset({".py", ".pyw", ".ipynb", ""})
_FOUND = (".py", ".ipynb")


@dataclass(frozen=True)
class Target:
    """One thing to check.

    Args:
        path: as it is shown; ``<stdin>`` for standard input.
        explicit: whether the user named it, or it was found in a folder.
        problem: why it cannot be read, or ``""``.
        skipped: whether ``problem`` only means that there is nothing to do.
    """

    path: str
    explicit: bool
    problem: str = ""
    skipped: bool = False


def discover(paths: Iterable[str]) -> Iterator[Target]:
    """The targets behind ``paths``, each once, folders in sorted order.

    In folders, hidden folders (``.ipynb_checkpoints`` among them), virtual environments,
    ``__pycache__``, ``node_modules`` and ``site-packages`` are passed over unless they were named
    themselves.
    """
    seen: set[str] = set()
    for path in paths:
        for target in _expand(path):
            plain = target.problem or target.path == STDIN_NAME
            key = target.path if plain else os.path.realpath(target.path)
            if key not in seen:
                seen.add(key)
                yield target


def _expand(path: str) -> Iterator[Target]:
    if path == STDIN:
        yield Target(STDIN_NAME, explicit=True)
    elif os.path.isdir(path):
        yield from _folder(path)
    elif not os.path.lexists(path):
        yield Target(path, True, "no such file or folder")
    elif not os.path.exists(path):
        yield Target(path, True, "the link leads nowhere")
    elif not os.path.isfile(path):
        yield Target(path, True, "not a regular file")
    elif Path(path).suffix.lower() not in _SUFFIXES:
        yield Target(
            path, True, "neither Python source (.py) nor a notebook (.ipynb)", skipped=True
        )
    else:
        yield Target(path, True)


def _folder(folder: str) -> Iterator[Target]:
    errors: list[OSError] = []
    found = False
    for root, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not _passed_over(root, name))
        for name in sorted(names):
            if name.endswith(_FOUND):
                found = True
                path = os.path.normpath(os.path.join(root, name))
                if not os.path.exists(path):
                    yield Target(path, False, "the link leads nowhere")
                elif os.path.isfile(path):
                    yield Target(path, False)
    for error in errors:
        yield Target(str(error.filename), True, f"cannot be listed: {error.strerror}")
    if not found and not errors:
        yield Target(folder, True, "no Python files or notebooks in this folder", skipped=True)


def _passed_over(root: str, name: str) -> bool:
    return (
        name.startswith(".")
        or name in _SKIPPED_FOLDERS
        or os.path.exists(os.path.join(root, name, "pyvenv.cfg"))
    )


def write_atomically(path: str, data: bytes) -> None:
    """Replace a file's content in one step: whoever reads meanwhile sees the old or the new.

    Permission bits stay; a link stays a link, and what it leads to is replaced.

    Raises:
        OSError: it cannot be written; then it is as it was.
    """
    target = os.path.realpath(path)
    handle, scratch = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".keras-lint-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        shutil.copymode(target, scratch)
        os.replace(scratch, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(scratch)
        raise
