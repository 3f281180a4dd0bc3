"""Layers as source text, drawn for the shape of the tensor that they are called on."""

from __future__ import annotations

from benchmarks.oracle.makers import State, named


def _act(s: State) -> str:
    if s.rng.random() < 0.6:
        return ""
    return f', activation="{s.rng.choice(["relu", "tanh", "softmax", "gelu", "silu"])}"'


def some_size(s: State) -> int:
    """A small number of units."""
    return s.rng.choice([1, 2, 3, 4, 5, 6, 8])


def dense(s: State) -> str:
    """Any rank from 2."""
    bias = ", use_bias=False" if s.rng.random() < 0.2 else ""
    return f"layers.Dense({some_size(s)}{_act(s)}{bias}{named(s, 'dense')})"


def elementwise(s: State) -> str:
    """Layers that keep the shape, whatever it is."""
    return s.rng.choice(
        [
            "layers.Dropout(0.5)",
            "layers.ReLU()",
            "layers.Activation('tanh')",
            "layers.LeakyReLU()",
            "layers.ELU(alpha=0.5)",
            "layers.PReLU()",
            "layers.Softmax()",
            "layers.GaussianNoise(0.1)",
            "layers.GaussianDropout(0.1)",
            "layers.BatchNormalization()",
            "layers.BatchNormalization(center=False)",
            "layers.LayerNormalization()",
            "layers.LayerNormalization(axis=[1])",
            "layers.RMSNormalization()",
            "layers.UnitNormalization()",
            "layers.GroupNormalization(2)",
            "layers.GroupNormalization(-1)",
            "layers.ActivityRegularization(0.1)",
            "layers.Identity()",
            "layers.Rescaling(1 / 255)",
            "layers.Masking(0.0)",
            "layers.Flatten()",
        ]
    )


def cell(s: State) -> str:
    """A recurrent cell."""
    kind = s.rng.choice(["SimpleRNNCell", "GRUCell", "LSTMCell"])
    return f"layers.{kind}({some_size(s)})"


def recurrent(s: State, state: bool = False) -> str:
    """A recurrent layer on sequences of vectors."""
    more = ", return_sequences=True" if s.rng.random() < 0.5 else ""
    more += ", return_state=True" if state else ""
    more += ", go_backwards=True" if s.rng.random() < 0.1 else ""
    more += named(s, "rnn")
    kind = s.rng.choice(["LSTM", "GRU", "SimpleRNN", "RNN", "RNN2"])
    if kind == "RNN":
        return f"layers.RNN({cell(s)}{more})"
    if kind == "RNN2":
        return f"layers.RNN([{cell(s)}, {cell(s)}]{more})"
    return f"layers.{kind}({some_size(s)}{more})"


def sequence(s: State) -> str:
    """Layers for rank 3."""
    pad = s.rng.choice(["same", "valid", "causal"])
    n, k = some_size(s), s.rng.randint(1, 3)
    return s.rng.choice(
        [
            f'layers.Conv1D({n}, {k}, padding="{pad}"{named(s, "conv")})',
            f"layers.Conv1D({n}, {k}, strides=2)",
            f"layers.Conv1D({n}, {k}, dilation_rate=2)",
            f"layers.SeparableConv1D({n}, {k})",
            f"layers.DepthwiseConv1D({k})",
            f"layers.Conv1DTranspose({n}, {k}, strides={s.rng.randint(1, 2)})",
            f"layers.MaxPooling1D({k})",
            f"layers.AveragePooling1D({k}, strides=1, padding='same')",
            "layers.GlobalMaxPooling1D()",
            "layers.GlobalAveragePooling1D(keepdims=True)",
            "layers.GlobalAveragePooling1D()",
            f"layers.ZeroPadding1D({k})",
            f"layers.Cropping1D({k})",
            f"layers.UpSampling1D({k})",
            "layers.SpatialDropout1D(0.2)",
            "layers.Permute((2, 1))",
            f'layers.EinsumDense("abc,cd->abd", output_shape=(None, {n}), bias_axes="d")',
            f"layers.Bidirectional({recurrent(s)})",
            f"layers.Bidirectional({recurrent(s)}, merge_mode='sum')",
            f"layers.TimeDistributed({dense(s)})",
            recurrent(s),
            recurrent(s),
        ]
    )


