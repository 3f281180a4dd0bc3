"""``keras-lint verify --doctor``: what is said of the walls is so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from keras_lint.verify.doctor import WALLS, examine


def test_every_wall_is_tried():
    found = examine()
    assert found.problem == ""
    assert list(found.walls) == list(WALLS)
    assert "audit" in found.locks
    if "seccomp" in found.locks or "network-namespace" in found.locks:
        assert found.walls["network"] == "system"
    if "landlock" in found.locks:
        assert found.walls["files"] == "system"


def test_a_wall_that_is_not_there_is_said_to_be_missing(tmp_path):
    """A Python that runs the child without the locks: nothing must be said to hold."""
    naked = tmp_path / "python"
    naked.write_text(
        f"#!{sys.executable}\n"
        "import runpy, sys\n"
        "main = sys.argv[2]\n"
        "sys.path.insert(0, main.rpartition('/child/')[0])\n"
        "from child import confine\n"
        "confine.before_imports = lambda scratch: []\n"
        "confine.after_imports = lambda scratch, hook=True: []\n"
        "confine.add_hook = lambda scratch: None\n"
        "sys.argv = sys.argv[2:]\n"
        "runpy.run_path(main, run_name='__main__')\n"
    )
    naked.chmod(0o755)
    found = examine(str(naked))
    assert found.problem == ""
    assert {name for name, held in found.walls.items() if held == "no"} >= {
        "network",
        "files",
        "processes",
        "signals",
    }


def test_a_python_that_cannot_be_started():
    assert examine("/nonexistent/python").problem.startswith("the verification process cannot be")


@pytest.mark.parametrize(("arguments", "code"), [(["--doctor"], (0, 1)), ([], (2,))])
def test_the_command(arguments, code):
    command = [sys.executable, "-m", "keras_lint", "verify", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in code, done.stderr
    if arguments:
        assert all(text in done.stdout for text in WALLS.values())
    else:
        assert done.stderr.startswith("keras-lint: say --doctor")
