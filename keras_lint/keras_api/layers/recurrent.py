"""Recurrent layers and their cells: SimpleRNN, GRU, LSTM, RNN, StackedRNNCells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import (
    BoundLayer,
    Config,
    Inputs,
    LayerArg,
    LayerKind,
    Mask,
    Row,
    Weights,
    entry,
    kind_of,
    ranks_phrase,
)
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType, flatten

States: TypeAlias = "tuple[Nested[Dim], ...]"
"""Widths of the states in order; a stacked cell has one group per inner cell."""


class Cell(LayerKind):
    """One step of a recurrent layer."""

    rank_errors = ("ValueError", "TypeError")

    def state_sizes(self, config: Config) -> States:
        """Widths of the states the cell carries."""
        return (config.dim("units"),)

    def output_size(self, config: Config) -> Dim:
        """Width of what one step gives."""
        return config.dim("units")

    def check_config(self, config: Config) -> None:
        """``units`` is positive."""
        arithmetic.check_positive(self, config, "units")

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """One step: ``(output, [new states])``."""
        del extra
        tensor = self.single(inputs)
        if tensor.shape.rank != 2:
            raise Lost("a cell called on its own")
        self.step_features(tensor)
        batch = tensor.shape[0]
        states = _state_types(self.state_sizes(config), batch, config)
        output = TensorType(Shape((batch, self.output_size(config))), _dtype(config))
        return (output, list(states))

    def step_features(self, tensor: TensorType) -> Dim:
        """The last axis of one step's input, which fixes the kernel."""
        return arithmetic.need_axis(self, tensor, -1, "a last axis")


_CELLS = [LayerArg("LSTMCell", {"units": 4}), LayerArg("GRUCell", {"units": 6})]


def _cell_rows(states: int) -> tuple[Row, ...]:
    extra = {"states": [(None, 4)] * states}
    return (
        Row({"units": 4}, (None, 5), extra=extra),
        Row({"units": 4, "use_bias": False}, (None, 5), extra=extra),
        Row({"units": 0}, (None, 5), extra=extra),
        Row({"units": 4}, (None, 5)),
    )


