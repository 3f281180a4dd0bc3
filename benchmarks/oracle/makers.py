"""What draws the statements of random models: a register of makers, and the program so far.

A maker is given the state of the program and returns one statement (or a few) that may or may not
fit; whoever draws runs it in Keras to see. Makers never look at what keras-lint knows.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Protocol

Maker = Callable[["State"], str | None]
MAKERS: list[tuple[int, Maker]] = []
"""Weight and maker of every kind of statement."""


class State(Protocol):
    """The program so far."""

    rng: Random
    layers: list[str]
    models: list[str]
    helpers: list[str]

    def tensor(self, *ranks: int) -> str | None:
        """The name of some tensor, of one of these ranks if any are given."""

    def like(self, name: str) -> str:
        """The name of a tensor of the same shape, if there is another."""

    def shape(self, name: str) -> tuple[int | None, ...]:
        """The shape of a tensor."""

    def dtype(self, name: str) -> str:
        """The dtype of a tensor."""

    def fresh(self, stem: str = "x") -> str:
        """A new variable."""

    def value(self, name: str) -> Any:
        """What a variable holds."""


def maker(weight: int) -> Callable[[Maker], Maker]:
    """Register a maker; those of larger weight are drawn more often."""

    def register(made: Maker) -> Maker:
        MAKERS.append((weight, made))
        return made

    return register


def named(s: State, stem: str) -> str:
    """``, name="..."`` now and then; seldom a name that may be taken."""
    if s.rng.random() < 0.12:
        return f', name="{stem}_{s.rng.randrange(40)}"'
    return ""
