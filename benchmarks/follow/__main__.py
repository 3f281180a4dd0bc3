"""``python -m benchmarks.follow [PACKAGE ...]``: how much of public model code is followed.

Downloads each package from PyPI, infers the models of its drivers from source and builds the same
drivers in TensorFlow. Exit code 1 if a model that counts as followed is not the model Keras builds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.follow import report
from benchmarks.follow.compare import Result, infer, judge
from benchmarks.follow.fetch import FetchFailed, fetch, needs_folder
from benchmarks.follow.packages import PACKAGES, Package, package
from keras_lint.source.project import Project

_BUILD_LIMIT = 1_800  # seconds for all drivers of one package
_ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print its table."""
    options = _options(arguments)
    entries = [package(name) for name in options.packages] or list(PACKAGES)
    if options.scratch is not None:
        options.scratch.mkdir(parents=True, exist_ok=True)
        return _run(entries, options.scratch.resolve(), options)
    with tempfile.TemporaryDirectory() as scratch:
        return _run(entries, Path(scratch).resolve(), options)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.follow", description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="default: all of the table")
    parser.add_argument("--scratch", type=Path, help="keep the packages here for the next run")
    parser.add_argument(
        "--only", action="append", help="only drivers whose last line has this text (repeatable)"
    )
    parser.add_argument("--no-build", action="store_true", help="do not build: following only")
    return parser.parse_args(arguments)


def _run(entries: list[Package], scratch: Path, options: argparse.Namespace) -> int:
    everything: list[Result] = []
    rows: list[str] = []
    for entry in entries:
        try:
            results = _one(entry, scratch, options)
        except FetchFailed as error:
            print(f"{entry.name}: not run: {error}")
            continue
        everything += results
        rows.append(report.row(entry.name, results))
        print(f"{entry.name}:")
        print("\n".join(report.details(results)) or "  nothing wrong or lost")
        sys.stdout.flush()
    print()
    print("\n".join([report.heading(), *rows, report.row("all", everything)]))
    lost = report.reasons(everything)
    if lost:
        print("\nmost frequent reasons for loss (models):")
        print("\n".join(lost))
    return int(any(result.outcome == "wrong" for result in everything))


def _one(entry: Package, scratch: Path, options: argparse.Namespace) -> list[Result]:
    """All drivers of one package: built in a process of their own while they are inferred here."""
    folder = fetch(entry, scratch)
    wanted = options.only or [""]
    programs = [
        (label, text) for label, text in entry.programs() if any(part in label for part in wanted)
    ]
    asked, answered = scratch / f"{entry.name}.json", scratch / f"{entry.name}.jsonl"
    asked.write_text(json.dumps([text for _, text in programs]), encoding="utf-8")
    answered.unlink(missing_ok=True)
    builder = None if options.no_build else _start(entry, scratch, folder, asked, answered)
    project = Project()
    inferred = [infer(text, folder, project) for _, text in programs]
    errors = "" if builder is None else _finish(builder)
    answers = _answers(answered, len(programs), errors or "not tried")
    return [
        judge(label, seen, answer)
        for (label, _), seen, answer in zip(programs, inferred, answers, strict=True)
    ]


def _start(
    entry: Package, scratch: Path, folder: Path, asked: Path, answered: Path
) -> subprocess.Popen[str]:
    found = [str(folder), str(needs_folder(entry, scratch)), str(_ROOT)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(found),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **dict(entry.environment),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.follow.build", str(asked), str(answered)],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _finish(builder: subprocess.Popen[str]) -> str:
    """Wait for the building process; its last words if it ended badly."""
    try:
        _, words = builder.communicate(timeout=_BUILD_LIMIT)
    except subprocess.TimeoutExpired:
        builder.kill()
        builder.communicate()
        return f"not built within {_BUILD_LIMIT} seconds"
    if not builder.returncode:
        return ""
    lines = words.strip().splitlines()
    return lines[-1] if lines else f"the building process ended with {builder.returncode}"


def _answers(answered: Path, count: int, missing: str) -> list[dict[str, Any]]:
    """One answer per program, in order; those that did not come are errors."""
    lines = answered.read_text(encoding="utf-8").splitlines() if answered.is_file() else []
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return found + [{"error": missing}] * (count - len(found))


if __name__ == "__main__":
    sys.exit(main())
