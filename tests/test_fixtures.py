"""The programs in fixtures/ through the engine, with verification by TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_lib import (
    Expected,
    broken_programs,
    correct_programs,
    expectations,
    label,
    programs,
)

from keras_lint.engine import analyse_text, check_paths, check_text
from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import FileResult
from keras_lint.verify import Verifier


def only(path: Path, verifier: Verifier | None = None) -> FileResult:
    (result,) = check_paths([str(path)], verifier=verifier).files
    assert result.outcome == "checked", result.reason
    assert not result.traceback
    return result


def test_there_are_enough_programs() -> None:
    assert len(programs("programs")) == 14
    assert len([path for path in broken_programs() if path.parent.name == "broken"]) >= 34
    assert len([path for path in correct_programs() if path.parent.name == "correct"]) >= 34
    codes = [expectations(path.read_text("utf-8"))[0].code for path in broken_programs()]
    for code in set(codes):
        assert codes.count(code) >= 3, code


@pytest.mark.parametrize("path", broken_programs(), ids=label)
def test_broken_program_gives_the_expected_line_and_code(path: Path) -> None:
    text = path.read_text("utf-8")
    result, _ = check_text(text, str(path))
    found = [(finding.span.line, finding.code) for finding in result.findings]
    assert found == [(item.line, item.code) for item in expectations(text)]


@pytest.mark.keras
@pytest.mark.parametrize("path", broken_programs(), ids=label)
def test_broken_program_is_confirmed(path: Path, verifier: Verifier) -> None:
    result = only(path, verifier)
    found = [Expected(f.span.line, f.code, f.verdict.status) for f in result.findings]
    reasons = [finding.verdict.reason for finding in result.findings]
    assert found == expectations(path.read_text("utf-8")), reasons


@pytest.mark.parametrize("path", correct_programs(), ids=label)
def test_correct_program_gives_nothing_and_is_followed(path: Path) -> None:
    result = only(path)
    assert result.findings == ()
    assert result.models
    assert [model.lost for model in result.models if not model.followed] == []


@pytest.mark.keras
@pytest.mark.parametrize("path", correct_programs(), ids=label)
def test_correct_program_has_the_graph_that_keras_builds(path: Path, verifier: Verifier) -> None:
    text = path.read_text("utf-8")
    analysis = analyse_text(text, str(path))
    assert analysis.graphs
    for index, static in enumerate(analysis.graphs):
        built = verifier.built(text, analysis, index)
        assert isinstance(built, LayerGraph), built
        assert difference(static, built) == []
