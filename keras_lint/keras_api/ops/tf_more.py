"""More of TensorFlow's functions and of ``tf.keras.backend``, which Keras's operations have not.

Facts seen on TensorFlow 2.21 and tf_keras 2.21 by tracing each function inside a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from keras_lint.keras_api.ops import elementwise, indexing, linear, neural, reductions
from keras_lint.keras_api.ops.base import Arguments, Data, Infer, as_length, operation
from keras_lint.keras_api.ops.broadcasting import broadcast_tensors
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

TF = "tensorflow."
K = "keras.backend."


def function(path: str, signature: str, several: bool = False) -> Callable[[Infer], Infer]:
    """Register under each of several paths; the class is the last part of the first."""
    paths = path.split()
    cls = "".join(part.capitalize() for part in paths[0].rpartition(".")[2].split("_"))

    def register(infer: Infer) -> Infer:
        for one in paths:
            operation(one, cls, signature=signature, several=several)(infer)
        return infer

    return register


def _register() -> None:
    for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh"):
        function(f"{TF}math.{name} {TF}{name}", "x name=None")(elementwise.keep_floats)
    for name in ("lgamma", "digamma", "erfc"):
        function(f"{TF}math.{name}", "x name=None")(elementwise.keep_floats)
    function(f"{TF}math.cumprod", "x axis=0 exclusive=False reverse=False name=None")(_along)
    function(f"{TF}random.shuffle", "x seed=None name=None")(elementwise.keep)
    function(f"{TF}clip_by_norm", "x clip_norm axes=None name=None")(elementwise.keep_floats)
    function(f"{TF}sort", "x axis=-1 direction=None name=None")(_along)
    function(f"{K}softsign", "x")(elementwise.keep)
    function(f"{K}cumsum {K}cumprod", "x axis=0")(_along)
    function(f"{K}dropout", "x level noise_shape=None seed=None")(elementwise.keep_floats)


def _along(a: Arguments) -> Nested[TensorType]:
    elementwise.unchecked_inside(a, len(a.dims("x")))
    return elementwise.keep(a)


@function(f"{TF}math.atan2 {TF}atan2", "y:x1 x:x2 name=None")
def float_pair(a: Arguments) -> Nested[TensorType]:
    """Broadcast."""
    left, right = a.operand("x1"), a.operand("x2")
    elementwise.floats_inside(a, left)
    return TensorType(Shape(broadcast_tensors(a, left, right)), left.dtype)


function(f"{TF}math.xlogy {TF}math.multiply_no_nan", "x:x1 y:x2 name=None")(float_pair)


@function(f"{TF}nn.sigmoid_cross_entropy_with_logits", "labels:x1 logits:x2 name=None")
def sigmoid_cross_entropy(a: Arguments) -> Nested[TensorType]:
    """One loss for every element; both sides have one shape."""
    left, right = a.operand("x1"), a.operand("x2")
    if left.shape != right.shape:
        raise Lost("whether both sides have one shape")
    return float_pair(a)


@function(f"{TF}nn.softmax_cross_entropy_with_logits", "labels:x1 logits:x2 axis=-1 name=None")
def softmax_cross_entropy(a: Arguments) -> Nested[TensorType]:
    """One loss for every row of classes."""
    left, dims = a.tensor("x1"), a.dims("x1")
    if left.shape != a.tensor("x2").shape or not dims or a.integer("axis") != -1:
        raise Lost("labels and logits of different shapes, or an unusual axis")
    return TensorType(Shape(dims[:-1]), left.dtype)


@function(f"{TF}nn.sparse_softmax_cross_entropy_with_logits", "labels:x1 logits:x2 name=None")
def sparse_softmax_cross_entropy(a: Arguments) -> Nested[TensorType]:
    """One loss for every row of classes; labels are numbers."""
    labels, logits = a.dims("x1"), a.dims("x2")
    if labels != logits[:-1] or not logits:
        raise Lost("labels and logits that do not go together, or not surely")
    return TensorType(Shape(labels), a.tensor("x2").dtype)


@function(f"{TF}argsort", "values:x axis=-1 direction=None stable=False name=None")
def argsort(a: Arguments) -> Nested[TensorType]:
    """Places along an axis."""
    elementwise.unchecked_inside(a, len(a.dims("x")))
    return TensorType(a.tensor("x").shape, "int32")


@function(f"{TF}gather_nd", "params:x indices batch_dims=0 name=None")
def gather_nd(a: Arguments) -> Nested[TensorType]:
    """Slices by their places, whose count of numbers says how many axes are gone."""
    x, dims, places = a.tensor("x"), a.dims("x"), a.dims("indices")
    batch = a.integer("batch_dims")
    if not places or not isinstance(places[-1], int) or not 0 <= batch < len(places):
        raise Lost("places that are not known")
    if dims[:batch] != places[:batch] or batch + places[-1] > len(dims):
        raise Lost("places that do not fit, or not surely")
    return TensorType(Shape((*places[:-1], *dims[batch + places[-1] :])), x.dtype)


@function(f"{TF}boolean_mask", "tensor:x mask axis=None name=None")
def boolean_mask(a: Arguments) -> Nested[TensorType]:
    """As many as are true, in place of the axes of the mask."""
    x, dims, mask = a.tensor("x"), a.dims("x"), a.dims("mask")
    if a.known("axis") not in (None, 0) or not mask or dims[: len(mask)] != mask:
        raise Lost("a mask that does not fit, or not surely")
    return TensorType(Shape((FREE, *dims[len(mask) :])), x.dtype)


@function(f"{TF}linalg.matvec", "a:x1 b:x2 transpose_a=False")
def matvec(a: Arguments) -> Nested[TensorType]:
    """A matrix times a vector."""
    vector = a.tensor("x2")
    if a.flag("transpose_a") or len(a.dims("x1")) < 2 or not a.dims("x2"):
        raise Lost("a matrix turned, or none")
    column = vector.with_shape(Shape((*a.dims("x2"), 1)))
    made = linear.matmul(a.with_values(x2=column))
    assert isinstance(made, TensorType)
    return made.with_shape(Shape((made.shape.dims or ())[:-1]))


@function(f"{TF}linalg.matrix_transpose {TF}linalg.adjoint", "a:x name=None")
def matrix_transpose(a: Arguments) -> Nested[TensorType]:
    """The last two axes exchanged."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) < 2:
        raise Lost("no matrix")
    return x.with_shape(Shape((*dims[:-2], dims[-1], dims[-2])))


