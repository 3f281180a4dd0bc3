"""TensorFlow's functions on data: in functions mapped over datasets, and on arrays outside layers.

Shapes and dtypes are those of TensorFlow 2.21. On symbolic Keras tensors nothing here applies.
"""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from keras_lint.interp.array_methods import resolve_reshape, squeezed, transposed
from keras_lint.interp.arrays import (
    dtype_of,
    number,
    numbers_of,
    regrouped,
    shape_argument,
    whole_number,
)
from keras_lint.interp.elements import as_tensors
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.joining import concatenated, stacked
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import Builtin, called_name
from keras_lint.interp.values import (
    FALSE,
    NONE,
    Args,
    ArrayValue,
    Const,
    TensorValue,
    Value,
    to_dim,
)
from keras_lint.model.data import Numbers
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_PIXELS = Numbers(0, 255, True)
_UNIT = Numbers(0, 1)
_FUNCTIONS: dict[str, Builtin] = {}
_MAKING: dict[str, Builtin] = {}
OnData = Callable[[Machine, ArrayValue, Args], ArrayValue]


def data_function(machine: Machine, path: str, args: Args) -> Builtin | None:
    """What calling ``path`` does with these arguments if they are data; None if they are not."""
    if not path.startswith("tensorflow.") or machine.inside_layer or args.incomplete:
        return None
    if path in _MAKING:
        return _MAKING[path]
    first = args.positional[0] if args.positional else None
    found = _FUNCTIONS.get(path)
    if found is None or first is None:
        return None
    if path in _OF_SEQUENCES and machine.generation == "keras2":
        items = machine.items(first) or ()
        return None if any(isinstance(item, TensorValue) for item in items) else found
    return found if isinstance(first, ArrayValue) or path in _OF_SEQUENCES else None


_OF_SEQUENCES = frozenset({"tensorflow.concat", "tensorflow.stack"})


