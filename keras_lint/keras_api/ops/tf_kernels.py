"""TensorFlow's convolutions beyond two axes and back, its matrices, signals and further images.

Facts seen on TensorFlow 2.21 by tracing each function inside a layer.
"""

from __future__ import annotations

from dataclasses import replace

from keras_lint.keras_api.ops import elementwise, linear, matrices, neural
from keras_lint.keras_api.ops.base import Arguments, Infer, find
from keras_lint.keras_api.ops.broadcasting import broadcast_tensors
from keras_lint.keras_api.ops.tf_more import TF, function
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

_COMPLEX = {"complex64": "float32", "complex128": "float64"}
_REAL = {real: name for name, real in _COMPLEX.items()}
_LAYOUTS = {3: "NWC", 4: "NHWC", 5: "NDHWC"}


def _register() -> None:
    filters = "input:inputs filters:kernel"
    function(f"{TF}nn.conv3d", f"{filters} strides padding data_format=0 dilations=None name=None")(
        _conv
    )
    function(
        f"{TF}nn.convolution",
        f"{filters} strides=None padding='VALID' data_format=None dilations=None name=None",
    )(_conv)
    function(f"{TF}nn.atrous_conv2d", "value:inputs filters:kernel rate:dilations padding")(_atrous)
    pool = "input:inputs ksize strides padding data_format=0 name=None"
    function(f"{TF}nn.max_pool3d {TF}nn.avg_pool3d", pool)(_pool)
    for axes in (1, 2, 3):
        function(
            f"{TF}nn.conv{axes}d_transpose",
            f"{filters} output_shape strides padding='SAME' data_format=0 dilations=None name=None",
        )(_transposed)
    for name in ("fft", "ifft", "fft2d", "ifft2d", "fft3d", "ifft3d"):
        function(f"{TF}signal.{name}", "input:x name=None")(_complex_kept)
    for name in ("fftshift", "ifftshift"):
        function(f"{TF}signal.{name}", "x axes=None name=None")(elementwise.keep)
    for name in ("hann_window", "hamming_window"):
        function(f"{TF}signal.{name}", "window_length periodic=True dtype=None name=None")(_window)
    function(f"{TF}signal.vorbis_window", "window_length dtype=None name=None")(_window)
    function(f"{TF}math.conj", "x name=None")(elementwise.keep)
    function(f"{TF}math.real {TF}math.imag {TF}math.angle", "input:x name=None")(_real_part)
    function(f"{TF}linalg.set_diag", "input:x diagonal name=None k=0")(_set_diagonal)
    function(f"{TF}linalg.expm {TF}linalg.sqrtm", "input:x name=None")(_square_kept)
    function(f"{TF}linalg.logdet", "matrix:x name=None")(_of_square)
    function(f"{TF}linalg.cross", "a:x1 b:x2 name=None")(_cross)
    function(f"{TF}linalg.tensordot", "a:x1 b:x2 axes name=None")(linear.tensordot)
    _matrices()
    for name in ("rgb_to_yuv", "yuv_to_rgb", "rgb_to_yiq", "yiq_to_rgb"):
        function(f"{TF}image.{name}", "images:x")(_colours)
    for name in ("adjust_hue delta", "adjust_saturation saturation_factor"):
        one, factor = name.split()
        function(f"{TF}image.{one}", f"image:x {factor} name=None")(_colours)
    function(f"{TF}image.random_hue", "image:x max_delta seed=None")(_colours)
    function(f"{TF}image.random_saturation", "image:x lower upper seed=None")(_colours)
    for name in ("psnr", "ssim"):
        function(f"{TF}image.{name}", "a:x1 b:x2 max_val")(_compared)


