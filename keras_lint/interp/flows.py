"""What Keras makes batches of: folders of files, series, parts, the generators of Keras 1 and 2.

Shapes and dtypes are those of Keras 3.15. The number of classes in a folder is not known.
"""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.arrays import numbers_of
from keras_lint.interp.configs import parameter_names
from keras_lint.interp.elements import (
    as_tensors,
    batched,
    element,
    length,
    map_arrays,
    sliced,
    some,
)
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.pictures import channels_of
from keras_lint.interp.registry import called_name, external, methods
from keras_lint.interp.store import ListObject
from keras_lint.interp.values import (
    FALSE,
    NONE,
    TRUE,
    Args,
    ArrayValue,
    Const,
    DatasetValue,
    ObjectValue,
    TupleValue,
    UnknownValue,
    Value,
    to_dim,
)
from keras_lint.model.data import Numbers
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_SPACE = "keras.preprocessing"
GENERATOR = "keras.preprocessing.image.ImageDataGenerator"
_HARMLESS = frozenset(
    {
        *("rescale", "validation_split", "horizontal_flip", "vertical_flip", "rotation_range"),
        *("width_shift_range", "height_shift_range", "shear_range", "zoom_range", "fill_mode"),
    }
)
"""Arguments of ImageDataGenerator with which pixels stay in bounds, once ``rescale`` is applied."""
_FLOW = ("x", "y", "batch_size", "shuffle", "sample_weight")
_FROM_DIRECTORY = ("directory", "target_size", "color_mode", "classes", "class_mode", "batch_size")
_FROM_DATAFRAME = (
    *("dataframe", "directory", "x_col", "y_col", "weight_col", "target_size"),
    *("color_mode", "classes", "class_mode", "batch_size"),
)


def bound(names: tuple[str, ...] | list[str], args: Args) -> dict[str, Value]:
    """Arguments by name; positional ones take the names in order."""
    return {**dict(zip(names, args.positional, strict=False)), **dict(args.keywords)}


# -- keras.utils.*_from_directory -----------------------------------------------------------------


