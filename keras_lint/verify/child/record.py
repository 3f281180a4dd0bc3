"""Watching Keras build: which line of the replay made which layer, call and model.

Keras is patched in this process alone, once, at start-up. A :class:`Recorder` holds what happened
during one replay.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import sys
from dataclasses import dataclass, field
from types import CodeType, FrameType, TracebackType
from typing import Any

REPLAY = "<replay>"
"""File name under which replays are compiled."""

Json = dict[str, Any]
_Place = tuple[CodeType, int, int]
_NO_NAMES = (BaseException, object)
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def class_names(error: BaseException) -> list[str]:
    """Its class and those that class is made from, nearest first, without what all have."""
    return [cls.__name__ for cls in type(error).__mro__ if cls not in _NO_NAMES]


@dataclass
class Recorder:
    """What one replay made. Objects are kept alive so that their ids stay theirs."""

    source: list[str] = field(default_factory=list)
    origins: dict[int, Json | None] = field(default_factory=dict)
    order: dict[int, int] = field(default_factory=dict)
    automatic: set[int] = field(default_factory=set)
    mask_nodes: set[int] = field(default_factory=set)
    models: list[Any] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)
    unfinished: set[int] = field(default_factory=set)
    inside_mask: int = 0
    inside_sequential: int = 0
    _count: Any = field(default_factory=itertools.count)

    def note(self, thing: Any) -> None:
        """Remember where and when ``thing`` was made."""
        self.kept.append(thing)
        self.origins[id(thing)] = self.here()
        self.order[id(thing)] = next(self._count)

    def here(self) -> Json | None:
        """The origin of what is happening: innermost replay frame, and the frames around it."""
        places: list[_Place] = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == REPLAY:
                places.append((frame.f_code, frame.f_lasti, frame.f_lineno or 0))
            frame = frame.f_back
        if not places:
            return None
        *stack, span = self._spans(places[::-1])
        return {**span, "construction": None, "trigger": None, "arguments": {}, "stack": stack}

    def span(self, code: CodeType, instruction: int, line: int) -> Json:
        """The source of one instruction; before Python 3.11 only its line is known."""
        position: Any = (line, line, None, None)
        if hasattr(code, "co_positions") and instruction >= 0:
            found = next(itertools.islice(code.co_positions(), instruction // 2, None), position)
            position = found if found[0] is not None else position
        first, last, start, end = position
        first, last = first or 0, last or first or 0
        return {
            "line": first,
            "column": self._column(first, start),
            "end_line": last,
            "end_column": self._column(last, end),
            "cell": None,
        }

    def calls_made(self) -> list[Json]:
        """Class, span and output shapes of every symbolic call."""
        return [
            {
                **origin,
                "class": type(thing.operation).__name__,
                "output_shapes": [_shape(tensor) for tensor in thing.outputs],
            }
            for thing in self.kept
            if hasattr(thing, "operation") and (origin := self.origins[id(thing)]) is not None
        ]

    def traceback_spans(self, traceback: TracebackType | None) -> list[Json]:
        """The replay frames of a traceback, outermost first."""
        places: list[_Place] = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename == REPLAY:
                places.append((code, traceback.tb_lasti, traceback.tb_lineno or 0))
            traceback = traceback.tb_next
        return self._spans(places)

    def _spans(self, places: list[_Place]) -> list[Json]:
        """Spans of frames, outermost first; a comprehension is no call, though it has a frame."""
        kept: list[_Place] = []
        for place in places:
            if place[0].co_name in _COMPREHENSIONS and kept:
                kept.pop()
            kept.append(place)
        return [self.span(*place) for place in kept]

    def _column(self, line: int, offset: int | None) -> int:
        """A byte offset as a column from 1; 0 when it is not known."""
        if offset is None or not 0 < line <= len(self.source):
            return 0
        return len(self.source[line - 1].encode()[:offset].decode(errors="replace")) + 1


def _shape(tensor: Any) -> list[int | None]:
    return [None if dim is None else int(dim) for dim in tensor.shape]


current = Recorder()


def begin(text: str) -> Recorder:
    """A fresh recorder for a replay; patched Keras writes into it from now on."""
    global current
    current = Recorder(source=text.split("\n"))
    return current


def patch_keras() -> None:
    """Wrap the constructors that say where things come from. Called once."""
    operation = importlib.import_module("keras.src.ops.operation").Operation
    node = importlib.import_module("keras.src.ops.node").Node
    layer = importlib.import_module("keras.src.layers.layer").Layer
    models = importlib.import_module("keras.src.models.model").Model
    functional = importlib.import_module("keras.src.models.functional").Functional
    sequential = importlib.import_module("keras.src.models.sequential").Sequential
    _patch_operation(operation)
    _patch_node(node)
    _patch_depth(layer, "_set_mask_metadata", "inside_mask")
    _patch_depth(sequential, "build", "inside_sequential")
    for cls in (models, functional, sequential):
        _patch_model(cls)


def _patch_operation(operation: Any) -> None:
    original_new, original_init = operation.__new__, operation.__init__

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        instance = original_new(cls, *args, **kwargs)
        current.note(instance)
        return instance

    @functools.wraps(original_init)
    def init(self: Any, name: Any = None) -> None:
        original_init(self, name)
        if name is None:
            current.automatic.add(id(self))

    operation.__new__ = staticmethod(new)
    operation.__init__ = init


def _patch_node(node: Any) -> None:
    original = node.__init__

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        current.note(self)
        if current.inside_mask:
            current.mask_nodes.add(id(self))

    node.__init__ = init


def _patch_depth(cls: Any, name: str, counter: str) -> None:
    original = getattr(cls, name)

    @functools.wraps(original)
    def method(*args: Any, **kwargs: Any) -> Any:
        recorder = current
        setattr(recorder, counter, getattr(recorder, counter) + 1)
        try:
            return original(*args, **kwargs)
        finally:
            setattr(recorder, counter, getattr(recorder, counter) - 1)

    setattr(cls, name, method)


def _patch_model(cls: Any) -> None:
    original = cls.__init__

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        recorder = current
        outermost = id(self) not in recorder.unfinished
        recorder.unfinished.add(id(self))
        try:
            original(self, *args, **kwargs)
        finally:
            if outermost:
                recorder.unfinished.discard(id(self))
        if outermost and not recorder.inside_sequential:
            recorder.models.append(self)

    # Keras reads constructors with getfullargspec, which does not look through wrappers.
    init.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    cls.__init__ = init
