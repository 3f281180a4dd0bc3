"""What git ignores, read from ``.gitignore`` files; git itself is not needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class GitIgnored:
    """What is ignored below a folder that the user named.

    The ``.gitignore`` files in it and below count, and those above up to the top of the repository
    it lies in, with ``.git/info/exclude`` there; but not those that ignore the named folder itself.
    """

    def __init__(self, folder: str) -> None:
        named = Path(folder).resolve()
        self._written = folder
        self._named = named
        self._specs: dict[Path, GitIgnoreSpec | None] = {}
        self._above: list[tuple[Path, GitIgnoreSpec]] = []
        above = (named, *named.parents)
        top = next((p for p in above if os.path.exists(p / ".git")), None)
        if top is not None:
            for place in above[1 : above.index(top) + 1]:
                self._add(place, place / ".gitignore")
            self._add(top, top / ".git" / "info" / "exclude")

    def ignores(self, path: str, is_folder: bool) -> bool:
        """Whether git ignores a path below the folder; what lies deeper has the word."""
        whole = self._named / os.path.relpath(path, self._written)
        for place in whole.parents:
            spec = self._spec(place)
            verdict = None if spec is None else _verdict(spec, place, whole, is_folder)
            if verdict is not None:
                return verdict
            if place == self._named:
                break
        for place, spec in self._above:
            verdict = _verdict(spec, place, whole, is_folder)
            if verdict is not None:
                return verdict
        return False

    def _add(self, place: Path, file: Path) -> None:
        spec = _read(file)
        if spec is not None and (
            place == self._named or not _verdict(spec, place, self._named, True)
        ):
            self._above.append((place, spec))

    def _spec(self, folder: Path) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            self._specs[folder] = _read(folder / ".gitignore")
        return self._specs[folder]


def _verdict(spec: GitIgnoreSpec, base: Path, path: Path, is_folder: bool) -> bool | None:
    """True for ignored, False for taken back (``!name``), None if nothing is said."""
    inside = path.relative_to(base).as_posix()
    return spec.check_file(inside + ("/" if is_folder else "")).include


def _read(file: Path) -> GitIgnoreSpec | None:
    try:
        lines = file.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    if not any(line.strip() for line in lines):
        return None
    from keras_lint.files.patterns import spec_of  # most folders have no such file

    return spec_of(lines)
