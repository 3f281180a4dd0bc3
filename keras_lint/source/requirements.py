"""Which Keras a project asks for, read from its own requirements.

Only what a file says in so many words counts: a range that leaves Keras 3 open means Keras 3.
"""

from __future__ import annotations

import os
from pathlib import Path

from keras_lint.model.target import NEWEST, Target

_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "environment.yml", "environment.yaml")


def project_target(folder: Path, known: dict[Path, Target]) -> Target:
    """The target of files in ``folder``: of the nearest folder upwards that has requirements.

    The newest Keras where there are none, or where they do not name Keras or TensorFlow.

    Args:
        folder: absolute.
        known: what was found out for other folders; filled with what is found out here.
    """
    found: Target | None = None
    passed: list[Path] = []
    for place in (folder, *folder.parents):
        found = known.get(place)
        if found is None:
            passed.append(place)
            found = _said_in(place)
        if found is not None:
            break
    known.update(dict.fromkeys(passed, found or NEWEST))
    return found or NEWEST


def _said_in(place: Path) -> Target | None:
    """What the requirements in a folder say; None if the folder above is to be asked."""
    files = [place / name for name in _FILES if os.path.isfile(place / name)]
    files += sorted(place.glob("requirements*.txt"))
    for file in files:
        found = _target(file)
        if found is not None:
            return found
    return NEWEST if files or os.path.exists(place / ".git") else None


def _target(file: Path) -> Target | None:
    """What one file asks for; None if it says nothing about Keras or cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    if "keras" not in text.lower() and "tensorflow" not in text.lower():
        return None
    from keras_lint.source.specifiers import target_of

    return target_of(file, text)
