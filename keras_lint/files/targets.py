"""Finding the files of a run: paths as given, folders looked through."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from keras_lint.files.ignored import GitIgnored
from keras_lint.model.dataclass import dataclass

STDIN = "-"
STDIN_NAME = "<stdin>"

_SUFFIXES = frozenset({".py", ".pyw", ".ipynb", ""})
_FOUND = (".py", ".ipynb")
_EMACS_LOCK = ".#"
"""So begins the name of the link to nowhere beside a file that is being edited."""

Excluded = Callable[[str, bool], bool]
"""Takes a path and whether it is a folder; whether it is to be passed over."""


@dataclass(frozen=True)
class Target:
    """One thing to check.

    Args:
        path: as it is shown; for standard input ``<stdin>``, or the name it was given.
        explicit: whether the user named it, or it was found in a folder.
        problem: why it cannot be read, or ``""``.
        skipped: whether ``problem`` only means that there is nothing to do.
    """

    path: str
    explicit: bool
    problem: str = ""
    skipped: bool = False
    stdin: bool = False


def discover(
    paths: Iterable[str],
    excluded: Excluded | None = None,
    stdin_name: str = STDIN_NAME,
    *,
    force: bool = False,
) -> Iterator[Target]:
    """The targets behind ``paths``, each once, folders in sorted order.

    In folders, virtual environments, what ``.gitignore`` files say and what is ``excluded`` are
    passed over; paths that were named are not.

    Args:
        paths: files, folders, and ``-`` for standard input.
        excluded: what else is passed over; if None, hidden folders, ``__pycache__``,
            ``node_modules`` and ``site-packages``.
        stdin_name: as which file standard input counts.
        force: whether what is ``excluded`` is passed over also where it was named.
    """
    seen: set[str] = set()
    folders: dict[str, str] = {}
    for path in paths:
        if force and path != STDIN and _is_excluded(path, excluded or usually_excluded):
            continue
        for target in _expand(path, excluded or usually_excluded, stdin_name):
            plain = target.problem or target.stdin
            key = target.path if plain else _real(target.path, folders)
            if key not in seen:
                seen.add(key)
                yield target


def _is_excluded(path: str, excluded: Excluded) -> bool:
    """Whether a path or a folder above it, up to the current one, is excluded."""
    inside = os.path.relpath(path)
    is_folder = os.path.isdir(path)
    while inside and os.path.basename(inside) not in (os.curdir, os.pardir):
        if excluded(inside, is_folder):
            return True
        inside, is_folder = os.path.dirname(inside), True
    return False


def _real(path: str, folders: dict[str, str]) -> str:
    """The path of a file without links; ``folders`` remembers those of folders."""
    if os.path.islink(path):
        return os.path.realpath(path)
    folder, name = os.path.split(path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return os.path.join(folders[folder], name)


def _expand(path: str, excluded: Excluded, stdin_name: str) -> Iterator[Target]:
    if path == STDIN:
        yield Target(stdin_name, explicit=True, stdin=True)
    elif os.path.isfile(path):
        yield from _named(path)
    elif os.path.isdir(path):
        yield from _folder(path, excluded)
    elif not os.path.lexists(path):
        yield Target(path, True, "no such file or folder")
    elif not os.path.exists(path):
        yield Target(path, True, "the link leads nowhere")
    else:
        yield Target(path, True, "not a regular file")


def _named(path: str) -> Iterator[Target]:
    if os.path.splitext(path)[1].lower() in _SUFFIXES:
        yield Target(path, True)
    else:
        reason = "neither Python source (.py) nor a notebook (.ipynb)"
        yield Target(path, True, reason, skipped=True)


def _folder(folder: str, excluded: Excluded) -> Iterator[Target]:
    errors: list[OSError] = []
    found = False
    git = GitIgnored(folder)

    def passed_over(path: str, is_folder: bool) -> bool:
        return excluded(path, is_folder) or git.ignores(path, is_folder)

    for root, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(
            name
            for name in folders
            if not os.path.exists(os.path.join(root, name, "pyvenv.cfg"))
            and not passed_over(os.path.join(root, name), True)
        )
        for name in sorted(names):
            path = os.path.normpath(os.path.join(root, name))
            if name.startswith(_EMACS_LOCK):
                continue
            if name.endswith(_FOUND) and not passed_over(path, False):
                found = True
                if not os.path.exists(path):
                    yield Target(path, False, "the link leads nowhere")
                elif os.path.isfile(path):
                    yield Target(path, False)
    for error in errors:
        yield Target(str(error.filename), True, f"cannot be listed: {error.strerror}")
    if not found and not errors:
        yield Target(folder, True, "no Python files or notebooks in this folder", skipped=True)


def usually_excluded(path: str, is_folder: bool) -> bool:
    """Hidden folders and those with code of others."""
    name = os.path.basename(path)
    return is_folder and (name.startswith(".") or name in _USUALLY)


_USUALLY = frozenset({"__pycache__", "node_modules", "site-packages"})
