"""``summary``: line by line what ``model.summary()`` of the installed Keras prints; ``to_dot``."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Any

import pytest
from fixture_lib import broken_programs, correct_programs, label

from keras_lint.engine import analyse_text
from keras_lint.graph.dot import to_dot
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.summary import summary

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HEADER = """\
import keras
from keras import layers, Model, Sequential
from keras.layers import Dense, LSTM
"""

PROGRAMS = {
    "frozen layers": """
m = Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 3), layers.BatchNormalization(),
                layers.Flatten(), Dense(10)], name="with[brackets]")
m.layers[0].trainable = False
""",
    "megabytes": """
m = Sequential([keras.Input((4096,)), Dense(4096), Dense(1000)])
""",
    "no input shape": """
m = Sequential([Dense(3), layers.Dropout(0.3), layers.Flatten(), LSTM(4), layers.ReLU()])
""",
    "nothing in it": "m = Sequential()",
    "weights in other types": """
m = Sequential([keras.Input((3,)), Dense(2), Dense(2, dtype="float16"), Dense(2, dtype="float64"),
                Dense(2, dtype="mixed_float16")])
""",
    "one layer twice": """
d = Dense(4)
m = Sequential([keras.Input((4,)), d, layers.ReLU(), d])
""",
    "two inputs, long names": """
a, b = keras.Input((10,), name="left"), keras.Input((10,), name="right")
d = Dense(32, name="a_very_long_layer_name_that_no_column_of_the_table_can_hold")
m = Model([a, b], layers.Concatenate()([d(a), d(b)]))
""",
    "several outputs of one call": """
i = keras.Input((5, 3))
y, h, c = LSTM(4, return_sequences=True, return_state=True)(i)
forward = layers.Bidirectional(LSTM(2, return_state=True))(y)
m = Model(i, [h, *forward])
""",
    "chain with two outputs": """
i = keras.Input((5,))
x = Dense(3)(i)
m = Model(i, [x, Dense(2)(x)])
""",
    "fork at the end": """
i = keras.Input((5,))
m = Model(i, [Dense(3)(i), Dense(2)(i)])
""",
    "operators": """
i = keras.Input((5,))
x = Dense(5)(i)
m = Model(i, keras.ops.relu(x + i) * 2)
""",
    "attention": """
i = keras.Input((7, 8))
x = layers.MultiHeadAttention(2, 4)(i, i)
m = Model(i, layers.LayerNormalization()(x + i))
""",
    "nested models sharing a layer": """
shared = Dense(4)
i = keras.Input((4,))
inner = Model(i, shared(i), name="inner")
j = keras.Input((4,))
m = Model(j, shared(inner(j)), name="outer")
""",
    "wrapped and bare": """
shared = Dense(4)
i = keras.Input((6, 4))
x = layers.TimeDistributed(shared)(i)
m = Model(i, shared(x))
""",
    "frozen nested model": """
base = Sequential([keras.Input((8,)), Dense(4), Dense(4)], name="base")
base.trainable = False
i = keras.Input((8,))
m = Model(i, Dense(1)(base(i)))
""",
    "convolutional with branches": """
i = keras.Input((32, 32, 3), name="image")
x = layers.Conv2D(16, 3, padding="same", activation="relu")(i)
a = layers.MaxPooling2D()(x)
b = layers.Conv2D(16, 3, strides=2, padding="same")(x)
x = layers.Concatenate(axis=-1)([a, b])
m = Model(i, Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)), name="net")
""",
}


def graphs(program: str) -> list[LayerGraph]:
    return [graph for graph in analyse_text(program, "p.py").graphs if graph.kind != "fragment"]


def assert_same_tables(program: str, monkeypatch: pytest.MonkeyPatch, columns: int = 80) -> None:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    from interp.lib import built

    for name in ("fit", "evaluate", "predict"):  # models are built, not trained
        monkeypatch.setattr(keras.Model, name, lambda *_args, **_kwargs: None)
    monkeypatch.setenv("COLUMNS", str(columns))
    models, ours = built(program), graphs(program)
    assert len(models) == len(ours) > 0
    for model, graph in zip(models, ours, strict=True):
        masked = any(True in call.masked for call in graph.calls.values())
        if masked and len(getattr(model, "operations", ())) > len(graph.layers):
            continue  # Keras lists operations that hand on masks; the command says that it may
        written: list[str] = []
        model.summary(print_fn=lambda text, **_: written.append(text))  # noqa: B023
        expected = "".join(written).rstrip("\n").split("\n")
        actual = summary(graph, columns).split("\n")
        assert actual == expected, "\n".join(difflib.unified_diff(expected, actual, lineterm=""))


@pytest.mark.keras
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_table_is_that_of_keras(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_tables(HEADER + program, monkeypatch)


@pytest.mark.keras
def test_table_of_a_subclassed_model_is_that_of_keras() -> None:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    program = (
        HEADER
        + """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = Dense(4)
        self.last = Dense(1)
        self.drop = layers.Dropout(0.5)

    def call(self, x):
        return self.last(self.drop(self.first(x)))

