"""Every entry's rows through the installed Keras."""

from __future__ import annotations

import pytest
from keras_oracle import ask_keras, ask_us, disagreement

from keras_lint.keras_api.base import entries

pytestmark = pytest.mark.keras

CASES = [
    pytest.param(name, row, id=f"{name.rpartition('.')[2]}-{number}")
    for name, kind in sorted(entries().items())
    for number, row in enumerate(kind.rows)
]


@pytest.mark.parametrize(("name", "row"), CASES)
def test_row_is_what_keras_does(name, row):
    problem = disagreement(ask_us(name, row), ask_keras(name, row))
    assert problem is None, f"{row}: {problem}"


# An InputLayer takes no tensor; what it makes is compared in test_input.py.
@pytest.mark.parametrize("name", sorted(set(entries()) - {"keras.layers.InputLayer"}))
def test_entry_has_rows(name):
    kind = entries()[name]
    assert len(kind.rows) == 0 if kind.opaque else len(kind.rows) >= 4
