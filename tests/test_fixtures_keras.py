"""The fixtures against the installed Keras: what is called broken breaks there, the rest builds.

Nothing of keras-lint's own analysis runs here; this keeps the fixtures honest.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from fixture_lib import broken_programs, correct_programs, expectations, label

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tensorflow = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

pytestmark = pytest.mark.keras

WORDS = {
    "KER101": r"expected (min_)?ndim=|at least 3 dimensions|must be rank",
    "KER102": r"expected (min_)?ndim=|Kernel shape must have the same length"
    r"|must be fully-defined",
    "KER103": r"expected (min_)?ndim=|Kernel shape must have the same length|Cannot convert",
    "KER104": r"incompatible shapes|matching shapes|cannot be broadcast|Incompatible input shapes",
    "KER105": r"zero or negative|should be smaller than|must be smaller than|"
    r"must be greater than",
    "KER107": r"expected axis|expected shape",
    "KER108": r"unique",
    "KER504": r"you forgot to call `super",
    "KER507": r"positional arguments|missing a required argument|unexpected keyword argument",
    "KER508": r"symbolic",
    "KER114": r"incompatible|list index out of range",
}
"""What Keras says in each family of mistakes."""


@pytest.fixture(autouse=True)
def _only_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are built, not trained; names start again at each program."""
    keras.backend.clear_session()
    for name in ("fit", "evaluate", "predict", "summary"):
        monkeypatch.setattr(keras.Model, name, lambda *_args, **_kwargs: None)


def run(path: Path) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), namespace)
    return namespace


@pytest.mark.parametrize("path", broken_programs(), ids=label)
def test_broken_program_breaks_as_its_comment_says(path: Path) -> None:
    (expected,) = expectations(path.read_text("utf-8"))
    if expected.code.startswith("KER2"):
        assert any(isinstance(value, keras.Model) and value.built for value in run(path).values())
        return
    if expected.code == "KER114":  # built without a word
        model = run(path)["model"]
        batch = [keras.ops.zeros([size or 2 for size in tensor.shape]) for tensor in model.inputs]
        refusals = (ValueError, IndexError, tensorflow.errors.InvalidArgumentError)
        with pytest.raises(refusals, match=WORDS[expected.code]):
            model(batch)
        return
    with pytest.raises((ValueError, TypeError, RuntimeError), match=WORDS[expected.code]):
        run(path)


@pytest.mark.parametrize("path", correct_programs(), ids=label)
def test_correct_program_builds(path: Path) -> None:
    models = [value for value in run(path).values() if isinstance(value, keras.Model)]
    assert models
    assert all(model.built for model in models)
