"""Drawn layer configurations against the installed Keras, as many as wanted.

The strategies and the comparison are those of the tests (``tests/oracle``).
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "oracle"))

import keras
import tf_keras
from keras_oracle import ask_keras, ask_us, disagreement_of, in_keras_2
from strategies import FAMILIES

from keras_lint.keras_api.names import Generation

_BATCH = 500
"""Draws of one hypothesis run; Keras is cleared behind each."""


@dataclass
class Tally:
    """What a run found."""

    drawn: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All draws."""
        return sum(self.drawn.values())


def run(count: int, start: int, of: Generation = "keras3") -> Tally:
    """Draw ``count`` configurations, the same ones for the same ``start``.

    For Keras 2 what it does not have is left out, and tf_keras is asked.

    A disagreement is minimised and ends its batch of draws; the run goes on with the next.
    """
    warnings.simplefilter("ignore")
    tally = Tally()
    families = sorted(set(FAMILIES) - ({"audio"} if of == "keras2" else set()))
    batch = 0
    while tally.total < count:
        size = min(_BATCH, count - tally.total)
        before = tally.total
        _batch(families[batch % len(families)], size, start * 100_003 + batch, tally, of)
        keras.backend.clear_session()
        tf_keras.backend.clear_session()
        batch += 1
        if tally.total == before:
            break
    return tally


def _batch(family: str, size: int, number: int, tally: Tally, of: Generation) -> None:
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=size,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        name, row = data.draw(FAMILIES[family])
        if of == "keras2" and not in_keras_2(name, row.args):
            return
        us, theirs = ask_us(name, row, of=of), ask_keras(name, row, of=of)
        problem = disagreement_of(of, us, theirs)
        if not found:
            tally.drawn[name] += 1
            tally.outcomes["not known" if us.status == "lost" else theirs.status] += 1
        if problem is not None:
            found.append(f"{name} {row}: {problem}")
        assert problem is None

    try:
        check()
    except AssertionError:
        tally.disagreements.append(found[-1])
