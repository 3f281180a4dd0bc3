"""docs/coverage.md says what the entries say, and nothing is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "update_coverage.py"
    spec = importlib.util.spec_from_file_location("update_coverage", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date(script):
    page = (ROOT / "docs" / "coverage.md").read_text("utf-8")
    assert page == script.document(), "run scripts/update_coverage.py"


@pytest.mark.parametrize("namespace", ["keras.layers", "keras.ops", "keras.applications"])
def test_nothing_is_missing(script, namespace):
    assert [name for name, found, _ in script.rows(namespace) if found == "missing"] == []


def test_no_layer_of_keras_2_is_missing(script):
    found = {name: state for name, state, _ in script.rows_of_keras_2()}
    assert {"ThresholdedReLU", "experimental.RandomFourierFeatures"} <= set(found)
    assert "missing" not in found.values()


def test_names_that_are_no_entries_are_public(script):
    assert all(script.lookup_any(path) is not None for path in script.BY_NATURE)


def test_every_public_class_and_function_of_keras_is_listed(script):
    keras = pytest.importorskip("keras")
    for namespace in script.NAMESPACES:
        module = getattr(keras, namespace.rpartition(".")[2])
        public = {
            name
            for name in dir(module)
            if not name.startswith("_") and callable(getattr(module, name))
        }
        assert public <= {name for name, _, _ in script.rows(namespace)}
