"""Comments that keep findings back, and those that keep back nothing."""

from __future__ import annotations

import json

import pytest

from keras_lint.engine import check_text
from keras_lint.fixing import fix_bytes
from keras_lint.settings import Settings
from keras_lint.source.reader import with_deep_stack

HEAD = "from keras import Input, Sequential, layers\n"
FLATTEN = "m = Sequential([Input((4, 3)), layers.Flatten(), layers.Flatten()])"
LSTM = "n = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])"
TALL = """\
m = Sequential(  # one
    [
        Input((4, 3)),  # two
        layers.Flatten(),
        # three
        layers.Flatten(
            name="again"  # four
        ),
    ]
)  # five
"""
ALL = Settings(extend_select=("KER004",))


def codes(text: str, settings: Settings | None = None) -> list[str]:
    result, _ = check_text(text, "a.py", settings)
    assert result.outcome == "checked"
    return [finding.code for finding in result.findings]


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("", ["KER201"]),
        ("# noqa", []),
        ("#NOQA", []),
        ("# type: ignore # noqa", []),
        ("# noqa: KER201", []),
        ("# noqa:ker201", []),
        ("# noqa: E501,KER201 because it is so", []),
        ("# noqa: E501 KER201", []),
        ("# noqa: KER2", []),
        ("# noqa: KER101", ["KER201"]),
        ("# noqa: E501", ["KER201"]),
        ("# quality", ["KER201"]),
    ],
)
def test_on_the_same_line(comment: str, left: list[str]) -> None:
    assert codes(f"{HEAD}{FLATTEN}  {comment}\n") == left


@pytest.mark.parametrize("place", ["one", "two", "three", "four", "five"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_on_any_line_of_a_statement(place: str, end: str) -> None:
    text = HEAD + TALL.replace(place, "noqa: KER201") + FLATTEN + "\n"
    found = check_text(text.replace("\n", end).encode(), "a.py")[0].findings
    assert [(f.code, f.span.line) for f in found] == [("KER201", 12)]


def test_a_comment_between_statements_and_one_in_a_string_hold_for_nothing() -> None:
    for other in ("# noqa\n", 's = "# noqa"\n', '"""\n# noqa\n"""\n'):
        assert codes(HEAD + other + FLATTEN + "\n" + other) == ["KER201"]


def test_the_head_of_a_compound_statement_is_not_its_body() -> None:
    text = f"{HEAD}def build():  # noqa\n    {FLATTEN}\n    return m\nbuild()\n"
    assert codes(text) == ["KER201"]


def test_skip_file() -> None:
    result, _ = check_text(f"{HEAD}{FLATTEN}\n# keras-lint: skip-file\n", "a.py")
    assert (result.outcome, result.findings) == ("skipped", ())
    assert "skip-file" in result.reason
    assert codes(f'{HEAD}{FLATTEN}\ns = "# keras-lint: skip-file"\n') == ["KER201"]
    assert codes(f"{HEAD}{FLATTEN}\n# say keras-lint: skip-file\n") == ["KER201"]


def test_comments_may_be_passed_over() -> None:
    text = f"{HEAD}{FLATTEN}  # noqa\n# keras-lint: skip-file\n"
    assert codes(text, Settings(noqa=False)) == ["KER201"]


def notebook(*cells: str) -> bytes:
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    listed = [{"cell_type": "markdown", "metadata": {}, "source": "# noqa"}]
    listed += [{**code, "source": cell} for cell in cells]
    document = {"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document).encode()


def test_in_notebooks() -> None:
    data = notebook(HEAD, TALL.replace("five", "noqa: KER201"), f"%time\n{LSTM} # noqa: KER201")
    result, _ = check_text(data, "a.ipynb", ALL)
    found = [(f.code, f.span.cell, f.span.line) for f in result.findings]
    assert found == [("KER101", 4, 2), ("KER004", 4, 2)]
    assert check_text(notebook(HEAD, FLATTEN + "  # noqa"), "a.ipynb")[0].findings == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("x = 1  # noqa: KER101", "x = 1", "KER101"),
        ("x = 1  # noqa: KER101, KER999", "x = 1", "KER101 and KER999"),
        ("x = 1  # noqa: E501, KER101", "x = 1  # noqa: E501", "KER101"),
        ("x = 1  # noqa:KER1,E501,KER2", "x = 1  # noqa: E501", "KER1 and KER2"),
        ("x = 1  # noqa: KER101  # why", "x = 1  # why", "KER101"),
        ("x = 1  # noqa: KER101 as told", "x = 1  # as told", "KER101"),
        ("x = '層'  # so # noqa: KER101", "x = '層'  # so", "KER101"),
        (f"{FLATTEN}  # noqa: KER201, KER101", f"{FLATTEN}  # noqa: KER201", "KER101"),
        ("f(\n  1,  # noqa: KER101\n)", "f(\n  1,\n)", "KER101"),
        # Python ends no line here, str.splitlines does
        ("\x0cx = 1  # noqa: KER101", "\x0cx = 1", "KER101"),
        ("x = '\x85 \u2028'  # noqa: KER101", "x = '\x85 \u2028'", "KER101"),
    ],
)
def test_unused_ones_are_found_and_taken_out(before: str, after: str, said: str) -> None:
    settings = Settings(extend_select=("KER004",), ignore=("KER3", "KER4", "KER5"))
    every = Settings(select=("KER",)) if "KER1," in before else settings
    text = f"{HEAD}{before}\n"
    (finding,) = (f for f in check_text(text, "a.py", every)[0].findings if f.code == "KER004")
    assert finding.message.startswith(f"this comment keeps back no {said}: ")
    line = text.split("\n")[finding.span.line - 1]
    assert line[finding.span.column - 1 :].startswith("# noqa")
    fixed = with_deep_stack(lambda: fix_bytes(text.encode(), "a.py", every))
    assert fixed.after.decode() == f"{HEAD}{after}\n"


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: E501",
        "# noqa: KER211",  # is off
        "# noqa: KER2",  # some of them are
        "# noqa: KER101, KER004",
    ],
)
def test_what_is_not_judged(comment: str) -> None:
    assert codes(f"{HEAD}x = 1  {comment}\n", ALL) == []


def test_not_judged_by_default() -> None:
    assert codes(f"{HEAD}x = 1  # noqa: KER101\n") == []
