"""What all tests share: one process that builds models."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

from keras_lint.verify import Verifier


@pytest.fixture(scope="session")
def verifier() -> Iterator[Verifier]:
    """The real verifier with TensorFlow in its confined child."""
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    with Verifier(time_limit=60) as shared:
        available, reason = shared.available()
        assert available, reason
        yield shared
