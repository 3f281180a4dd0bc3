"""Operations on symbolic tensors against the installed Keras: rows, and drawn calls.

``KERAS_LINT_DRAWS`` sets the number of draws per family.
"""

from __future__ import annotations

import os

import pytest
from drawing import repeatable
from hypothesis import given
from hypothesis import strategies as st
from ops_oracle import A, Call, T, ask_keras, ask_us, disagreement
from ops_rows import ROWS
from ops_rows_more import FOUND
from tf_rows import TF_FOUND, TF_ROWS
from tf_rows_more import TF_MORE

from keras_lint.keras_api.ops.base import registered

pytestmark = pytest.mark.keras

DRAWS = int(os.environ.get("KERAS_LINT_DRAWS", "200"))


@pytest.mark.parametrize(
    "call", [pytest.param(row, id=f"{row.name}-{n}") for n, row in enumerate(ROWS)]
)
def test_row_is_what_keras_does(call):
    problem = disagreement(ask_us(call), ask_keras(call), exact=True)
    assert problem is None, f"{call}: {problem}"


@pytest.mark.parametrize("inside", [False, True], ids=["symbolic", "inside"])
@pytest.mark.parametrize(
    "call", [pytest.param(call, id=f"{call.name}-{n}") for n, call in enumerate(FOUND)]
)
def test_what_once_was_wrong_stays_right(call, inside):
    theirs = ask_keras(call, inside)
    problem = disagreement(ask_us(call, inside), theirs, exact=False, inside=inside)
    assert problem is None, f"{call}: {problem}"


def test_every_row_holds_inside_layers():
    wrong = []
    for call in ROWS[::4]:
        theirs = ask_keras(call, inside=True)
        problem = disagreement(ask_us(call, inside=True), theirs, exact=False, inside=True)
        if problem is not None:
            wrong.append(f"{call}: {problem}")
    assert wrong == []


def test_functions_of_tensorflow_are_what_they_are_inside_layers():
    wrong = []
    for call in (*TF_ROWS, *TF_MORE, *TF_FOUND):
        theirs = ask_keras(call, inside=True)
        exact = call not in TF_FOUND
        problem = disagreement(ask_us(call, inside=True), theirs, exact=exact, inside=True)
        if problem is not None:
            wrong.append(f"{call}: {problem}")
    assert wrong == []


def test_every_operation_has_rows():
    ours = {path for path in registered() if path.startswith("keras.")}
    ours = {path for path in ours if not path.startswith("keras.backend.")}  # no longer Keras's
    assert ours - {row.path for row in ROWS} == set()


def _dims(least=1, most=4, lengths=(None, 1, 2, 3, 4, 6)):
    return st.lists(st.sampled_from(lengths), min_size=least, max_size=most).map(tuple)


@st.composite
def _broadcast(draw):
    name = draw(st.sampled_from(["add", "multiply", "less", "maximum", "true_divide"]))
    dtypes = st.sampled_from(["float32", "float16", "int32", "int64", "bool", "uint8"])
    kind = draw(st.sampled_from([T, T, A]))
    right = draw(_dims(0, 3) if kind is T else _dims(0, 3, (1, 2, 3)))
    return Call(name, (T(draw(_dims(0)), draw(dtypes)), kind(right, draw(dtypes))))


@st.composite
def _reshape(draw):
    target = draw(_dims(0, 4, (-1, 1, 2, 3, 4, 6, 12, 24, None)))
    return Call("reshape", (T(draw(_dims(0))), target))


@st.composite
def _axes(draw):
    x = T(draw(_dims(0)))
    axis = st.integers(-4, 4)
    name = draw(
        st.sampled_from(
            ["transpose", "squeeze", "expand_dims", "sum", "argmax", "swapaxes", "moveaxis", "flip"]
        )
    )
    if name == "transpose":
        return Call(name, (x, draw(st.none() | st.lists(axis, max_size=4).map(tuple))))
    if name == "sum":
        axes = draw(st.none() | axis | st.lists(axis, max_size=3).map(tuple))
        return Call(name, (x, axes), {"keepdims": draw(st.booleans())})
    if name in ("swapaxes", "moveaxis"):
        return Call(name, (x, draw(axis), draw(axis)))
    if name in ("squeeze", "expand_dims"):
        return Call(name, (x, draw(axis | st.lists(axis, max_size=2).map(tuple))))
    return Call(name, (x, draw(axis)))


@st.composite
def _join(draw):
    base = draw(_dims(0, 3))
    axis = draw(st.integers(-3, 3))
    tensors = []
    for _ in range(draw(st.integers(1, 3))):
        dims = list(base)
        for place in range(len(dims)):
            if draw(st.integers(0, 3)) == 0:
                dims[place] = draw(st.sampled_from([None, 1, 2, 5]))
        tensors.append(T(tuple(dims)))
    return Call(draw(st.sampled_from(["concatenate", "stack"])), (tensors,), {"axis": axis})


@st.composite
def _split(draw):
    parts = draw(st.integers(1, 4) | st.lists(st.integers(0, 6), max_size=3))
    name = draw(st.sampled_from(["split", "unstack"]))
    x = T(draw(_dims()))
    if name == "unstack":
        return Call(name, (x,), {"axis": draw(st.integers(-4, 4))})
    return Call(name, (x, parts), {"axis": draw(st.integers(-4, 4))})


