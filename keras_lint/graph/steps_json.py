"""Training calls as JSON, for the document that :mod:`keras_lint.graph.serialise` writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keras_lint.graph.serialise import span_to_json
from keras_lint.model.data import ArraySpec, DataSpec, DataTree
from keras_lint.model.tensors import shape_to_json
from keras_lint.model.training import Made, Own, Setting, Step, Unclear

Json = dict[str, Any]


def steps_to_json(steps: Iterable[Step], models: Mapping[int, int]) -> list[Json]:
    """The calls that train models or run them on data, as ``training`` of a document.

    Args:
        steps: of the analysis of a file.
        models: index of a graph in the analysis to its index in the document; calls of other
            models are left out.
    """
    return [_step(step, models[step.graph]) for step in steps if step.graph in models]


def _step(step: Step, model: int) -> Json:
    compiled = step.compiled
    return {
        "model": model,
        "method": step.method,
        "origin": span_to_json(step.span),
        "stack": [span_to_json(span) for span in step.stack],
        "compiled": None
        if compiled is None
        else {
            "origin": span_to_json(compiled.span),
            "arguments": _settings(compiled.arguments),
            "complete": compiled.complete,
        },
        "state": step.state,
        "data": None if step.data is None else _data(step.data),
        "validation": None if step.validation is None else _data(step.validation),
        "arguments": _settings(step.arguments),
        "complete": step.complete,
        "output": step.output,
    }


def _data(data: DataSpec) -> Json:
    return {
        "kind": data.kind,
        "x": _tree(data.x),
        "y": None if data.y is None else _tree(data.y),
        "weights": None if data.weights is None else _tree(data.weights),
        "lost": data.lost or None,
    }


def _tree(tree: DataTree) -> Any:
    if isinstance(tree, ArraySpec):
        numbers = tree.numbers
        return {
            "shape": shape_to_json(tree.shape),
            "dtype": tree.dtype,
            "low": numbers.low,
            "high": numbers.high,
            "lost": tree.lost or None,
        }
    if isinstance(tree, dict):
        return {"$named": {name: _tree(item) for name, item in tree.items()}}
    return [_tree(item) for item in tree]


def _settings(settings: Mapping[str, Setting]) -> Json:
    return {name: _setting(value) for name, value in settings.items()}


def _setting(value: Setting) -> Any:
    if isinstance(value, Made):
        arguments = _settings(value.arguments) if value.called else None
        return {"$keras": value.path, "arguments": arguments, "complete": value.complete}
    if isinstance(value, Own):
        return {"$own": value.name}
    if isinstance(value, Unclear):
        return {"$unknown": True}
    if isinstance(value, tuple):
        return [_setting(item) for item in value]
    if isinstance(value, Mapping):
        return {"$named": _settings(value)}
    return value