def image(s: State) -> str:
    """Layers for rank 4."""
    n, k = some_size(s), s.rng.randint(1, 3)
    pad = s.rng.choice(["same", "valid"])
    return s.rng.choice(
        [
            f'layers.Conv2D({n}, {k}, padding="{pad}"{_act(s)}{named(s, "conv")})',
            f'layers.Conv2D({n}, ({k}, 2), strides=2, padding="{pad}")',
            f"layers.Conv2D(4, {k}, groups=2)",
            f"layers.Conv2D({n}, {k}, dilation_rate=2)",
            f'layers.SeparableConv2D({n}, {k}, padding="{pad}")',
            f"layers.DepthwiseConv2D({k}, depth_multiplier=2)",
            f'layers.Conv2DTranspose({n}, {k}, strides=2, padding="{pad}")',
            f'layers.MaxPooling2D({k}, padding="{pad}")',
            f"layers.AveragePooling2D({k})",
            "layers.GlobalMaxPooling2D(keepdims=True)",
            "layers.GlobalAveragePooling2D()",
            f"layers.ZeroPadding2D((({k}, 1), (0, 1)))",
            f"layers.Cropping2D({k})",
            f"layers.UpSampling2D({k})",
            f"layers.Resizing({n}, 4)",
            "layers.SpatialDropout2D(0.2)",
            "layers.RandomFlip()",
            "layers.CenterCrop(2, 2)",
            "layers.Permute((3, 1, 2))",
            f"layers.TimeDistributed({recurrent(s)})",
            f"layers.TimeDistributed(layers.Conv1D({n}, {k}))",
            f"layers.SpectralNormalization(layers.Conv2D({n}, {k}))",
        ]
    )


def volume(s: State) -> str:
    """Layers for rank 5."""
    n, k = some_size(s), s.rng.randint(1, 2)
    return s.rng.choice(
        [
            f"layers.Conv3D({n}, {k})",
            f"layers.MaxPooling3D({k})",
            "layers.GlobalAveragePooling3D()",
            f"layers.ConvLSTM2D({n}, {k})",
            f"layers.ConvLSTM2D({n}, {k}, return_sequences=True, padding='same')",
            f"layers.TimeDistributed(layers.Conv2D({n}, {k}))",
            "layers.TimeDistributed(layers.GlobalMaxPooling2D())",
            f"layers.UpSampling3D({k})",
        ]
    )


def reshaper(s: State, dims: tuple[int | None, ...]) -> str:
    """A Reshape that mostly fits."""
    known = [dim for dim in dims[1:] if dim is not None]
    size = 1
    for dim in known:
        size *= dim
    if len(known) < len(dims) - 1:
        return s.rng.choice([f"layers.Reshape((-1, {some_size(s)}))", "layers.Flatten()"])
    divisors = [n for n in range(1, min(size, 64) + 1) if size % n == 0] or [1]
    one = s.rng.choice(divisors)
    return s.rng.choice(
        [
            f"layers.Reshape(({one}, {size // one}))",
            f"layers.Reshape(({one}, -1))",
            f"layers.Reshape(({one}, -1, 1))",
            f"layers.Reshape(({size},))",
            f"layers.Reshape((-1, {some_size(s)}))",
            "layers.Flatten()",
        ]
    )


def layer_for(s: State, dims: tuple[int | None, ...]) -> str:
    """A layer that mostly accepts this shape; now and then one of another rank."""
    rank = len(dims) if s.rng.random() > 0.06 else s.rng.randint(2, 5)
    if s.rng.random() < 0.25:
        return elementwise(s)
    if s.rng.random() < 0.12:
        return reshaper(s, dims)
    if rank == 2:
        return s.rng.choice([dense(s), dense(s), f"layers.RepeatVector({some_size(s)})"])
    if rank in (3, 4, 5) and s.rng.random() < 0.85:
        return {3: sequence, 4: image, 5: volume}[rank](s)
    return dense(s)
