"""TensorFlow's functions on pieces of tensors: segments, scattered updates, counts; on texts, bits.

Facts seen on TensorFlow 2.21 by tracing each function inside a layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.keras_api.ops import elementwise, joining, reductions
from keras_lint.keras_api.ops.base import Arguments, known_dims
from keras_lint.keras_api.ops.broadcasting import broadcast_tensors, is_integral
from keras_lint.keras_api.ops.tf_more import TF, float_pair, function
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

_FLOATS = (
    *("erfinv", "erfcinv", "ndtri", "rint", "reciprocal_no_nan", "bessel_i0", "bessel_i0e"),
    *("bessel_i1", "bessel_i1e"),
)
_FLOAT_PAIRS = (
    *("igamma a x", "igammac a x", "xdivy x y", "xlog1py x y", "nextafter x1 x2", "zeta x q"),
    *("polygamma a x",),
)
_SEGMENTS = ("sum", "mean", "max", "min", "prod")


def _register() -> None:
    for name in _FLOATS:
        function(f"{TF}math.{name}", "x name=None")(elementwise.keep_floats)
    for pair in _FLOAT_PAIRS:
        name, left, right = pair.split()
        function(f"{TF}math.{name}", f"{left}:x1 {right}:x2 name=None")(float_pair)
    function(f"{TF}nn.softsign {TF}math.softsign", "features:x name=None")(elementwise.keep_floats)
    function(f"{TF}debugging.check_numerics", "tensor:x message name=None")(elementwise.keep_floats)
    function(f"{TF}nn.log_poisson_loss", "targets:x1 log_input:x2")(_weighted)
    function(f"{TF}nn.weighted_cross_entropy_with_logits", "labels:x1 logits:x2 pos_weight")(
        _weighted
    )
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"):
        function(f"{TF}bitwise.{name}", "x:x1 y:x2 name=None")(_whole_pair)
    function(f"{TF}bitwise.invert", "x name=None")(_whole)
    function(f"{TF}truncatediv {TF}truncatemod", "x:x1 y:x2 name=None")(_whole_pair)
    function(f"{TF}realdiv", "x:x1 y:x2 name=None")(float_pair)
    function(f"{TF}math.scalar_mul {TF}scalar_mul", "scalar x name=None")(_scaled)
    function(f"{TF}math.cumulative_logsumexp", "x axis=0 exclusive=False reverse=False name=None")(
        _along
    )
    for name in ("update", "add", "sub", "max", "min"):
        function(f"{TF}tensor_scatter_nd_{name}", "tensor:x indices updates name=None")(_scattered)
    for name in _SEGMENTS:
        function(f"{TF}math.segment_{name}", "data:x segment_ids name=None")(_segments)
    for name in (*_SEGMENTS, "sqrt_n"):
        function(f"{TF}math.unsorted_segment_{name}", "data:x segment_ids num_segments name=None")(
            _counted_segments
        )
    for name in ("lower", "upper"):
        function(f"{TF}strings.{name}", "input:x encoding='' name=None")(_text)
    function(f"{TF}strings.strip", "input:x name=None")(_text)
    function(f"{TF}strings.regex_replace", "input:x pattern rewrite replace_global=True name=None")(
        _text
    )
    function(f"{TF}strings.substr", "input:x pos len unit='BYTE' name=None")(_part)


def _along(a: Arguments) -> Nested[TensorType]:
    elementwise.unchecked_inside(a, len(a.dims("x")))
    return elementwise.keep_floats(a)


def _weighted(a: Arguments) -> Nested[TensorType]:
    if a.operand("x1").shape != a.operand("x2").shape:
        raise Lost("whether both sides have one shape")
    return float_pair(a)


def _whole(a: Arguments) -> Nested[TensorType]:
    x = a.tensor("x")
    if not is_integral(x.dtype) or x.dtype == "bool":
        raise Lost("bits of other numbers")
    return x


def _whole_pair(a: Arguments) -> Nested[TensorType]:
    left, right = a.operand("x1"), a.operand("x2")
    whole = is_integral(left.dtype) and left.dtype not in ("bool", "int")
    if not whole or right.dtype not in (left.dtype, "int"):
        raise Lost("whole numbers of two dtypes, or others")
    return TensorType(Shape(broadcast_tensors(a, left, right)), left.dtype)


def _scaled(a: Arguments) -> Nested[TensorType]:
    x = a.tensor("x")
    elementwise.floats_inside(a, x)
    if a.operand("scalar").shape.dims != ():
        raise Lost("a factor that is no number")
    return TensorType(x.shape, x.dtype)


@function(f"{TF}rank", "input:x name=None")
def rank(a: Arguments) -> Nested[TensorType]:
    """One number."""
    a.operand("x")
    return TensorType(Shape(()), "int32")


@function(f"{TF}linspace {TF}linalg.linspace", "start:x1 stop:x2 num name=None axis=0")
def linspace(a: Arguments) -> Nested[TensorType]:
    """As many numbers from one to the other along a new axis."""
    left, right = a.operand("x1"), a.operand("x2")
    dims = known_dims(left)
    number = a.known("num")
    if left.dtype not in ("float", "float32", "float64") or right.shape != left.shape:
        raise Lost("ends of several shapes, or whole numbers")
    if right.dtype != left.dtype or (isinstance(number, int) and number < 1):
        raise Lost("ends of several dtypes")
    place = a.integer("axis")
    if not -len(dims) - 1 <= place <= len(dims):
        raise Lost("an axis that there is not")
    place %= len(dims) + 1
    (count,) = a.lengths("num")
    dtype = "float32" if left.dtype == "float" else left.dtype
    return TensorType(Shape((*dims[:place], count, *dims[place:])), dtype)


def _scattered(a: Arguments) -> Nested[TensorType]:
    """The tensor with some numbers replaced."""
    x, dims = a.tensor("x"), a.dims("x")
    _fits(a, dims, a.dims("indices"), a.operand("updates"), x.dtype)
    return TensorType(x.shape, x.dtype)


def _fits(
    a: Arguments,
    dims: Sequence[Dim],
    places: Sequence[Dim],
    updates: TensorType,
    dtype: str | None,
) -> None:
    depth = places[-1] if places else None
    if not isinstance(depth, int) or not 0 < depth <= len(dims):
        raise Lost("places that are not known")
    if a.tensor("indices").dtype not in ("int32", "int64") or updates.dtype != dtype:
        raise Lost("updates or places of other dtypes")
    if known_dims(updates) != (*places[:-1], *dims[depth:]):
        raise Lost("updates that do not fit, or not surely")


@function(f"{TF}scatter_nd", "indices updates shape name=None")
def scatter_nd(a: Arguments) -> Nested[TensorType]:
    """Zeros with some numbers put in."""
    dims, updates = a.lengths("shape"), a.tensor("updates")
    _fits(a, dims, a.dims("indices"), updates, updates.dtype)
    return TensorType(Shape(dims), updates.dtype)


def _ids(a: Arguments) -> int:
    """The rank of the segment numbers, which go with the first axes of the data."""
    dims, ids = a.dims("x"), a.dims("segment_ids")
    if a.tensor("segment_ids").dtype not in ("int32", "int64") or dims[: len(ids)] != ids:
        raise Lost("segments that do not go with the data, or not surely")
    elementwise.floats_inside(a, a.tensor("x"))
    return len(ids)


def _segments(a: Arguments) -> Nested[TensorType]:
    """As many rows as the last number says."""
    x, dims = a.tensor("x"), a.dims("x")
    if _ids(a) != 1:
        raise Lost("segments of several axes")
    return TensorType(Shape((FREE, *dims[1:])), x.dtype)


def _counted_segments(a: Arguments) -> Nested[TensorType]:
    """As many rows as asked for."""
    x, dims, places = a.tensor("x"), a.dims("x"), _ids(a)
    (count,) = a.lengths("num_segments")
    return TensorType(Shape((count, *dims[places:])), x.dtype)


@function(f"{TF}unique", "x out_idx=None name=None", several=True)
def unique(a: Arguments) -> Nested[TensorType]:
    """The numbers, each once, and which of them stands where."""
    x, dims = a.tensor("x"), a.dims("x")
    if len(dims) != 1 or a.known("out_idx") is not None:
        raise Lost("anything but a vector")
    return (x.with_shape(Shape((FREE,))), TensorType(Shape(dims), "int32"))


@function(f"{TF}math.confusion_matrix", "labels predictions num_classes=None")
def confusion_matrix(a: Arguments) -> Nested[TensorType]:
    """A square matrix of counts."""
    if a.dims("labels") != a.dims("predictions") or len(a.dims("labels")) != 1:
        raise Lost("labels that do not go with the predictions")
    count = FREE if a.known("num_classes") is None else a.lengths("num_classes")[0]
    return TensorType(Shape((count, count)), "int32")


@function(f"{TF}histogram_fixed_width", "values:x value_range nbins=100")
def histogram(a: Arguments) -> Nested[TensorType]:
    """One count for every bin."""
    elementwise.floats_inside(a, a.operand("x"))
    return TensorType(Shape(a.lengths("nbins")), "int32")


@function(f"{TF}math.in_top_k {TF}nn.in_top_k", "targets predictions k name=None")
def in_top_k(a: Arguments) -> Nested[TensorType]:
    """One truth for every row."""
    rows, (count, *_) = a.dims("targets"), (*a.dims("predictions"), None)
    good = len(rows) == 1 and len(a.dims("predictions")) == 2 and rows[0] == count
    kinds = (a.tensor("targets").dtype, a.tensor("predictions").dtype)
    if not good or kinds not in (("int32", "float32"), ("int64", "float32")):
        raise Lost("targets that do not go with the predictions")
    return TensorType(Shape(rows), "bool")


@function(f"{TF}searchsorted", "sorted_sequence values side='left' out_type=None name=None")
def searchsorted(a: Arguments) -> Nested[TensorType]:
    """A place for every value."""
    row, values = a.tensor("sorted_sequence"), a.tensor("values")
    if a.dims("sorted_sequence")[:-1] != a.dims("values")[:-1] or not a.dims("values"):
        raise Lost("values that do not go with the sequences")
    if row.dtype != values.dtype:
        raise Lost("values of another dtype")
    return TensorType(values.shape, a.dtype("out_type", "int32"))


@function(f"{TF}reverse_sequence", "input:x seq_lengths seq_axis=None batch_axis=None name=None")
def reverse_sequence(a: Arguments) -> Nested[TensorType]:
    """Shape kept."""
    dims, step, batch = a.dims("x"), a.integer("seq_axis"), a.known("batch_axis") or 0
    if not 0 <= step < len(dims) or not isinstance(batch, int) or not 0 <= batch < len(dims):
        raise Lost("an axis that there is not")
    if step == batch or a.dims("seq_lengths") != (dims[batch],):
        raise Lost("lengths that do not go with the sequences")
    return elementwise.keep(a)


@function(f"{TF}saturate_cast {TF}dtypes.saturate_cast", "value:x dtype name=None")
def saturate_cast(a: Arguments) -> Nested[TensorType]:
    """Shape kept."""
    return TensorType(a.tensor("x").shape, a.dtype("dtype", None))


@function(f"{TF}math.reduce_euclidean_norm", "input_tensor:x axis=None keepdims=False name=None")
def reduce_euclidean_norm(a: Arguments) -> Nested[TensorType]:
    """Reduced; floats."""
    elementwise.floats_inside(a, a.tensor("x"))
    return TensorType(*reductions.reduce(a))


@function(f"{TF}nn.l2_loss", "t:x name=None")
def l2_loss(a: Arguments) -> Nested[TensorType]:
    """One number."""
    elementwise.floats_inside(a, a.operand("x"))
    return TensorType(Shape(()), a.operand("x").dtype)


@function(f"{TF}nn.zero_fraction {TF}math.zero_fraction", "value:x name=None")
def zero_fraction(a: Arguments) -> Nested[TensorType]:
    """One number."""
    a.operand("x")
    return TensorType(Shape(()), "float32")


@function(f"{TF}nn.crelu", "features:x axis=-1 name=None")
def crelu(a: Arguments) -> Nested[TensorType]:
    """Both signs, one behind the other."""
    x = a.tensor("x")
    elementwise.floats_inside(a, x)
    elementwise.unchecked_inside(a, len(a.dims("x")))
    return joining.concatenate(a.with_values(xs=(x, x)))


# -- texts ----------------------------------------------------------------------------------------


def _text(a: Arguments) -> TensorType:
    x = a.tensor("x")
    if x.dtype != "string":
        raise Lost("what are no texts")
    return x


def _part(a: Arguments) -> Nested[TensorType]:
    a.integer("pos"), a.integer("len")
    return _text(a)


@function(f"{TF}strings.length", "input:x unit='BYTE' name=None")
def text_length(a: Arguments) -> Nested[TensorType]:
    """A number for every text."""
    return TensorType(_text(a).shape, "int32")


@function(f"{TF}strings.to_number", "input:x out_type=None name=None")
def to_number(a: Arguments) -> Nested[TensorType]:
    """A number for every text."""
    return TensorType(_text(a).shape, a.dtype("out_type", "float32"))


@function(
    f"{TF}strings.to_hash_bucket_fast {TF}strings.to_hash_bucket", "input:x num_buckets name=None"
)
def to_hash_bucket(a: Arguments) -> Nested[TensorType]:
    """A number for every text."""
    if a.integer("num_buckets") < 1:
        raise Lost("no buckets")
    return TensorType(_text(a).shape, "int64")


@function(f"{TF}strings.regex_full_match", "input:x pattern name=None")
def regex_full_match(a: Arguments) -> Nested[TensorType]:
    """A truth for every text."""
    return TensorType(_text(a).shape, "bool")


@function(f"{TF}strings.as_string {TF}as_string", "input:x precision=-1")
def as_string(a: Arguments) -> Nested[TensorType]:
    """A text for every number."""
    return TensorType(a.tensor("x").shape, "string")


@function(f"{TF}strings.reduce_join", "inputs:x axis=None keepdims=False separator='' name=None")
def reduce_join(a: Arguments) -> Nested[TensorType]:
    """Reduced."""
    _text(a)
    elementwise.unchecked_inside(a, len(a.dims("x")))
    return TensorType(*reductions.reduce(a))


_register()
