"""Spans agree with libcst's own positions, on every expression and statement."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from keras_lint.source.reader import parse, with_deep_stack
from keras_lint.source.walk import walk

ROOT = Path(__file__).resolve().parents[2]
TRICKY = (
    "x = (  # comment\n    a\n    . b(1,\n 2)  # end\n)\n",
    "class A:\n\tdef f(self):\n\t\treturn [\n\t\t\ti for i in self\n\t\t]\n",
    "a = 'ä' + \"日本\"; b = f'{a!r:>{w}}'\r\nc = a\r\nif c:\r\n    d = c\r\n",
    "x = 1",
    "\n\n@dec(1)\nasync def f(*a, b=2, **k): return await a\n",
    "def f():\n    x = '''a\n  b'''\n    return x\n",
)


@pytest.mark.parametrize(
    "text",
    [*TRICKY, (ROOT / "keras_lint" / "model" / "dims.py").read_text(encoding="utf-8")],
)
def test_spans_are_those_of_libcst(text: str) -> None:
    source = with_deep_stack(lambda: parse("x.py", text))
    positions = MetadataWrapper(source.module, unsafe_skip_copy=True).resolve(PositionProvider)
    compared = 0
    for node, position in positions.items():
        if not isinstance(node, (cst.BaseExpression, cst.BaseSmallStatement, cst.Arg)):
            continue
        span = source.spans.of(node)
        assert (span.line, span.column) == (position.start.line, position.start.column + 1)
        assert (span.end_line, span.end_column) == (position.end.line, position.end.column + 1)
        compared += 1
    assert compared


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "  # end"])
def test_what_libcst_drops_moves_nothing(end: str) -> None:
    handler = "try:\n    pass\nexcept (OSError, KeyError)  as e  :\n    first = e\n"
    text = "import keras\n" + handler + handler.replace(" as e ", "") + "last = 1" + end
    source = with_deep_stack(lambda: parse("x.py", text))
    lines = text.splitlines()
    names = [node for node in walk(source.module) if isinstance(node, cst.Name)]
    for name in names:
        span = source.spans.of(name)
        assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == name.value
    assert names[-1].value == "last"
