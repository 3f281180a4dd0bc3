"""Signals and sequences: Fourier transforms, frames, segments, windows."""

from __future__ import annotations

from keras_lint.keras_api.ops.base import Arguments, Data, known_dims, operation
from keras_lint.keras_api.ops.broadcasting import floating, same_lengths
from keras_lint.model.dims import FREE, Dim, surely_different
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


def _complex(a: Arguments, least: int) -> tuple[TensorType, tuple[Dim, ...]]:
    """Real and imaginary part, which are given as a pair of one shape."""
    parts = a.operands("x")
    if len(parts) != 2:
        raise a.refuse("structure", "a pair of real and imaginary part", f"{len(parts)} tensors")
    real, imaginary = (known_dims(part) for part in parts)
    if not same_lengths(real, imaginary):
        shapes = f"{parts[0].shape} and {parts[1].shape}"
        raise a.refuse("merge", "two tensors of one shape", shapes, parts)
    if real != imaginary:
        raise Lost("whether both parts have one shape is not known")
    if len(real) < least:
        raise a.refuse("rank", f"rank {least} or more", str(parts[0].shape), parts)
    return parts[0], real


def _part_dtype(a: Arguments) -> str | None:
    """The dtype of both parts if they have one."""
    dtypes = {part.dtype for part in a.operands("x")}
    return floating(dtypes.pop()) if len(dtypes) == 1 else None


def _transformed(least: int) -> None:
    def transform(a: Arguments) -> Nested[TensorType]:
        x, dims = _complex(a, least)
        if any(dim is FREE for dim in dims[-least:]):
            raise Lost("a transform along an open axis")
        part = TensorType(x.shape, _part_dtype(a))
        return (part, part)

    for name in ("fft",) if least == 1 else ("fft2", "ifft2"):
        operation(name, name.upper(), outside=True, several=True)(transform)


_transformed(1)
_transformed(2)


@operation("rfft", "RFFT", outside=True, several=True)
def rfft(a: Arguments) -> Nested[TensorType]:
    """Half the frequencies, as real and imaginary part."""
    x, dims = a.tensor("x"), a.dims("x")
    if not dims:
        raise Lost("a transform of a number")
    length = dims[-1] if a.known("fft_length") is None else a.integer("fft_length")
    if length is FREE:
        raise Lost("a transform along an open axis")
    part = TensorType(x.shape.with_axis(-1, length // 2 + 1), floating(x.dtype))
    return (part, part)


@operation("irfft", "IRFFT", outside=True)
def irfft(a: Arguments) -> Nested[TensorType]:
    """The way back of ``rfft``."""
    x, dims = _complex(a, 1)
    length = (dims[-1] - 1) * 2 if a.known("fft_length") is None else a.integer("fft_length")
    if dims[-1] is FREE:
        raise Lost("a transform along an open axis")
    return TensorType(x.shape.with_axis(-1, length), _part_dtype(a))


@operation("stft", "STFT", outside=True, several=True)
def stft(a: Arguments) -> Nested[TensorType]:
    """Frames, and the frequencies of each."""
    x, dims = a.tensor("x"), a.dims("x")
    size, step = a.integer("sequence_length"), a.integer("sequence_stride")
    transform = a.integer("fft_length")
    if not dims or not isinstance(dims[-1], int) or not 0 < size <= transform or step < 1:
        raise Lost("an unusual transform")
    padded = dims[-1] + 2 * (transform // 2) if a.flag("center") else dims[-1]
    if padded < transform:
        raise Lost("a signal shorter than a frame")
    count = 1 + (padded - transform) // step
    part = TensorType(Shape((*dims[:-1], count, transform // 2 + 1)), floating(x.dtype))
    return (part, part)


@operation("extract_sequences", "ExtractSequences", outside=True)
def extract_sequences(a: Arguments) -> Nested[TensorType]:
    """Windows of the last axis on a new one."""
    x, dims = a.tensor("x"), a.dims("x")
    size, step = a.integer("sequence_length"), a.integer("sequence_stride")
    if not dims or size < 1 or step < 1:
        raise Lost("an unusual sequence")
    length = dims[-1]
    if isinstance(length, int) and length < size:
        raise Lost("a signal shorter than a sequence")
    count = length if length is FREE else 1 + (length - size) // step
    return TensorType(Shape((*dims[:-1], count, size)), x.dtype)


def _segments(a: Arguments) -> Nested[TensorType]:
    """The first axis by the number of segments, which only the data knows where it is not given."""
    x, dims = a.tensor("data"), a.dims("data")
    if not dims or len(a.dims("segment_ids")) != 1:
        raise Lost("segments of a number, or numbered by more than a vector")
    ids = a.dims("segment_ids")[0]
    if surely_different(ids, dims[0]):
        raise a.refuse("merge", "as many segment_ids as rows", f"{x.shape}", (x,))
    if ids is not dims[0] and FREE in (ids, dims[0]):
        raise Lost("segments of an unknown number of rows")
    count: Dim = FREE if a.known("num_segments") is None else a.integer("num_segments")
    return TensorType(Shape((count, *dims[1:])), x.dtype)


for _name in ("sum", "max", "min", "prod"):
    operation(f"segment_{_name}", f"Segment{_name.capitalize()}", outside=True)(_segments)


@operation("in_top_k", "InTopK", outside=True)
def in_top_k(a: Arguments) -> Nested[TensorType]:
    """One truth for every target."""
    a.integer("k")
    return TensorType(a.tensor("targets").shape, "bool")


def _window(a: Arguments) -> Nested[TensorType]:
    """Keras runs these at once and takes no symbolic tensor."""
    length = a.known("x")
    if isinstance(length, TensorType) and not isinstance(length, Data):
        shape = str(length.shape)
        raise a.refuse("value", "a number", shape, (length,), exceptions=("TypeError",))
    return Data(Shape((a.integer("x"),)), "float32")


for _name in ("bartlett", "blackman", "hamming", "hanning", "kaiser"):
    operation(_name, "", outside=True)(_window)


@operation("view_as_complex", "ViewAsComplex", outside=True)
def view_as_complex(a: Arguments) -> Nested[TensorType]:
    """Pairs of numbers on the last axis become one."""
    return TensorType(Shape(a.dims("x")[:-1]), "complex64")


@operation("view_as_real", "ViewAsReal", outside=True)
def view_as_real(a: Arguments) -> Nested[TensorType]:
    """A number becomes a pair on a new last axis."""
    return TensorType(Shape((*a.dims("x"), 2)), "float32")


@operation("istft", "ISTFT", outside=True)
def istft(a: Arguments) -> Nested[TensorType]:
    """A signal from its frames, which stand on the axis before the last."""
    stride = a.known("sequence_stride")
    if not isinstance(stride, int) or stride <= 0:
        raise a.refuse("value", "a positive sequence_stride", str(stride))
    x, dims = _complex(a, 2)
    frames, fft_length = dims[-2], a.integer("fft_length")
    length: Dim
    if a.known("length") is not None:
        length = a.integer("length")
    elif frames is FREE:
        length = FREE
    else:
        length = (frames - 1) * stride + fft_length
        length = length - fft_length // 2 * 2 if a.flag("center") else length
    if isinstance(length, int) and length < 0:
        raise a.refuse("vanish", "a signal of some length", f"length {length}", (x,))
    return TensorType(Shape((*dims[:-2], length)), x.dtype)
