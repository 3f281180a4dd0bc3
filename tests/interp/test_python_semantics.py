"""What the interpreter finds out about Python values is what Python computes, on every way."""

from __future__ import annotations

import itertools
import os
import sys
import textwrap
import types

import pytest

from interp.python_programs import FLAGS, RESULTS, Writer
from keras_lint.engine import check_text

HEAD = "import keras\nfrom keras import layers\n"
TAIL = "".join(
    f"m{i} = keras.Sequential([keras.Input((1,)), layers.Dense(1, name=f'r{i}={{r{i}}}')])\n"
    for i in range(RESULTS)
)
SEEDS = int(os.environ.get("KERAS_LINT_PROGRAMS", "400"))


def really(text: str, monkeypatch: pytest.MonkeyPatch) -> list[dict[int, str] | None]:
    """What Python computes for every choice of the flags; None where it raises."""
    outcomes: list[dict[int, str] | None] = []
    code = compile(text, "<program>", "exec")
    for flags in itertools.product((False, True), repeat=FLAGS):
        mystery = types.ModuleType("mystery")
        mystery.flag = flags.__getitem__  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "mystery", mystery)
        names: dict[str, object] = {}
        try:
            exec(code, names)
        except (ArithmeticError, LookupError, NameError, TypeError, ValueError):
            outcomes.append(None)
            continue
        outcomes.append({i: str(names[f"r{i}"]) for i in range(RESULTS)})
    return outcomes


def inferred(text: str) -> dict[int, str]:
    """What the interpreter is sure of, read from the names of layers."""
    _, analysis = check_text(HEAD + text + TAIL, "program.py")
    found: dict[int, str] = {}
    for graph in analysis.graphs:
        for layer in graph.layers.values():
            if layer.cls == "Dense" and not layer.generated_name:
                key, _, value = layer.name.partition("=")
                found[int(key[1:])] = value
    return found


def disagreements(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int, int]:
    """What is inferred and is not so, and how many of how many decided values were inferred."""
    outcomes = [outcome for outcome in really(text, monkeypatch) if outcome is not None]
    mine = inferred(text)
    wrong = [
        f"r{index}: {value!r} inferred, {outcome[index]!r} computed"
        for index, value in mine.items()
        for outcome in outcomes
        if outcome[index] != value
    ]
    decided = {
        index for index in range(RESULTS) if len({outcome[index] for outcome in outcomes}) == 1
    }
    return wrong, len(decided & mine.keys()), len(decided)


def test_random_programs_compute_what_python_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    known = decided = 0
    for seed in range(SEEDS):
        text = Writer(seed).program()
        wrong, some, all_of = disagreements(text, monkeypatch)
        assert not wrong, f"seed {seed}: {wrong}\n{text}"
        known += some
        decided += all_of
    assert known > 0.85 * decided  # of 400 programs nine in ten values are followed


MATCHES = {
    "class with fields": """
        from dataclasses import dataclass
        @dataclass
        class Block:
            width: int
            rate: float = 0.5
        match Block(8):
            case Block(width=4): n = 1
            case Block(w, rate=r): n = w
            case _: n = 3
    """,
    "python types": """
        n = 0
        for value in (3, 'a', [1], None, 2.5):
            match value:
                case int(k): n += k
                case str(): n += 10
                case [k]: n += 100 * k
                case None: n += 1000
                case _: n += 10000
    """,
    "nested": """
        config = {'head': {'units': [4, 5, 6]}, 'name': 'x'}
        match config:
            case {'tail': _}: n = 1
            case {'head': {'units': [first, *rest]}, **more}: n = first + sum(rest) + len(more)
    """,
    "guards": """
        n = 5
        match n:
            case k if k > 7: n = 1
            case (3 | 5) as k if k < 6: n = k * 2
            case _: n = 0
    """,
    "strings are no sequences": """
        match 'ab':
            case [a, b]: n = 1
            case 'ab': n = 2
    """,
    "no case fits": """
        n = 4
        match (1, 2):
            case (1, 2, 3): n = 1
            case [2, _]: n = 2
    """,
}


@pytest.mark.parametrize("text", MATCHES.values(), ids=MATCHES.keys())
def test_match_takes_the_case_that_python_takes(text: str) -> None:
    program = textwrap.dedent(text)
    names: dict[str, object] = {}
    exec(program, names)
    model = "m = keras.Sequential([keras.Input((1,)), layers.Dense(n)])\n"
    _, analysis = check_text(HEAD + program + model, "program.py")
    (graph,) = analysis.graphs
    assert graph.followed
    assert [layer.config["units"] for layer in graph.layers.values() if layer.cls == "Dense"] == [
        names["n"]
    ]


def test_a_case_that_may_fit_is_joined_with_those_after_it() -> None:
    program = """
from mystery import kind
match kind:
    case "small": n, m = 4, 1
    case "large": n, m = 8, 1
    case _: n, m = 4, 1
model = keras.Sequential([keras.Input((1,)), layers.Dense(n), layers.Dense(m)])
"""
    _, analysis = check_text(HEAD + program, "program.py")
    (graph,) = analysis.graphs
    units = [layer.config["units"] for layer in graph.layers.values() if layer.cls == "Dense"]
    assert units[1] == 1
    assert units[0] not in (4, 8)
    assert not graph.followed


FINALLY = {
    "after a return": """
        log = []
        def f():
            try:
                return 3
            finally:
                log.append(4)
        n = f() + sum(log)
    """,
    "a return of its own": """
        def f():
            try:
                return 3
            finally:
                return 5
        n = f()
    """,
    "on break and continue": """
        n = 1
        for i in range(4):
            try:
                if i == 1:
                    continue
                if i == 3:
                    break
                n += i
            finally:
                n *= 2
    """,
    "after a handler": """
        n = 0
        try:
            raise ValueError
        except ValueError:
            n += 3
        finally:
            n *= 5
    """,
}


@pytest.mark.parametrize("text", FINALLY.values(), ids=FINALLY.keys())
def test_finally_runs_on_every_way_out(text: str) -> None:
    program = textwrap.dedent(text)
    names: dict[str, object] = {}
    exec(program, names)
    model = "m = keras.Sequential([keras.Input((1,)), layers.Dense(n)])\n"
    _, analysis = check_text(HEAD + program + model, "program.py")
    (graph,) = analysis.graphs
    assert [layer.config["units"] for layer in graph.layers.values() if layer.cls == "Dense"] == [
        names["n"]
    ]
