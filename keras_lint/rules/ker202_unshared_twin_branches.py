"""Two inputs are compared after equal but separate layer stacks.

What it does
    Finds a difference (``Subtract``, ``a - b``) or similarity (``Dot``) of two tensors that come
    from two inputs of equal shape through layer stacks that are equal, layer by layer and
    argument by argument, but are different objects with weights of their own.

Why it matters
    Comparing two things needs one measure for both: a siamese network calls the same layers on
    each input. With separate weights the two codes live in different spaces, their difference
    means nothing at first, and the network has twice the weights to learn.

When it stays silent
    When the stacks differ in anything, share a layer with weights, or start from given weights;
    when the inputs differ in shape or type; when their names say that they are different things
    (``user`` and ``item``), for ``Dot`` also when no names say that they are alike; when a branch
    is used for something else besides; and for every other merge: two towers that are
    concatenated or added are ordinary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode, TensorRef
from keras_lint.model.dims import UNKNOWN, is_known
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Claim, Fix, Share
from keras_lint.model.tensors import flatten
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import ancestors, display, every_call_known, has_weights, layer_span

_DIFFERENCE = "Subtract"
_COMPARISONS = frozenset({_DIFFERENCE, "Dot"})
_SIDES = re.compile(
    r"\d+|(?:^|[_\-. ])(?:a|b|l|r|x|y|left|right|first|second|one|two|anchor|positive|negative|"
    r"before|after)(?=$|[_\-. ])",
    re.IGNORECASE,
)
_NOT_COMPARED = frozenset({"name", "registered_name", "build_config", "module", "shared_object_id"})


class _Undecided(Exception):
    """Something of a branch is not known, so nothing can be said of it."""


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each comparison of two unshared twins."""
    if graph.kind == "fragment" or not every_call_known(graph):
        return
    for call in graph.calls.values():
        refs = call.all_inputs()
        if graph.layer_of(call).cls not in _COMPARISONS or len(refs) != 2:
            continue
        if call.problem is not None or not _used_for_comparison_only(graph, refs):
            continue
        first, second = (graph.calls[ref.call] for ref in refs)
        if not _twins(graph, call, refs):
            continue
        start, twin = _first_weighted(graph, first), _first_weighted(graph, second)
        if start is None or twin is None:
            continue
        span, other = layer_span(graph.layer_of(twin)), layer_span(graph.layer_of(start))
        if span is None:
            continue
        kind = "difference" if graph.layer_of(call).cls == _DIFFERENCE else "similarity"
        yield rule.finding(
            graph,
            span,
            f"this branch repeats the other one, from {display(graph.layer_of(twin))} on, with "
            f"weights of its own, although only the {kind} of the two is used",
            call=twin,
            hint="make the layers once and call them on both inputs",
            fix=_fix(graph, refs),
            related=(Related(other, "the branch it repeats starts here"),) if other else (),
        )


def _used_for_comparison_only(graph: LayerGraph, refs: list[TensorRef]) -> bool:
    """Whether both tensors go into comparisons of the two and nowhere else."""
    calls = {ref.call for ref in refs}
    if len(calls) != 2 or calls & {ref.call for ref in flatten(graph.outputs)}:
        return False
    for ref in refs:
        for consumer in graph.consumers(graph.calls[ref.call]):
            if graph.layer_of(consumer).cls not in _COMPARISONS:
                return False
            if {taken.call for taken in consumer.all_inputs()} != calls:
                return False
    return True


