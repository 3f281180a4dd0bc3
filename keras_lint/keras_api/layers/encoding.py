"""Layers that turn categories and texts into numbers: lookups, hashing, binning, vectorising.

What they say about shapes and dtypes is what a symbolic call in Keras 3.15 says, also where the
numbers that come out at run time have another shape (Discretization of rank 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, Row, entry
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Shape, TensorType


def one_hot(dims: tuple[Dim, ...], width: Dim) -> tuple[Dim, ...]:
    """A last axis of length 1 becomes ``width`` long; behind another one comes a new axis."""
    if dims and dims[-1] == 1:
        return (*dims[:-1], width)
    if dims and dims[-1] is UNKNOWN:
        raise Lost("a one-hot encoding of an axis of unknown length")
    return (*dims, width)


def last_replaced(dims: tuple[Dim, ...], width: Dim) -> tuple[Dim, ...]:
    """The last axis counted into one of ``width``."""
    return (*dims[:-1], width)


class Encoding(LayerKind):
    """Categories as numbers, or as vectors of one number for each category."""

    modes: ClassVar[tuple[str, ...]] = ("int", "one_hot", "multi_hot", "count")
    """What ``output_mode`` may be."""
    integers: ClassVar[str] = "int64"
    """The dtype of ``output_mode="int"``."""
    takes_integers = True

    def check_config(self, config: Config) -> None:
        """The output mode exists."""
        arithmetic.check_choice(self, config, "output_mode", self.modes)

    def width(self, config: Config) -> Dim:
        """Length of the vectors."""
        raise NotImplementedError

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The numbers or vectors of a tensor."""
        if any(isinstance(given, TensorType) for given in (extra or {}).values()):
            raise Lost("an encoding with weights for every category")
        return self.encoded(config, self.single(inputs))

    def encoded(self, config: Config, tensor: TensorType) -> TensorType:
        """The numbers or vectors of one tensor."""
        mode = config.text("output_mode")
        if mode != "int" or config.get("invert") or config.get("vocabulary", 0) is None:
            self.seen_in_keras_3(f"{self.cls} with vectors, inverted or still to be adapted")
        if config.get("sparse"):
            raise Lost("a sparse encoding")
        plain = config.get("dtype") is None
        dims = arithmetic.known_shape(tensor)
        if not dims:
            raise Lost("an encoding of a scalar")
        if mode == "int":
            older = self.generation == "keras2"
            return TensorType(Shape(dims), self.integers if plain and not older else None)
        shape = Shape(self.vectors(mode, dims, self.width(config)))
        return TensorType(shape, "float32" if plain else None)

    def vectors(self, mode: str, dims: tuple[Dim, ...], width: Dim) -> tuple[Dim, ...]:
        """The shape of the vectors."""
        return (one_hot if mode == "one_hot" else last_replaced)(dims, width)


def encoding_rows(args: Mapping[str, Any], modes: tuple[str, ...], dtype: str) -> tuple[Row, ...]:
    """Every mode on tensors of every rank, and one that does not exist."""
    shapes = ((None,), (None, 1), (None, 5), (None, None), (2, 3, 5), (None, 3, 1))
    return (
        *(Row({**args, "output_mode": mode}, x, dtype) for mode in modes for x in shapes),
        Row({**args, "output_mode": "sum"}, (None, 5), dtype),
    )


@entry("keras.layers.CategoryEncoding")
class CategoryEncoding(Encoding):
    """Integers below ``num_tokens`` as vectors."""

    modes = ("one_hot", "multi_hot", "count")
    rows = (
        *encoding_rows({"num_tokens": 7}, modes, "int32"),
        Row({"num_tokens": 7}, (None, 5), "float32"),
        Row({"num_tokens": 0}, (None, 5), "int32"),
        Row({"num_tokens": None}, (None, 5), "int32"),
        Row({}, (None, 5), "int32"),
    )

    def check_config(self, config: Config) -> None:
        """There is a positive number of tokens, and the mode exists (``binary`` as of old)."""
        if config.get("num_tokens", UNKNOWN) is None:
            raise arithmetic.bad_value(self, config, "num_tokens", "a number for num_tokens")
        arithmetic.check_positive(self, config, "num_tokens")
        arithmetic.check_choice(self, config, "output_mode", (*self.modes, "binary"))

    def width(self, config: Config) -> Dim:
        """The number of tokens."""
        return config.dim("num_tokens")


