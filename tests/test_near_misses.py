"""Working programs that come close to a mistake: TensorFlow runs them, no rule speaks."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Any

import pytest
from fixture_lib import programs

from keras_lint.engine import check_text

RULES = programs("near")


def functions(path: Path) -> list[str]:
    """The names of the programs in a file: its functions without parameters."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [node.name for node in found if not node.args.args]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_nothing_is_said_of_ten_programs_that_are_read_in_full(path: Path) -> None:
    assert len(functions(path)) >= 10
    result, _ = check_text(path.read_text("utf-8"), str(path))
    assert [(finding.code, finding.span.line) for finding in result.findings] == []
    assert [model.lost for model in result.models if not model.followed] == []


@pytest.mark.keras
@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_tensorflow_runs_them(path: Path) -> None:
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    keras.backend.clear_session()
    namespace: dict[str, Any] = {"__name__": "near", "__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), namespace)
    for name in functions(path):
        assert namespace[name]() is not None, name
