"""The strings that Keras takes, against the installed Keras 3 and Keras 2."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import random
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest

from keras_lint.keras_api.names import Generation, lookup
from keras_lint.keras_api.strings import (
    Kind,
    arguments,
    comparison,
    known_strings,
    log_name,
    named,
    near_string,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "keras_lint" / "keras_api" / "data" / "strings"
PACKAGES: dict[Generation, str] = {"keras3": "keras", "keras2": "tf_keras"}
BOTH = pytest.mark.parametrize("generation", list(PACKAGES))
SEED = 20240611
SAMPLED = 6
"""Metric strings of each generation that are compiled here."""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    place = ROOT / "scripts" / "dump_keras_strings.py"
    spec = importlib.util.spec_from_file_location("dump_strings", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def taken(package: Any, kind: Kind, text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = getattr(package, kind).get(text)
    except (ValueError, TypeError, AttributeError, ImportError, RuntimeError, LookupError):
        return False
    return found is not None and not isinstance(found, str) and not inspect.ismodule(found)


@BOTH
def test_the_files_are_what_the_installed_versions_give(
    script: ModuleType, generation: Generation
) -> None:
    package = importlib.import_module(PACKAGES[generation])
    told = json.loads((DATA / f"{generation}.json").read_text(encoding="utf-8"))
    logs = told.pop("logs")
    assert script.quick_facts(package) == told
    asked_for = random.Random(SEED).sample(sorted(logs), SAMPLED)
    found = {metric: script.reported(package, metric) for metric in asked_for}
    assert found == {metric: logs[metric] for metric in asked_for}


@BOTH
@pytest.mark.parametrize("kind", get_args(Kind))
def test_other_spellings_are_taken_where_keras_takes_them(
    generation: Generation, kind: Kind
) -> None:
    package = importlib.import_module(PACKAGES[generation])
    for text in known_strings(kind, generation):
        assert taken(package, kind, text), text
        for other in (text.swapcase(), text + "s", text.replace("_", ""), text[:-1], " " + text):
            assert taken(package, kind, other) == (named(kind, other, generation) is not None), (
                other
            )


@BOTH
@pytest.mark.parametrize("kind", get_args(Kind))
def test_what_they_stand_for_takes_such_arguments(generation: Generation, kind: Kind) -> None:
    public = getattr(importlib.import_module(PACKAGES[generation]), kind)
    for text in known_strings(kind, generation):
        found = named(kind, text, generation)
        assert found is not None
        if found.path is None:
            assert arguments(kind, text, generation) is None
            continue
        api = lookup(found.path, generation)
        assert api is not None
        given = arguments(kind, text, generation)
        thing = public.get(text) if api.kind == "function" else type(public.get(text)).__init__
        names = [p for p in inspect.signature(thing).parameters if p != "self"]
        assert given is not None
        assert [parameter.name for parameter in given] == names, text


def test_some_of_them() -> None:
    adam = named("optimizers", "aDaM")
    assert adam is not None
    assert adam.path == "keras.optimizers.Adam"
    mse = named("losses", "mse")
    assert mse is not None
    assert mse.path == "keras.losses.mean_squared_error"
    assert named("activations", "ReLU") is None
    assert arguments("activations", "ReLU") is None
    assert near_string("activations", "sigmoyd") == "sigmoid"
    assert near_string("losses", "qqqqqqq") is None


@BOTH
@pytest.mark.parametrize("kind", ["losses", "metrics"])
def test_what_losses_and_metrics_take(generation: Generation, kind: Any) -> None:
    whole = comparison(kind, "CategoricalCrossentropy", generation)
    sparse = comparison(kind, "SparseCategoricalCrossentropy", generation)
    squares = comparison(kind, "MeanSquaredError", generation)
    assert whole is not None
    assert sparse is not None
    assert squares is not None
    assert ((4, 3), (4, 3)) in whole.pairs - sparse.pairs
    assert ((4,), (4, 3)) in sparse.pairs - whole.pairs
    assert (sparse.by_class, whole.by_class, squares.by_class) == (True, False, False)
    assert (sparse.has_logits, whole.has_logits, squares.has_logits) == (True, True, False)
    assert sparse.name == "sparse_categorical_crossentropy"
    assert comparison(kind, "Mean", generation) is None


@BOTH
def test_names_in_the_logs(generation: Generation) -> None:
    assert log_name("acc", generation) == "acc"
    assert log_name("accuracy", generation) == "accuracy"
    assert log_name("nothing", generation) is None
