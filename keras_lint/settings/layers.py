"""Settings files: where they lie, what they say, and which of them has the word.

For a file, the settings files in its folder and the folders above count, up to the top of the git
repository or to one that says ``root = true``; key by key, the nearest one wins.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from keras_lint.model.dataclass import dataclass
from keras_lint.settings.keys import KEYS, parse_values
from keras_lint.settings.selection import SettingsError

OWN_FILE = "keras-lint.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True)
class Layer:
    """What one source says.

    Args:
        origin: the settings file, or ``command line``.
        folder: what its patterns and paths start from.
        values: parsed, by key.
    """

    origin: str
    folder: Path
    values: Mapping[str, object]


@dataclass(frozen=True)
class Setting:
    """The value of a key in force, who said it (``default`` for nobody), and from which folder."""

    value: Any
    origin: str = "default"
    folder: Path | None = None


class Resolved:
    """Layers on top of each other, the one that has the word first."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.layers = tuple(layers)

    def get(self, name: str) -> Setting:
        """The setting of a key; of one whose values add up, that of the first layer."""
        for layer in self.layers:
            if name in layer.values:
                return Setting(layer.values[name], layer.origin, layer.folder)
        return Setting(KEYS[name].default)

    def all(self, name: str) -> list[Setting]:
        """What every layer says of a key."""
        return [
            Setting(layer.values[name], layer.origin, layer.folder)
            for layer in self.layers
            if name in layer.values
        ]


def read_layer(path: Path) -> Layer | None:
    """What a settings file says; None for a ``pyproject.toml`` without a table of ours.

    Raises:
        SettingsError: it cannot be read, is not TOML, or has a key or value that is wrong.
    """
    if sys.version_info >= (3, 11):  # imported where there is a file to read
        import tomllib
    else:
        import tomli as tomllib

    shown = _shown(path)
    try:
        text = path.read_text("utf-8-sig")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{shown}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        if path.name == PYPROJECT and "keras-lint" not in text:
            return None  # somebody else's broken file
        raise SettingsError(f"{shown}: not valid TOML: {error}") from error
    table: object = document
    if path.name == PYPROJECT:
        tool = document.get("tool", {})
        table = tool.get("keras-lint") if isinstance(tool, dict) else None
        if table is None:
            for name in ("keras_lint", "keraslint"):
                if isinstance(tool, dict) and name in tool:
                    raise SettingsError(f"{shown}: tool.{name}: did you mean tool.keras-lint?")
            return None
    if not isinstance(table, dict):
        raise SettingsError(f"{shown}: tool.keras-lint must be a table")
    return Layer(shown, path.parent, parse_values(table, shown))


def layer_of_folder(folder: Path) -> Layer | None:
    """What the settings file in ``folder`` says, if there is one; ``keras-lint.toml`` goes first.

    Raises:
        SettingsError: as :func:`read_layer`.
    """
    for name in (OWN_FILE, PYPROJECT):
        path = folder / name
        if os.path.isfile(path):  # unlike Path.is_file, also false where we may not look
            layer = read_layer(path)
            if layer is not None:
                return layer
    return None


def is_last(folder: Path, layer: Layer | None) -> bool:
    """Whether no settings file above ``folder`` counts."""
    rooted = layer is not None and bool(layer.values.get("root"))
    return rooted or folder.parent == folder or os.path.exists(folder / ".git")


def _shown(path: Path) -> str:
    """The path as the user would write it: relative to the current folder where it is below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
