"""Layers that move elements about: Flatten, Reshape, Permute, padding, cropping, upsampling."""

from __future__ import annotations

from typing import ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, LayerKind, Row, as_dim, entry
from keras_lint.model.dims import FREE, UNKNOWN, Dim, is_known, surely_different
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import Shape, TensorType


@entry("keras.layers.Flatten")
class Flatten(LayerKind):
    """All axes but the batch axis become one."""

    ranks = (-1,)
    loose_ranks = "any"
    keeps_dtype = True
    rows = (
        Row({}, (None, 3, 4, 5)),
        Row({}, (None, None, 4)),
        Row({}, (None,)),
        Row({"data_format": "channels_first"}, (2, 3, 4), dtype="int32"),
        Row({}, ()),
    )

    def output(self, config: Config, x: Shape) -> Shape:
        """``(batch, product of the rest)``."""
        del config
        if x.dims is None:
            return Shape((UNKNOWN, UNKNOWN))
        rest = x.dims[1:]
        return Shape((x.dims[0], FREE if FREE in rest else arithmetic.product(rest)))


@entry("keras.layers.Reshape")
class Reshape(LayerKind):
    """The axes behind the batch axis become ``target_shape``; one -1 is worked out."""

    one_tensor = True
    keeps_dtype = True
    rows = (
        Row({"target_shape": (3, 4)}, (None, 12)),
        Row({"target_shape": (-1, 4)}, (None, 6, 2)),
        Row({"target_shape": (-1, 4)}, (None, None, 2)),
        Row({"target_shape": (3, 5)}, (None, 12)),
        Row({"target_shape": (-1, 5)}, (None, 12)),
        Row({"target_shape": (-1, -1)}, (None, 12)),
        Row({"target_shape": (-2, 4)}, (None, 8)),
        Row({"target_shape": (12,)}, (None, 3, 4), dtype="int32"),
        Row({"target_shape": ()}, (None, 1)),
        Row({"target_shape": (0, 4)}, (None, 0)),
    )

    def output(self, config: Config, x: Shape) -> Shape:
        """Kind ``reshape`` unless the number of elements stays the same."""
        target = config.known("target_shape")
        if not isinstance(target, (tuple, list)):
            raise Lost("target_shape is not known")
        wanted = tuple(as_dim(item) for item in target)
        holes = [axis for axis, dim in enumerate(wanted) if dim == -1]
        if any(is_known(dim) and dim < -1 for dim in wanted):  # type: ignore[operator]
            self.seen_in_keras_3("a target_shape below -1")
        if len(holes) > 1 and FREE in (x.dims or ())[1:]:
            self.seen_in_keras_3("a target_shape with several -1")
        if len(holes) > 1 or any(is_known(dim) and dim < -1 for dim in wanted):  # type: ignore[operator]
            raise self._wrong("a target_shape with at most one -1", target, x)
        if x.dims is None:
            return Shape((UNKNOWN, *(UNKNOWN if dim == -1 else dim for dim in wanted)))
        batch, *rest = x.dims if x.dims else (UNKNOWN,)
        if FREE in rest and batch is not FREE:
            self.seen_in_keras_3("a batch of fixed size reshaped with an open axis")
        if FREE in rest or FREE in wanted:
            return Shape((batch, *(FREE if dim == -1 else dim for dim in wanted)))
        size = arithmetic.product(rest)
        known = arithmetic.product(dim for dim in wanted if dim != -1)
        if not holes:
            if surely_different(size, known):
                raise self._wrong(f"a target_shape of {size} elements", target, x)
            return Shape((batch, *wanted))
        if is_known(size) and is_known(known) and (known == 0 or size % known):  # type: ignore[operator]
            raise self._wrong(f"a target_shape whose known axes divide {size}", target, x)
        hole = size // known
        return Shape((batch, *(hole if dim == -1 else dim for dim in wanted)))

    def _wrong(self, expected: str, target: object, x: Shape) -> Mismatch:
        return self.mismatch(
            "reshape",
            expected,
            f"{x} to target_shape={target}",
            (TensorType(x),),
            argument="target_shape",
            exceptions=("ValueError", "ZeroDivisionError"),
        )


