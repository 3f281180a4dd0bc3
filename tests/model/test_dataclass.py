"""Our ``dataclass`` against Python's own: the same objects, but for the guard of frozen ones."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from keras_lint.model.dataclass import dataclass

NAN = float("nan")


def _classes(make: Any) -> dict[str, type[Any]]:
    """The same classes, by one decorator or the other."""

    @make(frozen=True)
    class Empty:
        pass

    @make(frozen=True)
    class One:
        value: Any

    @make(frozen=True)
    class Several:
        name: str
        sizes: tuple[int, ...] = ()
        seen: dict[str, int] = dataclasses.field(default_factory=dict, compare=False, repr=False)

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("a name, please")

    @make(frozen=True)
    class More(Several):
        last: int = dataclasses.field(kw_only=True, default=7)

    @make(frozen=True)
    class Own:
        value: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own) and abs(self.value) == abs(other.value)

        def __hash__(self) -> int:
            return hash(abs(self.value))

        def __repr__(self) -> str:
            return f"<{self.value}>"

    @make(frozen=True)
    class OnlyEqual:
        value: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, OnlyEqual)

    @make(frozen=True, eq=False)
    class Alone:
        value: int

    @make
    class Open:
        value: int = 0

    return {name: found for name, found in locals().items() if name != "make"}


OURS, PYTHONS = _classes(dataclass), _classes(dataclasses.dataclass)
MADE: dict[str, Callable[[dict[str, type[Any]]], Any]] = {
    "empty": lambda of: of["Empty"](),
    "one": lambda of: of["One"](3),
    "one, a float": lambda of: of["One"](3.0),
    "one, not a number": lambda of: of["One"](NAN),
    "one of one": lambda of: of["One"](of["One"]("x")),
    "one, unhashable": lambda of: of["One"]([]),
    "several": lambda of: of["Several"]("a", (1, 2)),
    "several, by name": lambda of: of["Several"](sizes=(1, 2), name="a", seen={"b": 1}),
    "several others": lambda of: of["Several"]("a"),
    "more": lambda of: of["More"]("a", (1, 2)),
    "more, changed": lambda of: dataclasses.replace(of["More"]("a"), last=8),
    "own": lambda of: of["Own"](-2),
    "own, the other way": lambda of: of["Own"](2),
    "only equal": lambda of: of["OnlyEqual"](2),
    "only equal too": lambda of: of["OnlyEqual"](3),
    "alone": lambda of: of["Alone"](1),
    "open": lambda of: of["Open"](1),
    "open as it is": lambda of: of["Open"](),
}


def _hash_or_not(one: Any) -> int | None:
    try:
        return hash(one)
    except TypeError:
        return None


def test_objects_are_equal_exactly_where_pythons_are() -> None:
    ours = {name: make(OURS) for name, make in MADE.items()}
    pythons = {name: make(PYTHONS) for name, make in MADE.items()}
    again = {name: make(OURS) for name, make in MADE.items()}
    for one in MADE:
        for other in MADE:
            expected = pythons[one] == pythons[other]
            assert (ours[one] == ours[other]) is expected, (one, other)
            if expected and _hash_or_not(pythons[one]) == _hash_or_not(pythons[other]):
                assert _hash_or_not(ours[one]) == _hash_or_not(ours[other]), (one, other)
        assert (ours[one] == again[one]) is (one != "alone"), one


@pytest.mark.parametrize("name", MADE)
def test_an_object_shows_itself_and_has_a_hash_as_pythons_has(name: str) -> None:
    ours, pythons = MADE[name](OURS), MADE[name](PYTHONS)
    if name != "alone":
        assert repr(ours) == repr(pythons)
    assert (_hash_or_not(ours) is None) is (_hash_or_not(pythons) is None)
    assert dataclasses.is_dataclass(ours)
    shown = [(field.name, field.kw_only) for field in dataclasses.fields(ours)]
    assert shown == [(field.name, field.kw_only) for field in dataclasses.fields(pythons)]
    assert type(ours).__match_args__ == type(pythons).__match_args__
    assert copy.copy(ours) == ours or name == "alone"


def test_post_init_runs_and_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="a name, please"):
        OURS["Several"]("")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'value'"):
        OURS["One"]()


def test_an_object_that_holds_itself_can_be_shown() -> None:
    held: list[Any] = []
    one = OURS["One"](held)
    held.append(one)
    assert repr(one).endswith("One(value=[...])")


@dataclass(frozen=True)
class Sent:
    """A value that goes to another process."""

    name: str
    inside: tuple[Any, ...] = ()


def test_objects_can_be_pickled() -> None:
    sent = Sent("a", (Sent("b"), 1))
    assert pickle.loads(pickle.dumps(sent)) == sent
