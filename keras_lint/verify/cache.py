"""Answers of the child, kept on disk by content.

An answer is a function of the replay, the versions of Keras and TensorFlow, and our own version; so
a replay that was built once need not be built again, in this run or the next. What is kept is what
TensorFlow said, not the verdict: the verdict is made anew each time, by the rules as they are.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from keras_lint._version import __version__
from keras_lint.files.kept import KeptAnswers
from keras_lint.verify.replay import Replay

_FORMAT = 2
_CHILD = Path(__file__).parent / "child"

Answer = dict[str, Any]


class AnswerCache:
    """A folder of answers; see :class:`keras_lint.files.kept.KeptAnswers`.

    Args:
        folder: where they are.
        versions: of Python, Keras and TensorFlow, as the child tells them.
    """

    def __init__(self, folder: Path, versions: dict[str, Any]) -> None:
        self._kept = KeptAnswers(folder)
        code = hashlib.sha256()
        for path in sorted(_CHILD.glob("*.py")):  # a changed child may answer otherwise
            code.update(path.read_bytes())
        self._base = json.dumps([_FORMAT, __version__, code.hexdigest(), versions], sort_keys=True)

    def get(self, replay: Replay) -> Answer | None:
        """The answer to a replay; None if it is not known."""
        text = self._kept.get(self._key(replay))
        try:
            answer = None if text is None else json.loads(text)
        except (ValueError, RecursionError):
            return None
        return answer if _is_answer(answer) else None

    def put(self, replay: Replay, answer: Answer) -> None:
        """Keep an answer."""
        self._kept.put(self._key(replay), json.dumps(answer).encode())

    def _key(self, replay: Replay) -> str:
        asked = [replay.training, replay.question]
        content = json.dumps([self._base, replay.text, replay.values_json(), *asked])
        return hashlib.sha256(content.encode()).hexdigest()


def _is_answer(answer: object) -> bool:
    """Whether it has the parts that a verdict is made from."""
    if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
        return False
    parts = ["graphs", "made"] if answer["ok"] else ["graphs", "made", "stack", "layers"]
    return all(isinstance(answer.get(part), list) for part in parts)
