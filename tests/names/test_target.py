"""Which Keras the code is to run on."""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_lint.cli import main
from keras_lint.model.target import NEWEST, Target, TargetError, parse_target
from keras_lint.source.project import Project


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("keras-3", NEWEST),
        ("keras-2", Target("keras2", "keras2")),
        ("3.6", Target(minor=6)),
        ("3.6.1", Target(minor=6)),
        ("2.15", Target("keras2", "keras2")),
        ("3", NEWEST),
    ],
)
def test_what_the_user_names(text: str, target: Target) -> None:
    assert parse_target(text) == target


def test_an_unknown_target_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TargetError):
        parse_target("keras-4")
    assert main(["check", "--target", "torch", "."]) == 2
    assert "unknown target 'torch'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "text", "keras", "tensorflow", "minor"),
    [
        ("requirements.txt", "keras==2.4.3  # old\n", "keras2", "keras2", None),
        ("requirements.txt", "-r x\ntensorflow<2.16\n", "keras2", "keras2", None),
        ("requirements-dev.txt", "keras>=3.0,<3.7\n", "keras3", "keras3", 6),
        ("requirements.txt", "keras>=2.4\ntensorflow>=2.4\n", "keras3", "keras3", None),
        ("requirements.txt", "keras>=3\ntensorflow~=2.15.0\n", "keras3", "keras2", None),
        ("requirements.txt", "numpy\n", "keras3", "keras3", None),
        ("setup.cfg", "[options]\ninstall_requires =\n  Keras<3\n", "keras2", "keras2", None),
        ("setup.py", "setup(install_requires=['tensorflow==2.3'])", "keras2", "keras2", None),
        ("setup.py", "REQUIRED = ['keras']\nsetup()", "keras3", "keras3", None),
        ("setup.py", "not python", "keras3", "keras3", None),
        ("environment.yml", "dependencies:\n  - keras=2.3.1=py37\n", "keras2", "keras2", None),
        ("environment.yml", "- pip:\n  - tensorflow==2.15\n", "keras2", "keras2", None),
        ("pyproject.toml", "[project]\ndependencies=['tf_keras']", "keras3", "keras3", None),
        ("pyproject.toml", "[project]\ndependencies=['keras<3']", "keras2", "keras2", None),
        (
            "pyproject.toml",
            "[tool.poetry.dependencies]\nkeras='^2.4'\nnumpy='*'",
            "keras2",
            "keras2",
            None,
        ),
        ("pyproject.toml", "= broken", "keras3", "keras3", None),
    ],
)
def test_what_the_project_asks_for(
    tmp_path: Path, file: str, text: str, keras: str, tensorflow: str, minor: int | None
) -> None:
    (tmp_path / file).write_text(text)
    program = tmp_path / "package" / "program.py"
    program.parent.mkdir()
    program.write_text("import keras\n")
    found = Project().target(str(program))
    assert (found.keras, found.tensorflow, found.minor) == (keras, tensorflow, minor)


def test_tf_keras_is_always_keras_2() -> None:
    assert NEWEST.generation("tf_keras.layers") == "keras2"
    mixed = Target("keras3", "keras2")
    assert mixed.generation("tensorflow.keras.layers") == "keras2"
    assert mixed.generation("keras.layers") == "keras3"
