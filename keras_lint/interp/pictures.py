"""Images as files, as PIL's objects and as arrays: ``keras.utils.load_img`` and what goes with it.

Facts seen on Keras 3.15: ``load_img`` gives one of PIL's images, of the size that it is asked for,
and ``img_to_array`` an array of float32 with an axis for the channels even where there is one.
"""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.arrays import dtype_of, new_array, numbers_of
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external, methods
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    ObjectValue,
    Value,
    from_dim,
    to_dim,
)
from keras_lint.model.data import UNKNOWN_NUMBERS, Numbers
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_SPACE = "keras.preprocessing.image"
_PICTURE = "PIL.Image.Image"
CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
"""Channels of the color modes of Keras."""
_MODES = {"RGB": 3, "RGBA": 4, "L": 1}
"""Channels of PIL's modes with eight bits a channel."""
_PIXELS = Numbers(0, 255, True)


def channels_of(mode: Value) -> Dim:
    """How many channels a ``color_mode`` means."""
    known = mode.value if isinstance(mode, Const) else None
    return CHANNELS.get(known, UNKNOWN) if isinstance(known, str) else UNKNOWN


def _picture(height: Dim, width: Dim, channels: Dim) -> ObjectValue:
    named = (("height", height), ("width", width), ("channels", channels))
    return ObjectValue(_PICTURE, tuple((name, from_dim(dim)) for name, dim in named))


def _size(picture: ObjectValue) -> tuple[Dim, Dim, Dim]:
    """Height, width and channels."""
    height, width, channels = (
        to_dim(picture.argument(name)) for name in ("height", "width", "channels")
    )
    return height, width, channels


def pixels(value: Value) -> Value:
    """One of PIL's images as NumPy takes it, which has no axis for a single channel.

    Any other value comes back as it is.
    """
    if not isinstance(value, ObjectValue) or value.path != _PICTURE:
        return value
    height, width, channels = _size(value)
    if channels is UNKNOWN:
        return ArrayValue(UNKNOWN_SHAPE)
    if channels == 1:  # these may have more than eight bits
        return ArrayValue(Shape((height, width)))
    return ArrayValue(Shape((height, width, channels)), "uint8", None, _PIXELS)


@external(f"{_SPACE}.load_img")
def load_img(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``load_img(path, color_mode="rgb", target_size=None)``: one of PIL's images."""
    if args.incomplete is not None:
        return args.incomplete
    target = args.argument(2, "target_size") or NONE
    dims = None if target == NONE else shape_of(machine, target).dims
    if target != NONE and (dims is None or len(dims) < 2):
        return machine.why_unknown(target, node)
    height, width = (UNKNOWN, UNKNOWN) if dims is None else dims[:2]
    return _picture(height, width, channels_of(args.argument(1, "color_mode") or Const("rgb")))


@external("PIL.Image.open")
def open_picture(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``PIL.Image.open(path)``: nothing is known of the image."""
    del machine, args, node
    return _picture(UNKNOWN, UNKNOWN, UNKNOWN)


@methods(_PICTURE)
def picture_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """``resize((width, height))`` and ``convert(mode)`` of one of PIL's images."""
    assert isinstance(receiver, ObjectValue)
    height, width, channels = _size(receiver)
    if name == "resize" and (given := args.argument(0, "size")) is not None:
        dims = shape_of(machine, given).dims
        if dims is not None and len(dims) == 2:
            return _picture(dims[1], dims[0], channels)
    if name == "convert":
        mode = args.argument(0, "mode")
        known = mode.value if isinstance(mode, Const) else None
        return _picture(height, width, _MODES.get(known, UNKNOWN) if known else UNKNOWN)
    if name == "copy":
        return receiver
    return machine.unknown(f"what .{name}() of an image gives is not known", node)


@external(f"{_SPACE}.img_to_array")
def img_to_array(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``img_to_array(img, data_format=None, dtype=None)``, of an image or of an array of one."""
    value, order = args.argument(0, "img"), args.argument(1, "data_format") or NONE
    given = args.argument(2, "dtype") or NONE
    dtype = "float32" if given == NONE else dtype_of(given)
    order = machine.data_format if order == NONE else order
    if isinstance(value, ObjectValue) and value.path == _PICTURE:
        dims: tuple[Dim, ...] = _size(value)
        numbers = _PIXELS if dims[2] in (3, 4) else UNKNOWN_NUMBERS
    elif isinstance(value, ArrayValue) and value.shape.rank in (2, 3):
        known = value.shape.dims or ()
        dims = known if len(known) == 3 else (*known, 1)
        numbers = numbers_of(machine, value)
    else:
        return args.first_unknown() or machine.unknown("an array of an image not known", node)
    if order == Const("channels_first"):
        dims = (dims[2], *dims[:2])
    elif order != Const("channels_last"):
        dims = (UNKNOWN, UNKNOWN, UNKNOWN)
    return new_array(machine, Shape(dims), dtype, numbers.cast(dtype))


@external(f"{_SPACE}.array_to_img")
def array_to_img(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``array_to_img(x, data_format=None)``: one of PIL's images; of others Keras makes none."""
    value, order = args.argument(0, "x"), args.argument(1, "data_format") or NONE
    order = machine.data_format if order == NONE else order
    if not isinstance(value, ArrayValue) or value.shape.rank != 3 or not isinstance(order, Const):
        return args.first_unknown() or machine.unknown("an image of an array not known", node)
    dims = value.shape.dims or ()
    if order.value == "channels_first":
        dims = (*dims[1:], dims[0])
    return _picture(dims[0], dims[1], dims[2])


@external(f"{_SPACE}.smart_resize")
def smart_resize(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``smart_resize(x, size)`` of one image or of a batch of them."""
    value, order = args.argument(0, "x"), args.argument(3, "data_format") or NONE
    order = machine.data_format if order == NONE else order
    size = shape_of(machine, args.argument(1, "size") or NONE).dims
    plain = isinstance(value, ArrayValue) and value.shape.rank in (3, 4)
    if not plain or not isinstance(value, ArrayValue) or not isinstance(order, Const):
        return args.first_unknown() or machine.unknown("an image that is not known", node)
    if size is None or len(size) != 2:
        return machine.unknown("an image of a size that is not known", node)
    dims = value.shape.dims or ()
    if order.value == "channels_first":
        shape = Shape((*dims[:-2], *size))
    else:
        shape = Shape((*dims[:-3], *size, dims[-1]))
    return new_array(machine, shape, "float32", UNKNOWN_NUMBERS)
