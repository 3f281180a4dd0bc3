"""``python -m benchmarks.speed [FOLDER ...]``: what linting costs, as ratios taken in one run.

For each folder given, checks every file that mentions Keras, in one process and without
verification, side by side with ``libcst.parse_module`` on the same text; then all these files by
the commands of TorchFix (``pip install torchfix``, ``--torchfix`` says where), ruff and flake8, and
by our own. Then: files without Keras by the second, the start of the command, and how the cost
grows with the length of a file, the depth of a model and the number of calls. Every line says what
was wanted and, where there is one, the floor: what it costs to do what cannot be left out, and
nothing else. Nothing is asserted.

Folders to measure with are unpacked packages: ``pip download --no-deps --no-binary :all: autokeras
keras-tuner keras-hub`` and the like.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import libcst

from benchmarks.speed import commands, programs
from keras_lint.engine import Checked, check_bytes
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import (
    SourceError,
    decode,
    mentions_keras,
    parse,
    uncollected,
    with_deep_stack,
)


def main(arguments: list[str] | None = None) -> int:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--torchfix", default="torchfix", help="the program, if it is elsewhere")
    options = parser.parse_args(arguments)
    missing = [str(folder) for folder in options.folders if not folder.is_dir()]
    if missing:
        parser.error(f"no folder: {', '.join(missing)}")

    def run() -> None:
        _check("import keras\nkeras.Sequential()\n", "small.py")  # what is imported late, is now
        cost = _against_parser(options.folders)
        if cost.files:
            commands.beside_others(list(cost.files), cost.reading, options.torchfix)
        _without_keras()
        commands.start(programs.long_file(9))
        _growth("lines of a file", programs.long_file, (1_000, 10_000, 50_000))
        _growth("layers of a model", programs.deep_model, (100, 1_000, 10_000))
        _growth("calls of a helper", programs.many_calls, (100, 1_000, 10_000))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"peak memory of all this: {memory} MB")

    with_deep_stack(run)
    return 0


def _cpu(task: Callable[[], object]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def _check(text: str | bytes, path: str, project: Project | None = None) -> Checked:
    return check_bytes(text, path, Settings(), explicit=False, project=project)


@dataclass
class _Cost:
    """CPU time of some files in seconds: libcst's, that of reading them as we must, of all."""

    files: dict[Path, str] = field(default_factory=dict)
    calls: int = 0
    parsing: float = 0.0
    reading: float = 0.0
    checking: float = 0.0

    def add(self, other: _Cost) -> None:
        self.files |= other.files
        self.calls += other.calls
        self.parsing += other.parsing
        self.reading += other.reading
        self.checking += other.checking

    def show(self, title: str) -> None:
        if self.files:
            lines = sum(text.count("\n") for text in self.files.values())
            print(
                f"{title}: {len(self.files)} files, {lines:,} lines, {self.calls:,} layer calls "
                f"followed: libcst.parse_module {self.parsing:.2f} s; check {self.checking:.2f} s, "
                f"ratio {self.checking / self.parsing:.2f} (wanted: at most 1.5; "
                f"floor {self.reading / self.parsing:.2f}: both parsers, nothing else)",
                flush=True,
            )


def _against_parser(folders: list[Path]) -> _Cost:
    """Every program runs over a whole folder before the next does: each as it would alone."""
    whole = _Cost()
    for folder in folders:
        cost = _Cost(_with_keras(folder))
        cost.parsing = _cpu(lambda cost=cost: _parse(cost))
        cost.reading = _cpu(lambda cost=cost: _read(cost))
        cost.checking = _cpu(lambda cost=cost: _check_all(cost))
        cost.show(folder.name)
        whole.add(cost)
    whole.show("all")
    return whole


def _with_keras(folder: Path) -> dict[Path, str]:
    """The text of every file that mentions Keras; those that none can parse left out."""
    found: dict[Path, str] = {}
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        try:
            if mentions_keras(data):
                text = decode(data)
                parse(str(path), text)
                found[path] = text
        except SourceError:
            continue
    return found


def _parse(cost: _Cost) -> None:
    for text in cost.files.values():
        libcst.parse_module(text)


@uncollected()
def _read(cost: _Cost) -> None:
    for path, text in cost.files.items():
        parse(str(path), text)


@uncollected()  # as a run of the engine
def _check_all(cost: _Cost) -> None:
    project = Project()
    for path, text in cost.files.items():
        analysis = _check(text, str(path), project).analysis
        cost.calls += sum(len(graph.calls) for graph in analysis.graphs) if analysis else 0


def _without_keras() -> None:
    data = programs.without_keras(200_000).encode()
    took = _cpu(lambda: _check(data, "plain.py"))
    print(
        f"files without Keras: {200_000 / max(took, 1e-6):,.0f} lines a second "
        "(wanted: at least 1,000,000)"
    )


def _growth(title: str, write: Callable[[int], str], sizes: tuple[int, ...]) -> None:
    shown: list[str] = []
    each: list[float] = []
    for size in sizes:
        text = write(size)
        start = time.process_time()
        result = _check(text, "grown.py").result
        cost = time.process_time() - start
        lost = sum(not model.followed for model in result.models)
        shown.append(f"{size:,}: {cost:.2f} s" + (f" ({lost} models not followed)" if lost else ""))
        each.append(cost / size)
    print(
        f"{title}: {', '.join(shown)}; cost of one, last against first: {each[-1] / each[0]:.2f} "
        "(wanted: 1, which is linear)",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
