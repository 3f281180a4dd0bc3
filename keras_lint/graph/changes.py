"""What changed in the architecture from one state of a file's models to another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.graph.serialise import config_to_json
from keras_lint.graph.weights import Loading, loadings
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import Dim
from keras_lint.model.tensors import flatten

_ALIKE = 0.5  # share of layer classes in common from which two models may be the same one
_HELD = frozenset({"layer", "backward_layer", "cell"})  # compared as what the wrapper holds
_LONGEST = 60
_ENDS = ("inputs", "outputs")

State = Literal["same", "changed", "added", "removed"]
Pair = tuple[LayerNode | None, LayerNode | None]


@dataclass(frozen=True)
class LayerChange:
    """One layer that is new, gone or otherwise than before.

    Args:
        state: never ``same``.
        cls, name: of the layer as it is now, or was if it is gone.
        details: what is otherwise, one line each: ``units 64 → 128``.
        params: before and after; None where there was or is no layer.
        shapes: output shapes before and after, in words; empty where there was or is no layer.
        inside: of a nested model, what changed in it.
    """

    state: State
    cls: str
    name: str
    details: tuple[str, ...] = ()
    params: tuple[Dim | None, Dim | None] = (None, None)
    shapes: tuple[str, str] = ("", "")
    inside: tuple[LayerChange, ...] = ()


@dataclass(frozen=True)
class ModelChange:
    """One model before and after.

    Args:
        before, after: the graphs; None where the model is new or gone.
        layers: what changed in its layers, in the order of the model.
        details: what else changed: its name, inputs, outputs.
        loading: whether old weights load, if both states are there.
        unknown: what could not be followed and so was not compared, in words.
    """

    before: LayerGraph | None
    after: LayerGraph | None
    layers: tuple[LayerChange, ...] = ()
    details: tuple[str, ...] = ()
    loading: tuple[Loading, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it is now, or was if it is gone."""
        graph = self.after or self.before
        assert graph is not None
        return graph.name

    @property
    def state(self) -> State:
        """What became of the model."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.layers or self.details else "same"


def changes(before: Iterable[LayerGraph], after: Iterable[LayerGraph]) -> list[ModelChange]:
    """What changed from some models to others; fragments and nested models have no entry.

    Args:
        before: the graphs of a file as it was.
        after: its graphs as it is.

    Returns:
        One entry for each model, in the order in which they are made now, those that are gone last.
    """
    old, new = _listed(before, after)
    pairs = _matched(old, new)
    taken = {id(graph) for graph in pairs.values()}
    found = [
        _model_change(pairs[id(graph)], graph)
        if id(graph) in pairs
        else ModelChange(None, graph, unknown=_unknown(None, graph))
        for graph in new
    ]
    found += [
        ModelChange(graph, None, unknown=_unknown(graph, None))
        for graph in old
        if id(graph) not in taken
    ]
    return found


def total(graphs: Iterable[LayerGraph | None]) -> Dim:
    """Parameters of several models together."""
    number: Dim = 0
    for graph in graphs:
        if graph is not None:
            number = number + graph.total_params
    return number


# -- models ----------------------------------------------------------------------------------------


def _listed(
    before: Iterable[LayerGraph], after: Iterable[LayerGraph]
) -> tuple[list[LayerGraph], list[LayerGraph]]:
    """The models to compare: a model that is part of another in both states is seen there."""
    old = [graph for graph in before if graph.kind != "fragment"]
    new = [graph for graph in after if graph.kind != "fragment"]
    nested = {_key(graph) for graph in _nested(old)} & {_key(graph) for graph in _nested(new)}
    own_old, own_new = (
        [graph for graph in graphs if _key(graph) not in nested] for graphs in (old, new)
    )
    return (own_old, own_new) if own_old and own_new else (old, new)


def _nested(graphs: Iterable[LayerGraph]) -> Iterator[LayerGraph]:
    for graph in graphs:
        for layer in graph.layers.values():
            if layer.model is not None:
                yield layer.model
                yield from _nested([layer.model])


def _key(graph: LayerGraph) -> tuple[str, str]:
    return graph.name, graph.kind


def _matched(old: Sequence[LayerGraph], new: Sequence[LayerGraph]) -> dict[int, LayerGraph]:
    """The old state of each new model that had one, by the new one's ``id``.

    By the name that it was given; else by equal structure; else by the name that Keras makes; else
    by what it is made of.
    """
    pairs: dict[int, LayerGraph] = {}
    left = list(old)

    def pair(graph: LayerGraph, candidates: Iterable[LayerGraph]) -> None:
        found = next(iter(candidates), None)
        if id(graph) not in pairs and found is not None:
            pairs[id(graph)] = found
            left[:] = [other for other in left if other is not found]

    for graph in new:
        if not graph.generated_name:
            pair(graph, [x for x in left if x.name == graph.name and not x.generated_name])
    for graph in new:
        if id(graph) not in pairs:
            nearest = sorted(left, key=lambda other: other.name != graph.name)
            pair(graph, (other for other in nearest if _equal(other, graph)))
    for graph in new:
        pair(graph, [other for other in left if other.name == graph.name])
    for graph in new:
        if id(graph) not in pairs and left:
            closest = max(left, key=lambda other: _likeness(other, graph))
            pair(graph, [closest] if _likeness(closest, graph) >= _ALIKE else [])
    return pairs


def _equal(old: LayerGraph, new: LayerGraph) -> bool:
    """Whether nothing distinguishes two models but names."""
    return (
        len(old.layers) == len(new.layers)
        and [_ends(old, what) for what in _ENDS] == [_ends(new, what) for what in _ENDS]
        and not any(_layer_changes(old, new, _aligned(old, new)))
    )


def _likeness(old: LayerGraph, new: LayerGraph) -> float:
    mine, theirs = (
        [layer.cls for layer in graph.layers.values() if layer.cls != "InputLayer"]
        for graph in (old, new)
    )
    matcher: SequenceMatcher[str] = SequenceMatcher(None, mine, theirs, autojunk=False)
    return matcher.ratio()


def _model_change(old: LayerGraph, new: LayerGraph) -> ModelChange:
    pairs = _aligned(old, new)
    details = []
    if old.name != new.name and not (old.generated_name and new.generated_name):
        details.append(f"name {old.name} → {new.name}")
    if old.kind != new.kind:
        details.append(f"kind {old.kind} → {new.kind}")
    if old.trainable != new.trainable and None not in (old.trainable, new.trainable):
        details.append(f"trainable {old.trainable} → {new.trainable}")
    for what in _ENDS:
        before, after = _ends(old, what), _ends(new, what)
        if before != after:
            details.append(f"{what} {before} → {after}")
    renamed = {a.name: b.name for a, b in pairs if a is not None and b is not None}
    layers = tuple(_layer_changes(old, new, pairs))
    loading = loadings(old, new, renamed)
    unknown = (*_unknown(old, new), *_uncompared(pairs))
    return ModelChange(old, new, layers, tuple(details), loading, unknown)


def _ends(graph: LayerGraph, what: str) -> str:
    refs = flatten(graph.inputs if what == "inputs" else graph.outputs)
    shapes = [
        str(graph.type_of(ref).shape)
        for ref in refs
        if ref.call in graph.calls and ref.output < len(graph.calls[ref.call].output_types)
    ]
    return ", ".join(shapes) or "none"


def _unknown(old: LayerGraph | None, new: LayerGraph | None) -> tuple[str, ...]:
    words = []
    for when, graph in (("before", old), ("after", new)):
        if graph is not None and not graph.followed:
            lost = graph.lost[0] if graph.lost else None
            where = f" at {lost.span}" if lost is not None and lost.span is not None else ""
            reason = lost.reason if lost is not None else "not followed to its end"
            words.append(f"what could not be followed {when}{where}: {reason}")
    return tuple(words)


def _uncompared(pairs: Iterable[Pair]) -> Iterator[str]:
    """Arguments that are known in neither state: they may or may not have changed."""
    for before, after in pairs:
        if before is None or after is None:
            continue
        names = [
            name
            for name, value in after.config.items()
            if name not in _HELD and _is_unknown(value) and _is_unknown(before.config.get(name))
        ]
        if names:
            yield f"{after.cls} '{after.name}': the value of {', '.join(names)}"
        yield from _uncompared(zip(before.wrapped, after.wrapped, strict=False))
        if before.model is not None and after.model is not None:
            yield from _uncompared(_aligned(before.model, after.model))


def _is_unknown(value: object) -> bool:
    return "$unknown" in json.dumps(config_to_json(value))


# -- layers ----------------------------------------------------------------------------------------


def _aligned(old: LayerGraph, new: LayerGraph) -> list[Pair]:
    """The layers of two models side by side, in the order of the new one.

    Layers with the same given name belong together, where only one has it; then the longest
    runs of equal layers; then,
    between these, layers of the same class.
    """
    mine = [layer for layer in old.layers.values() if layer.cls != "?"]
    others = [layer for layer in new.layers.values() if layer.cls != "?"]
    uses = Counter(layer.name for layer in mine) | Counter(layer.name for layer in others)
    named = {x.name: x for x in mine if not x.generated_name and uses[x.name] == 1}
    pairs: dict[str, LayerNode] = {}
    taken: set[str] = set()
    for layer in others:
        before = named.get(layer.name)
        if before is not None and not layer.generated_name and before.id not in taken:
            pairs[layer.id] = before
            taken.add(before.id)
    for signature in (_signature, _class_of):
        left = [layer for layer in mine if layer.id not in taken]
        right = [layer for layer in others if layer.id not in pairs]
        matcher = SequenceMatcher(
            None, [signature(x) for x in left], [signature(x) for x in right], autojunk=False
        )
        for block in matcher.get_matching_blocks():
            for offset in range(block.size):
                before = left[block.a + offset]
                pairs[right[block.b + offset].id] = before
                taken.add(before.id)
    return _in_order(mine, others, pairs, taken)


def _in_order(
    mine: Sequence[LayerNode],
    others: Sequence[LayerNode],
    pairs: Mapping[str, LayerNode],
    taken: set[str],
) -> list[Pair]:
    """Pairs in the new order; a layer that is gone stands after the one that it followed."""
    gone: dict[str | None, list[LayerNode]] = {}
    anchor: str | None = None
    for layer in mine:
        if layer.id in taken:
            anchor = layer.id
        else:
            gone.setdefault(anchor, []).append(layer)
    ordered: list[Pair] = [(layer, None) for layer in gone.get(None, ())]
    for layer in others:
        before = pairs.get(layer.id)
        ordered.append((before, layer))
        if before is not None:
            ordered += [(lost, None) for lost in gone.get(before.id, ())]
    return ordered


def _class_of(layer: LayerNode) -> str:
    return f"{layer.module}.{layer.cls}"


def _signature(layer: LayerNode) -> str:
    plain = {name: value for name, value in layer.config.items() if name != "name"}
    held = "".join(_signature(inner) for inner in layer.wrapped)
    return f"{_class_of(layer)} {json.dumps(config_to_json(plain), sort_keys=True)} {held}"


def _layer_changes(
    old: LayerGraph, new: LayerGraph, pairs: Sequence[Pair]
) -> Iterator[LayerChange]:
    successors = {a.id: b.id for a, b in pairs if a is not None and b is not None}
    for before, after in pairs:
        if before is None and after is not None:
            yield LayerChange(
                "added",
                after.cls,
                after.name,
                tuple(_written(after)),
                (None, after.params),
                ("", _shapes(new, after)),
            )
        elif before is not None and after is None:
            yield LayerChange(
                "removed",
                before.cls,
                before.name,
                (),
                (before.params, None),
                (_shapes(old, before), ""),
            )
        elif before is not None and after is not None:
            change = _paired(old, before, new, after, successors)
            if change is not None:
                yield change


def _paired(
    old: LayerGraph,
    before: LayerNode,
    new: LayerGraph,
    after: LayerNode,
    successors: Mapping[str, str],
) -> LayerChange | None:
    details = list(_reconfigured(before, after))
    inside: tuple[LayerChange, ...] = ()
    if before.model is not None and after.model is not None:
        inner = _aligned(before.model, after.model)
        inside = tuple(_layer_changes(before.model, after.model, inner))
    shapes = _shapes(old, before), _shapes(new, after)
    fed = [_feeders(old, before, set(successors)), _feeders(new, after, set(successors.values()))]
    if [successors[key] for key in fed[0]] != fed[1]:
        names = [
            ", ".join(graph.layers[key].name for key in keys) or "nothing"
            for graph, keys in zip((old, new), fed, strict=True)
        ]
        details.append(f"takes {names[0]} → {names[1]}")
    calls = len(old.calls_of(before)), len(new.calls_of(after))
    if calls[0] != calls[1]:
        details.append(f"called {calls[0]} → {calls[1]} times")
    params = before.params, after.params
    if not details and not inside and params[0] == params[1] and shapes[0] == shapes[1]:
        return None
    return LayerChange("changed", after.cls, after.name, tuple(details), params, shapes, inside)


def _reconfigured(before: LayerNode, after: LayerNode) -> Iterator[str]:
    if _class_of(before) != _class_of(after):
        yield f"class {before.cls} → {after.cls}"
        return
    given = not before.generated_name or not after.generated_name
    if given and before.name != after.name:
        yield f"name {before.name} → {after.name}"
    for name in dict.fromkeys((*before.config, *after.config)):
        if name in ("name", "trainable") or name in _HELD:
            continue
        mine, theirs = (config_to_json(layer.config.get(name)) for layer in (before, after))
        if mine != theirs:
            yield f"{name} {_text(mine)} → {_text(theirs)}"
    if before.trainable != after.trainable:
        yield f"trainable {before.trainable} → {after.trainable}"
    if len(before.wrapped) != len(after.wrapped):
        yield f"holds {len(before.wrapped)} → {len(after.wrapped)} layers"
        return
    for inner, other in zip(before.wrapped, after.wrapped, strict=True):
        yield from (f"{other.cls} inside: {line}" for line in _reconfigured(inner, other))


def _written(layer: LayerNode) -> Iterator[str]:
    """The few arguments that say most about a layer that is new."""
    for name in ("units", "filters", "kernel_size", "rate", "pool_size", "input_dim", "output_dim"):
        value = config_to_json(layer.config.get(name))
        if value is not None:
            yield f"{name} {_text(value)}"
    yield from (f"holds {inner.cls}" for inner in layer.wrapped)


def _feeders(graph: LayerGraph, layer: LayerNode, known: set[str]) -> list[str]:
    """Ids of the layers whose output a layer takes, looking through those not in ``known``.

    A layer that came between two others does not make them otherwise connected.
    """
    found: list[str] = []
    for call in graph.calls_of(layer):
        for producer in graph.producers(call):
            found += _through(graph, producer, known)
    return found


def _through(graph: LayerGraph, call: CallNode, known: set[str]) -> list[str]:
    pending, found, seen = [call], [], set()
    while pending:
        node = pending.pop()
        if node.layer in known:
            found.append(node.layer)
        elif node.id not in seen:
            seen.add(node.id)
            pending += reversed(graph.producers(node))
    return found


def _shapes(graph: LayerGraph, layer: LayerNode) -> str:
    calls = graph.calls_of(layer)[:1]
    return ", ".join(str(kind.shape) for call in calls for kind in call.output_types)


def _text(value: Any) -> str:
    """A configuration value as one would write it."""
    if isinstance(value, dict):
        if "$unknown" in value:
            return "?"
        inner = value.get("$symbol") or value.get("$object")
        if inner is not None:
            text = str(inner)
        elif "class_name" in value:
            given = value.get("config") or {}
            said = ", ".join(f"{name}={_text(item)}" for name, item in given.items())
            text = f"{value['class_name']}({said})"
        else:
            text = str(value)
    elif isinstance(value, list):
        text = "(" + ", ".join(_text(item) for item in value) + ")"
    else:
        text = repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
