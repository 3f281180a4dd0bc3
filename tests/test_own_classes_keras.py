"""What the rules about a file's own classes say, against the installed Keras."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from keras_lint.rules.registry import all_rules

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

pytestmark = pytest.mark.keras


def run(code: str, index: int, kind: str = "invalid") -> dict[str, Any]:
    """An example of a rule, run; its names."""
    namespace: dict[str, Any] = {"__name__": f"{code}_{kind}_{index}"}
    exec(compile(getattr(all_rules()[code], kind)[index], code, "exec"), namespace)
    return namespace


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keras.backend.clear_session()


def saved_and_loaded(model: Any, **more: Any) -> Any:
    model.save("again.keras")
    return keras.models.load_model("again.keras", **more)


def test_what_get_config_leaves_out_is_lost_or_missing() -> None:
    block = run("KER501", 0)["Block"](4, rate=0.7)
    again = type(block).from_config(block.get_config())
    assert again.dropout.rate == 0.1  # not what it was
    encoder = run("KER501", 2)["Encoder"]
    with pytest.raises(TypeError, match="depth"):
        encoder.from_config(encoder(4, 2).get_config())


def test_a_registered_class_without_keywords_is_not_loaded() -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, run("KER501", 1)["Scale"](2.0)(inputs))
    with pytest.raises(TypeError, match="could not be deserialized"):
        saved_and_loaded(model)


def test_valid_classes_are_loaded() -> None:
    for index in range(3):
        names = run("KER501", index, "valid")
        custom = {k: v for k, v in names.items() if isinstance(v, type)}
        assert saved_and_loaded(names["model"], custom_objects=custom).count_params() >= 0


def test_lambdas_are_not_loaded() -> None:
    for index in range(3):
        with pytest.raises(ValueError, match="lambda"):
            saved_and_loaded(run("KER503", index)["model"])
    assert saved_and_loaded(run("KER503", 2, "valid")["model"]) is not None


def test_classes_that_keras_is_not_told_of_are_not_loaded() -> None:
    inputs = keras.Input((3,))
    model = keras.Model(inputs, run("KER502", 0)["Double"]()(inputs))
    with pytest.raises(TypeError, match="could not be deserialized"):
        saved_and_loaded(model)


def test_state_made_in_call_stops_training() -> None:
    for index, width in ((0, 8), (2, 2)):
        model = run("KER505", index)["model"]
        outputs = keras.layers.Dense(1)(model.output)
        trained = keras.Model(model.input, outputs)
        trained.compile("sgd", "mse")
        with pytest.raises(ValueError, match="created on the first call"):
            trained.fit(keras.ops.zeros((2, width)), keras.ops.zeros((2, 1)), verbose=0)


def test_untracked_state_is_no_weight() -> None:
    assert run("KER506", 0)["model"].weights == []
    assert run("KER506", 1)["scorer"].weights == []
    assert run("KER506", 2)["model"].weights == []
    assert len(run("KER506", 0, "valid")["model"].weights) == 6


def test_branches_are_refused_by_symbolic_calls_only() -> None:
    names = run("KER508", 0, "valid")
    assert names["model"].output_shape == (None, 4)
    text = all_rules()["KER508"].invalid[0].partition("inputs = keras.Input")[0]
    namespace: dict[str, Any] = {}
    exec(compile(text, "KER508", "exec"), namespace)
    assert namespace["Clip"]()(keras.ops.ones((1, 4))).shape == (1, 4)


def test_declared_shapes_are_believed() -> None:
    for index, shape in ((0, (2, 4)), (1, (2, 10, 4))):
        model = run("KER509", index)["model"]
        assert model(keras.ops.zeros(shape)).shape[1:] != model.output_shape[1:]
