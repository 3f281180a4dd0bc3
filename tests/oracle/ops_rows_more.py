"""Rows for the rarer operations: linear algebra, signals, images, losses, bits, counting."""

from __future__ import annotations

from ops_oracle import A, Call, T

X = T((None, 4, 6))
Y = T((3, 4, 6))
WHOLE = T((None, 4), "int32")
V = T((4,))
IMAGE = T((None, 8, 9, 3))
SQUARE = T((None, 4, 4))


def _c(name, *args, **kwargs):
    return Call(name, args, kwargs)


_PAIRS = (
    (WHOLE, WHOLE),
    (WHOLE, T((2, 1), "int32")),
    (WHOLE, T((None, 3), "int32")),
    (T((2, 3), "int8"), T((2, 3), "int32")),
)
_FLOATS = ((X, Y), (X, T((6,))), (X, T((5,))), (T((2,), "float16"), T((2,), "float32")))
_ANY = (X, T((2, 3), "float16"), T((2, 3), "int32"))

MORE = [
    *(
        _c(name, *pair)
        for name in (
            "bitwise_and",
            "bitwise_or",
            "bitwise_xor",
            "bitwise_left_shift",
            "bitwise_right_shift",
            "left_shift",
            "right_shift",
            "gcd",
            "lcm",
        )
        for pair in _PAIRS
    ),
    *(
        _c(name, *pair)
        for name in ("fmod", "nextafter", "logaddexp2", "ldexp")
        for pair in (*_FLOATS, (WHOLE, WHOLE))
    ),
    *(_c(name, x) for name in ("bitwise_not", "bitwise_invert") for x in (WHOLE, X)),
    *(
        _c(name, x)
        for name in ("angle", "real", "imag", "view_as_real", "view_as_complex")
        for x in (*_ANY, T((3, 2)), T((None, 2)), T((2, 3), "complex64"), T(()))
    ),
    *(_c("threshold", x, 0.5, 0.0) for x in _ANY),
    *(_c("saturate_cast", x, "uint8") for x in _ANY),
    *(_c("empty_like", x) for x in _ANY),
    _c("empty_like", X, dtype="int32"),
    *(
        _c(name, x, axis)
        for name in ("nancumsum", "nancumprod")
        for x in (X, WHOLE)
        for axis in (None, 1, 3)
    ),
    *(_c("array_split", X, n, a) for n, a in ((3, 1), (4, 2), ([1, 3], 1), (2, 0), (2, 4))),
    *(_c("dsplit", x, 2) for x in (X, WHOLE, T((2, 3, 5)))),
    *(_c("append", x, y, axis=a) for a in (None, 1, 3) for x, y in ((X, Y), (Y, Y))),
    _c("append", Y, Y, axis=0),
    *(_c("diag", x, k=k) for x in (V, T((3, 4)), T((None,)), T((None, 3)), X) for k in (0, 1, -2)),
    *(_c("diagflat", x, k=k) for x in (V, T((3, 4)), T((None,)), T(())) for k in (0, 1)),
    *(
        _c("diagonal", x, k, *axes)
        for x in (X, T((3, 5)), V, SQUARE)
        for k, axes in ((0, ()), (1, (1, 2)), (-1, (-2, -1)), (0, (0, 3)))
    ),
    *(
        _c("trace", x, k, *axes)
        for x in (X, T((3, 5)), V, T((2, 3, 3), "int8"), T((2, 2), "bool"))
        for k, axes in ((0, ()), (1, (1, 2)), (-1, (-2, -1)), (0, (0, 3)))
    ),
    *(_c("vander", x) for x in (V, X, WHOLE)),
    _c("vander", V, N=3),
    *(_c("kron", x, y) for x, y in ((X, Y), (T((2, 3)), T((4, 5))))),
    *(
        _c("cross", x, y)
        for x, y in (
            (T((None, 3)), T((None, 3))),
            (T((5, 4)), T((5, 4))),
            (T((None, 1, 3)), T((4, 3))),
            (T((2, 3)), T((3, 3))),
        )
    ),
    *(_c("inner", x, y) for x, y in ((X, Y), (X, T((6,))), (V, V), (X, T((5,))), (X, T((2, 6))))),
    *(_c("linspace", x, y, 5) for x, y in ((X, Y), (X, T((6,))), (V, T((5,))), (X, 1.0))),
    _c("linspace", X, Y, 5, axis=-1),
    _c("linspace", X, Y, axis=1),
    _c("linspace", WHOLE, WHOLE, 3),
    _c("linspace", X, Y, 3, dtype="float16"),
    *(_c("logspace", x, y, 5) for x, y in ((X, Y), (X, T((6,))), (V, T((5,))))),
    *(_c("geomspace", x, y, 5) for x, y in ((X, Y), (X, T((6,))), (V, T((5,))))),
    *(_c(name, 5) for name in ("bartlett", "blackman", "hamming", "hanning")),
    *(_c(name, T((), "int32")) for name in ("bartlett", "blackman", "hamming", "hanning")),
    _c("kaiser", T((), "int32"), 2.0),
    *(
        _c(name, X, q, axis=a, keepdims=keep)
        for name, q in (
            ("quantile", 0.5),
            ("nanquantile", 0.5),
            ("percentile", 50.0),
            ("nanpercentile", 50.0),
        )
        for a in (None, 1, (0, 2), 3)
        for keep in (False, True)
    ),
    _c("quantile", X, T((3,)), axis=1),
    _c("quantile", WHOLE, 0.5, axis=1),
    *(_c(name, X, axis=a) for name in ("nanprod",) for a in (None, 1, 3)),
    _c("nanprod", WHOLE, axis=1, keepdims=True),
    _c("bincount", T((4,), "int32")),
    _c("bincount", T((None, 4), "int32"), minlength=5),
    _c("histogram", V),
    _c("digitize", X, A((3,))),
    _c("digitize", X, T((3,))),
    _c("digitize", WHOLE, A((3,), "int32")),
    _c("digitize", X, T((3, 2))),
    _c("searchsorted", V, X),
    _c("searchsorted", V, WHOLE, side="right"),
    _c("searchsorted", X, V),
    _c("isin", X, V),
    _c("isin", X, T((5, 2)), invert=True),
    _c("argpartition", X, 2),
    _c("argpartition", X, 2, axis=None),
    _c("argpartition", X, 2, axis=4),
    _c("corrcoef", T((3, 5))),
    _c("corrcoef", X),
    _c("corrcoef", V),
    *(_c("correlate", V, T((3,)), mode=m) for m in ("valid", "same", "full")),
    _c("correlate", X, V),
    _c("correlate", T((3,)), T((5,))),
    _c("nonzero", X),
    *(_c(name, x) for name in ("fliplr", "flipud") for x in (X, V, T(()), WHOLE)),
    _c("nonzero", V),
    *(_c("allclose", x, y) for x, y in ((X, Y), (X, T((5,))))),
    *(_c("trapezoid", X, axis=a) for a in (-1, 1)),
    _c("trapezoid", X, T((None, 4, 6))),
    _c("trapezoid", WHOLE),
    _c("unravel_index", WHOLE, (4, 5)),
    _c("select", [T((None, 4), "bool"), T((None, 4), "bool")], [WHOLE, WHOLE]),
    _c("select", [T((4, 6), "bool")], [X], 0),
    _c("slogdet", SQUARE),
    _c("slogdet", X),
    _c("slogdet", V),
    _c("logdet", SQUARE),
    _c("logdet", X),
    # linear algebra
    *(
        _c(f"{name}", x)
        for name in (
            "cholesky",
            "cholesky_inverse",
            "det",
            "eig",
            "eigh",
            "inv",
            "qr",
            "svd",
            "lu_factor",
            "matrix_rank",
            "pinv",
        )
        for x in (SQUARE, X, V, T((3, 5)), T((5, 3)), T((None, None, 4)))
    ),
    _c("qr", T((None, 3, 5)), mode="complete"),
    _c("qr", T((None, 5, 3)), mode="complete"),
    _c("svd", T((None, 3, 5)), full_matrices=False),
    _c("svd", T((None, 3, 5)), compute_uv=False),
    *(
        _c(f"{name}", SQUARE, y)
        for name in ("solve", "solve_triangular")
        for y in (T((None, 4)), T((None, 4, 2)), T((None, 5, 2)), T((None, 5)))
    ),
    _c("solve", X, T((None, 4))),
    *(_c("lstsq", T((5, 3)), y) for y in (T((5,)), T((5, 2)), T((4, 2)))),
    _c("cdist", T((None, 4, 6)), T((None, 5, 6))),
    _c("cdist", T((4, 6)), T((5, 6))),
    _c("cdist", T((4, 6)), T((5, 7))),
    # networks
    *(
        _c("batch_normalization", x, T((6,)), T((6,)), axis)
        for x, axis in ((X, -1), (X, 2), (X, 1), (T((None, 4), "float16"), -1), (X, 5))
    ),
    *(
        _c(name, x, y)
        for name in ("binary_crossentropy", "categorical_crossentropy")
        for x, y in ((X, X), (X, Y), (X, T((None, 4, 5))), (X, T((None, 4))))
    ),
    _c("categorical_crossentropy", X, X, axis=1),
    *(
        _c("sparse_categorical_crossentropy", x, y)
        for x, y in (
            (T((None, 4), "int32"), X),
            (T((None, 4, 1), "int32"), X),
            (T((None, 5), "int32"), X),
            (T((None,), "int32"), T((None, 7))),
            (X, X),
        )
    ),
    _c("ctc_loss", T((2, 3), "int32"), T((2, 8, 5)), T((2,), "int32"), T((2,), "int32")),
    _c(
        "ctc_loss", T((None, 3), "int32"), T((None, 8, 5)), T((None,), "int32"), T((None,), "int32")
    ),
    _c("ctc_decode", T((2, 8, 5)), T((2,), "int32")),
    _c("multi_hot", T((None, 4), "int32"), 7),
    _c("multi_hot", T((None, 4, 2), "int32"), 7),
    _c("multi_hot", T((4,), "int32"), 7),
    _c("multi_hot", WHOLE, 7, dtype="int32"),
    _c("psnr", X, X, 1.0),
    _c("psnr", X, T((None, 4, 5)), 1.0),
    *(
        _c("separable_conv", IMAGE, T((3, 3, 3, 2)), T((1, 1, 6, 5)), **more)
        for more in (
            {},
            {"strides": 2, "padding": "same"},
            {"padding": "same"},
            {"dilation_rate": 2},
        )
    ),
    _c("unfold", T((None, 3, 8, 9)), 2),
    _c("unfold", T((None, 3, 8, 9)), (2, 3), stride=2, padding=1),
    _c("unfold", T((None, 3, 8, 9)), 3, dilation=2),
    _c("fold", T((None, 12, 56)), (8, 9), 2),
    _c("polar", X, X),
    _c("polar", X, T((5,))),
    *(_c("extract_sequences", x, 3, 2) for x in (X, V, WHOLE)),
    _c("extract_sequences", T((None, 9)), 4, 3),
    _c("extract_sequences", T((None, None)), 4, 3),
    *(
        _c(name, x, y)
        for name in ("segment_sum", "segment_max", "segment_min", "segment_prod")
        for x, y in ((X, T((None,), "int32")), (Y, T((3,), "int32")))
    ),
    *(
        _c(name, Y, T((3,), "int32"), num_segments=5)
        for name in ("segment_sum", "segment_max", "segment_min", "segment_prod")
    ),
    _c("in_top_k", T((None,), "int32"), T((None, 5)), 2),
    _c("in_top_k", T((3,), "int32"), T((3, 5)), k=1),
    _c("rfft", X),
    _c("rfft", X, 5),
    _c("rfft", V),
    _c("irfft", (X, X)),
    _c("irfft", (X, X), 5),
    _c("fft", (X, X)),
    _c("fft", (X, T((None, 4, 5)))),
    _c("fft2", (X, X)),
    _c("ifft2", (X, X)),
    _c("fft2", (V, V)),
    _c("stft", T((None, 100)), 20, 10, 32),
    _c("stft", T((None, 100)), 20, 10, 32, center=False),
    # pieces
    _c("scatter", T((None, 1), "int32"), T((None, 4)), (8, 4)),
    _c("scatter", T((3, 1), "int32"), T((3,)), (8,)),
    _c("scatter_update", X, T((3, 1), "int32"), T((3, 4, 6))),
    _c("slice_update", Y, (0, 0, 0), T((1, 2, 3))),
    _c("unstack", T((2, 3)), axis=0),
    _c("view", X, "int32"),
    _c("view", X, "float16"),
    _c("view", WHOLE, "int8"),
    # images
    *(
        _c(f"image.{name}", x)
        for name in (
            "hsv_to_rgb",
            "rgb_to_hsv",
            "sobel_edges",
            "gaussian_blur",
            "elastic_transform",
        )
        for x in (IMAGE, T((8, 9, 3)), T((None, 8, 9, 4)), X, WHOLE)
    ),
    _c("image.affine_transform", IMAGE, T((None, 8))),
    _c("image.affine_transform", T((8, 9, 3)), T((8,))),
    _c("image.affine_transform", IMAGE, T((None, 7))),
    _c("image.affine_transform", X, T((8,))),
    _c("image.perspective_transform", IMAGE, T((None, 4, 2)), T((None, 4, 2))),
    _c("image.perspective_transform", IMAGE, T((None, 3, 2)), T((None, 4, 2))),
    _c("image.perspective_transform", T((8, 9, 3)), T((4, 2)), T((4, 2))),
    _c("image.map_coordinates", T((8, 9)), T((2, 5, 6)), 1),
    _c("image.map_coordinates", X, T((3, 7)), 0),
    _c("image.map_coordinates", X, T((2, 7)), 0),
    _c("image.crop_images", IMAGE, 1, 2, None, None, 3, 4),
    _c(
        "image.crop_images",
        IMAGE,
        top_cropping=1,
        bottom_cropping=2,
        target_width=3,
        left_cropping=1,
    ),
    _c("image.crop_images", T((8, 9, 3)), 1, 2, 1, 2),
    _c("image.crop_images", IMAGE, 1, 2, 1),
    _c("image.pad_images", IMAGE, 1, 2, None, None, 20, 20),
    _c("image.pad_images", T((8, 9, 3)), 1, 2, 1, 2),
    _c("image.pad_images", IMAGE, 1, 2),
    _c("image.scale_and_translate", IMAGE, (4, 4, 4, 3), T((2,)), T((2,)), (1, 2), "linear"),
    _c("image.ssim", IMAGE, IMAGE, 1.0),
    _c("image.ssim", T((2, 20, 20, 3)), T((2, 20, 20, 3)), 1.0),
    *(_c(f"adaptive_{k}_pool", IMAGE, (2, 3)) for k in ("average", "max")),
    *(_c(f"adaptive_{k}_pool", IMAGE, 2) for k in ("average", "max")),
    _c("adaptive_max_pool", X, (2,), "channels_first"),
    _c("adaptive_max_pool", T((None,)), (2,), "channels_first"),
    _c("adaptive_max_pool", IMAGE, (-2, 2)),
    _c("array", X),
    _c("array", X, "int32"),
    _c("convert_to_numpy", X),
    _c("istft", (X, X), 16, 4, 16),
    _c("istft", (X, X), 16, 4, 16, center=False),
    _c("istft", (X, X), 16, 4, 16, length=7),
    _c("istft", (T((None, None, 9)), T((None, None, 9))), 16, 4, 16),
    _c("istft", (X, T((4, 6))), 16, 4, 16),
    _c("istft", (V, V), 16, 4, 16),
    _c("istft", (X, X), 16, 0, 16),
    _c("istft", (T((0, 9)), T((0, 9))), 16, 4, 3),
    _c("ndim", X),
    _c("ndim", T(())),
    _c("rearrange", Y, "b h w -> b (h w)"),
    _c("rearrange", Y, "b (h p) w -> p b h w", p=2),
    _c("rearrange", Y, "b (h p) w -> p (b h w)", p=2, h=2),
    _c("rearrange", X, "b h w -> b (h w)"),
    _c("rearrange", Y, "b (h p) w -> b h p w"),
    _c("size", X),
    _c("tri", 3),
    _c("tri", 3, 4, 1, "int32"),
    _c("unique", X),
    _c("unique", X, axis=1),
    _c("unique", X, axis=3),
    _c("unique", Y, axis=-1, size=2, return_inverse=True),
    _c("unique", Y, return_index=True, return_inverse=True, return_counts=True),
]

