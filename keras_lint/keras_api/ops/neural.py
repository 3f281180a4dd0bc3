"""Operations of neural networks: windows, activations along axes, images, attention."""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.keras_api.arithmetic import transposed_length, window_length
from keras_lint.keras_api.ops.base import Arguments, operation
from keras_lint.keras_api.ops.broadcasting import floating, result_dtype
from keras_lint.keras_api.ops.elementwise import floats_inside, keep
from keras_lint.model.dims import FREE, Dim, surely_different
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


@operation("softmax", "Softmax")
def softmax(a: Arguments) -> Nested[TensorType]:
    """Normalised along axes; all of them for None."""
    axes = a.axes("axis", len(a.dims("x")))
    floats_inside(a, a.tensor("x"))
    if a.traced and axes is not None and len(axes) > 1:
        raise Lost("several axes at once inside a layer")
    return keep(a)


operation("log_softmax", "LogSoftmax")(softmax)


@operation("sparsemax", "Sparsemax")
def sparsemax(a: Arguments) -> Nested[TensorType]:
    """Like softmax; TensorFlow has it for some widths of floats only."""
    if a.traced and a.tensor("x").dtype not in ("float32", "float64"):
        raise Lost("sparsemax of this dtype inside a layer")
    return softmax(a)


@operation("normalize", "Normalize")
def normalize(a: Arguments) -> Nested[TensorType]:
    """Divided by the norm along axes."""
    x = a.tensor("x")
    floats_inside(a, x)
    a.axes("axis", len(a.dims("x")))
    return TensorType(x.shape, "float32" if x.dtype == "float32" else None)


@operation("layer_normalization", "LayerNorm")
def layer_normalization(a: Arguments) -> Nested[TensorType]:
    """Normalised along axes, without scale."""
    if a.get("gamma") is not None or a.get("beta") is not None:
        raise Lost("a normalisation with weights of its own")
    x = a.tensor("x")
    return TensorType(x.shape, floating(x.dtype))


@operation("rms_normalization", "RMSNorm")
def rms_normalization(a: Arguments) -> Nested[TensorType]:
    """Divided by the root of the mean square, without scale."""
    if a.get("scale") is not None:
        raise Lost("a normalisation with weights of its own")
    x = a.tensor("x")
    return TensorType(x.shape, floating(x.dtype))


def _spread(a: Arguments, name: str, count: int) -> tuple[Dim, ...]:
    """One length for each spatial axis."""
    value = a.known(name)
    lengths = a.lengths(name)
    if not isinstance(value, (tuple, list)):
        lengths = lengths * count
    if len(lengths) != count or FREE in lengths or 0 in lengths:
        raise Lost(f"{name} is not one length per axis")
    return lengths


def _layout(a: Arguments, name: str) -> tuple[TensorType, tuple[Dim, ...], bool, range]:
    """The input, its axes, whether channels come first, and which axes are spatial."""
    x, dims = a.tensor(name), a.dims(name)
    if not 3 <= len(dims) <= 5:
        raise Lost("an input of unusual rank")
    floats_inside(a, x)
    first = a.channels_first
    return x, dims, first, range(2, len(dims)) if first else range(1, len(dims) - 1)


def _windows(
    a: Arguments,
    x: TensorType,
    dims: Sequence[Dim],
    spatial: range,
    window: Sequence[Dim],
    dilation: Sequence[Dim],
) -> list[Dim]:
    """The axes with the spatial ones as the window leaves them.

    Raises:
        Mismatch: kind ``vanish`` where the window does not fit.
    """
    padding = a.text("padding")
    if padding not in ("valid", "same"):
        raise Lost("an unusual padding")
    strides = window if a.known("strides") is None else _spread(a, "strides", len(spatial))
    result = list(dims)
    for number, axis in enumerate(spatial):
        length = window_length(
            dims[axis], window[number], strides[number], padding, dilation[number]
        )
        if isinstance(length, int) and length <= 0:
            raise a.refuse("vanish", f"room for a window of {tuple(window)}", str(x.shape), (x,))
        result[axis] = length
    return result


@operation("max_pool", "MaxPool")
def max_pool(a: Arguments) -> Nested[TensorType]:
    """A window moved over the spatial axes; channels kept."""
    x, dims, _, spatial = _layout(a, "inputs")
    window = _spread(a, "pool_size", len(spatial))
    result = _windows(a, x, dims, spatial, window, (1,) * len(spatial))
    return TensorType(Shape(tuple(result)), x.dtype)


operation("average_pool", "AveragePool")(max_pool)


