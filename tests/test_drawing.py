"""Drawings: every call has its card, every tensor its shape, nothing overlaps; and it is XML."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest

from keras_lint.cli import main
from keras_lint.engine import analyse_text
from keras_lint.graph.drawing import document
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.layout import layout
from keras_lint.graph.mermaid import to_mermaid

SVG = "{http://www.w3.org/2000/svg}"
PROGRAM = """
import keras
from keras import layers
i = keras.Input((12, 8), name="first")
y, h, c = layers.LSTM(8, return_state=True, return_sequences=True, name="states")(i)
head = keras.Sequential([keras.Input((8,)), layers.Dense(8, name="deep")], name="head")
d = layers.Dense(8, name="<shared> & \\"quoted\\"", trainable=False)
z = layers.Concatenate(name="joined")([d(h), d(c), head(h)])
m = keras.Model(i, [z, y], name="net")
"""
BROKEN = """
import keras
m = keras.Sequential([keras.Input((8,)), keras.layers.LSTM(4, name="refused")])
"""


def models(program: str) -> list[LayerGraph]:
    return [graph for graph in analyse_text(program, "p.py").graphs if graph.kind != "fragment"]


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_cards_shapes_and_parameters() -> None:
    root = ET.fromstring(document(models(PROGRAM)[-1]))
    cards = [e for e in root.iter(f"{SVG}g") if "card" in e.get("class", "").split()]
    names = [card.get("data-layer") for card in cards]
    shared = '<shared> & "quoted"'
    own = ["first", "states", "head", "joined", shared, shared]
    assert sorted(names) == sorted([*own, "deep", "input_layer"])  # the last two inside head
    said = texts(root)
    assert {"net · 688 parameters", "inside head", "(None, 12, 8)", "(None, 24)"} <= set(said)
    assert {"544 parameters", "72 parameters, frozen", "one layer, call 2 of 2"} <= set(said)
    ends = {card.get("data-layer") for card in cards if "end" in card.get("class", "").split()}
    assert {"first", "states", "joined"} <= ends


def test_a_refused_call_is_marked() -> None:
    root = ET.fromstring(document(models(BROKEN)[-1]))
    (bad,) = [e for e in root.iter(f"{SVG}g") if "bad" in e.get("class", "").split()]
    assert bad.get("data-layer") == "refused"
    assert "gets (None, 8)" in texts(bad)


def test_a_drawing_carries_no_script_and_reaches_for_nothing() -> None:
    hostile = PROGRAM.replace("joined", "</text><script>alert(1)</script>\\x00\\ud800]]>")
    svg = document(models(hostile)[-1])
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert svg.count("http") == 1  # the namespace


def test_mermaid() -> None:
    chart = to_mermaid(models(PROGRAM)[-1:])
    lines = [line.strip() for line in chart.splitlines()]
    assert lines[0] == "flowchart TD"
    assert 'm0_c0["first<br/>InputLayer"]' in lines
    assert 'm0_c0 -->|"#40;None, 12, 8#41;"| m0_c1' in lines
    assert any("#60;shared#62; #38; #34;quoted#34;" in line for line in lines)
    assert sum(line.startswith("subgraph") for line in lines) == lines.count("end") == 1
    refused = (
        'm0_c1["refused<br/>LSTM<br/>gets #40;None, 8#41;<br/>needs a tensor of rank 3"]:::refused'
    )
    assert refused in to_mermaid(models(BROKEN))


@pytest.mark.parametrize("seed", range(20))
def test_boxes_stand_apart_and_edges_run_down(seed: int) -> None:
    drawn = random.Random(seed)
    nodes = [f"n{index}" for index in range(drawn.randint(1, 60))]
    sizes = {node: (drawn.uniform(20, 200), drawn.uniform(20, 80)) for node in nodes}
    edges = [
        (nodes[a], nodes[b])
        for b in range(1, len(nodes))
        for a in drawn.sample(range(b), min(b, drawn.randint(0, 3)))
    ]
    edges += edges[:2]  # one tensor passed twice
    placed = layout(sizes, edges)
    for one, other in combinations(placed.boxes.values(), 2):
        apart_x = abs(one.x - other.x) >= (one.width + other.width) / 2
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y
    for (source, target), route in zip(edges, placed.routes, strict=True):
        above, below = placed.boxes[source], placed.boxes[target]
        heights = [above.y + above.height, *(y for _, y in route), below.y]
        assert heights == sorted(heights)
    for box in placed.boxes.values():
        assert box.x - box.width / 2 >= -1e-6
        assert box.x + box.width / 2 <= placed.width + 1e-6
        assert -1e-6 <= box.y <= box.y + box.height <= placed.height + 1e-6


def test_a_ladder_is_drawn_without_crossings() -> None:
    """Two parallel chains given in mixed order end up side by side."""
    edges = [(f"{side}{step}", f"{side}{step + 1}") for step in range(6) for side in "ab"]
    order = ["b6", "a6", *(f"{side}{step}" for step in range(6) for side in ("ab", "ba")[step % 2])]
    placed = layout(dict.fromkeys(order, (50.0, 20.0)), edges)
    left = {side: [placed.boxes[f"{side}{step}"].x for step in range(7)] for side in "ab"}
    signs = {a < b for a, b in zip(left["a"], left["b"], strict=True)}
    assert len(signs) == 1


def test_deep_and_dense_models_are_drawn() -> None:
    program = "import keras\nx = i = keras.Input((3,))\n"
    program += "for _ in range(1500):\n    x = keras.layers.ReLU()(x)\nm = keras.Model(i, x)\n"
    assert document(models(program)[-1]).count('class="card') == 1501
    dense = {f"n{index}": (40.0, 20.0) for index in range(120)}
    edges = list(combinations(dense, 2))
    assert len(layout(dense, edges).routes) == len(edges)


def test_the_command_draws_one_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.py"
    path.write_text(PROGRAM)
    assert main(["graph", str(path), "--format", "svg"]) == 0  # head is part of net
    assert ET.fromstring(capsys.readouterr().out).get("aria-label") == "Layers of the model net"
    path.write_text(PROGRAM + BROKEN.replace("m =", "other ="))
    assert main(["graph", str(path), "--format", "svg"]) == 2
    error = f"keras-lint: {path}: svg draws one model, chosen by --model; there are head, net, "
    assert capsys.readouterr().err.startswith(error)
    assert main(["graph", str(path), "--format", "svg", "--model", "head"]) == 0
    assert "inside" not in capsys.readouterr().out
    assert main(["graph", str(path), "--format", "mermaid", "--model", "nothing"]) == 2
    assert "no model called 'nothing'" in capsys.readouterr().err