def _square(a: Arguments) -> tuple[TensorType, Sequence[Dim]]:
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) < 2 or dims[-1] != dims[-2]:
        raise Lost("no square matrix")
    return x, dims


@function(f"{TF}linalg.inv {TF}linalg.cholesky", "input:x adjoint=False name=None")
def square_kept(a: Arguments) -> Nested[TensorType]:
    """A square matrix for a square matrix."""
    _square(a)
    return elementwise.keep_floats(a)


@function(f"{TF}linalg.det {TF}linalg.trace", "input:x name=None")
def of_square(a: Arguments) -> Nested[TensorType]:
    """A number for a square matrix."""
    x, dims = _square(a)
    return TensorType(Shape(tuple(dims[:-2])), x.dtype)


@function(f"{TF}linalg.diag_part", "input:x name=None")
def diag_part(a: Arguments) -> Nested[TensorType]:
    """The diagonal of a square matrix."""
    x, dims = _square(a)
    return TensorType(Shape(tuple(dims[:-1])), x.dtype)


@function(f"{TF}linalg.diag", "diagonal:x name=None")
def diag(a: Arguments) -> Nested[TensorType]:
    """Square matrices."""
    x, dims = a.tensor("x"), a.dims("x")
    if not dims:
        raise Lost("a diagonal of a number")
    return x.with_shape(Shape((*dims, dims[-1])))


@function(f"{TF}math.count_nonzero", "input:x axis=None keepdims=False dtype=None name=None")
def count_nonzero(a: Arguments) -> Nested[TensorType]:
    """Reduced; a whole number."""
    return TensorType(reductions.reduce(a)[0], a.dtype("dtype", "int64"))


@function(f"{TF}size", "input:x out_type=None name=None")
def size(a: Arguments) -> Nested[TensorType]:
    """One number."""
    a.operand("x")
    return TensorType(Shape(()), a.dtype("out_type", "int32"))