@entry("keras.layers.Permute")
class Permute(LayerKind):
    """The axes behind the batch axis in another order, counted from 1."""

    keeps_dtype = True
    rows = (
        Row({"dims": (2, 1)}, (None, 10, 5)),
        Row({"dims": (3, 1, 2)}, (None, None, 5, 4), dtype="int32"),
        Row({"dims": (2, 1)}, (None, 10)),
        Row({"dims": (2, 1)}, (None, 10, 5, 4)),
        Row({"dims": (0, 1)}, (None, 10, 5)),
        Row({"dims": (2, 3)}, (None, 10, 5)),
    )

    def check_config(self, config: Config) -> None:
        """``dims`` is a permutation of 1 to the number of axes."""
        dims = config.get("dims")
        if not isinstance(dims, (tuple, list)) or not all(isinstance(d, int) for d in dims):
            return
        if sorted(dims) != list(range(1, len(dims) + 1)):
            raise self.mismatch(
                "reshape",
                f"the axes 1 to {len(dims)}, each once",
                f"dims={dims!r}",
                argument="dims",
            )

    def output(self, config: Config, x: Shape) -> Shape:
        """The axes in the order of ``dims``."""
        dims = config.known("dims")
        if not isinstance(dims, (tuple, list)) or not all(isinstance(d, int) for d in dims):
            raise Lost("the permutation is not known")
        if x.dims is None:
            return Shape((UNKNOWN,) * (len(dims) + 1))
        if len(x.dims) != len(dims) + 1:
            raise self.mismatch(
                "rank",
                f"a tensor of rank {len(dims) + 1}",
                str(x),
                (TensorType(x),),
                needs_rank=(len(dims) + 1,),
            )
        return Shape((x.dims[0], *(x.dims[axis] for axis in dims)))


@entry("keras.layers.RepeatVector")
class RepeatVector(LayerKind):
    """``(batch, features) -> (batch, n, features)``."""

    ranks = (2,)
    rows = (
        Row({"n": 4}, (None, 5)),
        Row({"n": 4}, (None, None)),
        Row({"n": 4}, (None, 3, 5)),
        Row({"n": 4}, (None,)),
        Row({"n": "4"}, (None, 5)),
    )

    def check_config(self, config: Config) -> None:
        """``n`` is a positive integer."""
        arithmetic.check_whole(self, config, "n")

    def output(self, config: Config, x: Shape) -> Shape:
        """A new axis of ``n`` steps."""
        if x.dims is None:
            return Shape((UNKNOWN, config.dim("n"), UNKNOWN))
        return Shape((x.dims[0], config.dim("n"), x.dims[1]))


