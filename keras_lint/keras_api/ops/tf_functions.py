"""TensorFlow's functions as they stand in ``call`` and Lambda: Keras's operations, other names.

A signature is TensorFlow's; ``tensorflow_name:keras_name`` renames a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.keras_api.ops import (
    creation,
    elementwise,
    indexing,
    joining,
    linear,
    neural,
    reductions,
    reshaping,
)
from keras_lint.keras_api.ops.base import Arguments, Data, Infer, find, operation
from keras_lint.keras_api.ops.one_dtype import of_one_dtype
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

_REDUCE = "input_tensor:x axis=None keepdims=False name=None"
_PAIR = "x:x1 y:x2 name=None"
_FEATURES = "features:x name=None"

_TWINS: tuple[tuple[str, str, str], ...] = (
    *(
        (f"{name} math.{name}", name.removeprefix("reduce_"), _REDUCE)
        for name in [
            "reduce_mean",
            "reduce_sum",
            "reduce_max",
            "reduce_min",
            "reduce_prod",
            "reduce_any",
            "reduce_all",
            "reduce_logsumexp",
        ]
    ),
    ("math.reduce_std", "std", _REDUCE),
    ("math.reduce_variance", "var", _REDUCE),
    *(
        (f"{name} math.{name}", name, "x name=None")
        for name in [
            "abs",
            "cos",
            "cosh",
            "exp",
            "floor",
            "negative",
            "round",
            "sigmoid",
            "sign",
            "sin",
            "sinh",
            "sqrt",
            "square",
            "tan",
            "tanh",
        ]
    ),
    *(
        (f"math.{name}", name, "x name=None")
        for name in ["erf", "expm1", "log", "log1p", "reciprocal", "rsqrt", "ceil", "log_sigmoid"]
    ),
    ("math.softplus nn.softplus", "softplus", _FEATURES),
    ("math.is_nan", "isnan", "x name=None"),
    ("math.is_inf", "isinf", "x name=None"),
    ("math.is_finite", "isfinite", "x name=None"),
    ("logical_not math.logical_not", "logical_not", "x name=None"),
    ("identity", "copy", "input:x name=None"),
    ("stop_gradient", "stop_gradient", "input:x name=None"),
    *((f"nn.{name}", name, _FEATURES) for name in ["relu", "relu6", "elu", "selu", "softsign"]),
    ("nn.sigmoid nn.tanh", "sigmoid", "x name=None"),
    ("nn.silu nn.swish", "silu", "features:x beta=1.0"),
    ("nn.gelu", "gelu", "features:x approximate=False name=None"),
    ("nn.leaky_relu", "leaky_relu", "features:x alpha=0.2 name=None"),
    ("zeros_like", "zeros_like", "input:x dtype=None name=None"),
    ("ones_like", "ones_like", "input:x dtype=None name=None"),
    *(
        (f"{name} math.{name}", name, _PAIR)
        for name in [
            "add",
            "subtract",
            "multiply",
            "divide",
            "maximum",
            "minimum",
            "greater",
            "greater_equal",
            "less",
            "less_equal",
            "equal",
            "not_equal",
            "logical_and",
            "logical_or",
        ]
    ),
    ("pow math.pow", "power", _PAIR),
    ("truediv math.truediv", "true_divide", _PAIR),
    ("math.floordiv math.floor_div", "floor_divide", _PAIR),
    ("math.floormod math.mod", "mod", _PAIR),
    ("math.divide_no_nan", "divide_no_nan", _PAIR),
    ("math.squared_difference", "subtract", _PAIR),
    ("expand_dims", "expand_dims", "input:x axis name=None"),
    ("reshape", "reshape", "tensor:x shape:newshape name=None"),
    ("broadcast_to", "broadcast_to", "input:x shape name=None"),
    ("repeat", "repeat", "input:x repeats axis=None name=None"),
    ("reverse", "flip", "tensor:x axis name=None"),
    ("roll", "roll", "input:x shift axis name=None"),
    ("pad", "pad", "tensor:x paddings:pad_width mode=0 constant_values=0 name=None"),
    ("concat", "concatenate", "values:xs axis name=None"),
    ("stack", "stack", "values:x axis=0 name=None"),
    ("unstack", "unstack", "value:x num=None axis=0 name=None"),
    ("where", "where", "condition x:x1=None y:x2=None name=None"),
    ("clip_by_value", "clip", "t:x clip_value_min:x_min clip_value_max:x_max name=None"),
    ("cast", "cast", "x dtype name=None"),
    ("tensordot", "tensordot", "a:x1 b:x2 axes name=None"),
    ("cumsum math.cumsum", "cumsum", "x axis=0 exclusive=False reverse=False name=None"),
    ("math.top_k nn.top_k", "top_k", "input:x k=1 sorted=True index_type=None name=None"),
    ("nn.moments", "moments", "x axes shift=None keepdims=False name=None"),
    ("slice", "slice", "input_:inputs begin:start_indices size:shape name=None"),
    ("linalg.band_part", "copy", "input:x num_lower num_upper name=None"),
    ("einsum linalg.einsum", "einsum", "equation:subscripts *operands"),
    ("meshgrid", "meshgrid", "*x"),
)


_COMBINED = {
    "concatenate": ("xs",),
    "einsum": ("operands",),
    "stack": ("x",),
    "tensordot": ("x1", "x2"),
    "where": ("x1", "x2"),
}
"""What takes tensors of one dtype besides the functions of pairs, and in which parameters."""
_OWN_DTYPE = ("mean", "sum", "max", "min", "prod")
"""Reductions whose result has the dtype of what is reduced; Keras widens some."""


def _own_dtype(a: Arguments) -> Nested[TensorType]:
    return TensorType(*reductions.reduce(a))


def _twin(paths: str, cls: str, signature: str, infer: Infer, several: bool = False) -> None:
    for path in paths.split():
        operation(f"tensorflow.{path}", cls, signature=signature, several=several)(infer)


def _register() -> None:
    for paths, name, signature in _TWINS:
        same = find(f"keras.ops.{name}")
        assert same is not None, name
        infer = _own_dtype if signature == _REDUCE and name in _OWN_DTYPE else same.infer
        if signature == _PAIR or name in _COMBINED:
            infer = of_one_dtype(infer, *_COMBINED.get(name, ("x1", "x2")))
        _twin(paths, same.cls, signature, infer, same.several)
    _twin("transpose", "Transpose", "a:x perm:axes=None conjugate=False name=None", transpose)
    _twin("tile", "Tile", "input:x multiples:repeats name=None", tile)
    _twin("squeeze", "Squeeze", "input:x axis=None name=None", squeeze)
    _twin(
        "split",
        "Split",
        "value:x num_or_size_splits:splits axis=0 num=None name=None",
        _split,
        True,
    )
    _twin(
        "gather nn.embedding_lookup",
        "Take",
        "params:x indices validate_indices=None axis=None batch_dims=0 name=None",
        _gather,
    )
    _twin("argmax math.argmax", "Argmax", "input:x axis=None output_type=None name=None", _argmax)
    _twin("argmin math.argmin", "Argmin", "input:x axis=None output_type=None name=None", _argmax)
    _twin(
        "one_hot",
        "OneHot",
        "indices:x depth:num_classes on_value=None off_value=None axis=None dtype=None name=None",
        _one_hot,
    )
    softmax = "logits:x axis=None name=None"
    _twin("nn.softmax math.softmax", "Softmax", softmax, _last_axis)
    _twin("nn.log_softmax math.log_softmax", "LogSoftmax", softmax, _last_axis)
    _twin("norm linalg.norm", "Norm", "tensor:x ord=None axis=None keepdims=False name=None", _norm)
    _twin(
        "nn.l2_normalize math.l2_normalize linalg.l2_normalize",
        "Normalize",
        "x axis=None epsilon=0 name=None",
        _normalize,
    )
    _twin(
        "matmul linalg.matmul",
        "Matmul",
        "a:x1 b:x2 transpose_a=False transpose_b=False adjoint_a=False adjoint_b=False",
        of_one_dtype(_matmul, "x1", "x2"),
    )
    _twin("nn.bias_add", "Add", "value:x bias data_format=None name=None", _bias_add)
    _twin("nn.dropout", "Dropout", "x rate noise_shape=None seed=None name=None", elementwise.keep)
    _twin("add_n math.add_n", "Add", "inputs:xs name=None", of_one_dtype(_first, "xs"))
    _twin(
        "image.resize",
        "Resize",
        "images size method=0 preserve_aspect_ratio=False antialias=False name=None",
        _resize,
    )
    _twin(
        "image.extract_patches",
        "ExtractPatches",
        "images sizes strides rates padding name=None",
        _extract_patches,
    )
    _twin("image.rgb_to_grayscale", "RGBToGrayscale", "images name=None", _rgb_to_grayscale)
    for image in ("flip_left_right", "flip_up_down", "per_image_standardization"):
        _twin(f"image.{image}", "Flip", "image:x", _image)
    _twin(
        "nn.conv2d",
        "Conv",
        "input:inputs filters:kernel strides padding data_format=0 dilations=None name=None",
        _conv2d,
    )
    pool = "input:inputs ksize strides padding data_format=0 name=None"
    _twin("nn.max_pool2d nn.max_pool", "MaxPool", pool, _pool2d)
    _twin("nn.avg_pool2d nn.avg_pool", "AveragePool", pool, _pool2d)
    blocks = "input:x block_size data_format=0 name=None"
    _twin("nn.depth_to_space", "DepthToSpace", blocks, _depth_to_space)
    _twin("nn.space_to_depth", "SpaceToDepth", blocks, _space_to_depth)
    _twin("zeros", "", "shape dtype=None name=None", _of_shape)
    _twin("ones", "", "shape dtype=None name=None", _of_shape)
    _twin("fill", "", "dims:shape value name=None", _of_shape)
    _twin(
        "random.normal", "", "shape mean=0.0 stddev=1.0 dtype=None seed=None name=None", _of_shape
    )
    _twin(
        "random.uniform", "", "shape minval=0 maxval=None dtype=None seed=None name=None", _of_shape
    )
    _twin("eye", "", "N M=None batch_shape=None dtype=None name=None", creation.eye)


def transpose(a: Arguments) -> Nested[TensorType]:
    """TensorFlow does not see whether an axis is named twice before it runs."""
    axes = a.integers("axes")
    if axes is not None and sorted(axes) != list(range(len(axes))):
        raise Lost("axes that are no permutation")
    return reshaping.transpose(a)


def tile(a: Arguments) -> Nested[TensorType]:
    """One number for each axis; Keras's takes more or fewer."""
    repeats = a.known("repeats")
    if not isinstance(repeats, (tuple, list)) or len(repeats) != len(a.dims("x")):
        raise Lost("not one number for each axis")
    return reshaping.tile(a)


