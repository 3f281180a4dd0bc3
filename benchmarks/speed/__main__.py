"""``python -m benchmarks.speed [FOLDER ...]``: what linting costs, as ratios taken in one run.

For each folder given (unpacked packages), checks every file that mentions Keras, in one process
and without verification, side by side with ``libcst.parse_module`` on the same text. Then: files
without Keras by the second, the start of the command, and how the cost grows with the length of a
file, the depth of a model and the number of calls. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import libcst

from benchmarks.speed import programs
from keras_lint.engine import check_bytes
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import SourceError, decode, mentions_keras, parse, with_deep_stack


def main(arguments: list[str] | None = None) -> int:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args(arguments)

    def run() -> None:
        for folder in options.folders:
            _against_parser(folder)
        _without_keras()
        _start()
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


def _check(text: str | bytes, path: str, project: Project | None = None) -> None:
    check_bytes(text, path, Settings(), explicit=False, project=project)


def _against_parser(folder: Path) -> None:
    parsing = checking = 0.0
    files = lines = 0
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
        files += 1
        lines += text.count("\n")
    if files:
        print(
            f"{folder.name}: {files} files, {lines} lines: check {checking:.2f} s, "
            f"libcst.parse_module {parsing:.2f} s, ratio {checking / parsing:.2f}"
        )


def _without_keras() -> None:
    data = programs.without_keras(200_000).encode()
    took = _cpu(lambda: _check(data, "plain.py"))
    print(f"files without Keras: {200_000 / max(took, 1e-6):,.0f} lines a second")


def _start() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.py"
        small.write_text(programs.long_file(9), "utf-8")
        for title, words in (
            ("python -c pass", ["-c", "pass"]),
            ("--version", ["-m", "keras_lint", "--version"]),
            ("check of one small file", ["-m", "keras_lint", "check", "--no-verify", str(small)]),
        ):
            best = min(_child_cpu([sys.executable, *words]) for _ in range(5))
            print(f"{title}: {best * 1000:.0f} ms of CPU time")


def _child_cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env={**os.environ})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _growth(title: str, write: Callable[[int], str], sizes: tuple[int, ...]) -> None:
    costs = [_cpu(lambda size=size: _check(write(size), "grown.py")) for size in sizes]
    each = [cost / size for cost, size in zip(costs, sizes, strict=True)]
    shown = ", ".join(f"{size:,}: {cost:.2f} s" for size, cost in zip(sizes, costs, strict=True))
    print(f"{title}: {shown}; cost of one, last against first: {each[-1] / each[0]:.2f}")


if __name__ == "__main__":
    sys.exit(main())
