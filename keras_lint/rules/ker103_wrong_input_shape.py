"""The model's input shape does not have the axes that its first layer needs.

What it does
    Finds ``Input(shape=...)``, ``InputLayer(...)``, ``input_shape=`` and ``input_dim=`` that
    describe a tensor of the wrong rank for the layer that reads it: the number of samples or
    ``None`` for the batch given as well, the channel, step or feature axis left out, a number
    where a tuple is needed.

Why it matters
    Keras adds the batch axis by itself; ``shape`` describes one sample. With an axis too many or
    too few the first layer refuses its input, and ``shape=(784)`` is the number 784, not a tuple.

When it stays silent
    When the shape is not known, when some other layer can use the same input as it is (then
    KER102 points at the layer that cannot), when another layer has changed the shape in between,
    when a layer inside TimeDistributed is what refuses, when a nested model is, and when the model
    has no input shape of its own but takes that of the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Claim, Fix, Reshape
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import (
    GIVE_THE_INPUT_SHAPE,
    call_span,
    display,
    layer_span,
    needed_form,
    received_rank,
    refusals,
    refused_input,
    upstream,
)

_SHAPE_ARGUMENTS = ("shape", "batch_shape", *GIVE_THE_INPUT_SHAPE, "input_dim")


def input_at_fault(graph: LayerGraph, call: CallNode) -> CallNode | None:
    """The InputLayer call whose shape makes Keras refuse ``call``, if that is surely why."""
    problem = call.problem
    if problem is None or problem.root.kind != "rank" or graph.layer_of(call).model is not None:
        return None
    if problem.inner is not None and graph.layer_of(call).cls == "TimeDistributed":
        return None
    ref = refused_input(call)
    if ref is None:
        return None
    path = [source for source, _ in upstream(graph, ref)]
    if not path or graph.layer_of(path[-1]).cls != "InputLayer":
        return None
    if _made_by_data(graph, path[-1]):
        return None
    used = {source.id for source in path} | {call.id}
    for source in path:
        for consumer in graph.consumers(source):
            if consumer.id not in used and consumer.problem is None:
                return None  # somebody else is content with this input
    return path[-1]


def _made_by_data(graph: LayerGraph, source: CallNode) -> bool:
    """Whether Keras made an InputLayer for what a model without one was called on."""
    origin = graph.layer_of(source).origin
    if origin is None or origin.arguments:
        return False
    readers = graph.consumers(source)
    return any(call.origin is not None and call.origin.trigger == origin.span for call in readers)


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each input that the first layer after it refuses."""
    reported: set[str] = set()
    for refused, made, place in refusals(graph, "value"):
        if made is None and refused.argument in GIVE_THE_INPUT_SHAPE:
            yield _refused_shape(rule, graph, place, refused, None)
    for call in graph.problems():
        problem = call.problem
        if problem is None:
            continue
        if graph.layer_of(call).cls == "InputLayer":
            finding = _refused_by_input(rule, graph, call, problem)
            if finding is not None:
                yield finding
            continue
        source = input_at_fault(graph, call)
        if source is None or source.id in reported:
            continue
        reported.add(source.id)
        span = _shape_span(graph, source)
        if span is None:
            continue
        root = problem.root
        shape = root.received[0].shape if root.received else root.actual
        expected = needed_form(root)
        where = call_span(graph, call)
        consumer = display(graph.layer_of(call))
        yield rule.finding(
            graph,
            span,
            f"the input shape makes {shape} with the batch axis, but {consumer} needs {expected}",
            call=call,
            expected=expected,
            actual=str(shape),
            hint=_hint(root),
            related=(Related(where, f"{consumer} reads it here"),) if where else (),
            fix=_fix(graph, source, call, root),
        )


def _refused_by_input(
    rule: Rule, graph: LayerGraph, call: CallNode, problem: Problem
) -> Finding | None:
    """The shape is none at all: an int, for one."""
    span = _shape_span(graph, call)
    if (
        span is None
        or problem.kind not in ("value", "argument", "missing")
        or "shape" not in problem.argument
    ):
        return None
    return _refused_shape(rule, graph, span, problem, call)


def _refused_shape(
    rule: Rule, graph: LayerGraph, span: Span, problem: Problem, call: CallNode | None
) -> Finding:
    number = re.findall(r"\d+", problem.actual) or ["32"]
    return rule.finding(
        graph,
        span,
        f"{problem.actual} gives no input shape: Keras needs {problem.expected}",
        call=call,
        expected=problem.expected,
        actual=problem.actual,
        hint=problem.hint or f"with one axis, a tuple needs a comma: ({number[0]},)",
        fix=None if call is None else _tuple_fix(graph, call, problem),
    )


def _tuple_fix(graph: LayerGraph, call: CallNode, problem: Problem) -> Fix | None:
    """A tuple of one in place of a number."""
    given = _given(graph, call)
    if given is None or problem.kind != "value":
        return None
    change, claim = Reshape(given, single=True), _claim(graph, call)
    return Fix("make it a tuple", (change,), safe=False, claim=claim)


