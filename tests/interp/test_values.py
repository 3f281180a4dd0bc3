"""Values that model code computes before it builds: text evaluated, arrays of numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_lint.interp import analyse
from keras_lint.source.project import Project
from keras_lint.source.reader import parse, with_deep_stack

from .lib import analysed, output_shapes, reasons, the_model

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


RECORD = """
import keras
from collections import namedtuple
{line}
i = keras.Input((4,))
m = keras.Model(i, keras.layers.Dense({units})(i))
"""


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("P = namedtuple('P', ['a', 'b']); p = P(3, b=5)", "p.b"),
        ("P = namedtuple('P', 'a, b'); p = P(3, 5)", "p[1]"),
        ("P = namedtuple('P', 'a b', defaults=[5]); p = P(3)", "p.b"),
        ("P = namedtuple('P', 'a b'); a, p = P(3, 5)", "p"),
        ("P = namedtuple('P', 'a b'); p = P(3, 4)._replace(b=5)", "p.b"),
        ("P = namedtuple('P', 'a b'); p = P(3, 5)._asdict()", "p['b']"),
        ("P = namedtuple('P', 'a b'); p = [P(3, b) for b in (4, 5)]", "p[-1].b"),
        ("P = namedtuple('P', 'a b'); p = P(*(3,), **{'b': 5})", "p.b"),
        ("P = namedtuple('P', 'a b'); p = P(3, 5) if unknown else P(4, 5)", "p.b"),
    ],
)
def test_named_tuples(line: str, units: str) -> None:
    graph = the_model(RECORD.format(line=line, units=units))
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 5)"]


@pytest.mark.parametrize(
    "line",
    [
        "p = namedtuple('P', 'a b')(3)",
        "p = namedtuple('P', 'a b')(3, 4, 5)",
        "p = namedtuple('P', 'a b')(3, c=4)",
        "p = namedtuple('P', unknown)(3, 5)",
        "p = namedtuple('P', 'a b', rename=True)(3, 5)",
        "p = namedtuple('P', 'a b')(3, 5)._replace(c=5)",
    ],
)
def test_named_tuples_that_are_not_known(line: str) -> None:
    assert not the_model(RECORD.format(line=line, units="p.b")).followed


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("d = {'a': 3, 'b': 5}; del d['a']", "list(d.values())[0]"),
        ("import six; p = 5 if isinstance('a', six.string_types) else 4", "p"),
        ("import six; p = 5 if isinstance(7, six.integer_types) else 4", "p"),
        ("from six.moves import xrange; p = [n for n in xrange(6)]", "p[-1]"),
    ],
)
def test_small_pieces_of_python(line: str, units: str) -> None:
    graph = the_model(RECORD.format(line=line, units=units))
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 5)"]


@pytest.mark.parametrize("line", ["del d[unknown]", "del d['c']", "del d['a'], d[unknown]"])
def test_a_dict_without_an_item_that_is_not_known(line: str) -> None:
    line = "d = {'a': 3, 'b': 5}; " + line
    assert not the_model(RECORD.format(line=line, units="d['b']")).followed


TRY = """
import keras
i = keras.Input((4,))
try:
    {body}
except {kind}:
    x = keras.layers.Dense(9)(i)
m = keras.Model(i, x)
"""


@pytest.mark.parametrize("kind", ["TypeError", "Exception", "(ValueError, KeyError)"])
@pytest.mark.parametrize(
    "body",
    [
        "x = keras.layers.Dense(3)(i)",
        "x = keras.layers.Dense(4)(i); y = 3; x = keras.layers.Dense(y)(x)",
        "x, y = (keras.layers.Dense(3)(i), 5)",
    ],
)
def test_no_handler_for_a_body_that_went_well(body: str, kind: str) -> None:
    graph = the_model(TRY.format(body=body, kind=kind))
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 3)"]


@pytest.mark.parametrize(
    "body",
    [
        "x = unknown(i)",
        "y = unknown(); x = keras.layers.Dense(3)(i)",
        "unknown(); x = keras.layers.Dense(3)(i)",
        "x = keras.layers.Conv2D(3, 3)(i)",
        "x = keras.layers.Dense(3)(i); raise ValueError",
        "if unknown: raise ValueError\n    x = keras.layers.Dense(3)(i)",
        "import something; x = keras.layers.Dense(3)(i)",
    ],
)
def test_a_handler_for_a_body_that_may_fail(body: str) -> None:
    if body.startswith("if"):
        body = body.replace("if unknown: raise ValueError", "if unknown:\n        raise ValueError")
    graphs = analysed(TRY.format(body=body, kind="Exception")).graphs
    followed = [graph for graph in graphs if graph.followed]
    assert all(output_shapes(graph) != ["(None, 3)"] for graph in followed)


KINDS = """
import keras, numbers, six
from keras import layers
class Mine:
    b = 2
    def __init__(self):
        self.a = 1
