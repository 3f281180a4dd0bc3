"""Random chains of operations on arrays: whatever is said of the result is so in NumPy."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np

from keras_lint.model.data import ArraySpec

from .lib import contradictions, values_of

CHAINS = 400
LENGTH = 5
BASE = """
import numpy as np
np.random.seed(1)
rng = np.random.default_rng(2)
v0 = np.random.randint(0, 256, size=(6, 4, 4), dtype="uint8")
v1 = np.random.randint(0, 3, size=(60,))
v2 = rng.normal(size=(6, 4))
v3 = np.eye(3)[v1[:6]]
v4 = np.linspace(-1, 1, 6).reshape(-1, 1)
v5 = rng.integers(1, 5, size=(6, 4), dtype="int32")
"""
STEPS = [
    *("{a} / 255.0", "{a} * 2", "{a} - 1", "1 - {a}", "-{a}", "{a} // 2", "{a} % 3", "{a} * -0.5"),
    *("{a}.astype('float32')", "{a}.astype(int)", "{a}.astype('uint8')", "{a}.astype('int8')"),
    *("{a}.astype(bool)", "{a} > 1", "{a}[:3]", "{a}[1:]", "{a}[::-1]", "{a}[..., None]", "{a}[0]"),
    *("{a}[{a} > 0]", "{a}[[0, 0, 1]]", "{a}[-1:]", "{a}[..., :2]", "{a}.T", "{a}.ravel()"),
    *("{a}.reshape(-1)", "{a}.reshape(len({a}), -1)", "np.expand_dims({a}, 0)", "{a}.squeeze()"),
    *("{a}.max(axis=0)", "{a}.min(axis=-1)", "{a}.mean(axis=0)", "{a}.sum(axis=0)", "{a}.std(0)"),
    *("{a}.argmax(axis=-1)", "np.argmin({a}, axis=0)", "{a}.clip(0, 1)", "{a}.round()"),
    *("np.concatenate([{a}, {a}])", "np.concatenate([{a}, {b}])", "np.stack([{a}, {a}], axis=-1)"),
    *("np.vstack([{a}, {a}])", "np.hstack([{a}, {b}])", "{a} + {b}", "{a} * {b}", "{a} - {a}"),
    *("np.repeat({a}, 2, axis=0)", "np.tile({a}, 2)", "np.where({a} > 1, {a}, 0)", "{a} / {b}"),
    *(
        "np.zeros_like({a})",
        "np.full_like({a}, 3)",
        "np.transpose({a})",
        "np.flip({a})",
        "abs({a})",
    ),
    *("{a}.copy()", "np.array({a})", "np.asarray({a}, dtype='float64')", "np.sort({a})"),
    *("np.random.permutation({a})", "np.eye(4)[{a}]", "np.ones({a}.shape[:1])"),
    *("{a} / {a}.max()", "abs({a})", "rng.random(({a}.shape[0], 3))", "np.clip({a}, -1, 2)"),
    *("np.sqrt(abs({a}))", "{a}.flatten()"),
]
WRITES = [
    "{a}[:1] = 7",
    "{a} += 1",
    "{a} *= 2",
    "np.random.shuffle({a})",
    "{a}.fill(9)",
    "{a}.sort()",
]


def _run(lines: list[str]) -> dict[str, Any]:
    """The names after the lines, of which those that fail are left out in ``lines`` too."""
    names: dict[str, Any] = {}
    exec(BASE, names)
    for line in list(lines):
        try:
            exec(line, names)
        except (ValueError, IndexError, TypeError, OverflowError, NameError, AttributeError):
            lines.remove(line)
    return names


def test_whatever_is_said_of_a_chain_is_so() -> None:
    source = random.Random(5)
    known = made = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(CHAINS):
            lines = []
            for place in range(LENGTH):
                pool = [f"v{n}" for n in range(6)] + [f"w{n}" for n in range(place)]
                a, b = source.choice(pool[-3:] + pool), source.choice(pool)
                if source.random() < 0.15:
                    lines.append(source.choice(WRITES).format(a=a))
                lines.append(f"w{place} = " + source.choice(STEPS).format(a=a, b=b))
            names = _run(lines)
            program = BASE + "\n".join(lines)
            arrays = {n: v for n, v in names.items() if isinstance(v, np.ndarray)}
            said = values_of(program, *arrays)
            for name, array in arrays.items():
                spec = said[name]
                assert isinstance(spec, ArraySpec)
                assert contradictions(spec, array) == [], f"{name} of\n{program}"
                made += name[0] == "w"
                known += name[0] == "w" and spec.shape.is_complete
    assert made > 1000
    assert known / made > 0.7
