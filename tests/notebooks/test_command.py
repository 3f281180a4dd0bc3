"""``keras-lint`` on notebooks, as a user calls it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from keras_lint.cli import main

from .lib import HEAD, code, data, text, write

LSTMS = "model = Sequential([\n    Input((10, 8)),\n    layers.LSTM(4),\n    layers.LSTM(4),\n])"
GOLDEN = """\
a.ipynb:cell 5:1:5: KER107 Dense already has its weights and cannot take (None, 5): it needs axis \
-1 of length 4, as when it was built on (None, 4)
    |
  1 | b = shared(Input((5,)))
    |     ^^^^^^^^^^^^^^^^^^^ shared layer mismatch
    |
  cell 4
    |
  1 | %time shared = layers.Dense(3)
    |                --------------- it is made here
    |
  expected  axis -1 of length 4, as when it was built on (None, 4)
  received  (None, 5)
  shapes
      InputLayer  (None, 5)  cell 5, line 1
    → Dense       refused    cell 5, line 1
  help  make a second layer for this tensor, or bring both to the same width first
  unverified (verification is off)

1 file checked; 0 models (0 followed fully, 0 partly), 1 checked file without a model
1 finding: 1 unverified
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code, out, err = run(capsys, "check", "--no-verify", *arguments)
    assert err == ""
    return code, out


def test_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        here / "a.ipynb",
        text("# Sharing"),
        "%matplotlib inline\n" + HEAD,
        text("cells count with the text between them"),
        "%time shared = layers.Dense(3)\na = shared(Input((4,)))",
        "b = shared(Input((5,)))",
    )
    assert check(capsys, "a.ipynb") == (1, GOLDEN)


def test_place_of_a_finding_in_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here / "a.ipynb", HEAD, text("-"), "", "x = 1\n" + LSTMS)
    status, out = check(capsys, "--output-format", "json", "a.ipynb")
    assert status == 1
    (file,) = json.loads(out)["files"]
    (finding,) = file["findings"]
    place = [finding[key] for key in ("cell", "line", "column", "end_line", "end_column")]
    assert (finding["code"], place) == ("KER101", [4, 4, 5, 4, 19])
    assert [(step["cell"], step["line"]) for step in finding["trail"]] == [(4, 3), (4, 4), (4, 5)]
    (related,) = finding["related"]
    assert (related["cell"], related["line"]) == (4, 5)
    (model,) = file["models"]
    assert (model["cell"], model["line"]) == (4, 2)


def test_folders(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("sub", "sub/.ipynb_checkpoints"):
        (here / folder).mkdir()
        write(here / folder / "a.ipynb", HEAD, LSTMS)
    write(here / "sub" / "other.ipynb", "x = 1")
    (here / "sub" / "broken_but_not_about_it.ipynb").write_text("{")
    status, out = check(capsys)
    assert status == 1
    assert "sub/a.ipynb:cell 2:3:5: KER101" in out.replace("\\", "/")
    assert "1 file checked, 2 skipped (2 without Keras); 1 model" in out


def test_only_code_counts_as_mention_of_keras(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "a.ipynb", text("about keras"), "x = 1")  # its output says keras too
    status, out = check(capsys, "a.ipynb")
    assert status == 0
    assert "1 skipped (1 without Keras)" in out


def test_syntax_error_costs_its_cell(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here / "a.ipynb", HEAD, "x = 1\nif x\n  y = 2", LSTMS)
    status, out = check(capsys, "-v", "a.ipynb")
    assert status == 1
    assert "a.ipynb:cell 2:2:" in out
    assert "KER001 this cell cannot be parsed: " in out
    assert "confirmed: Python's own parser refuses the cell" in out
    assert "a.ipynb:cell 3:3:5: KER101" in out
    assert "not followed: cell 2, line 2: syntax error" in out
    status, out = check(capsys, "--ignore", "KER001", "--ignore", "KER101", "a.ipynb")
    assert status == 0


@pytest.mark.parametrize(
    ("content", "line", "status"),
    [
        (b'{"keras"', "a.ipynb: failed: not a notebook: invalid JSON, line 1, column 9", 2),
        (b"{}", "a.ipynb: failed: not a notebook: it does not say its nbformat", 2),
        (
            b'{"nbformat": 3}',
            "a.ipynb: failed: a notebook in nbformat 3; only nbformat 4 is read",
            2,
        ),
        (b"", "a.ipynb: skipped: empty file", 0),
        (data(), "a.ipynb: skipped: the notebook has no code", 0),
        (
            data("library(keras)", metadata={"language_info": {"name": "R"}}),
            "a.ipynb: skipped: a notebook in R, not in Python",
            0,
        ),
    ],
)
def test_what_cannot_be_checked_has_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], content: bytes, line: str, status: int
) -> None:
    (here / "a.ipynb").write_bytes(content)
    write(here / "good.ipynb", HEAD)
    found, out = check(capsys, "a.ipynb", "good.ipynb")
    assert found == status
    assert [row for row in out.splitlines() if "a.ipynb" in row] == [line]
    assert "1 file checked" in out
    assert run(capsys, "summary", "a.ipynb")[0] == 2


