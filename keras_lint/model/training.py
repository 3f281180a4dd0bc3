"""Training as far as it is known: how a model is compiled, and what its training calls are given.

All of it is plain, frozen data. Unknown is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias, Union

from keras_lint.model.data import DataSpec
from keras_lint.model.dataclass import dataclass
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.model.tensors import Nested, TensorType


@dataclass(frozen=True)
class Made:
    """An object that a public class of Keras makes, or a public function of Keras.

    Args:
        path: canonical name, ``keras.losses.MeanSquaredError``.
        called: whether it is what calling ``path`` gives, not ``path`` itself.
        arguments: what it was called with, by name.
        complete: whether these are all of them.
        span: of the call that makes it; None where that is not in the file.
    """

    path: str
    called: bool = True
    arguments: Mapping[str, Setting] = field(default_factory=dict)
    complete: bool = True
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Own:
    """A function, class or instance of the analysed code."""

    name: str


@dataclass(frozen=True)
class Unclear:
    """What is not known, and why."""

    reason: str = ""


Setting: TypeAlias = Union[
    bool,
    int,
    float,
    str,
    Made,
    Own,
    Unclear,
    "tuple[Setting, ...]",
    "Mapping[str, Setting]",
    None,
]
"""A value given to ``compile`` or ``fit``; lists are tuples."""


@dataclass(frozen=True)
class Compiled:
    """One call of ``compile``.

    Args:
        span: of the call.
        arguments: what it was given, by name.
        spans: where each was written.
        complete: whether these are all arguments.
    """

    span: Span
    arguments: Mapping[str, Setting] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True)
class Step:
    """One call that trains a model, or runs it on data.

    Args:
        span: of the call.
        method: ``fit``, ``evaluate``, ``predict``, ``train_on_batch``, ``test_on_batch``,
            ``predict_on_batch``; ``__call__`` for ``model(array)``; ``loss`` and ``metric`` where
            one of Keras's own is called on labels and an output (:attr:`compares`); ``save``,
            ``save_weights``, ``load_weights`` and ``export``, which have no data.
        graph: index of the model's graph in the analysis of the file.
        data: what it is given; None where that is not known.
        validation: what ``validation_data`` holds; None if there is none, or it is not known.
        arguments, spans, complete: as of :class:`Compiled`.
        state: whether the model is compiled when the call is made, as far as that is known.
        compiled: how, if it is; of a ``loss`` or ``metric`` that alone, as if compiled with it.
        trainable_changed: places where ``trainable`` was set after a training step that followed
            the last ``compile``.
        stack: the calls that lead to it, outermost first.
        caught: the code is prepared for an exception here.
        problem, validation_problem: why the model refuses ``x``, or that of ``validation``.
        labels_given: whether ``y`` is passed and not None.
        output: which of the model's outputs is compared, the others left out; None for all.
        outputs: what comes out of the model on this ``x``; None where that is not known.
    """

    span: Span
    method: str
    graph: int
    data: DataSpec | None = None
    validation: DataSpec | None = None
    arguments: Mapping[str, Setting] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    complete: bool = True
    state: Literal["compiled", "never", "unclear"] = "unclear"
    compiled: Compiled | None = None
    trainable_changed: tuple[Span, ...] = ()
    stack: tuple[Span, ...] = ()
    caught: bool = False
    problem: Problem | None = None
    validation_problem: Problem | None = None
    outputs: Nested[TensorType] | None = None
    labels_given: bool = False
    output: int | None = None

    @property
    def trains(self) -> bool:
        """Whether weights are updated."""
        return self.method in ("fit", "train_on_batch")

    @property
    def has_labels(self) -> bool:
        """Whether the method compares outputs with labels."""
        on_labels = ("fit", "evaluate", "train_on_batch", "test_on_batch")
        return self.method in on_labels or self.compares

    @property
    def compares(self) -> bool:
        """Whether the program itself holds an output against labels, as loops of one's own do."""
        return self.method in ("loss", "metric")

    @property
    def title(self) -> str:
        """The call in a message."""
        return "the call" if self.method == "__call__" else f"{self.method}()"
