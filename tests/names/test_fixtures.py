"""Programs that come close to the mistakes of KER115 and KER403 to KER408, and some that err."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fixture_lib import FIXTURES, expectations

from keras_lint.engine import check_text

CORRECT = sorted((FIXTURES / "names" / "correct").glob("*.py"))
BROKEN = sorted((FIXTURES / "names" / "broken").glob("*.py"))
OURS = ("KER115", "KER403", "KER404", "KER405", "KER406", "KER407", "KER408")


def found(path: Path) -> list[tuple[int, str]]:
    result, _ = check_text(path.read_text("utf-8"), path.name)
    assert result.outcome == "checked"
    assert not result.traceback
    return [(f.span.line, f.code) for f in result.findings if f.code in OURS]


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_near_misses_give_nothing(path: Path) -> None:
    assert found(path) == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_mistakes_are_found_on_their_lines(path: Path) -> None:
    wanted = [(item.line, item.code) for item in expectations(path.read_text("utf-8"))]
    assert found(path) == wanted


@pytest.mark.keras
@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_near_misses_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    keras = pytest.importorskip("keras")
    pytest.importorskip("tf_keras")
    monkeypatch.chdir(tmp_path)
    keras.backend.clear_session()
    monkeypatch.setattr(keras.layers, "Shiny", None, raising=False)  # one sets it; undone
    exec(compile(path.read_text("utf-8"), path.name, "exec"), {"__name__": "program"})
