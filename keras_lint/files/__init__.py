"""The files of a run: which they are, and writing them."""

from __future__ import annotations

from keras_lint.files.targets import STDIN, STDIN_NAME, Target, discover, usually_excluded
from keras_lint.files.writing import write_atomically

__all__ = ["STDIN", "STDIN_NAME", "Target", "discover", "usually_excluded", "write_atomically"]
