"""A program gives the same in a notebook, however it is cut into cells, as in a plain file."""

from __future__ import annotations

import ast
import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from keras_lint.engine import check_paths, check_text
from keras_lint.model.findings import Finding
from keras_lint.model.spans import Span
from keras_lint.source.notebook import read_notebook
from keras_lint.verify import Verifier

from .lib import data, text

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PROGRAMS = sorted(
    path
    for folder in ("programs", "broken", "correct")
    for path in (FIXTURES / folder).glob("*.py")
)


def as_cells(program: str, seed: int) -> list[dict[str, Any] | str]:
    """The program cut between top-level statements at random; text cells and magics between."""
    draw = random.Random(seed)
    lines = program.split("\n")
    starts = []
    for node in ast.parse(program).body:
        decorators = getattr(node, "decorator_list", [])
        starts.append(min([node.lineno, *(item.lineno for item in decorators)]) - 1)
    cuts = sorted({0, len(lines), *(start for start in starts if draw.random() < 0.5)})
    cells: list[dict[str, Any] | str] = []
    for first, last in itertools.pairwise(cuts):
        before = draw.choice(["", "%matplotlib inline\n", "!ls \\\n  -l\n", "%%time\n"])
        cells.append(before + "\n".join(lines[first:last]) + draw.choice(["", "\n?keras"]))
        if draw.random() < 0.3:
            cells.append(text("keras.Sequential(["))
    return cells


class Told:
    """What findings say, with places given by the text that stands there."""

    def __init__(self, sources: dict[int | None, str]) -> None:
        self._lines = {cell: source.split("\n") for cell, source in sources.items()}

    def __call__(self, finding: Finding) -> tuple[object, ...]:
        return (
            *(finding.code, finding.message, finding.expected, finding.actual, finding.model),
            self.place(finding.span),
            tuple((self.place(related.span), related.message) for related in finding.related),
            tuple((step.layer, step.shape, self.place(step.span)) for step in finding.trail),
            finding.verdict.status,
            finding.verdict.evidence,
        )

    def place(self, span: Span | None) -> tuple[str, ...] | None:
        if span is None:
            return None
        lines = self._lines[span.cell][span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return tuple(lines)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_same_findings(path: Path, seed: int) -> None:
    program = path.read_text("utf-8").replace("\r\n", "\n").replace("\t", "    ")
    content = data(*as_cells(program, seed))
    plain, _ = check_text(program, str(path))
    cells, _ = check_text(content, str(path.with_suffix(".ipynb")))
    assert cells.outcome == plain.outcome
    told_plain, told_cells = Told({None: program}), Told(dict(read_notebook(content).sources))
    assert [told_cells(f) for f in cells.findings] == [told_plain(f) for f in plain.findings]
    assert [(m.name, m.kind, m.followed, told_cells.place(m.span)) for m in cells.models] == [
        (m.name, m.kind, m.followed, told_plain.place(m.span)) for m in plain.models
    ]


def test_same_verdicts(tmp_path: Path, verifier: Verifier) -> None:
    compared = 0
    for path in PROGRAMS:
        if path.parent.name == "correct":
            continue
        program = path.read_text("utf-8").replace("\r\n", "\n").replace("\t", "    ")
        script, notebook = tmp_path / f"{path.stem}.py", tmp_path / f"{path.stem}.ipynb"
        script.write_text(program, "utf-8")
        notebook.write_bytes(data(*as_cells(program, seed=3)))
        plain, cells = check_paths([str(script), str(notebook)], verifier=verifier).files
        told_plain = Told({None: program})
        told_cells = Told(dict(read_notebook(notebook.read_bytes()).sources))
        assert [told_cells(f) for f in cells.findings] == [told_plain(f) for f in plain.findings]
        compared += len(plain.findings)
    assert compared >= 34
