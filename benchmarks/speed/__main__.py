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
from pathlib import Path

import libcst

from benchmarks.speed import commands, programs
from keras_lint.engine import Checked, check_bytes
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import SourceError, decode, mentions_keras, parse, with_deep_stack


def main(arguments: list[str] | None = None) -> int:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--torchfix", default="torchfix", help="the program, if it is elsewhere")
    options = parser.parse_args(arguments)

    def run() -> None:
        files = [file for folder in options.folders for file in _against_parser(folder)]
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


def _against_parser(folder: Path) -> list[Path]:
    parsing = checking = 0.0
    files: list[Path] = []
    lines = 0
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
        parsing += _cpu(lambda text=text: libcst.parse_module(text))
        checking += _cpu(lambda data=data, path=path: _check(data, str(path), project))
        files.append(path)
        lines += text.count("\n")
    if files:
        print(
            f"{folder.name}: {len(files)} files, {lines} lines: check {checking:.2f} s, "
            f"libcst.parse_module {parsing:.2f} s, ratio {checking / parsing:.2f}"
        )
    return files


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