@external(
    f"{_SPACE}.image_dataset_from_directory",
    f"{_SPACE}.text_dataset_from_directory",
    "keras.utils.audio_dataset_from_directory",
)
def from_directory(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``*_dataset_from_directory(...)``: a dataset, or two for ``subset="both"``."""
    name = called_name(node)
    path = f"keras.utils.{name}"
    given = bound(parameter_names(path, machine.generation), args)
    if args.incomplete is not None or not given or given.get("format", Const("tf")) != Const("tf"):
        return args.first_unknown() or machine.unknown("a folder that is not known", node)
    if name == "image_dataset_from_directory":
        sample = _image(machine, given)
    elif name == "text_dataset_from_directory":
        sample = ArrayValue(Shape(()), "string")
    else:
        sample = _sound(given)
    label = _label(machine, given)
    whole = sample if label is None else TupleValue((sample, label))
    size = given.get("batch_size", Const(32))
    data = DatasetValue("dataset", whole)
    if size != NONE:
        axis = to_dim(size)
        data = replace(data, element=batched(machine, whole, FREE), batch_size=axis)
    if given.get("subset") == Const("both"):
        return machine.new_list([data, data])
    return data


def _image(machine: Machine, given: dict[str, Value]) -> ArrayValue:
    """One image of ``image_dataset_from_directory``."""
    numbers = Numbers(0, 255)
    size = shape_of(machine, given.get("image_size") or TupleValue((Const(256), Const(256)))).dims
    channels = channels_of(given.get("color_mode", Const("rgb")))
    order = given.get("data_format", NONE)
    if order == NONE:
        order = machine.data_format
    if size is None or len(size) != 2 or not isinstance(order, Const):
        return ArrayValue(UNKNOWN_SHAPE, "float32", None, numbers)
    if order.value == "channels_first":
        return ArrayValue(Shape((channels, *size)), "float32", None, numbers)
    return ArrayValue(Shape((*size, channels)), "float32", None, numbers)


def _sound(given: dict[str, Value]) -> ArrayValue:
    """One sample of ``audio_dataset_from_directory``: steps and channels of the file."""
    if given.get("ragged", FALSE) != FALSE:
        return ArrayValue(UNKNOWN_SHAPE, "float32")
    steps = given.get("output_sequence_length", NONE)
    dims = (UNKNOWN if steps == NONE else to_dim(steps), UNKNOWN)
    return ArrayValue(Shape(dims), "float32", None, Numbers(-1, 1))


def _label(machine: Machine, given: dict[str, Value]) -> Value | None:
    """One label; None where the dataset has none."""
    mode = given.get("label_mode", Const("int"))
    if mode == NONE or given.get("labels") == NONE:
        return None
    names = machine.items(given["class_names"]) if "class_names" in given else None
    classes = None if names is None else len(names)
    if mode == Const("int"):
        high = None if classes is None else classes - 1
        return ArrayValue(Shape(()), "int32", None, Numbers(0, high, True))
    if mode == Const("binary"):
        return ArrayValue(Shape((1,)), "float32", None, Numbers(0, 1, True))
    if mode == Const("categorical"):
        width: Dim = UNKNOWN if classes is None else classes
        return ArrayValue(Shape((width,)), "float32", None, Numbers(0, 1, True, one_hot=True))
    return machine.unknown("labels of a mode that is not known", machine.source.module)


@external(f"{_SPACE}.timeseries_dataset_from_array")
def timeseries(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``timeseries_dataset_from_array(data, targets, sequence_length)``: windows of the data."""
    given = bound(
        parameter_names(f"{_SPACE}.timeseries_dataset_from_array", machine.generation), args
    )
    data = as_tensors(machine, given.get("data", NONE))
    steps = to_dim(given.get("sequence_length", NONE))
    known = given.get("format", Const("tf")) == Const("tf") and args.incomplete is None
    if not isinstance(data, ArrayValue) or steps is FREE or not known:
        return args.first_unknown() or machine.unknown("a series that is not known", node)
    dims = data.shape.dims
    shape = UNKNOWN_SHAPE if not dims else Shape((steps, *dims[1:]))
    window: Value = replace(data, shape=shape, numbers=data.numbers.rows())
    targets = given.get("targets", NONE)
    if targets != NONE:
        label = element(machine, as_tensors(machine, targets))
        reason = machine.unknown("targets that are not known", node)
        window = TupleValue((window, reason if label is None else label))
    size = given.get("batch_size", Const(128))
    if size == NONE:
        return DatasetValue("dataset", window)
    return DatasetValue("dataset", batched(machine, window, FREE), batch_size=to_dim(size))


# -- parts of data --------------------------------------------------------------------------------


@external("keras.utils.split_dataset")
def split_dataset(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``split_dataset(data, left_size, right_size)``: two datasets, batched as the one given.

    Arrays are cut into samples, which are not batched.
    """
    given = bound(parameter_names("keras.utils.split_dataset", machine.generation), args)
    data = given.get("dataset", NONE)
    usual = given.get("preferred_backend", NONE) in (NONE, Const("tensorflow"))
    if args.incomplete is not None or not usual:
        return args.first_unknown() or machine.unknown("a dataset in parts", node)
    if isinstance(data, DatasetValue):
        if data.kind != "dataset" or data.endless:
            return machine.unknown("parts of what is no dataset, or has no end", node)
        # Keras batches again only behind batch() itself; open lengths become those of the arrays
        whole = element(machine, data) or data.element
        if data.batch_size is not None:
            whole = map_arrays(
                machine,
                whole,
                lambda a: replace(a, shape=a.shape.with_axis(0, UNKNOWN)) if a.shape.dims else a,
            )
        part = DatasetValue("dataset", whole, batch_size=data.batch_size)
        return TupleValue((part, part))
    several = None if isinstance(data, ArrayValue) else machine.items(data)
    tensors = as_tensors(machine, data if several is None else TupleValue(tuple(several)))
    count = length(machine, tensors)
    sizes = _parts(given, count)
    made = some(machine, sliced(machine, tensors))
    return TupleValue(tuple(DatasetValue("dataset", made, size) for size in sizes))


def _parts(given: dict[str, Value], count: Dim | None) -> tuple[Dim, Dim]:
    """How many samples of ``count`` the left and the right part get."""
    left, right = (given.get(f"{side}_size", NONE) for side in ("left", "right"))
    sizes: list[int | None] = []
    for asked in (left, right):
        number = asked.value if isinstance(asked, Const) else None
        if not isinstance(count, int) or (number is None and asked != NONE):
            return UNKNOWN, UNKNOWN
        if isinstance(number, float):
            number = round(number * count)
        sizes.append(number if isinstance(number, int) else None)
    one, other = sizes
    if not isinstance(count, int) or (one is None and other is None):
        return UNKNOWN, UNKNOWN
    first = count - (other or 0) if one is None else one
    second = count - first if other is None else other
    return (first, second) if first > 0 and second > 0 else (UNKNOWN, UNKNOWN)


@external("keras.utils.pack_x_y_sample_weight")
def pack(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``pack_x_y_sample_weight(x, y=None, sample_weight=None)``: a tuple, or ``x`` by itself."""
    parts = [args.argument(n, name) or NONE for n, name in enumerate(("x", "y", "sample_weight"))]
    if args.incomplete is not None or any(isinstance(part, UnknownValue) for part in parts):
        return args.first_unknown() or machine.unknown("a batch that is not known", node)
    if parts[1] != NONE:
        return TupleValue(tuple(parts[: 2 if parts[2] == NONE else 3]))
    nested = isinstance(parts[0], TupleValue) or machine.get_as(parts[0], ListObject) is not None
    return TupleValue((parts[0],)) if nested else parts[0]


@external("keras.utils.unpack_x_y_sample_weight")
def unpack(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``unpack_x_y_sample_weight(data)``: always three, with None for what there is not."""
    data = args.argument(0, "data")
    if data is None or isinstance(data, UnknownValue):
        return args.first_unknown() or machine.unknown("a batch that is not known", node)
    listed = machine.get_as(data, ListObject)
    parts: tuple[Value, ...] | None = (data,)
    if isinstance(data, TupleValue):
        parts = data.items
    elif listed is not None:
        parts = listed.items
    if parts is None or not 1 <= len(parts) <= 3:
        return machine.unknown("a batch of more than three parts", node)
    return TupleValue((*parts, *(NONE,) * (3 - len(parts))))


# -- ImageDataGenerator ---------------------------------------------------------------------------


@external(GENERATOR, "keras.src.legacy.preprocessing.image.ImageDataGenerator")
def image_generator(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``ImageDataGenerator(...)``: remembers what it is to do to images."""
    del node, machine
    plain = not args.positional and args.incomplete is None
    return ObjectValue(GENERATOR, args.keywords if plain else (("unknown", TRUE),))


@methods(GENERATOR)
def image_generator_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """``flow``, ``flow_from_directory``, ``flow_from_dataframe``: batches without end."""
    assert isinstance(receiver, ObjectValue)
    if name in ("fit", "standardize"):
        return NONE if name == "fit" else ArrayValue(UNKNOWN_SHAPE)
    if name not in ("flow", "flow_from_directory", "flow_from_dataframe") or args.incomplete:
        return machine.unknown(f"what .{name}() gives is not known", node)
    if name == "flow":
        return _flow(machine, receiver, bound(_FLOW, args), node)
    names = _FROM_DIRECTORY if name == "flow_from_directory" else _FROM_DATAFRAME
    given = bound(names, args)
    size = shape_of(machine, given.get("target_size") or TupleValue((Const(256), Const(256)))).dims
    shape = UNKNOWN_SHAPE
    if size is not None and len(size) == 2 and _usual_order(machine, receiver):
        shape = Shape((*size, channels_of(given.get("color_mode", Const("rgb")))))
    images = ArrayValue(shape, _dtype(receiver), None, _scaled(receiver, Numbers(0, 255)))
    label = _class(machine, images, given)
    whole = images if label is None else TupleValue((images, label))
    batch = to_dim(given.get("batch_size", Const(32)))
    return DatasetValue("sequence", batched(machine, whole, FREE), batch_size=batch)


def _usual_order(machine: Machine, made: ObjectValue) -> bool:
    order = made.argument("data_format")
    if order == NONE:
        order = machine.data_format
    return order == Const("channels_last") and made.argument("unknown") == NONE


def _dtype(made: ObjectValue) -> str | None:
    return "float32" if made.argument("dtype") == NONE else None


def _scaled(made: ObjectValue, numbers: Numbers) -> Numbers:
    """The pixels after what the generator does to them."""
    if not {name for name, _ in made.arguments} <= _HARMLESS:
        return Numbers()
    scale = made.argument("rescale")
    if scale == NONE:
        return Numbers(numbers.low, numbers.high)
    if isinstance(scale, Const) and isinstance(scale.value, (int, float)) and scale.value:
        scaled = numbers.computed("*", scale.value)
        return Numbers(scaled.low, scaled.high)
    return Numbers()


def _class(machine: Machine, images: ArrayValue, given: dict[str, Value]) -> Value | None:
    """One label of a flow from files; ``classes`` may say how many there are."""
    mode = given.get("class_mode", Const("categorical"))
    names = machine.items(given["classes"]) if "classes" in given else None
    classes = len(names) if names and len(set(names)) == len(names) else None
    if mode == NONE:
        return None
    if mode == Const("categorical"):
        width: Dim = UNKNOWN if classes is None else classes
        return ArrayValue(Shape((width,)), "float32", None, Numbers(0, 1, True, one_hot=True))
    if mode == Const("binary"):
        return ArrayValue(Shape(()), "float32", None, Numbers(0, 1, True))
    if mode == Const("sparse"):
        high = None if classes is None else classes - 1
        return ArrayValue(Shape(()), "float32", None, Numbers(0, high, True))
    if mode == Const("input"):
        return images
    return machine.unknown("labels of a class mode that is not known", machine.source.module)


def _flow(machine: Machine, made: ObjectValue, given: dict[str, Value], node: cst.CSTNode) -> Value:
    """``flow(x, y, batch_size=32)`` of arrays."""
    x = given.get("x", NONE)
    if not isinstance(x, ArrayValue):
        return machine.unknown("images that are not known", node)
    rest = x.shape.dims[1:] if x.shape.dims else None
    shape = UNKNOWN_SHAPE if rest is None else Shape(rest)
    parts: list[Value] = [
        ArrayValue(shape, _dtype(made), None, _scaled(made, numbers_of(machine, x)))
    ]
    if given.get("y", NONE) != NONE:
        parts.append(element(machine, given["y"]) or machine.unknown("labels not known", node))
    if given.get("sample_weight", NONE) != NONE:
        parts.append(ArrayValue(Shape(())))
    whole = parts[0] if len(parts) == 1 else TupleValue(tuple(parts))
    size, count = to_dim(given.get("batch_size", Const(32))), length(machine, x)
    batches: Dim = UNKNOWN
    plain = "subset" not in given and made.argument("validation_split") == NONE
    if plain and isinstance(count, int) and isinstance(size, int) and size > 0:
        batches = -(-count // size)
    return DatasetValue("sequence", batched(machine, whole, FREE), batches, batch_size=size)
