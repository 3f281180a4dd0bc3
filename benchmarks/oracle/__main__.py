"""Random models and layers against the installed Keras.

``python -m benchmarks.oracle --models N --layers N --seed S`` prints the seed and the counts, and
every disagreement with its program or its smallest configuration; exit code 1 if there is one.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.oracle.models import Tally
    from keras_lint.keras_api.names import Generation

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.oracle", description=__doc__)
    parser.add_argument("--models", type=int, default=0, metavar="N", help="random models")
    parser.add_argument("--ops", type=int, default=0, metavar="N", help="calls of operations")
    parser.add_argument(
        "--applications", type=int, default=0, metavar="N", help="models of keras.applications"
    )
    parser.add_argument(
        "--layers", "--examples", type=int, default=0, metavar="N", help="drawn layers"
    )
    parser.add_argument("--found", action="store_true", help="models that once disagreed")
    parser.add_argument(
        "--keras2", action="store_true", help="draw layers and models against tf_keras"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--first", type=int, default=0, help="number of the first drawn")
    options = parser.parse_args(arguments)
    failed = False
    if options.ops:
        failed |= _ops(options.ops, options.seed)
    if options.found:
        failed |= _found()
    if options.models and options.keras2:
        failed |= _older_models(options.models, options.seed, options.first)
    elif options.models:
        failed |= _models("models", options.models, options.seed, options.first)
    if options.applications:
        failed |= _models("applications", options.applications, options.seed, options.first)
    if options.layers:
        failed |= _layers(options.layers, options.seed, "keras2" if options.keras2 else "keras3")
    return int(failed)


def _ops(count: int, seed: int) -> bool:
    import keras

    from benchmarks.oracle import ops

    tally = ops.run(count, seed)
    for call, wrong in tally.disagreements:
        print(f"--- {call}\n    {wrong}")
    for reason, times in tally.lost.most_common(25):
        print(f"{times:6} lost: {reason}")
    counts = ", ".join(f"{times} {outcome}" for outcome, times in sorted(tally.outcomes.items()))
    print(f"calls of operations, Keras {keras.__version__}, seed {seed}, {count} drawn: {counts}")
    return bool(tally.disagreements)


def _layers(count: int, seed: int, of: Generation) -> bool:
    package = importlib.import_module("tf_keras" if of == "keras2" else "keras")

    from benchmarks.oracle import layers

    tally = layers.run(count, seed, of)
    for line in tally.disagreements:
        print(f"--- {line}")
    for name, times in sorted(tally.drawn.items()):
        print(f"{times:6} {name}")
    counts = ", ".join(f"{times} {outcome}" for outcome, times in sorted(tally.outcomes.items()))
    print(
        f"layers, Keras {package.__version__}, seed {seed}: {tally.total} drawn, {counts}, "
        f"{len(tally.disagreements)} disagreements"
    )
    return bool(tally.disagreements)


def _found() -> bool:
    from benchmarks.oracle import found, models, prelude
    from keras_lint.verify.child.build import Builder, start_keras

    start_keras()
    builder = Builder()
    wrong = 0
    for name, text in found.FOUND.items():
        verdict = models.judge(prelude.HEADER + text, builder)
        if verdict.outcome == "disagreement":
            wrong += 1
            print(f"--- {name}: {'; '.join(verdict.lines)}\n    {verdict.error}")
    print(f"models that once disagreed: {len(found.FOUND)}, of which wrong: {wrong}")
    return bool(wrong)


def _older_models(count: int, seed: int, first: int) -> bool:
    from benchmarks.oracle import models, older
    from keras_lint.verify.child.build import start_keras

    start_keras()  # the programs are drawn with Keras 3
    tally = models.run(older.program, count, seed, first, older.builder())
    return _told("models", older.VERSION, tally, seed, range(first, first + count))


def _models(what: str, count: int, seed: int, first: int) -> bool:
    from benchmarks.oracle import applications, models
    from keras_lint.verify.child.build import start_keras

    versions = start_keras()
    write = models.program if what == "models" else applications.program
    tally = models.run(write, count, seed, first)
    return _told(what, versions["keras"], tally, seed, range(first, first + count))


def _told(what: str, version: str, tally: Tally, seed: int, numbers: range) -> bool:
    for number, text, verdict in tally.disagreements:
        print(f"--- {what} {number}: {'; '.join(verdict.lines)}\n    {verdict.error}\n{text}")
    for reason, times in tally.reasons.most_common(25):
        print(f"{times:6} lost: {reason}")
    counts = ", ".join(f"{times} {outcome}" for outcome, times in sorted(tally.outcomes.items()))
    print(f"{what}, Keras {version}, seed {seed}, {numbers[0]} to {numbers[-1]}: {counts}")
    return bool(tally.disagreements)


if __name__ == "__main__":
    sys.exit(main())
