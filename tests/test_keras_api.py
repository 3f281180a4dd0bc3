"""Names, signatures and the entries' own logic, without Keras."""

from __future__ import annotations

import pytest

from keras_lint.keras_api.base import BoundLayer, Config, entries
from keras_lint.keras_api.layers import core
from keras_lint.keras_api.names import (
    canonical,
    functional_layer,
    lookup,
    near_match,
    public_names,
    suggest,
)
from keras_lint.keras_api.signatures import bind, bind_call
from keras_lint.model.dims import FREE, UNKNOWN, symbol
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import UNKNOWN_SHAPE, TensorType, shape

assert core


def layer(name, **args):
    path = f"keras.layers.{name}"
    return BoundLayer(entries()[path], Config(bind(path, (), args)))


def on(*dims):
    return TensorType(shape(*dims))


def refusal(ask, *args):
    """The kind of mismatch that ``ask`` raises, None if it answers or is lost."""
    try:
        ask(*args)
    except Mismatch as mismatch:
        return mismatch.problem.kind
    except Lost:
        return None
    return None


class TestNames:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("keras.layers.MaxPool2D", "keras.layers.MaxPooling2D"),
            ("keras.layers.Convolution2D", "keras.layers.Conv2D"),
            ("keras.Input", "keras.Input"),
            ("keras.layers.Input", "keras.Input"),
            ("keras.models.Sequential", "keras.Sequential"),
            ("keras.layers.Layer", "keras.Layer"),
            ("keras", "keras"),
            ("keras.layers", "keras.layers"),
            ("keras.layers.Dence", None),
            ("keras.nothing.Dense", None),
            ("numpy.array", None),
        ],
    )
    def test_canonical(self, path, expected):
        assert canonical(path) == expected

    @pytest.mark.parametrize("name", sorted(entries()))
    def test_every_entry_is_a_canonical_layer(self, name):
        found = lookup(name, entries()[name].generation)
        assert found.canonical == name
        assert found.is_layer
        assert not found.is_model
        assert found.call_params is not None

    def test_kinds(self):
        assert lookup("keras.layers").kind == "module"
        assert lookup("keras.layers.add").kind == "function"
        assert lookup("keras.models.Model").is_model

    def test_suggest(self):
        assert suggest("keras.layers.Dence") == "keras.layers.Dense"
        assert suggest("keras.layers.Qqqqqq") is None
        assert near_match("Padding", ("padding", "strides")) == "padding"

    def test_public_names_have_no_dots(self):
        names = public_names("keras.layers")
        assert "Dense" in names
        assert not any("." in name for name in names)

    def test_functional_layers_exist(self):
        for name in ("add", "concatenate", "dot", "subtract"):
            assert functional_layer(f"keras.layers.{name}") in entries()
        assert functional_layer("keras.layers.serialize") is None


class TestBind:
    def test_defaults_are_filled_in(self):
        bound = bind("keras.layers.Dense", (4,), {"input_shape": (3,)})
        assert bound["units"] == 4
        assert bound["use_bias"] is True
        assert bound["input_shape"] == (3,)
        assert (bound["name"], bound["dtype"], bound["trainable"]) == (None, None, True)

    @pytest.mark.parametrize(
        ("positional", "keywords", "argument", "kind"),
        [
            ((), {}, "units", "missing"),
            ((4,), {"foo": 1}, "foo", "argument"),
            ((4,), {"units": 4}, "units", "argument"),
            ((4,), {"activaton": "relu"}, "activaton", "argument"),
            ((1,) * 20, {}, "quantization_config", "missing"),
        ],
    )
    def test_mismatch_names_the_argument(self, positional, keywords, argument, kind):
        with pytest.raises(Mismatch) as caught:
            bind("keras.layers.Dense", positional, keywords)
        assert caught.value.problem.kind == kind
        assert caught.value.problem.argument == argument

    def test_argument_of_an_earlier_keras(self):
        with pytest.raises(Mismatch) as caught:
            bind("keras.layers.LSTM", (4,), {"time_major": True})
        assert caught.value.problem.kind == "removed"

    def test_hint(self):
        with pytest.raises(Mismatch) as caught:
            bind("keras.layers.Dense", (4,), {"activaton": "relu"})
        assert "activation" in caught.value.problem.hint

    def test_lists_become_tuples(self):
        assert bind("keras.layers.MaxPooling2D", (), {})["pool_size"] == (2, 2)

    def test_call_takes_training_undeclared(self):
        assert bind_call("keras.layers.Dense", ("x",), {"training": True})["training"] is True
        with pytest.raises(Mismatch):
            bind_call("keras.layers.Dense", ("x",), {"mask": None})


