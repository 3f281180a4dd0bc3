"""Which libraries a Python has, without importing them; also run as a script, which prints JSON."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys

_KERAS = "keras"
_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly")


def versions() -> dict[str, str]:
    """Versions of Python, Keras and TensorFlow; without a key for what is not installed."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in (_KERAS, *_TENSORFLOW):
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found.setdefault("keras" if name == _KERAS else "tensorflow", f"{name} {version}")
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(versions()))
