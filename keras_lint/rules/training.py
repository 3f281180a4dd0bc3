"""Questions the rules about training ask: what is compared with what, by which loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode, TensorRef
from keras_lint.keras_api.losses import LossFamily, loss_family, loss_name
from keras_lint.model.data import ArraySpec, DataTree
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import UNKNOWN
from keras_lint.model.findings import Finding, Related
from keras_lint.model.fixes import Fix
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Span
from keras_lint.model.tensors import TensorType, flatten
from keras_lint.model.training import Compiled, Made, Own, Setting, Step, Unclear
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import layer_span

T = TypeVar("T")


@dataclass(frozen=True)
class Loss:
    """One loss of Keras, as it is used.

    Args:
        name: folded: ``categoricalcrossentropy``.
        family: how it compares shapes; None if that is not known.
        logits: whether it takes logits; None if that is not known.
        arguments: what it was made with.
        complete: whether these are all.
        span: of the call that makes it; None if it is a string, or made elsewhere.
        given: the argument itself.
    """

    name: str
    family: LossFamily | None
    logits: bool | None
    arguments: Mapping[str, Setting]
    complete: bool
    span: Span | None = None
    given: Setting = None


@dataclass(frozen=True)
class Output:
    """One output of a model, what it is compared with, and how.

    Args:
        call: that makes it, and ``layer`` of it.
        type: what comes out on the data given, where that is known; else what the graph says.
        loss: None where there is none or it is not known.
        labels: None where there are none or they are not known.
        metrics: what the output is measured by; empty where that is not known.
        batch: how many samples the first batch has; None if that is not known.
    """

    call: CallNode
    layer: LayerNode
    type: TensorType
    loss: Loss | None
    labels: ArraySpec | None
    metrics: tuple[Setting, ...] = ()
    batch: int | None = None

    @property
    def width(self) -> int | None:
        """The length of the last axis; None where it is not known."""
        last = self.type.shape.dims[-1] if self.type.shape.dims else None
        return last if isinstance(last, int) else None


def loss_of(setting: Setting) -> Loss | None:
    """The loss that an argument of ``compile`` stands for; None if it is none of Keras's own."""
    if isinstance(setting, str):
        name = loss_name(setting)
        return (
            None if name is None else Loss(name, loss_family(name), False, {}, True, None, setting)
        )
    if not isinstance(setting, Made) or not setting.path.startswith("keras."):
        return None
    name = loss_name(setting.path)
    if name is None:
        return None
    given = setting.arguments.get("from_logits", False)
    logits = given if isinstance(given, bool) and setting.complete else None
    made = setting.span if setting.called else None
    family = loss_family(name)
    return Loss(name, family, logits, setting.arguments, setting.complete, made, setting)


def outputs_of(graph: LayerGraph) -> list[TensorRef] | None:
    """The outputs of a model in order; None where they are not known or nested in another way."""
    refs = flatten(graph.outputs)
    nested = graph.outputs
    if not refs or any(ref.call not in graph.calls for ref in refs):
        return None
    if isinstance(nested, TensorRef):
        return [nested]
    if isinstance(nested, dict) or not all(isinstance(item, TensorRef) for item in nested):
        return None
    return refs


def output_names(graph: LayerGraph) -> list[str] | None:
    """How Keras calls the outputs; None where any name is of Keras's making, or not known."""
    refs = outputs_of(graph)
    if refs is None:
        return None
    layers = [graph.layer_of(ref.call) for ref in refs]
    if any(layer.generated_name for layer in layers):
        return None
    return [layer.name for layer in layers]


@dataclass(frozen=True)
class _Pairing:
    """How Keras pairs the outputs of a model with what is given for them.

    Args:
        refs: the outputs, in Keras's order.
        names: by which they are paired with a dict: of the layers, or the keys of such outputs.
        ordered: whether lists are paired with them in order.
    """

    refs: list[TensorRef]
    names: list[str]
    ordered: bool = True

    def spread(self, given: Mapping[str, T] | Sequence[T]) -> list[T] | None:
        """What is given for each output; None where it cannot be told apart."""
        if isinstance(given, Mapping):
            fits = set(given) == set(self.names)
            return [given[name] for name in self.names] if fits else None
        return list(given) if self.ordered and len(given) == len(self.refs) else None


