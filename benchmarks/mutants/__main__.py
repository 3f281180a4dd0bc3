"""Correct models with one mistake each: what Keras refuses must be reported, and nothing else.

``python -m benchmarks.mutants --count N --seed S`` draws mutants evenly over the kinds of edits,
runs each in TensorFlow and lints it. It prints a table per edit and per rule; every disagreement
is kept as a file. Exit code 1 if an error is reported for a program that builds, or if fewer than
99 of 100 refused ones are reported at the right call.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

OUTCOMES = ("reported", "elsewhere", "missed", "silent", "false", "other")


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--programs", action="append", default=[], metavar="FOLDER")
    parser.add_argument("--keep", metavar="FOLDER", help="where disagreements are kept")
    parser.add_argument("--kind", action="append", default=[], help="only these edits")
    options = parser.parse_args(arguments)
    import keras

    from benchmarks.mutants.judge import judge

    drawn = _drawn(options.count, options.seed, options.programs, options.kind)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    for number, (name, mutant) in enumerate(drawn):
        judged = judge(mutant.text)
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
            _keep(options.keep, number, name, mutant.kind, judged.outcome, mutant.text)
    _print("edit", table)
    _print("rule", by_rule)
    total = sum(table.values(), Counter())
    refused = total["reported"] + total["elsewhere"] + total["missed"]
    share = 100 * total["reported"] / refused if refused else 100.0
    print(
        f"Keras {keras.__version__}, seed {options.seed}: {len(drawn)} mutants, {refused} refused, "
        f"{share:.1f} % of them reported at the right call; {total['silent'] + total['false']} "
        f"build, {total['false']} of them with an error reported"
    )
    return int(total["false"] > 0 or share < 99)


def _drawn(count: int, seed: int, folders: list[str], kinds: list[str]) -> list[tuple[str, object]]:
    """Mutants, as many of each kind and of each program as can be."""
    from benchmarks.mutants.edits import mutants
    from benchmarks.mutants.judge import run
    from benchmarks.mutants.programs import programs
    from keras_lint.source.reader import with_deep_stack

    random_ = random.Random(seed)
    by_kind: dict[str, list[tuple[str, object]]] = defaultdict(list)
    for name, text in programs(folders):
        if run(text).answer != "builds":
            print(f"left out, does not build as it is: {name}")
            continue
        for mutant in with_deep_stack(lambda text=text: list(mutants(text))):
            if not kinds or mutant.kind in kinds:
                by_kind[mutant.kind].append((name, mutant))
    for found in by_kind.values():
        random_.shuffle(found)
    drawn: list[tuple[str, object]] = []
    while len(drawn) < count and any(by_kind.values()):
        for kind in sorted(by_kind):
            if by_kind[kind] and len(drawn) < count:
                drawn.append(by_kind[kind].pop())
    return drawn


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
