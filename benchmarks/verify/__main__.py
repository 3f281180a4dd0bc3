"""``python -m benchmarks.verify [--counts 1,10,100,500] [--each N]``.

For each number of flagged programs: the time to check and verify all of them, and the time to run
each with ``python`` instead, which also says that the model does not build. Running is measured on
the first ``--each`` programs and counted up to all of them, since 500 take half an hour; the line
says so. Both are measured in turn, so that a busy machine is busy for both.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.verify.programs import LARGE, write


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verify")
    parser.add_argument("--counts", default="1,10,100,500")
    parser.add_argument("--each", type=int, default=5, help="programs to run with python")
    options = parser.parse_args()
    print(f"{'':22}{'seconds':>22}{'CPU seconds':>22}")
    print(f"{'models':>7}{'':15}{'verify':>10}{'python':>12}{'verify':>10}{'python':>12}  ratios")
    for count in map(int, options.counts.split(",")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "programs"
            folder.mkdir()
            paths = write(folder, count)
            sample = paths[: options.each]
            seconds, cpu = _run_each(sample)
            scale = count / len(sample)
            found = _verify(folder)
            how = "" if scale == 1 else f" ({len(sample)} run)"
            print(
                f"{count:7}{how:15}{found['seconds']:10.1f}{seconds * scale:12.1f}"
                f"{found['cpu']:10.1f}{cpu * scale:12.1f}"
                f"  {seconds * scale / found['seconds']:.1f}x, {cpu * scale / found['cpu']:.1f}x"
            )
            _say(found)
            cache = Path(name) / "cache"
            _verify(folder, cache)
            again = _verify(folder, cache)
            print(f"{'':7}once more, with the cache: {again['seconds']:.1f} s", end="")
            print(f", {again['children']} TensorFlow processes")
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "large.py").write_text(LARGE, "utf-8")
        found = _verify(Path(name))
        print(f"a hundred billion weights: {found['seconds']:.1f} s")
        _say(found)


def _say(found: dict[str, Any]) -> None:
    print(
        f"{'':7}{found['confirmed']} of {found['findings']} confirmed;"
        f" peak memory {found['parent_mb']:.0f} MB parent, {found['child_mb']:.0f} MB child"
    )


def _verify(folder: Path, cache: Path | None = None) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.verify.run", str(folder), str(cache or "")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def _run_each(paths: list[Path]) -> tuple[float, float]:
    """Wall-clock and processor seconds of running every file by itself."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    for path in paths:
        done = subprocess.run([sys.executable, str(path)], capture_output=True, env=environment)
        assert done.returncode != 0, f"{path} is not broken"
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu


if __name__ == "__main__":
    main()