def _pairing(graph: LayerGraph) -> _Pairing | None:
    refs, nested = outputs_of(graph), graph.outputs
    if refs is not None:
        return _Pairing(refs, [graph.layer_of(ref.call).name for ref in refs])
    named = flatten(nested)
    plain = isinstance(nested, dict) and all(isinstance(x, TensorRef) for x in nested.values())
    if not plain or not named or any(ref.call not in graph.calls for ref in named):
        return None
    assert isinstance(nested, dict)
    return _Pairing(named, sorted(nested), ordered=False)


def compared(graph: LayerGraph, step: Step) -> Iterator[Output]:
    """Each output of the model with its loss and labels, as far as they can be told apart."""
    pairing = _pairing(graph)
    if pairing is None or step.compiled is None or step.data is None:
        return
    types = [] if step.outputs is None else flatten(step.outputs)
    if step.output is not None and step.output < len(pairing.refs):  # the only one compared
        only = slice(step.output, step.output + 1)
        pairing, types = _Pairing(pairing.refs[only], pairing.names[only]), types[only]
    losses = _parts(step.compiled.arguments.get("loss"), pairing)
    labels = _labels(step.data.y, pairing)
    metrics = _metrics(step.compiled.arguments.get("metrics"), pairing)
    for index, ref in enumerate(pairing.refs):
        layer = graph.layer_of(ref.call)
        known = types[index] if len(types) == len(pairing.refs) else graph.type_of(ref)
        label = labels[index]
        yield Output(
            graph.calls[ref.call],
            layer,
            known,
            loss_of(losses[index]),
            label if label is None or not label.lost else None,
            metrics[index],
            batch_of(step),
        )


def _parts(setting: Setting, pairing: _Pairing) -> list[Setting]:
    """The part of each output in an argument of ``compile``; unclear where it cannot be told."""
    count = len(pairing.refs)
    if isinstance(setting, (tuple, Mapping)):
        return pairing.spread(setting) or [Unclear()] * count
    return [setting] if count == 1 and pairing.ordered else [Unclear()] * count


def _metrics(setting: Setting, pairing: _Pairing) -> list[tuple[Setting, ...]]:
    """What each output is measured by; empty where it cannot be told."""
    nothing: list[tuple[Setting, ...]] = [()] * len(pairing.refs)
    if isinstance(setting, Mapping):
        known = set(setting) <= set(pairing.names)
        return [_as_tuple(setting.get(name)) for name in pairing.names] if known else nothing
    if len(pairing.refs) == 1:
        return [_as_tuple(setting)] if pairing.ordered else nothing
    parts = pairing.spread(setting) if isinstance(setting, tuple) else None
    told_apart = parts is not None and all(isinstance(part, tuple) for part in parts)
    return [_as_tuple(part) for part in parts] if parts and told_apart else nothing


def _as_tuple(setting: Setting) -> tuple[Setting, ...]:
    if isinstance(setting, tuple):
        return setting
    return () if setting is None else (setting,)


def _labels(tree: DataTree | None, pairing: _Pairing) -> list[ArraySpec | None]:
    nothing: list[ArraySpec | None] = [None] * len(pairing.refs)
    if tree is None:
        return nothing
    if isinstance(tree, ArraySpec):
        return [tree] if len(pairing.refs) == 1 and pairing.ordered else nothing
    found = pairing.spread(tree) or []
    return [item if isinstance(item, ArraySpec) else None for item in found] or nothing


def fed(graph: LayerGraph, step: Step) -> Iterator[tuple[CallNode, ArraySpec]]:
    """Each input of the model with the array that it is given, as far as they can be told apart."""
    refs = flatten(graph.inputs)
    tree = None if step.data is None else step.data.x
    if tree is None or not refs or any(ref.call not in graph.calls for ref in refs):
        return
    calls = [graph.calls[ref.call] for ref in refs]
    if isinstance(tree, dict):
        for call in calls:
            leaf = tree.get(graph.layer_of(call).name)
            if isinstance(leaf, ArraySpec) and not leaf.lost:
                yield call, leaf
        return
    leaves = flatten(tree)
    if len(leaves) == len(calls):
        yield from ((c, leaf) for c, leaf in zip(calls, leaves, strict=True) if not leaf.lost)


def first_users(graph: LayerGraph, call: CallNode, passed: frozenset[str]) -> list[CallNode]:
    """The calls that take what ``call`` gives, behind layers whose classes are ``passed``."""
    found: list[CallNode] = []
    pending = graph.consumers(call)
    while pending:
        user = pending.pop()
        if graph.layer_of(user).cls in passed and len(user.all_inputs()) == 1:
            pending += graph.consumers(user)
        else:
            found.append(user)
    return found


