"""Findings in notebooks built by TensorFlow, and the notebooks in fixtures/."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from keras_lint.engine import analyse_text, check_paths
from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import FileResult
from keras_lint.source.notebook import read_notebook
from keras_lint.verify import Verifier

from .lib import HEAD, text, write

NOTEBOOKS = Path(__file__).resolve().parents[2] / "fixtures" / "notebooks"
_EXPECT = re.compile(r"#\s*expect(?: on line (\d+))?:\s*(KER\d{3})")


def check(path: Path, verifier: Verifier) -> FileResult:
    (result,) = check_paths([str(path)], verifier=verifier).files
    assert not result.traceback
    return result


def expectations(path: Path) -> list[tuple[int, int, str]]:
    """Cell, line and code of what the comments in a notebook's cells announce."""
    notebook = read_notebook(path.read_bytes())
    return [
        (number, int(found[1] or index), found[2])
        for number, source in notebook.sources.items()
        for index, line in enumerate(source.split("\n"), start=1)
        if (found := _EXPECT.search(line))
    ]


@pytest.mark.parametrize("name", ["digits", "sentiment", "unfinished"])
def test_fixture_gives_what_it_says(name: str, verifier: Verifier) -> None:
    path = NOTEBOOKS / f"{name}.ipynb"
    before = path.read_bytes()
    result = check(path, verifier)
    found = [(f.span.cell, f.span.line, f.code) for f in result.findings]
    assert found == expectations(path)
    statuses = {f.code: f.verdict.status for f in result.findings}
    if name == "unfinished":  # an earlier cell that does not run stands between
        assert statuses.pop("KER107") == "unverified"
    assert set(statuses.values()) <= {"confirmed"}
    assert path.read_bytes() == before


def test_fixture_in_another_language(verifier: Verifier) -> None:
    assert check(NOTEBOOKS / "in_r.ipynb", verifier).outcome == "skipped"


def test_fixtures_are_notebooks_with_outputs_and_text() -> None:
    cells = json.loads((NOTEBOOKS / "sentiment.ipynb").read_bytes())["cells"]
    assert {cell["cell_type"] for cell in cells} == {"code", "markdown", "raw"}
    assert any(cell.get("outputs") for cell in cells)


def test_models_of_a_correct_notebook_are_those_that_keras_builds(verifier: Verifier) -> None:
    path = NOTEBOOKS / "digits.ipynb"
    analysis = analyse_text(path.read_bytes(), str(path))
    text = read_notebook(path.read_bytes()).text
    assert [graph.name for graph in analysis.graphs] == ["digits", "sequential"]
    for index, graph in enumerate(analysis.graphs):
        assert graph.followed, graph.lost
        built = verifier.built(text, analysis, index)
        assert isinstance(built, LayerGraph), built
        assert difference(graph, built) == []


def test_helper_in_another_cell_and_known_data(tmp_path: Path, verifier: Verifier) -> None:
    path = write(
        tmp_path / "a.ipynb",
        "!pip install keras\nimport numpy as np\n" + HEAD,
        "x_train = np.zeros((100, 12, 3))\nx_train.shape",
        text("The *helper*"),
        "def two(x, n):\n    x = layers.LSTM(n)(x)\n    return layers.LSTM(n)(x)",
        "?keras",
        "inputs = Input(x_train.shape[1:])\n%time y = two(inputs, 4)",
        "%%time\nmodel = keras.Model(inputs, y)\nmodel.fit(x_train);",
        "twice = Sequential([Input((3, 2)), layers.Flatten(),\n    layers.Flatten()])",
    )
    findings = check(path, verifier).findings
    assert [(str(f.span), f.code, f.verdict.status) for f in findings] == [
        ("cell 4, line 2", "KER101", "confirmed"),
        ("cell 8, line 2", "KER201", "confirmed"),
    ]
    assert findings[0].verdict.evidence.startswith("ValueError: ")


def test_reasons_name_cells(tmp_path: Path, verifier: Verifier) -> None:
    path = write(
        tmp_path / "a.ipynb",
        HEAD,
        text("text"),
        "\nunits = !cat units.txt\nunits = len(units)",
        "shared = layers.Dense(units)\na = shared(Input((4,)))\nb = shared(Input((5,)))",
        "layers.Dense(3).nothing\n",
        "model = Sequential([Input((5, 4)), layers.Flatten(), layers.Flatten()])",
    )
    verdicts = {f.code: f.verdict for f in check(path, verifier).findings}
    assert verdicts["KER107"].status == "unverified"
    assert verdicts["KER107"].reason == "needs get_ipython, cell 3, line 2"


def test_failure_elsewhere_is_told_by_cell(tmp_path: Path, verifier: Verifier) -> None:
    path = write(
        tmp_path / "a.ipynb",
        HEAD,
        "def widths():\n    return [3, 4, 5][7]",
        "try:\n    n = widths()\nfinally:\n    pass",
        "h = layers.LSTM(n)(Input((10, 8)))",
        "y = layers.LSTM(4)(h)",
    )
    (finding,) = check(path, verifier).findings
    assert finding.verdict.status == "unverified"
    assert "cell 2, line 2: IndexError" in finding.verdict.reason