class Edges(LayerKind):
    """Layers with a pair of amounts at both ends of every spatial axis."""

    axes: ClassVar[int] = 2
    argument: ClassVar[str] = "padding"
    takes_negative: ClassVar[bool] = False
    """Whether Keras lets a single negative int pass."""

    def amounts(self, config: Config) -> tuple[tuple[Dim, Dim], ...]:
        """``(before, after)`` for every spatial axis."""
        value = config.get(self.argument)
        if isinstance(value, (tuple, list)):
            if self.axes == 1:
                if len(value) != 2:
                    raise self._wrong(config)
                return ((as_dim(value[0]), as_dim(value[1])),)
            if len(value) != self.axes:
                raise self._wrong(config)
            return tuple(self._ends(config, item) for item in value)
        return ((as_dim(value),) * 2,) * self.axes

    def _ends(self, config: Config, item: object) -> tuple[Dim, Dim]:
        if isinstance(item, (tuple, list)):
            if len(item) != 2:
                raise self._wrong(config)
            return as_dim(item[0]), as_dim(item[1])
        return as_dim(item), as_dim(item)

    def _wrong(self, config: Config) -> Mismatch:
        return arithmetic.bad_value(
            self, config, self.argument, f"an int, or amounts for {self.axes} axes"
        )

    def check_config(self, config: Config) -> None:
        """No amount is negative."""
        arithmetic.check_data_format(self, config)
        amounts = self.amounts(config)
        if self.takes_negative and isinstance(config.get(self.argument), int):
            if any(is_known(a) and a < 0 for a, _ in amounts):  # type: ignore[operator]
                self.seen_in_keras_3("a negative padding")
            return
        for before, after in amounts:
            for amount in (before, after):
                if is_known(amount) and amount < 0:  # type: ignore[operator]
                    raise self._wrong(config)

    def output(self, config: Config, x: Shape) -> Shape:
        """Every spatial axis changed by its two amounts."""
        if x.dims is None:
            return Shape((UNKNOWN,) * (self.axes + 2))
        first = (
            config.text("data_format") == "channels_first" if config.get("data_format") else False
        )
        dims = list(x.dims)
        axes = arithmetic.spatial_axes(first, self.axes)
        for axis, (before, after) in zip(axes, self.amounts(config), strict=True):
            dims[axis] = self.length(x.dims[axis], before, after)
        result = Shape(tuple(dims))
        spatial = Shape(tuple(dims[axis] for axis in axes))
        self.check_length(config, TensorType(x), spatial)
        return result

    def length(self, length: Dim, before: Dim, after: Dim) -> Dim:
        """The new length of an axis."""
        return FREE if length is FREE else length + before + after

    def check_length(self, config: Config, tensor: TensorType, spatial: Shape) -> None:
        """Kind ``vanish`` where nothing is left."""


@entry("keras.layers.ZeroPadding1D")
class ZeroPadding1D(Edges):
    """Zeros before and after the steps."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({"padding": 2}, (None, 10, 5)),
        Row({"padding": (1, 2)}, (None, None, 5)),
        Row({}, (None, 10)),
        Row({"padding": (1, 2, 3)}, (None, 10, 5)),
        Row({"padding": 2, "data_format": "channels_first"}, (None, 10, 5)),
    )


@entry("keras.layers.ZeroPadding2D")
class ZeroPadding2D(Edges):
    """Zeros around an image."""

    axes = 2
    ranks = (4,)
    takes_negative = True
    rows = (
        Row({}, (None, 10, 11, 5)),
        Row({"padding": ((1, 2), (3, 4))}, (None, 10, None, 5)),
        Row({"padding": (1, 2), "data_format": "channels_first"}, (None, 3, 10, 11)),
        Row({}, (None, 10, 5)),
        Row({"padding": (1, 2, 3)}, (None, 10, 11, 5)),
        Row({"padding": -1}, (None, 10, 11, 5)),
    )


@entry("keras.layers.ZeroPadding3D")
class ZeroPadding3D(Edges):
    """Zeros around a volume."""

    axes = 3
    ranks = (5,)
    takes_negative = True
    rows = (
        Row({}, (None, 4, 10, 11, 5)),
        Row({"padding": ((1, 2), (3, 4), (0, 0))}, (None, 4, 10, None, 5)),
        Row({}, (None, 10, 11, 5)),
        Row({"padding": (1, 2)}, (None, 4, 10, 11, 5)),
    )


class Cropping(Edges):
    """Cuts the ends of every spatial axis off."""

    argument = "cropping"

    def length(self, length: Dim, before: Dim, after: Dim) -> Dim:
        """The new length of an axis."""
        return FREE if length is FREE else length - before - after

    def check_length(self, config: Config, tensor: TensorType, spatial: Shape) -> None:
        """Kind ``vanish`` where nothing is left."""
        if self.axes == 3 and any(is_known(dim) and dim <= 0 for dim in spatial.dims or ()):  # type: ignore[operator]
            self.seen_in_keras_3("a volume cropped to nothing")
        arithmetic.check_vanish(self, tensor, spatial, f"cropping={config.get('cropping')}")


@entry("keras.layers.Cropping1D")
class Cropping1D(Cropping):
    """Steps cut off at both ends."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({}, (None, 10, 5)),
        Row({"cropping": (1, 2)}, (None, None, 5)),
        Row({"cropping": 5}, (None, 10, 5)),
        Row({}, (None, 10)),
    )


