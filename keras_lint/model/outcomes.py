"""The three outcomes of asking what a layer does: shapes, unknown, or a structured mismatch."""

from __future__ import annotations

from typing import Literal

from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span
from keras_lint.model.tensors import TensorType

MismatchKind = Literal[
    "rank",  # a tensor of a rank the layer does not accept
    "axis",  # one axis has a length the layer does not accept (groups, state width, ...)
    "built",  # the layer is already built for other input lengths
    "merge",  # several inputs that do not combine
    "vanish",  # a spatial axis would be zero or negative
    "reshape",  # element count or permutation does not fit
    "undefined",  # an axis that fixes the weights is None
    "structure",  # wrong number or nesting of inputs
    "value",  # a constructor argument with an illegal value
    "state",  # initial_state of the wrong count or width
    "name",  # two layers of one model with one name
    "outputs",  # several outputs where one is needed
    "argument",  # an argument nobody takes, or given twice
    "missing",  # a required argument is not given, or too many are by position
    "removed",  # an argument that Keras 2 took and Keras 3 does not
    "disconnected",  # outputs do not derive from inputs
    "not-called",  # a layer where a tensor was meant
    "init",  # a class whose __init__ does not call that of Keras
    "signature",  # arguments that the call of an own class does not take
    "branch",  # Python needs a value of a symbolic tensor inside a layer
    "python",  # Python needs a value of a symbolic tensor
]


@dataclass(frozen=True)
class Unknown:
    """The analysis does not know: why, and where the thread was lost.

    ``only_shape`` says that no more than the shape of one call's output is missing: the call and
    what it is connected to are known.
    """

    reason: str
    span: Span | None = None
    only_shape: bool = False


@dataclass(frozen=True)
class Problem:
    """What Keras will refuse, as data; prose is rendered from it.

    Args:
        kind: the family of mismatch; rules select on it.
        layer: class name of the layer that refuses (the wrapped one inside a wrapper).
        expected: what the layer needs, as a phrase: ``"a tensor of rank 3"``.
        actual: what it gets, in Keras notation: ``"(None, 64)"``.
        received: the types the refusing layer got (the slice inside TimeDistributed).
        argument: the argument at fault: ``"inputs"``, ``"filters"``, ``"initial_state"``.
        hint: what to do about it, or ``""``.
        exceptions: class names Keras raises for this, any of them.
        inner: the wrapped layer's own problem when a wrapper passes it on.
        suggestion: what was probably meant in place of ``argument`` (kind ``argument``) or of its
            value (kind ``value``, a string); empty if nothing is near.
        needs_rank: the ranks (batch included) that would be accepted, when kind is ``rank``.
    """

    kind: MismatchKind
    layer: str
    expected: str
    actual: str
    received: tuple[TensorType, ...] = ()
    argument: str = "inputs"
    hint: str = ""
    exceptions: tuple[str, ...] = ("ValueError",)
    inner: Problem | None = None
    needs_rank: tuple[int, ...] = ()
    suggestion: str = ""

    @property
    def root(self) -> Problem:
        """The innermost problem: the layer that refuses in the end."""
        return self if self.inner is None else self.inner.root


class Mismatch(Exception):  # an outcome, not an error of ours
    """Raised by shape functions: Keras will refuse this call; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.layer}: expected {problem.expected}, got {problem.actual}")
        self.problem = problem


class Lost(Exception):  # an outcome, not an error of ours
    """Raised by shape functions that cannot know; becomes an :class:`Unknown`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
