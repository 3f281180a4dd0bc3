"""The centre of the house: every layer, call, tensor shape and parameter count of one model.

The interpreter produces a ``LayerGraph`` from source; the verify child produces one from the model
Keras built. Whoever takes a ``LayerGraph`` does not know which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.outcomes import Problem, Unknown
from keras_lint.model.spans import Origin
from keras_lint.model.tensors import Nested, TensorType, flatten

if TYPE_CHECKING:
    import networkx as nx

GraphKind = Literal["sequential", "functional", "subclass", "fragment"]


@dataclass(frozen=True)
class TensorRef:
    """One output of one call."""

    call: str
    output: int = 0


@dataclass(frozen=True)
class LayerNode:
    """One layer object (or, with module ``keras.ops``, one operation).

    Args:
        id: unique in the graph.
        cls: Keras class name: ``"Dense"``.
        module: public home: ``"keras.layers"``, ``"keras.ops"``, ``"keras"`` for models.
        name: the layer's name; Keras's own when ``generated_name``.
        config: bound constructor arguments (defaults included); see :mod:`graph.serialise`.
        params, trainable_params: number of weights; UNKNOWN when not found out.
        wrapped: the layers a wrapper holds (TimeDistributed, Bidirectional, RNN cells).
        model: the nested model's own graph.
    """

    id: str
    cls: str
    module: str
    name: str
    generated_name: bool = False
    config: Mapping[str, Any] = field(default_factory=dict)
    params: Dim = UNKNOWN
    trainable_params: Dim = UNKNOWN
    trainable: bool = True
    origin: Origin | None = None
    wrapped: tuple[LayerNode, ...] = ()
    model: LayerGraph | None = None

    @property
    def is_operation(self) -> bool:
        """Whether this is a ``keras.ops`` operation, not a layer."""
        return self.module == "keras.ops"

    @property
    def core(self) -> LayerNode:
        """The layer itself, or what Bidirectional / TimeDistributed / Wrapper wrap."""
        if self.cls in ("Bidirectional", "TimeDistributed") and self.wrapped:
            return self.wrapped[0].core
        return self


@dataclass(frozen=True)
class CallNode:
    """One call of a layer: a node of the graph.

    ``inputs`` keeps the nesting in which tensors were passed as first argument; ``extra`` holds
    the tensors passed by keyword (``initial_state``, attention's ``value``, masks). ``problem`` is
    set on a call that Keras will refuse; its outputs are then of unknown shape. ``masked`` says
    of each output whether it carries a mask (None: not known); empty where nobody looked.
    """

    id: str
    layer: str
    inputs: Nested[TensorRef]
    input_types: tuple[TensorType, ...]
    output_types: tuple[TensorType, ...]
    extra: tuple[tuple[str, Nested[TensorRef]], ...] = ()
    origin: Origin | None = None
    problem: Problem | None = None
    masked: tuple[bool | None, ...] = ()

    def all_inputs(self) -> list[TensorRef]:
        """Positional inputs, then those passed by keyword, flat."""
        refs = flatten(self.inputs)
        for _, nested in self.extra:
            refs.extend(flatten(nested))
        return refs


class LayerGraph:
    """One model as a graph of layer calls; immutable once made.

    Args:
        name: the model's name.
        kind: how it was made; ``fragment`` for calls that no model holds.
        layers: in the order of ``model.layers`` (InputLayers included).
        calls: in the order in which they were made.
        inputs, outputs: the model's tensors, nested as passed.
        followed: whether everything about it was found out; ``lost`` says what was not.
        problem: a mismatch of the model as a whole (duplicate names), at ``origin``.
        trainable: whether the model itself is; None if that is not known.
    """

    def __init__(
        self,
        name: str,
        kind: GraphKind,
        layers: Iterable[LayerNode],
        calls: Iterable[CallNode],
        inputs: Nested[TensorRef] = (),
        outputs: Nested[TensorRef] = (),
        *,
        origin: Origin | None = None,
        generated_name: bool = True,
        followed: bool = True,
        lost: tuple[Unknown, ...] = (),
        problem: Problem | None = None,
        problem_layers: tuple[str, ...] = (),
        trainable: bool | None = True,
    ) -> None:
        self.name = name
        self.kind = kind
        self.generated_name = generated_name
        self.layers = {layer.id: layer for layer in layers}
        self.calls = {call.id: call for call in calls}
        self.inputs = inputs
        self.outputs = outputs
        self.origin = origin
        self.followed = followed
        self.lost = lost
        self.problem = problem
        self.problem_layers = problem_layers
        self.trainable = trainable

    @cached_property
    def nx(self) -> nx.MultiDiGraph[str]:
        """The calls as a networkx graph, made when it is first asked for.

        Nodes are call ids in call order; an edge says which ``output`` of a call is which ``input``
        of the next. Most files are linted without it, and importing networkx takes as long as
        linting one.
        """
        import networkx

        graph: nx.MultiDiGraph[str] = networkx.MultiDiGraph()
        graph.add_nodes_from(self.calls)
        for call in self.calls.values():
            for position, ref in enumerate(call.all_inputs()):
                if ref.call in self.calls:
                    graph.add_edge(ref.call, call.id, output=ref.output, input=position)
        return graph

    @cached_property
    def _users(self) -> dict[str, list[str]]:
        """The ids of the calls that take an output of each call, in call order."""
        found: dict[str, list[str]] = {}
        for call in self.calls.values():
            for source in dict.fromkeys(ref.call for ref in call.all_inputs()):
                found.setdefault(source, []).append(call.id)
        return found

    @cached_property
    def _by_layer(self) -> dict[str, list[CallNode]]:
        """The calls of each layer, in call order."""
        found: dict[str, list[CallNode]] = {}
        for call in self.calls.values():
            found.setdefault(call.layer, []).append(call)
        return found

    def layer_of(self, call: CallNode | str) -> LayerNode:
        """The layer that a call (or call id) belongs to."""
        node = self.calls[call] if isinstance(call, str) else call
        return self.layers[node.layer]

    def calls_of(self, layer: LayerNode | str) -> list[CallNode]:
        """All calls of one layer, in order."""
        return list(self._by_layer.get(layer if isinstance(layer, str) else layer.id, ()))

    def producers(self, call: CallNode) -> list[CallNode]:
        """The calls whose outputs ``call`` takes, in the order in which it takes them."""
        return [self.calls[r.call] for r in call.all_inputs() if r.call in self.calls]

    def consumers(self, call: CallNode) -> list[CallNode]:
        """The calls that take an output of ``call``, in call order."""
        return [self.calls[user] for user in self._users.get(call.id, ())]

    def type_of(self, ref: TensorRef) -> TensorType:
        """Shape and dtype of a tensor of this graph."""
        return self.calls[ref.call].output_types[ref.output]

    def problems(self) -> Iterator[CallNode]:
        """The calls that Keras will refuse."""
        return (call for call in self.calls.values() if call.problem is not None)

    def owners(self) -> dict[str, LayerNode]:
        """The layers that own weights by id, each once, however deep in nested models they are."""
        owners: dict[str, LayerNode] = {}
        for layer in self.layers.values():
            inner = layer.wrapped[0] if layer.cls == "TimeDistributed" and layer.wrapped else layer
            if inner.model is not None and inner.model.total_params == layer.params:
                owners |= inner.model.owners()
            else:
                # by what is wrapped: a layer used with and without TimeDistributed counts once
                owners.setdefault(inner.id, layer)
        return owners

    @cached_property
    def total_params(self) -> Dim:
        """Sum over all layers, each counted once; UNKNOWN if one is."""
        return _total(layer.params for layer in self.owners().values())

    @cached_property
    def trainable_params(self) -> Dim:
        """Sum of the trainable weights: none in a frozen model, whatever its layers say.

        Seen in Keras 3.15: a model asks every weight, so that the layers of a frozen model
        inside it that were thawed again do count.
        """
        if self.trainable is None:
            return UNKNOWN
        if not self.trainable:
            return 0
        return _total(layer.trainable_params for layer in self.owners().values())


def _total(counts: Iterable[Dim]) -> Dim:
    total: Dim = 0
    for count in counts:
        total = total + count
    return total
