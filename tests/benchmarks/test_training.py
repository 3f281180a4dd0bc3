"""A sample of ``benchmarks.training``: rules and Keras agree on what is an error."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace

import pytest
from fixture_lib import FIXTURES

sys.path.insert(0, str(FIXTURES.parent))

from benchmarks.training.page import disagreements
from benchmarks.training.product import METRICS, decided, everything, told

EACH = 331
"""Prime, so that the sample goes through all kinds of everything."""


@pytest.mark.keras
def test_a_sample_of_everything_is_told_as_keras_decides() -> None:
    pytest.importorskip("keras")
    sample = list(itertools.islice(everything(), 0, None, EACH))
    cases = [replace(case, metric=metric) for case in sample for metric in ("none", case.metric)]
    cases = list(dict.fromkeys(cases))
    outcomes = dict(zip(cases, zip(map(told, cases), decided(cases), strict=True), strict=True))
    assert {case.metric for case in outcomes} == set(METRICS)
    assert any(decision.raised for _, decision in outcomes.values())
    assert disagreements(outcomes) == []
