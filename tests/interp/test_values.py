"""Values that model code computes before it builds: text evaluated, arrays of numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_lint.interp import analyse
from keras_lint.source.project import Project
from keras_lint.source.reader import parse, with_deep_stack

from .lib import output_shapes, reasons, the_model

MODEL = """
import keras, numpy as np
from keras.layers import *
widths = {widths}
{change}
model = keras.Sequential([keras.Input((4,))])
for width in widths:
    model.add(keras.layers.Dense(int(width)))
"""


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("eval('Dense')(3)(i)", "(None, 3)"),
        ("eval('keras.layers.Dense')(5)(i)", "(None, 5)"),
        ("eval(kind)(i)", "(None, 4)"),
        ("Dense(eval('len')([1, 2]))(i)", "(None, 2)"),
    ],
)
def test_a_name_given_as_text(text: str, shape: str) -> None:
    program = "import keras\nfrom keras.layers import *\nkind = 'Softmax()'[:-2]\n"
    program += "i = keras.Input((4,))\n"
    text = text.replace("eval(kind)", "eval(kind)()")
    graph = the_model(f"{program}m = keras.Model(i, {text})\n")
    assert reasons(graph) == []
    assert output_shapes(graph) == [shape]


@pytest.mark.parametrize("text", ["f('x')", "1 + 2", "lambda: 3", "", "not_there", "a.", "None"])
def test_other_text_is_not_evaluated(text: str) -> None:
    program = f"import keras\ni = keras.Input((4,))\nm = keras.Model(i, eval({text!r})(i))\n"
    assert reasons(the_model(program))


def test_the_numbers_of_linspace() -> None:
    graph = the_model(MODEL.format(widths="np.linspace(2, 8, 4)", change=""))
    assert reasons(graph) == []
    assert [layer.config["units"] for layer in graph.layers.values() if layer.cls == "Dense"] == [
        2,
        4,
        6,
        8,
    ]


@pytest.mark.parametrize(
    ("widths", "shape"),
    [
        ("np.linspace(2, 8, num=4).tolist()", "(None, 8)"),
        ("[np.linspace(2, 8, 4)[1]]", "(None, 4)"),
        ("np.linspace(5, 9, 1)", "(None, 5)"),
    ],
)
def test_items_of_arrays(widths: str, shape: str) -> None:
    graph = the_model(MODEL.format(widths=widths, change=""))
    assert reasons(graph) == []
    assert output_shapes(graph) == [shape]


@pytest.mark.parametrize(
    "change",
    [
        "widths[0] = 7",
        "widths += 1",
        "other = widths; other *= 2",
        "part = widths[1:]; part[0] = 9",
        "widths.fill(3)",
        "widths.sort()",
        "np.random.shuffle(widths)",
        "np.put(widths, 0, 9)",
        "flat = widths.reshape(-1); flat[0] = 3",
        "if unknown: widths[1] = 3",
        "from somewhere import change; change(widths)",
        "widths = widths + widths",
        "widths = np.linspace(2, 8, 4, False)",
        "widths = np.linspace(2, 8, 4, endpoint=False)",
    ],
)
def test_numbers_of_an_array_that_may_have_changed_are_not_known(change: str) -> None:
    graph = the_model(MODEL.format(widths="np.linspace(2, 8, 4)", change=change))
    assert not graph.followed


def test_a_list_that_is_shuffled_is_not_known() -> None:
    graph = the_model(MODEL.format(widths="[2, 4, 8]", change="np.random.shuffle(widths)"))
    assert not graph.followed


@pytest.mark.parametrize(
    "line",
    [
        "from keras.src.layers.layer import Layer as L",
        "from keras.src.layers import Layer as L",
        "import keras.src.layers.layer as x; L = x.Layer",
    ],
)
def test_private_places_of_public_classes(line: str) -> None:
    graph = the_model(
        f"""
import keras
{line}
from keras.src.layers.core.dense import Dense
class Mine(L):
    def call(self, x):
        return x
i = keras.Input((4,))
m = keras.Model(i, Dense(3)(Mine()(i)))
"""
    )
    assert reasons(graph) == []
    assert graph.total_params == 15


def test_evaluated_names_come_from_the_file_of_the_eval(tmp_path: Path) -> None:
    (tmp_path / "blocks.py").write_text(
        "from keras.layers import *\ndef head(x, kind):\n    return eval(kind)(2)(x)\n"
    )
    text = "import keras\nfrom blocks import head\ni = keras.Input((3,))\n"
    text += "m = keras.Model(i, head(i, 'Dense'))\n"
    path = tmp_path / "train.py"
    path.write_text(text)
    analysis = with_deep_stack(lambda: analyse(parse(str(path), text), Project()))
    assert output_shapes(analysis.graphs[-1]) == ["(None, 2)"]
