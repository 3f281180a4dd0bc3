"""Training programs, broken and mended: each mistake on its line, confirmed by a step."""

from __future__ import annotations

import pickle
from collections import Counter
from pathlib import Path

import pytest
from fixture_lib import FIXTURES, expectations

from keras_lint.engine import check_text
from keras_lint.rules.registry import all_rules
from keras_lint.verify import Verifier

BROKEN = sorted((FIXTURES / "training" / "broken").glob("*.py"))
CORRECT = sorted((FIXTURES / "training" / "correct").glob("*.py"))
WORKING = sorted((FIXTURES / "training" / "working").glob("*.py"))
"""Programs of many styles, run once in Keras, that train without a word."""
KINDS = (
    *("width", "sparse", "ker303_no_", "whole_array", "sample_axis", "304_one_", "channels_first"),
    *("target_size", "sequence_length", "102_embedding", "validation", "class_mode"),
    *("303_sequence", "102_unbuilt"),
)
"""What people do wrong, as parts of the names of the programs that do it."""


def test_each_kind_of_mistake_has_three_programs_and_each_is_mended() -> None:
    assert [path.name for path in BROKEN] == [path.name for path in CORRECT]
    counts = Counter(path.stem.split("_")[0] for path in BROKEN)
    assert min(counts.values()) >= 3
    for kind in KINDS:
        assert sum(kind in path.stem for path in BROKEN) >= 3, kind
    assert len(BROKEN) >= 60


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_mistake_is_found_on_its_line(path: Path) -> None:
    text = path.read_text("utf-8")
    result, analysis = check_text(text, str(path))
    assert [(f.span.line, f.code) for f in result.findings] == [
        (item.line, item.code) for item in expectations(text)
    ]
    assert pickle.loads(pickle.dumps(analysis.steps)) == analysis.steps


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_mended_program_gives_nothing(path: Path) -> None:
    result, analysis = check_text(path.read_text("utf-8"), str(path))
    assert result.findings == ()
    assert analysis.steps
    assert all(step.problem is None for step in analysis.steps)


@pytest.mark.parametrize("path", WORKING, ids=lambda path: path.stem)
def test_working_program_gives_no_error(path: Path) -> None:
    result, _ = check_text(path.read_text("utf-8"), str(path))
    assert [f for f in result.findings if f.level == "error" or f.code[:4] == "KER3"] == []


@pytest.mark.keras
def test_every_mistake_is_confirmed_by_a_training_step(verifier: Verifier) -> None:
    rules = all_rules()
    doubtful = []
    for path in BROKEN:
        text = path.read_text("utf-8")
        result, analysis = check_text(text, str(path))
        doubtful += [
            (path.name, finding.verdict.reason)
            for finding in verifier.verify(text, analysis, result.findings, rules)
            if finding.verdict.status != "confirmed"
        ]
    assert doubtful == []