@function(f"{TF}sequence_mask", "lengths:x maxlen=None dtype=None name=None")
def sequence_mask(a: Arguments) -> Nested[TensorType]:
    """Truths, as many as the longest may be."""
    longest = FREE if a.known("maxlen") is None else a.lengths("maxlen")[0]
    return TensorType(Shape((*a.dims("x"), longest)), a.dtype("dtype", "bool"))


@function(f"{TF}ensure_shape", "x shape name=None")
def ensure_shape(a: Arguments) -> Nested[TensorType]:
    """What either side knows of a length."""
    wanted = a.known("shape")
    if a.operand("x").shape.dims is None and isinstance(wanted, (tuple, list)):
        return a.operand("x").with_shape(Shape(tuple(as_length(one) for one in wanted)))
    x, dims = a.tensor("x"), a.dims("x")
    if not isinstance(wanted, (tuple, list)) or len(wanted) != len(dims):
        raise Lost("another shape")
    made: list[Dim] = []
    for dim, one in zip(dims, wanted, strict=True):
        if one is not None and (not isinstance(one, int) or dim not in (FREE, one)):
            raise Lost("another shape")
        made.append(dim if one is None else one)
    return x.with_shape(Shape(tuple(made)))


@function(
    f"{TF}nn.local_response_normalization {TF}nn.lrn",
    "input:x depth_radius=5 bias=1 alpha=1 beta=0.5 name=None",
)
def local_response_normalization(a: Arguments) -> Nested[TensorType]:
    """Shape kept; images only."""
    if len(a.dims("x")) != 4:
        raise Lost("an image of unusual rank")
    return elementwise.keep_floats(a)


def _windows(a: Arguments, name: str) -> int:
    value = a.known(name)
    if not isinstance(value, int) or value < 1:
        raise Lost("windows of several lengths, or of none")
    return value


@function(
    f"{TF}nn.max_pool1d {TF}nn.avg_pool1d",
    "input:inputs ksize strides padding data_format=0 name=None",
)
def pool1d(a: Arguments) -> Nested[TensorType]:
    """A window moved over the steps."""
    if a.known("data_format") not in (0, None, "NWC") or len(a.dims("inputs")) != 3:
        raise Lost("an unusual layout")
    return neural.max_pool(
        a.with_values(
            pool_size=_windows(a, "ksize"),
            strides=_windows(a, "strides"),
            padding=a.text("padding").lower(),
            data_format="channels_last",
        )
    )


@function(
    f"{TF}nn.conv1d",
    "input:inputs filters:kernel stride padding data_format=0 dilations=None name=None",
)
def conv1d(a: Arguments) -> Nested[TensorType]:
    """A kernel moved over the steps."""
    if a.known("data_format") not in (0, None, "NWC") or len(a.dims("inputs")) != 3:
        raise Lost("an unusual layout")
    if a.known("dilations") not in (None, 1):
        raise Lost("a dilation")
    return neural.conv(
        a.with_values(
            strides=_windows(a, "stride"),
            dilation_rate=1,
            padding=a.text("padding").lower(),
            data_format="channels_last",
        )
    )


@function(
    f"{TF}nn.depthwise_conv2d",
    "input:inputs filter:kernel strides padding data_format=None dilations=None name=None",
)
def depthwise_conv2d(a: Arguments) -> Nested[TensorType]:
    """Every channel by itself."""
    strides = a.known("strides")
    if a.known("data_format") not in (None, "NHWC") or a.known("dilations") is not None:
        raise Lost("an unusual layout")
    if len(a.dims("inputs")) != 4 or not isinstance(strides, (tuple, list)) or len(strides) != 4:
        raise Lost("an unusual layout")
    if len(a.dims("kernel")) != 4 or a.dims("inputs")[3] != a.dims("kernel")[2]:
        raise Lost("a kernel that does not fit")
    if strides[1] != strides[2] or strides[0] != 1 or strides[3] != 1:
        raise Lost("strides that TensorFlow may refuse")
    return neural.depthwise_conv(
        a.with_values(
            strides=strides[1],
            dilation_rate=1,
            padding=a.text("padding").lower(),
            data_format="channels_last",
        )
    )


