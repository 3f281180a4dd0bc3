"""What is followed, what is not and why: every loss names its reason, and unknown is silent."""

from __future__ import annotations

import textwrap

import pytest

from keras_lint.engine import check_text

from .lib import analysed, output_shapes, reasons, the_model

HEADER = """
import keras
from keras import layers
from keras.layers import Dense, LSTM
from keras.models import Model, Sequential
import somewhere
flag = somewhere.flag()
"""


def findings(program: str) -> list[tuple[int, str]]:
    result, _ = check_text(textwrap.dedent(program), "program.py")
    assert result.outcome == "checked", result.reason
    return [(finding.span.line, finding.code) for finding in result.findings]


def test_a_branch_that_leaves_the_shape_alone_keeps_it_but_is_said() -> None:
    graph = the_model(
        HEADER
        + """
i = keras.Input((8,))
x = Dense(4)(i)
if flag:
    x = layers.Dropout(0.5)(x)
m = Model(i, Dense(2)(x))
"""
    )
    assert output_shapes(graph) == ["(None, 2)"]
    assert not graph.followed
    assert "a tensor depends on a condition that is not known" in reasons(graph)


def test_the_two_sides_of_a_branch_may_give_their_layers_one_name() -> None:
    graph = the_model(
        HEADER
        + """
i = keras.Input((8,))
if flag:
    x = Dense(8, name="either")(i)
else:
    x = Dense(4, name="either")(i)
m = Model(i, x)
"""
    )
    assert graph.problem is None


def test_one_name_twice_after_a_branch_is_refused_whichever_side_ran() -> None:
    graph = the_model(
        HEADER
        + """
i = keras.Input((8,))
x = Dense(8)(i)
if flag:
    x = layers.Dropout(0.5)(x)
x = Dense(8, name="twice")(x)
m = Model(i, Dense(8, name="twice")(x))
"""
    )
    assert graph.problem is not None
    assert graph.problem.actual == "two layers called 'twice'"


@pytest.mark.parametrize(
    "body",
    [
        "units = 3 if flag else 4",
        "units = 3\nif flag:\n    units = 4",
        "if flag:\n    units = 3\nelse:\n    units = 4",
        "units = 3\nfor _ in somewhere.items():\n    units += 1",
        "units = 3\nwhile somewhere.more():\n    units *= 2",
        "units = 3\ntry:\n    somewhere.read()\nexcept OSError:\n    units = 4",
        "sizes = [3]\nif flag:\n    sizes.append(4)\nunits = sizes[-1]",
        "sizes = {'u': 3}\nif flag:\n    sizes['u'] = 4\nunits = sizes['u']",
        "def choose():\n    if flag:\n        return 3\n    return 4\nunits = choose()",
        "sizes = [3]\nsomewhere.change(sizes)\nunits = sizes[0]",
        "units = 3\ndef change():\n    global units\n    if flag:\n        units = 4\nchange()",
        "match flag:\n    case 1:\n        units = 3\n    case _:\n        units = 4",
    ],
)
def test_what_depends_on_an_unknown_condition_is_unknown(body: str) -> None:
    graph = the_model(HEADER + body + "\nm = Sequential([keras.Input((8,)), Dense(units)])")
    assert output_shapes(graph) == ["(None, ?)"]
    assert not graph.followed
    assert reasons(graph)


