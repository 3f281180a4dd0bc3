"""The strings that Keras takes for activations, losses, metrics, ..., and what they stand for.

The facts come from ``data/strings/*.json``, written by ``scripts/dump_keras_strings.py``, which
asks the installed Keras 3 and Keras 2 for each of them; one file is read when it is first needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from keras_lint.keras_api.names import Generation, Parameter, lookup, near_match
from keras_lint.keras_api.stored import stored
from keras_lint.model.dataclass import dataclass

Kind = Literal[
    "activations",
    "constraints",
    "initializers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
]
_ANY_CASE: frozenset[Kind] = frozenset(("optimizers",))
"""Kinds whose names Keras folds to lower case before it looks."""


@dataclass(frozen=True)
class NamedObject:
    """What a string stands for.

    Args:
        text: the string.
        path: the public name of the function or class; None where it has none.
    """

    text: str
    path: str | None


@dataclass(frozen=True)
class ComparisonFacts:
    """How a loss or metric class takes labels and outputs, called directly with arrays.

    Args:
        path: its public name.
        name: the name that its instances have by default; None where one must be given.
        pairs: the shapes of labels and outputs that it took, of those that were tried; smaller
            shapes are stretched by some, so that being taken does not mean that they fit.
        by_class: whether labels are numbers of classes, from 0 to below the width of the output.
        has_logits: whether its constructor has ``from_logits``.
    """

    path: str
    name: str | None
    pairs: frozenset[tuple[tuple[int, ...], tuple[int, ...]]]
    by_class: bool
    has_logits: bool


@cache
def _facts(generation: Generation) -> Mapping[str, Any]:
    content: Mapping[str, Any] = stored(f"strings/{generation}.json")
    return content


def known_strings(kind: Kind, generation: Generation = "keras3") -> tuple[str, ...]:
    """The strings that ``keras.<kind>.get()`` takes, as they were asked for."""
    return tuple(sorted(_facts(generation)["strings"][kind]))


def named(kind: Kind, text: str, generation: Generation = "keras3") -> NamedObject | None:
    """What ``keras.<kind>.get(text)`` gives; None where Keras refuses the string.

    What a program registers under a name of its own is not known here.
    """
    folded = text.lower() if kind in _ANY_CASE else text
    own = _facts(generation)["strings"][kind].get(folded)
    if own is None:
        return None
    return NamedObject(text, f"keras.{kind}.{own}" if own else None)


def near_string(kind: Kind, text: str, generation: Generation = "keras3") -> str | None:
    """The string that ``text`` was probably meant to be; None if none is near."""
    return near_match(text, known_strings(kind, generation))


def comparison(
    kind: Literal["losses", "metrics"], name: str, generation: Generation = "keras3"
) -> ComparisonFacts | None:
    """What is known of a class by its name under ``keras.losses`` or ``keras.metrics``.

    None for what compares nothing (``Mean``), and for what is not made from a few plain values.
    """
    found = _facts(generation)[kind].get(name)
    if found is None:
        return None
    path = f"keras.{kind}.{name}"
    pairs = (tuple(_shape(part) for part in pair.split(":")) for pair in found["pairs"])
    api = lookup(path, generation)
    parameters = {parameter.name for parameter in (api.params if api else None) or ()}
    return ComparisonFacts(
        path,
        found.get("name"),
        frozenset((labels, outputs) for labels, outputs in pairs),
        found["by_class"],
        "from_logits" in parameters,
    )


def arguments(
    kind: Kind, text: str, generation: Generation = "keras3"
) -> tuple[Parameter, ...] | None:
    """What the thing named by a string takes when it is made, or called if it is a function.

    None where Keras refuses the string, or the thing has no public name.
    """
    found = named(kind, text, generation)
    api = None if found is None or found.path is None else lookup(found.path, generation)
    return None if api is None else api.params


def _shape(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split("x"))


def log_name(metric: str, generation: Generation = "keras3") -> str | None:
    """The name in the logs of a metric given as a string, the first of its kind in its program.

    None where the metric is not known, or its name depends on the model.
    """
    given = _facts(generation)["logs"].get(metric, ())
    names = {name for name in given if name is not None}
    return names.pop() if len(names) == 1 else None
