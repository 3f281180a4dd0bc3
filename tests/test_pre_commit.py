"""The pre-commit hook in real runs of pre-commit, on a scratch repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGED = ("keras_lint", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")

BROKEN = """\
from keras import Input, Sequential, layers

model = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])
"""
FIXED = BROKEN.replace("layers.LSTM(4),", "layers.LSTM(4, return_sequences=True),")

pytest.importorskip("pre_commit")
if shutil.which("git") is None:
    pytest.skip("needs git", allow_module_level=True)


def run(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    process = subprocess.run(
        arguments,
        cwd=cwd,
        env=None if env is None else dict(env),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if check and process.returncode:
        raise AssertionError(f"{arguments}: {process.stdout}{process.stderr}")
    return process


def commit(folder: Path, env: Mapping[str, str]) -> None:
    run("git", "add", "-A", cwd=folder, env=env)
    run("git", "commit", "-q", "--allow-empty", "-m", "scratch", cwd=folder, env=env)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A pre-commit home and a git identity of its own; nothing of the user's is read or written."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "PRE_COMMIT_HOME": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "scratch",
        "GIT_AUTHOR_EMAIL": "scratch@example.invalid",
        "GIT_COMMITTER_NAME": "scratch",
        "GIT_COMMITTER_EMAIL": "scratch@example.invalid",
    }


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """This package as a git repository of its own, as it stands in the working folder."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in PACKAGED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, folder / name, ignore=ignored)
        elif source.exists():
            shutil.copy(source, folder / name)
    run("git", "init", "-q", cwd=folder, env=environment)
    commit(folder, environment)
    return folder


def try_repo(
    project: Path, hooks: Path, env: Mapping[str, str], *files: str, hook: str = "keras-lint"
) -> subprocess.CompletedProcess[str]:
    """One run of the hook; pre-commit builds its environment at the first and keeps it."""
    return run(
        *(sys.executable, "-m", "pre_commit", "try-repo", "--color=never", "--verbose"),
        *(str(hooks), hook, "--files", *files),
        cwd=project,
        env=env,
        check=False,
    )


def test_hook_fails_on_a_broken_file_and_passes_on_the_fixed_one(
    tmp_path: Path, hooks: Path, environment: dict[str, str]
) -> None:
    run("git", "init", "-q", cwd=tmp_path, env=environment)
    (tmp_path / "model.py").write_text(BROKEN)
    (tmp_path / "other.py").write_text("print('nothing to do with models')\n")
    (tmp_path / "notes.txt").write_text("keras\n")
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": BROKEN}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "model.ipynb").write_text(json.dumps(notebook))
    commit(tmp_path, environment)

    names = ("model.py", "other.py", "notes.txt", "model.ipynb")
    broken = try_repo(tmp_path, hooks, environment, *names)
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "model.py:3:37: KER101" in broken.stdout
    assert "model.ipynb:cell 1:3:37: KER101" in broken.stdout
    # the hook's environment has no TensorFlow: the finding stands, and says so
    assert "TensorFlow not installed" in broken.stdout
    # every file of a commit is named to the hook; those without models are passed over in silence
    assert "other.py" not in broken.stdout
    assert "notes.txt" not in broken.stdout

    (tmp_path / "model.py").write_text(FIXED)
    commit(tmp_path, environment)
    fixed = try_repo(tmp_path, hooks, environment, "model.py", "other.py")
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr
    assert "Passed" in fixed.stdout


def test_repairing_hook_repairs_scripts_and_notebooks_and_then_passes(
    tmp_path: Path, hooks: Path, environment: dict[str, str]
) -> None:
    run("git", "init", "-q", cwd=tmp_path, env=environment)
    (tmp_path / "model.py").write_text(BROKEN)
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": BROKEN}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "model.ipynb").write_text(json.dumps(notebook))
    commit(tmp_path, environment)
    names = ("model.py", "model.ipynb")
    first = try_repo(tmp_path, hooks, environment, *names, hook="keras-lint-fix")
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    assert (tmp_path / "model.py").read_text() == FIXED
    (repaired,) = json.loads((tmp_path / "model.ipynb").read_text())["cells"]
    assert repaired["source"] == FIXED
    commit(tmp_path, environment)
    again = try_repo(tmp_path, hooks, environment, *names, hook="keras-lint-fix")
    assert again.returncode == 0, again.stdout + again.stderr
