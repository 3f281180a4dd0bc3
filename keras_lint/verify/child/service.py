"""The conversation with the parent: one JSON line in, one JSON line out.

First line out: ``{"ready": true, "python", "keras": {"keras", "tensorflow"}, "confined": [...]}``
or ``{"ready": false, "reason"}``. Then for each request ``{"id", "replay", "filename", "values",
"training", "question", "cpu_seconds"}`` one answer with the same ``id``; see :mod:`child.build` for
its form.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

from . import confine


def serve(scratch: str) -> None:
    """Start Keras, lock the doors, and answer requests until standard input ends."""
    requests, answers = _take_over_streams()
    layers = confine.before_imports(scratch)
    try:
        from . import build

        keras = build.start_keras()
    except (ImportError, AttributeError) as error:
        _send(answers, {"ready": False, "reason": _missing(error)})
        return
    layers += confine.after_imports(scratch)
    _send(
        answers,
        {
            "ready": True,
            "python": ".".join(map(str, sys.version_info[:3])),
            "keras": keras,
            "confined": layers,
        },
    )
    builder = build.Builder()
    for line in requests:
        request = json.loads(line)
        confine.limit_cpu(request.get("cpu_seconds", 60))
        answer = builder.answer(
            request["replay"],
            request["filename"],
            request.get("values", []),
            request.get("training"),
            request.get("question"),
        )
        try:
            _send(answers, {**answer, "id": request["id"]})
        except (ValueError, TypeError, RecursionError) as error:  # numbers of a million digits
            _send(answers, {"id": request["id"], "unwritable": str(error)[:200]})


def _take_over_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for us; whatever TensorFlow or a model prints goes nowhere."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return requests, answers


def _missing(error: ImportError | AttributeError) -> str:
    if isinstance(error, ImportError):
        if error.name == "keras":
            return "Keras not installed"
        if error.name == "tensorflow":
            return "TensorFlow not installed"
    return f"Keras 3 cannot be used: {error}"


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()
