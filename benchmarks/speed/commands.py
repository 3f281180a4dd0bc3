"""What whole commands cost in CPU time: ours, and other tools over the same files."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_FLAKE8_ALONE = """
import importlib.metadata as metadata
every = metadata.distributions
metadata.distributions = lambda **how: (
    found for found in every(**how) if found.metadata["Name"] != "keras-lint"
)
from flake8.main.cli import main
raise SystemExit(main())
"""
"""flake8 as it is where keras-lint is not installed."""
_OURS = (sys.executable, "-m", "keras_lint")
_FLAKE8 = ("--isolated", "--jobs=1", "--exit-zero")


def cpu(command: Sequence[str], runs: int = 1) -> float:
    """The least CPU time in seconds of a command and of all processes that it starts."""
    return min(_cpu(command) for _ in range(runs))


def _cpu(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beside_others(files: Sequence[Path], reading: float, torchfix: str) -> None:
    """Print what our commands and those of others take for the same files.

    Args:
        files: that mention Keras.
        reading: seconds that both parsers take for them.
        torchfix: the program; what is compared with it is left out where there is none.
    """
    names = [os.path.abspath(file) for file in files]
    with tempfile.TemporaryDirectory() as folder:
        check = (*_OURS, "check", "--no-verify", "--isolated")
        cold = cpu([*check, "--no-cache", "--jobs", "1", *names])
        print(f"check, cold, one process: {cold:.2f} s", flush=True)
        kept = (*check, "--cache-dir", folder, *names)
        cpu(kept)
        warm, start = cpu(kept, 3), cpu([*check, folder], 3)
        ruff = cpu([_beside("ruff"), "check", "--no-cache", "--isolated", *names], 3)
        print(
            f"check, warm: {warm:.2f} s; ruff check --no-cache: {ruff:.2f} s, ratio "
            f"{warm / ruff:.2f} (wanted: at most 3; floor {start / ruff:.2f}: nothing to check)",
            flush=True,
        )
        alone = cpu([sys.executable, "-c", _FLAKE8_ALONE, *_FLAKE8, *names])
        both = [sys.executable, "-m", "flake8", *_FLAKE8, *names]
        both += ["--keras-lint-cache-dir", str(Path(folder) / "of flake8")]
        first = cpu(both)
        again = cpu(both)
        print(
            f"flake8: {alone:.2f} s; with the plugin, files seen for the first time, "
            f"{first:.2f} s, ratio {first / alone:.2f} (wanted: at most 1.3; floor "
            f"{1 + reading / alone:.2f}: both parsers, nothing else); "
            f"seen before {again:.2f} s, ratio {again / alone:.2f}",
            flush=True,
        )
        if shutil.which(torchfix):
            theirs = cpu([torchfix, "-j", "1", str(_with_torch(files, Path(folder) / "torch"))])
            print(
                f"TorchFix: {theirs:.2f} s, {theirs / cold:.1f} times as long as check, cold "
                f"(wanted: at least 10; at most {theirs / reading:.1f}: both parsers, nothing "
                "else)",
                flush=True,
            )


def _with_torch(files: Sequence[Path], folder: Path) -> Path:
    """A folder of copies that say ``torch`` in a comment: TorchFix passes over all others."""
    folder.mkdir()
    for number, file in enumerate(files):
        (folder / f"m{number}.py").write_bytes(file.read_bytes() + b"\n# torch\n")
    return folder


def _beside(program: str) -> str:
    """A program of this very environment, if it is there."""
    own = Path(sys.executable).with_name(program)
    return str(own) if own.exists() else program


def start(small: str) -> None:
    """Print what it takes to start, and to check a small file with the content ``small``."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "small.py"
        file.write_text(small, "utf-8")
        check = [*_OURS, "check", "--no-verify", "--isolated"]
        for title, command in (
            ("python -c pass", [sys.executable, "-c", "pass"]),
            ("import libcst", [sys.executable, "-c", "import libcst"]),
            ("--version (wanted: at most 60)", [*_OURS, "--version"]),
            (
                "check of one small file (wanted: at most 300; floor: libcst is imported)",
                [*check, "--no-cache", str(file)],
            ),
            ("the same, warm", [*check, "--cache-dir", str(Path(folder) / "kept"), str(file)]),
        ):
            print(f"{title}: {cpu(command, 5) * 1000:.0f} ms of CPU time", flush=True)
