"""Several processes, and what is kept between runs: never another result than one process gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fixture_lib import FIXTURES

from keras_lint.engine import Manner, check_paths
from keras_lint.model.findings import RunResult

HEAD = "from keras import Input, Sequential, layers\n"
FLATTEN = "m = Sequential([Input((4, 3)), layers.Flatten(), layers.Flatten()])\n"


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    whole = [sys.executable, "-m", "keras_lint", "check", "--no-verify", *arguments]
    return subprocess.run(whole, cwd=cwd, capture_output=True, check=False)


@pytest.mark.parametrize("name", ["text", "json"])
def test_the_same_bytes_in_one_process_in_several_and_from_the_cache(
    tmp_path: Path, name: str
) -> None:
    cache = tmp_path / "cache"
    paths = [str(FIXTURES / name) for name in ("broken", "correct", "notebooks", "hostile")]
    paths += ["--output-format", name, "--verbose"]
    serial = command("--no-cache", "--jobs", "1", *paths, cwd=tmp_path)
    assert serial.returncode in (1, 2)
    assert len(serial.stdout) > 10_000
    assert list(tmp_path.iterdir()) == []
    for more in (["--no-cache"], ["--cache-dir", str(cache)], ["--cache-dir", str(cache)]):
        again = command("--jobs", "3", *more, *paths, cwd=tmp_path)
        assert (again.stdout, again.stderr) == (serial.stdout, serial.stderr)
        assert again.returncode == serial.returncode
    assert (cache / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f0688")


def lint(folder: Path) -> RunResult:
    return check_paths([str(folder)], manner=Manner(cache=folder / ".cache"))


def codes(run: RunResult) -> list[str]:
    return [finding.code for _, finding in run.findings()]


def entries(folder: Path) -> int:
    return sum(path.parent.parent.name == ".cache" for path in folder.rglob("*") if path.is_file())


def test_a_changed_module_is_noticed_by_those_that_import_it(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        HEAD + "from parts import again\n"
        "m = Sequential([Input((4, 3)), layers.Flatten(), *([layers.Flatten()] * again)])\n"
    )
    parts = tmp_path / "parts.py"
    parts.write_text("from deeper import again\n")
    deeper = tmp_path / "deeper.py"
    deeper.write_text("again = 1\n")
    assert codes(lint(tmp_path)) == ["KER201"]
    kept = entries(tmp_path)
    assert codes(lint(tmp_path)) == ["KER201"]
    assert entries(tmp_path) == kept
    deeper.write_text("again = 0\n")
    assert codes(lint(tmp_path)) == []
    deeper.unlink()
    assert codes(lint(tmp_path)) == []
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "__init__.py").write_text("again = 1\n")
    assert codes(lint(tmp_path)) == ["KER201"]  # a package where a module was looked for
    parts.write_text("again = 0\n")
    assert codes(lint(tmp_path)) == []


def test_requirements_that_change_are_noticed(tmp_path: Path) -> None:
    program = HEAD + "from keras.wrappers.scikit_learn import KerasClassifier\n"
    (tmp_path / "a.py").write_text(program)
    (tmp_path / ".git").mkdir()
    newest = codes(lint(tmp_path))
    (tmp_path / "requirements.txt").write_text("keras==2.4.3\n")
    assert codes(lint(tmp_path)) == codes(check_paths([str(tmp_path)]))
    (tmp_path / "requirements.txt").unlink()
    assert codes(lint(tmp_path)) == newest


def test_foreign_and_broken_entries_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(HEAD + FLATTEN)
    assert codes(lint(tmp_path)) == ["KER201"]
    (entry,) = [p for p in (tmp_path / ".cache").glob("??/*") if p.is_file()]
    for content in (b"", b"\n", entry.read_bytes()[:-1], b"0" * 64 + b"\ncos\nsystem\n"):
        entry.write_bytes(content)
        assert codes(lint(tmp_path)) == ["KER201"]


def test_a_folder_with_other_things_is_not_hidden_from_git_and_backups(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(HEAD + FLATTEN)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "thesis.tex").touch()
    for name in ("own", "new"):
        assert command("--cache-dir", name, "a.py", cwd=tmp_path).returncode == 1
        assert any((tmp_path / name).glob("??/*"))
    marks = {".gitignore", "CACHEDIR.TAG"}
    assert marks.isdisjoint(os.listdir(tmp_path / "own"))
    assert marks.issubset(os.listdir(tmp_path / "new"))


@pytest.mark.skipif(sys.platform != "linux", reason="processes as Linux shows them")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_ends_the_run_ends_its_processes(tmp_path: Path, how: signal.Signals) -> None:
    text = HEAD + "".join(
        f"m{n} = Sequential([Input((4,)), layers.Dense({n + 1})])\n" for n in range(1500)
    )
    for number in range(4):
        (tmp_path / f"{number}.py").write_text(text)
    whole = [sys.executable, "-m", "keras_lint", "check", "--no-verify", "--no-cache", "-j2", "."]
    process = subprocess.Popen(whole, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    children: list[int] = []
    while len(children) < 2:
        assert process.poll() is None
        children = children_of(process.pid)
        time.sleep(0.01)
    process.send_signal(how)
    _, err = process.communicate()
    assert process.returncode == (-how if how == signal.SIGKILL else 128 + how)
    assert err == b""
    deadline = time.monotonic() + 30
    while any(os.path.exists(f"/proc/{child}/exe") for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children_of(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
