"""``keras-lint config``: what is in force for a file or folder, and who said so."""

from __future__ import annotations

import argparse
import json
import os

from keras_lint.cli.chosen import project_settings
from keras_lint.cli.common import UsageError


def run(options: argparse.Namespace) -> int:
    """Print the settings as TOML, each with where it comes from, and the rules that are on."""
    from keras_lint.settings import SettingsError
    from keras_lint.settings.keys import KEYS

    if not os.path.exists(options.path):
        raise UsageError(f"{options.path}: no such file or folder")
    is_folder = os.path.isdir(options.path)
    folder = options.path if is_folder else os.path.dirname(options.path) or "."
    try:
        settings = project_settings(options)
        resolved = settings.of_folder(folder)
        rules = settings.of_file(os.path.join(folder, "*") if is_folder else options.path).rules()
    except SettingsError as error:
        raise UsageError(str(error)) from error
    rows: list[tuple[str, str]] = []
    for name, key in KEYS.items():
        said = resolved.all(name) if key.adds else []
        for setting in said or [resolved.get(name)]:
            if setting.value in (None, ""):
                rows.append((f"# {name}", f"not set{_UNSET.get(name, '')}"))
            else:
                rows.append((f"{name} = {_toml(setting.value)}", setting.origin))
    width = min(max(len(text) for text, _ in rows), 40)
    for text, origin in rows:
        print(f"{text:{width}}  # {origin}" if not text.startswith("#") else f"{text}: {origin}")
    print(f"\n# {len(rules)} rules on: {' '.join(rules)}")
    return 0


_UNSET = {
    "target": ": what the project's requirements say, else the newest Keras",
    "max-parameters": ": no limit",
    "verify-python": ": the Python that keras-lint runs under",
}


def _toml(value: object) -> str:
    """A value as it would be written in a settings file."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_toml(codes)}" for k, codes in value) + " }"
    if isinstance(value, tuple):
        return json.dumps(list(value), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