def _on_data(*names: str) -> Callable[[OnData], OnData]:
    """Register a function whose first argument is an array."""

    def register(function: OnData) -> OnData:
        def handler(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
            del node
            first = args.positional[0]
            assert isinstance(first, ArrayValue)
            return function(machine, first, args)

        _FUNCTIONS.update(dict.fromkeys((f"tensorflow.{name}" for name in names), handler))
        return function

    return register


def _tensor(shape: Shape, dtype: str | None, numbers: Numbers | None = None) -> ArrayValue:
    return ArrayValue(shape, dtype, None, numbers or Numbers())


@_on_data("cast", "convert_to_tensor", "constant", "Variable", "identity", "ensure_shape")
def _cast(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    """``tf.cast(x, dtype)``; the others keep the dtype where none is given."""
    given = args.argument(1, "dtype")
    numbers = numbers_of(machine, array)
    if given is None or isinstance(given, ArrayValue) or machine.items(given) is not None:
        return _tensor(array.shape, array.dtype, numbers)
    dtype = dtype_of(given)
    return _tensor(array.shape, dtype, numbers.cast(dtype))


@_on_data("one_hot")
def _one_hot(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    """``tf.one_hot(indices, depth)``: rows of zeros for what is not below the depth."""
    plain = (
        all(name in ("depth", "dtype") for name, _ in args.keywords) and len(args.positional) < 3
    )
    dtype = dtype_of(args.keyword("dtype")) if args.keyword("dtype") else "float32"
    if not plain or array.shape.dims is None:
        return ArrayValue(UNKNOWN_SHAPE)
    depth = to_dim(args.argument(1, "depth") or NONE)
    depth = UNKNOWN if depth is FREE else depth
    numbers = numbers_of(machine, array)
    inside = (
        isinstance(depth, int)
        and numbers.low is not None
        and numbers.high is not None
        and 0 <= numbers.low <= numbers.high < depth
    )
    return _tensor(Shape((*array.shape.dims, depth)), dtype, Numbers(0, 1, True, one_hot=inside))


@_on_data("expand_dims")
def _expand_dims(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    dims, place = array.shape.dims, whole_number(args.argument(1, "axis"))
    numbers = regrouped(numbers_of(machine, array))
    if dims is None or place is None or not -len(dims) - 1 <= place <= len(dims):
        return _tensor(UNKNOWN_SHAPE, array.dtype, numbers)
    place %= len(dims) + 1
    return _tensor(Shape((*dims[:place], 1, *dims[place:])), array.dtype, numbers)


@_on_data("reshape")
def _reshape(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    target = shape_argument(machine, args.argument(1, "shape"))
    numbers = regrouped(numbers_of(machine, array))
    shape = resolve_reshape(array.shape, target)
    dims = shape.dims
    if dims is not None and target.dims is not None and -1 in target.dims:
        # what TensorFlow does not know of a tensor's shape it leaves open
        open_ = FREE in (array.shape.dims or ())
        dims = tuple(FREE if d is UNKNOWN and open_ else d for d in dims)
    return _tensor(Shape(dims), array.dtype, numbers)


@_on_data("squeeze")
def _squeeze(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    axis = args.argument(1, "axis") or NONE
    items = machine.items(axis)
    if items is not None and len(items) == 1:
        axis = items[0]
    return squeezed(machine, array, axis)


@_on_data("transpose")
def _transpose(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    return transposed(machine, array, args.argument(1, "perm") or NONE)


@_on_data(
    *(f"image.{name}" for name in ("flip_left_right", "flip_up_down")),
    *(f"image.random_flip_{name}" for name in ("left_right", "up_down")),
)
def _turned(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    """The same pixels in other places."""
    if len(args.positional) > 1 or array.shape.dims is None:
        return _tensor(UNKNOWN_SHAPE, array.dtype)
    return _tensor(array.shape, array.dtype, regrouped(numbers_of(machine, array)))


@_on_data(
    *(f"image.random_{name}" for name in ("brightness", "contrast", "hue", "saturation")),
    *(f"image.adjust_{name}" for name in ("brightness", "contrast", "hue", "saturation", "gamma")),
)
def _recoloured(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    """The same shape and dtype, other numbers."""
    del machine, args
    return _tensor(array.shape, array.dtype)


@_on_data("image.per_image_standardization")
def _standardised(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    del machine, args
    floats = array.dtype is not None and array.dtype.startswith("float")
    return _tensor(array.shape, array.dtype if floats else "float32")


@_on_data("image.resize")
def _resize(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    """``tf.image.resize(images, size, method="bilinear")`` to floats between the same bounds."""
    dims, size = array.shape.dims, shape_of(machine, args.argument(1, "size") or NONE).dims
    more = len(args.positional) > 2 or {name for name, _ in args.keywords} - {"size", "antialias"}
    dtype = None if more else "float32"
    if dims is None or size is None or len(size) != 2 or len(dims) not in (3, 4):
        return _tensor(UNKNOWN_SHAPE, dtype)
    if args.keyword("preserve_aspect_ratio") is not None:
        return _tensor(UNKNOWN_SHAPE, dtype)
    found = numbers_of(machine, array)
    numbers = Numbers() if more else Numbers(found.low, found.high)
    return _tensor(Shape((*dims[:-3], *size, dims[-1])), dtype, numbers)


@_on_data("image.resize_with_pad", "image.resize_with_crop_or_pad")
def _resize_padded(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    dims = array.shape.dims
    height = to_dim(args.argument(1, "target_height") or FALSE)
    width = to_dim(args.argument(2, "target_width") or FALSE)
    if dims is None or len(dims) not in (3, 4) or not isinstance(height, int):
        return ArrayValue(UNKNOWN_SHAPE)
    del machine
    return ArrayValue(Shape((*dims[:-3], height, width, dims[-1])))


@_on_data("image.random_crop")
def _random_crop(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    size = shape_of(machine, args.argument(1, "size") or NONE)
    return _tensor(size, array.dtype, numbers_of(machine, array).some())


@_on_data("image.rgb_to_grayscale")
def _to_gray(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    del args
    found = numbers_of(machine, array)
    return _tensor(_channels(array, 1), array.dtype, Numbers(found.low, found.high, found.whole))


@_on_data("image.grayscale_to_rgb")
def _to_rgb(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    del args
    return _tensor(_channels(array, 3), array.dtype, numbers_of(machine, array).some())


def _channels(array: ArrayValue, count: int) -> Shape:
    return array.shape.with_axis(-1, count) if array.shape.dims else UNKNOWN_SHAPE


@_on_data("image.convert_image_dtype")
def _image_dtype(machine: Machine, array: ArrayValue, args: Args) -> ArrayValue:
    """``tf.image.convert_image_dtype(image, dtype)``: whole numbers become 0 to 1."""
    dtype = dtype_of(args.argument(1, "dtype"))
    bytes_ = array.dtype == "uint8" and dtype is not None and dtype.startswith("float")
    del machine
    return _tensor(array.shape, dtype, _UNIT if bytes_ else None)


def _making(*names: str) -> Callable[[Builtin], Builtin]:
    """Register a function that makes a tensor of anything."""

    def register(handler: Builtin) -> Builtin:
        _MAKING.update(dict.fromkeys((f"tensorflow.{name}" for name in names), handler))
        return handler

    return register


_DECODERS = ("decode_jpeg", "decode_png", "decode_bmp", "decode_image")


@_making(*(f"{module}.{name}" for module in ("io", "image") for name in _DECODERS))
def _decode(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``tf.io.decode_jpeg(contents, channels=0)``: bytes of an image of some size."""
    name = called_name(node)
    channels = whole_number(args.argument(1, "channels"))
    last: Dim = channels or FREE
    dtype = "uint8" if args.keyword("dtype") is None else dtype_of(args.keyword("dtype"))
    numbers = _PIXELS if dtype == "uint8" else None
    several = machine.truth(args.keyword("expand_animations") or Const(True)) is not False
    if name not in _DECODERS or (name == "decode_image" and several):
        return _tensor(UNKNOWN_SHAPE, dtype, numbers)
    return _tensor(Shape((FREE, FREE, last)), dtype, numbers)


@_making("io.read_file")
def _read_file(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    del machine, args, node
    return ArrayValue(Shape(()), "string")


@_making("zeros", "ones", "random.normal", "random.uniform", "random.truncated_normal")
def _of_shape(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``tf.zeros(shape, dtype=tf.float32)`` and random tensors."""
    name = called_name(node)
    given = args.keyword("dtype")
    if name in ("zeros", "ones"):
        given = given or args.argument(1, "dtype")
    dtype = "float32" if given is None else dtype_of(given)
    shape = shape_argument(machine, args.argument(0, "shape"))
    numbers = {"zeros": Numbers(0, 0, True, True), "ones": Numbers(1, 1, True, True)}.get(name)
    if name == "uniform":
        low, high = args.argument(1, "minval"), args.argument(2, "maxval")
        bounds = (0.0 if low is None else number(low), 1.0 if high is None else number(high))
        if dtype == "float32":
            numbers = Numbers(bounds[0], bounds[1])
        elif dtype is not None and bounds[1] is not None and high is not None:
            numbers = Numbers(bounds[0], bounds[1] - 1, True)
    return _tensor(shape, dtype, numbers)


def _constant(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``tf.constant(numbers, dtype=None)``."""
    value = args.argument(0, "value")
    made = None if value is None else as_tensors(machine, value)
    if not isinstance(made, ArrayValue):
        return args.first_unknown() or machine.unknown("a constant that is not known", node)
    return _cast(machine, made, args) if not args.keyword("shape") else ArrayValue(UNKNOWN_SHAPE)


for _name in ("constant", "convert_to_tensor"):
    _MAKING[f"tensorflow.{_name}"] = _constant


def _joined(
    along: Callable[[Machine, Value, Value, cst.CSTNode], Value], default: Value
) -> Builtin:
    def handler(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
        return along(machine, args.positional[0], args.argument(1, "axis") or default, node)

    return handler


_FUNCTIONS["tensorflow.concat"] = _joined(concatenated, NONE)
_FUNCTIONS["tensorflow.stack"] = _joined(stacked, Const(0))
