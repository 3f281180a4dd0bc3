"""Whether two graphs are the same model, and if not, where they differ, in words.

The static graph comes from source, the built one from Keras. What the static graph does not know
matches anything; everything it claims to know must be so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode, TensorRef
from keras_lint.model.dims import FREE, Dim, Sym, is_known
from keras_lint.model.tensors import Shape, TensorType, flatten

if TYPE_CHECKING:
    import networkx as nx

_MOST_LINES = 12
_SEARCH_LIMIT = 400  # calls; isomorphism search on an unalignable graph may take exponential time

_FUNCTIONAL = {"Model", "Functional"}  # ``keras.Model(inputs, outputs)`` makes a ``Functional``

Pairs = dict[str, str]


def difference(static: LayerGraph, built: LayerGraph) -> list[str]:
    """What the built model has otherwise than the source says; an empty list if it is the same.

    Lines read ``layer Dense 'dense_1': params 330 in source, 340 as built``.
    """
    return match(static, built)[1]


def match(static: LayerGraph, built: LayerGraph) -> tuple[Pairs, list[str]]:
    """Pairs the calls of two graphs and says what differs under that pairing.

    Calls are first paired by walking both graphs in order, which settles almost every graph in
    linear time; where that fails, networkx looks for an isomorphism.

    Returns:
        static call id to built call id (empty if the calls cannot be paired), and the differences.
    """
    pairs = _aligned(static, built)
    lines: list[str] = []
    if pairs is not None:
        lines = list(_unequal(static, built, pairs))
        if not lines:
            return pairs, []
    found = _isomorphism(static, built)
    if found is not None:
        pairs, lines = found, list(_unequal(static, built, found))
    if pairs is None:
        return {}, _census(static, built)[:_MOST_LINES]
    return pairs, lines[:_MOST_LINES]


def same_shape(static: Shape, built: Shape) -> bool:
    """Whether ``built`` is what ``static`` says, the unknown and symbolic parts apart."""
    if static.dims is None or built.dims is None:
        return True
    if len(static.dims) != len(built.dims):
        return False
    return all(same_dim(a, b) for a, b in zip(static.dims, built.dims, strict=True))


def same_dim(static: Dim, built: Dim) -> bool:
    """Whether ``built`` is what ``static`` says; unknown and symbols match any length."""
    if is_known(static) and is_known(built):
        return static == built
    if static is FREE or built is FREE:
        other = built if static is FREE else static
        return other is FREE or (not is_known(other) and not isinstance(other, Sym))
    return True


def _same_type(static: TensorType, built: TensorType) -> bool:
    return same_shape(static.shape, built.shape) and (
        static.dtype is None or built.dtype is None or static.dtype == built.dtype
    )


def _aligned(static: LayerGraph, built: LayerGraph) -> Pairs | None:
    """Calls paired by walking back from the outputs, or by order; None if the walk breaks."""
    if len(static.calls) != len(built.calls):
        return None
    pairs: Pairs = {}
    taken: set[str] = set()
    starts = [*zip(flatten(static.outputs), flatten(built.outputs), strict=False)]
    starts += [*zip(flatten(static.inputs), flatten(built.inputs), strict=False)]
    todo: list[tuple[TensorRef, TensorRef]] = starts
    while todo:
        mine, other = todo.pop()
        if pairs.get(mine.call) == other.call:
            continue
        if mine.call in pairs or other.call in taken:
            return None
        if mine.call not in static.calls or other.call not in built.calls:
            return None
        pairs[mine.call] = other.call
        taken.add(other.call)
        left, right = static.calls[mine.call], built.calls[other.call]
        before, after = left.all_inputs(), right.all_inputs()
        if len(before) != len(after):
            return None
        todo.extend(zip(before, after, strict=True))
    rest = [call for call in static.calls if call not in pairs]
    others = [call for call in built.calls if call not in taken]
    pairs.update(zip(rest, others, strict=True))
    return pairs


def _isomorphism(static: LayerGraph, built: LayerGraph) -> Pairs | None:
    if len(static.calls) != len(built.calls) or len(static.calls) > _SEARCH_LIMIT:
        return None
    import networkx

    matcher = networkx.algorithms.isomorphism.MultiDiGraphMatcher(
        _annotated(static),
        _annotated(built),
        node_match=lambda a, b: _calls_match(a["node"], a["layer"], b["node"], b["layer"]),
        edge_match=_edges_match,
    )
    if not matcher.is_isomorphic():
        return None
    return dict(matcher.mapping)


def _annotated(graph: LayerGraph) -> nx.MultiDiGraph[str]:
    """The graph with the calls and layers as node attributes, for networkx's callbacks."""
    annotated = graph.nx.copy()
    for call in graph.calls.values():
        annotated.add_node(call.id, node=call, layer=graph.layer_of(call))
    return annotated


def _edges_match(left: dict[Any, dict[str, Any]], right: dict[Any, dict[str, Any]]) -> bool:
    def ends(edges: dict[Any, dict[str, Any]]) -> list[tuple[int, int]]:
        return sorted((edge["output"], edge["input"]) for edge in edges.values())

    return ends(left) == ends(right)


def _calls_match(left: CallNode, mine: LayerNode, right: CallNode, other: LayerNode) -> bool:
    return (
        not any(_layer_differences(mine, other))
        and len(left.output_types) == len(right.output_types)
        and all(map(_same_type, left.output_types, right.output_types))
    )


