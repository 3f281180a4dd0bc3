"""What changed between two models; whether old weights load is compared with ``load_weights``."""

from __future__ import annotations

import os
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from keras_lint.engine import analyse_text
from keras_lint.graph.changes import LayerChange, ModelChange, changes
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.weights import loadings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HEADER = """\
import keras
from keras import layers
from keras.layers import Dense, LSTM, Conv2D, BatchNormalization
"""


def seq(*stack: str, shape: str = "(8,)") -> str:
    return f"m = keras.Sequential([keras.Input({shape}), {', '.join(stack)}])"


A, B, C = "Dense(8, name='a')", "Dense(8, name='b')", "Dense(8, name='c')"
NORM = "BatchNormalization(name='n')"
INNER = "keras.Sequential([keras.Input((8,)), {a}, BatchNormalization(), Dense(8)], name='in')"
BRANCHES = """\
i = keras.Input((8,))
left, right = Dense(8, name="a")(i), Dense(4, name="b")(i)
m = keras.Model(i, layers.Concatenate()([{}]))"""
IMAGE = "Conv2D(4, 3, name='conv')", "layers.Flatten()", "Dense(2, name='out')"
POOLED = "Conv2D(4, 3, name='conv')", "layers.GlobalMaxPooling2D()", "Dense(2, name='out')"
RNN = "layers.Bidirectional({}(4, return_sequences=True, {}), name='r')"
ATTENTION = """\
i, j = keras.Input((5, 8)), keras.Input((5, 6))
m = keras.Model([i, j], layers.MultiHeadAttention(2, 4, name="at")(i, value={}))"""

FAMILIES = {
    "a stack of equal layers": (
        seq(A, B),
        seq(B, A),
        seq(A, B, C),
        seq(A, "layers.Dropout(0.3)", B),
        seq(A, NORM, B),
        seq(A, B, NORM),
        seq(A, "Dense(8, name='b', activation='relu', trainable=False)"),
        seq(A, "Dense(9, name='b')"),
        seq(A, "Dense(8, use_bias=False, name='b')"),
        seq("layers.EinsumDense('ab,bc->ac', (8,), bias_axes='c', name='a')", B),
        "i = keras.Input((8,))\nm = keras.Model(i, Dense(8, name='b')(Dense(8, name='a')(i)))",
        seq(INNER.format(a=A), B),
        seq(INNER.format(a="Dense(8, name='a', trainable=False)"), B),
        seq(INNER.format(a="Dense(8, name='a', use_bias=False)"), B),
    ),
    "branches": (BRANCHES.format("left, right"), BRANCHES.format("right, left")),
    "images": (
        seq(*IMAGE, shape="(12, 12, 3)"),
        seq(*IMAGE, shape="(16, 16, 3)"),
        seq(*POOLED, shape="(12, 12, 3)"),
        seq(*POOLED, shape="(16, 16, 3)"),
        seq(*POOLED, shape="(16, 16, 1)"),
        seq("Conv2D(4, (1, 9), name='conv')", *POOLED[1:], shape="(16, 16, 3)"),
    ),
    "recurrent": (
        seq(RNN.format("LSTM", "dropout=0.2"), shape="(5, 8)"),
        seq(RNN.format("LSTM", "recurrent_activation='tanh'"), shape="(7, 8)"),
        seq(RNN.format("LSTM", "use_bias=False"), shape="(5, 8)"),
        seq(RNN.format("layers.GRU", ""), shape="(5, 8)"),
        seq("LSTM(4, return_sequences=True, name='r')", shape="(5, 8)"),
    ),
    "normalised over two axes": (
        seq("layers.LayerNormalization(axis=[1, 2], name='x')", shape="(4, 6)"),
        seq("layers.LayerNormalization(axis=[1, 2], name='x')", shape="(6, 4)"),
        seq("layers.LayerNormalization(axis=[1, 2], epsilon=1e-5, name='x')", shape="(4, 6)"),
    ),
    "attention": (ATTENTION.format("i"), ATTENTION.format("j")),
}


def models(program: str) -> list[LayerGraph]:
    graphs = analyse_text(HEADER + program, "p.py").graphs
    return [graph for graph in graphs if graph.kind != "fragment"]


def change(old: str, new: str) -> ModelChange:
    """The one change of two programs that make one model, or end in the outermost one."""
    return changes(models(old), models(new))[-1]


@pytest.mark.keras
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_old_weights_load_as_load_weights_has_it(family: tuple[str, ...], tmp_path: Path) -> None:
    """From the first program of a family to all, from each to the next: never a wrong answer."""
    pytest.importorskip("tensorflow")
    warnings.simplefilter("ignore")
    answers = 0
    tried = [*((family[0], new) for new in family), *pairwise(family[1:])]
    for old, new in tried:
        ways = loadings(models(old)[-1], models(new)[-1])
        really = really_load(old, new, tmp_path)
        for way, (failed, changed) in zip(ways, really, strict=True):
            told = f"{way} for\n{old}\n→\n{new}\n{failed}"
            if way.outcome == "yes":
                assert not failed, told
            elif way.outcome == "no":
                assert failed or not changed, told
            answers += way.outcome != "unknown"
    assert answers >= len(tried) * 3 / 2  # and it mostly has one


