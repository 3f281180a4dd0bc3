"""The data files against the installed Keras 3 and Keras 2, and what is read from them."""

from __future__ import annotations

import importlib.util
import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from keras_lint.keras_api.names import (
    canonical,
    keras_version,
    lookup,
    only_in_tensorflow,
    public_names,
    suggest,
)
from keras_lint.keras_api.versions import (
    Lifetime,
    argument_lifetime,
    introduced,
    lifetime,
    removed,
    versions,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "keras_lint" / "keras_api" / "data"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dump", ROOT / "scripts" / "dump_keras_api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_what_the_installed_versions_give(script: ModuleType) -> None:
    made: dict[str, str] = script.files()
    stored = {
        str(path.relative_to(DATA).as_posix()): path
        for path in DATA.glob("*/*.json")
        if path.parent.name not in ("refused", "strings")  # these have tests of their own
    }
    assert set(stored) == {*made, "versions/history.json"}
    for name, text in made.items():
        assert stored[name].read_text(encoding="utf-8") == text, name


def test_the_history_ends_with_the_installed_version(script: ModuleType) -> None:
    version, names = script.keras3()
    told = json.loads((DATA / "versions" / "history.json").read_text(encoding="utf-8"))
    assert versions()[-1] == version == keras_version()
    assert [int(v.split(".")[1]) for v in versions()] == list(range(len(versions())))
    for path, (_, until) in told["names"].items():
        assert (until is None) == (path in names), path
    taken: dict[str, Any] = script.accepted(names)
    for path, arguments in told["arguments"].items():
        if path in names and taken[path] is not None:
            for argument, (_, until) in arguments.items():
                assert (until is None) == (argument in taken[path]), (path, argument)


def test_every_public_name_is_alive(script: ModuleType) -> None:
    _, names = script.keras3()
    for path in names:
        life = lifetime(path)
        assert life is not None
        assert life.until is None
        for parameter in lookup(path).params or ():
            assert argument_lifetime(path, parameter.name) is not None


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ([True, True, True], None),
        ([False, True, True], [3, None]),
        ([True, False, False], [None, 0]),
        ([False, True, False], [3, 3]),
        ([True, False, True], None),
        ([False, None, True], [3, None]),
        ([None, None, None], None),
    ],
)
def test_spans(script: ModuleType, present: list[bool | None], expected: object) -> None:
    assert script.spans(present, [0, 3, 7]) == expected


class TestLookups:
    def test_keras_2(self) -> None:
        found = lookup("keras.layers.LocallyConnected1D", "keras2")
        assert found is not None
        assert found.is_layer
        assert lookup("keras.layers.LocallyConnected1D") is None
        assert canonical("keras.optimizers.experimental.Adam", "keras2") == "keras.optimizers.Adam"
        assert suggest("keras.layers.ThresholdedReLu", "keras2") == "keras.layers.ThresholdedReLU"
        assert "ThresholdedReLU" in public_names("keras.layers", "keras2")
        assert keras_version("keras2").startswith("2.")

    def test_only_as_tf_keras(self) -> None:
        assert "keras.preprocessing.text.Tokenizer" in only_in_tensorflow()
        assert "keras.layers.Dense" not in only_in_tensorflow()

    def test_lifetimes(self) -> None:
        assert lifetime("keras.layers.Dense") == Lifetime()
        assert lifetime("keras.layers.Dence") is None
        assert introduced("keras.layers.Dense") is None
        assert argument_lifetime("keras.layers.Dense", "unit") is None
        assert Lifetime(3, 5).covers(5)
        assert not Lifetime(3, 5).covers(2)
        assert not Lifetime(None, 5).covers(6)

    def test_arguments_that_came_and_went(self) -> None:
        assert argument_lifetime("keras.layers.Dense", "lora_alpha") == Lifetime(since=10)
        assert argument_lifetime("keras.ops.image.resize", "image") == Lifetime(until=3)
        assert argument_lifetime("keras.ops.image.resize", "images") == Lifetime(since=4)

    def test_names_that_went(self) -> None:
        gone = json.loads((DATA / "versions" / "history.json").read_text(encoding="utf-8"))["names"]
        for path, (_, until) in gone.items():
            assert removed(path) == (None if until is None else until + 1)
            assert (lookup(path) is None) == (until is not None)


def test_no_names_of_this_machine() -> None:
    for path in DATA.glob("*/*.json"):
        text = path.read_text(encoding="utf-8")
        assert str(Path(inspect.__file__).parent) not in text
        assert " object at 0x" not in text