def _twins(graph: LayerGraph, call: CallNode, refs: list[TensorRef]) -> bool:
    first, second = (ancestors(graph, graph.calls[ref.call]) for ref in refs)
    if first & second or len(first) != len(second):
        return False
    inputs = [
        [key for key in sorted(side) if graph.layer_of(key).cls == "InputLayer"]
        for side in (first, second)
    ]
    if [len(side) for side in inputs] != [1, 1]:
        return False
    for side in (first, second):
        for key in side - {ref.call for ref in refs}:
            if any(user.id not in side for user in graph.consumers(graph.calls[key])):
                return False  # an inner tensor serves another purpose
    weighted = [_weighted(graph, side) for side in (first, second)]
    if not weighted[0] or not weighted[1] or weighted[0] & weighted[1]:
        return False
    names = [graph.layer_of(side[0]) for side in inputs]
    if not _alike(names[0], names[1], must_be_named=graph.layer_of(call).cls != _DIFFERENCE):
        return False
    try:
        return _form(graph, refs[0], {}) == _form(graph, refs[1], {})
    except _Undecided:
        return False


def _weighted(graph: LayerGraph, side: set[str]) -> set[str]:
    return {graph.calls[key].layer for key in side if has_weights(graph.layer_of(key))}


def _alike(first: LayerNode, second: LayerNode, *, must_be_named: bool) -> bool:
    """Whether two inputs' names differ only in what tells two sides apart."""
    if first.generated_name and second.generated_name:
        return not must_be_named
    if first.generated_name or second.generated_name:
        return False
    return _SIDES.sub("", first.name) == _SIDES.sub("", second.name)


def _form(graph: LayerGraph, ref: TensorRef, made: dict[str, Any]) -> tuple[Any, ...]:
    """What computes a tensor, as a value: equal for equal computations by whatever objects.

    Raises:
        _Undecided: part of it is not known.
    """
    call = graph.calls[ref.call]
    if call.id not in made:
        layer = graph.layer_of(call)
        if layer.cls == "InputLayer":
            kind = call.output_types[0]
            if not kind.shape.is_complete:
                raise _Undecided
            made[call.id] = ("InputLayer", str(kind.shape), kind.dtype)
        else:
            inputs = [_form(graph, source, made) for source in call.all_inputs()]
            made[call.id] = (_layer_form(layer), tuple(inputs), tuple(n for n, _ in call.extra))
    return (ref.output, made[call.id])


def _fix(graph: LayerGraph, refs: list[TensorRef]) -> Fix | None:
    """Each layer with weights made once, if every one of them has a place of its own."""
    sides = [_in_order(graph, ref, []) for ref in refs]
    pairs = [(graph.layer_of(a), graph.layer_of(b)) for a, b in zip(*sides, strict=True)]
    changes: dict[tuple[str, str], Share] = {}
    for one, other in pairs:
        if not has_weights(one):
            continue
        if one.origin is None or other.origin is None:
            return None
        places = sorted((one.origin.span, other.origin.span))
        if places[0] == places[1]:
            return None
        name = f"shared_{one.cls.lower()}"
        taken = {change.name for change in changes.values()}
        if name in taken:
            name = f"{name}_{len(taken) + 1}"
        changes.setdefault((one.id, other.id), Share(places[0], places[1], name))
    claim = Claim(unshared=True)
    return Fix("make the layers once", tuple(changes.values()), safe=False, claim=claim)


def _in_order(graph: LayerGraph, ref: TensorRef, found: list[CallNode]) -> list[CallNode]:
    """The calls that lead to a tensor, inputs first, in an order that twins have alike."""
    call = graph.calls[ref.call]
    if call not in found:
        for source in call.all_inputs():
            _in_order(graph, source, found)
        found.append(call)
    return found


def _layer_form(layer: LayerNode) -> tuple[Any, ...]:
    if layer.model is not None:
        outputs = flatten(layer.model.outputs)
        if not outputs or not layer.model.followed:
            raise _Undecided
        made: dict[str, Any] = {}
        return (layer.cls, tuple(_form(layer.model, ref, made) for ref in outputs))
    if layer.cls == "Lambda" or not is_known(layer.params):
        raise _Undecided
    config = {key: value for key, value in layer.config.items() if key not in _NOT_COMPARED}
    if config.get("weights") is not None:
        raise _Undecided
    wrapped = tuple(_wrapped_form(inner) for inner in layer.wrapped)
    return (layer.cls, layer.params, layer.trainable, _plain(config), wrapped)


