"""In which minor versions of Keras 3 a public name or an argument exists.

The facts come from ``data/versions/history.json``, for which ``scripts/dump_keras_api.py`` asked
one installed release of every minor version. Paths start with ``keras.``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from keras_lint.keras_api.names import lookup
from keras_lint.keras_api.stored import stored
from keras_lint.model.dataclass import dataclass


@dataclass(frozen=True)
class Lifetime:
    """The minor versions of Keras 3 that have something.

    Args:
        since: the first one that has it; None if 3.0 had it already.
        until: the last one that has it; None if the newest has it.
    """

    since: int | None = None
    until: int | None = None

    def covers(self, minor: int) -> bool:
        """Whether Keras 3.``minor`` has it."""
        return (self.since or 0) <= minor and (self.until is None or minor <= self.until)


ALWAYS = Lifetime()


@cache
def _history() -> Mapping[str, Any]:
    content: Mapping[str, Any] = stored("versions/history.json")
    return content


def versions() -> tuple[str, ...]:
    """The releases that were asked, oldest first."""
    return tuple(_history()["versions"])


def lifetime(path: str) -> Lifetime | None:
    """The versions of Keras 3 that have a public name; None if none ever had it."""
    span = _history()["names"].get(path)
    if span is None:
        return None if lookup(path) is None else ALWAYS
    return Lifetime(*span)


def argument_lifetime(path: str, argument: str) -> Lifetime | None:
    """The versions that take an argument, among those that have the name.

    None if no version takes it, or where that is not known.
    """
    span = _history()["arguments"].get(path, {}).get(argument)
    if span is not None:
        return Lifetime(*span)
    found = lookup(path)
    names = {parameter.name for parameter in found.params or ()} if found is not None else set()
    return ALWAYS if found is not None and argument in names | found.extra else None


def argument_history(path: str) -> frozenset[str]:
    """The arguments of a name that some version of Keras 3 takes and another does not."""
    return frozenset(_history()["arguments"].get(path, ()))


def introduced(path: str) -> int | None:
    """The minor version in which a name came; None if 3.0 had it, or no version ever had it."""
    life = lifetime(path)
    return None if life is None else life.since


def removed(path: str) -> int | None:
    """The first minor version without a name that earlier ones had; None if it never went."""
    life = lifetime(path)
    return None if life is None or life.until is None else life.until + 1
