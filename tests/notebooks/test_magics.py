"""Cells with IPython's additions become Python of the same lines.

Which cells are Python to IPython, and which variables their assignments bind, was compared with
IPython 9.18's own translation of these cells.
"""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_lint.source.magics import assigned_names, broken, to_python


def bound(source: str) -> set[str]:
    code = to_python(source)
    assert len(code.lines) == source.count("\n") + 1
    return assigned_names(code.tree())


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1", "x"),
        ("x = 1;", "x"),
        ("%matplotlib inline\nx = 1", "x"),
        ("%load_ext autoreload\n%autoreload 2\nx = 1", "x"),
        ("!pip install a \\\n    b\nx = 1", "x"),
        ("!pip install 'a\nx = 1", "x"),
        ("!echo it's # ''' \nx = 1", "x"),
        ("!!ls\nx = 1", "x"),
        ("pip install keras\nx = 1", "x"),
        ("cd /content/x y\nx = 1", "x"),
        ("x = !ls", "x"),
        ("x =!ls", "x"),
        ("x=%pwd", "x"),
        ("a, b = %sql select 1", "a b"),
        ("d['a'] = !ls\no.b = !ls", ""),
        ("print?\nx = 1", "x"),
        ("?print\nx = 1", "x"),
        ("print??\nx = 1", "x"),
        ("x.y?", ""),
        ("*int*?", ""),
        ("%time?", ""),
        ("/f 1 2\n,f a b\n;f a b\nx = 1", "x"),
        ("# c\n!ls\nx = 1 # why?", "x"),
        ("x = 'what?'\n!ls", "x"),
        ("if a:\n    !ls\n    %cd y\nelse:\n    x = !ls", "x"),
        ("for i in range(3):\n    !echo {i}", "i"),
        ("def f():\n    %matplotlib inline\n    return 1", ""),
        ("x = '''\n%no\n!no\n'''\n!ls", "x"),
        ("x = (1\n  % 2)\n!ls", "x"),
        ("x = 5 \\\n  % 2\n!ls", "x"),
        ("x = 'a\\\nb'\n!ls", "x"),
        ("r'\\\\'\n!ls\nx = 1", "x"),
        ("x = {\n 'a': 1,  # it's\n}\n!ls", "x"),
        ("x = f'{y!r}'\n!ls", "x"),
        ("    x = 1\n    y = 2", "x y"),
        ("    x = 1\n    !ls\n    y = 2", "x y"),
        ("get_ipython().system('ls')", ""),
        ("x = await f()", "x"),
        ("# %%\nx = 1  # %time", "x"),
        ("%time x = f(1)", "x"),
        ("%time  x = f(1)", "x"),
        ("if a:\n    %time x = f(1)", "x"),
        ("%prun x = f(1)", "x"),
        ("%time", ""),
        ("%time x = f(1) + \\\n   2", "x"),
        ("%%time\nx = 1\n!ls", "x"),
        ("\n\n%%time\nx = 1", "x"),
        ("%%capture out\n%%time\nx = 1", "x"),
        ("%%timeit\nx = 1", "x"),
        ("%%bash\nx = $(ls | grep '", ""),
        ("%%writefile model.py\nx = (", ""),
        ("%%html\n<b>", ""),
        ("%%script false --no-raise-error\nx = 1", ""),
        ("%%python3\nx = 1", ""),
        ("", ""),
        ("   \n\n", ""),
    ],
)
def test_is_python_and_binds(source: str, names: str) -> None:
    assert bound(source) == set(names.split())


@pytest.mark.parametrize(
    "source",
    ["def :", "x = (1", "x = 'abc", "print 'hi'", "x = [\n!ls\n]", "(x?)", "x = \\", "@decorator"],
)
def test_is_no_python(source: str) -> None:
    with pytest.raises(SyntaxError):
        to_python(source)


def test_timed_statement_stays_where_it_is() -> None:
    line = "  %time model = build( 3 )"
    (shown,) = to_python("if 1:\n" + line).lines[1:]
    assert shown.index("model = build( 3 )") == line.index("model = build( 3 )")


@pytest.mark.parametrize(
    ("source", "touched"),
    [
        ("%matplotlib inline", ""),
        ("%cd keras", ""),
        ("!ls keras", ""),
        ("%timeit f(x)", ""),
        ("%R -o frame", "frame o"),
        ("%%bash --out text\nx = 1", "text"),
        ("%%capture out\nx = 1", "out"),
        ("%%timeit\nx = f(y)\nimport os", "x"),
        ("%%cython\ncdef f(int n): n", "cdef f int n"),
        ("%time for i in r: l.add(i)", "i l r"),
    ],
)
def test_names_what_it_cannot_follow(source: str, touched: str) -> None:
    assert to_python(source).touched == set(touched.split())


def test_magics_that_bind_anything_are_like_star_imports() -> None:
    for source in ("%run setup.py", "%pylab inline", "%store -r x"):
        (statement,) = to_python(source).tree().body
        assert isinstance(statement, ast.ImportFrom)
        assert statement.names[0].name == "*"


def test_broken_cell_keeps_its_imports_and_names_the_rest() -> None:
    source = "import os\nfrom a import (\n  b, c)\nx = b.f(y\nos.g = 2\nfor z in q:\n"
    code = broken(source)
    assert code.lines == ["import os", "from a import (", "  b, c)", "", "", "", ""]
    assert {"x", "y", "z", "q"} <= code.touched
    assert {"x", "z"} <= code.rebound
    assert not code.touched & {"os", "b", "c", "f", "for", "in"}


PIECES = st.sampled_from(
    [
        *("%time ", "%%time", "!ls", "?", "x", " = ", "'", '"""', "(", ")", "[", "]", "\\", "\n"),
        *("    ", "#", "if 1:", "%cd", "f(1)", ";", ",", "import a", "\t", "\x0c", "é", "\0"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_python_or_refused_as_such(source: str) -> None:
    try:
        code = to_python(source)
    except (SyntaxError, ValueError):
        code = broken(source)
    code.tree()
    assert len(code.lines) == source.count("\n") + 1


@pytest.mark.parametrize(
    "source",
    [
        "!x\n" + " " * 200_000 + "\n(",  # patterns that backtrack would never come back from these
        "!x\n" + "a" * 200_000 + " [" * 100,
        ("a, " * 100 + "b c\n") * 300 + "(",
    ],
    ids=["spaces", "word", "targets"],
)
def test_long_lines_that_are_no_python_are_read_to_their_end(source: str) -> None:
    with pytest.raises(SyntaxError):
        to_python(source)
    assert len(broken(source).lines) == source.count("\n") + 1