@pytest.mark.parametrize(
    "body",
    [
        "if flag:\n    units = 3\nelse:\n    units = 3",
        "units = 3\nif flag:\n    raise ValueError\n",
        "def choose():\n    if flag:\n        raise ValueError\n    return 3\nunits = choose()",
        "units = 3\nif flag:\n    print(units)",
        "units = 3\nfor _ in somewhere.items():\n    other = units",
        "units = 3\nif not flag:\n    import sys\n    sys.exit()",
        "def f(n):\n    return 3 if n == 0 else f(n - 1)\nunits = f(5)",
        "units = 5\nassert units\nwhile True:\n    units -= 1\n    if units == 3:\n        break",
        "units, *rest = [3, 4, 5]",
        "units = {'a': {'b': (1, 3)}}['a']['b'][-1]",
        "units = sum(x for x in range(3))",
        "x = lambda a, *b, c=1, **d: a + sum(b) + c + d['e']\nunits = x(0, 1, e=1)",
        "def outer():\n    n = 1\n    def inner():\n        nonlocal n\n        n += 2\n"
        "    inner()\n    return n\nunits = outer()",
        "def gen():\n    yield 1\n    yield 3\nunits = list(gen())[1]",
        "if (n := 3) > 2:\n    units = n",
        "units = int(f'{3:d}')",
        "match 2:\n    case 1:\n        units = 9\n    case 2:\n        units = 3",
    ],
)
def test_what_is_the_same_on_every_path_is_known(body: str) -> None:
    graph = the_model(HEADER + body + "\nm = Sequential([keras.Input((8,)), Dense(units)])")
    assert output_shapes(graph) == ["(None, 3)"]
    assert reasons(graph) == []


def test_a_model_changed_on_one_path_is_not_followed() -> None:
    graph = the_model(
        HEADER
        + """
m = Sequential([keras.Input((8,)), Dense(4)])
if flag:
    m.add(Dense(2))
"""
    )
    assert not graph.followed


@pytest.mark.parametrize(
    "line",
    [
        "[m.add(Dense(n)) for n in somewhere.sizes()]",
        "{n: m.add(Dense(n)) for n in somewhere.sizes()}",
        "[m.add(Dense(n)) for n in (3, 4) if somewhere.wanted(n)]",
        "all(m.add(Dense(n)) is None for n in (3, 4) if somewhere.wanted(n))",
    ],
)
def test_a_model_changed_in_a_comprehension_that_is_not_known(line: str) -> None:
    graph = the_model(f"{HEADER}\nm = Sequential([keras.Input((8,))])\n{line}\nm.add(Dense(2))\n")
    assert not graph.followed
    assert output_shapes(graph) != ["(None, 2)"]


def test_models_beside_a_copy_that_is_not_followed_are_not_followed() -> None:
    """The copy takes names, and is a model that is not shown."""
    graph = the_model(
        HEADER
        + """
m = Sequential([keras.Input((8,)), Dense(2)])
keras.models.clone_model(m, input_tensors=keras.Input((8,)))
"""
    )
    assert reasons(graph) == ["clone_model with further arguments"]


def test_a_mistake_inside_an_unknown_branch_is_reported() -> None:
    program = HEADER + "i = keras.Input((8, 4))\nif flag:\n    x = layers.Conv2D(2, 3)(i)\n"
    assert [code for _, code in findings(program)] == ["KER103"]


def test_a_mistake_only_on_an_impossible_path_is_not_reported() -> None:
    program = HEADER + "i = keras.Input((8, 4))\nif 1 > 2:\n    x = layers.Conv2D(2, 3)(i)\n"
    assert findings(program) == []


@pytest.mark.parametrize(
    "frame",
    [
        "try:\n    {}\nexcept ValueError:\n    pass",
        "try:\n    {}\nexcept (KeyError, Exception) as e:\n    print(e)",
        "try:\n    {}\nexcept:\n    pass",
        "with somewhere.raises(ValueError):\n    {}",
        "with somewhere.test.assertRaisesRegex(ValueError, 'x'):\n    {}",
    ],
)
def test_a_refusal_that_the_code_expects_is_no_finding(frame: str) -> None:
    call = "layers.Conv2D(2, 3)(keras.Input((8, 4)))"
    assert findings(HEADER + frame.format(call)) == []


def test_a_refusal_that_no_handler_takes_is_a_finding() -> None:
    call = "layers.Conv2D(2, 3)(keras.Input((8, 4)))"
    program = HEADER + f"try:\n    {call}\nexcept OSError:\n    pass"
    assert [code for _, code in findings(program)] == ["KER103"]


