"""Whether weights saved from one model load into another, as ``load_weights`` would have it.

Keras 3.15 reads weights in three ways, seen to behave so:

``.weights.h5``
    Every layer is addressed by its class and by how many of that class stand before it in
    ``model.layers``; its name plays no part. A layer of the new model must find its weights; what
    else the file has is passed over in silence.
``.h5`` by position
    The layers that have weights, in the order of ``model.layers``, must be as many and have the
    same number of weights of the same shapes.
``.h5`` by name
    Layers of one name must have the same weights. All others are passed over in silence.

The two latter write a nested model's trainable weights before the others, so that there their
order hangs on what is frozen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from keras_lint.graph.layer_graph import LayerGraph, LayerNode
from keras_lint.graph.serialise import config_to_json
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE

Outcome = Literal["yes", "no", "unknown"]

_NEUTRAL = frozenset(
    {
        "activation",
        "activity_regularizer",
        "autocast",
        "batch_input_shape",
        "batch_shape",
        "batch_size",
        "dilation_rate",
        "dropout",
        "dtype",
        "epsilon",
        "go_backwards",
        "input_dim",
        "input_length",
        "input_shape",
        "mask_zero",
        "momentum",
        "name",
        "padding",
        "rate",
        "recurrent_activation",
        "recurrent_dropout",
        "return_sequences",
        "return_state",
        "seed",
        "strides",
        "trainable",
        "unit_forget_bias",
        "unroll",
        "zero_output_for_mask",
    }
)
"""Arguments that change neither number nor shapes of a layer's weights."""

_NEUTRAL_ENDINGS = ("_initializer", "_regularizer", "_constraint", "_dropout", "_activation")

_ONE_LENGTH = frozenset(
    {
        "BatchNormalization",
        "Bidirectional",
        "Conv1D",
        "Conv1DTranspose",
        "Conv2D",
        "Conv2DTranspose",
        "Conv3D",
        "Conv3DTranspose",
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
        "Dense",
        "DepthwiseConv1D",
        "DepthwiseConv2D",
        "Embedding",
        "GRU",
        "GRUCell",
        "GroupNormalization",
        "LSTM",
        "LSTMCell",
        "SeparableConv1D",
        "SeparableConv2D",
        "SimpleRNN",
        "SimpleRNNCell",
        "TimeDistributed",
    }
)
"""Layers whose weights depend on at most one axis of what they are called on.

With equal configurations the number of their weights then gives the shapes.
"""


@dataclass(frozen=True)
class Loading:
    """Whether old weights load in one of the ways.

    Args:
        how: the way, in words.
        outcome: ``unknown`` where it could not be found out.
        reasons: why not, or why it is not known.
        remarks: what to know where they do load: layers passed over, weights in other layers.
    """

    how: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def loadings(
    old: LayerGraph, new: LayerGraph, pairs: Mapping[str, str] | None = None
) -> tuple[Loading, ...]:
    """What becomes of the weights of ``old`` in ``new``, for each way of loading.

    Args:
        old: the model whose weights were saved.
        new: the one that is to load them.
        pairs: names of layers in ``old`` and what they are called in ``new``, to tell when weights
            come into another layer than the one that took its place.
    """
    return (
        _saved_by_class(old, new, pairs or {}),
        _by_position(old, new),
        _by_name(old, new),
    )


def same_weights(old: LayerNode, new: LayerNode, inputs: bool = True) -> bool | None:
    """Whether two layers have equally many weights of equal shapes, in the same order.

    Args:
        old: one layer.
        new: the other.
        inputs: whether they are known to be called on the same shapes.

    Returns:
        None if it is not known.
    """
    if not isinstance(old.params, int) or not isinstance(new.params, int):
        return None
    if old.params != new.params or not old.params:
        return old.params == new.params
    if old.model is not None and new.model is not None:
        return _same_inside(old.model, new.model)
    if old.cls != new.cls or old.module != new.module or not old.module.startswith("keras."):
        return None
    before, after = _shaping(old.config), _shaping(new.config)
    if before is None or after is None or before != after:
        return None
    if len(old.wrapped) != len(new.wrapped):
        return None
    for inner, other in zip(old.wrapped, new.wrapped, strict=True):
        if inner.cls != other.cls or inner.model is not None or other.model is not None:
            return None
        mine, theirs = _shaping(inner.config), _shaping(other.config)
        if mine is None or mine != theirs:
            return None
    return True if inputs or _depends_on_one_length(old) else None


