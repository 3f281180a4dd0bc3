"""Answers of the child, kept on disk by content.

An answer is a function of the replay, the versions of Keras and TensorFlow, and our own version; so
a replay that was built once need not be built again, in this run or the next. What is kept is what
TensorFlow said, not the verdict: the verdict is made anew each time, by the rules as they are.

The folder lies in the project, and so may be part of what somebody else sent: every answer is
signed with a secret that never leaves the user's own cache folder, and counts only with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from keras_lint._version import __version__
from keras_lint.verify.replay import Replay

DEFAULT_FOLDER = ".keras_lint_cache"
_FORMAT = 1
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder holds what keras-lint may forget at any time.\n"
)
_CHILD = Path(__file__).parent / "child"

Answer = dict[str, Any]


class AnswerCache:
    """A folder of answers; several processes may use it at once.

    Anything in it that cannot be read counts as not there, and a folder that cannot be written
    only means that nothing is kept.

    Args:
        folder: made at the first answer that is kept, with a ``CACHEDIR.TAG`` and a
            ``.gitignore``.
        versions: of Python, Keras and TensorFlow, as the child tells them.
    """

    def __init__(self, folder: Path, versions: dict[str, Any]) -> None:
        self._folder = folder
        self._secret = _secret()
        code = hashlib.sha256()
        for path in sorted(_CHILD.glob("*.py")):  # a changed child may answer otherwise
            code.update(path.read_bytes())
        self._base = json.dumps([_FORMAT, __version__, code.hexdigest(), versions], sort_keys=True)

    def get(self, replay: Replay) -> Answer | None:
        """The answer to a replay; None if it is not known."""
        if self._secret is None:
            return None
        key = self._key(replay)
        try:
            kept = (self._folder / key[:2] / key[2:]).read_bytes()
            signature, _, text = kept.partition(b"\n")
            if not hmac.compare_digest(signature, self._signature(key, text)):
                return None
            answer = json.loads(text)
        except (OSError, ValueError, RecursionError):
            return None
        return answer if _is_answer(answer) else None

    def put(self, replay: Replay, answer: Answer) -> None:
        """Keep an answer; another process never sees half of it."""
        if self._secret is None:
            return
        key = self._key(replay)
        place = self._folder / key[:2] / key[2:]
        text = json.dumps(answer).encode()
        with contextlib.suppress(OSError):
            if not (self._folder / "CACHEDIR.TAG").exists():
                self._make_folder()
            place.parent.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(self._signature(key, text) + b"\n" + text)
                os.replace(name, place)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / ".gitignore").write_text("*\n", "ascii")
        (self._folder / "CACHEDIR.TAG").write_text(_TAG, "ascii")

    def _signature(self, key: str, text: bytes) -> bytes:
        assert self._secret is not None
        return hmac.new(self._secret, key.encode() + text, "sha256").hexdigest().encode()

    def _key(self, replay: Replay) -> str:
        content = json.dumps([self._base, replay.text, replay.values_json(), replay.training])
        return hashlib.sha256(content.encode()).hexdigest()


def _secret() -> bytes | None:
    """The user's own secret, made when there is none; None if it can be neither read nor kept."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    place = Path(base) / "keras-lint" / "secret"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with (
            contextlib.suppress(FileExistsError),
            tempfile.NamedTemporaryFile(dir=place.parent) as made,
        ):
            made.write(os.urandom(32))
            made.flush()
            os.link(made.name, place)  # whole or not at all; whoever comes first wins
        found = place.read_bytes()
    except OSError:
        return None
    return found if len(found) == 32 else None


def _is_answer(answer: object) -> bool:
    """Whether it has the parts that a verdict is made from."""
    if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
        return False
    parts = ["graphs", "made"] if answer["ok"] else ["graphs", "made", "stack", "layers"]
    return all(isinstance(answer.get(part), list) for part in parts)