@operation("adaptive_max_pool", "AdaptiveMaxPool")
def adaptive_max_pool(a: Arguments) -> Nested[TensorType]:
    """The spatial axes as long as asked for.

    Of symbolic tensors with channels last Keras 3.15 keeps one axis per length too many, and it
    takes a tuple only; inside a layer the spatial lengths must be known.
    """
    x, dims = a.tensor("inputs"), a.dims("inputs")
    sizes = a.known("output_size")
    if a.traced:
        return _adapted_inside(a)
    if not isinstance(sizes, tuple):
        raise a.refuse("value", "a tuple", str(sizes), (x,), exceptions=("TypeError",))
    lengths = a.lengths("output_size")
    if any(isinstance(length, int) and length < 0 for length in lengths):
        raise a.refuse("vanish", "no negative length", str(sizes), (x,))
    if a.channels_first:
        if len(dims) < 2:
            needed = "a tensor of rank 2 or more"
            raise a.refuse("rank", needed, str(x.shape), (x,), exceptions=("IndexError",))
        return TensorType(Shape((*dims[:2], *lengths)), x.dtype)
    if not dims:
        raise Lost("a number")
    kept = dims[: -len(lengths)] if lengths else ()
    return TensorType(Shape((*kept, *lengths, dims[-1])), x.dtype)