def _same_inside(old: LayerGraph, new: LayerGraph) -> bool | None:
    before, after = _weighted(old), _weighted(new)
    if len(before) != len(after):
        return None  # the numbers may agree in sum
    answers = [
        same_weights(a, b, _same_inputs(old, a, new, b)) for a, b in zip(before, after, strict=True)
    ]
    return False if False in answers else None if None in answers else True


def _depends_on_one_length(layer: LayerNode) -> bool:
    if layer.cls not in _ONE_LENGTH or not isinstance(layer.config.get("axis", -1), int):
        return False
    return all(_depends_on_one_length(inner) for inner in layer.wrapped)


def _shaping(config: Mapping[str, Any]) -> dict[str, Any] | None:
    """The part of a configuration that may touch the weights; None if it is not known."""
    kept: dict[str, Any] = {}
    for name, value in config.items():
        if name in _NEUTRAL or name.endswith(_NEUTRAL_ENDINGS):
            continue
        if name in ("layer", "backward_layer", "cell"):
            continue  # compared as what the layer holds
        plain = config_to_json(value)
        if "$unknown" in str(plain) or "$symbol" in str(plain):
            return None
        kept[name] = plain
    return kept


def _same_inputs(old: LayerGraph, mine: LayerNode, new: LayerGraph, other: LayerNode) -> bool:
    before, after = old.calls_of(mine)[:1], new.calls_of(other)[:1]
    if not before or not after:
        return False
    shapes = [
        [kind.shape.dims and kind.shape.dims[1:] for kind in call.input_types]
        for call in (*before, *after)
    ]
    known = all(
        dims is not None and all(isinstance(dim, int) or dim is FREE for dim in dims)
        for dims in shapes[0]
    )
    return known and shapes[0] == shapes[1]


def _weighted(graph: LayerGraph) -> list[LayerNode]:
    """The layers that have weights or may have; an operation has none."""
    return [
        layer
        for layer in graph.layers.values()
        if not layer.is_operation and layer.cls not in ("InputLayer", "?") and layer.params != 0
    ]


def _unsure(old: LayerGraph, new: LayerGraph) -> list[str]:
    """Why nothing can be said of two models: layers that were not seen may have weights too."""
    return [
        f"the {word} model could not be followed: {reason}"
        for word, graph in (("old", old), ("new", new))
        if not graph.followed
        for reason in [graph.lost[0].reason if graph.lost else "its end was not reached"]
    ]


# -- .weights.h5 -----------------------------------------------------------------------------------


def _addresses(graph: LayerGraph) -> Iterator[tuple[tuple[str, int], LayerNode]]:
    """Class and number of every layer with weights: where ``.weights.h5`` keeps them."""
    seen: Counter[str] = Counter()
    weighted = {layer.id for layer in _weighted(graph)}
    for layer in graph.layers.values():
        seen[layer.cls] += 1
        if layer.id in weighted:
            yield (layer.cls, seen[layer.cls]), layer


def _saved_by_class(old: LayerGraph, new: LayerGraph, pairs: Mapping[str, str]) -> Loading:
    how = ".weights.h5, by class and position"
    unsure = _unsure(old, new)
    if "subclass" in (old.kind, new.kind):
        unsure.append("a subclassed model keeps its weights by the names of its attributes")
    if unsure:
        return Loading(how, "unknown", tuple(unsure))
    found = _Findings()
    _compare_by_class(old, new, pairs, found)
    return found.loading(how)


