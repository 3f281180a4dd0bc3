"""A few random models against Keras; ``python -m benchmarks.oracle --models N`` draws more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.keras
def test_random_models_agree_with_keras() -> None:
    command = [sys.executable, "-m", "benchmarks.oracle", "--found", "--models", "100"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = done.stdout.splitlines()[-1]
    assert "seed 0, 0 to 99:" in counts
    isomorphic = int(counts.partition(" isomorphic")[0].split()[-1])
    assert isomorphic > 60, counts
