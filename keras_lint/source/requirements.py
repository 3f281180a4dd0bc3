"""Which Keras a project asks for, read from its own requirements.

Only what a file says in so many words counts: a range that leaves Keras 3 open means Keras 3.
"""

from __future__ import annotations

from pathlib import Path

from keras_lint.model.target import NEWEST, Target

_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "environment.yml", "environment.yaml")


def project_target(folder: Path) -> Target:
    """The target of files in ``folder``: of the nearest folder upwards that has requirements.

    The newest Keras where there are none, or where they do not name Keras or TensorFlow.
    """
    for place in (folder, *folder.parents):
        files = [place / name for name in _FILES if (place / name).is_file()]
        files += sorted(place.glob("requirements*.txt"))
        for file in files:
            found = _target(file)
            if found is not None:
                return found
        if files or (place / ".git").exists():
            return NEWEST
    return NEWEST


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