class TestUnknownIsSilent:
    """What is not known is never refused."""

    @pytest.mark.parametrize(
        ("name", "args", "dims"),
        [
            ("Dense", {"units": UNKNOWN}, (FREE, 8)),
            ("Dense", {"units": 4}, (FREE, UNKNOWN)),
            ("Conv2D", {"filters": 4, "kernel_size": UNKNOWN}, (FREE, 2, 2, 3)),
            ("Conv2D", {"filters": 4, "kernel_size": 9}, (FREE, UNKNOWN, symbol("n"), 3)),
            ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}, (FREE, 9, 9, symbol("c"))),
            ("MaxPooling2D", {"pool_size": symbol("p")}, (FREE, 2, 2, 3)),
            ("Cropping2D", {"cropping": symbol("c")}, (FREE, 2, 2, 3)),
            ("Reshape", {"target_shape": (UNKNOWN, 5)}, (FREE, 12)),
            ("Reshape", {"target_shape": (3, 5)}, (FREE, symbol("n"))),
            ("Reshape", {"target_shape": (-1, 5)}, (FREE, symbol("n"))),
            ("LSTM", {"units": 4, "return_sequences": False}, (FREE, 10, UNKNOWN)),
            ("GroupNormalization", {"groups": UNKNOWN}, (FREE, 10)),
            ("BatchNormalization", {}, (FREE, UNKNOWN)),
        ],
    )
    def test_call_goes_through(self, name, args, dims):
        made = layer(name, **args).call(on(*dims))
        assert isinstance(made, TensorType)

    @pytest.mark.parametrize(
        "name", ["Conv1D", "Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "SeparableConv1D"]
    )
    def test_unknown_rank(self, name):
        args = {"kernel_size": 3}
        if "Depthwise" not in name:
            args["filters"] = 4
        bound = layer(name, **args)
        made = bound.call(TensorType(UNKNOWN_SHAPE))
        assert (
            made.shape.rank == int(name[name.index("D") - 1]) + 2 if "Depth" not in name else True
        )
        assert bound.weights(TensorType(UNKNOWN_SHAPE)).total is UNKNOWN

    @pytest.mark.parametrize("name", sorted(entries()))
    def test_unknown_everything(self, name):
        found = lookup(name, entries()[name].generation)
        config = {p.name: UNKNOWN for p in found.params if not p.kind.startswith("var")}
        config.update(name=UNKNOWN, dtype=UNKNOWN, trainable=UNKNOWN)
        kind, tensor = entries()[name], TensorType(UNKNOWN_SHAPE, None)
        kind.check_config(Config(config))
        for inputs in (tensor, [tensor, tensor]):
            for ask in (kind.call, kind.parameters):
                assert refusal(ask, Config(config), inputs) in (None, "structure")

    def test_symbols_stay_symbols(self):
        n = symbol("n")
        assert layer("Conv1D", filters=4, kernel_size=3).call(on(FREE, n, 5)).shape == shape(
            None, n - 2, 4
        )
        assert layer("Flatten").call(on(FREE, n, 5)).shape == shape(None, 5 * n)
        assert layer("Dense", units=n).weights(on(FREE, 8)).total == 9 * n
        assert layer("Reshape", target_shape=(-1, 5)).call(on(FREE, 5 * n)).shape == shape(
            None, n, 5
        )

    def test_different_symbols_merge_to_unknown(self):
        made = layer("Add").call([on(FREE, symbol("a")), on(FREE, symbol("b"))])
        assert made.shape[1] is UNKNOWN


class TestProblems:
    def test_time_distributed_names_the_inner_layer(self):
        inner = layer("GRU", units=32)
        path = "keras.layers.TimeDistributed"
        bound = BoundLayer(entries()[path], Config(bind(path, (inner,), {})))
        with pytest.raises(Mismatch) as caught:
            bound.call(on(FREE, FREE, 5))
        problem = caught.value.problem
        assert (problem.kind, problem.layer, problem.needs_rank) == (
            "rank",
            "TimeDistributed",
            (4,),
        )
        assert problem.root.layer == "GRU"
        assert str(problem.root.received[0]) == "(None, 5)"

    def test_returns_last_only(self):
        last, every = layer("LSTM", units=4), layer("LSTM", units=4, return_sequences=True)
        unknown = layer("LSTM", units=4, return_sequences=UNKNOWN)
        path = "keras.layers.Bidirectional"
        for inner, expected in ((last, True), (every, False), (unknown, False)):
            assert inner.kind.returns_last_only(inner.config) is expected
            config = Config(bind(path, (inner,), {}))
            assert entries()[path].returns_last_only(config) is expected
        assert not layer("Dense", units=4).kind.returns_last_only(Config({}))

    def test_call_again_does_not_build_again(self):
        dense = layer("Dense", units=4)
        with pytest.raises(Lost):
            dense.kind.call_again(dense.config, on(FREE, 8), on(FREE, FREE))
        with pytest.raises(Mismatch) as caught:
            dense.kind.call_again(dense.config, on(FREE, 8), on(FREE, 9))
        assert caught.value.problem.kind == "built"

    def test_frozen_layers_have_no_trainable_weights(self):
        made = layer("Dense", units=4, trainable=False).weights(on(FREE, 8))
        assert (made.trainable, made.non_trainable) == (0, 36)