@entry("keras.layers.Discretization")
class Discretization(Encoding):
    """Numbers as the bins into which they fall."""

    integers = "int32"
    rows = (
        *encoding_rows({"bin_boundaries": [0.0, 1.0, 2.0]}, Encoding.modes, "float32"),
        Row({"num_bins": 4}, (None, 5)),
        Row({"num_bins": 4, "output_mode": "one_hot"}, (None, 5)),
        Row({"num_bins": 4, "bin_boundaries": [1.0]}, (None, 5)),
        Row({"num_bins": -1}, (None, 5)),
        Row({}, (None, 5)),
    )

    def check_config(self, config: Config) -> None:
        """Either bins or boundaries are given."""
        super().check_config(config)
        bins, boundaries = config.get("num_bins"), config.get("bin_boundaries")
        if isinstance(bins, int) and bins < 0:
            raise arithmetic.bad_value(self, config, "num_bins", "0 bins or more")
        if bins is None and boundaries is None and self.generation == "keras3":
            raise arithmetic.bad_value(self, config, "num_bins", "num_bins or bin_boundaries")
        if isinstance(bins, int) and bins and isinstance(boundaries, (list, tuple)) and boundaries:
            raise arithmetic.bad_value(self, config, "num_bins", "not bin_boundaries as well")

    def width(self, config: Config) -> Dim:
        """The number of bins: one more than boundaries."""
        boundaries = config.known("bin_boundaries")
        if boundaries is None:
            return config.dim("num_bins")
        if not isinstance(boundaries, (list, tuple)):
            raise Lost("the boundaries of a Discretization layer")
        return len(boundaries) + 1

    def vectors(self, mode: str, dims: tuple[Dim, ...], width: Dim) -> tuple[Dim, ...]:
        """Counted along the second axis, or the only one."""
        if mode == "one_hot":
            return one_hot(dims, width)
        return (*dims[:1], *dims[2:], width) if len(dims) > 1 else (width,)


@entry("keras.layers.Hashing")
class Hashing(Encoding):
    """Anything as one of ``num_bins`` numbers."""

    rows = (
        *encoding_rows({"num_bins": 7}, Encoding.modes, "int32"),
        Row({"num_bins": 7}, (None, 5), "string"),
        Row({"num_bins": 0}, (None, 5), "int32"),
    )

    def check_config(self, config: Config) -> None:
        """There is a positive number of bins, and the mode exists."""
        super().check_config(config)
        arithmetic.check_positive(self, config, "num_bins")

    def width(self, config: Config) -> Dim:
        """The number of bins."""
        return config.dim("num_bins")

    def vectors(self, mode: str, dims: tuple[Dim, ...], width: Dim) -> tuple[Dim, ...]:
        """Counted along the last axis, in mode ``one_hot`` as well."""
        del mode
        return last_replaced(dims, width)


