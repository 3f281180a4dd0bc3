"""Kinds of values that Keras does not take for an argument: text for a number, 1.5 units, ...

The facts come from ``data/refused/keras3.json``, written by ``scripts/dump_refused_values.py``,
which gives the installed Keras values of each kind for each argument: of layers in the example rows
of their entries, and of optimizers, losses, callbacks and their like. What an entry refuses by
itself, with a better message, comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from keras_lint.keras_api.names import near_match
from keras_lint.keras_api.stored import stored
from keras_lint.model.dataclass import dataclass
from keras_lint.model.outcomes import Mismatch, Problem

Stage = Literal["init", "call"]
"""Whether Keras refuses when the layer is made, or when it is called."""

KINDS: Mapping[str, tuple[Any, ...]] = {
    "None": (None,),
    "a bool": (True, False),
    "a negative whole number": (-1, -2, -5),
    "zero": (0,),
    "a positive whole number": (1, 2, 3, 8, 64, 1000),
    "a negative float": (-0.5, -1.0, -2.5),
    "a float between 0 and 1": (0.1, 0.25, 0.75),
    "a float with a whole value": (2.0, 8.0, 256.0, 8000.0),
    "a float above 1": (1.5, 7.25, 1000.5),
    "a string": ("zzz", "0.5", "64"),
    "an empty list or tuple": ([], ()),
    "a pair of numbers": ((1, 1), (1, 2), (3, 3), [2, 4], (224, 224)),
}
"""The kinds, with the values by which Keras is asked for each."""


def kind_of_value(value: Any) -> str | None:
    """The kind a value is of, a key of :data:`KINDS`; None for those that are not asked for."""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return "a bool"
    if isinstance(value, int):
        if value == 0:
            return "zero"
        return "a positive whole number" if value > 0 else "a negative whole number"
    if isinstance(value, float):
        return _kind_of_float(value)
    if isinstance(value, str):
        return "a string"
    if isinstance(value, (list, tuple)):
        if not value:
            return "an empty list or tuple"
        numbers = all(isinstance(item, int) and not isinstance(item, bool) for item in value)
        if len(value) == 2 and numbers and min(value) > 0:
            return "a pair of numbers"
    return None


def _kind_of_float(value: float) -> str | None:
    if value < 0:
        return "a negative float"
    if 0 < value < 1:
        return "a float between 0 and 1"
    if value in (0.0, 1.0) or not value < float("inf"):
        return None
    return "a float with a whole value" if value.is_integer() else "a float above 1"


@dataclass(frozen=True)
class Refused:
    """What Keras does with one kind of value for one argument.

    Args:
        stage: when it refuses.
        exceptions: the classes of what it raises.
        texts: the strings that it takes, where the kind is a string.
    """

    stage: Stage
    exceptions: tuple[str, ...]
    texts: tuple[str, ...] = ()


@cache
def _facts() -> dict[str, dict[str, dict[str, Refused]]]:
    told = stored("refused/keras3.json")["classes"]
    return {path: dict(_of_class(arguments)) for path, arguments in told.items()}


def _of_class(arguments: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Refused]]]:
    for argument, told in arguments.items():
        texts = tuple(told.get("texts", ()))
        kinds: dict[str, Refused] = {}
        for fact in told["refused"]:
            refused = Refused(fact["stage"], tuple(fact["raises"]))
            kinds |= dict.fromkeys(fact["kinds"], refused)
        if texts:
            kinds["a string"] = replace(kinds["a string"], texts=texts)
        yield argument, kinds


def check_values(path: str, config: Mapping[str, Any], stage: Stage) -> None:
    """Refuse what the Keras 3 of the facts refuses whatever the other arguments are.

    Args:
        path: canonical name of the class.
        config: bound constructor arguments.
        stage: whether the layer is being made, or called.

    Raises:
        Mismatch: kind ``value``.
    """
    for argument, kinds in _facts().get(path, {}).items():
        if argument not in config:
            continue
        value = config[argument]
        fact = kinds.get(kind_of_value(value) or "")
        if fact is None or fact.stage != stage:
            continue
        texts = kinds["a string"].texts if "a string" in kinds else ()
        if isinstance(value, str) and value.lower() in texts:
            continue
        near = near_match(value, texts) if isinstance(value, str) else None
        raise Mismatch(
            Problem(
                "value",
                path.rpartition(".")[2],
                _wanted(kinds, texts),
                f"{argument}={value!r}",
                argument=argument,
                exceptions=fact.exceptions,
                suggestion=near or "",
                hint=_hint(kinds, value, near),
            )
        )


def _wanted(refused: Collection[str], texts: Sequence[str]) -> str:
    """What may stand there instead, as a phrase."""
    if texts:
        return f"one of {', '.join(map(repr, texts))}"
    whole, fraction = "a positive whole number", "a float between 0 and 1"
    if whole not in refused:
        if not {fraction, "a float above 1"} & {*refused}:
            return "a number"
        return whole if "a negative whole number" in refused else "a whole number"
    if fraction not in refused:
        return fraction if "a float above 1" in refused else "a float"
    return "a value of another kind"


def _hint(refused: Collection[str], value: Any, near: str | None) -> str:
    if near:
        return f"did you mean {near!r}?"
    if isinstance(value, float) and value.is_integer() and kind_of_value(int(value)) not in refused:
        return f"write {int(value)}, and // for a division that gives a whole number"
    if type(value) is int and kind_of_value(float(value)) not in refused:
        return f"write {float(value)}"
    return ""
