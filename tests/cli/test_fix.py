"""``check --fix``, ``--unsafe-fixes`` and ``--diff``: files change by what was asked for alone."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from keras_lint.cli import main
from keras_lint.verify import Verifier

SAFE = """\
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((10, 4)),
    layers.LSTM(8),  # the first
    layers.LSTM(8),
    layers.TimeDistributed(layers.Dense(1)),
])
"""
REPAIRED = SAFE.replace("LSTM(8)", "LSTM(8, return_sequences=True)")
UNSAFE = """\
from keras import Sequential, layers

model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Flatten(), layers.Dense(2)])
"""
UNSAFE_REPAIRED = UNSAFE.replace("layers.Flatten(), layers.Flatten()", "layers.Flatten()")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["check", "--no-verify", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_fixes_until_nothing_is_left(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(SAFE)
    (here / "b.py").write_text(UNSAFE)
    code, out, _ = run(capsys, "--fix", "--select", "KER1", "a.py", "b.py")
    assert code == 0
    assert out.endswith("2 fixes made\n")
    assert (here / "a.py").read_text() == REPAIRED
    assert (here / "b.py").read_text() == UNSAFE
    assert run(capsys, "--fix", "a.py") == (0, run(capsys, "a.py")[1], "")


def test_what_a_baseline_has_stays(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(SAFE)
    assert run(capsys, "--write-baseline", "known.json", "a.py")[0] == 0
    (here / "b.py").write_text(SAFE)
    assert run(capsys, "--fix", "--baseline", "known.json", "a.py", "b.py")[0] == 0
    assert (here / "a.py").read_text() == SAFE
    assert (here / "b.py").read_text() == REPAIRED


def test_unsafe_fixes_only_on_demand(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here / "a.py"
    path.write_text(UNSAFE)
    assert run(capsys, "--fix", "a.py")[0] == 1
    assert path.read_text() == UNSAFE
    assert run(capsys, "--fix", "--unsafe-fixes", "a.py")[0] == 0
    assert path.read_text() == UNSAFE_REPAIRED


def test_diff_shows_and_writes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here / "a.py"
    path.write_text(SAFE)
    code, out, _ = run(capsys, "--diff", "a.py")
    assert code == 1
    assert path.read_text() == SAFE
    assert out.startswith("--- a.py\n+++ a.py\n@@ ")
    assert "-    layers.LSTM(8),  # the first\n" in out
    assert "+    layers.LSTM(8, return_sequences=True),  # the first\n" in out
    path.write_text(REPAIRED)
    assert run(capsys, "--diff", "a.py") == (0, "", "")


def test_diff_tells_what_could_not_be_looked_at(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "a.py").write_text(SAFE)
    (here / "broken.py").write_text("import keras\ndef f(:\n")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"import keras\xff")))
    code, out, err = run(capsys, "--diff", "broken.py", "missing.py", "a.py", "-")
    assert code == 2
    assert out.startswith("--- a.py\n+++ a.py\n@@ ")
    assert [line.split(": ")[1:3] for line in err.splitlines()] == [
        ["broken.py", "failed"],
        ["missing.py", "failed"],
        ["<stdin>", "failed"],
    ]


def test_diff_has_the_lines_of_the_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SAFE.replace("\nmodel", "\x0cx = '\x85'\nmodel")
    (here / "a.py").write_text(text, encoding="utf-8")
    _, out, _ = run(capsys, "--diff", "a.py")
    assert "\n \x0cx = '\x85'\n" in out
    assert "No newline" not in out


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8-sig", ""),
        ("latin-1", "# -*- coding: latin-1 -*-\n# caf\xe9\n"),
        ("utf-8", "# \u30b1\u30e9\u30b9\n"),
    ],
)
def test_encoding_line_ends_and_mode_stay(
    here: Path, capsys: pytest.CaptureFixture[str], encoding: str, head: str
) -> None:
    def content(text: str) -> bytes:
        return (head + text).replace("\n", "\r\n").encode(encoding)

    path, link = here / "a.py", here / "link.py"
    path.write_bytes(content(SAFE))
    path.chmod(0o750)
    if os.name == "posix" and os.geteuid() == 0:
        os.chown(path, 12_345, 23_456)
    owner = (path.stat().st_uid, path.stat().st_gid)
    link.symlink_to(path)
    run(capsys, "--fix", "--no-cache", "link.py")
    assert path.read_bytes() == content(REPAIRED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert (path.stat().st_uid, path.stat().st_gid) == owner
    assert link.is_symlink()
    assert sorted(os.listdir(here)) == ["a.py", "link.py"]


def test_standard_input_goes_to_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        buffer = io.BytesIO((SAFE + UNSAFE).encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    code, out, err = run(capsys, "--fix", "-")
    assert code == 1
    assert out == REPAIRED + UNSAFE
    assert "KER201" in err


def notebook(*sources: object) -> str:
    cells = [
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {"tags": ["\u00e9t\u00e9"]},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["LSTM(8)\n"]}],
            "source": source,
        }
        for source in sources
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("form", ["lines", "string"])
def test_notebooks_change_in_the_source_of_a_cell_alone(
    here: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    def source(text: str) -> object:
        return text.splitlines(keepends=True) if form == "lines" else text

    head = source("%matplotlib inline\nimport keras\nfrom keras import layers")
    model = SAFE.partition("\n\n")[2].rstrip("\n")
    before = notebook(head, "", source(model), source("model.summary()"))
    fixed = source(model.replace("LSTM(8)", "LSTM(8, return_sequences=True)"))
    path = here / "a.ipynb"
    path.write_bytes(before.replace("\n", "\r\n").encode())
    assert run(capsys, "--fix", "a.ipynb")[0] == 0
    after = notebook(head, "", fixed, source("model.summary()"))
    assert path.read_bytes() == after.replace("\n", "\r\n").encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_what_cannot_be_written_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(SAFE)
    here.chmod(0o500)
    try:
        code, _, err = run(capsys, "--fix", "a.py")
    finally:
        here.chmod(0o700)
    assert code == 1
    assert "a.py cannot be written" in err


def test_broken_and_missing_files_are_left_alone(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "broken.py").write_text("import keras\ndef f(:\n")
    (here / "a.py").write_text(SAFE)
    code, out, _ = run(capsys, "--fix", "broken.py", "missing.py", "a.py")
    assert code == 2
    assert "KER001" in out
    assert "missing.py: failed" in out
    assert (here / "a.py").read_text() == REPAIRED


@pytest.mark.keras
def test_a_fix_that_tensorflow_refuses_is_not_made(
    here: Path, capsys: pytest.CaptureFixture[str], verifier: Verifier
) -> None:
    """With TensorFlow, what is written is what was built."""
    del verifier  # only to skip without TensorFlow
    (here / "a.py").write_text(SAFE)
    assert main(["check", "--fix", "--no-cache", "a.py"]) == 0
    assert (here / "a.py").read_text() == REPAIRED
    assert capsys.readouterr().out.endswith("2 fixes made\n")
