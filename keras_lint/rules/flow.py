"""Questions several rules ask of a graph: where a tensor comes from, and how layers are named.

Everything here holds for a graph from source as for one from a built model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode, TensorRef
from keras_lint.keras_api.weighted import WEIGHTED
from keras_lint.model.dims import UNKNOWN, is_known
from keras_lint.model.fixes import Claim, Drop, Fix
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.model.tensors import flatten

TENSOR_WITH_VALUES = "a tensor with values"
"""What a problem expects where a function of TensorFlow got a symbolic tensor."""
GIVE_THE_INPUT_SHAPE = ("input_shape", "batch_input_shape")
"""Arguments of layers that make an Input before them."""
JOINED = "?"
"""Class of the stand-in for a tensor that depends on a condition that is not known."""

KEEPS_SHAPE = frozenset(
    {
        "Activation",
        "ActivityRegularization",
        "AlphaDropout",
        "BatchNormalization",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "GroupNormalization",
        "Identity",
        "LayerNormalization",
        "LeakyReLU",
        "Masking",
        "Normalization",
        "PReLU",
        "RMSNormalization",
        "ReLU",
        "Rescaling",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "UnitNormalization",
    }
)
"""Classes whose output has the shape of their one input."""

_ACTIVATION_LAYERS = {"ReLU": "relu", "Softmax": "softmax"}

_FORMS = {
    2: "(batch, features)",
    3: "(batch, steps, features)",
    4: "(batch, height, width, channels)",
    5: "(batch, depth, height, width, channels)",
}
_FRAMES_FORMS = {
    "ConvLSTM1D": "(batch, frames, rows, channels)",
    "ConvLSTM2D": "(batch, frames, height, width, channels)",
    "ConvLSTM3D": "(batch, frames, depth, height, width, channels)",
}


def display(layer: LayerNode) -> str:
    """A layer in a message: ``LSTM``, ``TimeDistributed(Dense)``, ``Sequential 'encoder'``."""
    if layer.cls == "InputLayer":
        return "Input"
    name = f" '{layer.name}'" if not layer.generated_name and not layer.is_operation else ""
    inner = layer.wrapped[0].cls if layer.wrapped and layer.core is not layer else ""
    return f"{layer.cls}({inner}){name}" if inner else f"{layer.cls}{name}"


def accepts(needs: tuple[int, ...], rank: int) -> bool:
    """Whether ``rank`` is among the accepted ones; ``-n`` in ``needs`` means n or more."""
    return any(rank == need or (need < 0 and rank >= -need) for need in needs)


def needed_form(problem: Problem) -> str:
    """The rank a layer needs, with the axes spelled out: ``rank 3, (batch, steps, features)``."""
    if len(problem.needs_rank) != 1 or problem.layer in ("Functional", "Sequential"):
        return problem.expected
    rank = abs(problem.needs_rank[0])
    form = _FRAMES_FORMS.get(problem.layer, _FORMS.get(rank))
    more = " or more" if problem.needs_rank[0] < 0 else ""
    return f"rank {rank}{more}" + (f", {form}" if form and not more else "")


def received_rank(problem: Problem) -> int | None:
    """The rank of the tensor that a layer refused, if it is the only one and known."""
    if len(problem.received) != 1:
        return None
    return problem.received[0].shape.rank


def refusals(graph: LayerGraph, *kinds: str) -> Iterator[tuple[Problem, CallNode | None, Span]]:
    """What Keras refuses, of the given kinds: the problem, the call if it is one, and the place.

    A constructor, an operation on no tensor and a model as a whole have no call.
    """
    for call in graph.problems():
        span = call_span(graph, call)
        if call.problem is not None and call.problem.root.kind in kinds and span is not None:
            yield call.problem, call, span
    if graph.problem is not None and graph.problem.kind in kinds and graph.origin is not None:
        yield graph.problem, None, graph.origin.span


def refuser(graph: LayerGraph, problem: Problem, call: CallNode | None) -> str:
    """What refuses, for a message: the layer that is called, or the class that is made."""
    return (problem.layer or "TensorFlow") if call is None else display(graph.layer_of(call))


def several_outputs(graph: LayerGraph, call: CallNode) -> bool:
    """Whether a layer of a Sequential is called on all the outputs of the layer before it."""
    refs = call.all_inputs()
    return graph.kind == "sequential" and len(refs) > 1 and len({ref.call for ref in refs}) == 1


def refused_input(call: CallNode) -> TensorRef | None:
    """Which of a refused call's inputs is the one the problem is about; None if in doubt."""
    if call.problem is None:
        return None
    refs = call.all_inputs()
    if len(refs) == 1:
        return refs[0]
    rank = received_rank(call.problem)
    first = flatten(call.inputs)
    if rank is None or len(first) != 1 or not call.input_types:
        return None
    return first[0] if call.input_types[0].shape.rank == rank else None


