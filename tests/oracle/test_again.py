"""A layer called twice, on shapes that differ a little: does the second call go through?"""

from __future__ import annotations

import os

import keras
import pytest
from drawing import repeatable
from hypothesis import given
from hypothesis import strategies as st
from keras_oracle import ask_keras, ask_us, disagreement
from strategies import FAMILIES

from keras_lint.keras_api.base import LayerArg, Row

pytestmark = pytest.mark.keras

DRAWS = int(os.environ.get("KERAS_LINT_DRAWS", "100"))


@st.composite
def calls_again(draw, family: str):
    """A layer, what it is built on and what it is called on then."""
    name, row = draw(FAMILIES[family])
    if not isinstance(row.inputs, tuple) or not row.inputs:
        return name, row, row
    dims = [draw(st.sampled_from([dim] * 4 + [7, None, 2])) for dim in row.inputs]
    change = draw(st.integers(0, 9))
    if change == 0 and len(dims) > 1:
        dims = dims[:-1]
    if change == 1:
        dims = [*dims[:-1], 3, *dims[-1:]]
    return name, row, Row(row.args, tuple(dims), row.dtype)


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"merges"}))
def test_second_call_agrees_with_keras(family):
    @repeatable(DRAWS)
    @given(calls_again(family))
    def check(drawn):
        name, first, again = drawn
        if ask_keras(name, first).status != "ok":
            return
        problem = disagreement(
            ask_us(name, again, first.inputs), ask_keras(name, again, first.inputs), exact=False
        )
        assert problem is None, f"{name} {first} then {again.inputs}: {problem}"

    check()
    keras.backend.clear_session()


@pytest.mark.parametrize(
    ("name", "args", "first", "again", "kind"),
    [
        ("Dense", {"units": 4}, (None, 10), (None, 15), "built"),
        ("Dense", {"units": 4}, (None, 10), (None, 3, 10), None),
        ("Conv2D", {"filters": 4, "kernel_size": 3}, (None, 9, 9, 3), (None, 8, 8, 1), "built"),
        ("Conv2D", {"filters": 4, "kernel_size": 3}, (None, 9, 9, 3), (None, 5, 7, 3), None),
        ("BatchNormalization", {}, (None, 10), (None, 9), "built"),
        ("BatchNormalization", {}, (None, 10), (None, 3, 10), "built"),
        ("Dense", {"units": 4}, (None, 10), (None, None), None),
        ("TimeDistributed", {"layer": LayerArg("Dense", {"units": 4})}, (2, 3, 4), (2, 5, 4), None),
    ],
)
def test_shared_layer(name, args, first, again, kind):
    row = Row(args, again)
    us, them = ask_us(name, row, first), ask_keras(name, row, first)
    assert them.status == ("refused" if kind else "ok")
    assert us.status != "refused" if kind is None else us.problem.kind == kind
