"""What all tests share: one process that builds models."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest
from hypothesis import settings

from keras_lint.verify import Verifier

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def verifier() -> Iterator[Verifier]:
    """The real verifier with TensorFlow in its confined child."""
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    with Verifier(time_limit=60) as shared:
        available, reason = shared.available()
        assert available, reason
        yield shared
