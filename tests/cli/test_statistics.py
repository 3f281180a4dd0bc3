"""``check --statistics``: how much was followed, and what stood in the way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import keras
import somewhere

followed = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
n = somewhere.size()
partly = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(n)])
unseen = keras.Model(somewhere.inputs(), somewhere.outputs())
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keras_lint", "check", "--no-verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_text(tmp_path: Path) -> None:
    path = tmp_path / "models.py"
    path.write_text(PROGRAM, encoding="utf-8")
    done = run("--statistics", str(path))
    assert done.returncode == 0
    assert "models followed fully 1, partly 1, not at all 1" in done.stdout
    assert "  1  what somewhere.size gives is not known" in done.stdout


def test_json(tmp_path: Path) -> None:
    path = tmp_path / "models.py"
    path.write_text(PROGRAM, encoding="utf-8")
    lost = json.loads(run("--output-format", "json", str(path)).stdout)["summary"]["lost"]
    assert lost["what somewhere.size gives is not known"] == 1