def _adapted_inside(a: Arguments) -> TensorType:
    x, dims, _, spatial = _layout(a, "inputs")
    result = list(dims)
    for axis, made in zip(spatial, _spread(a, "output_size", len(spatial)), strict=True):
        length = dims[axis]
        if not isinstance(length, int) or not isinstance(made, int) or made < 1:
            raise Lost("spatial lengths that are not known")
        if -(-length // made) + 1 > length:  # Keras also pools with a window longer by one
            raise Lost("windows that do not fit")
        result[axis] = made
    return TensorType(Shape(tuple(result)), x.dtype)


operation("adaptive_average_pool", "AdaptiveAveragePool")(adaptive_max_pool)


@operation("conv", "Conv")
def conv(a: Arguments) -> Nested[TensorType]:
    """Spatial axes by the kernel's, channels as many as the kernel makes."""
    return _convolution(a, lambda kernel: kernel[-1])


@operation("depthwise_conv", "DepthwiseConv")
def depthwise_conv(a: Arguments) -> Nested[TensorType]:
    """Every channel by itself, ``multiplier`` times."""
    return _convolution(a, lambda kernel: kernel[-1] * kernel[-2])


def _kernel(a: Arguments, x: TensorType) -> tuple[Dim, ...]:
    if a.traced and a.tensor("kernel").dtype not in (x.dtype, None):
        raise Lost("a kernel of another dtype inside a layer")
    return a.dims("kernel")


def _convolution(a: Arguments, channels: object) -> TensorType:
    assert callable(channels)
    x, dims, first, spatial = _layout(a, "inputs")
    kernel = _kernel(a, x)
    if len(kernel) != len(dims) or FREE in kernel:
        raise Lost("a kernel of another rank")
    dilation = _spread(a, "dilation_rate", len(spatial))
    _check_channels(a, x, dims[1 if first else -1], kernel)
    result = _windows(a, x, dims, spatial, kernel[:-2], dilation)
    result[1 if first else -1] = channels(kernel)
    return TensorType(Shape(tuple(result)), x.dtype)


def _check_channels(a: Arguments, x: TensorType, channels: Dim, kernel: Sequence[Dim]) -> None:
    """A kernel takes as many channels as there are; inside a layer a divisor of them (groups)."""
    taken = kernel[-2]
    if not isinstance(channels, int) or not isinstance(taken, int) or channels == taken:
        return
    if a.traced and a.cls == "DepthwiseConv" and taken and channels % taken == 0:
        raise Lost("a depthwise kernel of fewer channels inside a layer")
    if not a.traced or taken == 0 or channels % taken:
        raise a.refuse("axis", f"{taken} channels", str(x.shape), (x,))
    groups, made = channels // taken, kernel[-1]
    if a.cls != "DepthwiseConv" and isinstance(made, int) and made % groups:
        raise a.refuse("axis", f"filters in {groups} groups", f"{made} filters", (x,))


@operation("conv_transpose", "ConvTranspose")
def conv_transpose(a: Arguments) -> Nested[TensorType]:
    """The way back of a convolution."""
    x, dims, first, spatial = _layout(a, "inputs")
    kernel = _kernel(a, x)
    if len(kernel) != len(dims) or a.known("output_padding") is not None or FREE in kernel:
        raise Lost("a kernel of another rank, or an output padding")
    channels = dims[1 if first else -1]
    if surely_different(channels, kernel[-1]):
        raise a.refuse("axis", f"{kernel[-1]} channels", str(x.shape), (x,))
    padding = a.text("padding")
    strides = _spread(a, "strides", len(spatial))
    dilation = _spread(a, "dilation_rate", len(spatial))
    if padding not in ("valid", "same") or set(dilation) != {1}:
        raise Lost("an unusual transposed convolution")
    result = list(dims)
    for number, axis in enumerate(spatial):
        result[axis] = transposed_length(
            dims[axis], kernel[number], strides[number], padding, None, 1
        )
    result[1 if first else -1] = kernel[-2]
    return TensorType(Shape(tuple(result)), x.dtype)


@operation("image.resize", "Resize")
def resize(a: Arguments) -> Nested[TensorType]:
    """Height and width as given."""
    x, dims = a.tensor("images"), list(a.dims("images"))
    size = a.lengths("size")
    if len(size) != 2 or any(isinstance(length, int) and length < 1 for length in size):
        raise Lost("a size that is no pair of lengths")
    floats_inside(a, x)
    if len(dims) not in (3, 4):
        raise a.refuse("rank", "an image, or a batch of images", str(x.shape), (x,))
    height = -2 if a.channels_first else -3
    dims[height], dims[height + 1] = size
    return TensorType(Shape(tuple(dims)), x.dtype)


@operation("dot_product_attention", "DotProductAttention")
def dot_product_attention(a: Arguments) -> Nested[TensorType]:
    """The shape of the query."""
    query, key, value = a.operand("query"), a.operand("key"), a.operand("value")
    dtype = result_dtype(query.dtype, key.dtype, value.dtype)
    if a.traced and not query.shape == key.shape == value.shape:
        raise Lost("attention of tensors of different shapes inside a layer")
    return TensorType(query.shape, dtype)


@operation("depth_to_space", "DepthToSpace")
def depth_to_space(a: Arguments) -> Nested[TensorType]:
    """Channels laid out as blocks of pixels."""
    x, (batch, height, width, depth), block, first = _blocks(a)
    if isinstance(depth, int) and depth % (block * block):
        raise a.refuse("axis", f"channels that {block * block} divides", str(x.shape), (x,))
    return x.with_shape(
        _image(batch, height * block, width * block, depth // (block * block), first)
    )


@operation("space_to_depth", "SpaceToDepth")
def space_to_depth(a: Arguments) -> Nested[TensorType]:
    """Blocks of pixels as channels."""
    x, (batch, height, width, depth), block, first = _blocks(a)
    for length in (height, width):
        if isinstance(length, int) and length % block:
            raise a.refuse("axis", f"lengths that {block} divides", str(x.shape), (x,))
    return x.with_shape(
        _image(batch, height // block, width // block, depth * block * block, first)
    )


def _blocks(a: Arguments) -> tuple[TensorType, Sequence[Dim], int, bool]:
    x, dims, first, _ = _layout(a, "x")
    block = a.integer("block_size")
    if len(dims) != 4 or block < 2:
        raise Lost("an unusual layout")
    return x, (dims[0], dims[2], dims[3], dims[1]) if first else dims, block, first


def _image(batch: Dim, height: Dim, width: Dim, depth: Dim, first: bool) -> Shape:
    return Shape((batch, depth, height, width) if first else (batch, height, width, depth))


@operation("image.extract_patches", "ExtractPatches")
def extract_patches(a: Arguments) -> Nested[TensorType]:
    """Every window of an image as channels."""
    x, dims, first, spatial = _layout(a, "images")
    if len(dims) != 4:
        raise Lost("patches of anything but a batch of images")
    window, dilation = _spread(a, "size", 2), _spread(a, "dilation_rate", 2)
    channel = 1 if first else -1
    if dims[channel] is FREE:
        raise Lost("patches of an unknown number of channels")
    result = _windows(a, x, dims, spatial, window, dilation)
    if a.traced and set(dilation) != {1}:
        raise Lost("dilated patches inside a layer")
    result[channel] = window[0] * window[1] * dims[channel]
    return TensorType(Shape(tuple(result)), x.dtype)


@operation("image.rgb_to_grayscale", "RGBToGrayscale")
def rgb_to_grayscale(a: Arguments) -> Nested[TensorType]:
    """One channel in place of three."""
    x, dims = a.tensor("images"), a.dims("images")
    if len(dims) not in (3, 4):
        raise a.refuse("rank", "an image, or a batch of images", str(x.shape), (x,))
    axis = -3 if a.channels_first else -1
    channels = dims[axis]
    if channels is FREE:
        raise Lost("an unknown number of channels")
    if isinstance(channels, int) and channels not in (1, 3):
        raise a.refuse("axis", "three channels, or one", str(x.shape), (x,))
    return TensorType(x.shape.with_axis(axis, 1), x.dtype)
