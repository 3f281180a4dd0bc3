"""Whether a name, as a program spells it, is one of the Keras it is to run on."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from keras_lint.keras_api.moves import Move, successor
from keras_lint.keras_api.names import lookup, near_match, only_in_tensorflow, public_names
from keras_lint.keras_api.versions import lifetime
from keras_lint.model.dataclass import dataclass
from keras_lint.model.target import Target

State = Literal["found", "unknown", "removed", "later", "private", "foreign"]

_SPELLINGS = ("tensorflow.keras", "tensorflow.compat.v2.keras", "tf_keras", "keras")
"""Under which prefixes a program has the public Keras."""
_PRIVATE = (
    "keras.src",
    "keras.api",
    "keras._tf_keras",
    "keras._legacy",
    "tf_keras.src",
    "tf_keras.api",
    "tensorflow.python.keras",
    "tensorflow_core.python.keras",
    "tensorflow_core.keras",
    "tensorflow._api.v2.keras",
)
_UNLISTED = frozenset(("keras.protobuf", "keras.tree"))
"""Modules that are there and public, but not in the facts."""


@dataclass(frozen=True)
class Status:
    """What a name is.

    Args:
        state: ``found``; ``unknown`` to every Keras; ``removed`` from the target; ``later``: newer
            than the target; ``private``; ``foreign``: no name of Keras.
        prefix: how the program spells ``keras`` there: ``tensorflow.keras``.
        path: the name, or the first part of it that is not there, spelt ``keras.``.
        count: how many parts the path as written has up to there.
        move: for ``removed``: what became of it.
        near: for ``unknown``: what may be meant, spelt ``keras.``; for ``private``: its
            public name.
        since: for ``later``: the minor version of Keras 3 that has it first.
    """

    state: State
    prefix: str = ""
    path: str = ""
    count: int = 0
    move: Move | None = None
    near: str = ""
    since: int = 0


FOREIGN = Status("foreign")


@lru_cache(maxsize=4096)
def status(path: str, target: Target) -> Status:
    """What ``path`` is in the target.

    Args:
        path: dotted, spelt as the program's imports spell it: ``tensorflow.keras.layers.Dense``.
        target: the Keras it is to run on.
    """
    for prefix in _PRIVATE:
        if path == prefix or path.startswith(prefix + "."):
            return _private(path, prefix, target)
    for prefix in _SPELLINGS:
        if path == prefix or path.startswith(prefix + "."):
            return _public(path, prefix, target)
    return FOREIGN


def _public(path: str, prefix: str, target: Target) -> Status:
    generation = target.generation(path)
    parts = path[len(prefix) :].split(".")[1:]
    written = prefix.count(".") + 1
    here = "keras"
    for index, part in enumerate(parts):
        count = written + index + 1
        here = f"{here}.{part}"
        if part.startswith("_"):
            return Status("foreign" if not part.startswith("__") else "found", prefix, here, count)
        found = lookup(here, generation)
        if generation == "keras3" and prefix != "keras" and here in only_in_tensorflow():
            found = found or lookup(here, "keras2")
        gone = generation == "keras3" and here.startswith("keras.optimizers.legacy.")
        if found is None or gone:
            return _missing(here, ".".join(("keras", *parts)), prefix, count, target)
        if generation == "keras3" and target.minor is not None:
            life = lifetime(here)
            if life is not None and not life.covers(target.minor):
                if (life.since or 0) > target.minor:
                    return Status("later", prefix, here, count, since=life.since or 0)
                return Status("removed", prefix, here, count, Move())
        if found.kind != "module":
            break  # an attribute of a class, function or value: nothing is known of it
    return Status("found", prefix, here, len(path.split(".")))


def _missing(here: str, whole: str, prefix: str, count: int, target: Target) -> Status:
    """A name that the target's public API does not list."""
    generation = target.generation(prefix)
    if here in _UNLISTED:
        return Status("foreign")
    if generation == "keras2":
        if successor(whole) is not None and prefix != "tf_keras":
            return Status("foreign")  # Keras 2 before 2.16 had it
        if lookup(here) is not None and lookup(here, "keras2") is None:
            life = lifetime(here)
            since = 0 if life is None or life.since is None else life.since
            return Status("later", prefix, here, count, near=_near(here, "keras2"), since=since)
        if successor(here) is not None or (prefix != "tf_keras" and not _near(here, "keras2")):
            return Status("foreign")  # Keras 2 before 2.16 may have had it
        return Status("unknown", prefix, here, count, near=_near(here, "keras2"))
    # the longest name that is known to have gone tells most about where it went
    parts = whole.split(".")
    for end in range(len(parts), here.count("."), -1):
        move = successor(".".join(parts[:end]))
        if move is not None and (end == here.count(".") + 1 or move.new or move.advice):
            gone = ".".join(parts[:end])
            return Status("removed", prefix, gone, count + end - here.count(".") - 1, move)
    life = lifetime(here)
    if life is not None:
        return Status("removed", prefix, here, count, Move())
    return Status("unknown", prefix, here, count, near=_near(here, "keras3"))


def _near(path: str, generation: Literal["keras2", "keras3"]) -> str:
    """The one name that a misspelt one is nearest to; empty if there is none or more than one."""
    namespace, _, name = path.rpartition(".")
    names = public_names(namespace, generation)
    near = near_match(name, names)
    return f"{namespace}.{near}" if near else ""


def _private(path: str, prefix: str, target: Target) -> Status:
    parts = path.split(".")
    base = prefix.count(".") + 1
    rest = parts[base:]
    if prefix.endswith((".api", "_tf_keras")) and rest[:1] in (["keras"], ["v2"], ["_v2"]):
        rest = rest[1:]
    generation = target.generation(path)
    public = ""
    if rest:
        for candidate in _candidates(rest):
            if lookup(candidate, generation) is not None:
                public = candidate
                break
    return Status("private", prefix, path, len(parts), near=public)


def _candidates(rest: list[str]) -> list[str]:
    """Public names that a private path may be of, likeliest first."""
    plain = ".".join(("keras", *rest))
    if len(rest) == 1:
        return [plain]
    return [plain, f"keras.{rest[0]}.{rest[-1]}", f"keras.{rest[-1]}"]
