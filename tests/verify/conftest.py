"""One verifier, and so one TensorFlow process, for all tests of this folder that can share it."""

from __future__ import annotations

import importlib.util
import textwrap

import pytest

from keras_lint.interp import analyse
from keras_lint.source.reader import parse, with_deep_stack
from keras_lint.verify import Verifier


@pytest.fixture(scope="session")
def verifier():
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    with Verifier(time_limit=60) as shared:
        yield shared


@pytest.fixture
def program():
    """Dedents a program and analyses it: text and FileAnalysis."""

    def make(text):
        text = textwrap.dedent(text).lstrip("\n")
        return text, with_deep_stack(lambda: analyse(parse("program.py", text)))

    return make