@entry("keras.layers.SimpleRNNCell")
class SimpleRNNCell(Cell):
    """One hidden state of ``units``."""

    gates: ClassVar[int] = 1
    rows: ClassVar[tuple[Row, ...]] = _cell_rows(1)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Per gate: input kernel, recurrent kernel and bias."""
        units = config.dim("units")
        features = self.step_features(self.single(inputs))
        bias = self.biases(config) * units if config.flag("use_bias") else 0
        return Weights(self.gates * (features * units + units * units + bias))

    def biases(self, config: Config) -> int:
        """How many bias vectors each gate has."""
        del config
        return 1


@entry("keras.layers.GRUCell")
class GRUCell(SimpleRNNCell):
    """One hidden state of ``units``; two bias vectors per gate with ``reset_after``."""

    gates = 3

    def biases(self, config: Config) -> int:
        """Two with ``reset_after``, as cuDNN has it."""
        return 2 if config.flag("reset_after") else 1


@entry("keras.layers.LSTMCell")
class LSTMCell(SimpleRNNCell):
    """A hidden state and a carry state, both of ``units``."""

    gates = 4
    rows = _cell_rows(2)

    def state_sizes(self, config: Config) -> States:
        """Hidden and carry."""
        return (config.dim("units"), config.dim("units"))


@entry("keras.layers.StackedRNNCells")
class StackedRNNCells(Cell):
    """Cells in a row, each with its own states."""

    rows = (
        Row({"cells": _CELLS}, (None, 5), extra={"states": [[(None, 4)] * 2, (None, 6)]}),
        Row({"cells": _CELLS[:1]}, (None, 5), extra={"states": [[(None, 4)] * 2]}),
        Row({"cells": _CELLS[1:]}, (None, 5), extra={"states": [(None, 6)]}),
        Row({"cells": _CELLS}, (None, 5)),
    )

    def check_config(self, config: Config) -> None:
        """The members are checked where they are made."""

    def cells(self, config: Config) -> tuple[BoundLayer, ...]:
        """The cells; Lost if they are not known."""
        return stacked(config.known("cells"))

    def state_sizes(self, config: Config) -> States:
        """One entry per cell: its width, or its widths where it has several."""
        sizes: list[Nested[Dim]] = []
        for member in self.cells(config):
            own = as_cell(member).state_sizes(member.config)
            sizes.append(own[0] if len(own) == 1 else list(own))
        return tuple(sizes)

    def output_size(self, config: Config) -> Dim:
        """That of the last cell."""
        last = self.cells(config)[-1]
        return as_cell(last).output_size(last.config)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """All cells, each fed by the one before; a cell that is there twice has one set."""
        tensor = self.single(inputs)
        total = Weights()
        counted: set[int] = set()
        for member in self.cells(config):
            if id(member.config) not in counted:
                counted.add(id(member.config))
                total = total + member.weights(tensor)
            width = as_cell(member).output_size(member.config)
            tensor = TensorType(Shape((tensor.shape[0], width)))
        return total


def stacked(value: object) -> tuple[BoundLayer, ...]:
    """A list of known cells; :class:`Lost` for anything else."""
    if isinstance(value, Sequence) and value and all(isinstance(v, BoundLayer) for v in value):
        return tuple(value)
    raise Lost("the cells are not known")


def as_cell(layer: BoundLayer) -> Cell:
    """The cell kind of a bound cell; :class:`Lost` for a cell of unknown make."""
    if isinstance(layer.kind, Cell):
        return layer.kind
    raise Lost(f"the cell {layer.kind.cls} is not known")


def _dtype(config: Config) -> str | None:
    dtype = config.get("dtype")
    if dtype is None:
        return "float32"
    return dtype if isinstance(dtype, str) and "mixed" not in dtype else None


def _state_types(sizes: Nested[Dim], batch: Dim, config: Config) -> tuple[Inputs, ...]:
    def one(size: Nested[Dim]) -> Inputs:
        if isinstance(size, (tuple, list)):
            return [one(item) for item in size]
        assert not isinstance(size, dict)
        return TensorType(Shape((batch, size)), _dtype(config))

    assert isinstance(sizes, tuple)
    return tuple(one(size) for size in sizes)


def _fits(given: object, wanted: Any) -> bool:
    """Whether initial states surely are those wanted; Keras 3 does not look while symbolic."""
    states = flatten(given) if isinstance(given, (TensorType, list, tuple)) else []
    needed: list[TensorType] = flatten(wanted)
    return len(states) == len(needed) and all(
        isinstance(one, TensorType) and one.shape.rank == 2 and one.shape[1] == other.shape[1]
        for one, other in zip(states, needed, strict=True)
    )


class Recurrent(LayerKind):
    """A cell run along the time axis."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    rank_errors = ("ValueError", "TypeError")  # the latter in TimeDistributed of Keras 2
    recurrent = True
    needs_time_axis = True

    def build_refuses(self, tensor: TensorType) -> bool:
        """Without features the batch axis is taken for them."""
        return tensor.shape.rank == 2 and tensor.shape[0] is FREE

    def cell(self, config: Config) -> BoundLayer:
        """The cell that is run."""
        kind = kind_of(f"keras.layers.{self.cls}Cell", self.generation)
        assert kind is not None
        return BoundLayer(kind, config)

    def check_config(self, config: Config) -> None:
        """``units`` is positive."""
        arithmetic.check_positive(self, config, "units")

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The outputs, or the last one; then the states with ``return_state``."""
        tensor = self.single(inputs)
        self.check_rank(tensor)
        cell = self.cell(config)
        kind = as_cell(cell)
        given = (extra or {}).get("initial_state")
        if given is not None and not _fits(
            given, _state_types(kind.state_sizes(cell.config), FREE, config)
        ):
            self.seen_in_keras_3(f"{self.cls} from a state that may not fit")
        shape = tensor.shape
        batch = shape[0]
        if shape.dims is not None:
            self.check_step(config, cell, tensor)
        if batch is FREE and config.flag("stateful"):
            raise self.mismatch(
                "undefined",
                "a batch size of known length, because of stateful=True",
                str(shape),
                (tensor,),
                argument="stateful",
            )
        last = kind.output_size(cell.config)
        time = UNKNOWN if shape.dims is None else shape[1]
        full = (batch, time, last) if config.flag("return_sequences") else (batch, last)
        output = TensorType(Shape(full), _dtype(config))
        if not config.flag("return_state"):
            return output
        return (output, *_state_types(kind.state_sizes(cell.config), batch, config))

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """A sequence keeps the mask of its input; last outputs and states have none."""
        sequences = config.flag("return_sequences")
        first = flatten(inputs)[0] if sequences else False
        return (first, *(False,) * (count - 1))

    def check_step(self, config: Config, cell: BoundLayer, tensor: TensorType) -> None:
        """The features of one step must be known."""
        del config
        dims = arithmetic.known_shape(tensor)
        if dims[-1] is FREE:
            raise self.mismatch(
                "undefined",
                "a last axis of known length",
                str(tensor.shape),
                (tensor,),
                exceptions=("ValueError", "TypeError"),
            )
        del cell

    def data_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """The kernels of Keras's own cells fix the features; symbolic calls do not come to them."""
        del config
        dims = self.single(inputs).shape.dims
        return {} if not dims or self.cls == "RNN" else {-1: dims[-1]}

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of the cell, on one step of the input."""
        tensor = self.single(inputs)
        dims = arithmetic.known_shape(tensor)
        return self.cell(config).weights(TensorType(Shape((dims[0], *dims[2:])), tensor.dtype))


_ROWS = (
    Row({"units": 4}, (None, 10, 5)),
    Row({"units": 4, "return_sequences": True}, (None, None, 5)),
    Row({"units": 4, "return_sequences": True, "return_state": True}, (3, 10, 5)),
    Row({"units": 4, "return_state": True, "use_bias": False}, (None, 10, 5)),
    Row({"units": 4, "dropout": 0.2, "recurrent_dropout": 0.2}, (None, 10, 5)),
    Row({"units": 4, "stateful": True}, (3, 10, 5)),
    Row({"units": 4, "stateful": True}, (None, 10, 5)),
    Row({"units": 4}, (None, 5)),
    Row({"units": 4}, (None, 3, 10, 5)),
    Row({"units": 4}, (None, 10, None)),
    Row({"units": 4, "trainable": False}, (None, 10, 5)),
    Row({"units": 0}, (None, 10, 5)),
)


@entry("keras.layers.SimpleRNN", "keras.layers.LSTM")
class SimpleRNN(Recurrent):
    """``(batch, time, features) -> (batch, units)`` or ``(batch, time, units)``."""

    rows = _ROWS


@entry("keras.layers.GRU")
class GRU(Recurrent):
    """``(batch, time, features) -> (batch, units)`` or ``(batch, time, units)``."""

    rows = (*_ROWS, Row({"units": 4, "reset_after": False}, (None, 10, 5)))


@entry("keras.layers.RNN")
class RNN(Recurrent):
    """Any cell, or a list of cells, run along the time axis."""

    one_tensor = True
    ranks = ()
    rows = (
        Row({"cell": LayerArg("LSTMCell", {"units": 4})}, (None, 10, 5)),
        Row({"cell": _CELLS, "return_sequences": True}, (None, 10, 5)),
        Row({"cell": _CELLS, "return_state": True}, (None, 10, 5)),
        Row({"cell": LayerArg("StackedRNNCells", {"cells": _CELLS})}, (None, None, 5)),
        Row({"cell": LayerArg("GRUCell", {"units": 4}), "return_state": True}, (None, 10, 5)),
        Row({"cell": LayerArg("GRUCell", {"units": 4})}, (None, 5)),
        Row({"cell": LayerArg("GRUCell", {"units": 4})}, (None, 10, None)),
        Row({"cell": LayerArg("GRUCell", {"units": 0})}, (None, 10, 5)),
    )

    def check_config(self, config: Config) -> None:
        """The cell is checked where it is made."""

    def cell(self, config: Config) -> BoundLayer:
        """The given cell; a list of them is stacked."""
        value = config.known("cell")
        if isinstance(value, BoundLayer):
            return value
        kind = kind_of("keras.layers.StackedRNNCells", self.generation)
        assert kind is not None
        return BoundLayer(kind, Config({"cells": stacked(value)}))

    def check_step(self, config: Config, cell: BoundLayer, tensor: TensorType) -> None:
        """Without a declared rank, Keras fails on the features of the step, if it does."""
        dims = arithmetic.known_shape(tensor)
        if len(dims) == 3:
            super().check_step(config, cell, tensor)
        elif len(dims) == 2 and dims[0] is FREE:
            raise self.mismatch(
                "rank",
                ranks_phrase((3,)),
                str(tensor.shape),
                (tensor,),
                exceptions=("ValueError", "TypeError", "IndexError"),
                needs_rank=(3,),
            )
        else:
            raise Lost("RNN on a tensor whose rank is not 3")
