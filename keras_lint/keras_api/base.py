"""The form every layer entry takes: configuration in, shapes and weights out.

A layer's meaning is one class derived from :class:`LayerKind`, registered by :func:`entry` under
its canonical public name. It says what the layer does to shapes, how many weights it makes, what it
refuses, and gives example rows; the tests call the installed Keras with each row and compare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from keras_lint.keras_api.config import Config as Config
from keras_lint.keras_api.config import as_dim as as_dim
from keras_lint.keras_api.names import Generation, lookup
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import UNKNOWN, Dim, surely_different
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Nested, Shape, TensorType, flatten

ANY_RANK: tuple[int, ...] = ()
OnList: TypeAlias = Literal["refuses", "passes", "unknown"]
LooseRanks: TypeAlias = Literal["none", "more", "any"]


@dataclass(frozen=True)
class Weights:
    """Number of scalar weights of one layer."""

    trainable: Dim = 0
    non_trainable: Dim = 0

    @property
    def total(self) -> Dim:
        """Both kinds together: what ``count_params()`` says."""
        return self.trainable + self.non_trainable

    def __add__(self, other: Weights) -> Weights:
        return Weights(self.trainable + other.trainable, self.non_trainable + other.non_trainable)


NO_WEIGHTS = Weights()
UNKNOWN_WEIGHTS = Weights(UNKNOWN, UNKNOWN)

Inputs = Nested[TensorType]
Mask: TypeAlias = bool | None
"""Whether a tensor carries a mask (``_keras_mask``); None if that is not known."""


@dataclass(frozen=True)
class Row:
    """An example for the oracle test: constructor arguments and what the layer is called on.

    ``inputs`` is a shape as a plain tuple (batch included), or a list of such tuples; ``dtype``
    that of the inputs. ``extra`` gives further call arguments: a tuple is the shape of a tensor, a
    list a list of these, anything else a plain value. What comes out is asked of Keras.
    """

    args: Mapping[str, Any]
    inputs: Any
    dtype: str = "float32"
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerArg:
    """A layer as an argument in a :class:`Row`: public class name and constructor arguments."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)