def _matrices() -> None:
    """Functions that Keras has too, of which TensorFlow says less where a length is open."""
    for path, name, signature, several in (
        ("linalg.qr", "qr", "input:x full_matrices=False name=None", True),
        ("linalg.pinv", "pinv", "a:x rcond=None validate_args=False name=None", False),
        ("linalg.solve", "solve", "matrix:a rhs:b adjoint=False name=None", False),
        ("linalg.eigh", "eigh", "tensor:x name=None", True),
    ):
        same = find(f"keras.ops.{name}")
        assert same is not None, name
        function(f"{TF}{path}", signature, several)(_of_known(same.infer))


def _of_known(infer: Infer) -> Infer:
    def known(a: Arguments) -> Nested[TensorType]:
        if "b" in a and a.dims("a")[:-2] != a.dims("b")[:-2]:
            raise Lost("sides of two counts, or not surely one")
        for name in a:
            value = a.get(name)
            if isinstance(value, TensorType):
                elementwise.floats_inside(a, value)
                if FREE in a.dims(name)[-2:] or len(a.dims(name)) < 2:
                    raise Lost("matrices of open lengths, or none")
        full = a.get("full_matrices")
        return infer(a.with_values(mode="complete" if full else "reduced", axis=-1))

    return known


def _spatial(a: Arguments, name: str, default: int | None = None) -> tuple[int, ...]:
    """TensorFlow gives one number, one per spatial axis, or one for every axis."""
    count = len(a.dims("inputs")) - 2
    value = a.integers(name) if a.known(name) is not None else None
    if value is None:
        value = None if default is None else (default,)
    if value is None or min(value) < 1:
        raise Lost(f"{name} that are not positive")
    if len(value) == count + 2 and value[0] == value[-1] == 1:
        value = value[1:-1]
    if len(value) not in (1, count):
        raise Lost(f"{name} of another count")
    return value * (count if len(value) == 1 else 1)


def _usual(a: Arguments, rank: int | None = None) -> None:
    found = len(a.dims("inputs"))
    if found not in _LAYOUTS or rank not in (None, found):
        raise Lost("an unusual rank")
    if a.get("data_format") not in (0, None, _LAYOUTS[found]):
        raise Lost("an unusual layout")


def _conv(a: Arguments) -> Nested[TensorType]:
    _usual(a, 5 if a.cls == "Conv3d" else None)
    strides, dilations = _spatial(a, "strides", 1), _spatial(a, "dilations", 1)
    if max(strides) > 1 and max(dilations) > 1:
        raise Lost("strides and dilations together")
    if max(dilations) > 1 and FREE in a.dims("inputs")[1:]:
        raise Lost("dilations over open lengths")
    if a.dims("inputs")[-1] != a.dims("kernel")[-2:-1][0]:
        raise Lost("channels that do not go with the kernel, or not surely")
    return neural.conv(
        a.with_values(
            strides=strides,
            dilation_rate=dilations,
            padding=a.text("padding").lower(),
            data_format="channels_last",
        )
    )


def _atrous(a: Arguments) -> Nested[TensorType]:
    _usual(a, 4)
    if FREE in a.dims("inputs")[1:]:
        raise Lost("an image of open lengths")
    return _conv(a.with_values(strides=1))


def _pool(a: Arguments) -> Nested[TensorType]:
    _usual(a, 5)
    return neural.max_pool(
        a.with_values(
            pool_size=_spatial(a, "ksize"),
            strides=_spatial(a, "strides"),
            padding=a.text("padding").lower(),
            data_format="channels_last",
        )
    )


