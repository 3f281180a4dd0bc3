"""scikit-learn as far as it prepares data: splitting, scaling, encoding labels (1.x)."""

from __future__ import annotations

from functools import partial
from math import ceil, floor

import libcst as cst

from keras_lint.interp.arrays import new_array, numbers_of
from keras_lint.interp.frames import frame_rows, shape_of_data
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external, methods
from keras_lint.interp.values import (
    FALSE,
    NONE,
    Args,
    ArrayValue,
    Const,
    DatasetValue,
    ObjectValue,
    TupleValue,
    Value,
)
from keras_lint.model.data import Numbers
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_PREPROCESSING = "sklearn.preprocessing"
_SCALERS = tuple(
    f"{_PREPROCESSING}.{name}"
    for name in ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler", "Normalizer")
)
_LABELS = f"{_PREPROCESSING}.LabelEncoder"
_ONE_HOT = f"{_PREPROCESSING}.OneHotEncoder"
_SPLIT = frozenset({"test_size", "train_size", "random_state", "shuffle", "stratify"})


@external("sklearn.model_selection.train_test_split")
def train_test_split(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``train_test_split(*arrays, test_size=0.25)``: two parts of each, in one list."""
    if args.incomplete is not None or {name for name, _ in args.keywords} - _SPLIT:
        return args.incomplete or machine.unknown("a split that is not known", node)
    counts = [_samples(machine, value) for value in args.positional]
    count = next((one for one in counts if isinstance(one, int)), UNKNOWN)
    sizes = _parts(count, args.keyword("train_size") or NONE, args.keyword("test_size") or NONE)
    return machine.new_list(
        [_rows(machine, value, size, node) for value in args.positional for size in sizes]
    )


def _samples(machine: Machine, value: Value) -> Dim:
    shape = shape_of_data(machine, value)
    return UNKNOWN if shape is None or not shape.dims else shape.dims[0]


def _rows(machine: Machine, value: Value, count: Dim, node: cst.CSTNode) -> Value:
    if isinstance(value, ArrayValue):
        shape = value.shape.with_axis(0, count) if value.shape.dims else UNKNOWN_SHAPE
        return new_array(machine, shape, value.dtype, numbers_of(machine, value).rows())
    return frame_rows(machine, value, count) or machine.why_unknown(value, node)


def _parts(count: Dim, train: Value, test: Value) -> tuple[Dim, Dim]:
    """Samples for training and testing, as scikit-learn 1.9 rounds them."""
    given = [side.value if isinstance(side, Const) else ... for side in (train, test)]
    if ... in given or not isinstance(count, int):
        return UNKNOWN, UNKNOWN
    if given == [None, None]:
        given = [None, 0.25]
    rounds = (floor, ceil)
    parts: list[int | None] = []
    for share, rounded in zip(given, rounds, strict=True):
        if share is None:
            parts.append(None)
        elif isinstance(share, float) and 0 < share < 1:
            parts.append(rounded(share * count))
        elif type(share) is int and 0 < share < count:
            parts.append(share)
        else:
            return UNKNOWN, UNKNOWN
    first, second = parts
    if first is None:
        first = count - (second or 0)
    return first, count - first if second is None else second


_FOLDS = tuple(
    f"sklearn.model_selection.{name}"
    for name in ("KFold", "StratifiedKFold", "GroupKFold", "ShuffleSplit", "StratifiedShuffleSplit")
)


@methods(*_FOLDS)
def folds_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """``split(x, y)``: the places of the rows for training and for testing, again and again."""
    del receiver, args
    if name != "split":
        return machine.unknown(f"what .{name}() gives", node)
    places = ArrayValue(Shape((UNKNOWN,)), "int64", None, Numbers(0, None, True))
    return DatasetValue("generator", TupleValue((places, places)))


@external("sklearn.utils.shuffle")
def shuffle(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``shuffle(*arrays)``: the same rows in another order."""
    made = [_rows(machine, value, _samples(machine, value), node) for value in args.positional]
    if not made or args.keyword("n_samples") is not None or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("a shuffle that is not known", node)
    return made[0] if len(made) == 1 else machine.new_list(made)


def _made(path: str, machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """A scaler or an encoder, made with keywords."""
    if args.incomplete is not None or (args.positional and path not in _FOLDS):
        return args.incomplete or machine.unknown("an encoder that is not known", node)
    return ObjectValue(path, args.keywords)


for _path in (*_SCALERS, _LABELS, _ONE_HOT, *_FOLDS):
    external(_path)(partial(_made, _path))


@methods(*_SCALERS)
def scaler_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """``fit`` gives the scaler, the others an array of the same shape."""
    if name in ("fit", "partial_fit"):
        return receiver
    shape = None if not args.positional else shape_of_data(machine, args.positional[0])
    if name not in ("fit_transform", "transform", "inverse_transform") or shape is None:
        return args.first_unknown() or machine.unknown(f"what .{name}() gives", node)
    assert isinstance(receiver, ObjectValue)
    unit = receiver.path.endswith("MinMaxScaler") and not receiver.arguments
    numbers = Numbers(0, 1) if unit and name == "fit_transform" else Numbers()
    return new_array(machine, shape, "float", numbers)


@methods(_LABELS)
def label_encoder_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """``fit_transform(labels)``: whole numbers from 0 on."""
    if name == "fit":
        return receiver
    if name not in ("fit_transform", "transform") or not args.positional:
        return machine.unknown(f"what .{name}() gives", node)
    shape = shape_of_data(machine, args.positional[0]) or Shape((UNKNOWN,))
    flat = Shape(shape.dims[:1]) if shape.dims else Shape((UNKNOWN,))
    return new_array(machine, flat, "int64", Numbers(0, None, True))


@methods(_ONE_HOT)
def one_hot_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """``fit_transform(column)`` of an encoder that is told to give an array, not a sparse one."""
    assert isinstance(receiver, ObjectValue)
    if name == "fit":
        return receiver
    dense = FALSE in (receiver.argument("sparse"), receiver.argument("sparse_output"))
    if name not in ("fit_transform", "transform") or not dense or not args.positional:
        return machine.unknown(f"what .{name}() gives", node)
    shape = shape_of_data(machine, args.positional[0])
    count = shape.dims[0] if shape is not None and shape.dims else UNKNOWN
    return new_array(machine, Shape((count, UNKNOWN)), None, Numbers(0, 1, True))
