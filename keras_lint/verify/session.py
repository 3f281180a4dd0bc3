"""The child process: started late, asked one replay at a time, replaced when it dies or hangs."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO, Any

from keras_lint.verify.cache import AnswerCache
from keras_lint.verify.child.versions import versions
from keras_lint.verify.replay import Replay

CHILD_MAIN = Path(__file__).parent / "child" / "main.py"
"""The script that the child runs."""

_START_LIMIT = 180.0  # TensorFlow from a cold, slow disk
_LONGEST_ANSWER = 64 * 1024 * 1024
_PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # what starting Python may need

_PASSING = frozenset({"MemoryError", "RecursionError", "OSError", "ResourceExhaustedError"})

Answer = dict[str, Any]


class Unavailable(Exception):
    """There is no child to ask, now or ever: TensorFlow is missing, Python does not start."""


class Lost(Exception):
    """The child died or did not answer in time; this costs one verdict."""


class Session:
    """At most one living child.

    Args:
        python: interpreter that has TensorFlow; None for the one we run under.
        time_limit: seconds for one replay.
        cache: folder in which answers are kept; None keeps none.
    """

    def __init__(self, python: str | None, time_limit: float, cache: Path | None = None) -> None:
        self._cache_folder = cache
        self._own = python is None
        self._python = python or sys.executable
        self._time_limit = time_limit
        self._child: _Child | None = None
        self._lock = threading.Lock()  # an interrupt may end the child from another thread
        self._unavailable: str | None = None
        self._count = 0
        self.started = 0
        """How many children were started so far."""

    def ask(self, replay: Replay, filename: str) -> Answer:
        """Build ``replay`` in the child; for the form of the answer see :mod:`child.build`.

        Raises:
            Unavailable: there is no working child to be had.
            Lost: this replay was too much for it.
        """
        known = self.known(replay)
        if known is not None:
            return known
        child = self._ready()
        self._count += 1
        request = {
            "id": self._count,
            "replay": replay.text,
            "filename": filename,
            "values": replay.values_json(),
            "training": json.loads(replay.training) if replay.training else None,
            "question": json.loads(replay.question) if replay.question else None,
            "cpu_seconds": 4 * self._time_limit + 10,
        }
        try:
            answer = child.ask(request, self._time_limit)
            if answer.get("id") != self._count:
                raise Lost("the child answered something else")
            if answer.get("spoiled"):
                raise Lost(f"the replay changes {answer['spoiled']} itself")
            if "unwritable" in answer:
                raise Lost(f"what was built cannot be told: {answer['unwritable']}")
        except Lost:
            self.close()
            raise
        if self._cache is not None and _lasts(answer):
            self._cache.put(replay, answer)
        return answer

    def known(self, replay: Replay) -> Answer | None:
        """The answer from the cache, if it is there."""
        return None if self._cache is None else self._cache.get(replay)

    @functools.cached_property
    def _cache(self) -> AnswerCache | None:
        if self._cache_folder is None:
            return None
        found = versions() if self._own else _versions_of(self._python)
        if not {"keras", "tensorflow"} <= found.keys():
            return None  # an answer of we do not know what is worth nothing
        return AnswerCache(self._cache_folder, found)

    def start(self) -> None:
        """Start the child if there is none, and do not wait for it.

        What goes wrong is told by the first question.
        """
        with contextlib.suppress(Unavailable):
            self._child_now()

    def about(self) -> Answer:
        """What the child said when it started: versions, and which locks closed.

        Raises:
            Unavailable: there is no working child to be had.
        """
        return self._ready().greeting

    def close(self) -> None:
        """End the child, if there is one. A later question starts another."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.close()

    def end(self) -> None:
        """End the child for good: later questions are refused."""
        with self._lock:
            self._unavailable = self._unavailable or "verification was ended"
        self.close()

    def _ready(self) -> _Child:
        child = self._child_now()
        if child.greeting:
            return child
        try:
            child.wait_until_ready()
        except Unavailable as error:
            with self._lock:
                self._child = None
                self._unavailable = self._unavailable or str(error)
            raise
        self.started += 1
        return child

    def _child_now(self) -> _Child:
        """The child, started if need be, which may not have greeted yet."""
        with self._lock:
            if self._unavailable is not None:
                raise Unavailable(self._unavailable)
            if self._child is not None and self._child.greeting and self._child.has_ended:
                self._child.close()  # between two questions; nobody's verdict is lost
                self._child = None
            if self._child is not None:
                return self._child
            try:
                child = self._child = _Child(self._python)
            except Unavailable as error:
                self._unavailable = str(error)
                raise
        return child