def steps(analysis: FileAnalysis) -> Iterator[tuple[int, Step, LayerGraph]]:
    """The training calls for which nobody prepared an exception, with index and model."""
    for index, step in enumerate(analysis.steps):
        graph = analysis.traced.get(index, analysis.graphs[step.graph])
        if not step.caught and not any(True for _ in graph.problems()):
            yield index, step, graph


def sound(step: Step) -> bool:
    """Whether the data get as far as the labels."""
    return step.problem is None and step.data is not None and step.has_labels


def held_out(step: Step) -> Step | None:
    """The same step on its validation data, where the model gives outputs of the same shape."""
    data, held = step.data, step.validation
    if data is None or held is None or held.lost or step.validation_problem is not None:
        return None
    if step.arguments.get("validation_freq") not in (None, 1):
        return None  # it may never come to it
    own, other = ([leaf.shape.dims for leaf in flatten(spec.x)] for spec in (data, held))
    if None in own or [dims and dims[1:] for dims in own] != [dims and dims[1:] for dims in other]:
        return None
    return replace(step, data=replace(held, batch_size=UNKNOWN))


def batch_of(step: Step) -> int | None:
    """How many samples the first batch has; None if that is not known."""
    data = step.data
    if data is None or not isinstance(data.batch_size, int):
        return None
    if data.kind != "arrays":
        return data.batch_size
    count = data.samples
    if not isinstance(count, int):
        return None
    return min(count, data.batch_size) if step.method in ("fit", "evaluate") else count


def shown(setting: Setting) -> str:
    """A setting in a message."""
    if isinstance(setting, str):
        return f'"{setting}"'
    if isinstance(setting, Made):
        return setting.path.rpartition(".")[2]
    return setting.name if isinstance(setting, Own) else str(setting)


@dataclass(frozen=True)
class Mistake:
    """What is wrong with how an output is compiled: the words of a finding, and its fix."""

    message: str
    expected: str = ""
    actual: str = ""
    hint: str = ""
    fix: Fix | None = None


def compile_findings(
    rule: Rule,
    analysis: FileAnalysis,
    argument: str,
    mistake_of: Callable[[LayerGraph, Compiled, Output], Mistake | None],
) -> Iterator[Finding]:
    """One finding for each output of each ``compile`` in whose ``argument`` there is a mistake.

    It stands at the argument and points at the layer that makes the output. Only a ``compile`` is
    looked at after which the model is given labels.
    """
    seen = set()
    for index, step, graph in steps(analysis):
        compiled = step.compiled
        if compiled is None or not step.has_labels:
            continue
        place = compiled.spans.get(argument, compiled.span)
        for output in compared(graph, step):
            mistake = mistake_of(graph, compiled, output)
            if mistake is None or (place, output.layer.id) in seen:
                continue
            seen.add((place, output.layer.id))
            last = layer_span(output.layer)
            yield step_finding(
                rule,
                analysis,
                index,
                mistake.message,
                span=place,
                call=output.call,
                expected=mistake.expected,
                actual=mistake.actual,
                hint=mistake.hint,
                related=() if last is None else (Related(last, "the output"),),
                fix=mistake.fix,
            )


def step_finding(
    rule: Rule,
    analysis: FileAnalysis,
    index: int,
    message: str,
    *,
    span: Span | None = None,
    call: CallNode | None = None,
    expected: str = "",
    actual: str = "",
    hint: str = "",
    related: tuple[Related, ...] = (),
    on_validation: bool = False,
    fix: Fix | None = None,
) -> Finding:
    """A finding about one training call; it points at the call unless told otherwise."""
    step = analysis.steps[index]
    traced = analysis.traced.get(index)
    graph = analysis.graphs[step.graph] if traced is None else traced
    finding = rule.finding(
        graph,
        span or step.span,
        message,
        call=call,
        expected=expected,
        actual=actual,
        hint=hint,
        related=related,
        fix=fix,
    )
    return replace(
        finding,
        graph=step.graph,
        step=index,
        on_validation=on_validation,
        call=finding.call if traced is None else None,
    )


def refusal(problem: Problem) -> str:
    """Why a model refuses its data, as the end of a sentence."""
    root = problem.root
    return f"{root.layer} expects {root.expected}, got {root.actual}"