def _bias_add(a: Arguments) -> Nested[TensorType]:
    if a.known("data_format") is not None or a.dims("bias") != a.dims("x")[-1:]:
        raise Lost("a bias of another shape")
    return elementwise.keep(a)


def _image(a: Arguments) -> Nested[TensorType]:
    if len(a.dims("x")) not in (3, 4):
        raise Lost("an image of unusual rank")
    return elementwise.keep(a)


def squeeze(a: Arguments) -> Nested[TensorType]:
    """An axis of free length may be 1 when the model runs."""
    x, dims = a.tensor("x"), a.dims("x")
    axes = a.axes("axis", len(dims))
    if axes is not None and all(dims[axis] in (1, FREE) for axis in axes):
        return TensorType(Shape(tuple(d for i, d in enumerate(dims) if i not in axes)), x.dtype)
    if axes is None and FREE in dims:
        raise Lost("which axes have length 1 is not known")
    return reshaping.squeeze(a)


def _split(a: Arguments) -> Nested[TensorType]:
    """A number of parts, or the length of each."""
    x, dims = a.tensor("x"), a.dims("x")
    splits = a.known("splits")
    if not isinstance(splits, (tuple, list)):
        return joining.split(a.with_values(indices_or_sections=splits))
    axis = a.axis("axis", len(dims))
    sizes = a.lengths("splits")
    if any(isinstance(size, int) and size < 0 for size in sizes):
        raise Lost("a part that takes what is left")
    if isinstance(dims[axis], int) and sum(s for s in sizes if isinstance(s, int)) != dims[axis]:
        raise Lost("parts that are not the whole, or not surely")
    return [TensorType(x.shape.with_axis(axis, size), x.dtype) for size in sizes]


