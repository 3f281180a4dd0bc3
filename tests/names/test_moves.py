"""The facts about what went and where it is now, compared with Keras of both kinds."""

from __future__ import annotations

import inspect
import os
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from keras_lint.keras_api import moves
from keras_lint.keras_api.names import lookup
from keras_lint.keras_api.status import status
from keras_lint.model.names import Argument, CallUse
from keras_lint.model.spans import Span
from keras_lint.model.target import NEWEST, Target
from keras_lint.rules.api import same_arguments

pytestmark = pytest.mark.keras
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")
tf_keras = pytest.importorskip("tf_keras")
tf = pytest.importorskip("tensorflow")

PLACE = Span(1, 1, 1, 2)


def at(root: Any, path: str) -> Any:
    found = root
    for part in path.split(".")[1:]:
        found = getattr(found, part)
    return found


def has(root: Any, path: str) -> bool:
    try:
        at(root, path)
    except (AttributeError, ImportError):
        return False
    return True


def public(module: Any, path: str, depth: int = 0) -> Iterator[str]:
    """Every name that can be reached from a module without an underscore."""
    for name in dir(module):
        value = None if name.startswith("_") else getattr(module, name, None)
        if value is not None:
            yield f"{path}.{name}"
            if isinstance(value, types.ModuleType) and depth < 4:
                yield from public(value, f"{path}.{name}", depth + 1)


@pytest.mark.parametrize(
    ("module", "spelling"),
    [(keras, "keras"), (tf.keras, "tensorflow.keras"), (tf_keras, "tf_keras")],
    ids=["keras", "tf.keras", "tf_keras"],
)
def test_what_is_there_counts_as_there(module: Any, spelling: str) -> None:
    names = [path for path in public(module, spelling) if ".src" not in path]
    assert len(names) > 900
    stubs = f"{spelling}.optimizers.legacy."  # in Keras 3 they raise when they are called
    wrong = [path for path in names if status(path, NEWEST).state not in ("found", "foreign")]
    assert [path for path in wrong if not path.startswith(stubs)] == []
    assert bool(wrong) == (spelling != "tf_keras")


def gone() -> list[str]:
    names = {*moves._NAMES, *moves._MODULES}
    names |= {f"keras.backend.{name}" for name in moves._OPS}
    names |= {f"keras.losses.{name}" for name in moves._METRIC_FUNCTIONS}
    names |= {f"keras.metrics.{name}" for name in moves._METRIC_FUNCTIONS}
    return sorted(names)


@pytest.mark.parametrize("path", gone())
def test_what_counts_as_gone_is_gone_and_its_successor_is_there(path: str) -> None:
    if path != "keras.optimizers.legacy":
        assert not has(keras, path)
    assert status(path, NEWEST).state in ("removed", "found" if "legacy" in path else "removed")
    move = moves.successor(path)
    assert move is not None
    assert move.new or move.advice
    if move.new:
        assert has(keras, move.new)


def test_what_only_keras_2_has_counts_as_gone() -> None:
    names = [path for path in public(tf_keras, "keras") if ".src" not in path]
    names = [path for path in names if lookup(path, "keras2") and not has(keras, path)]
    assert len(names) > 300
    assert [path for path in names if status(path, NEWEST).state != "removed"] == []


def test_keras_2_has_what_is_gone_from_keras_3() -> None:
    target = Target("keras2", "keras2")
    for path in gone():
        assert status(path, target).state in ("found", "foreign"), path


def call_of(path: str, values: list[object], keywords: dict[str, object]) -> CallUse:
    del path
    arguments = [Argument("", PLACE, PLACE) for _ in values]
    arguments += [Argument(name, PLACE, PLACE) for name in keywords]
    return CallUse(PLACE, tuple(arguments))


GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(0.2, 0.9, (3, 4)).astype("float32")
Y = GENERATOR.uniform(0.2, 0.9, (3, 4)).astype("float32")
ARGUMENTS: dict[str, tuple[object, ...]] = {
    "all": (X > 0.5,),
    "any": (X > 0.5,),
    "arange": (2, 8, 2, "int32"),
    "argmax": (X, 1),
    "argmin": (X, 1),
    "cast": (X, "int32"),
    "clip": (X, 0.3, 0.6),
    "concatenate": ([X, Y], 1),
    "cumprod": (X, 1),
    "cumsum": (X, 1),
    "expand_dims": (X, 1),
    "max": (X, 1, True),
    "mean": (X, 1, True),
    "min": (X, 1, True),
    "one_hot": (np.array([1, 0]), 3),
    "permute_dimensions": (X, (1, 0)),
    "pow": (X, 2),
    "prod": (X, 1, True),
    "repeat_elements": (X, 2, 1),
    "reshape": (X, (2, 6)),
    "softmax": (X, 1),
    "squeeze": (X[:, :1], 1),
    "stack": ([X, Y], 1),
    "std": (X, 1, True),
    "sum": (X, 1, True),
    "tile": (X, (1, 2)),
    "var": (X, 1, True),
}
TWO = ("equal", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum", "not_equal")


def _values(name: str) -> tuple[object, ...]:
    return ARGUMENTS.get(name, (X, Y) if name in TWO else (X,))


def _tensor(value: Any) -> Any:
    if isinstance(value, list):
        return [tf.constant(item) for item in value]
    return tf.constant(value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("name", sorted(moves._OPS))
def test_backend_functions_mean_the_same_by_position(name: str) -> None:
    """With every number of arguments for which the fix is offered."""
    old, new = f"keras.backend.{name}", f"keras.ops.{moves._OPS[name]}"
    values = [_tensor(value) for value in _values(name)]
    before, after = at(tf_keras, old), at(keras, new)
    tried = 0
    for count in range(1, len(values) + 1):
        given = values[:count]
        changes = same_arguments(call_of(old, given, {}), old, new)
        if changes is None:
            continue
        assert changes == []
        tried += 1
        np.testing.assert_allclose(
            np.asarray(before(*given)), np.asarray(after(*given)), rtol=1e-5, atol=1e-6
        )
    assert tried, name


@pytest.mark.parametrize("name", sorted(moves._METRIC_FUNCTIONS))
def test_losses_mean_the_same(name: str) -> None:
    new = f"keras.losses.{moves._METRIC_FUNCTIONS[name]}"
    before, after = at(tf_keras, f"keras.losses.{name}"), at(keras, new)
    np.testing.assert_allclose(before(X, Y), after(X, Y), rtol=1e-4)


def test_methods_that_went() -> None:
    for name, move in moves._METHODS.items():
        assert not hasattr(keras.Sequential, name)
        assert not hasattr(keras.Model, name)
        assert move.advice or hasattr(keras.Model, move.new)


def test_arguments_that_went_are_refused_and_the_new_ones_taken() -> None:
    asked = 0
    for path in (f"keras.layers.{name}" for name in dir(keras.layers)):
        found = lookup(path)
        if found is None or found.kind != "class" or not found.is_layer or found.is_model:
            continue
        cls = at(keras, path)
        needed = {
            p.name: 2 if "norm" not in p.name else 0.5
            for p in found.params or ()
            if not p.has_default and not p.kind.startswith("var")
        }
        try:
            cls(**needed)
        except Exception:  # noqa: BLE001 - a layer that cannot be made of numbers is not asked
            continue
        for argument in moves.layer_arguments_of_keras_1(found):
            asked += 1
            with pytest.raises((TypeError, ValueError)):
                pytest.fail(f"{cls(**needed, **{argument: 1})} takes {argument}")
            move = moves.argument_successor(path, argument)
            assert move is not None
            if move.new:
                takes = {*inspect.signature(cls.__init__).parameters, "dtype", *found.extra}
                assert move.new in takes
    assert asked > 200


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop", "Nadam", "Adagrad", "Adadelta"])
def test_optimizers_refuse_lr(name: str) -> None:
    cls = getattr(keras.optimizers, name)
    with pytest.raises(ValueError, match="lr"):
        cls(lr=0.1)
    move = moves.argument_successor(f"keras.optimizers.{name}", "lr")
    assert move is not None
    assert float(cls(**{move.new: 0.5}).learning_rate) == 0.5


def test_fit_refuses_how_generators_were_run() -> None:
    for method in moves._FITTING:
        takes = inspect.signature(getattr(keras.Model, method)).parameters
        for argument in moves._METHOD_DROPPED:
            assert argument not in takes
            move = moves.method_argument_successor(method, argument)
            assert move is not None
            assert move.drop
