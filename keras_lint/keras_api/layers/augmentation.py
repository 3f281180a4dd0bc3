"""Image layers that change what is in the pictures and keep their shape.

In a symbolic call nearly all of them accept any tensor at all; seen on Keras 3.15.
"""

from __future__ import annotations

from typing import ClassVar

from keras_lint.keras_api.base import Config, Row, entry
from keras_lint.keras_api.layers.elementwise import SameShape
from keras_lint.model.dims import is_known
from keras_lint.model.tensors import Shape, TensorType

_IMAGE = (None, 28, 29, 3)


@entry(
    "keras.layers.AugMix",
    "keras.layers.AutoContrast",
    "keras.layers.ContrastLimitedAdaptiveHistogramEqualization",
    "keras.layers.CutMix",
    "keras.layers.MixUp",
    "keras.layers.RandAugment",
    "keras.layers.RandomColorJitter",
    "keras.layers.RandomElasticTransform",
    "keras.layers.RandomErasing",
    "keras.layers.RandomGaussianBlur",
    "keras.layers.RandomInvert",
    "keras.layers.RandomPerspective",
    "keras.layers.RandomShear",
    "keras.layers.Solarization",
)
class Picture(SameShape):
    """Floats come out, in the shape of the input."""

    rows: ClassVar[tuple[Row, ...]] = (
        Row({}, _IMAGE),
        Row({}, (28, 29, 3)),
        Row({}, (None, None, None, 1)),
        Row({"data_format": "channels_first"}, (None, 3, 28, 29)),
        Row({}, _IMAGE, dtype="uint8"),
        Row({"dtype": "float16"}, _IMAGE),
    )


@entry("keras.layers.RandomGrayscale")
class RandomGrayscale(SameShape):
    """Integers stay integers."""

    one_tensor = True
    on_list = "refuses"
    keeps_dtype = True
    rows = Picture.rows


@entry("keras.layers.Equalization")
class Equalization(SameShape):
    """Integers stay integers, and the symbolic tensor that comes out is the one that goes in."""

    keeps_dtype = True
    masking = "keeps"
    rows = Picture.rows


@entry(
    "keras.layers.RandomHue",
    "keras.layers.RandomPosterization",
    "keras.layers.RandomSaturation",
    "keras.layers.RandomSharpness",
)
class PictureByFactor(SameShape):
    """As the others, with a factor that must be given."""

    rows: ClassVar[tuple[Row, ...]] = (
        Row({"factor": 1}, _IMAGE),
        Row({"factor": 1}, (28, 29, 3)),
        Row({"factor": 1}, (None, None, None, 1)),
        Row({"factor": 1, "data_format": "channels_first"}, (None, 3, 28, 29)),
        Row({"factor": 1}, _IMAGE, dtype="uint8"),
        Row({}, _IMAGE),
    )


@entry("keras.layers.RandomColorDegeneration")
class RandomColorDegeneration(SameShape):
    """The one that looks at its input: colour images with three channels."""

    on_list = "refuses"
    ranks = (3, 4)
    rows = (
        *PictureByFactor.rows,
        Row({"factor": 1}, (None, 28, 3)),
        Row({"factor": 1}, (None, 28)),
        Row({"factor": 1}, (2, None, 28, 28, 3)),
        Row({"factor": 1}, (None, 28, 28, None)),
    )

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape; kind ``axis`` without three channels."""
        if x.dims is None:
            return x
        channels = x.dims[-3 if config.channels_first else -1]
        if is_known(channels) and channels != 3:
            raise self.mismatch("axis", "images with 3 channels", str(x), (TensorType(x),))
        return x


@entry("keras.layers.MaxNumBoundingBoxes")
class MaxNumBoundingBoxes(SameShape):
    """Cuts lists of boxes to a length; images pass."""

    rows = tuple(Row({"max_number": 3, **row.args}, row.inputs, row.dtype) for row in Picture.rows)