def _fix(graph: LayerGraph, source: CallNode, call: CallNode, root: Problem) -> Fix | None:
    """One axis less where the batch was counted too, one more where the last one is missing."""
    rank, given = received_rank(root), _given(graph, source)
    if rank is None or given is None or len(root.needs_rank) != 1:
        return None
    need = abs(root.needs_rank[0])
    claim = _claim(graph, source)
    if rank == need + 1 and root.needs_rank[0] > 0:
        change = Reshape(given, drop_first=True)
        return Fix("leave the batch out", (change,), safe=False, claim=claim)
    if rank == need - 1 and graph.layer_of(call).core.cls.startswith("Conv"):
        return Fix("add one channel", (Reshape(given, append="1"),), safe=False, claim=claim)
    return None


def _given(graph: LayerGraph, source: CallNode) -> Span | None:
    """The argument that gives the input shape."""
    readers = [graph.layer_of(consumer) for consumer in graph.consumers(source)]
    for layer in (graph.layer_of(source), *readers):
        for name in ("shape", "input_shape"):
            span = layer.origin.argument(name) if layer.origin is not None else None
            if span is not None:
                return span
    return None


def _claim(graph: LayerGraph, source: CallNode) -> Claim:
    """The input changes, and the layer that may have been given its shape."""
    readers = [graph.layer_of(consumer).name for consumer in graph.consumers(source)]
    return Claim(layers=frozenset((graph.layer_of(source).name, *readers)))


def _shape_span(graph: LayerGraph, source: CallNode) -> Span | None:
    """The Input(...) call, or the argument of the first layer that gives the input shape."""
    layer = graph.layer_of(source)
    span = layer_span(layer)
    for consumer in graph.consumers(source):
        reader = graph.layer_of(consumer)
        argument = _shape_argument(reader)
        if argument is not None and (span is None or span.contains(argument)):
            return argument
    return span


def _shape_argument(layer: LayerNode) -> Span | None:
    if layer.origin is None or layer.cls == "InputLayer":
        return None
    for name in _SHAPE_ARGUMENTS:
        span = layer.origin.argument(name)
        if span is not None:
            return span
    return None


def _hint(root: Problem) -> str:
    rank = received_rank(root)
    if rank is None or len(root.needs_rank) != 1:
        return "give the shape of one sample"
    need = abs(root.needs_rank[0])
    dims = root.received[0].shape.dims or ()
    if rank == need + 1:
        if len(dims) > 1 and dims[1] is FREE:
            return f"leave the batch axis out, Keras adds it: shape={_tuple(dims[2:])}"
        return (
            f"give the shape of one sample, without the number of samples: shape={_tuple(dims[2:])}"
        )
    if rank == need - 1:
        if need == 4:
            return f"add the channel axis: shape={_tuple((*dims[1:], 1))} for one channel"
        if need == 3:
            return "a sequence has two axes, (steps, features): add the one that is missing"
    return "give the shape of one sample, without the batch axis"


def _tuple(dims: tuple[Dim, ...]) -> str:
    texts = [str(dim) for dim in dims]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


RULE = Rule(
    code="KER103",
    name="wrong-input-shape",
    level="error",
    confirm="raise",
    summary="the input shape has the wrong number of axes for the first layer",
    check=check,
    fix="unsafe",
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Flatten

model = Sequential()
model.add(Conv2D(32, (3, 3), input_shape=(28, 28)))  # expect: KER103
model.add(Flatten())
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(1000, 30, 4))  # expect: KER103
x = layers.LSTM(32)(inputs)
model = keras.Model(inputs, x)
""",
        """\
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    layers.Input(shape=(None, 32, 32, 3)),  # expect: KER103
    layers.Rescaling(1 / 255),
    layers.Conv2D(8, 3),
])
""",
        """\
import keras

inputs = keras.Input(shape=(784))  # expect: KER103
outputs = keras.layers.Dense(10)(inputs)
model = keras.Model(inputs, outputs)
""",
    ),
    fixed=(
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Flatten

model = Sequential()
model.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))
model.add(Flatten())
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(30, 4))
x = layers.LSTM(32)(inputs)
model = keras.Model(inputs, x)
""",
        """\
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    layers.Input(shape=(32, 32, 3)),
    layers.Rescaling(1 / 255),
    layers.Conv2D(8, 3),
])
""",
        """\
import keras

inputs = keras.Input(shape=(784,))
outputs = keras.layers.Dense(10)(inputs)
model = keras.Model(inputs, outputs)
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Conv2D, Flatten

model = Sequential()
model.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))
model.add(Flatten())
""",
        """\
import keras
from keras import layers

inputs = keras.Input(shape=(28, 28))
x = layers.Reshape((28, 28, 1))(inputs)
x = layers.Conv2D(8, 3)(x)
model = keras.Model(inputs, x)
""",
        """\
import keras
from keras import layers

model = keras.Sequential([layers.Dense(4, input_dim=8), layers.Dense(1)])
""",
    ),
)
