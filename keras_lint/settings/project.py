"""The settings of each file of a run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from keras_lint.files import usually_excluded
from keras_lint.rules.base import Options
from keras_lint.settings.keys import DEFAULT_EXCLUDE
from keras_lint.settings.layers import Layer, Resolved, is_last, layer_of_folder
from keras_lint.settings.selection import Settings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


DEFAULTS = Settings()


class ProjectSettings:
    """What is in force for each file and folder; settings files are read once.

    Args:
        command_line: what was said there; it wins over all files.
        only: the one settings file that counts, instead of those that lie around.
        isolated: no settings file counts.
        base: what no settings file has a word in.
    """

    def __init__(
        self,
        command_line: Layer | None = None,
        *,
        only: Layer | None = None,
        isolated: bool = False,
        base: Settings = DEFAULTS,
    ) -> None:
        self._base = base
        self._first = [] if command_line is None else [command_line]
        self._only = only
        self._isolated = isolated
        self._by_folder: dict[Path, tuple[Layer, ...]] = {}
        self._resolved: dict[Path, Resolved] = {}
        self._settings: dict[tuple[str, tuple[str, ...]], Settings] = {}

    def of_folder(self, folder: str | Path) -> Resolved:
        """What is in force for the files of a folder.

        Raises:
            SettingsError: a settings file is wrong.
        """
        place = Path(os.path.abspath(folder))
        if place not in self._resolved:
            layers: Sequence[Layer]
            if self._only is not None:
                layers = [self._only]
            else:
                layers = [] if self._isolated else self._layers(place)
            self._resolved[place] = Resolved([*self._first, *layers])
        return self._resolved[place]

    def of_file(self, path: str) -> Settings:
        """Which rules run on a file, and what they go by.

        Raises:
            SettingsError: a settings file is wrong.
        """
        folder = os.path.dirname(path) or "."
        resolved = self.of_folder(folder)
        per_file = resolved.get("per-file-ignores")
        silenced: tuple[str, ...] = ()
        for pattern, codes in per_file.value:
            if matches((pattern,), per_file.folder, path, is_folder=False):
                silenced += codes
        if (folder, silenced) not in self._settings:
            self._settings[folder, silenced] = self._of(resolved, silenced)
        return self._settings[folder, silenced]

    def _of(self, resolved: Resolved, silenced: tuple[str, ...]) -> Settings:
        return replace(
            self._base,
            select=resolved.get("select").value,
            ignore=resolved.get("ignore").value,
            options=Options(
                target=resolved.get("target").value,
                max_parameters=resolved.get("max-parameters").value,
            ),
            extend_select=tuple(
                code for said in resolved.all("extend-select") for code in said.value
            ),
            silenced=silenced,
        )

    def excluded(self, path: str, is_folder: bool) -> bool:
        """Whether a file or folder that was found, not named, is to be passed over.

        Raises:
            SettingsError: a settings file is wrong.
        """
        resolved = self.of_folder(os.path.dirname(path) or ".")
        exclude = resolved.get("exclude")
        if exclude.value == DEFAULT_EXCLUDE:
            if usually_excluded(path, is_folder):  # the same, without the pattern library
                return True
        elif matches(exclude.value, exclude.folder, path, is_folder=is_folder):
            return True
        return any(
            matches(more.value, more.folder, path, is_folder=is_folder)
            for more in resolved.all("extend-exclude")
        )

    def _layers(self, folder: Path) -> tuple[Layer, ...]:
        if folder not in self._by_folder:
            layer = layer_of_folder(folder)
            own = () if layer is None else (layer,)
            above = () if is_last(folder, layer) else self._layers(folder.parent)
            self._by_folder[folder] = own + above
        return self._by_folder[folder]


def matches(patterns: tuple[str, ...], folder: Path | None, path: str, *, is_folder: bool) -> bool:
    """Whether a path matches one of some patterns, as ``.gitignore`` means them.

    Args:
        patterns: relative to ``folder``.
        folder: where they were written; the current one if None.
        path: of a file or folder.
        is_folder: which of the two.
    """
    if not patterns:
        return False
    whole = Path(os.path.abspath(path))
    base = Path(os.path.abspath(folder or "."))
    inside = whole.relative_to(base) if whole.is_relative_to(base) else Path(*whole.parts[1:])
    return _spec(patterns).match_file(inside.as_posix() + ("/" if is_folder else ""))


@lru_cache(maxsize=256)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from keras_lint.files.patterns import spec_of  # most projects have no patterns

    return spec_of(patterns)
