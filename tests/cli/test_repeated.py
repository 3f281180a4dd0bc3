"""A mistake in a module that many files use is told once in a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_lint.cli import main

LIBRARY = """
import keras
from keras import layers


def wide(x):
    return layers.Reshape((3, 7))(layers.Dense(20)(keras.Input((4,))))


def reshaped(x, steps):
    return layers.Reshape((steps, 7))(x)
"""
USER = """
import keras
from library import reshaped, wide

x = keras.Input((10,))
first = keras.Model(x, wide(x))
second = keras.Model(x, reshaped(x, 5))
third = keras.Model(x, reshaped(x, 5))
own = keras.layers.Reshape((4,))(x)
"""


def found(capsys: pytest.CaptureFixture[str], *options: str) -> list[tuple[str, int, str]]:
    main(["check", "--no-verify", "--output-format", "json", *options])
    report = json.loads(capsys.readouterr().out)
    return [
        (file["path"], finding["line"], finding["hint"])
        for file in report["files"]
        for finding in file["findings"]
        if finding["code"] == "KER106"
    ]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "library.py").write_text(LIBRARY, "utf-8")
    for name in "abc":
        # long enough for processes to be worth their start
        (tmp_path / f"{name}.py").write_text(USER + "# much to read\n" * 2_000, "utf-8")
    monkeypatch.chdir(tmp_path)


def test_once_in_its_own_file_or_at_the_first_call_that_shows_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    serial = found(capsys, "--jobs", "1", "--no-cache", ".")
    assert [(path, line) for path, line, _ in serial] == [
        ("a.py", 7),  # the steps are the caller's
        ("a.py", 9),
        ("b.py", 9),
        ("c.py", 9),
        ("library.py", 7),
    ]
    assert serial[0][2].endswith("5 more calls lead to the same in library.py, line 11")
    for options in (["--jobs", "2", "--no-cache"], [], []):  # the last of them from the cache
        assert found(capsys, *options, ".") == serial
    alone = found(capsys, "b.py")
    assert [line for _, line, _ in alone] == [6, 7, 9]


def test_a_baseline_knows_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--no-verify", "--write-baseline", "known.json", "."]) == 0
    capsys.readouterr()
    assert found(capsys, "--baseline", "known.json", ".") == []
