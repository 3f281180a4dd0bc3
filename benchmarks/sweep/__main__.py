"""``python -m benchmarks.sweep [PACKAGE or FOLDER ...]``: a whole tree through the interpreter.

Analyses, in one process, every Python file below each folder (an installed package is named as it
is imported; the default is keras, tf_keras and tensorflow, as far as they are installed), and
prints the files that failed, those where the step budget was spent, the models, why models were not
followed, the CPU time and the peak memory. Exit code 1 if a file failed without saying why.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import resource
import sys
import time
from pathlib import Path

from keras_lint.engine import check_bytes
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import with_deep_stack

DEFAULT = ("keras", "tf_keras", "tensorflow")


def main(arguments: list[str] | None = None) -> int:
    """Run the sweep and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("where", nargs="*", help="folders, or names of installed packages")
    parser.add_argument("--slow", type=float, default=3.0, help="name files above these seconds")
    options = parser.parse_args(arguments)
    folders = [_folder(name) for name in options.where or DEFAULT]
    files = [path for folder in folders if folder for path in sorted(folder.rglob("*.py"))]
    return with_deep_stack(lambda: _sweep(files, options.slow))


def _folder(name: str) -> Path | None:
    if Path(name).is_dir():
        return Path(name)
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        print(f"{name}: neither a folder nor an installed package")
        return None
    return Path(spec.origin).parent


def _sweep(files: list[Path], slow: float) -> int:
    project, settings = Project(), Settings()
    outcomes: collections.Counter[str] = collections.Counter()
    models: collections.Counter[str] = collections.Counter()
    reasons: collections.Counter[str] = collections.Counter()
    codes: collections.Counter[str] = collections.Counter()
    crashed = 0
    began = time.process_time()
    for path in files:
        start = time.process_time()
        checked = check_bytes(
            path.read_bytes(), str(path), settings, explicit=False, project=project
        )
        result = checked.result
        outcomes[result.outcome] += 1
        took = time.process_time() - start
        if took > slow:
            print(f"{took:6.1f} s  {path}")
        for note in result.notes:
            if "stopped here" in note:
                print(f"stopped   {path}: {note}")
        if result.traceback:
            crashed += 1
            print(f"CRASHED   {path}: {result.reason}")
        for model in result.models:
            models[model.extent] += 1
            reasons.update(model.reasons)
        for finding in result.findings:
            codes[finding.code] += 1
            print(f"{finding.code}    {path}:{finding.span.line}: {finding.message}")
    spent = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(files)} files: {dict(outcomes)}; {crashed} crashed")
    print(f"models: {dict(models)}; findings: {dict(codes)}")
    print(f"CPU time {spent:.0f} s; peak memory {memory} MB")
    for reason, count in reasons.most_common(10):
        print(f"{count:5}  {reason}")
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
