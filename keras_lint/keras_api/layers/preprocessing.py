"""Preprocessing layers that appear inside models: scaling, resizing, image augmentation."""

from __future__ import annotations

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, Row, Weights, entry
from keras_lint.keras_api.layers.elementwise import SameShape
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Shape


@entry("keras.layers.Rescaling")
class Rescaling(SameShape):
    """``x * scale + offset``."""

    masking = "keeps"

    rows = (
        Row({"scale": 1 / 255}, (None, 28, 28, 3)),
        Row({"scale": 2.0, "offset": -1.0}, (None, None)),
        Row({"scale": 2.0}, (None, 3), dtype="int32"),
        Row({}, (None, 3)),
    )


@entry("keras.layers.Normalization")
class Normalization(SameShape):
    """Values shifted and scaled by what ``adapt`` learned, or by a given mean and variance."""

    only_same_inside = True
    one_tensor = True
    on_list = "unknown"
    masking = "keeps"
    rows = (
        Row({}, (None, 5)),
        Row({"axis": None}, (None, 4, 5)),
        Row({"axis": [1, 2]}, (None, 4, 5)),
        Row({"mean": 0.5, "variance": 2.0}, (None, 5)),
    )

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Mean and variance along the kept axes, and a count; none if both are given."""
        if config.known("mean") is not None:
            return Weights()
        axis = config.known("axis")
        items = () if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
        tensor = self.single(inputs)
        rank = len(arithmetic.known_shape(tensor))
        if not all(isinstance(item, int) for item in items):
            raise Lost("the axes are not known")
        kept = {arithmetic.normal_axis(self, item, rank, tensor) for item in items}
        return Weights(0, 2 * arithmetic.product(tensor.shape[item] for item in kept) + 1)


_IMAGE = (None, 28, 29, 3)


@entry(
    "keras.layers.RandomRotation",
    "keras.layers.RandomContrast",
    "keras.layers.RandomBrightness",
)
class Augmentation(SameShape):
    """Changes images while training."""

    rows = (
        Row({"factor": 0.2}, _IMAGE),
        Row({"factor": 0.2}, (None, None, None, 3)),
        Row({"factor": 0.2}, (28, 28, 3)),
        Row({}, _IMAGE),
    )


@entry("keras.layers.RandomFlip")
class RandomFlip(SameShape):
    """Flips images while training."""

    rows = (
        Row({}, _IMAGE),
        Row({"mode": "horizontal"}, (None, None, None, 3)),
        Row({"mode": "vertical"}, (28, 28, 3)),
        Row({"data_format": "channels_first"}, (None, 3, 28, 28)),
    )


@entry("keras.layers.RandomZoom")
class RandomZoom(SameShape):
    """Zooms images while training."""

    rows = (
        Row({"height_factor": 0.2}, _IMAGE),
        Row({"height_factor": 0.2, "width_factor": 0.1}, (None, None, None, 3)),
        Row({"height_factor": (0.1, 0.2)}, (28, 28, 3)),
        Row({}, _IMAGE),
    )


@entry("keras.layers.RandomTranslation")
class RandomTranslation(SameShape):
    """Moves images while training."""

    rows = (
        Row({"height_factor": 0.2, "width_factor": 0.1}, _IMAGE),
        Row({"height_factor": 0.2, "width_factor": 0.1}, (None, None, None, 3)),
        Row({"height_factor": 0.2, "width_factor": 0.1}, (28, 28, 3)),
        Row({"height_factor": 0.2}, _IMAGE),
    )


class Sized(LayerKind):
    """Images brought to ``height`` and ``width``."""

    def output(self, config: Config, x: Shape) -> Shape:
        """The two spatial axes become ``height`` and ``width``."""
        if x.rank not in (3, 4):
            raise Lost("images of another rank than 3 or 4")
        axis = -2 if config.channels_first else -3
        return x.with_axis(axis, config.dim("height")).with_axis(axis + 1, config.dim("width"))


_SIZE = {"height": 12, "width": 10}


@entry("keras.layers.Resizing")
class Resizing(Sized):
    """Images interpolated to a size."""

    rows = (
        Row(_SIZE, _IMAGE),
        Row(_SIZE, (None, None, None, 3)),
        Row({**_SIZE, "data_format": "channels_first"}, (None, 3, 28, 28)),
        Row({"height": 12}, _IMAGE),
    )


@entry("keras.layers.CenterCrop")
class CenterCrop(Sized):
    """The middle of images, or the images resized where they are smaller."""

    one_tensor = True
    rows = (
        Row(_SIZE, _IMAGE),
        Row(_SIZE, (None, 28, 28, 1)),
        Row({**_SIZE, "data_format": "channels_first"}, (None, 3, 28, 28)),
        Row({"height": 12}, _IMAGE),
    )


@entry("keras.layers.RandomCrop")
class RandomCrop(Sized):
    """A random part of images while training, the middle otherwise."""

    one_tensor = True
    rows = (
        Row(_SIZE, _IMAGE),
        Row(_SIZE, (None, 28, 28, 1)),
        Row({**_SIZE, "data_format": "channels_first"}, (None, 3, 28, 28)),
        Row({"height": 12}, _IMAGE),
    )