def _transposed(a: Arguments) -> Nested[TensorType]:
    """The shape asked for, if a convolution of it gives what there is."""
    rank = {"Conv1dTranspose": 3, "Conv2dTranspose": 4, "Conv3dTranspose": 5}[a.cls]
    _usual(a, rank)
    dims, kernel, wanted = a.dims("inputs"), a.dims("kernel"), a.lengths("output_shape")
    x = a.tensor("inputs")
    if (
        len(wanted) != rank
        or len(kernel) != rank
        or _spatial(a, "dilations", 1) != (1,) * (rank - 2)
    ):
        raise Lost("an unusual transposed convolution")
    if kernel[-1] != dims[-1] or kernel[-2] != wanted[-1] or a.tensor("kernel").dtype != x.dtype:
        raise Lost("channels that do not go with the kernel, or not surely")
    back = neural.conv(
        a.with_values(
            inputs=TensorType(Shape(tuple(wanted)), x.dtype),
            kernel=TensorType(Shape((*kernel[:-2], kernel[-2], kernel[-1])), x.dtype),
            strides=_spatial(a, "strides"),
            dilation_rate=1,
            padding=a.text("padding").lower(),
            data_format="channels_last",
        )
    )
    assert isinstance(back, TensorType)
    for made, given in zip((back.shape.dims or ())[:-1], dims[:-1], strict=True):
        if made != given:
            raise Lost("a shape that does not go with the input, or not surely")
    return TensorType(Shape(tuple(wanted)), x.dtype)


@function(
    f"{TF}nn.separable_conv2d",
    "input:inputs depthwise_filter:kernel pointwise_filter strides padding data_format=None "
    "dilations=None name=None",
)
def separable_conv2d(a: Arguments) -> Nested[TensorType]:
    """Every channel by itself, then all together."""
    _usual(a, 4)
    strides, point = _spatial(a, "strides"), a.dims("pointwise_filter")
    kernel = a.dims("kernel")
    if len(set(strides)) > 1 or a.known("dilations") is not None or len(kernel) != 4:
        raise Lost("strides that TensorFlow may refuse")
    if a.dims("inputs")[-1] != kernel[2] or point[:2] != (1, 1) or len(point) != 4:
        raise Lost("kernels that do not fit")
    made = neural.depthwise_conv(
        a.with_values(
            strides=strides[0],
            dilation_rate=1,
            padding=a.text("padding").lower(),
            data_format="channels_last",
        )
    )
    assert isinstance(made, TensorType)
    if (made.shape.dims or ())[-1] != point[2]:
        raise Lost("kernels that do not fit")
    return made.with_shape(made.shape.with_axis(-1, point[3]))


@function(
    f"{TF}nn.ctc_loss",
    "labels logits label_length logit_length logits_time_major=True unique=None blank_index=None "
    "name=None",
)
def ctc_loss(a: Arguments) -> Nested[TensorType]:
    """One number for every sequence."""
    dims, labels = a.dims("logits"), a.dims("labels")
    if len(dims) != 3 or len(labels) != 2:
        raise Lost("logits or labels of an unusual rank")
    batch = dims[1] if a.flag("logits_time_major") else dims[0]
    same = {labels[:1], a.dims("label_length"), a.dims("logit_length"), (batch,)}
    if len(same) > 1 or a.tensor("logits").dtype != "float32":
        raise Lost("sequences that do not go together")
    return TensorType(Shape((batch,)), "float32")


# -- signals --------------------------------------------------------------------------------------


def _complex_kept(a: Arguments) -> Nested[TensorType]:
    x, dims = a.tensor("x"), a.dims("x")
    axes = int(a.cls[-2]) if a.cls.endswith("d") else 1
    if x.dtype not in _COMPLEX or len(dims) < axes:
        raise Lost("what are no complex numbers")
    return x


@function(f"{TF}signal.rfft", "input_tensor:x fft_length=None name=None")
def rfft(a: Arguments) -> Nested[TensorType]:
    """Half the frequencies of the last axis."""
    x, dims = a.tensor("x"), a.dims("x")
    if x.dtype not in _REAL or not dims:
        raise Lost("what are no real numbers")
    return TensorType(Shape((*dims[:-1], _half(a, dims[-1]))), _REAL[x.dtype])


def _half(a: Arguments, last: Dim) -> Dim:
    given = a.integers("fft_length")
    if given is not None:
        if len(given) != 1 or given[0] < 1:
            raise Lost("frequencies of another count")
        return given[0] // 2 + 1
    return last // 2 + 1 if isinstance(last, int) else last


