"""Findings that are recorded once and not reported again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_lint.cli import main

HEAD = "from keras import Input, Sequential, layers\n"
FLATTEN = "m = Sequential([Input((4, 3)), layers.Flatten(), layers.Flatten()])\n"
LSTM = "n = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    return tmp_path


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str, int]]:
    command = ["check", "--no-verify", "--no-cache", "--output-format", "json", *arguments]
    code = main(command)
    out, err = capsys.readouterr()
    assert code < 2, err
    files = json.loads(out)["files"]
    all_found = [(f["path"], f["code"], f["line"]) for file in files for f in file["findings"]]
    assert code == int(bool(all_found))
    return all_found


def test_only_what_is_new_is_reported(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here / "sub" / "a.py"
    path.write_text(HEAD + FLATTEN + LSTM)
    assert main(["check", "--no-verify", "--write-baseline", "known.json"]) == 0
    assert capsys.readouterr().out == "2 findings recorded in known.json\n"
    assert found(capsys, "--baseline", "known.json") == []
    assert found(capsys) == [("sub/a.py", "KER201", 2), ("sub/a.py", "KER101", 3)]

    path.write_text("# moved\n\n" + HEAD + "\n" + LSTM + FLATTEN.replace(", ", ",  "))
    assert found(capsys, "--baseline", "known.json") == []
    path.write_text(HEAD + FLATTEN + LSTM + LSTM + FLATTEN.replace("4, 3", "5, 3"))
    assert found(capsys, "--baseline", "known.json") == [
        ("sub/a.py", "KER101", 4),
        ("sub/a.py", "KER201", 5),
    ]
    (here / "b.py").write_text(HEAD + LSTM)
    assert ("b.py", "KER101", 2) in found(capsys, "--baseline", "known.json")


def test_it_may_go_to_standard_output(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(HEAD + LSTM)
    assert main(["check", "--no-verify", "--write-baseline", "-"]) == 0
    written = capsys.readouterr().out
    assert not (here / "-").exists()
    (here / "known.json").write_text(written)
    assert found(capsys, "--baseline", "known.json") == []


def test_from_a_settings_file_and_from_elsewhere(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "sub" / "a.py").write_text(HEAD + LSTM)
    (here / "keras-lint.toml").write_text('baseline = "known.json"\n')
    assert main(["check", "--no-verify"]) == 2
    assert "--write-baseline makes it" in capsys.readouterr().err
    assert main(["check", "--no-verify", "--write-baseline", "known.json"]) == 0
    capsys.readouterr()
    assert found(capsys) == []
    monkeypatch.chdir(here / "sub")
    assert found(capsys, "a.py") == []
    assert main(["check", "--no-verify", "a.py"]) == 0
    assert "0 findings (1 more in the baseline)" in capsys.readouterr().out


def test_what_cannot_be_analysed_is_never_known(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_text("import keras\ndef f(:\n")
    main(["check", "--no-verify", "--write-baseline", "known.json"])
    capsys.readouterr()
    assert found(capsys, "--baseline", "known.json") == [("a.py", "KER001", 2)]
    (here / "b.py").write_bytes(b"import keras\n# \xff\n")
    assert main(["check", "--no-verify", "--write-baseline", "known.json"]) == 2
    assert "b.py: failed: cannot be decoded" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1, "files": {"a": [1]}}'])
def test_what_is_no_baseline_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (here / "known.json").write_text(text)
    assert main(["check", "--no-verify", "--baseline", "known.json"]) == 2
    assert capsys.readouterr().err.endswith("known.json: not a baseline\n")