@entry("keras.layers.Cropping2D")
class Cropping2D(Cropping):
    """Rows and columns cut off."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({}, (None, 10, 11, 5)),
        Row({"cropping": ((1, 2), (3, 4))}, (None, 10, 11, 5)),
        Row({"cropping": (5, 0)}, (None, 10, 11, 5)),
        Row({"cropping": (1, 2), "data_format": "channels_first"}, (None, 3, None, 11)),
        Row({}, (None, 10, 11)),
    )


@entry("keras.layers.Cropping3D")
class Cropping3D(Cropping):
    """A volume cut at all sides."""

    axes = 3
    ranks = (5,)
    rows = (
        Row({}, (None, 4, 10, 11, 5)),
        Row({"cropping": 2}, (None, 4, 10, 11, 5)),
        Row({"cropping": (1, 2, 3)}, (None, 4, None, 11, 5)),
        Row({}, (None, 10, 11, 5)),
    )


class UpSampling(LayerKind):
    """Repeats rows and columns ``size`` times."""

    axes: ClassVar[int] = 2

    def check_config(self, config: Config) -> None:
        """Sizes are positive."""
        if self.axes == 1 and isinstance(config.get("size"), (tuple, list)):
            raised = ("TypeError",)
            raise arithmetic.bad_value(
                self, config, "size", "one integer for size", exceptions=raised
            )
        arithmetic.integers(self, config, "size", self.axes)
        arithmetic.check_data_format(self, config)

    def output(self, config: Config, x: Shape) -> Shape:
        """Every spatial axis times its size."""
        if x.dims is None:
            return Shape((UNKNOWN,) * (self.axes + 2))
        first = "data_format" in config and config.channels_first
        dims = list(x.dims)
        sizes = arithmetic.spread(self, config, "size", self.axes)
        for axis, size in zip(arithmetic.spatial_axes(first, self.axes), sizes, strict=True):
            dims[axis] = FREE if dims[axis] is FREE else dims[axis] * size
        open_axes = [axis for axis in (1, 2, 3) if self.axes == 2 and dims[axis] is FREE]
        if open_axes and (first or open_axes != [1, 2]):
            self.seen_in_keras_3("UpSampling2D of open lengths")
        return Shape(tuple(dims))


@entry("keras.layers.UpSampling1D")
class UpSampling1D(UpSampling):
    """Every step repeated."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({"size": (2,)}, (None, 10, 5)),
        Row({}, (None, 10, 5)),
        Row({"size": 3}, (None, None, 5)),
        Row({}, (None, 10)),
        Row({"size": 2}, (None, 3, 10, 5)),
    )


@entry("keras.layers.UpSampling2D")
class UpSampling2D(UpSampling):
    """Every pixel repeated or interpolated."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({}, (None, 10, 11, 5)),
        Row({"size": (2, 3), "data_format": "channels_first"}, (None, 3, None, 11)),
        Row({"size": 2, "interpolation": "bilinear"}, (None, 10, 11, 5)),
        Row({}, (None, 10, 5)),
        Row({"size": (2, 2, 2)}, (None, 10, 11, 5)),
    )


@entry("keras.layers.UpSampling3D")
class UpSampling3D(UpSampling):
    """Every voxel repeated."""

    axes = 3
    ranks = (5,)
    loose_ranks = "any"
    rows = (
        Row({}, (None, 4, 10, 11, 5)),
        Row({"size": (1, 2, 3)}, (None, None, 10, 11, 5)),
        Row({}, (None, 10, 11, 5)),
        Row({"size": (1, 2)}, (None, 4, 10, 11, 5)),
    )