_PARTS = (
    st.none()
    | st.just(...)
    | st.integers(-5, 5)
    | st.builds(
        slice,
        st.none() | st.integers(-5, 5),
        st.none() | st.integers(-5, 5),
        st.none() | st.sampled_from([-2, -1, 1, 2]),
    )
)


@st.composite
def _index(draw):
    key = draw(st.integers(-4, 4) | st.lists(_PARTS, max_size=4).map(tuple))
    return Call("get_item", (T(draw(_dims(0))), key))


@st.composite
def _einsum(draw):
    lengths = {letter: draw(st.sampled_from([None, 1, 2, 3])) for letter in "abcd"}
    specs, tensors = [], []
    for _ in range(draw(st.integers(1, 3))):
        spec = "".join(draw(st.lists(st.sampled_from("abcd"), max_size=3, unique=True)))
        dims = [lengths[x] if draw(st.integers(0, 5)) else 5 for x in spec]
        if draw(st.integers(0, 4)) == 0:
            place = draw(st.sampled_from([0, len(spec)]))
            extra = draw(_dims(0, 2, (None, 1, 2)))
            spec = spec[:place] + "..." + spec[place:]
            dims = [*extra, *dims] if place == 0 else [*dims, *extra]
        specs.append(spec)
        tensors.append(T(tuple(dims)))
    equation = ",".join(specs)
    if draw(st.booleans()):
        used = sorted({x for spec in specs for x in spec if x != "."})
        out = "".join(draw(st.permutations(used))) if used else ""
        out = out[: draw(st.integers(0, len(out)))]
        equation += "->" + ("..." if "..." in equation else "") + out
    return Call("einsum", (equation, *tensors))


@st.composite
def _product(draw):
    name = draw(st.sampled_from(["matmul", "dot", "tensordot"]))
    lengths = (None, 2, 2, 3)
    x, y = T(draw(_dims(1, 3, lengths))), T(draw(_dims(1, 3, lengths)))
    if name != "tensordot":
        return Call(name, (x, y))
    axis = st.integers(-3, 2)
    axes = draw(st.integers(0, 2) | st.tuples(*(st.lists(axis, max_size=2).map(tuple),) * 2))
    return Call(name, (x, y, axes))


@st.composite
def _sizes(draw):
    x = T(draw(_dims()))
    name = draw(st.sampled_from(["tile", "repeat", "pad", "one_hot", "top_k", "take", "roll"]))
    small = st.integers(0, 3)
    if name == "tile":
        return Call(name, (x, draw(small | st.lists(small, min_size=1, max_size=4).map(tuple))))
    if name == "repeat":
        return Call(name, (x, draw(small)), {"axis": draw(st.none() | st.integers(-4, 3))})
    if name == "pad":
        pairs = st.lists(st.tuples(small, small), min_size=1, max_size=4).map(tuple)
        return Call(name, (x, draw(small | pairs)))
    if name == "one_hot":
        return Call(name, (T(x.shape, "int32"), 4), {"axis": draw(st.integers(-1, 4))})
    if name == "take":
        places = T(draw(_dims(0, 2)), "int32")
        return Call(name, (x, places), {"axis": draw(st.none() | st.integers(-4, 3))})
    if name == "roll":
        return Call(name, (x, 1), {"axis": draw(st.none() | st.integers(-4, 3))})
    return Call(name, (x, draw(st.integers(1, 3))))


@st.composite
def _window(draw):
    axes = draw(st.integers(1, 3))
    first = draw(st.booleans())
    channels = draw(st.sampled_from([2, 4]))
    spatial = draw(st.lists(st.sampled_from([None, 3, 5, 8]), min_size=axes, max_size=axes))
    dims = (None, channels, *spatial) if first else (None, *spatial, channels)
    more = {
        "padding": draw(st.sampled_from(["valid", "same"])),
        "data_format": "channels_first" if first else "channels_last",
    }
    window = draw(st.integers(1, 4))
    if draw(st.booleans()):
        more["strides"] = draw(st.none() | st.integers(1, 3))
        return Call(draw(st.sampled_from(["max_pool", "average_pool"])), (T(dims), window), more)
    taken = draw(st.sampled_from([channels, channels, 2, 3]))
    kernel = A((window,) * axes + (taken, draw(st.sampled_from([2, 4]))))
    more["strides"] = draw(st.integers(1, 3))
    more["dilation_rate"] = 1 if more["strides"] > 1 else draw(st.integers(1, 2))
    return Call(draw(st.sampled_from(["conv", "depthwise_conv"])), (T(dims), kernel), more)


FAMILIES = {
    "axes": _axes(),
    "broadcast": _broadcast(),
    "einsum": _einsum(),
    "index": _index(),
    "join": _join(),
    "product": _product(),
    "reshape": _reshape(),
    "sizes": _sizes(),
    "split": _split(),
    "window": _window(),
}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_drawn_calls_agree_with_keras(family):
    @repeatable(DRAWS)
    @given(FAMILIES[family])
    def check(call):
        problem = disagreement(ask_us(call), ask_keras(call), exact=False)
        assert problem is None, f"{call}: {problem}"

    check()
