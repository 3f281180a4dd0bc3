"""Every entry's rows through the installed Keras."""

from __future__ import annotations

from dataclasses import replace

import pytest
from keras_oracle import ask_keras, ask_us, disagreement

from keras_lint.keras_api.base import entries
from keras_lint.keras_api.weighted import WEIGHTED

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


def test_a_list_of_one_tensor_instead_of_the_tensor():
    compared = 0
    for name, kind in entries().items():
        for row in kind.rows:
            if isinstance(row.inputs, list) or row.extra or kind.generation == "keras2":
                continue
            if ask_keras(name, row).status != "ok":
                continue
            listed = replace(row, inputs=[row.inputs])
            us = ask_us(name, listed)
            problem = disagreement(us, ask_keras(name, listed), exact=False)
            assert problem is None, f"{name} {listed}: {problem}"
            compared += us.status != "lost"
    assert compared > 300


def test_classes_said_to_have_weights_have_some_whatever_their_arguments():
    for cls in sorted(WEIGHTED):
        name = f"keras.layers.{cls}"
        answers = [ask_keras(name, row) for row in entries()[name].rows]
        assert all(sum(one.weights) > 0 for one in answers if one.status == "ok"), cls