def really_load(old: str, new: str, folder: Path) -> list[tuple[str, bool]]:
    """For each way: what Keras says against it, and whether any weight was changed."""
    by_class, whole = (folder / f"{hash(old)}{end}" for end in (".weights.h5", ".h5"))
    if not whole.exists():
        saved = run(old)
        saved.save_weights(str(by_class))
        saved.save(str(whole))
    results = []
    model = run(new)
    initial = model.get_weights()
    for path, more in ((by_class, {}), (whole, {}), (whole, {"by_name": True})):
        model.set_weights(initial)
        failed = ""
        try:
            model.load_weights(str(path), **more)
        except ValueError as error:
            failed = str(error)
        pairs = zip(model.get_weights(), initial, strict=True)
        results.append((failed, any((weight != was).any() for weight, was in pairs)))
    return results


def run(program: str) -> Any:
    import keras

    keras.backend.clear_session()
    names: dict[str, Any] = {}
    exec(HEADER + program, names)  # our own programs, above
    return names["m"]


@pytest.mark.keras
def test_weights_that_come_into_another_layer_are_told(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    by_class = change(seq(A, B), seq(B, A)).loading[0]
    assert by_class.outcome == "yes"
    assert by_class.remarks == (
        "Dense 'b' gets the weights of 'a'",
        "Dense 'a' gets the weights of 'b'",
    )
    saved, model = run(seq(A, B)), run(seq(B, A))
    saved.save_weights(str(tmp_path / "w.weights.h5"))
    model.load_weights(str(tmp_path / "w.weights.h5"))
    assert (model.get_layer("b").kernel.numpy() == saved.get_layer("a").kernel.numpy()).all()


def test_nothing_changed() -> None:
    for family in FAMILIES.values():
        for program in family:
            found = changes(models(program), models(program))
            assert [entry.state for entry in found] == ["same"], program


def test_layers_of_one_name_are_told_apart() -> None:
    """Keras refuses such a model; it is compared all the same."""
    twins = seq("Dense(4, name='x')", "Dense(2, name='x')")
    assert [entry.state for entry in changes(models(twins), models(twins))] == ["same"]


def brief(layers: tuple[LayerChange, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(layer.state, layer.name, layer.details) for layer in layers]


def test_layers_added_removed_and_reconfigured() -> None:
    found = change(
        seq(A, "layers.ReLU()", "Dense(4, name='b')", "layers.Dropout(0.5)", "Dense(1)"),
        seq(A, "Dense(6, name='b')", "layers.Dropout(0.2)", NORM, "Dense(1)"),
    )
    assert brief(found.layers) == [
        ("removed", "re_lu", ()),
        ("changed", "b", ("units 4 → 6",)),
        ("changed", "dropout", ("rate 0.5 → 0.2",)),
        ("added", "n", ()),
        ("changed", "dense", ()),
    ]
    changed = found.layers[1]
    assert (changed.params, changed.shapes) == ((36, 54), ("(None, 4)", "(None, 6)"))


def test_inside_wrappers_and_nested_models() -> None:
    wrapped = change(
        seq(RNN.format("LSTM", ""), shape="(5, 8)"),
        seq(RNN.format("LSTM", "unroll=True"), shape="(5, 8)"),
    )
    (layer,) = wrapped.layers
    assert layer.details == ("LSTM inside: unroll False → True",)
    nested = change(seq(INNER.format(a=A), B), seq(INNER.format(a="Dense(8, 'relu', name='a')"), B))
    (outer,) = nested.layers
    assert (outer.name, brief(outer.inside)) == (
        "in",
        [("changed", "a", ("activation None → 'relu'",))],
    )


def test_connected_otherwise() -> None:
    template = """
i = keras.Input((8,))
x = Dense(8, name="x")(i)
y = Dense(8, name="y")(x)
m = keras.Model(i, layers.Add(name="sum")([y, {}]))"""
    found = change(template.format("x"), template.format("i"))
    assert [entry for entry in brief(found.layers) if entry[1] == "sum"] == [
        ("changed", "sum", ("takes y, x → y, input_layer",))
    ]


def test_models_are_matched_by_name_then_by_structure() -> None:
    one = "keras.Sequential([keras.Input((4,)), Dense(2)], name={!r})"
    two = "keras.Sequential([keras.Input((9,)), LSTM(2)], name={!r})".replace("9,", "9, 3")
    old = f"a = {one.format('one')}\nb = {two.format('two')}"
    swapped = f"b = {two.format('two')}\na = {one.format('one')}"
    assert [entry.state for entry in changes(models(old), models(swapped))] == ["same", "same"]
    renamed = f"b = {two.format('two')}\na = {one.format('other')}"
    found = changes(models(old), models(renamed))
    assert [(entry.name, entry.details) for entry in found] == [
        ("two", ()),
        ("other", ("name one → other",)),
    ]
    (gone, new) = reversed(
        changes(models(f"a = {one.format('one')}"), models(f"b = {two.format('two')}"))
    )
    assert (gone.state, new.state) == ("removed", "added")
    before = seq("Dense(2)")
    after = f"first = {two.format(None)}\n{before}"  # Keras now calls the old one sequential_1
    assert [entry.state for entry in changes(models(before), models(after))] == ["added", "same"]


def test_what_is_not_known_is_said() -> None:
    regularised = seq("Dense(2, name='d', kernel_regularizer=load())")
    found = change(regularised, regularised)
    assert found.state == "same"
    assert found.unknown == ("Dense 'd': the value of kernel_regularizer",)
    lost = change(seq(A), "m = keras.Sequential([keras.Input((8,)), unknown_layer()])")
    assert "could not be followed after" in lost.unknown[0]
    assert {way.outcome for way in lost.loading} == {"unknown"}
