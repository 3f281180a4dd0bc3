"""Correct models with one mistake each: what Keras refuses must be reported, and nothing else.

``python -m benchmarks.mutants --count N --seed S`` draws mutants evenly over the kinds of edits,
runs each in TensorFlow and lints it. It prints a table per edit, per rule and per source of the
programs (our own, ``keras.applications``, packages); every disagreement is kept as a file. Exit
code 1 if an error is reported for a program that builds, or if fewer than 99 of 100 refused ones
are reported at the right call.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.mutants.edits import Mutant
    from benchmarks.mutants.programs import Program

    Drawn = tuple[Program, Mutant, str]

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

OUTCOMES = ("reported", "elsewhere", "missed", "silent", "false", "other")


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--programs", action="append", default=[], metavar="FOLDER")
    parser.add_argument(
        "--sources",
        action="append",
        default=[],
        metavar="FOLDER",
        help="a folder with unpacked source distributions of PyPI packages",
    )
    parser.add_argument("--keep", metavar="FOLDER", help="where disagreements are kept")
    parser.add_argument("--part", default="1/1", help="of the drawn mutants: 2/3 is every third")
    parser.add_argument("--kind", action="append", default=[], help="only these edits")
    options = parser.parse_args(arguments)
    options.programs = [os.path.abspath(folder) for folder in options.programs]
    options.sources = [os.path.abspath(folder) for folder in options.sources]
    options.keep = options.keep and os.path.abspath(options.keep)
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)  # some programs save a model
        return _run(options, Path(scratch))


def _run(options: argparse.Namespace, scratch: Path) -> int:
    """Draw and judge, and print what came of it; the exit code."""
    import keras

    from benchmarks.mutants.judge import judge

    drawn = _drawn(options, scratch)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    by_source: dict[str, Counter[str]] = defaultdict(Counter)
    part, parts = map(int, options.part.split("/"))
    for number, (program, mutant, text) in enumerate(drawn):
        if number % parts != part - 1:
            continue
        name = program.name
        judged = judge(replace(program, text=text))
        by_source[program.source][judged.outcome] += 1
        if sum(map(Counter.total, by_source.values())) % 100 == 0:
            so_far = sum(by_source.values(), Counter())
            print(f"so far: {dict(so_far)}", file=sys.stderr, flush=True)
        table[mutant.kind][judged.outcome] += 1
        for code in judged.codes:
            by_rule[code][judged.outcome] += 1
        if judged.outcome in ("elsewhere", "missed", "false"):
            print(
                f"{number:5} {judged.outcome:9} {mutant.kind:17} {name}:{mutant.line} "
                f"{','.join(judged.codes) or '-'} {judged.ran.error} {judged.ran.lines[-2:]} "
                f"{'' if judged.followed else judged.lost[:1]}",
                flush=True,
            )
            _keep(options.keep, number, name, mutant.kind, judged.outcome, text)
    _print("edit", table)
    _print("rule", by_rule)
    _print("source", by_source)
    total = sum(table.values(), Counter())
    refused = total["reported"] + total["elsewhere"] + total["missed"]
    share = 100 * total["reported"] / refused if refused else 100.0
    print(
        f"Keras {keras.__version__}, seed {options.seed}: {sum(total.values())} mutants, "
        f"{refused} refused, "
        f"{share:.1f} % of them reported at the right call; {total['silent'] + total['false']} "
        f"build, {total['false']} of them with an error reported"
    )
    return int(total["false"] > 0 or share < 99)


def _drawn(options: argparse.Namespace, scratch: Path) -> list[Drawn]:
    """Mutants, as many of each kind as can be, and of each program where there are enough.

    Of ten mutants of a kind nine are of our own programs, which are many and small, and one of
    others' models, of every source in turn.
    """
    from benchmarks.mutants.edits import mutants
    from benchmarks.mutants.judge import run_lines
    from benchmarks.mutants.programs import programs
    from keras_lint.source.reader import with_deep_stack

    random_ = random.Random(options.seed)
    found: dict[tuple[str, bool], dict[str, list[tuple[Program, Mutant]]]] = {}
    for program in programs(options.programs, options.sources, scratch):
        ran, lines = run_lines(program)
        if ran.answer != "builds":
            print(f"left out, does not build as it is: {program.name}: {ran.error[:100]}")
            continue
        for mutant in with_deep_stack(lambda program=program: list(mutants(program.text))):
            # a mistake in what does not run is one all the same, but nothing refuses it
            does = mutant.line <= program.lines and any(n in lines for n in mutant.span)
            if does and (not options.kind or mutant.kind in options.kind):
                own = program.source == "own"
                group = found.setdefault((mutant.kind, own), {})
                key = program.name if own else program.source
                group.setdefault(key, []).append((program, mutant))
    kinds = sorted({kind for kind, _ in found})
    queues = {key: _in_turn(groups, random_) for key, groups in sorted(found.items())}
    drawn: list[Drawn] = []
    for round_ in itertools.count():
        before = len(drawn)
        for kind in kinds:
            others = queues.get((kind, False), iter(()))
            own = queues.get((kind, True), iter(()))
            first, second = (others, own) if round_ % 10 == 9 else (own, others)
            mutant_ = next(first, None) or next(second, None)
            if mutant_ is not None and len(drawn) < options.count:
                drawn.append(mutant_)
        if len(drawn) == before:
            return drawn
    raise AssertionError


def _in_turn(
    groups: dict[str, list[tuple[Program, Mutant]]], random_: random.Random
) -> Iterator[Drawn]:
    """One of each group after the other, in an order by chance."""
    from keras_lint.source.reader import with_deep_stack

    for group in groups.values():
        random_.shuffle(group)
    order = list(groups.values())
    random_.shuffle(order)
    for number in range(max(map(len, order))):
        for group in order:
            text = with_deep_stack(group[number][1].text) if number < len(group) else None
            if text is not None:
                yield *group[number], text


def _keep(folder: str | None, number: int, name: str, kind: str, outcome: str, text: str) -> None:
    if folder is None:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    head = f"# {outcome}: {kind} in {name}\n"
    (Path(folder) / f"{number:05}_{outcome}_{kind}.py").write_text(head + text, "utf-8")


def _print(title: str, table: dict[str, Counter[str]]) -> None:
    print(f"\n{title:20}" + "".join(f"{outcome:>11}" for outcome in OUTCOMES))
    for key in sorted(table):
        print(f"{key:20}" + "".join(f"{table[key][outcome]:11}" for outcome in OUTCOMES))


if __name__ == "__main__":
    sys.exit(main())