def test_a_function_nobody_calls_is_looked_at_with_symbols() -> None:
    analysis = analysed(
        HEADER
        + """
def build(features, units=4, *, act="relu"):
    i = keras.Input((features,))
    return Model(i, Dense(units, activation=act)(i))
"""
    )
    (graph,) = analysis.graphs
    assert graph.followed
    assert str(graph.total_params) == "4*features + 4"


def test_an_argument_nobody_passes_may_be_anything() -> None:
    program = (
        HEADER
        + """
def build(shape, kernel, names):
    i = keras.Input(shape)
    x = layers.Conv2D(4, kernel)(i)
    for name in names:
        x = Dense(name)(x)
    return Model(i, x)
"""
    )
    assert findings(program) == []


def test_different_symbols_are_not_called_different() -> None:
    program = (
        HEADER
        + """
def build(a, b):
    i, j = keras.Input((a,)), keras.Input((b,))
    return Model([i, j], layers.Add()([i, j]))
"""
    )
    assert findings(program) == []


def test_recursion_without_end_is_given_up() -> None:
    graph = the_model(
        HEADER
        + """
def forever(x):
    return forever(x)
m = Sequential([keras.Input((8,)), Dense(forever(3))])
"""
    )
    assert not graph.followed


def test_what_a_decorator_does_is_not_guessed() -> None:
    graph = the_model(
        HEADER
        + """
@somewhere.wrap
def units():
    return 3
m = Sequential([keras.Input((8,)), Dense(units())])
"""
    )
    assert any("decorator" in reason for reason in reasons(graph))


def test_the_first_reason_is_kept() -> None:
    graph = the_model(
        HEADER + "n = somewhere.count() * 2 + 1\nm = Sequential([keras.Input((n,)), Dense(2)])"
    )
    assert any("somewhere" in reason for reason in reasons(graph)) or not graph.followed


def test_known_sizes_of_data_are_noted_for_replays() -> None:
    analysis = analysed(
        """
import numpy as np
import keras
x = np.zeros((5, 7))
m = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(len(x))])
"""
    )
    assert sorted(map(str, analysis.known_values.values())) == ["(5, 7)", "5"]


def test_argparse_gives_its_defaults_and_symbols_for_what_must_be_given() -> None:
    graph = the_model(
        HEADER
        + """
import argparse
parser = argparse.ArgumentParser()
group = parser.add_argument_group("model")
group.add_argument("-u", "--hidden-units", type=int, default=64)
group.add_argument("classes", type=int)
parser.add_argument("--bn", action="store_true")
args = parser.parse_args()
m = Sequential([keras.Input((8,)), Dense(args.hidden_units)])
if args.bn:
    m.add(layers.BatchNormalization())
m.add(Dense(args.classes))
"""
    )
    assert reasons(graph) == []
    assert str(graph.total_params) == "65*classes + 576"


def test_hyperparameters_are_symbols() -> None:
    graph = the_model(
        HEADER
        + """
def build(hp):
    return Sequential([
        keras.Input((8,)),
        Dense(hp.Int("units", 32, 512)),
        Dense(hp.Choice("classes", [2, 4])),
        Dense(hp.Fixed("last", 3)),
    ])
"""
    )
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 3)"]


def test_the_step_budget_is_said() -> None:
    program = "import keras\n" + "x = 0\n" + "for i in range(1999):\n" * 1
    program += "    for j in range(1999):\n        x += 1\n"
    analysis = analysed(program)
    assert any("budget" in lost.reason for lost in analysis.lost)


def test_a_weight_of_a_shape_of_shapes_is_refused_where_it_is_made() -> None:
    """The layer is built on two tensors, and asks the list of their shapes for its last axis."""
    program = """\
import keras
from keras import layers

class Bias(layers.Layer):
    def build(self, input_shape):
        self.bias = self.add_weight(shape=(input_shape[-1],))
    def call(self, inputs):
        return inputs + self.bias

inputs = keras.Input((8,))
model = keras.Model(inputs, Bias()([inputs, inputs]))
"""
    assert findings(program) == [(6, "KER111")]
