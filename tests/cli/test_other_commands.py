"""``keras-lint rule``, ``graph`` and ``summary``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_lint.cli import main
from keras_lint.rules.registry import all_rules

MODEL = """\
import keras
from keras import layers

inputs = keras.Input((28, 28, 1), name="image")
x = layers.Flatten()(inputs)
model = keras.Model(inputs, layers.Dense(10)(x), name="digits")
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return str(path)


def test_every_rule_has_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    for code, rule in all_rules().items():
        assert main(["rule", code]) == 0
        page = capsys.readouterr().out
        assert page.startswith(f"{code} {rule.name} ({rule.level}, ")
        for section in ("What it does", "Why it matters", "When it stays silent"):
            assert section in page, code


def test_rule_by_name_or_small_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "ker101"]) == 0
    by_code = capsys.readouterr().out
    assert main(["rule", "missing-return-sequences"]) == 0
    assert capsys.readouterr().out == by_code


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--all"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(all_rules())


def test_rules_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--all", "--format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)
    assert [rule["code"] for rule in rules] == list(all_rules())
    (first,) = [rule for rule in rules if rule["code"] == "KER101"]
    assert first["documentation"]["What it does"].startswith("Finds LSTM")
    assert (first["level"], first["default"], first["fix"]) == ("error", True, "safe")
    assert "return_sequences=True" in first["fixed"][0]
    assert main(["rule", "KER101", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == first


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["rule", "KER1001"], "unknown rule code 'KER1001'; did you mean KER101?"),
        (["rule", "zzz"], "unknown rule code 'zzz'"),
        (["rule"], "say which rule, or --all"),
        (["graph", "missing.py"], "missing.py: cannot be read: No such file or directory"),
        (["summary", "missing.py"], "missing.py: cannot be read: No such file or directory"),
    ],
)
def test_usage_errors(arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"keras-lint: {error}\n"


def test_graph_as_json(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", file]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["file"]) == (1, file)
    (model,) = document["models"]
    assert (model["name"], model["followed"], model["total_params"]) == ("digits", True, 7850)
    assert [layer["class"] for layer in model["layers"]] == ["InputLayer", "Flatten", "Dense"]


def test_graph_tells_of_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        "import numpy as np\nimport keras\n"
        "other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)], name='other')\n"
        "net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)], name='net')\n"
        "net.compile(keras.optimizers.Adam(0.1), loss={'a': lambda t, p: 0.0}, metrics=['mae'])\n"
        "net.fit(np.random.rand(16, 4), np.arange(16), callbacks=unknown())\n"
    )
    assert main(["graph", str(path), "--model", "net"]) == 0
    (step,) = json.loads(capsys.readouterr().out)["training"]
    assert (step["model"], step["method"], step["state"]) == (0, "fit", "compiled")
    assert step["origin"]["line"] == 6
    assert step["compiled"]["arguments"] == {
        "optimizer": {
            "$keras": "keras.optimizers.Adam",
            "arguments": {"learning_rate": 0.1},
            "complete": True,
        },
        "loss": {"$named": {"a": {"$own": "<lambda>"}}},
        "metrics": ["mae"],
    }
    assert step["arguments"] == {"callbacks": {"$unknown": True}}
    assert step["data"]["x"]["shape"] == [16, 4]
    assert (step["data"]["y"]["low"], step["data"]["y"]["high"]) == (0, 15)
    assert main(["graph", str(path), "--model", "other"]) == 0
    assert json.loads(capsys.readouterr().out)["training"] == []


def test_graph_as_dot(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", file, "--format", "dot"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("digraph")
    assert "Flatten" in out
    assert "(None, 784)" in out


def test_summary(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", file]) == 0
    out = capsys.readouterr().out
    assert out.startswith('Model: "digits"\n')
    assert " Total params: 7,850 (30.66 KB)\n" in out


def test_summary_tells_memory_and_masks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "masked.py"
    path.write_text(
        "import keras\nfrom keras import layers\ni = keras.Input((5,), dtype='int32')\n"
        "x = layers.LSTM(2)(layers.Embedding(10, 3, mask_zero=True)(i))\nm = keras.Model(i, x)\n"
    )
    assert main(["summary", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:-1] == [
        " Weights: float32 312.00 B",
        " Activations per sample: 88.00 B",  # 5 int32, 5 by 3 and 2 float32
    ]
    assert lines[-1].startswith(" Masks: Keras may also list")


def test_summary_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nothing.py"
    path.write_text("import keras\n")
    assert main(["summary", str(path)]) == 2
    assert capsys.readouterr().err == f"keras-lint: {path}: no model found\n"


def test_syntax_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.py"
    path.write_text("import keras\ndef f(:\n")
    assert main(["graph", str(path)]) == 2
    assert capsys.readouterr().err == f"keras-lint: {path}:2:7: invalid syntax\n"
