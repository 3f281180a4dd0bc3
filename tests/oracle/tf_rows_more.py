"""More calls of TensorFlow's functions: pieces, texts, signals, matrices, further kernels."""

from __future__ import annotations

from ops_oracle import A, Call, T

X = T((None, 4, 6))
ROWS_OF = T((None, 6))
IMAGE = T((None, 8, 9, 3))
COUNTS = T((None, 4), "int32")
TEXT = T((None, 5), "string")
WAVES = T((None, 16), "complex64")
SQUARE = T((None, 4, 4))
VIDEO = T((None, 4, 8, 9, 3))
PLACES = T((None,), "int32")


def _t(name, *args, **kwargs):
    return Call(f"tensorflow.{name}", args, kwargs)


_ONE = ("erfinv", "ndtri", "rint", "reciprocal_no_nan", "bessel_i0", "bessel_i1e", "softsign")
_TWO = ("igamma", "igammac", "xdivy", "xlog1py", "nextafter", "zeta", "polygamma")
_BITS = ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift")
_SEGMENTS = ("sum", "mean", "max", "min", "prod")

TF_MORE = [
    *(_t(f"math.{name}", X) for name in _ONE),
    *(_t(f"math.{name}", X, T((4, 6))) for name in _TWO),
    *(_t(f"bitwise.{name}", COUNTS, 1) for name in _BITS),
    _t("bitwise.invert", COUNTS),
    _t("truncatediv", COUNTS, T((4,), "int32")),
    _t("realdiv", X, 2.0),
    _t("math.scalar_mul", 0.5, X),
    _t("math.cumulative_logsumexp", X, 1),
    _t("nn.log_poisson_loss", X, X),
    _t("nn.weighted_cross_entropy_with_logits", X, X, 2.0),
    _t("rank", X),
    _t("linspace", 0.0, 1.0, 5),
    _t("linspace", ROWS_OF, ROWS_OF, 3),
    _t("linspace", ROWS_OF, ROWS_OF, 3, axis=-1),
    _t("tensor_scatter_nd_update", X, T((7, 2), "int32"), T((7, 6))),
    _t("tensor_scatter_nd_add", X, T((2, 1), "int64"), T((2, 4, 6))),
    _t("scatter_nd", T((5, 1), "int32"), T((5, 3)), [8, 3]),
    *(_t(f"math.segment_{name}", X, PLACES) for name in _SEGMENTS),
    *(_t(f"math.unsorted_segment_{name}", X, PLACES, 7) for name in (*_SEGMENTS, "sqrt_n")),
    _t("math.unsorted_segment_sum", X, COUNTS, 3),
    _t("unique", PLACES),
    _t("math.confusion_matrix", PLACES, PLACES, 4),
    _t("math.confusion_matrix", PLACES, PLACES),
    _t("histogram_fixed_width", X, [0.0, 1.0], nbins=20),
    _t("math.in_top_k", PLACES, ROWS_OF, 2),
    _t("searchsorted", X, T((None, 4, 2))),
    _t("reverse_sequence", X, PLACES, seq_axis=1, batch_axis=0),
    _t("saturate_cast", X, "uint8"),
    _t("math.reduce_euclidean_norm", X, 1, keepdims=True),
    _t("nn.l2_loss", X),
    _t("nn.zero_fraction", X),
    _t("nn.crelu", X),
    *(_t(f"strings.{name}", TEXT) for name in ("lower", "upper", "strip", "length", "to_number")),
    _t("strings.to_number", TEXT, "int32"),
    _t("strings.regex_replace", TEXT, "[a-z]", ""),
    _t("strings.regex_full_match", TEXT, "a+"),
    _t("strings.substr", TEXT, 0, 3),
    _t("strings.to_hash_bucket_fast", TEXT, 10),
    _t("strings.as_string", X),
    _t("strings.reduce_join", TEXT, axis=1, separator=" "),
    _t("strings.reduce_join", TEXT, axis=-1, keepdims=True),
    _t("nn.conv3d", VIDEO, A((2, 3, 3, 3, 5)), [1, 1, 2, 2, 1], "SAME"),
    _t("nn.convolution", IMAGE, A((3, 3, 3, 5)), strides=2, padding="SAME"),
    _t("nn.convolution", X, A((3, 6, 5))),
    _t("nn.convolution", IMAGE, A((3, 3, 3, 5)), dilations=[2, 2]),
    _t("nn.atrous_conv2d", IMAGE, A((3, 3, 3, 5)), 2, "SAME"),
    _t("nn.max_pool3d", VIDEO, 2, 2, "VALID"),
    _t("nn.avg_pool3d", VIDEO, [1, 2, 2, 2, 1], [1, 1, 2, 2, 1], "SAME"),
    _t("nn.conv1d_transpose", T((3, 4, 6)), A((3, 5, 6)), [3, 8, 5], 2),
    _t("nn.conv2d_transpose", T((2, 8, 9, 3)), A((3, 3, 5, 3)), [2, 16, 18, 5], 2),
    _t("nn.conv2d_transpose", T((2, 8, 9, 3)), A((3, 3, 5, 3)), [2, 17, 19, 5], [2, 2], "VALID"),
    _t("nn.conv3d_transpose", T((2, 4, 8, 9, 3)), A((2, 2, 2, 5, 3)), [2, 8, 16, 18, 5], 2),
    _t("nn.separable_conv2d", IMAGE, A((3, 3, 3, 2)), A((1, 1, 6, 7)), [1, 1, 1, 1], "SAME"),
    _t("nn.ctc_loss", T((4, 5), "int32"), T((9, 4, 8)), T((4,), "int32"), T((4,), "int32")),
    *(_t(f"signal.{name}", WAVES) for name in ("fft", "ifft", "fft2d", "ifft2d", "irfft")),
    _t("signal.fft3d", T((None, 2, 3, 4), "complex64")),
    _t("signal.rfft", T((None, 15))),
    _t("signal.rfft", T((None, 15)), [8]),
    _t("signal.irfft", WAVES, [20]),
    _t("signal.dct", X),
    _t("signal.idct", X, norm="ortho"),
    _t("signal.fftshift", X),
    _t("signal.overlap_and_add", X, 3),
    _t("signal.hann_window", 12),
    _t("signal.hamming_window", 12),
    _t("signal.linear_to_mel_weight_matrix", 40, 65, 16000),
    *(_t(f"math.{name}", WAVES) for name in ("real", "imag", "angle", "conj")),
    _t("math.real", X),
    _t("complex", X, X),
    _t("linalg.set_diag", SQUARE, T((None, 4))),
    _t("linalg.expm", SQUARE),
    _t("linalg.logdet", SQUARE),
    _t("linalg.tensordot", X, T((6, 5)), axes=1),
    _t("linalg.qr", X),
    _t("linalg.qr", X, full_matrices=True),
    _t("linalg.pinv", X),
    _t("linalg.solve", SQUARE, T((None, 4, 2))),
    _t("linalg.eigh", SQUARE),
    _t("linalg.cross", T((None, 3)), T((None, 3))),
    *(_t(f"image.{name}", IMAGE) for name in ("rgb_to_yuv", "yuv_to_rgb", "rgb_to_yiq")),
    _t("image.adjust_hue", IMAGE, 0.1),
    _t("image.adjust_saturation", IMAGE, 0.1),
    _t("image.random_hue", IMAGE, 0.1),
    _t("image.random_saturation", IMAGE, 0.5, 1.5),
    _t("image.psnr", T((None, 32, 32, 3)), T((None, 32, 32, 3)), 1.0),
    _t("image.ssim", T((None, 32, 32, 3)), T((None, 32, 32, 3)), max_val=1.0),
    _t("image.crop_and_resize", IMAGE, T((None, 4)), PLACES, (5, 6)),
    _t("image.random_crop", T((8, 9, 3)), (5, 6, 3)),
    _t("image.transpose", IMAGE),
    _t("image.rot90", IMAGE),
    _t("image.rot90", IMAGE, k=2),
    _t("image.non_max_suppression", T((None, 4)), T((None,)), 10),
    _t("image.convert_image_dtype", IMAGE, "float16"),
]
"""Each is known exactly, inside a layer."""