class Child(Mine):
    pass
class Own(layers.Layer):
    def call(self, x):
        return x
mine, own = Child(), Own()
i = keras.Input((4,))
d = layers.MaxPooling1D()
model = keras.Sequential([layers.Dense(2)])
functional = keras.Model(i, layers.Dense(2)(i))
m = keras.Model(i, layers.Dense(5 if {test} else 4)(i))
"""


@pytest.mark.parametrize(
    "test",
    [
        "isinstance(d, layers.MaxPooling1D)",
        "isinstance(d, layers.MaxPool1D)",
        "isinstance(d, keras.Layer)",
        "isinstance(d, (layers.Dense, layers.Layer))",
        "not isinstance(d, layers.MaxPooling2D)",
        "not isinstance(d, (str, list))",
        "isinstance(model, keras.Model) and isinstance(model, layers.Layer)",
        "isinstance(model, keras.Sequential)",
        "not isinstance(functional, keras.Sequential)",
        "not isinstance('a', layers.Layer)",
        "isinstance(mine, Mine) and isinstance(mine, Child)",
        "not isinstance(Mine(), Child)",
        "isinstance(own, Own) and isinstance(own, layers.Layer)",
        "not isinstance(own, layers.Dense)",
        "not isinstance(d, Mine)",
        "isinstance(3, numbers.Number)",
        "isinstance(True, six.integer_types)",
        "isinstance('a', six.string_types)",
        "isinstance(i, keras.KerasTensor)",
        "not isinstance(i, (list, tuple))",
        "type(3) is int",
        "type('a') == str and type('a') != int",
        "type(mine) is Child",
        "len({type(v) for v in (1, 2, 3)}) == 1",
        "getattr(mine, 'a') == 1",
        "getattr(mine, 'z', 7) == 7",
        "getattr(layers, 'Dense')(3).units == 3",
        "hasattr(mine, 'b')",
        "not hasattr(mine, 'c')",
        "hasattr('a', 'upper') and not hasattr(3, 'value')",
    ],
)
def test_what_kind_of_thing(test: str) -> None:
    text = KINDS.format(test=test)
    graph = the_model(text)
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 5)"]


@pytest.mark.parametrize(
    "test",
    [
        "isinstance(unknown, int)",
        "isinstance(3, unknown)",
        "isinstance(mine, unknown.Thing)",
        "len({unknown(v) for v in (1, 2)}) == 2",
        "len({unknown(v) for v in (1, 2)}) == 1",
        "type(unknown) is int",
        "hasattr(own, 'anything')",
        "getattr(own, 'anything', 3) == 3",
        "getattr(mine, unknown) == 1",
    ],
)
def test_what_kind_of_thing_is_not_known(test: str) -> None:
    assert not the_model(KINDS.format(test=test)).followed


def test_kinds_are_what_python_says() -> None:
    pytest.importorskip("keras")
    tests = list(test_what_kind_of_thing.pytestmark[0].args[1])
    scope: dict[str, object] = {}
    exec(KINDS.format(test="True").strip(), scope)
    assert [test for test in tests if not eval(test, scope)] == []


def test_a_lambda_layer_with_arguments() -> None:
    graph = the_model(
        """
import keras
def part(x, start, stop):
    return x[:, start:stop]
i = keras.Input((9,))
x = keras.layers.Lambda(part, arguments={"start": 2, "stop": 7})(i)
m = keras.Model(i, x)
"""
    )
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 5)"]


def test_the_class_of_an_instance() -> None:
    graph = the_model(
        """
import keras
class Size:
    def __init__(self, units):
        self.units = units
    def get(self):
        return {"units": self.units}
    @classmethod
    def of(cls, config):
        return cls(**config)
size = Size(5)
copy = size.__class__.of(size.get())
i = keras.Input((9,))
m = keras.Model(i, keras.layers.Dense(copy.units)(i))
"""
    )
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 5)"]


def test_a_layer_without_weights_has_none_even_if_it_is_never_called() -> None:
    graph = the_model(
        """
import keras
class Block(keras.layers.Layer):
    def build(self, shape):
        self.dense = keras.layers.Dense(3)
        self.dense.build(shape)
        self.unused = keras.layers.Lambda(lambda x: x)
        self.built = True
    def call(self, x):
        return self.dense(x)
i = keras.Input((4,))
m = keras.Model(i, Block()(i))
"""
    )
    assert reasons(graph) == []
    assert graph.total_params == 15