net = Net()
net(keras.Input((3,)))
"""
    )
    keras.backend.clear_session()
    namespace: dict[str, Any] = {}
    exec(program, namespace)
    written: list[str] = []
    namespace["net"].summary(print_fn=lambda text, **_: written.append(text))
    (graph,) = graphs(program)
    assert summary(graph).split("\n") == "".join(written).rstrip("\n").split("\n")


@pytest.mark.keras
@pytest.mark.parametrize("columns", [48, 61, 100, 112, 200])
@pytest.mark.parametrize("name", ["two inputs, long names", "frozen layers"])
def test_table_fits_the_terminal_as_that_of_keras(
    name: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_same_tables(HEADER + PROGRAMS[name], monkeypatch, columns)


@pytest.mark.keras
@pytest.mark.parametrize("path", correct_programs(), ids=label)
def test_table_of_each_correct_program_is_that_of_keras(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_same_tables(path.read_text("utf-8"), monkeypatch)


def test_a_model_that_was_not_followed_is_marked_and_says_where() -> None:
    (graph,) = graphs(
        HEADER + "from elsewhere import block\n"
        "i = keras.Input((4,))\n"
        "m = Model(i, Dense(1)(block(i)), name='mine')\n"
    )
    lines = summary(graph).split("\n")
    assert lines[0] == 'Model: "mine" (partly followed)'
    assert any(line.startswith(" Lost: line 6: ") for line in lines)


def test_a_tensor_that_depends_on_a_condition_is_a_question_mark() -> None:
    (graph,) = graphs(
        HEADER + "import sys\ni = keras.Input((4,))\nx = Dense(4, name='one')(i)\n"
        "if len(sys.argv) > 1:\n    x = Dense(4, name='two')(x)\n"
        "m = Model(i, Dense(1, name='last')(x))\n"
    )
    rows = [line for line in summary(graph).split("\n") if line.startswith("│")]
    assert any("last (Dense)" in row for row in rows)
    assert not any("joined" in row for row in rows)
    assert " Total params: ?" in summary(graph)


@pytest.mark.parametrize("path", broken_programs(), ids=label)
def test_broken_programs_can_be_summarised_and_drawn(path: Path) -> None:
    analysis = analyse_text(path.read_bytes(), str(path))
    for graph in analysis.graphs:
        text = summary(graph)
        assert text.startswith(f'Model: "{graph.name}"')
        assert len({len(line) for line in text.split("\n") if line[0] in "┏┡├└│"}) == 1
    assert to_dot(analysis.graphs).count("subgraph") >= len(analysis.graphs) - 1


def test_a_refused_call_has_no_shape_and_leaves_the_totals_open() -> None:
    (graph,) = graphs(HEADER + "m = Sequential([keras.Input((4,)), Dense(8), LSTM(3)])\n")
    text = summary(graph)
    assert re.search(r"│ lstm \(LSTM\) +│ \? ", text)
    assert "partly followed" in text


def test_dot_has_a_box_for_every_call_and_an_edge_for_every_tensor() -> None:
    (graph,) = graphs(
        HEADER + "a, b = keras.Input((4,)), keras.Input((4,))\n"
        "d = Dense(2, name='say \"hi\"')\n"
        "m = Model([a, b], layers.Subtract()([d(a), d(b)]))\n"
    )
    text = to_dot([graph])
    assert len(re.findall(r'^ *"m0_c\d+" \[label=', text, re.MULTILINE)) == len(graph.calls) == 5
    assert text.count(" -> ") == graph.nx.number_of_edges() == 4
    assert 'label="say \\"hi\\": one layer, 2 calls"' in text


def test_dot_marks_what_keras_refuses() -> None:
    (graph,) = graphs(HEADER + "m = Sequential([keras.Input((4,)), Dense(8), LSTM(3)])\n")
    (line,) = [line for line in to_dot([graph]).split("\n") if "LSTM" in line]
    assert "gets (None, 8)" in line
    assert "#c0392b" in line


def test_dot_keeps_the_boxes_of_several_and_of_nested_models_apart() -> None:
    found = graphs(
        HEADER + "i = keras.Input((4,))\ninner = Model(i, Dense(4)(i), name='inner')\n"
        "j = keras.Input((4,))\nouter = Model(j, inner(j), name='outer')\n"
    )
    text = to_dot(found)
    boxes = re.findall(r'^ *("[^"]+") \[label=', text, re.MULTILINE)
    assert len(boxes) == len(set(boxes)) == 6
    assert text.count("digraph") == 1
    assert 'label="inside inner"' in text