def _compare_by_class(
    old: LayerGraph, new: LayerGraph, pairs: Mapping[str, str], found: _Findings
) -> None:
    before, after = dict(_addresses(old)), dict(_addresses(new))
    for address, layer in after.items():
        saved = before.pop(address, None)
        if saved is None:
            found.no.append(f"nothing was saved for {_label(layer)}")
        elif saved.model is not None and layer.model is not None:
            _compare_by_class(saved.model, layer.model, {}, found)
        else:
            found.judge(saved, layer, _same_inputs(old, saved, new, layer))
            meant = pairs.get(saved.name)
            if meant is not None and meant != layer.name:
                found.remarks.append(f"{_label(layer)} gets the weights of '{saved.name}'")
    for layer in before.values():
        found.remarks.append(f"the weights of {_label(layer)} are passed over")


# -- .h5 -------------------------------------------------------------------------------------------


def _by_position(old: LayerGraph, new: LayerGraph) -> Loading:
    how = ".h5, by position"
    unsure = _unsure(old, new)
    if unsure:
        return Loading(how, "unknown", tuple(unsure))
    before, after = _weighted(old), _weighted(new)
    if len(before) != len(after):
        return Loading(
            how, "no", (f"{len(before)} layers with weights were saved, {len(after)} are there",)
        )
    found = _Findings()
    for saved, layer in zip(before, after, strict=True):
        _judge_flat(old, saved, new, layer, found)
        if saved.name != layer.name:
            found.remarks.append(f"{_label(layer)} gets the weights of '{saved.name}'")
    return found.loading(how)


def _by_name(old: LayerGraph, new: LayerGraph) -> Loading:
    how = ".h5, by name"
    unsure = _unsure(old, new)
    if unsure:
        return Loading(how, "unknown", tuple(unsure))
    before = {layer.name: layer for layer in _weighted(old)}
    found = _Findings()
    loaded = 0
    for layer in _weighted(new):
        saved = before.pop(layer.name, None)
        if saved is None:
            found.remarks.append(f"{_label(layer)} keeps the weights it starts with")
        else:
            loaded += 1
            _judge_flat(old, saved, new, layer, found)
    for layer in before.values():
        found.remarks.append(f"the weights of {_label(layer)} are passed over")
    if not loaded and _weighted(new):
        return Loading(how, "no", ("no layer with weights has the name of one that was saved",))
    return found.loading(how)


def _judge_flat(
    old: LayerGraph, saved: LayerNode, new: LayerGraph, layer: LayerNode, found: _Findings
) -> None:
    if (saved.model is not None or layer.model is not None) and _frozen(saved) != _frozen(layer):
        found.unknown.append(f"{_label(layer)}: what is frozen in it decides the order of weights")
    else:
        found.judge(saved, layer, _same_inputs(old, saved, new, layer))


def _frozen(layer: LayerNode) -> list[bool]:
    """Which of the layers with weights in a nested model can be trained; in order."""
    if layer.model is None:
        return [layer.trainable]
    inner: Iterable[LayerNode] = _weighted(layer.model)
    return [layer.trainable, *(flag for held in inner for flag in _frozen(held))]


class _Findings:
    """What is gathered while layers are compared."""

    def __init__(self) -> None:
        self.no: list[str] = []
        self.unknown: list[str] = []
        self.remarks: list[str] = []

    def judge(self, saved: LayerNode, layer: LayerNode, inputs: bool) -> None:
        """Add what is to be said of one layer and the weights that it would get."""
        same = same_weights(saved, layer, inputs)
        if same is False:
            self.no.append(f"{_label(layer)} has other weights: {_counts(saved, layer)}")
        elif same is None:
            self.unknown.append(f"{_label(layer)}: whether its weights have the shapes they had")

    def loading(self, how: str) -> Loading:
        """The answer they give."""
        if self.no:
            return Loading(how, "no", tuple(self.no))
        if self.unknown:
            return Loading(how, "unknown", tuple(self.unknown))
        return Loading(how, "yes", (), tuple(self.remarks))


def _counts(saved: LayerNode, layer: LayerNode) -> str:
    if saved.params == layer.params:
        return "of other shapes"
    return f"{saved.params:,} parameters were saved, {layer.params:,} are there"


def _label(layer: LayerNode) -> str:
    return f"{layer.cls} '{layer.name}'"