def _wrapped_form(layer: LayerNode) -> tuple[Any, ...]:
    if layer.model is not None:
        return _layer_form(layer)
    return (layer.cls, layer.trainable, _plain(layer.config))


def _plain(value: Any) -> Any:
    """A configuration value as something hashable, names of layers left out."""
    if value is UNKNOWN or callable(value):
        raise _Undecided
    if isinstance(value, Mapping):
        if any(str(key).startswith("$") for key in value):
            raise _Undecided
        return tuple((key, _plain(value[key])) for key in sorted(value) if key not in _NOT_COMPARED)
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item) for item in value)
    return str(value) if not isinstance(value, (int, float, bool, type(None))) else value


def _first_weighted(graph: LayerGraph, end: CallNode) -> CallNode | None:
    """The first call with weights on the way to ``end``, in the order of the calls."""
    side = ancestors(graph, end)
    for call in graph.calls.values():
        if call.id in side and has_weights(graph.layer_of(call)):
            return call
    return None


RULE = Rule(
    code="KER202",
    name="unshared-twin-branches",
    level="warning",
    confirm="graph",
    fix="unsafe",
    summary="two equal branches with separate weights are compared; one shared branch was meant",
    check=check,
    public=(0, 0),
    invalid=(
        """\
import keras
from keras import layers

left, right = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
a = layers.Flatten()(layers.Conv2D(8, 3)(left))
b = layers.Flatten()(layers.Conv2D(8, 3)(right))  # expect: KER202
model = keras.Model([left, right], layers.Subtract()([a, b]))
""",
        """\
import keras
from keras import layers


def encode(sentence):
    return layers.LSTM(16)(layers.Embedding(1000, 32)(sentence))  # expect: KER202


first = keras.Input((20,), name="sentence_1")
second = keras.Input((20,), name="sentence_2")
score = layers.Dot(axes=1, normalize=True)([encode(first), encode(second)])
model = keras.Model([first, second], score)
""",
        """\
import tensorflow as tf

one = tf.keras.Input((4,))
two = tf.keras.Input((4,))
score_one = tf.keras.layers.Dense(1)(one)
score_two = tf.keras.layers.Dense(1)(two)  # expect: KER202
model = tf.keras.Model([one, two], score_one - score_two)
""",
    ),
    fixed=(
        """\
import keras
from keras import layers

left, right = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
shared_conv2d = layers.Conv2D(8, 3)
a = layers.Flatten()(shared_conv2d(left))
b = layers.Flatten()(shared_conv2d(right))
model = keras.Model([left, right], layers.Subtract()([a, b]))
""",
        "",
        """\
import tensorflow as tf

one = tf.keras.Input((4,))
two = tf.keras.Input((4,))
shared_dense = tf.keras.layers.Dense(1)
score_one = shared_dense(one)
score_two = shared_dense(two)
model = tf.keras.Model([one, two], score_one - score_two)
""",
    ),
    valid=(
        """\
import keras
from keras import layers

left, right = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
conv, flatten = layers.Conv2D(8, 3), layers.Flatten()
model = keras.Model(
    [left, right], layers.Subtract()([flatten(conv(left)), flatten(conv(right))])
)
""",
        """\
import keras
from keras import layers

user, item = keras.Input((16,), name="user"), keras.Input((16,), name="item")
score = layers.Dot(axes=1)([layers.Dense(8)(user), layers.Dense(8)(item)])
model = keras.Model([user, item], score)
""",
        """\
import keras
from keras import layers

a, b = keras.Input((16,)), keras.Input((16,))
joined = layers.Concatenate()([layers.Dense(8)(a), layers.Dense(8)(b)])
model = keras.Model([a, b], joined)
""",
        """\
import keras
from keras import layers

state = keras.Input((8,))
value = layers.Dense(4)(state)
advantage = layers.Dense(4)(state)
model = keras.Model(state, layers.Subtract()([value, advantage]))
""",
    ),
)
