"""Drawn layer configurations, one strategy per family; each draws ``(class name, Row)``."""

from __future__ import annotations

from hypothesis import strategies as st

from keras_lint.keras_api.base import LayerArg, Row

FORMATS = st.sampled_from([None, "channels_last", "channels_first"])
PADDINGS = st.sampled_from(["valid", "valid", "same"])
SIZES = st.integers(1, 4)


def lengths(most: int = 9) -> st.SearchStrategy[int | None]:
    """A length of an axis, sometimes open."""
    known = st.integers(1, most)
    return st.one_of(known, known, known, known, known, known, known, known, st.none())


@st.composite
def shapes(draw, rank: int, spread: int = 1, most: int = 9):
    """A shape with batch axis, mostly of ``rank``, sometimes off by ``spread``."""
    actual = draw(st.sampled_from([rank] * 12 + [rank - spread, rank + spread]))
    batch = draw(st.sampled_from([None, None, None, 2, 3]))
    rest = draw(st.lists(lengths(most), min_size=max(actual - 1, 0), max_size=max(actual - 1, 0)))
    return (batch, *rest)


@st.composite
def per_axis(draw, axes: int, sizes: st.SearchStrategy[int] = SIZES):
    """An int or a tuple of them, now and then one too many."""
    count = axes + (draw(st.integers(0, 19)) == 0)
    if count == axes and draw(st.booleans()):
        return draw(sizes)
    return tuple(draw(st.lists(sizes, min_size=count, max_size=count)))


@st.composite
def convolutions(draw):
    """Conv, transposed, depthwise and separable convolutions."""
    family = draw(
        st.sampled_from(["Conv{}D", "Conv{}DTranspose", "DepthwiseConv{}D", "SeparableConv{}D"])
    )
    axes = draw(st.integers(1, 2 if family[0] in "DS" else 3))
    args = {
        "kernel_size": draw(per_axis(axes)),
        "strides": draw(st.one_of(st.just(1), per_axis(axes, st.integers(1, 3)))),
        "dilation_rate": draw(
            st.one_of(st.just(1), st.just(1), st.just(1), per_axis(axes, st.integers(1, 2)))
        ),
        "padding": draw(st.one_of(PADDINGS, st.just("causal") if axes == 1 else PADDINGS)),
        "data_format": draw(FORMATS),
        "use_bias": draw(st.booleans()),
    }
    if not family.startswith("Depthwise"):
        args["filters"] = draw(st.integers(1, 6))
    if family.startswith(("Depthwise", "Separable")):
        args["depth_multiplier"] = draw(st.integers(1, 3))
    if family == "Conv{}D":
        args["groups"] = draw(st.sampled_from([1, 1, 1, 1, 1, 2, 3]))
    if family.endswith("Transpose") and draw(st.booleans()):
        args["output_padding"] = draw(per_axis(axes, st.integers(0, 2)))
    return family.format(axes), Row(args, draw(shapes(axes + 2)))


@st.composite
def poolings(draw):
    """Window and global pooling."""
    axes = draw(st.integers(1, 3))
    family = draw(
        st.sampled_from(
            ["MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling"]
        )
    )
    args = {"data_format": draw(FORMATS)}
    if family.startswith("Global"):
        args["keepdims"] = draw(st.booleans())
    else:
        args["pool_size"] = draw(per_axis(axes))
        args["strides"] = draw(st.one_of(st.none(), per_axis(axes)))
        args["padding"] = draw(PADDINGS)
    return f"{family}{axes}D", Row(args, draw(shapes(axes + 2)))


@st.composite
def edges(draw):
    """Padding, cropping, upsampling."""
    axes = draw(st.integers(1, 3))
    family, name = draw(
        st.sampled_from(
            [("ZeroPadding", "padding"), ("Cropping", "cropping"), ("UpSampling", "size")]
        )
    )
    amount = st.integers(0 if family != "UpSampling" else 1, 3)
    value = draw(per_axis(axes, amount))
    if family != "UpSampling" and draw(st.booleans()):
        value = draw(st.tuples(*[st.tuples(amount, amount)] * axes))
        value = value[0] if axes == 1 else value
    args = {name: value}
    if axes > 1 or family == "ZeroPadding":
        args["data_format"] = draw(FORMATS)
    return f"{family}{axes}D", Row(args, draw(shapes(axes + 2)))


