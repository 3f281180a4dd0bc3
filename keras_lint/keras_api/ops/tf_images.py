"""Functions of ``tf.image`` that Keras's operations have not.

Facts seen on TensorFlow 2.21 by tracing each function inside a layer.
"""

from __future__ import annotations

from keras_lint.keras_api.ops import elementwise
from keras_lint.keras_api.ops.base import Arguments
from keras_lint.keras_api.ops.tf_more import TF, function
from keras_lint.model.dims import FREE
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


def _register() -> None:
    for name in ("random_brightness", "adjust_brightness", "adjust_contrast", "adjust_gamma"):
        function(f"{TF}image.{name}", "images:x factor=1.0 gain=1.0")(_image)
    for name in ("random_flip_left_right", "random_flip_up_down"):
        function(f"{TF}image.{name}", "image:x seed=None")(_image)
    function(f"{TF}image.random_contrast", "image:x lower upper seed=None")(_image)
    for name in ("rgb_to_hsv", "hsv_to_rgb"):
        function(f"{TF}image.{name}", "images:x name=None")(_colours)


def _image(a: Arguments) -> Nested[TensorType]:
    if len(a.dims("x")) not in (3, 4):
        raise Lost("an image of unusual rank")
    return elementwise.keep_floats(a)


def _colours(a: Arguments) -> Nested[TensorType]:
    if a.dims("x")[-1:] != (3,):
        raise Lost("colours that are not three")
    return elementwise.keep_floats(a)


@function(f"{TF}image.grayscale_to_rgb", "images:x name=None")
def grayscale_to_rgb(a: Arguments) -> Nested[TensorType]:
    """Three channels for one."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) not in (3, 4) or dims[-1] != 1:
        raise Lost("channels that are not one")
    return x.with_shape(x.shape.with_axis(-1, 3))


def _picture(a: Arguments, *lengths: str, dtype: str | None = None) -> TensorType:
    """An image, or a batch of them, of the lengths that two arguments give."""
    x, dims = a.tensor("x"), a.dims("x")
    height, width = (a.integer(name) for name in lengths)
    if len(dims) not in (3, 4) or min(height, width) < 1:
        raise Lost("an image of unusual shape")
    return TensorType(Shape((*dims[:-3], height, width, dims[-1])), dtype or x.dtype)


@function(
    f"{TF}image.crop_to_bounding_box",
    "image:x offset_height offset_width target_height target_width",
)
def crop(a: Arguments) -> Nested[TensorType]:
    """A part of a picture."""
    return _boxed(a, inside=True)


@function(
    f"{TF}image.pad_to_bounding_box",
    "image:x offset_height offset_width target_height target_width",
)
def pad(a: Arguments) -> Nested[TensorType]:
    """A larger picture."""
    return _boxed(a, inside=False)


def _boxed(a: Arguments, inside: bool) -> TensorType:
    made = _picture(a, "target_height", "target_width")
    before, after = a.dims("x")[-3:-1], (made.shape.dims or ())[-3:-1]
    starts = (a.integer("offset_height"), a.integer("offset_width"))
    for old, new, start in zip(before, after, starts, strict=True):
        if not isinstance(old, int) or not isinstance(new, int) or start < 0:
            raise Lost("a box that is not known")
        small, large = (new, old) if inside else (old, new)
        if start + small > large:
            raise Lost("a box that does not fit")
    return made


@function(f"{TF}image.resize_with_crop_or_pad", "image:x target_height target_width")
def crop_or_pad(a: Arguments) -> Nested[TensorType]:
    """The lengths asked for."""
    if FREE in a.dims("x")[-3:]:
        raise Lost("an image of open lengths")
    return _picture(a, "target_height", "target_width")


@function(
    f"{TF}image.resize_with_pad",
    "image:x target_height target_width method=None antialias=False",
)
def resize_with_pad(a: Arguments) -> Nested[TensorType]:
    """The lengths asked for, as floats; a side may round to nothing on the way."""
    sides = a.dims("x")[-3:-1]
    if not all(isinstance(side, int) and side > 1 for side in sides):
        raise Lost("an image of open lengths, or one too thin")
    return _picture(a, "target_height", "target_width", dtype="float32")


@function(f"{TF}image.sobel_edges", "image:x")
def sobel_edges(a: Arguments) -> Nested[TensorType]:
    """Two numbers for each."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) != 4 or FREE in dims[1:]:
        raise Lost("an image of unusual shape")
    return x.with_shape(Shape((*dims, 2)))


@function(f"{TF}image.total_variation", "images:x name=None")
def total_variation(a: Arguments) -> Nested[TensorType]:
    """One number for every image."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) not in (3, 4):
        raise Lost("an image of unusual rank")
    return TensorType(Shape(dims[:-3]), x.dtype)


_register()
