"""Calls of ours for models that the program only builds on data: on an input of the known shape."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE
from keras_lint.model.spans import Origin, Span
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape, TensorType
from keras_lint.verify.assumptions import Quantities

if TYPE_CHECKING:
    from keras_lint.verify.replay import Source

_INPUT = "keras_lint_input"
_PLACEHOLDERS = ("?", "InputLayer")


@dataclass(frozen=True)
class Probe:
    """What to build or call at the end of a replay.

    Args:
        name: a variable of the module, or a class of it that nobody makes an instance of.
        is_class: whether it is a class.
        build: whether it is a Sequential to be built, not something to be called.
        inputs: what it is to be given; parts not known are assumed.
        only_made: whether it is made and not called.
    """

    name: str
    is_class: bool
    build: bool
    inputs: tuple[TensorType, ...]
    only_made: bool = False

    def lines(self, source: Source, quantities: Quantities) -> list[str] | None:
        """The lines that do it; None if no arguments can be made up."""
        if self.only_made:
            alone = _instance(source, self.name, quantities)
            return None if alone is None else [alone]
        shapes = [_written(kind.shape, quantities) for kind in self.inputs]
        if None in shapes:
            return None
        if self.build:
            return [f"{self.name}.build({shapes[0]})"]
        made = _instance(source, self.name, quantities) if self.is_class else self.name
        if made is None:
            return None
        tensors = [
            f"{_INPUT}(batch_shape={shape}, dtype={kind.dtype or 'float32'!r})"
            for shape, kind in zip(shapes, self.inputs, strict=True)
        ]
        given = tensors[0] if len(tensors) == 1 else f"[{', '.join(tensors)}]"
        return [f"from keras import Input as {_INPUT}", f"{made}({given})"]


def find_probe(source: Source, graph: LayerGraph) -> Probe | None:
    """How to build what the program itself leaves to data; None where it builds it itself."""
    origins = [*(call.origin for call in graph.calls.values()), graph.origin]
    cls = next((span for origin in origins for span in class_spans(origin)), None)
    name = _variable(source, graph.origin.span) if graph.origin is not None else None
    if graph.kind == "sequential":
        triggers = {c.origin.trigger for c in graph.calls.values() if c.origin is not None}
        fed = any(span is not None and _is_fed(source, span) for span in triggers)
        if name is None or (graph.inputs and not fed):
            return None
        return Probe(name, False, True, _inputs(graph)[:1])
    if cls is None:
        return None
    if name is not None:
        return Probe(name, False, False, _inputs(graph))
    node = next(
        (
            statement.node
            for statement in source.statements.values()
            if isinstance(statement.node, ast.ClassDef)
            and statement.parent is None
            and source.span(statement.node).line == cls.line
        ),
        None,
    )
    return Probe(node.name, True, False, _inputs(graph)) if node is not None else None


def class_spans(origin: Origin | None) -> list[Span]:
    """Places on the stack that are no calls but the class whose method was called by nobody."""
    if origin is None:
        return []
    return [span for span in origin.stack if span.contains(origin.span)]


def _inputs(graph: LayerGraph) -> tuple[TensorType, ...]:
    found = tuple(
        kind
        for call in graph.calls.values()
        if graph.layer_of(call).cls in _PLACEHOLDERS and not call.all_inputs()
        for kind in call.output_types
    )
    return found or (TensorType(UNKNOWN_SHAPE),)


def _is_fed(source: Source, span: Span) -> bool:
    """Whether a place is a call that gives data to a model."""
    text = source.lines[span.line - 1][span.column - 1 :]
    head = text.partition("(")[0]
    return head.rpartition(".")[2] in ("fit", "predict", "evaluate", "train_on_batch")


def _variable(source: Source, span: Span) -> str | None:
    """The module's variable to which the expression at ``span`` is assigned."""
    for statement in source.statements.values():
        node = statement.node
        if (
            isinstance(node, ast.Assign)
            and statement.parent is None
            and isinstance(node.targets[0], ast.Name)
            and source.span(node.value) == span
        ):
            return node.targets[0].id
    return None


def _written(shape: Shape, quantities: Quantities) -> str | None:
    if shape.dims is None:
        sizes: list[object] = [
            quantities.size(f"axis {axis} of the input")
            for axis in range(1, quantities.plan.input_rank)
        ]
        return None if None in sizes else repr((None, *sizes))
    written: list[object] = []
    for axis, dim in enumerate(shape.dims):
        if isinstance(dim, int):
            written.append(dim)
        elif dim is FREE or axis == 0:
            written.append(None)
        else:
            name = f"axis {axis} of the input" if str(dim) == "?" else str(dim)
            size = quantities.size(name)
            if size is None:
                return None
            written.append(size)
    return repr(tuple(written))


def _instance(source: Source, name: str, quantities: Quantities) -> str | None:
    """A call of the class with values for what its constructor needs."""
    cls = next(
        s.node
        for s in source.statements.values()
        if isinstance(s.node, ast.ClassDef) and s.node.name == name
    )
    init = next(
        (n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None
    )
    if init is None:
        return f"{name}()"
    args = [*init.args.posonlyargs, *init.args.args]
    needed = args[1 : len(args) - len(init.args.defaults)]
    values = [quantities.parameter(argument) for argument in needed]
    return None if None in values else f"{name}({', '.join(map(repr, values))})"