def _unequal(static: LayerGraph, built: LayerGraph, pairs: Pairs) -> Iterator[str]:
    """Differences under a pairing of the calls; nothing if the pairing is an isomorphism."""
    layers: dict[str, str] = {}
    for mine, other in ((key, pairs[key]) for key in static.calls if key in pairs):
        left, right = static.calls[mine], built.calls[other]
        label = _label(static.layer_of(left))
        first = left.layer not in layers
        if layers.setdefault(left.layer, right.layer) != right.layer:
            yield f"layer {label}: one layer in source, several as built"
        if first:
            yield from _layer_differences(static.layer_of(left), built.layer_of(right))
        yield from _call_differences(label, left, right, pairs)
    if len(set(layers.values())) < len(layers):
        yield "a layer made several times in source is one layer as built"
    yield from _uncalled(static, built, layers)
    for what, ours, theirs in (
        ("input", flatten(static.inputs), flatten(built.inputs)),
        ("output", flatten(static.outputs), flatten(built.outputs)),
    ):
        if len(ours) != len(theirs):
            yield f"model: {len(ours)} {what}s in source, {len(theirs)} as built"
        elif any(
            (pairs.get(a.call), a.output) != (b.call, b.output)
            for a, b in zip(ours, theirs, strict=True)
        ):
            yield f"model: other {what}s in source than as built"


def _uncalled(static: LayerGraph, built: LayerGraph, layers: Pairs) -> Iterator[str]:
    """Layers without calls (a Sequential that is not built yet) are compared in order."""
    ours = [layer for key, layer in static.layers.items() if key not in layers]
    known = set(layers.values())
    theirs = [layer for key, layer in built.layers.items() if key not in known]
    if len(ours) != len(theirs):
        yield f"model: {len(static.layers)} layers in source, {len(built.layers)} as built"
        return
    for mine, other in zip(ours, theirs, strict=True):
        yield from _layer_differences(mine, other)


def _layer_differences(mine: LayerNode, other: LayerNode) -> Iterator[str]:
    label = _label(mine)
    if mine.cls != other.cls and not {mine.cls, other.cls} <= _FUNCTIONAL:
        yield f"layer {label}: {mine.cls} in source, {other.cls} as built"
        return
    if not mine.generated_name and not mine.is_operation and mine.name != other.name:
        yield f"layer {label}: named '{mine.name}' in source, '{other.name}' as built"
    for what, ours, theirs in (
        ("params", mine.params, other.params),
        ("trainable params", mine.trainable_params, other.trainable_params),
    ):
        if is_known(ours) and is_known(theirs) and ours != theirs:
            yield f"layer {label}: {what} {ours} in source, {theirs} as built"
    # Bidirectional holds a second, derived layer that source need not list.
    for inner, built_inner in zip(_held(mine), _held(other), strict=False):
        if inner.cls != built_inner.cls:
            yield f"layer {label}: wraps {inner.cls} in source, {built_inner.cls} as built"
    if mine.model is not None and other.model is not None:
        for line in difference(mine.model, other.model):
            yield f"in {label}: {line}"


def _held(layer: LayerNode) -> list[LayerNode]:
    """What a wrapper holds; ``RNN([a, b])`` holds its cells, though Keras stacks them first."""
    held: list[LayerNode] = []
    for inner in layer.wrapped:
        held.extend(inner.wrapped if inner.cls == "StackedRNNCells" else [inner])
    return held


def _call_differences(label: str, left: CallNode, right: CallNode, pairs: Pairs) -> Iterator[str]:
    ours = [(pairs.get(ref.call, ref.call), ref.output) for ref in left.all_inputs()]
    theirs = [(ref.call, ref.output) for ref in right.all_inputs()]
    if ours != theirs:
        yield f"layer {label}: takes other tensors in source than as built"
    if len(left.output_types) != len(right.output_types):
        yield (
            f"layer {label}: {len(left.output_types)} outputs in source, "
            f"{len(right.output_types)} as built"
        )
        return
    for mine, other in zip(left.output_types, right.output_types, strict=True):
        if not same_shape(mine.shape, other.shape):
            yield f"layer {label}: output {mine.shape} in source, {other.shape} as built"
        elif not _same_type(mine, other):
            yield f"layer {label}: output {mine.dtype} in source, {other.dtype} as built"
    for ours_masked, theirs_masked in zip(left.masked, right.masked, strict=False):
        if None not in (ours_masked, theirs_masked) and ours_masked != theirs_masked:
            words = [("" if mask else "not ") + "masked" for mask in (ours_masked, theirs_masked)]
            yield f"layer {label}: output {words[0]} in source, {words[1]} as built"


def _census(static: LayerGraph, built: LayerGraph) -> list[str]:
    """What can be said of two graphs whose calls cannot be paired."""
    lines: list[str] = []
    ours, theirs = _classes(static), _classes(built)
    for cls in sorted({*ours, *theirs}):
        if ours[cls] != theirs[cls]:
            lines.append(f"calls of {cls}: {ours[cls]} in source, {theirs[cls]} as built")
    return lines or ["the same calls are connected otherwise in source than as built"]


def _classes(graph: LayerGraph) -> Counter[str]:
    name: Callable[[CallNode], str] = lambda call: graph.layer_of(call).cls  # noqa: E731
    return Counter(name(call) for call in graph.calls.values())


def _label(layer: LayerNode) -> str:
    return f"{layer.cls} '{layer.name}'"
