"""Data sets that Keras loads, and what ``keras.utils`` makes of labels and sequences."""

from __future__ import annotations

from functools import partial

import libcst as cst

from keras_lint.interp.arrays import dtype_of, new_array, numbers_of, whole_number
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external, methods
from keras_lint.interp.store import ListObject
from keras_lint.interp.tables import counted
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    ObjectValue,
    TupleValue,
    Value,
    to_dim,
)
from keras_lint.keras_api.datasets import NAMES, ArrayFacts, dataset
from keras_lint.keras_api.names import lookup
from keras_lint.model.data import ONE_HOT, Numbers
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_TOKENIZER = "keras.preprocessing.text.Tokenizer"
_SEQUENCES = "object"
"""The dtype of arrays that hold a list of numbers for each sample."""


def _register() -> None:
    for name in NAMES:
        external(f"keras.datasets.{name}.load_data")(partial(_load, name))


def _load(name: str, machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.datasets.<name>.load_data(...)``: two pairs of arrays."""
    path = f"keras.datasets.{name}.load_data"
    reason = args.first_unknown() or machine.unknown(f"what {path} gives is not known", node)
    found = lookup(path)
    names = [] if found is None else [parameter.name for parameter in found.params or ()]
    given = dict(zip(names, args.positional, strict=False)) | dict(args.keywords)
    plain = {key: value.value for key, value in given.items() if isinstance(value, Const)}
    if args.incomplete is not None or "path" in given or "maxlen" in given.keys() - plain.keys():
        return reason
    if any(key in given and key not in plain for key in ("test_split", "version", "label_mode")):
        return reason
    facts = dataset(name, plain)
    if facts is None or len(args.positional) > len(names):
        return reason
    swapped = name.startswith("cifar") and _channels_first(machine)
    images = [_array(machine, part, swapped) for part in (facts.x_train, facts.x_test)]
    images = [_with_words(machine, image, plain) for image in images]
    labels = [_array(machine, part, False) for part in (facts.y_train, facts.y_test)]
    return TupleValue(tuple(TupleValue(pair) for pair in zip(images, labels, strict=True)))


def _with_words(machine: Machine, texts: ArrayValue, plain: dict[str, object]) -> ArrayValue:
    """Texts loaded with ``num_words``: what is left out is a number below it too, as a rule."""
    most = plain.get("num_words")
    if texts.dtype != _SEQUENCES or not isinstance(most, int):
        return texts
    kept = {key for key in ("oov_char", "start_char", "skip_top", "index_from") if key in plain}
    numbers = Numbers(0, most - 1, True) if most > 2 and not kept else Numbers()
    return new_array(machine, texts.shape, texts.dtype, numbers)


def _channels_first(machine: Machine) -> bool:
    return machine.data_format != Const("channels_last")


def _array(machine: Machine, facts: ArrayFacts, swapped: bool) -> ArrayValue:
    """The array; of images in another order than usual only the number is known."""
    attained = facts.low is not None and facts.high is not None
    whole = facts.dtype.startswith(("int", "uint"))
    whole |= facts.dtype == _SEQUENCES
    numbers = Numbers(facts.low, facts.high, whole, attained, facts.classes)
    dims: tuple[Dim, ...] = facts.shape
    if swapped:
        dims = (dims[0], *(UNKNOWN for _ in dims[1:]))
    return new_array(machine, Shape(dims), facts.dtype, numbers)


def class_count(machine: Machine, value: Value | None) -> int | None:
    """How many classes labels have: whole numbers from 0 on, each of them present."""
    return numbers_of(machine, value).classes if isinstance(value, ArrayValue) else None


@external("numpy.unique")
def unique(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.unique(labels)`` of labels whose classes are known."""
    count = class_count(machine, args.argument(0, "ar"))
    if count is None or args.keywords or len(args.positional) > 1:
        return args.first_unknown() or machine.unknown("what numpy.unique gives", node)
    numbers = tuple(Const(number) for number in range(count))
    facts = Numbers(0, count - 1, True, True, count)
    return new_array(machine, Shape((count,)), None, facts, numbers)


def _named(node: cst.CSTNode) -> str:
    """What labels are called that a call gets: ``labels`` where they are no variable."""
    if isinstance(node, cst.Call) and node.args and isinstance(node.args[0].value, cst.Name):
        return node.args[0].value.value
    return "labels"


@external("keras.utils.to_categorical")
def to_categorical(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``to_categorical(labels, num_classes=None)``: a last axis of 1 gives way to the classes."""
    value = args.argument(0, "x") or args.keyword("y")
    given = args.argument(1, "num_classes")
    if not isinstance(value, ArrayValue) or value.shape.dims is None:
        return ArrayValue(UNKNOWN_SHAPE)
    count = class_count(machine, value)
    width = counted(machine, "classes", _named(node)) if count is None else count
    if given is not None and given != Const(None):
        width = to_dim(given)
    dims = value.shape.dims
    if len(dims) > 1 and dims[-1] == 1:
        dims = dims[:-1]
    elif len(dims) > 1 and not isinstance(dims[-1], int):
        return ArrayValue(UNKNOWN_SHAPE)
    dtype = "float64" if dims else None  # TensorFlow's scalars give another than NumPy's
    return new_array(machine, Shape((*dims, width)), dtype, ONE_HOT)


@external("keras.preprocessing.sequence.pad_sequences", "keras.utils.pad_sequences")
def pad_sequences(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``pad_sequences(sequences, maxlen=None, dtype="int32")`` of lists of numbers.

    These are the sequences that Keras loads, those of a Tokenizer, and lists that are written out.
    """
    del node
    value, length = args.argument(0, "sequences"), args.argument(1, "maxlen")
    found = None if value is None else machine.get_as(value, ListObject)
    count: Dim = UNKNOWN
    numbers = Numbers()
    if isinstance(value, ArrayValue) and value.dtype == _SEQUENCES and value.shape.dims:
        count, numbers = value.shape.dims[0], numbers_of(machine, value)
    elif found is not None and found.items and _of_numbers(machine, found.items[0]):
        count = len(found.items)
    else:
        return ArrayValue(UNKNOWN_SHAPE)
    width = UNKNOWN if length is None or length == NONE else to_dim(length)
    given = args.argument(2, "dtype")
    dtype = "int32" if given is None else dtype_of(given)
    plain = args.keyword("value") is None and len(args.positional) < 6
    padded = numbers.some().union(Numbers(0, 0, True)) if plain else Numbers()
    return new_array(machine, Shape((count, width)), dtype, padded.cast(dtype))


def _of_numbers(machine: Machine, value: Value) -> bool:
    items = machine.items(value)
    return items is not None and all(isinstance(item, Const) for item in items)


@external(_TOKENIZER)
def tokenizer(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``Tokenizer(num_words=None)`` of Keras 2, which ``tf.keras`` still has."""
    del machine, node
    plain = args.incomplete is None and len(args.positional) < 2
    words = args.argument(0, "num_words") if plain else None
    return ObjectValue(_TOKENIZER, (("num_words", words or NONE),))


@methods(_TOKENIZER)
def tokenizer_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """Sequences of as many words as each text has, or a row for each text."""
    del args
    assert isinstance(receiver, ObjectValue)
    if name in ("fit_on_texts", "fit_on_sequences"):
        return NONE
    words = whole_number(receiver.argument("num_words"))
    if name == "texts_to_sequences":
        numbers = Numbers(0, words - 1 if words else None, True)
        return ArrayValue(Shape((UNKNOWN,)), _SEQUENCES, None, numbers)
    if name in ("texts_to_matrix", "sequences_to_matrix") and words:
        return new_array(machine, Shape((UNKNOWN, words)), "float64")
    return machine.unknown(f"what .{name}() of a Tokenizer gives is not known", node)


@external("keras.utils.normalize")
def normalize(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``normalize(array, axis=-1, order=2)`` keeps the shape."""
    value = args.argument(0, "x")
    axis = args.argument(1, "axis") or Const(-1)
    rank = value.shape.rank if isinstance(value, ArrayValue) else None
    place = axis.value if isinstance(axis, Const) and isinstance(axis.value, int) else 0
    if isinstance(value, ArrayValue) and rank is not None and place and -rank <= place < rank:
        return ArrayValue(value.shape)
    return args.first_unknown() or machine.unknown("what keras.utils.normalize gives", node)


_register()