@function(f"{TF}signal.irfft", "input_tensor:x fft_length=None name=None")
def irfft(a: Arguments) -> Nested[TensorType]:
    """As many numbers as the frequencies come from."""
    x, dims, given = a.tensor("x"), a.dims("x"), a.integers("fft_length")
    if x.dtype not in _COMPLEX or not dims or (given is not None and len(given) != 1):
        raise Lost("what are no complex numbers")
    last = dims[-1]
    if not isinstance(last, int):
        raise Lost("how many frequencies there are")
    whole = max(0, 2 * (last - 1)) if given is None else given[0]
    return TensorType(Shape((*dims[:-1], whole)), _COMPLEX[x.dtype])


@function(f"{TF}signal.dct {TF}signal.idct", "input:x type=2 n=None axis=-1 norm=None name=None")
def dct(a: Arguments) -> Nested[TensorType]:
    """Shape kept."""
    if a.known("n") is not None or a.integer("type") not in (2, 3) or not a.dims("x"):
        raise Lost("a transform of another length")
    if FREE in a.dims("x")[1:]:
        raise Lost("a transform of open lengths")
    return elementwise.keep_floats(a)


@function(f"{TF}signal.overlap_and_add", "signal:x frame_step name=None")
def overlap_and_add(a: Arguments) -> Nested[TensorType]:
    """Frames put together again."""
    x, dims, step = a.tensor("x"), a.dims("x"), a.integer("frame_step")
    if len(dims) < 2 or step < 1:
        raise Lost("no frames")
    whole: Dim = FREE
    if isinstance(dims[-1], int) and isinstance(dims[-2], int):
        whole = (dims[-2] - 1) * step + dims[-1]
    elif FREE not in dims[-2:]:
        raise Lost("how long the frames are")
    return x.with_shape(Shape((*dims[:-2], whole)))


def _window(a: Arguments) -> Nested[TensorType]:
    return TensorType(Shape(a.lengths("window_length")), a.dtype("dtype", "float32"))


@function(
    f"{TF}signal.linear_to_mel_weight_matrix",
    "num_mel_bins=20 num_spectrogram_bins=129 sample_rate=8000 lower_edge_hertz=125.0 "
    "upper_edge_hertz=3800.0 dtype=None name=None",
)
def mel_matrix(a: Arguments) -> Nested[TensorType]:
    """What makes mels of frequencies."""
    dims = (*a.lengths("num_spectrogram_bins"), *a.lengths("num_mel_bins"))
    return TensorType(Shape(dims), a.dtype("dtype", "float32"))


def _real_part(a: Arguments) -> Nested[TensorType]:
    x = a.tensor("x")
    if x.dtype not in _COMPLEX and x.dtype not in _REAL:
        raise Lost("the real part of other numbers")
    return TensorType(x.shape, _COMPLEX.get(x.dtype or "", x.dtype))


@function(f"{TF}complex {TF}dtypes.complex", "real:x1 imag:x2 name=None")
def complex_(a: Arguments) -> Nested[TensorType]:
    """Complex numbers of two parts."""
    left, right = a.operand("x1"), a.operand("x2")
    if left.dtype not in _REAL or left.dtype != right.dtype:
        raise Lost("parts of several dtypes")
    return TensorType(Shape(broadcast_tensors(a, left, right)), _REAL[left.dtype])


# -- matrices -------------------------------------------------------------------------------------


def _square_kept(a: Arguments) -> Nested[TensorType]:
    dims = a.dims("x")
    if len(dims) < 2 or dims[-1] != dims[-2] or FREE in dims[-2:]:
        raise Lost("no square matrix")
    return elementwise.keep_floats(a)


def _of_square(a: Arguments) -> Nested[TensorType]:
    _square_kept(a)
    return matrices.logdet(a)


def _cross(a: Arguments) -> Nested[TensorType]:
    left = a.tensor("x1")
    if left.shape != a.tensor("x2").shape or a.dims("x1")[-1:] != (3,):
        raise Lost("vectors that are not of length 3, or not surely equal shapes")
    if left.dtype != a.tensor("x2").dtype:
        raise Lost("vectors of two dtypes")
    return left