class _Child:
    """One process and its scratch folder."""

    def __init__(self, python: str) -> None:
        self._scratch = tempfile.mkdtemp(prefix="keras-lint-")
        try:
            self._process = subprocess.Popen(
                [python, "-I", str(CHILD_MAIN), self._scratch],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(self._scratch),
                cwd=self._scratch,
                start_new_session=True,  # Ctrl-C reaches us alone; we end the child
            )
        except OSError as error:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise Unavailable(f"{python} cannot be started: {error.strerror}") from error
        # Also runs when we are forgotten or Python ends, so that nothing stays behind.
        self._dispose = weakref.finalize(self, _dispose, self._process, self._scratch)
        assert self._process.stdout is not None
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(
            target=_read_lines, args=(self._process.stdout, self._lines), daemon=True
        ).start()
        self.greeting: Answer = {}

    def wait_until_ready(self) -> None:
        """Take the greeting; :class:`Unavailable`, and the process is ended, if there is none."""
        try:
            self.greeting = self._receive(_START_LIMIT)
        except Lost as error:
            self.close()
            raise Unavailable(f"the verification process does not start: {error}") from error
        if not self.greeting.get("ready"):
            self.close()
            raise Unavailable(str(self.greeting.get("reason", "TensorFlow not installed")))

    def ask(self, request: Answer, time_limit: float) -> Answer:
        """One request and its answer; :class:`Lost` if there is none in time."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise Lost("the verification process had ended") from error
        return self._receive(time_limit)

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def close(self) -> None:
        """Kill the process and remove its folder."""
        self._dispose()

    def _receive(self, time_limit: float) -> Answer:
        try:
            line = self._lines.get(timeout=time_limit)
        except queue.Empty:
            raise Lost(f"not built within {time_limit:g} seconds") from None
        if not line:
            code = self._process.wait()
            raise Lost(f"the process that builds the model died (exit status {code})")
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Lost("the verification process gave no readable answer") from error
        if not isinstance(answer, dict):
            raise Lost("the verification process gave no readable answer")
        return answer


def environment(scratch: str) -> dict[str, str]:
    """The environment variables of the child: none of ours but what starting Python may need."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **passed,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": scratch,
        "HOME": scratch,
        "TMPDIR": scratch,
    }


def _versions_of(python: str) -> dict[str, str]:
    """The libraries of another Python; empty if it cannot be asked."""
    try:
        done = subprocess.run(
            [python, "-I", str(CHILD_MAIN.with_name("versions.py"))],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return {}
    return {**found, "path": python} if isinstance(found, dict) else {}


def _lasts(answer: Answer) -> bool:
    """Whether the answer would be the same on a machine with more memory, at another time."""
    return _PASSING.isdisjoint(answer.get("exception", ()))


def _dispose(process: subprocess.Popen[bytes], scratch: str) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):  # unsent bytes of a request to a dead child
                stream.close()
    shutil.rmtree(scratch, ignore_errors=True)


def _read_lines(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    """Move lines from a pipe to a queue, which can be waited on with a time limit everywhere."""
    try:
        while line := stream.readline(_LONGEST_ANSWER):
            lines.put(line)
    except (OSError, ValueError):
        pass  # closed under us by close()
    lines.put(b"")