@function(
    f"{TF}nn.batch_normalization",
    "x mean variance offset scale variance_epsilon name=None",
)
def batch_normalization(a: Arguments) -> Nested[TensorType]:
    """Shape kept where the statistics are of the last axis."""
    last = a.dims("x")[-1:]
    for name in ("mean", "variance", "offset", "scale"):
        if a.known(name) is not None and a.dims(name) != last:
            raise Lost("statistics of other axes")
    return elementwise.keep_floats(a)


@function(f"{TF}signal.frame", "signal:x frame_length frame_step pad_end=False")
def frame(a: Arguments) -> Nested[TensorType]:
    """Windows of the last axis."""
    x, dims = a.tensor("x"), a.dims("x")
    if a.flag("pad_end") or not dims:
        raise Lost("frames beyond the end")
    length = a.integer("frame_length")
    return x.with_shape(Shape((*dims[:-1], _frames(a, dims[-1], length), length)))


def _frames(a: Arguments, whole: Dim, length: int) -> Dim:
    step = a.integer("frame_step")
    if step < 1 or length < 1:
        raise Lost("frames of no length")
    if whole is FREE:
        return FREE
    if not isinstance(whole, int):
        raise Lost("how many frames there are")
    return max(0, (whole - length) // step + 1)


@function(
    f"{TF}signal.stft",
    "signals:x frame_length frame_step fft_length=None window_fn=0 pad_end=False name=None",
)
def stft(a: Arguments) -> Nested[TensorType]:
    """Half the frequencies of every frame."""
    x, dims = a.tensor("x"), a.dims("x")
    if a.flag("pad_end") or not dims or x.dtype != "float32":
        raise Lost("frames beyond the end")
    length = a.integer("frame_length")
    frames = _frames(a, dims[-1], length)
    fft = 1 << (length - 1).bit_length() if a.known("fft_length") is None else 0
    fft = fft or a.integer("fft_length")
    if fft < length:
        raise Lost("frames cut short")
    return TensorType(Shape((*dims[:-1], frames, fft // 2 + 1)), "complex64")


@function(f"{K}argmin {K}argmax", "x axis=-1")
def argmin(a: Arguments) -> Nested[TensorType]:
    """Places along an axis."""
    return TensorType(reductions.reduce(a)[0], "int64")


@function(f"{K}repeat", "x n")
def repeat(a: Arguments) -> Nested[TensorType]:
    """Rows of numbers as sequences."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) != 2 or a.integer("n") < 0:
        raise Lost("not rows")
    return x.with_shape(Shape((dims[0], a.integer("n"), dims[1])))


@function(f"{K}dot", "x:x1 y:x2")
def dot(a: Arguments) -> Nested[TensorType]:
    """The last axis with the last but one."""
    left, right = a.dims("x1"), a.dims("x2")
    if len(left) < 2 or len(right) != 2 or left[-1] != right[0]:
        raise Lost("a product of unusual shapes")
    if len(left) > 2 and FREE in left[1:]:
        raise Lost("what is left of open axes")
    return TensorType(Shape((*left[:-1], right[1])), a.tensor("x1").dtype)


@function(f"{K}batch_dot", "x:x1 y:x2 axes=None")
def batch_dot(a: Arguments) -> Nested[TensorType]:
    """A product for every sample."""
    left, right = a.dims("x1"), a.dims("x2")
    axes = a.integers("axes")
    if axes is None:
        axes = (len(left) - 1, len(right) - 2) if len(right) > 2 else (len(left) - 1, 1)
    one, other = axes * 2 if len(axes) == 1 else axes
    if not (0 < one < len(left) <= 3 and 0 < other < len(right) <= 3):
        raise Lost("a product of unusual shapes")
    if left[one] != right[other] or left[0] != right[0] or FREE in (*left[1:], *right[1:]):
        raise Lost("lengths that differ, or may")
    rest = [dim for n, dim in enumerate(left) if n not in (0, one)]
    rest += [dim for n, dim in enumerate(right) if n not in (0, other)]
    return TensorType(Shape((left[0], *(rest or [1]))), a.tensor("x1").dtype)


@function(f"{K}bias_add", "x bias data_format=None")
def bias_add(a: Arguments) -> Nested[TensorType]:
    """Shape kept."""
    if a.known("data_format") is not None or a.dims("bias") != a.dims("x")[-1:]:
        raise Lost("a bias of another shape")
    return elementwise.keep_floats(a)


@function(f"{K}temporal_padding", "x padding=(1,1)")
def temporal_padding(a: Arguments) -> Nested[TensorType]:
    """More steps."""
    x, dims, widths = a.tensor("x"), a.dims("x"), a.integers("padding")
    if len(dims) != 3 or widths is None or len(widths) != 2 or min(widths) < 0:
        raise Lost("an unusual padding")
    return x.with_shape(x.shape.with_axis(1, FREE if dims[1] is FREE else dims[1] + sum(widths)))


@function(f"{K}spatial_2d_padding", "x padding=((1,1),(1,1)) data_format=None")
def spatial_2d_padding(a: Arguments) -> Nested[TensorType]:
    """More rows and columns."""
    x, dims, pairs = a.tensor("x"), a.dims("x"), a.known("padding")
    if a.known("data_format") is not None or len(dims) != 4 or len(pairs) != 2:
        raise Lost("an unusual layout")
    result = list(dims)
    for axis, pair in enumerate(pairs, start=1):
        widths = a.with_values(pair=pair).integers("pair")
        if widths is None or len(widths) != 2 or min(widths) < 0:
            raise Lost("an unusual padding")
        result[axis] = FREE if dims[axis] is FREE else dims[axis] + sum(widths)
    return x.with_shape(Shape(tuple(result)))


@function(f"{K}gather", "reference:x indices")
def gather(a: Arguments) -> Nested[TensorType]:
    """Rows by number."""
    return indexing.take(a.with_values(axis=0))


@function(f"{K}one_hot", "indices:x num_classes")
def one_hot(a: Arguments) -> Nested[TensorType]:
    """A last axis with one length per class."""
    return indexing.one_hot(a.with_values(axis=-1, dtype=None))


@function(f"{K}binary_crossentropy", "target:x1 output:x2 from_logits=False")
def binary_crossentropy(a: Arguments) -> Nested[TensorType]:
    """One loss for every element."""
    return sigmoid_cross_entropy(a)


@function(f"{K}categorical_crossentropy", "target:x1 output:x2 from_logits=False axis=-1")
def categorical_crossentropy(a: Arguments) -> Nested[TensorType]:
    """One loss for every row of classes."""
    return softmax_cross_entropy(a)


@function(f"{TF}range", "start limit=None delta=1 dtype=None name=None")
def range_(a: Arguments) -> Nested[TensorType]:
    """Whole numbers in steps."""
    first, last, step = a.known("start"), a.known("limit"), a.known("delta")
    first, last = (0, first) if last is None else (first, last)
    if not all(type(value) is int for value in (first, last, step)) or step == 0:
        raise Lost("a range of unknown length")
    return Data(Shape((len(range(first, last, step)),)), a.dtype("dtype", "int32"))


@function(f"{K}arange", "start stop:limit=None step:delta=1 dtype='int32'")
def arange(a: Arguments) -> Nested[TensorType]:
    """Whole numbers in steps."""
    return range_(a)


@function(f"{K}resize_images", "x height_factor width_factor data_format interpolation='nearest'")
def resize_images(a: Arguments) -> Nested[TensorType]:
    """Larger pictures."""
    x, dims = a.tensor("x"), a.dims("x")
    factors = (a.integer("height_factor"), a.integer("width_factor"))
    if a.known("data_format") != "channels_last" or len(dims) != 4 or min(factors) < 1:
        raise Lost("an unusual layout")
    sizes = dims[1:3]  # tf_keras works out both lengths or none
    made = [FREE if FREE in sizes else d * f for d, f in zip(sizes, factors, strict=True)]
    return x.with_shape(Shape((dims[0], *made, dims[3])))


@function(f"{K}zeros {K}ones", "shape dtype=None name=None")
def of_shape(a: Arguments) -> Nested[TensorType]:
    """An array."""
    return Data(Shape(a.lengths("shape")), a.dtype("dtype", "float32"))


function(f"{K}random_normal", "shape mean=0.0 stddev=1.0 dtype=None seed=None")(of_shape)
function(f"{K}random_uniform", "shape minval=0.0 maxval=1.0 dtype=None seed=None")(of_shape)
function(
    f"{TF}random.truncated_normal", "shape mean=0.0 stddev=1.0 dtype=None seed=None name=None"
)(of_shape)

_register()
