"""``keras-lint diff``: two files, or one file at two revisions."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from keras_lint.cli import main

PROGRAM = """\
import keras
from keras import layers

model = keras.Sequential(
    [keras.Input((8,)), layers.Dense(4, name="first"), layers.Dense(2, name="last")], name="net"
)
"""
WIDER = PROGRAM.replace("Dense(4,", "Dense(5,")

TEXT = """\
--- old.py
+++ new.py

~ model net: changed, 46 → 57 (+11) parameters
    ~ Dense 'first': (None, 4) → (None, 5), 36 → 45 (+9) parameters
        units 4 → 5
    ~ Dense 'last': 10 → 12 (+2) parameters
    old weights, .weights.h5, by class and position: do not load
        Dense 'first' has other weights: 36 parameters were saved, 45 are there
        Dense 'last' has other weights: 10 parameters were saved, 12 are there
    old weights, .h5, by position: do not load
        Dense 'first' has other weights: 36 parameters were saved, 45 are there
        Dense 'last' has other weights: 10 parameters were saved, 12 are there
    old weights, .h5, by name: do not load
        Dense 'first' has other weights: 36 parameters were saved, 45 are there
        Dense 'last' has other weights: 10 parameters were saved, 12 are there

1 model: 1 changed; 46 → 57 (+11) parameters in all
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.py").write_text(PROGRAM)
    (tmp_path / "new.py").write_text(WIDER)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_two_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.py", "new.py"]) == 1
    assert capsys.readouterr().out == TEXT
    assert main(["diff", "old.py", "old.py"]) == 0
    assert capsys.readouterr().out.endswith("1 model: 1 same; 46 parameters in all\n")


@pytest.mark.usefixtures("folder")
def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.py", "new.py", "--format", "markdown"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("### Models: old.py → new.py\n\n1 model: 1 changed; 46 → 57")
    row = "| changed | Dense first | units 4 → 5 | (None, 4) → (None, 5) | 36 → 45 (+9) |"
    assert row in out.splitlines()


def test_a_layer_name_does_not_break_the_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "new.py").write_text(WIDER.replace('"first"', '"<b>|*x*"'))
    assert main(["diff", "old.py", "new.py", "--format", "markdown"]) == 1
    assert r"Dense \<b\>\|\*x\*" in capsys.readouterr().out


def git(*arguments: str) -> None:
    """Run git in the current folder, with nobody's settings."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", *who, *arguments], check=True, env=os.environ | own)


def test_git_revisions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("init", "-q")
    git("add", "old.py")
    git("commit", "-qm", "one")
    (folder / "old.py").write_text(WIDER)
    git("commit", "-qam", "two")
    (folder / "gone" / "below").mkdir(parents=True)
    (folder / "gone" / "below" / "old.py").write_text(PROGRAM)
    git("add", "gone")
    git("commit", "-qm", "three")
    shutil.rmtree(folder / "gone")
    assert main(["diff", "gone/below/old.py", "--from", "HEAD", "--to", "HEAD"]) == 0
    capsys.readouterr()
    assert main(["diff", "old.py", "--from", "HEAD~2", "--to", "HEAD"]) == 1
    assert "--- old.py at HEAD~2\n+++ old.py at HEAD\n" in capsys.readouterr().out
    assert main(["diff", "old.py", "--from", "HEAD"]) == 0
    capsys.readouterr()
    assert main(["diff", "new.py", "--from", "HEAD"]) == 2
    assert capsys.readouterr().err == "keras-lint: new.py at HEAD: there was no such file\n"
    for revision in ("nowhere", "--output=x"):
        assert main(["diff", "old.py", f"--from={revision}"]) == 2
        assert capsys.readouterr().err.startswith(f"keras-lint: old.py at {revision}: ")
    assert not (folder / "x").exists()


def test_a_revision_has_the_modules_of_its_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = folder / "pack é"
    package.mkdir()
    (package / "blocks.py").write_text("from keras import layers\nSIZE = 8\n")
    (package / "model.py").write_text(
        "import keras\nfrom blocks import SIZE, layers\n"
        "model = keras.Sequential([keras.Input((4,)), layers.Dense(SIZE)])\n"
    )
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    (package / "blocks.py").write_text("from keras import layers\nSIZE = 16\n")
    path = str(package / "model.py")
    assert main(["diff", path, "--from", "HEAD"]) == 1
    assert "40 → 80 (+40) parameters" in capsys.readouterr().out
    git("commit", "-qam", "two")
    assert main(["diff", path, "--from", "HEAD~1", "--to", "HEAD"]) == 1
    assert main(["diff", path, "--from", "HEAD"]) == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["old.py"], "give two files, or one file and --from REVISION"),
        (["old.py", "new.py", "--from", "HEAD"], "--from and --to go with one file"),
        (["old.py", "gone.py"], "gone.py: cannot be read: No such file or directory"),
        (["empty.py", "empty.py"], "no model found in empty.py or empty.py"),
    ],
)
def test_usage_errors(
    arguments: list[str], error: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty.py").write_text("import keras\n")
    assert main(["diff", *arguments]) == 2
    assert capsys.readouterr().err == f"keras-lint: {error}\n"
