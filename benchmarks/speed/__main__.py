"""``python -m benchmarks.speed [FOLDER ...]``: what linting costs, as ratios taken in one run.

For each folder given, checks every file that mentions Keras, in one process and without
verification, side by side with ``libcst.parse_module`` on the same text; then all these files by
the commands of TorchFix (``pip install torchfix``, ``--torchfix`` says where), ruff and flake8, and
by our own. Then: files without Keras by the second, the start of the command, and how the cost
grows with the length of a file, the depth of a model and the number of calls. Nothing is asserted.

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

    def run() -> None:
        files = _against_parser(options.folders)
        if files:
            commands.beside_others(files, options.torchfix)
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

    files: list[Path] = field(default_factory=list)
    lines: int = 0
    calls: int = 0
    parsing: float = 0.0
    reading: float = 0.0
    checking: float = 0.0

    def show(self, title: str) -> None:
        if self.files:
            print(
                f"{title}: {len(self.files)} files, {self.lines} lines, {self.calls} layer calls "
                f"followed: libcst.parse_module {self.parsing:.2f} s; "
                f"check {self.checking:.2f} s, ratio {self.checking / self.parsing:.2f} "
                f"(wanted: 1.5); floor (both parsers, nothing else) {self.reading:.2f} s, "
                f"{self.reading / self.parsing:.2f}"
            )


def _against_parser(folders: list[Path]) -> list[Path]:
    whole = _Cost()
    for folder in folders:
        cost = _Cost()
        project = Project()
        for path in sorted(folder.rglob("*.py")):
            data = path.read_bytes()
            try:
                text = decode(data)
                if not mentions_keras(data):
                    continue
                parse(str(path), text)  # leaves out what neither can parse, and warms up
            except SourceError:
                continue
            for one in (cost, whole):
                one.files.append(path)
                one.lines += text.count("\n")
            parsing = _cpu(lambda text=text: libcst.parse_module(text))
            reading = _cpu(lambda path=path, text=text: _read(path, text))
            start = time.process_time()
            checked = _check(data, str(path), project)
            checking = time.process_time() - start
            graphs = () if checked.analysis is None else checked.analysis.graphs
            for one in (cost, whole):
                one.parsing += parsing
                one.reading += reading
                one.checking += checking
                one.calls += sum(len(graph.calls) for graph in graphs)
        cost.show(folder.name)
    whole.show("all")
    return whole.files


@uncollected()
def _read(path: Path, text: str) -> None:
    parse(str(path), text)


def _without_keras() -> None:
    data = programs.without_keras(200_000).encode()
    took = _cpu(lambda: _check(data, "plain.py"))
    print(f"files without Keras: {200_000 / max(took, 1e-6):,.0f} lines a second")


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
    print(f"{title}: {', '.join(shown)}; cost of one, last against first: {each[-1] / each[0]:.2f}")


if __name__ == "__main__":
    sys.exit(main())