@st.composite
def cells(draw, depth: int = 1):
    """A cell, or a list of cells."""
    if depth and draw(st.booleans()):
        return draw(st.lists(cells(depth=0), min_size=1, max_size=3))
    name = draw(st.sampled_from(["SimpleRNNCell", "GRUCell", "LSTMCell"]))
    args = {"units": draw(st.integers(1, 5)), "use_bias": draw(st.booleans())}
    if name == "GRUCell":
        args["reset_after"] = draw(st.booleans())
    return LayerArg(name, args)


@st.composite
def recurrent_args(draw):
    """A recurrent class and its arguments."""
    name = draw(st.sampled_from(["SimpleRNN", "GRU", "LSTM", "RNN"]))
    args = {
        "return_sequences": draw(st.booleans()),
        "return_state": draw(st.booleans()),
        "stateful": draw(st.sampled_from([False, False, False, True])),
        "go_backwards": draw(st.sampled_from([False, False, False, True])),
    }
    if name == "RNN":
        args["cell"] = draw(cells())
    else:
        args["units"] = draw(st.integers(1, 5))
        args["use_bias"] = draw(st.booleans())
    return LayerArg(name, args)


@st.composite
def recurrent(draw):
    """Recurrent layers, bare or bidirectional."""
    layer = draw(recurrent_args())
    shape = draw(shapes(3))
    if draw(st.booleans()):
        return layer.name, Row(layer.args, shape)
    mode = draw(st.sampled_from(["concat", "sum", "ave", "mul", None]))
    return "Bidirectional", Row({"layer": layer, "merge_mode": mode}, shape)


@st.composite
def dense(draw):
    """Dense, Embedding, Flatten, RepeatVector, normalisation."""
    name = draw(
        st.sampled_from(
            (
                "Dense",
                "Embedding",
                "Flatten",
                "RepeatVector",
                "PReLU",
                "BatchNormalization",
                "LayerNormalization",
                "GroupNormalization",
                "RMSNormalization",
            )
        )
    )
    rank = draw(st.integers(1, 4))
    args: dict[str, object] = {}
    if name == "Dense":
        args = {"units": draw(st.integers(1, 5)), "use_bias": draw(st.booleans())}
    elif name == "Embedding":
        args = {"input_dim": draw(st.integers(1, 9)), "output_dim": draw(st.integers(1, 5))}
    elif name == "RepeatVector":
        args = {"n": draw(st.integers(1, 5))}
    elif name == "Flatten":
        args = {"data_format": draw(FORMATS)}
    elif name == "PReLU":
        args = {"shared_axes": draw(st.one_of(st.none(), st.lists(st.integers(1, 3), max_size=2)))}
    else:
        axis = st.integers(-4, 4)
        args = {"axis": draw(axis)}
        if name == "LayerNormalization" and draw(st.booleans()):
            args["axis"] = draw(st.lists(st.integers(-3, 3), min_size=1, max_size=2, unique=True))
        if name == "GroupNormalization":
            args["groups"] = draw(st.sampled_from([-1, 1, 2, 3, 32]))
        if name != "RMSNormalization":
            args["scale"] = draw(st.booleans())
            args["center"] = draw(st.booleans())
    return name, Row(args, draw(shapes(rank)))


@st.composite
def merges(draw):
    """Merge layers on lists of related shapes."""
    name = draw(
        st.sampled_from(
            ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
            + ["Concatenate"] * 4
            + ["Dot"] * 3
        )
    )
    rank = draw(st.integers(2, 4))
    base = draw(st.lists(lengths(3), min_size=rank - 1, max_size=rank - 1))
    count = draw(st.sampled_from([1, 2, 2, 2, 2, 3]))
    inputs = []
    for _ in range(count):
        dims = [draw(st.sampled_from([dim, dim, dim, dim, 1, None, 5])) for dim in base]
        if draw(st.integers(0, 7)) == 0:
            dims = dims[:-1]
        inputs.append((draw(st.sampled_from([None, None, None, None, 2, 3])), *dims))
    args: dict[str, object] = {}
    if name == "Concatenate":
        args["axis"] = draw(st.integers(-4, 4))
    if name == "Dot":
        axis = st.integers(-3, 3).filter(bool)
        args["axes"] = draw(st.one_of(axis, st.tuples(axis, axis)))
    return name, Row(args, inputs)


