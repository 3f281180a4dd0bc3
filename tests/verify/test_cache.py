"""Answers kept on disk: found again, never wrong, never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keras_lint.engine import check_paths
from keras_lint.verify import Verifier
from keras_lint.verify.cache import AnswerCache
from keras_lint.verify.child.versions import versions
from keras_lint.verify.replay import Replay

ANSWER = {"ok": True, "graphs": [], "made": []}
REPLAY = Replay("x = 1\n")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def entries(folder):
    return [path for path in folder.glob("*/*") if path.is_file()]


def test_what_is_kept_is_found_again(folder):
    cache = AnswerCache(folder, {"keras": "3"})
    assert cache.get(REPLAY) is None
    assert not folder.exists()
    cache.put(REPLAY, ANSWER)
    assert AnswerCache(folder, {"keras": "3"}).get(REPLAY) == ANSWER
    assert (folder / ".gitignore").read_text() == "*\n"
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f0688")
    assert len(entries(folder)) == 1


def test_anything_else_is_something_else(folder):
    AnswerCache(folder, {"keras": "3"}).put(REPLAY, ANSWER)
    assert AnswerCache(folder, {"keras": "4"}).get(REPLAY) is None
    cache = AnswerCache(folder, {"keras": "3"})
    assert cache.get(Replay("x = 2\n")) is None
    assert cache.get(Replay("x = 1\n", ((1, 4, 1, 5, 2),))) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\x00", b"x\n{}", b'{"ok": true}'])
def test_damage_is_as_if_it_were_not_there(folder, damage):
    cache = AnswerCache(folder, {})
    cache.put(REPLAY, ANSWER)
    (place,) = entries(folder)
    place.write_bytes(damage)
    assert cache.get(REPLAY) is None
    cache.put(REPLAY, ANSWER)
    assert cache.get(REPLAY) == ANSWER


def test_half_an_answer_is_none(folder):
    cache = AnswerCache(folder, {})
    cache.put(REPLAY, {"ok": False, "graphs": []})
    assert cache.get(REPLAY) is None


def test_an_answer_from_somebody_else_does_not_count(folder, monkeypatch, tmp_path):
    """The folder may come with a stranger's change of the project."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "stranger"))
    AnswerCache(folder, {}).put(REPLAY, ANSWER)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert AnswerCache(folder, {}).get(REPLAY) is None


def test_an_answer_moved_to_another_place_does_not_count(folder):
    cache = AnswerCache(folder, {})
    cache.put(REPLAY, ANSWER)
    (first,) = entries(folder)
    other = Replay("x = 2\n")
    cache.put(other, {**ANSWER, "graphs": [1]})
    (second,) = set(entries(folder)) - {first}
    second.write_bytes(first.read_bytes())
    assert cache.get(other) is None


def test_a_folder_that_cannot_be_is_no_obstacle(tmp_path):
    (tmp_path / "file").write_text("")
    cache = AnswerCache(tmp_path / "file" / "cache", {})
    cache.put(REPLAY, ANSWER)
    assert cache.get(REPLAY) is None


def test_many_at_once(folder):
    """Several processes keep and read the same answers; nobody sees half of one."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from keras_lint.verify.cache import AnswerCache\n"
        "from keras_lint.verify.replay import Replay\n"
        "cache = AnswerCache(Path(sys.argv[1]), {})\n"
        "for round in range(20):\n"
        "    for n in range(10):\n"
        "        answer = {'ok': True, 'graphs': [n] * 1000, 'made': []}\n"
        "        cache.put(Replay(str(n)), answer)\n"
        "        assert cache.get(Replay(str(n))) == answer\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(folder)], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in running:
        _, errors = process.communicate()
        assert process.returncode == 0, errors.decode()
    assert len(entries(folder)) == 10
    assert not list(folder.glob("*/*.part"))


BROKEN = "import keras\nm = keras.Sequential([keras.Input((5,)), keras.layers.LSTM(4)])\n"


@pytest.mark.keras
def test_a_second_run_needs_no_tensorflow(folder, tmp_path):
    if not {"keras", "tensorflow"} <= versions().keys():
        pytest.skip("TensorFlow is not installed")
    path = tmp_path / "model.py"
    path.write_text(BROKEN)
    runs = []
    for _ in range(2):
        with Verifier(time_limit=60, cache=folder) as verifier:
            (result,) = check_paths([str(path)], verifier=verifier).files
            runs.append((result, verifier.started))
    assert [started for _, started in runs] == [1, 0]
    assert runs[0][0] == runs[1][0]
    assert runs[0][0].findings[0].verdict.status == "confirmed"
    path.write_text(BROKEN.replace("(5,)", "(6,)"))
    with Verifier(time_limit=60, cache=folder) as verifier:
        (result,) = check_paths([str(path)], verifier=verifier).files
        assert verifier.started == 1
    assert "(None, 6)" in result.findings[0].verdict.evidence


@pytest.mark.keras
def test_several_processes_give_the_same_verdicts(tmp_path):
    pytest.importorskip("tensorflow")
    for number in range(6):
        (tmp_path / f"m{number}.py").write_text(BROKEN.replace("5", str(number + 5)))
    (tmp_path / "fine.py").write_text(BROKEN.replace("(5,)", "(5, 3)"))
    results = []
    for jobs in (1, 2):
        with Verifier(time_limit=60, jobs=jobs) as verifier:
            results.append(check_paths([str(tmp_path)], verifier=verifier))
            assert 1 <= verifier.started <= jobs
    assert results[0] == results[1]
    assert len(results[0].findings("confirmed")) == 6


@pytest.mark.keras
def test_without_a_finding_nothing_is_started(tmp_path):
    (tmp_path / "fine.py").write_text(BROKEN.replace("(5,)", "(5, 3)"))
    with Verifier(time_limit=60) as verifier:
        check_paths([str(tmp_path)], verifier=verifier)
        assert verifier.started == 0


@pytest.mark.keras
def test_the_command(tmp_path):
    pytest.importorskip("tensorflow")
    (tmp_path / "model.py").write_text(BROKEN)
    command = [sys.executable, "-m", "keras_lint", "check", "model.py"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "home")}

    def run(*options):
        done = subprocess.run(
            [*command, *options], cwd=tmp_path, capture_output=True, text=True, env=environment
        )
        assert done.returncode == 1, done.stderr
        assert "confirmed: TensorFlow refuses it" in done.stdout
        return done.stdout

    first = run("--no-cache")
    assert not (tmp_path / ".keras_lint_cache").exists()
    assert run("--cache-dir", "kept", "--verify-jobs", "2") == first
    assert entries(tmp_path / "kept")
    assert run("--verify-exec") == first
    assert Path(tmp_path / ".keras_lint_cache" / "CACHEDIR.TAG").exists()