def _gather(a: Arguments) -> Nested[TensorType]:
    batch = a.integer("batch_dims")
    if batch == 0:
        return indexing.take(a.with_values(axis=0 if a.known("axis") is None else a["axis"]))
    x, dims, places = a.tensor("x"), a.dims("x"), a.dims("indices")
    axis = batch if a.known("axis") is None else a.integer("axis") % max(len(dims), 1)
    if not 0 < batch <= min(axis, len(places)) or axis >= len(dims):
        raise Lost("axes that do not go together")
    if dims[:batch] != places[:batch]:
        raise Lost("whether both sides have the same batch")
    return TensorType(Shape((*dims[:axis], *places[batch:], *dims[axis + 1 :])), x.dtype)


def _argmax(a: Arguments) -> Nested[TensorType]:
    axis = a.with_values(axis=0 if a.known("axis") is None else a["axis"])
    shape, _ = reductions.reduce(axis)
    return TensorType(shape, a.dtype("output_type", "int64"))


def _one_hot(a: Arguments) -> Nested[TensorType]:
    return indexing.one_hot(a.with_values(axis=-1 if a.known("axis") is None else a["axis"]))


def _last_axis(a: Arguments) -> Nested[TensorType]:
    return neural.softmax(a.with_values(axis=-1 if a.known("axis") is None else a["axis"]))


def _normalize(a: Arguments) -> Nested[TensorType]:
    axes, rank = a.integers("axis"), len(a.dims("x"))
    if any(not -rank <= axis < rank for axis in axes or ()):
        raise Lost("an axis out of range inside a layer")
    return elementwise.keep_floats(a)


