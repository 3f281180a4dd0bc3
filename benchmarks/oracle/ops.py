"""Drawn calls of every operation, symbolic and inside layers, held against the installed Keras.

A draw starts from one of the calls that the tests keep for the operation and changes it: lengths,
ranks, dtypes, axes, numbers, flags. TensorFlow's own functions and those of ``tf.keras.backend``
are called inside layers only, and keep their dtypes.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "oracle"))

from ops_oracle import A, Call, T, ask_keras, ask_us, disagreement
from ops_rows import ROWS
from tf_rows import TF_ROWS
from tf_rows_more import TF_MORE

_LENGTHS = (None, 1, 2, 3, 4, 6)
_DTYPES = ("float32", "float16", "bfloat16", "float64", "int32", "int64", "int8", "uint8", "bool")
_RUNS_AT_ONCE = ("ctc_decode", "image.elastic_transform")
"""Operations that are slow, or need more memory, however small the call."""


def templates() -> dict[str, list[Call]]:
    """The calls of the tests by operation."""
    found: dict[str, list[Call]] = {}
    for row in (*ROWS, *TF_ROWS, *TF_MORE):
        if row.name not in _RUNS_AT_ONCE:
            found.setdefault(row.name, []).append(row)
    return found


def draw(rng: Random, by_name: dict[str, list[Call]]) -> Call:
    """A call of some operation."""
    row = rng.choice(by_name[rng.choice(sorted(by_name))])
    rate = rng.choice((0.0, 0.15, 0.3, 0.5))
    dtypes = () if row.foreign else _DTYPES
    args = tuple(_changed(rng, item, rate, dtypes) for item in row.args)
    kwargs = {key: _changed(rng, item, rate, dtypes) for key, item in row.kwargs.items()}
    return Call(row.name, args, kwargs)


def _changed(rng: Random, value: Any, rate: float, dtypes: Sequence[str]) -> Any:
    if isinstance(value, (T, A)):
        return _tensor(rng, value, rate, dtypes)
    if isinstance(value, (list, tuple)):
        items = [_changed(rng, item, rate, dtypes) for item in value]
        return type(value)(items)
    if rng.random() >= rate / 2:
        return value
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice((-2, -1, 1, 2))
    return value


def _tensor(rng: Random, value: T | A, rate: float, dtypes: Sequence[str]) -> T | A:
    lengths = _LENGTHS if isinstance(value, T) else _LENGTHS[1:]
    dims = [rng.choice(lengths) if rng.random() < rate / 2 else dim for dim in value.shape]
    if rng.random() < rate / 3:
        dims.insert(rng.randint(0, len(dims)), rng.choice(lengths))
    if dims and rng.random() < rate / 3:
        del dims[rng.randrange(len(dims))]
    dtype = rng.choice(dtypes) if dtypes and rng.random() < rate / 2 else value.dtype
    return type(value)(tuple(dims), dtype)


@dataclass
class Tally:
    """Outcomes of a run."""

    outcomes: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    disagreements: list[tuple[Call, str]] = field(default_factory=list)


def run(count: int, seed: int) -> Tally:
    """Draw calls; every third is made inside a layer."""
    rng = Random(seed)
    by_name = templates()
    tally = Tally()
    for number in range(count):
        call = draw(rng, by_name)
        inside = call.foreign or number % 3 == 0
        where = "inside a layer" if inside else "symbolic"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ours, theirs = ask_us(call, inside), ask_keras(call, inside)
        wrong = disagreement(ours, theirs, exact=False, inside=inside)
        if wrong is not None:
            tally.disagreements.append((call, f"{where}: {wrong}"))
        tally.outcomes[ours.status if wrong is None else "disagreement"] += 1
        if ours.status == "lost":
            tally.lost[f"{call.name} {where}: {ours.why}"] += 1
    return tally