class LayerKind:
    """What one Keras layer class means. Subclasses are stateless; there is one instance of each.

    Override :meth:`output` for a layer with one input tensor, :meth:`call` for anything else.
    """

    name: ClassVar[str] = ""
    """Canonical public name, ``keras.layers.Dense``; set by :func:`entry`."""
    class_name: ClassVar[str] = ""
    """What Keras calls the class where that is not the last part of its public name."""
    generation: ClassVar[Generation] = "keras3"
    """The Keras whose layer this is: an entry that asks serves both, see :func:`kind_of`."""
    ranks: ClassVar[tuple[int, ...]] = ANY_RANK
    """Accepted ranks, batch included; empty for any. A negative number -n means n or more."""
    keeps_dtype: ClassVar[bool] = False
    """Whether an integer input stays integer (Flatten); else the layer's float type comes out."""
    rank_errors: ClassVar[tuple[str, ...]] = ("ValueError",)
    """What Keras raises for a tensor of another rank."""
    one_tensor: ClassVar[bool] = False
    """Whether several tensors are refused although any rank is accepted."""
    list_errors: ClassVar[tuple[str, ...]] = (
        "AttributeError",
        "IndexError",
        "TypeError",
        "ValueError",
    )
    """What Keras raises for several tensors, or for a list of one."""
    fixes_rank: ClassVar[bool] = False
    """Whether a layer that was built accepts only tensors of the rank it was built on."""
    recurrent: ClassVar[bool] = False
    """Whether this layer runs along time and has ``return_sequences``."""
    needs_time_axis: ClassVar[bool] = False
    """Whether the input must be ``(batch, time, ...)``, so that a last output alone will not do."""
    masking: ClassVar[Literal["keeps", "drops", "makes"]] = "drops"
    """What the layer does to a mask of its input; see :meth:`masks`."""
    on_list: ClassVar[OnList] = "refuses"
    """What a layer of Keras 3 for one tensor does with a list of one; Keras 2 takes the tensor."""
    loose_ranks: ClassVar[LooseRanks] = "none"
    """Which further ranks the layer of Keras 2 may take; what it gives then is not known."""
    takes_integers: ClassVar[bool] = False
    """Whether the layer of Keras 2, which converts floats alone, is known to take integers."""
    only_same_inside: ClassVar[bool] = False
    """Whether later calls inside a layer are known only for the lengths of the first."""
    more_axes_inside: ClassVar[bool] = False
    """Whether later calls inside a layer may take tensors of a higher rank."""
    opaque: ClassVar[bool] = False
    """Whether shapes and weights cannot be known, because code that is not Keras's decides them."""
    rows: ClassVar[tuple[Row, ...]] = ()

    def returns_last_only(self, config: Config) -> bool:
        """Whether a recurrent layer surely returns only its last output; through wrappers too."""
        return self.recurrent and config.get("return_sequences") is False

    @property
    def cls(self) -> str:
        """The class name: ``Dense``."""
        return self.class_name or self.name.rpartition(".")[2]

    def check_config(self, config: Config) -> None:
        """Raise :class:`Mismatch` (kind ``value``) for what the constructor itself refuses."""

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Output types of one call.

        Args:
            config: bound constructor arguments.
            inputs: the first call argument, nested as passed.
            extra: further call arguments by name: tensors (nested types) or plain values.

        Raises:
            Mismatch: Keras refuses the call.
            Lost: the answer depends on something that is not known.
        """
        del extra
        tensor = self.single(inputs)
        self.check_rank(tensor)
        if not tensor.is_float and not (self.keeps_dtype or self.takes_integers):
            self.seen_in_keras_3(f"{self.cls} on {tensor.dtype}")
        result = TensorType(self.output(config, tensor.shape), self.output_dtype(config, tensor))
        if isinstance(inputs, TensorType) or self.generation == "keras2":
            return result
        return (result,) if isinstance(inputs, tuple) else [result]

    def output(self, config: Config, x: Shape) -> Shape:
        """Output shape for one input of an accepted rank. ``x`` may be of unknown rank."""
        raise NotImplementedError

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """Which of ``count`` outputs carry a mask, given which tensors of the first argument do.

        Raises:
            Lost: the configuration that decides it is not known.
        """
        del config
        if self.opaque:
            return (None,) * count
        if self.masking != "keeps":
            return (self.masking == "makes",) * count
        kept: list[Mask] = flatten(inputs)
        return (*kept[:count], *(False,) * (count - len(kept)))

    def build_refuses(self, tensor: TensorType) -> bool:
        """Whether Keras notices the wrong rank of ``tensor`` when it builds the layer.

        It always does in a direct call. A wrapper builds the layer it wraps and does not call
        it as such, and then many layers do not look at the rank.
        """
        del tensor
        return False

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Weights made when the layer is built on ``inputs``."""
        del config, inputs
        return NO_WEIGHTS

    def parameters(self, config: Config, inputs: Inputs) -> Weights:
        """As :meth:`weights`, with ``trainable=False`` of the constructor taken into account."""
        made = self.weights(config, inputs)
        trainable = config.get("trainable", True)
        if trainable is False:
            return Weights(0, made.total)
        return made if trainable is True else Weights(UNKNOWN, UNKNOWN)

    def built_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """After being built on ``inputs``: which axes later inputs must have at which length."""
        del config, inputs
        return {}

    def data_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """As :meth:`built_axes`, for data: only then do the weights of some layers meet them."""
        return self.built_axes(config, inputs)

    def check_built(self, config: Config, first: Inputs, now: Inputs) -> None:
        """Raise :class:`Mismatch` (``built``) if a layer built on ``first`` refuses ``now``."""
        if self.fixes_rank:
            self._check_built_rank(first, now)
        self._check_axes(self.built_axes(config, first), first, now)

    def check_data(self, config: Config, first: Inputs, now: Inputs) -> None:
        """Raise :class:`Mismatch` (``built``) if a layer built on ``first`` fails on such data."""
        self._check_axes(self.data_axes(config, self.build_inputs(first)), first, now)

    def _check_axes(self, axes: Mapping[int, Dim], first: Inputs, now: Inputs) -> None:
        if not axes:
            return
        tensor = self.single(now)
        if tensor.shape.rank is None:
            return
        rank = tensor.shape.rank
        for axis, length in axes.items():
            if not -rank <= axis < rank:
                continue
            if surely_different(tensor.shape[axis], length):
                was = self.single(first).shape
                raise Mismatch(
                    Problem(
                        "built",
                        self.cls,
                        f"axis {axis} of length {length}, as when it was built on {was}",
                        str(tensor.shape),
                        (tensor,),
                    )
                )

    def _check_built_rank(self, first: Inputs, now: Inputs) -> None:
        was, tensor = self.single(first).shape, self.single(now)
        if was.rank is None or tensor.shape.rank in (None, was.rank):
            return
        raise self.mismatch(
            "built",
            f"a tensor of rank {was.rank}, as when it was built on {was}",
            str(tensor.shape),
            (tensor,),
        )

    @property
    def call_parameters(self) -> tuple[str, ...]:
        """Of a class of the program: what its own ``call`` declares, beside ``self``."""
        return ()

    @property
    def has_weights_uncalled(self) -> bool:
        """Whether the weights can be told of a layer that was never called."""
        return False

    def build_inputs(self, inputs: Inputs, extra: Mapping[str, Any] | None = None) -> Inputs:
        """What :meth:`weights` and :meth:`check_built` want of a call: the inputs it builds on.

        The first argument of the call for nearly every layer; attention also builds on ``extra``.
        """
        del extra
        return inputs

    def call_again(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Output types of a later call of a layer that was built on ``first``.

        A built layer refuses what does not fit its weights, and no longer what only building
        refuses, such as an open axis.

        Raises:
            Mismatch: Keras refuses the call, kind ``built`` if another first call would have done.
            Lost: the answer depends on something that is not known.
        """
        if isinstance(inputs, (list, tuple)) and len(inputs) == 1 and self.on_list != "passes":
            raise Lost(f"a later call of {self.cls} on a list")  # mostly building refuses it
        self.check_built(config, self.build_inputs(first), inputs)
        try:
            return self.call(config, inputs, extra)
        except Mismatch as mismatch:
            problem = mismatch.problem
            unasked = problem.kind == "rank" and (not self.ranks or problem.inner is not None)
            if problem.root.kind in ("undefined", "axis", "value") or unasked:
                raise Lost(f"a later call of {self.cls}") from mismatch
            raise

    def call_again_inside(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """As :meth:`call_again` inside another layer, where TensorFlow runs it (Keras 3.15).

        There the weights meet what it gets.
        """
        try:
            outputs = self.call_again(config, first, inputs, extra)
            self.check_data(config, first, inputs)
        except Mismatch as mismatch:
            loose = self.more_axes_inside and mismatch.problem.kind == "rank"
            if loose or self.only_same_inside:
                raise Lost(f"a later call of {self.cls} inside a layer") from mismatch
            raise
        now = self.build_inputs(inputs, extra)
        same = _beyond_batch(first) == _beyond_batch(now)
        if not same and (self.only_same_inside or self._other_weights(config, first, now)):
            raise Lost(f"a later call of {self.cls} inside a layer")
        return outputs

    def _other_weights(self, config: Config, first: Inputs, now: Inputs) -> bool:
        """Whether it would have other weights, had it been built on ``now``."""
        if type(self).weights is LayerKind.weights:
            return False
        try:
            return self.weights(config, first) != self.weights(config, now)
        except Mismatch:
            return True

    # -- helpers for subclasses --------------------------------------------------------------

    def seen_in_keras_3(self, what: str) -> None:
        """Raise :class:`Lost` for a layer of Keras 2: what comes next is known of Keras 3 alone."""
        if self.generation == "keras2":
            raise Lost(f"{what} in Keras 2")

    def single(self, inputs: Inputs) -> TensorType:
        """The one input tensor; kind ``structure`` if there is not exactly one.

        A list of one is no tensor to most layers (Keras 3.15), see ``on_list``.
        """
        if isinstance(inputs, TensorType):
            return inputs
        self.seen_in_keras_3(f"{self.cls} on a list")
        tensors: list[TensorType] = flatten(inputs)
        if len(tensors) == 1:
            self._check_list(inputs, tensors[0])
            return tensors[0]
        if not self.ranks and not self.one_tensor:  # mostly mapped over, else not looked at
            raise Lost(f"{self.cls} on {len(tensors)} tensors")
        raise self.mismatch(
            "structure",
            "one input tensor",
            count_phrase(len(tensors)),
            tuple(tensors),
            exceptions=("ValueError",) if self.ranks else self.list_errors,
        )

    def _check_list(self, inputs: Inputs, tensor: TensorType) -> None:
        flat = isinstance(inputs, (list, tuple)) and isinstance(inputs[0], TensorType)
        if self.on_list == "unknown" or not flat or tensor.shape.dims is None:
            raise Lost(f"{self.cls} on a list")
        if self.on_list == "refuses":
            raise self.mismatch(
                "structure",
                "a tensor by itself",
                "a list of one tensor",
                (tensor,),
                hint="pass the tensor without the brackets around it",
                exceptions=self.list_errors,
            )

    def check_rank(self, tensor: TensorType) -> None:
        """Kind ``rank`` if the rank is known and not accepted."""
        rank = tensor.shape.rank
        if rank is None or not self.ranks:
            return
        if rank in self.ranks or any(r < 0 and rank >= -r for r in self.ranks):
            return
        if self.loose_ranks == "any" or (self.loose_ranks == "more" and rank > max(self.ranks)):
            self.seen_in_keras_3(f"{self.cls} on a tensor of rank {rank}")
        raise self.mismatch(
            "rank",
            ranks_phrase(self.ranks),
            str(tensor.shape),
            (tensor,),
            exceptions=self.rank_errors,
            needs_rank=self.ranks,
        )

    def mismatch(
        self,
        kind: Any,
        expected: str,
        actual: str,
        received: tuple[TensorType, ...] = (),
        **more: Any,
    ) -> Mismatch:
        """A :class:`Mismatch` that names this layer; ``raise self.mismatch(...)``."""
        return Mismatch(Problem(kind, self.cls, expected, actual, received, **more))

    def output_dtype(self, config: Config, tensor: TensorType) -> str | None:
        """The dtype of the output: the layer's compute dtype, or the input's when it is kept."""
        dtype = config.get("dtype")
        if self.keeps_dtype and tensor.dtype is not None and not tensor.dtype.startswith("float"):
            return tensor.dtype
        if self.generation == "keras2" and not (tensor.is_float or self.takes_integers):
            return None  # the base class of Keras 2 converts floats alone
        if dtype is None:
            return "float32" if tensor.dtype is not None else None
        return dtype if isinstance(dtype, str) and "mixed" not in dtype else None


def ranks_phrase(ranks: tuple[int, ...]) -> str:
    """``(3, -5)`` as ``a tensor of rank 3 or 5 or more``."""
    parts = [f"{-r} or more" if r < 0 else str(r) for r in ranks]
    return "a tensor of rank " + " or ".join(parts)


def count_phrase(tensors: int) -> str:
    """How many tensors: ``one tensor``, ``3 tensors``."""
    return "one tensor" if tensors == 1 else f"{tensors} tensors"


@dataclass(frozen=True)
class BoundLayer:
    """A layer kind with its configuration: what a wrapper wraps, what an RNN has as cell."""

    kind: LayerKind
    config: Config
    layer_name: str = ""

    def call(self, inputs: Inputs, extra: Mapping[str, Any] | None = None) -> Inputs:
        """See :meth:`LayerKind.call`."""
        return self.kind.call(self.config, inputs, extra)

    def weights(self, inputs: Inputs) -> Weights:
        """See :meth:`LayerKind.parameters`."""
        return self.kind.parameters(self.config, inputs)


def _beyond_batch(inputs: Inputs) -> list[tuple[Dim, ...] | None]:
    """The lengths behind the batch axis, of each tensor."""
    tensors: list[TensorType] = flatten(inputs)
    return [None if tensor.shape.dims is None else tensor.shape.dims[1:] for tensor in tensors]


_ENTRIES: dict[str, LayerKind] = {}
KindT = TypeVar("KindT", bound=type[LayerKind])


def entry(*names: str) -> Callable[[KindT], KindT]:
    """Register a layer kind under its canonical name, one instance per name."""

    def register(cls: KindT) -> KindT:
        for name in names:
            kind = cls()
            kind.__class__ = type(cls.__name__, (cls,), {"name": name})
            _ENTRIES[name] = kind
        return cls

    return register


def entries() -> Mapping[str, LayerKind]:
    """All registered layer kinds by canonical name (after :mod:`keras_api.layers` is imported).

    Those of Keras 3, and those that only Keras 2 has.
    """
    return _ENTRIES


def kind_of(path: str, generation: Generation) -> LayerKind | None:
    """What the layer of a canonical name means in one Keras; None if it has no such layer.

    A layer that both have is one entry, of which there are two: ``generation`` tells them apart,
    and where the two differ the entry asks it. For Keras 3 also layers that only Keras 2 has.
    """
    return _of_keras_2(path) if generation == "keras2" else _ENTRIES.get(path)


@cache
def _of_keras_2(path: str) -> LayerKind | None:
    kind = _ENTRIES.get(path)
    if kind is None or kind.generation == "keras2":
        return kind
    if lookup(path, "keras2") is None:
        return None
    older = type(kind)()
    older.__class__ = type(kind.__class__.__name__, (type(kind),), {"generation": "keras2"})
    return older