@entry("keras.layers.HashedCrossing")
class HashedCrossing(Hashing):
    """Two tensors crossed, each pair as one of ``num_bins`` numbers."""

    modes = ("int", "one_hot")
    rows = (
        *(
            Row({"num_bins": 7, "output_mode": mode}, [x, x], "int32")
            for mode in modes
            for x in ((None,), (None, 1), (None, 5), (2, 3, 1))
        ),
        Row({"num_bins": 7, "output_mode": "count"}, [(None, 1), (None, 1)], "int32"),
        Row({"num_bins": 0}, [(None, 1), (None, 1)], "int32"),
        Row({"num_bins": 7}, (None, 1), "int32"),
    )

    def check_config(self, config: Config) -> None:
        """The mode exists; Keras does not look at the number of bins."""
        Encoding.check_config(self, config)

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The numbers or vectors of a pair."""
        del extra
        self.seen_in_keras_3("HashedCrossing")
        if isinstance(inputs, TensorType):
            raise self.mismatch(
                "structure", "a list of two tensors", f"one tensor {inputs.shape}", (inputs,)
            )
        if not isinstance(inputs, (list, tuple)) or len(inputs) != 2:
            raise Lost("a crossing of something else than a pair")
        one, other = inputs
        if not isinstance(one, TensorType) or not isinstance(other, TensorType):
            raise Lost("a crossing of nested inputs")
        if one.shape != other.shape or not one.shape.is_complete:
            raise Lost("a crossing of tensors of different shapes")
        return self.encoded(config, one)

    def vectors(self, mode: str, dims: tuple[Dim, ...], width: Dim) -> tuple[Dim, ...]:
        """There is one mode with vectors."""
        del mode
        return one_hot(dims, width)


def vocabulary_size(config: Config, outside: Dim, special: tuple[object, ...]) -> Dim:
    """Number of rows of a table: free if it is still to be adapted.

    Args:
        config: with ``vocabulary``, ``max_tokens`` and ``pad_to_max_tokens``.
        outside: how many rows stand for what is not in the vocabulary.
        special: tokens that a given vocabulary may begin with and that are not counted again.

    Raises:
        Lost: the vocabulary is not known.
    """
    if config.flag("pad_to_max_tokens"):
        return config.dim("max_tokens")
    vocabulary = config.known("vocabulary")
    if vocabulary is None:
        return FREE
    if not isinstance(vocabulary, (list, tuple)) or any(word in special for word in vocabulary):
        raise Lost("the vocabulary")
    return len(vocabulary) + outside


class Lookup(Encoding):
    """Words of a vocabulary as their places in it, or as vectors."""

    modes = ("int", "one_hot", "multi_hot", "count", "tf_idf")

    def check_config(self, config: Config) -> None:
        """The mode exists, and is ``int`` for the way back."""
        super().check_config(config)
        mode = config.get("output_mode")
        if config.get("invert") is True and isinstance(mode, str) and mode != "int":
            raise arithmetic.bad_value(self, config, "output_mode", "'int', because of invert=True")
        given = isinstance(config.get("vocabulary"), (list, tuple))
        if mode == "tf_idf" and given and config.get("idf_weights", UNKNOWN) is None:
            raise arithmetic.bad_value(self, config, "idf_weights", "weights for the vocabulary")

    def width(self, config: Config) -> Dim:
        """The size of the vocabulary with the tokens for what is not in it, without the mask."""
        special = (config.known("mask_token"), config.known("oov_token"))
        return vocabulary_size(config, config.dim("num_oov_indices"), special)


def _lookup_rows(words: list[Any], dtype: str) -> tuple[Row, ...]:
    known = {"vocabulary": words}
    modes = ("int", "one_hot", "multi_hot", "count")
    return (
        *encoding_rows(known, modes, dtype),
        Row({}, (None, 5), dtype),
        Row({"output_mode": "multi_hot"}, (None, 5), dtype),
        Row({"output_mode": "multi_hot", "max_tokens": 9}, (None, 5), dtype),
        Row({"output_mode": "count", "max_tokens": 9, "pad_to_max_tokens": True}, (None, 5), dtype),
        Row({**known, "output_mode": "one_hot", "num_oov_indices": 3}, (None, 5), dtype),
        Row({**known, "invert": True}, (None, 5), "int64"),
        Row({**known, "invert": True, "output_mode": "count"}, (None, 5), "int64"),
    )


@entry("keras.layers.StringLookup")
class StringLookup(Lookup):
    """Strings as their places in a vocabulary."""

    one_tensor = True
    rows = (
        *_lookup_rows(["a", "b"], "string"),
        Row({"vocabulary": ["a", "b"], "mask_token": "", "output_mode": "count"}, (3, 5), "string"),
    )


@entry("keras.layers.IntegerLookup")
class IntegerLookup(Lookup):
    """Integers as their places in a vocabulary."""

    one_tensor = True
    rows = _lookup_rows([1, 2, 3], "int64")


@entry("keras.layers.TextVectorization")
class TextVectorization(LayerKind):
    """Texts as numbers of words, or as one vector for each text."""

    one_tensor = True
    rows = (
        *(
            Row(args, x, "string")
            for args in (
                {},
                {"output_sequence_length": 6},
                {"split": None},
                {"vocabulary": ["a", "b"], "output_mode": "multi_hot"},
                {"max_tokens": 9, "output_mode": "count"},
                {"max_tokens": 9, "output_mode": "tf_idf", "pad_to_max_tokens": True},
            )
            for x in ((None,), (None, 1), (3, 2), (None, 1, 1))
        ),
        Row({"output_mode": "sum"}, (None, 1), "string"),
        Row({"output_mode": "count", "output_sequence_length": 1}, (None,), "string"),
    )

    def check_config(self, config: Config) -> None:
        """The mode exists; a sequence has a length only if it is one of integers."""
        modes = ("int", "one_hot", "multi_hot", "count", "tf_idf")
        arithmetic.check_choice(self, config, "output_mode", modes)
        tokens = config.get("max_tokens")
        if isinstance(tokens, int) and tokens <= 1:
            raise arithmetic.bad_value(self, config, "max_tokens", "more than 1 for max_tokens")
        mode, length = config.get("output_mode"), config.get("output_sequence_length")
        if isinstance(mode, str) and mode != "int" and isinstance(length, int):
            raise arithmetic.bad_value(
                self, config, "output_sequence_length", "none but with output_mode='int'"
            )

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """``(batch, words)`` of integers, or a new last axis as long as the vocabulary."""
        del extra
        mode = config.text("output_mode")
        dims = arithmetic.known_shape(self.single(inputs))
        if mode != "int" or config.get("split") is None or dims[1:] not in ((), (1,)):
            self.seen_in_keras_3("TextVectorization of several texts, whole ones, or to vectors")
        if dims[:1] != (FREE,):
            self.seen_in_keras_3("TextVectorization of a fixed number of texts")
        if not dims or mode == "one_hot" or config.get("sparse") or config.get("dtype") is not None:
            raise Lost("text vectorised in an unusual way")
        if mode == "int":
            words = config.known("output_sequence_length")
            length: Dim = FREE if words is None else config.dim("output_sequence_length")
            return TensorType(Shape((dims[0], length)), "int64")
        if config.known("split") is None:
            raise Lost("texts that are not split")
        return TensorType(Shape((*dims, vocabulary_size(config, 1, ("", "[UNK]")))), "float32")