def _norm(a: Arguments) -> Nested[TensorType]:
    return TensorType(*reductions.reduce(a))


def _matmul(a: Arguments) -> Nested[TensorType]:
    """Either matrix may be turned first."""
    left, right = _turned(a, "x1", "a"), _turned(a, "x2", "b")
    if len(left.shape.dims or ()) < 2 or len(right.shape.dims or ()) < 2:
        raise Lost("TensorFlow's matmul takes matrices")
    return linear.matmul(a.with_values(x1=left, x2=right))


def _turned(a: Arguments, name: str, letter: str) -> TensorType:
    x, dims = a.tensor(name), a.dims(name)
    if a.flag(f"transpose_{letter}") or a.flag(f"adjoint_{letter}"):
        return x.with_shape(Shape((*dims[:-2], *dims[-2:][::-1])))
    return x


def _first(a: Arguments) -> Nested[TensorType]:
    first, *others = a.operands("xs")
    if any(other.shape != first.shape for other in others):
        raise Lost("whether all have one shape")
    return first


def _resize(a: Arguments) -> Nested[TensorType]:
    if a.flag("preserve_aspect_ratio"):
        raise Lost("a size that keeps the aspect ratio")
    images = a.tensor("images")
    resized = neural.resize(a.with_values(data_format="channels_last"))
    assert isinstance(resized, TensorType)
    return TensorType(resized.shape, "float32" if images.dtype == "float32" else None)


def _extract_patches(a: Arguments) -> Nested[TensorType]:
    return neural.extract_patches(
        a.with_values(
            size=_inner(a, "sizes"),
            strides=_inner(a, "strides"),
            dilation_rate=_inner(a, "rates"),
            data_format="channels_last",
        )
    )


def _rgb_to_grayscale(a: Arguments) -> Nested[TensorType]:
    if len(a.dims("images")) not in (3, 4) or a.dims("images")[-1] not in (3, FREE):
        raise Lost("an image of unusual shape")
    return neural.rgb_to_grayscale(a.with_values(data_format="channels_last"))


def _inner(a: Arguments, name: str, default: int | None = None) -> int | tuple[Dim, ...] | None:
    """TensorFlow gives one number, one per spatial axis, or one for every axis."""
    value = a.known(name)
    if value is None:
        return default
    if isinstance(value, (tuple, list)):
        lengths = a.lengths(name)
        if any(isinstance(length, int) and length < 1 for length in lengths):
            raise Lost(f"{name} that are not positive")
        return lengths[1:-1] if len(lengths) == 4 else lengths * (2 if len(lengths) == 1 else 1)
    return a.integer(name)


def _channels_last(a: Arguments, rank: int) -> None:
    if a.known("data_format") not in (0, None, "NHWC") or len(a.dims("inputs")) != rank:
        raise Lost("an unusual layout")


def _conv2d(a: Arguments) -> Nested[TensorType]:
    _channels_last(a, 4)
    return neural.conv(
        a.with_values(
            strides=_inner(a, "strides"),
            dilation_rate=_inner(a, "dilations", 1),
            data_format="channels_last",
        )
    )


def _pool2d(a: Arguments) -> Nested[TensorType]:
    _channels_last(a, 4)
    return neural.max_pool(
        a.with_values(
            pool_size=_inner(a, "ksize"),
            strides=_inner(a, "strides"),
            data_format="channels_last",
        )
    )


def _blocks(a: Arguments) -> tuple[TensorType, Sequence[Dim], int]:
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) != 4 or a.known("data_format") not in (0, None, "NHWC"):
        raise Lost("an unusual layout")
    if a.integer("block_size") < 2:
        raise Lost("no blocks")
    return x, dims, a.integer("block_size")


def _depth_to_space(a: Arguments) -> Nested[TensorType]:
    x, (batch, height, width, depth), block = _blocks(a)
    area = block * block
    if isinstance(depth, int) and depth % area:
        raise a.refuse("axis", f"channels that {area} divides", str(x.shape), (x,))
    return x.with_shape(Shape((batch, height * block, width * block, depth // area)))


def _space_to_depth(a: Arguments) -> Nested[TensorType]:
    x, (batch, height, width, depth), block = _blocks(a)
    for length in (height, width):
        if isinstance(length, int) and length % block:
            raise a.refuse("axis", f"lengths that {block} divides", str(x.shape), (x,))
    return x.with_shape(Shape((batch, height // block, width // block, depth * block * block)))


def _of_shape(a: Arguments) -> Nested[TensorType]:
    """While a layer runs, an array may have the free lengths of a tensor."""
    default = None if "value" in a or "minval" in a else "float32"
    return Data(Shape(a.lengths("shape")), a.dtype("dtype", default))


_register()