@st.composite
def reshapes(draw):
    """Reshape and Permute."""
    shape = draw(shapes(draw(st.integers(2, 4)), most=6))
    if draw(st.booleans()):
        size = draw(st.integers(1, 4))
        dims = draw(st.permutations(range(1, size + 1)))
        return "Permute", Row({"dims": tuple(dims)}, shape)
    target = list(shape[1:])
    if draw(st.booleans()):
        target = draw(st.permutations(target))
    target = [
        draw(st.sampled_from([dim, dim, dim, -1, 2])) if dim is not None else -1 for dim in target
    ]
    if draw(st.booleans()) and len(target) > 1:
        target = [target[0] * target[1], *target[2:]]
    return "Reshape", Row({"target_shape": tuple(target)}, shape)


@st.composite
def distributed(draw):
    """TimeDistributed around anything with one tensor in and out."""
    name, row = draw(
        st.one_of(convolutions(), poolings(), edges(), recurrent(), dense(), reshapes())
    )
    if not isinstance(row.inputs, tuple) or not row.inputs:
        return name, row
    time = draw(st.sampled_from([4, 4, None]))
    shape = (row.inputs[0], time, *row.inputs[1:])
    return "TimeDistributed", Row({"layer": LayerArg(name, row.args)}, shape)


ENCODINGS = {
    "CategoryEncoding": ({"num_tokens": 7}, "int32"),
    "Discretization": ({"bin_boundaries": [0.0, 1.0, 2.0]}, "float32"),
    "Hashing": ({"num_bins": 7}, "int32"),
    "HashedCrossing": ({"num_bins": 7}, "int32"),
    "IntegerLookup": ({"vocabulary": [4, 5, 6]}, "int64"),
    "StringLookup": ({"vocabulary": ["a", "b"]}, "string"),
}


@st.composite
def encodings(draw):
    """Lookups, hashing and binning; texts."""
    shape = draw(shapes(draw(st.integers(1, 4))))
    mode = draw(st.sampled_from(["int", "one_hot", "multi_hot", "count", "tf_idf", "sum"]))
    if draw(st.integers(0, 5)) == 0:
        args = {"output_mode": mode, "split": draw(st.sampled_from([None, "whitespace"]))}
        args["max_tokens"] = draw(st.one_of(st.none(), st.integers(1, 9)))
        args["output_sequence_length"] = draw(st.one_of(st.none(), st.integers(1, 9)))
        if args["max_tokens"]:
            args["pad_to_max_tokens"] = draw(st.booleans())
        return "TextVectorization", Row(args, shape, dtype="string")
    name = draw(st.sampled_from(sorted(ENCODINGS)))
    args, dtype = ENCODINGS[name]
    args = {**args, "output_mode": mode}
    if name.endswith("Lookup"):
        args["num_oov_indices"] = draw(st.integers(0, 2))
        args["invert"] = draw(st.sampled_from([False, False, False, True]))
        if draw(st.integers(0, 3)) == 0:
            args["vocabulary"] = None
    return name, Row(args, [shape, shape] if name == "HashedCrossing" else shape, dtype=dtype)


@st.composite
def audio(draw):
    """Spectrograms."""
    shape = draw(shapes(2, most=400))
    if draw(st.booleans()):
        args = {"sequence_stride": draw(st.integers(1, 40)), "num_mel_bins": draw(SIZES)}
        return "MelSpectrogram", Row(args, shape)
    args = {
        "window": None,
        "mode": draw(st.sampled_from(["log", "magnitude", "psd", "real", "imag", "stft", "sum"])),
        "frame_length": draw(st.integers(2, 40)),
        "frame_step": draw(st.one_of(st.none(), st.integers(0, 30))),
        "padding": draw(PADDINGS),
        "expand_dims": draw(st.booleans()),
        "data_format": draw(FORMATS),
    }
    return "STFTSpectrogram", Row(args, draw(shapes(3, most=60)))