FOUND = [
    _c("reshape", T((6, None, None, 6)), (2, 12)),
    _c("reshape", T((6, None, None, 6)), (2, 13)),
    _c("reshape", T((6, None, 6)), (5, 7)),
    _c("sparsemax", T((2, 3), "float16")),
    _c("tensordot", T((None, 4, 6)), T((None, 4)), axes=-1),
    _c("dot", T((None, 4, 6), "bfloat16"), 2.0),
    _c("matmul", T((6, None, 4, 4)), A((6, 3))),
    _c("einsum", "bij,kj->bik", T((None, 2, 2, 6)), A((7, 6))),
    _c("repeat", T((3, 1, None), "uint8"), 0),
    _c("clip", WHOLE, 0.0, 1.0),
    _c("image.extract_patches", T((None, 8, None, 3)), 3, 1, 2),
    _c("dot", T((3,)), T((4,))),
    _c("logsumexp", WHOLE, axis=1),
    _c("pad", Y, ((-1, 0), (0, 0), (2, 2))),
    _c("median", T((None, 4), "bool"), axis=1),
    _c("polar", T((None, 2), "float16"), T((2,))),
    _c("image.rgb_to_grayscale", T((None, None, 2, None))),
    _c("matmul", X, T((2,))),
    _c("mod", T((None, 6), "bfloat16"), 2.0),
    _c("add", X, T((6, 1))),
    _c("add", T((3, 3, None)), T((3,))),
    _c("celu", WHOLE),
    _c("conv", T((None, 8, 3, 1), "bool"), T((3, 3, 1, 5), "int8")),
    _c("conv_transpose", IMAGE, A((3, 3, 5, 2)), 2, padding="same"),
    _c("conv_transpose", T((None, 8, 9, 3), "bfloat16"), A((3, 3, 5, 3)), 2),
    _c("ctc_loss", T((None, 3), "int32"), T((2, 8, 5)), T((None,), "int32"), T((None,), "int32")),
    _c("cumsum", T((None, 3, 6)), 3),
    _c("depthwise_conv", T((None, 8, 4, 3)), A((3, 4, 1, 1)), 2),
    _c("depthwise_conv", T((None, 8, 9, 3), "float16"), A((2, 3, 3, 1), "int64"), 2),
    _c("dot", T((None, 3, 6)), T((5, 3))),
    _c("dot_product_attention", T((5, 1, 2, 4)), T((None, 5, 3, 4)), T((None, 5, 2, 4))),
    _c("einsum", "abc,cd->abd", T((None, 4, 1)), T((6, 8))),
    _c("exp2", T((2, 3), "float16")),
    _c("flip", T((4, 4, 1)), (-1, 2)),
    _c("fliplr", T((2,), "float16")),
    _c("geomspace", T((None, 4, 6), "float16"), T((6,)), 5),
    _c("glu", T((None, 4, None))),
    _c("glu", T((None, 4, 6), "uint8"), 1),
    _c("ifft2", (X, T((None, 4, 6), "bool"))),
    _c("image.crop_images", IMAGE, -1, 2, None, None, 3, 6),
    _c("image.resize", T((4, 2, 6)), (0, 5)),
    _c("isnan", WHOLE),
    _c("linspace", WHOLE, T((None, 4), "float16"), 3),
    _c("log_softmax", WHOLE),
    _c("median", X, axis=-1, keepdims=True),
    _c("meshgrid", T((6,), "int64"), T((4,)), indexing="ij"),
    _c("moments", T((None, None, 4, 6), "int8"), (-2, -1), keepdims=True),
    _c("negative", T((3, 3), "uint8")),
    _c("norm", X),
    _c("one_hot", WHOLE, 7, axis=3),
    _c("pad", T((None, 4, None)), (1, 2)),
    _c("pad", X, 1),
    _c("psnr", X, T((None, 1)), 1.0),
    _c("quantile", X, T((3, 1)), axis=1),
    _c("reciprocal", T((None, 6), "uint8")),
    _c("reshape", T((None, 3, 6)), [2, 12]),
    _c("roll", T((None, None, 6)), 2, 3),
    _c("segment_prod", T((3, 4, 3)), T((1,), "int32")),
    _c("select", [T((4, None), "bool")], [T((None, 6))], 0),
    _c("sigmoid", WHOLE),
    _c("sign", T((None, 3), "bool")),
    _c("slice", X, [0, 2, 0], [-3, -1, 1]),
    _c("softmax", T((None, 1, 6)), (1, 2)),
    _c("solve", T((4, 4)), T((None, 5))),
    _c("split", X, [2], axis=0),
    _c("squeeze", T((None, 1, 1, None))),
    _c("tensordot", X, T((3, 6, 6)), axes=((1, 2), (1, 2))),
    _c("tile", Y, (2, -1, 1, 3)),
    _c("tile", X, (0, 0, 3)),
    _c("top_k", T((None, 4, 1)), 3),
    _c("unstack", T((4, 6)), 3),
    _c("vdot", T(()), T((4,))),
    _c("conv", T((None, 8, 9, 6)), T((3, 3, 3, 5))),
    _c("take", X, T((None, 6), "uint8"), axis=1),
    _c("adaptive_max_pool", T((None, 8, 1, 3)), 2),
    _c("adaptive_max_pool", X, (1,), "channels_first"),
    _c("adaptive_average_pool", T((None, 8, 1, 3)), (2, 5)),
    _c("diff", T((4, None, 6)), 0, 3),
    _c("ndim", T((None, 6), "float64")),
    _c("rot90", T((None, 6)), 4, (1, 4)),
    _c("top_k", T((None, 4), "bool"), 2),
    _c("argmax", T((None,), "int32"), axis=1),
]
"""Calls on which keras-lint once disagreed with Keras, mostly inside a layer."""
