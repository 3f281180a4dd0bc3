"""The settings of a run, from its arguments and the settings files around."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keras_lint.cli.common import UsageError

if TYPE_CHECKING:
    from keras_lint.settings.layers import Layer
    from keras_lint.settings.project import ProjectSettings

_LISTS = ("select", "extend-select", "ignore", "exclude", "extend-exclude")
_PLAIN = ("target", "max-parameters", "verify", "verify-python", "baseline", "jobs")


def project_settings(options: argparse.Namespace) -> ProjectSettings:
    """What is in force for each file.

    Raises:
        SettingsError: an argument, or the file given by ``--config``, is wrong.
    """
    from keras_lint.settings import Settings
    from keras_lint.settings.layers import read_layer
    from keras_lint.settings.project import ProjectSettings

    only: Layer | None = None
    if options.config is not None:
        only = read_layer(Path(os.path.abspath(options.config)))
        if only is None:
            raise UsageError(f"--config: {options.config} has no [tool.keras-lint]")
    with_edits = getattr(options, "output_format", "text") in ("json", "jsonl", "sarif")
    return ProjectSettings(
        _command_line(options),
        only=only,
        isolated=options.isolated,
        base=Settings(noqa=not options.ignore_noqa, edits=with_edits),
    )


def common_folder(paths: Sequence[str]) -> str:
    """The deepest folder that all paths lie in: its settings are those of the run as a whole."""
    folders = [
        path if os.path.isdir(path) else os.path.dirname(path) or "."
        for path in map(os.path.abspath, paths)
    ]
    try:
        return os.path.commonpath(folders or [os.curdir])
    except ValueError:  # several drives, or none
        return os.curdir


def _command_line(options: argparse.Namespace) -> Layer:
    from keras_lint.settings.keys import COMMAND_LINE, parse_values
    from keras_lint.settings.layers import Layer

    said = vars(options)
    table: dict[str, object] = {}
    for name in (*_LISTS, *_PLAIN):
        value = said[name.replace("-", "_")]
        if value is not None:
            table[name] = value
    if options.per_file_ignores is not None:
        table["per-file-ignores"] = _per_file(options.per_file_ignores)
    return Layer(COMMAND_LINE, Path.cwd(), parse_values(table, COMMAND_LINE))


def _per_file(texts: Sequence[str]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for text in texts:
        pattern, colon, codes = text.rpartition(":")
        if not colon or not pattern:
            raise UsageError(f"--per-file-ignores: {text!r} is not PATTERN:CODES")
        table.setdefault(pattern, []).append(codes)
    return table
