"""One verifier, and so one TensorFlow process, for all tests of this folder that can share it."""

from __future__ import annotations

import textwrap

import pytest

from keras_lint.interp import analyse
from keras_lint.source.reader import parse, with_deep_stack

from .helpers import RULES, findings_of


@pytest.fixture
def program():
    """Dedents a program and analyses it: text and FileAnalysis."""

    def make(text):
        text = textwrap.dedent(text).lstrip("\n")
        return text, with_deep_stack(lambda: analyse(parse("program.py", text)))

    return make


@pytest.fixture
def verdicts(verifier, program):
    """Verdicts on a program under one rule."""

    def give(text, code="KER901"):
        text, analysis = program(text)
        findings = findings_of(analysis, code)
        assert findings, [graph.lost for graph in analysis.graphs]
        verified = verifier.verify(text, analysis, findings, RULES)
        assert [f.span for f in verified] == [f.span for f in findings]
        return [finding.verdict for finding in verified]

    return give
