"""Notebooks as text: which cells, which positions, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import libcst as cst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_lint.model.cells import CellLines, Cells
from keras_lint.model.spans import Span
from keras_lint.source.notebook import Notebook, read_notebook
from keras_lint.source.reader import SourceError, parse, with_deep_stack

from .lib import code, data, document, text


def read(*cells: dict[str, Any] | str, **changes: Any) -> Notebook:
    return read_notebook(data(*cells, **changes))


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(SourceError) as caught:
        read_notebook(content)
    return caught.value.outcome, caught.value.reason


def test_code_cells_in_order_others_ignored() -> None:
    notebook = read(
        text("x = 1"), "a = 1", text("b = 2", kind="raw"), "c = 3\nd = 4", "", "e = 5\n"
    )
    assert notebook.sources == {2: "a = 1", 4: "c = 3\nd = 4", 5: "", 6: "e = 5\n"}
    assert notebook.text == "a = 1\nc = 3\nd = 4\n\ne = 5\n\n"
    assert notebook.broken == ()


def test_source_may_be_one_string_and_end_lines_like_windows() -> None:
    notebook = read(code("a = 1\r\nb = 2\rc = 3", as_list=False), "d = 4")
    assert notebook.sources[1] == "a = 1\nb = 2\nc = 3"
    assert notebook.cells.where(4) == "cell 2, line 1"


def spans_agree(*cells: dict[str, Any] | str) -> int:
    """Every name in the code stands, by its span, in the cell as it was written."""
    notebook = read(*cells)
    source = with_deep_stack(lambda: parse("a.ipynb", notebook.text, notebook.cells))
    compared = 0

    class Names(cst.CSTVisitor):
        def visit_Name(self, node: cst.Name) -> None:
            nonlocal compared
            span = source.spans.of(node)
            assert span.cell is not None
            lines = notebook.sources[span.cell].split("\n")
            if node.value not in ("get_ipython", "__ipython__"):
                assert span.line == span.end_line
                found = lines[span.line - 1][span.column - 1 : span.end_column - 1]
                assert found == node.value
                compared += 1

    source.module.visit(Names())
    return compared


def test_every_name_is_where_it_was_written() -> None:
    compared = spans_agree(
        text("# Title"),
        "a = 1\n\n\nif a:\n    b = 'ä' + a",
        "!ls\nx = !ls\n%time y = f(a)",
        "    indented = 1\n    also = indented",
        text("more"),
        "%%time\nz = y\n\n",
        "",
        "def g(p, q=2):\n    '''\n    text\n    '''\n    return p\n",
        "w = g(\n  a,\n  q=b)",
    )
    assert compared > 20


LINES = st.lists(
    st.sampled_from(["a = b", "!ls", "%time c = d", "e = !ls", "", "f?", "# g", "if h:\n    i"]),
    max_size=5,
).map("\n".join)


@given(st.lists(LINES, min_size=1, max_size=6))
def test_positions_of_any_cells(cells: list[str]) -> None:
    spans_agree("first = 1", *cells)


def test_spans_there_and_back() -> None:
    cells = Cells((CellLines(2, 1, 3), CellLines(5, 5, 1)))
    for span, where in [
        (Span(1, 2, 1, 5), Span(1, 2, 1, 5, 2)),
        (Span(2, 1, 3, 4), Span(2, 1, 3, 4, 2)),
        (Span(5, 7, 5, 8), Span(1, 7, 1, 8, 5)),
    ]:
        assert cells.split(span) == where
        assert cells.join(where) == span
    # one that leaves its cell ends with it; a line of nobody counts to the cell before
    assert cells.split(Span(2, 3, 5, 1)) == Span(2, 3, 3, 3, 2)
    assert cells.where(4) == "cell 2, line 3"
    assert cells.join(Span(1, 1, 1, 2)) == Span(1, 1, 1, 2)


def test_spans_are_ordered_by_cell_first() -> None:
    later, earlier = Span(1, 1, 1, 2, cell=3), Span(9, 1, 9, 2, cell=2)
    assert sorted([later, earlier]) == [earlier, later]


@pytest.mark.parametrize("broken", ["def :", "x = 'a", "x = (1", "x = 1\0", "x = '\ud800'\ny = ("])
def test_broken_cell_costs_itself_alone(broken: str) -> None:
    notebook = read("a = 1", broken, "b = 2")
    (cell,) = notebook.broken
    assert cell.span.cell == 2
    assert cell.reason
    lines = notebook.text.split("\n")
    assert lines[0] == "a = 1"
    assert "b = 2" in lines
    assert notebook.cells.where(lines.index("b = 2") + 1) == "cell 3, line 1"


def test_what_a_broken_cell_may_change_is_not_known_after_it() -> None:
    notebook = read(
        "import keras\nunits, model = 3, 4\nother = 5\ndef build(): pass",
        "model.add(keras.layers.Dense(units)\nbuild()\nnobody = 1",
        "units",
    )
    assert "model = units = broken_cell_2()" in notebook.text.split("\n")


def test_what_a_magic_may_change_is_not_known_after_it() -> None:
    notebook = read("x = 1\ny = 2\nz = 3", "%%timeit\nx = 4", "%strange y", "z")
    assert "x = magic_in_cell_2()" in notebook.text.split("\n")
    assert "y = magic_in_cell_3()" in notebook.text.split("\n")
    assert "z =" not in notebook.text.replace("z = 3", "")


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"language_info": {"name": "R"}}, "R"),
        ({"kernelspec": {"name": "julia-1.9", "language": "julia"}}, "julia"),
        ({"kernelspec": {"name": "ir", "display_name": "R"}}, "R"),
        ({"kernelspec": {"name": "julia-1.6"}}, "Julia"),
    ],
)
def test_other_languages_are_skipped(metadata: dict[str, Any], language: str) -> None:
    outcome, reason = refused(data("x <- 1", metadata=metadata))
    assert (outcome, reason) == ("skipped", f"a notebook in {language}, not in Python")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "conda-env-tf-py"}},
        {"kernelspec": {"name": "irvine"}},
        {"kernelspec": None, "language_info": {"name": "ipython"}},
        {"kernelspec": {"language": "python"}, "language_info": {"name": ""}},
    ],
)
def test_python_by_any_name(metadata: dict[str, Any]) -> None:
    assert read("x = 1", metadata=metadata).sources


def test_single_cells_of_other_languages_are_left_out() -> None:
    notebook = read(code("select 1", vscode={"languageId": "sql"}), "x = 1")
    assert notebook.sources == {2: "x = 1"}


@pytest.mark.parametrize("cells", [[], [text("only words")], ["", "  \n"]])
def test_notebook_without_code_is_skipped(cells: list[Any]) -> None:
    assert refused(data(*cells)) == ("skipped", "the notebook has no code")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"cells": [', "not a notebook: invalid JSON, line 1, column 12"),
        (b"import keras", "not a notebook: invalid JSON, line 1, column 1"),
        (b"\xff\x00\xfa", "not a notebook: it cannot be read as JSON"),
        (b"[" * 100_000, "not a notebook: it cannot be read as JSON"),
        (b"[]", "not a notebook: it does not say its nbformat"),
        (b'{"cells": []}', "not a notebook: it does not say its nbformat"),
        (b'{"nbformat": 3, "worksheets": []}', "a notebook in nbformat 3; only nbformat 4 is read"),
        (b'{"nbformat": 5, "cells": []}', "a notebook in nbformat 5; only nbformat 4 is read"),
        (b'{"nbformat": 4}', "not a notebook: it has no list of cells"),
        (data(text("a"), {}), "not a notebook: cell 2 has no type"),
        (data({"cell_type": "code"}), "not a notebook: cell 1 has no source"),
        (data({"cell_type": "code", "source": [1]}), "not a notebook: cell 1 has no source"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_notebook_is_said_in_one_line(content: bytes, reason: str) -> None:
    assert refused(content) == ("failed", reason)


def test_byte_order_mark_and_utf_16() -> None:
    plain = json.dumps(document("x = 'ä'"))
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read_notebook(plain.encode(encoding)).sources == {1: "x = 'ä'"}
