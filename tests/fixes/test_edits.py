"""What each kind of change makes of source text: minimal, comments and formatting kept."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from keras_lint.fixes.resolve import NotPossible, edits_of
from keras_lint.fixes.text import EditError, apply_edits
from keras_lint.model.fixes import (
    BeginWithInput,
    Bracket,
    Change,
    Drop,
    Edit,
    Fix,
    RemoveArgument,
    Rename,
    RenameArgument,
    Reshape,
    SetArgument,
    SetString,
    SetValue,
    Share,
    Unshare,
    Unwrap,
)
from keras_lint.model.spans import Span
from keras_lint.source.reader import parse


def span_of(text: str, part: str) -> Span:
    assert text.count(part) == 1, part
    start = text.index(part)
    end = start + len(part)

    def place(offset: int) -> tuple[int, int]:
        return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1

    return Span(*place(start), *place(end))


def changed(text: str, *changes: Change) -> str:
    source = parse("program.py", text)
    return apply_edits(text, edits_of(source, Fix("", changes)))


def dedent(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()", "f(a=1)"),
        ("f(2)", "f(2, a=1)"),
        ("f(2, )", "f(2, a=1, )"),
        ("f(a=2, b=3)", "f(a=1, b=3)"),
        ("f(a=(2), b=3)", "f(a=1, b=3)"),
        ("f(\n    2,\n    b=3,  # three\n)", "f(\n    2,\n    b=3,  # three\n    a=1,\n)"),
        ("f(\n    2,\n    b=3  # three\n)", "f(\n    2,\n    b=3,  # three\n    a=1\n)"),
        ("f(2,\n  b=3)", "f(2,\n  b=3, a=1)"),
        ("f(*p)", "f(*p, a=1)"),
    ],
)
def test_set_argument(before: str, after: str) -> None:
    before, after = (f"x = {text}\n" for text in (before, after))
    call = span_of(before, before[4:-1])
    assert changed(before, SetArgument(call, "a", "1")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(a=2)", "f()"),
        ("f(a=2,)", "f()"),
        ("f(a=2, b=3)", "f(b=3)"),
        ("f(b=3, a=2)", "f(b=3)"),
        ("f(1, a=2, b=3)", "f(1, b=3)"),
        ("f(\n    1,\n    a=2,  # two\n    b=3,\n)", "f(\n    1,\n    b=3,\n)"),
        ("f(\n    1,\n    a=2,\n)", "f(\n    1,\n)"),
        ("f(1,\n  a=2)", "f(1)"),
    ],
)
def test_remove_argument(before: str, after: str) -> None:
    before, after = (f"x = {text}\n" for text in (before, after))
    call = span_of(before, before[4:-1])
    assert changed(before, RemoveArgument(call, "a")) == after


def test_small_changes_of_arguments() -> None:
    text = 'x = Dense(8, actvation="rellu")\n'
    call = span_of(text, text[4:-1])
    assert changed(text, RenameArgument(call, "actvation", "activation")) == (
        'x = Dense(8, activation="rellu")\n'
    )
    assert changed(text, SetString(call, "rellu", "relu")) == 'x = Dense(8, actvation="relu")\n'
    assert changed(text, SetValue(span_of(text, "8"), "16")) == 'x = Dense(16, actvation="rellu")\n'
    text = "x = Add()(a, b)\n"
    assert changed(text, Bracket(span_of(text, "Add()(a, b)"))) == "x = Add()([a, b])\n"
    text = "x = TimeDistributed(\n    Dense(2), name='a'\n)\n"
    outer = span_of(text, text[4:-1])
    assert changed(text, Unwrap(outer, span_of(text, "Dense(2)"))) == "x = Dense(2)\n"
    text = "x = [Dense(2)] * n\n"
    assert changed(text, Unshare(span_of(text, "Dense(2)"))) == "x = [Dense(2) for _ in range(n)]\n"


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("shape=(None, 28, 1)", {"drop_first": True}, "shape=(28, 1)"),
        ("shape=[None, 28, 1]", {"drop_first": True}, "shape=[28, 1]"),
        ("shape=(None, 28)", {"drop_first": True}, "shape=(28,)"),
        ("shape=(28, 28)", {"append": "1"}, "shape=(28, 28, 1)"),
        ("shape=(28,)", {"append": "1"}, "shape=(28, 1,)"),
        ("shape=28", {"single": True}, "shape=(28,)"),
        ("shape=(28)", {"single": True}, "shape=(28,)"),
    ],
)
def test_reshape(before: str, change: dict[str, Any], after: str) -> None:
    text = f"x = Input({before})\n"
    argument = span_of(text, before)
    assert changed(text, Reshape(argument, **change)) == f"x = Input({after})\n"


@pytest.mark.parametrize(
    ("before", "layer", "after"),
    [
        ("m = S([A(), B(), C()])\n", "B()", "m = S([A(), C()])\n"),
        ("m = S([A(), B()])\n", "B()", "m = S([A()])\n"),
        ("m = S([B(), C()])\n", "B()", "m = S([C()])\n"),
        (
            "m = S([\n    A(),\n    B(),  # b\n    C(),\n])\n",
            "B()",
            "m = S([\n    A(),\n    C(),\n])\n",
        ),
        ("m = S([\n    A(),\n    B()\n])\n", "B()", "m = S([\n    A()\n])\n"),
        ("m.add(A())\nm.add(B())\nm.add(C())\n", "B()", "m.add(A())\nm.add(C())\n"),
        ("x = A()(x)\nx = B()(x)\n", "B()", "x = A()(x)\n"),
        ("y = B()(x)\n", "B()", "y = x\n"),
        ("y = C()(B()(x + 1))\n", "B()", "y = C()((x + 1))\n"),
        ("y = B()([x])\n", "B()", "y = x\n"),
        ("y = B()(x, training=True)\n", "B()", "y = x\n"),
        ("def f(x):\n    x = B()(x)\n    return x\n", "B()", "def f(x):\n    return x\n"),
        ("if a:\n    x = B()(x)\nx\n", "B()", "if a:\n    pass\nx\n"),
    ],
)
def test_drop(before: str, layer: str, after: str) -> None:
    assert changed(before, Drop(span_of(before, layer))) == after


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("f(**k)\n", lambda t: SetArgument(span_of(t, "f(**k)"), "a", "1")),
        ("f(2)\n", lambda t: RemoveArgument(span_of(t, "f(2)"), "a")),
        ("f(a=1, b=2)\n", lambda t: RenameArgument(span_of(t, "f(a=1, b=2)"), "a", "b")),
        ("f('a', 'a')\n", lambda t: SetString(span_of(t, t[:-1]), "a", "b")),
        ("b = B()\nx = b(x)\n", lambda t: Drop(span_of(t, "B()"))),
        ("x = B()(*x)\n", lambda t: Drop(span_of(t, "B()"))),
        ("x = B()(x); y = 1\n", lambda t: Drop(span_of(t, "B()"))),
        ("Add()(*x)\n", lambda t: Bracket(span_of(t, "Add()(*x)"))),
        ("Input(shape=s)\n", lambda t: Reshape(span_of(t, "shape=s"), append="1")),
        ("x = [B(), C()] * 2\n", lambda t: Unshare(span_of(t, "B()"))),
        ("f(1)\n", lambda _: SetArgument(Span(9, 1, 9, 2), "a", "1")),
        (
            "ops = 1\nx = tf.nn.relu(x)\n",
            lambda t: Rename(span_of(t, "tf.nn.relu"), "keras.ops.relu"),
        ),
    ],
)
def test_what_is_not_one_place_is_left_alone(text: str, change: Callable[[str], Change]) -> None:
    with pytest.raises(NotPossible):
        changed(text, change(text))


@pytest.mark.parametrize(
    ("imports", "written", "imports_after"),
    [
        ("import keras", "keras.ops.relu", None),
        ("from keras import ops", "ops.relu", None),
        (
            "import keras\nfrom keras import ops as K",
            "K.relu",
            "import keras\nfrom keras import ops as K",
        ),
        ("from keras import layers", "ops.relu", "from keras import layers, ops"),
        (
            "from keras.layers import Dense",
            "ops.relu",
            "from keras.layers import Dense\nfrom keras import ops",
        ),
        ("import tensorflow as tf", "tf.keras.ops.relu", None),
        (
            "from tensorflow.keras import layers  # ours",
            "ops.relu",
            "from tensorflow.keras import layers, ops  # ours",
        ),
        (
            "from tensorflow.keras.layers import (\n    Dense,\n)",
            "ops.relu",
            "from tensorflow.keras.layers import (\n    Dense,\n)\n"
            "from tensorflow.keras import ops",
        ),
        ("import keras.layers\nimport keras.models", "keras.ops.relu", None),
    ],
)
def test_rename_goes_by_imports(imports: str, written: str, imports_after: str | None) -> None:
    text = f"{imports}\nx = OLD.name(x)\n"
    after = changed(text, Rename(span_of(text, "OLD.name"), "keras.ops.relu"))
    assert after == f"{imports_after or imports}\nx = {written}(x)\n"


def test_new_lines_end_as_the_others() -> None:
    text = "from keras.layers import Dense\r\nx = OLD(x)\r\n"
    span = Span(2, 5, 2, 8)
    after = changed(text, Rename(span, "keras.ops.relu"))
    lines = ["from keras.layers import Dense", "from keras import ops", "x = ops.relu(x)", ""]
    assert after == "\r\n".join(lines)


def test_edits_are_in_the_text_and_apart() -> None:
    text = "one\ftwo\nthree\n"  # a form feed ends no line
    assert apply_edits(text, [Edit(Span(1, 5, 1, 8), "2")]) == "one\f2\nthree\n"
    with pytest.raises(EditError, match="overlap"):
        apply_edits(text, [Edit(Span(1, 1, 1, 4), ""), Edit(Span(1, 3, 1, 5), "")])
    with pytest.raises(EditError, match="line 9"):
        apply_edits(text, [Edit(Span(9, 1, 9, 1), "x")])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """
            from keras import Input, Sequential
            m = Sequential([D(4, input_shape=(8,), use_bias=False), D(1)])
            """,
            """
            from keras import Input, Sequential
            m = Sequential([Input(shape=(8,)), D(4, use_bias=False), D(1)])
            """,
        ),
        (
            """
            import keras
            def make():
                m = keras.Sequential(name="m")
                m.add(D(4, input_shape=(8,)))  # eight
                m.add(D(1))
            """,
            """
            import keras
            def make():
                m = keras.Sequential(name="m")
                m.add(keras.Input(shape=(8,)))
                m.add(D(4))  # eight
                m.add(D(1))
            """,
        ),
        (
            """
            import keras
            m = keras.Sequential([
                # a comment
                D(4, input_shape=(8,)),
            ])
            """,
            """
            import keras
            m = keras.Sequential([
                # a comment
                keras.Input(shape=(8,)),
                D(4),
            ])
            """,
        ),
    ],
)
def test_begin_with_input(before: str, after: str) -> None:
    before, after = dedent(before), dedent(after)
    whole = "D(4, input_shape=(8,), use_bias=False)"
    made = whole if whole in before else "D(4, input_shape=(8,))"
    assert changed(before, BeginWithInput(span_of(before, made), "input_shape")) == after


@pytest.mark.parametrize(
    "before",
    [
        "m = Sequential([A(), D(4, input_shape=(8,))])\n",
        "m = Sequential([D(4, input_shape=(8,), batch_size=3)])\n",
        "m = Sequential()\nm.add(A())\nm.add(D(4, input_shape=(8,)))\n",
        "m = Sequential(layers)\nm.add(D(4, input_shape=(8,)))\n",
        "def f(m):\n    m.add(D(4, input_shape=(8,)))\n",
        "d = D(4, input_shape=(8,))\n",
    ],
)
def test_begin_with_input_is_not_possible(before: str) -> None:
    end = before.index(")", before.index("(8,)") + 4) + 1
    made = before[before.index("D(4") : end]
    with pytest.raises(NotPossible):
        changed(before, BeginWithInput(span_of(before, made), "input_shape"))


def test_share() -> None:
    text = "if a:\n    x = D(4)(p)  # one\n    y = F()(D( 4)(q))\n"
    change = Share(span_of(text, "D(4)"), span_of(text, "D( 4)"), "shared_d")
    assert changed(text, change) == (
        "if a:\n    shared_d = D(4)\n    x = shared_d(p)  # one\n    y = F()(shared_d(q))\n"
    )
    for other in (
        "x = D(4)\ny = D( 4)(q)\n",
        "x = D(4)(p)\nif a:\n    y = D( 4)(q)\n",
        "y = D( 4)(q)\nx = D(4)(p)\n",
        "shared_d = 1\nx = D(4)(p)\ny = D( 4)(q)\n",
    ):
        with pytest.raises(NotPossible):
            changed(other, Share(span_of(other, "D(4)"), span_of(other, "D( 4)"), "shared_d"))