def _set_diagonal(a: Arguments) -> Nested[TensorType]:
    x, dims = a.tensor("x"), a.dims("x")
    square = len(dims) > 1 and dims[-1] == dims[-2]
    if not square or a.dims("diagonal") != dims[:-1] or a.integer("k") != 0:
        raise Lost("a diagonal that does not fit, or not surely")
    if a.tensor("diagonal").dtype != x.dtype:
        raise Lost("a diagonal of another dtype")
    return x


# -- images ---------------------------------------------------------------------------------------


def _colours(a: Arguments) -> Nested[TensorType]:
    if a.dims("x")[-1:] != (3,) or len(a.dims("x")) not in (3, 4):
        raise Lost("colours that are not three")
    return elementwise.keep_floats(a)


def _compared(a: Arguments) -> Nested[TensorType]:
    left, dims = a.tensor("x1"), a.dims("x1")
    if left != a.tensor("x2") or len(dims) != 4 or FREE in dims[1:]:
        raise Lost("images that do not go together, or not surely")
    return TensorType(Shape(dims[:-3]), "float32" if left.dtype == "float32" else None)


@function(
    f"{TF}image.crop_and_resize",
    "image:x boxes box_indices crop_size method='bilinear' extrapolation_value=0.0 name=None",
)
def crop_and_resize(a: Arguments) -> Nested[TensorType]:
    """One picture for every box."""
    dims, boxes, size = a.dims("x"), a.dims("boxes"), a.lengths("crop_size")
    if len(dims) != 4 or len(boxes) != 2 or boxes[1] != 4 or len(size) != 2:
        raise Lost("boxes of unusual shape")
    if a.dims("box_indices") != boxes[:1]:
        raise Lost("boxes and indices of different counts, or not surely")
    return TensorType(Shape((boxes[0], *size, dims[3])), "float32")


@function(f"{TF}image.random_crop {TF}image.random_crop", "value:x size seed=None name=None")
def random_crop(a: Arguments) -> Nested[TensorType]:
    """The lengths asked for."""
    dims, size = a.dims("x"), a.lengths("size")
    if len(size) != len(dims):
        raise Lost("a part of another rank")
    for old, new in zip(dims, size, strict=True):
        if not isinstance(new, int) or (isinstance(old, int) and new > old):
            raise Lost("a part that does not fit, or not surely")
    return replace(a.tensor("x"), shape=Shape(size))


@function(f"{TF}image.transpose", "image:x name=None")
def transpose(a: Arguments) -> Nested[TensorType]:
    """Height and width exchanged."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) not in (3, 4):
        raise Lost("an image of unusual rank")
    return x.with_shape(Shape((*dims[:-3], dims[-2], dims[-3], dims[-1])))


@function(f"{TF}image.rot90", "image:x k=1 name=None")
def rot90(a: Arguments) -> Nested[TensorType]:
    """Turned, of which TensorFlow says no lengths."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) != 4 or a.integer("k") < 0:
        raise Lost("an image of unusual rank")
    return x.with_shape(Shape((dims[0], FREE, FREE, dims[3])))


@function(
    f"{TF}image.non_max_suppression",
    "boxes scores max_output_size iou_threshold=0.5 score_threshold=0.0 name=None",
)
def non_max_suppression(a: Arguments) -> Nested[TensorType]:
    """The boxes that stay."""
    boxes = a.dims("boxes")
    if len(boxes) != 2 or boxes[1] != 4 or a.dims("scores") != boxes[:1]:
        raise Lost("boxes of unusual shape")
    return TensorType(Shape((FREE,)), "int32")


@function(f"{TF}image.convert_image_dtype", "image:x dtype saturate=False name=None")
def convert_image_dtype(a: Arguments) -> Nested[TensorType]:
    """Shape kept."""
    return TensorType(a.tensor("x").shape, a.dtype("dtype", None))


_register()
