"""A short run of ``benchmarks.fuzz``: whatever a program is, nothing goes wrong inside."""

from __future__ import annotations

import itertools
import sys

import pytest
from fixture_lib import FIXTURES
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(FIXTURES.parent))

from benchmarks.fuzz.programs import MODEL, complaint, spoilt_programs

hypothesmith = pytest.importorskip("hypothesmith")


def test_spoilt_programs() -> None:
    for name, content in itertools.islice(spoilt_programs(FIXTURES, seed=1), 150):
        assert complaint(content, name) == "", content


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(hypothesmith.from_grammar())
def test_programs_drawn_from_the_grammar(program: str) -> None:
    assert complaint(f"{MODEL}{program}", "drawn.py") == ""