@st.composite
def attentions(draw):
    """Attention on lists, and on query, value and key."""
    features = draw(SIZES)
    width = st.one_of(st.just(features), st.just(features), st.just(features), lengths(4))
    times = draw(lengths(5)), draw(lengths(5))
    rank = draw(st.sampled_from([3, 3, 3, 3, 2, 4]))
    middle = draw(st.lists(lengths(3), min_size=rank - 3, max_size=rank - 3)) if rank > 2 else []
    time = [[t] if rank > 2 else [] for t in (times[0], times[1], times[1])]
    three = [(None, *step, *middle, draw(width)) for step in time]
    name = draw(
        st.sampled_from(
            ["Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"]
        )
    )
    scores = {"return_attention_scores": draw(st.booleans())}
    if name in ("Attention", "AdditiveAttention"):
        count = draw(st.sampled_from([2, 2, 2, 3, 3, 1]))
        args = {"use_scale": draw(st.booleans())}
        if name == "Attention":
            args["score_mode"] = draw(st.sampled_from(["dot", "concat"]))
        return name, Row(args, three[:count], extra=scores)
    extra = {"value": three[1], **scores}
    if draw(st.booleans()):
        extra["key"] = three[2]
    if name == "MultiHeadAttention":
        args = {"num_heads": draw(SIZES), "key_dim": draw(SIZES), "use_bias": draw(st.booleans())}
        args["value_dim"] = draw(st.one_of(st.none(), SIZES))
        args["output_shape"] = draw(st.one_of(st.none(), SIZES))
    else:
        args = {"head_dim": draw(SIZES), "num_query_heads": draw(SIZES)}
        args["num_key_value_heads"] = draw(st.integers(1, 2))
    args["use_gate"] = draw(st.booleans())
    return name, Row(args, three[0], extra=extra)


@st.composite
def conv_lstms(draw):
    """Convolutional LSTM layers."""
    axes = draw(st.integers(1, 3))
    args = {
        "filters": draw(SIZES),
        "kernel_size": draw(per_axis(axes)),
        "strides": draw(st.one_of(st.just(1), per_axis(axes, st.integers(1, 2)))),
        "dilation_rate": draw(st.one_of(st.just(1), st.just(1), per_axis(axes, st.just(2)))),
        "padding": draw(PADDINGS),
        "data_format": draw(FORMATS),
        "return_sequences": draw(st.booleans()),
        "return_state": draw(st.booleans()),
        "use_bias": draw(st.booleans()),
    }
    return f"ConvLSTM{axes}D", Row(args, draw(shapes(axes + 3, most=6)))


@st.composite
def keras2(draw):
    """Layers that only Keras 2 has."""
    name = draw(st.sampled_from(["LocallyConnected1D", "LocallyConnected2D", "CuDNNLSTM"]))
    if name == "CuDNNLSTM":
        args = {
            "return_sequences": draw(st.booleans()),
            "return_state": draw(st.booleans()),
            "stateful": draw(st.sampled_from([False, False, True])),
            "units": draw(st.integers(1, 5)),
        }
        return draw(st.sampled_from([name, "CuDNNGRU"])), Row(args, draw(shapes(3)))
    axes = int(name[-2])
    args = {
        "filters": draw(SIZES),
        "kernel_size": draw(per_axis(axes)),
        "strides": draw(per_axis(axes, st.integers(1, 3))),
        "padding": draw(PADDINGS),
        "data_format": draw(FORMATS),
        "use_bias": draw(st.booleans()),
        "implementation": draw(st.integers(1, 3)),
    }
    return name, Row(args, draw(shapes(axes + 2, most=7)))


FAMILIES = {
    "keras2": keras2(),
    "attentions": attentions(),
    "audio": audio(),
    "conv_lstms": conv_lstms(),
    "encodings": encodings(),
    "convolutions": convolutions(),
    "poolings": poolings(),
    "edges": edges(),
    "recurrent": recurrent(),
    "dense": dense(),
    "merges": merges(),
    "reshapes": reshapes(),
    "distributed": distributed(),
}
