"""Drawn configurations of every family through the installed Keras.

``KERAS_LINT_DRAWS`` sets the number of draws per family.
"""

from __future__ import annotations

import os

import keras
import pytest
from drawing import repeatable
from hypothesis import given
from hypothesis import strategies as st
from keras_oracle import ask_keras, ask_us, disagreement
from strategies import FAMILIES

pytestmark = pytest.mark.keras

DRAWS = int(os.environ.get("KERAS_LINT_DRAWS", "200"))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_family_agrees_with_keras(family):
    @repeatable(DRAWS)
    @given(st.data())
    def check(data):
        name, row = data.draw(FAMILIES[family])
        problem = disagreement(ask_us(name, row), ask_keras(name, row), exact=False)
        assert problem is None, f"{name} {row}: {problem}"

    check()
    keras.backend.clear_session()
