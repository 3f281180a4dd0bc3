"""Cutting the part that makes a model out of a program, every position kept."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_lint.model.spans import Span
from keras_lint.verify.child.values import place_values
from keras_lint.verify.replay import Refusal, Replay, Source, extract


def cut(text, target, known=None, **options):
    """The replay of ``text`` that reaches the expression ``target`` (its last occurrence)."""
    text = textwrap.dedent(text).lstrip("\n")
    start = text.rindex(target)
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    span = Span(line, column, line, column + len(target))
    values = {}
    for expression, value in (known or {}).items():
        at = text.index(expression)
        row = text.count("\n", 0, at) + 1
        col = at - (text.rfind("\n", 0, at) + 1) + 1
        values[Span(row, col, row, col + len(expression))] = value
    return text, extract(Source(text, values), [span], **options)


def kept_lines(replay):
    return [line.strip() for line in replay.text.split("\n") if line.strip()]


def test_drops_what_the_model_does_not_need():
    _, replay = cut(
        """
        import os
        import numpy as np, json
        from keras import layers, Sequential, callbacks
        from mydata import load

        x_train, y_train = load(os.environ["DATA"])
        units = 3
        units += 1
        model = Sequential()
        model.add(layers.Input((4,)))
        model.summary()
        print(model)
        model.add(layers.Dense(units))
        model.compile("adam", "mse")
        model.fit(x_train, y_train)
        """,
        "model.add(layers.Dense(units))",
    )
    assert kept_lines(replay) == [
        "from keras import layers, Sequential",
        "units = 3",
        "units += 1",
        "model = Sequential()",
        "model.add(layers.Input((4,)))",
        "model.add(layers.Dense(units))",
    ]


def test_positions_stay():
    text, replay = cut(
        """
        import keras; import os
        def build(n):
            'doc'
            print('hé'); x = keras.Input((n,)); os.remove('a'); y = keras.layers.Dense(3)(x)
            return y  # end
        build(4)
        """,
        "build(4)",
    )
    assert len(replay.text) == len(text)
    for node in ast.walk(ast.parse(replay.text)):
        if isinstance(node, ast.Call):
            start, end = Source(replay.text, {}).offsets(node)
            assert text[start:end] == ast.get_source_segment(replay.text, node)
    assert "os.remove" not in replay.text


def test_values_take_the_place_of_data():
    _, replay = cut(
        """
        import numpy as np
        from keras import layers
        data = np.load("x.npy")
        print("é"); layer = layers.Dense(data.shape[1])
        """,
        "layers.Dense(data.shape[1])",
        known={"data.shape[1]": 784},
    )
    assert isinstance(replay, Replay)
    assert "np.load" not in replay.text
    assert [value for *_, value in replay.values] == [784]
    tree = place_values(ast.parse(replay.text), replay.values_json())
    assert ast.unparse(tree.body[-1]) == "layer = layers.Dense(784)"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("if a:\n    model.add(1)\nelif b:\n    print(1)\nelse:\n    print(2)", "model.add(1)"),
        ("if a:\n    print(1)\nelse:\n    model.add(1)", "pass"),
        ("if a:\n    print(1)\nelse:\n    if b:\n        model.add(1)", "if b:"),
        ("for i in [1]:\n    print(i)\n    model.add(i)", "for i in [1]:"),
        ("while a:\n    model.add(1)\n    if b: break", "if b: break"),
        (
            "try:\n    model.add(1)\nexcept ValueError as e:\n    print(e)",
            "except ValueError as e:",
        ),
        ("try:\n    print(1)\nfinally:\n    model.add(1)", "finally:"),
        ("with c() as d:\n    model.add(d)", "with c() as d:"),
        ("def f():\n    model.add(1)\n    return 3\nf()\nx = f()\nmodel.add(x)", "return 3"),
        ("def f(m):\n    global k\n    m.add(1)\nf(model)", "m.add(1)"),
        ("model.layers[0].trainable = False", "model.layers[0].trainable = False"),
        ("model.extra['x'] = 1", "model.extra['x'] = 1"),
        ("model.add(1) ; print(2) ; model.add(3)", "model.add(1) ; pass     ; model.add(3)"),
        ("if a: print(1)\nmodel.add(1)", "model.add(1)"),
        ("@wrap\ndef f(): return 1\nmodel.add(f())", "@wrap"),
        ("class A:\n    def f(self):\n        print(1)\nmodel.add(A())", "print(1)"),
        ("from keras import config\nconfig.set_floatx('float16')", "config.set_floatx('float16')"),
        (
            "def setup():\n    print(1)\n    K.set_image_data_format('x')\nsetup()",
            "K.set_image_data_format('x')",
        ),
    ],
)
def test_control_flow(body, kept):
    text = f"model = make()\na = b = 1\n{body}\nmodel.add('last')\nmodel.fit()\n"
    text, replay = cut(text, "model.add('last')")
    assert isinstance(replay, Replay), replay
    assert kept in kept_lines(replay)
    assert "fit" not in replay.text


def test_calling_a_layer_counts_as_changing_it():
    _, replay = cut("d = make()\nx = d(1)\ny = d(2)\n", "d(2)")
    assert kept_lines(replay) == ["d = make()", "x = d(1)", "y = d(2)"]


def test_a_wide_cut_follows_other_names_of_the_same_thing():
    text = "d = make()\nt = wrap(d)\nt(1)\ny = d(2)\n"
    _, narrow = cut(text, "d(2)")
    assert kept_lines(narrow) == ["d = make()", "y = d(2)"]
    _, wide = cut(text, "d(2)", wide=True)
    assert kept_lines(wide) == ["d = make()", "t = wrap(d)", "t(1)", "y = d(2)"]


def test_function_nobody_calls_is_called_at_the_end():
    text = "def build(a, b, c=1, *d, e, f=2):\n    return make(a, k)\nk = 3\nother()\n"
    _, replay = cut(text, "make(a, k)")
    assert replay.calls == ("build(31, 37, e=41)",)
    assert replay.text.split("\n")[replay.first_own_line - 1 :] == ["build(31, 37, e=41)"]
    assert "k = 3" in replay.text
    assert "other" not in replay.text


@pytest.mark.parametrize(
    "text",
    [
        "def outer():\n    def build():\n        return make(3)\n    return 1\nouter()\n",
        "@decorated\ndef build():\n    return make(3)\n",
        "async def build():\n    return make(3)\n",
    ],
)
def test_function_that_cannot_be_called_is_refused(text):
    _, refusal = cut(text, "make(3)")
    assert refusal == Refusal("the function build is never called here")


def test_semicolon_after_a_statement_that_goes():
    _, replay = cut("a = f(1) ;\nif a:\n    b = g();\nmake(3);", "make(3)")
    assert [line.strip() for line in replay.text.split("\n")] == ["", "", "", "make(3);"]


def test_no_statement_there():
    assert extract(Source("x = 1\n", {}), [Span(7, 1, 7, 2)]) == Refusal("nothing found at line 7")


def test_imports_over_several_lines_lose_only_names():
    _, replay = cut(
        """
        from keras.layers import (
            Dense,
            LSTM as L,  # recurrent
            Flatten,
        )
        x = L(3)
        """,
        "L(3)",
    )
    assert "from keras.layers import LSTM as L" in replay.text
    assert "Dense" not in replay.text
    assert replay.text.split("\n")[5] == "x = L(3)"


def test_line_ends_of_windows():
    replay = extract(Source("import os\r\nx = f(1)\r\n", {}), [Span(2, 5, 2, 9)])
    assert replay.text.split("\n")[1] == "x = f(1)"


STATEMENTS = st.sampled_from(
    [
        "x = a(x)",
        "model.add(x)",
        "print(x); y = x",
        "y += 1",
        "if y: print(y)",
        "if y:\n    model.add(y)\nelif x:\n    print(x)\nelse:\n    x = 1",
        "for i in x:\n    print(i)\n    if i: continue\n    y = i",
        "def f(p, *q):\n    '''doc'''\n    print(p)\n    return p",
        "class C(a):\n    z = x",
        "try:\n    y = f(x)\nexcept a as e:\n    print(e)",
        "with a(x) as y: print(y)",
        "from m import (a,\n  b)",
        "import m.n, o as x; y = x",
        "s = '''é\n'''; x = f(s) ; print(s)",
        "z = [i for i in x if i]; pass",
        "del y",
        "x = \\\n  y",
        "@a\n@b(x)\ndef g():\n    yield x\n    print(1)",
    ]
)


@given(st.lists(STATEMENTS, max_size=12), st.booleans())
def test_whatever_is_cut_parses_and_moves_nothing(lines, wide):
    text, replay = cut("\n".join([*lines, "model.add(x)", ""]), "model.add(x)", wide=wide)
    assert isinstance(replay, Replay)
    before = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    places = {(n.lineno, n.col_offset, n.end_lineno, n.end_col_offset, type(n)) for n in before}
    for node in ast.walk(ast.parse(replay.text)):
        if isinstance(node, ast.stmt) and not isinstance(
            node, (ast.Pass, ast.Expr, ast.Import, ast.ImportFrom)
        ):
            start = (node.lineno, node.col_offset, type(node))
            assert start in {(p[0], p[1], p[4]) for p in places}
    last = ast.parse(replay.text).body[-1]
    assert ast.get_source_segment(replay.text, last) == "model.add(x)"
