"""Operations on images that keep their shape, or crop and pad it."""

from __future__ import annotations

from keras_lint.keras_api.ops.base import Arguments, known_dims, operation
from keras_lint.keras_api.ops.broadcasting import floating
from keras_lint.model.dims import FREE, Dim, surely_different
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


def _images(a: Arguments, ranks: tuple[int, ...] = (3, 4)) -> tuple[TensorType, tuple[Dim, ...]]:
    x, dims = a.tensor("images"), a.dims("images")
    if len(dims) not in ranks:
        raise a.refuse("rank", "an image, or a batch of images", str(x.shape), (x,))
    return x, dims


def _kept(a: Arguments) -> Nested[TensorType]:
    x, _ = _images(a)
    return TensorType(x.shape, floating(x.dtype))


def _colours(a: Arguments) -> Nested[TensorType]:
    x, dims = _images(a)
    axis = -3 if a.channels_first else -1
    if surely_different(dims[axis], 3):
        raise a.refuse("axis", "three channels", str(x.shape), (x,))
    if dims[axis] is FREE:
        raise Lost("an unknown number of channels")
    if floating(x.dtype) is None:
        raise Lost("colours of whole numbers")
    return TensorType(x.shape, x.dtype)


for _name, _cls, _infer in (
    ("gaussian_blur", "GaussianBlur", _kept),
    ("elastic_transform", "ElasticTransform", _kept),
    ("hsv_to_rgb", "HSVToRGB", _colours),
    ("rgb_to_hsv", "RGBToHSV", _colours),
):
    operation(f"image.{_name}", _cls, outside=True)(_infer)


@operation("image.sobel_edges", "SobelEdges", outside=True)
def sobel_edges(a: Arguments) -> Nested[TensorType]:
    """Two directions on a new last axis."""
    x, dims = _images(a, (4,))
    if a.channels_first:
        raise Lost("channels first")
    return TensorType(Shape((*dims, 2)), floating(x.dtype))


@operation("image.affine_transform", "AffineTransform", outside=True)
def affine_transform(a: Arguments) -> Nested[TensorType]:
    """The shape of the images."""
    x, dims = _images(a)
    if len(a.dims("transform")) not in (1, 2) or len(a.dims("transform")) + 2 < len(dims) - 1:
        raise Lost("transforms of unusual rank")
    return TensorType(x.shape, floating(x.dtype))


@operation("image.perspective_transform", "PerspectiveTransform", outside=True)
def perspective_transform(a: Arguments) -> Nested[TensorType]:
    """The shape of the images; four corners go to four corners."""
    x, dims = _images(a)
    start, end = a.tensor("start_points"), a.tensor("end_points")
    if start.shape.surely_differs(end.shape):
        shapes = f"{start.shape} and {end.shape}"
        raise a.refuse("merge", "as many start as end points", shapes, (start, end))
    if start.shape != end.shape:
        raise Lost("whether there are as many start as end points is not known")
    for name in ("start_points", "end_points"):
        points = a.tensor(name)
        corners = known_dims(points)
        if len(corners) != len(dims) - 1:
            raise Lost("points of unusual rank")
        if surely_different(corners[-2], 4) or surely_different(corners[-1], 2):
            raise a.refuse("axis", "four points in the plane", str(points.shape), (points,))
        if FREE in corners[-2:]:
            raise Lost("an unknown number of points")
    return TensorType(x.shape, floating(x.dtype))


@operation("image.map_coordinates", "MapCoordinates", outside=True)
def map_coordinates(a: Arguments) -> Nested[TensorType]:
    """One value for every place, whose coordinates stand on the first axis."""
    x, places = a.tensor("inputs"), a.tensor("coordinates")
    dims = known_dims(places)
    if len(dims) < 2 or dims[0] is FREE:
        raise Lost("places of unusual rank")
    if surely_different(dims[0], len(known_dims(x))):
        raise a.refuse("axis", "a coordinate for every axis", str(places.shape), (x, places))
    return TensorType(Shape(dims[1:]), x.dtype)


def _edges(a: Arguments, length: Dim, names: tuple[str, str, str], grow: int) -> Dim:
    """The new length of an axis, of which exactly two of three numbers are given."""
    before, after, target = (a.known(name) for name in names)
    if any(isinstance(value, int) and value < 0 for value in (before, after, target)):
        raise Lost("a negative border")
    if sum(value is not None for value in (before, after, target)) != 2:
        given = f"{before}, {after}, {target}"
        raise a.refuse("value", f"two of {', '.join(names)}", given, (a.tensor("images"),))
    if target is not None:
        return a.integer(names[2])
    if length is FREE:
        raise Lost("an open axis cropped or padded")
    found = length + grow * (a.integer(names[0]) + a.integer(names[1]))
    if isinstance(found, int) and found <= 0:
        raise Lost("nothing is left")
    return found


def _bordered(a: Arguments, what: str, grow: int) -> Nested[TensorType]:
    x, dims = _images(a)
    if a.channels_first:
        raise Lost("channels first")
    height = _edges(a, dims[-3], (f"top_{what}", f"bottom_{what}", "target_height"), grow)
    width = _edges(a, dims[-2], (f"left_{what}", f"right_{what}", "target_width"), grow)
    for place, wanted in ((-3, height), (-2, width)):
        had = dims[place]
        if isinstance(had, int) and isinstance(wanted, int) and (wanted - had) * grow < 0:
            raise Lost("a target on the wrong side of the size")
    return TensorType(Shape((*dims[:-3], height, width, dims[-1])), x.dtype)


@operation("image.crop_images", "CropImages", outside=True)
def crop_images(a: Arguments) -> Nested[TensorType]:
    """Borders taken away."""
    return _bordered(a, "cropping", -1)


@operation("image.pad_images", "PadImages", outside=True)
def pad_images(a: Arguments) -> Nested[TensorType]:
    """Borders added."""
    return _bordered(a, "padding", 1)


@operation("image.scale_and_translate", "ScaleAndTranslate", outside=True)
def scale_and_translate(a: Arguments) -> Nested[TensorType]:
    """The shape that is given."""
    return TensorType(Shape(a.lengths("output_shape")), a.tensor("images").dtype)


@operation("image.ssim", "SSIM", outside=True)
def ssim(a: Arguments) -> Nested[TensorType]:
    """One number for every image of a batch."""
    names = list(a)[:2]
    x, dims = a.tensor(names[0]), a.dims(names[0])
    if len(dims) != 4 or a.dims(names[1]) != dims:
        raise Lost("images of different or unusual shapes")
    return TensorType(Shape(dims[:1]), floating(x.dtype))