def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.BytesIO(data(HEAD, LSTMS))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=stdin))
    status, out = check(capsys, "-")
    assert status == 1
    assert "<stdin>:cell 2:3:5: KER101" in out


def test_dictionary_on_standard_input_is_python(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.BytesIO(b"{'a': 'keras'}\nimport keras\n")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=stdin))
    status, out = check(capsys, "-")
    assert status == 0
    assert "1 file checked" in out


def test_percent_script_is_plain_python(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = ["# %%", "# %matplotlib inline", HEAD, "# %% [markdown]", "# # Model", "# %%", LSTMS]
    (here / "a.py").write_text("\n".join(cells))
    status, out = check(capsys, "a.py")
    assert status == 1
    assert "a.py:10:5: KER101" in out


def test_graph_and_summary(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fine = LSTMS.replace("LSTM(4),", "LSTM(4, return_sequences=True),", 1)
    write(here / "a.ipynb", HEAD, "x = (", "%%time\n" + fine)
    status, out, _ = run(capsys, "graph", "a.ipynb")
    assert status == 0
    (model,) = json.loads(out)["models"]
    assert (model["origin"]["cell"], model["origin"]["line"]) == (3, 2)
    assert {call["origin"]["cell"] for call in model["calls"]} == {3}
    status, out, err = run(capsys, "summary", "a.ipynb")
    assert status == 0
    assert "lstm_1 (LSTM)" in out
    assert err.startswith("a.ipynb:cell 2:1: not followed: syntax error: ")


def test_other_files_of_the_project_are_followed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    helper = "from keras import layers\n\ndef head(x):\n    return layers.LSTM(4)(x)\n"
    (here / "helper.py").write_text(helper)
    write(
        here / "a.ipynb",
        HEAD + "\nfrom helper import head",
        "x = head(Input((10, 8)))\ny = head(x)",
    )
    status, out = check(capsys, "a.ipynb")
    assert status == 1
    assert "a.ipynb:cell 2:" in out


def test_names_that_may_have_changed_are_not_believed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = "x = layers.LSTM(4)(Input((10, 8)))", "y = layers.LSTM(4)(x)"
    for between, status in [
        ("%matplotlib inline", 1),
        ("x = layers.RepeatVector(3)(x", 0),
        ("%unheard_of x", 0),
        ("x = !ls", 0),
        ("%%unheard_of\nx = layers.RepeatVector(3)(x)", 0),
        ("%%timeit\nx = layers.RepeatVector(3)(x)", 0),
        ("%time x = layers.RepeatVector(3)(x)", 0),
    ]:
        write(here / "a.ipynb", HEAD, before, between, after)
        assert check(capsys, "--ignore", "KER001", "a.ipynb")[0] == status, between


def test_notebook_is_left_as_it_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [code(HEAD, tags=["a"]), text("b"), code("x = ("), code(LSTMS, collapsed=True)]
    path = write(here / "a.ipynb", *cells)
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    check(capsys, ".")
    run(capsys, "graph", "a.ipynb")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)
    assert {one.name for one in here.iterdir()} <= {path.name, ".keras_lint_cache"}
