"""Several processes that analyse files; none of them outlives the one that asks."""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from keras_lint.engine.examine import Examiner, Task
from keras_lint.engine.file import Checked
from keras_lint.source.reader import with_deep_stack

_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

_WORTH_IT = 50_000
"""So many bytes of source take longer to analyse than processes take to start."""


class Pool:
    """Processes with an :class:`Examiner` each."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def submit(self, task: Task) -> Future[bytes]:
        """Begin a task; :func:`unpacked` makes its result of what comes back."""
        return self._executor.submit(_examine, task)


def unpacked(answer: bytes) -> Checked:
    """What a process sent; call inside ``with_deep_stack``."""
    checked: Checked = pickle.loads(answer)
    return checked


def processes_for(tasks: list[Task], jobs: int) -> int:
    """How many processes to start for some tasks; 0 to do them here."""
    files = [task for task in tasks if task.content is None]
    if len(files) < 2 or sum(task.size for task in files) < _WORTH_IT:
        return 0
    wanted = min(jobs, len(files))
    return wanted if wanted > 1 else 0


@contextmanager
def workers(count: int, examiner: Examiner) -> Iterator[Pool]:
    """Start processes; call from the main thread, before others are started.

    Whatever ends the block, or this process, ends them too.
    """
    fork = sys.platform == "linux" and threading.active_count() == 1
    if fork:  # what every process needs is imported once, before there are several
        importlib.import_module("keras_lint.interp")
    context = get_context("fork" if fork else "spawn")
    reader, writer = context.Pipe(duplex=False)
    executor = ProcessPoolExecutor(
        count,
        context,
        _start,
        (reader, writer if fork else None, examiner.folder, examiner.to_verify, examiner.to_draw),
    )
    try:
        with _undisturbed():
            executor.submit(_nothing)  # a forking pool starts all its processes now
        yield Pool(executor)
        executor.shutdown()
    finally:
        writer.close()
        executor.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and the like wait for the end of the block: in a fork, Python would lose them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: came.append(number))
        for number in _ENDING
        if callable(signal.getsignal(number))
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt(came[0])


_examiner: Examiner | None = None


def _start(
    reader: Connection,
    writer: Connection | None,
    folder: Path | None,
    to_verify: bool,
    to_draw: bool,
) -> None:
    """Make a process ready; it ends when the other end of ``reader`` is closed."""
    global _examiner
    for number in _ENDING:
        if callable(signal.getsignal(number)):  # of the one that asks: it is told, and ends us
            signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    if writer is not None:
        writer.close()
    threading.Thread(target=_watch, args=(reader,), daemon=True).start()
    _examiner = Examiner(folder, to_verify=to_verify, to_draw=to_draw)
    gc.disable()  # see ``uncollected``


def _watch(reader: Connection) -> None:
    reader.poll(None)
    os._exit(1)


def _nothing() -> None:
    """A task that only makes the pool start."""


def _examine(task: Task) -> bytes:
    examiner = _examiner
    assert examiner is not None
    # packed here: a deep analysis needs a deep stack for that too
    return with_deep_stack(lambda: pickle.dumps(examiner.run(task)))