def producer(graph: LayerGraph, ref: TensorRef) -> CallNode | None:
    """The call whose output ``ref`` is, if it is in the graph."""
    return graph.calls.get(ref.call)


def upstream(graph: LayerGraph, ref: TensorRef) -> Iterator[tuple[CallNode, int]]:
    """Back from a tensor through layers that keep the shape: each call and which output is meant.

    The last pair is the call that gave the tensor its shape.
    """
    seen: set[str] = set()
    while ref.call not in seen:
        seen.add(ref.call)
        call = graph.calls.get(ref.call)
        if call is None:
            return
        yield call, ref.output
        inputs = flatten(call.inputs)
        if graph.layer_of(call).cls not in KEEPS_SHAPE or len(inputs) != 1:
            return
        ref = inputs[0]


def ancestors(graph: LayerGraph, call: CallNode) -> set[str]:
    """Ids of the calls that ``call`` depends on, itself included."""
    found = {call.id}
    pending = [call]
    while pending:
        for source in graph.producers(pending.pop()):
            if source.id not in found:
                found.add(source.id)
                pending.append(source)
    return found


def every_call_known(graph: LayerGraph) -> bool:
    """Whether nothing but output shapes was lost: no call or connection can be missing."""
    return all(lost.only_shape for lost in graph.lost)


def only_source(graph: LayerGraph, call: CallNode) -> CallNode | None:
    """The one call whose output ``call`` takes, if nobody else takes it."""
    refs = flatten(call.inputs)
    before = graph.calls.get(refs[0].call) if len(refs) == 1 else None
    if before is None or call.problem is not None or before.problem is not None:
        return None
    if len(graph.consumers(before)) != 1:
        return None
    if any(ref.call == before.id for ref in flatten(graph.outputs)):
        return None
    return before


def dropped(graph: LayerGraph, layer: LayerNode, *, safe: bool) -> Fix | None:
    """The fix that takes a layer out; None if it is called at several places."""
    if layer.origin is None or len(graph.calls_of(layer)) != 1:
        return None
    claim = Claim(removed=(layer.cls,))
    return Fix(f"leave {layer.cls} out", (Drop(layer.origin.span),), safe=safe, claim=claim)


def holders(graph: LayerGraph, layer: LayerNode) -> frozenset[str]:
    """The names of a layer and of the layers of a graph that hold it, in whatever depth."""
    return frozenset(
        name
        for outer in graph.layers.values()
        if (name := outer.name) is not None and _holds(outer, layer)
    ) | {layer.name}


def _holds(outer: LayerNode, layer: LayerNode) -> bool:
    if outer is layer or outer.id == layer.id:
        return True
    if outer.model is not None and any(_holds(o, layer) for o in outer.model.layers.values()):
        return True
    return any(_holds(inner, layer) for inner in outer.wrapped)


def same_function(first: CallNode, second: CallNode) -> bool:
    """Whether both were written in one function run, as far as that is known."""
    if first.origin is None or second.origin is None:
        return True
    return first.origin.stack == second.origin.stack


def is_found(value: Any) -> bool:
    """Whether a configuration value, with everything inside it, was found out."""
    if isinstance(value, (list, tuple)):
        return all(is_found(item) for item in value)
    if isinstance(value, dict):
        return all(is_found(item) for item in value.values())
    return value is not UNKNOWN


def activation_of(layer: LayerNode) -> str | None:
    """The name of the activation a layer ends with: ``linear`` for none, None if not known."""
    if layer.cls in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[layer.cls]
    if "activation" not in layer.config:
        return None
    activation = layer.config["activation"]
    if activation is None:
        return "linear"
    if isinstance(activation, dict):  # as Keras serialises a function or an activation layer
        activation = activation.get("config", activation.get("class_name"))
    return activation if isinstance(activation, str) else None


def written(layer: LayerNode, argument: str) -> bool:
    """Whether an argument of a layer's constructor is a literal in the source."""
    return layer.origin is not None and argument in layer.origin.literals


def has_weights(layer: LayerNode) -> bool:
    """Whether a layer surely has weights."""
    if is_known(layer.params):
        return layer.params != 0
    if layer.model is not None:
        return any(has_weights(inner) for inner in layer.model.layers.values())
    if layer.cls == "TimeDistributed":
        return bool(layer.wrapped) and has_weights(layer.wrapped[0])
    return layer.cls in WEIGHTED


def call_span(graph: LayerGraph, call: CallNode) -> Span | None:
    """Where a call is written, or else where its layer is made."""
    if call.origin is not None:
        return call.origin.span
    return layer_span(graph.layer_of(call))


def layer_span(layer: LayerNode) -> Span | None:
    """Where a layer is made."""
    return None if layer.origin is None else layer.origin.span
