"""Inferring a driver's model from source, and holding it against the model Keras built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.serialise import from_json
from keras_lint.interp import analyse
from keras_lint.model.dims import is_known
from keras_lint.source.project import Project
from keras_lint.source.reader import parse, with_deep_stack

Outcome = Literal["isomorphic", "wrong", "followed", "lost"]


@dataclass(frozen=True)
class Inferred:
    """What the source of a driver gave.

    Args:
        graph: the last model's graph; None if no model was seen.
        reasons: why it was not followed, first the reason met first; empty if it was.
        failure: the interpreter's own failure, else empty.
    """

    graph: LayerGraph | None
    reasons: tuple[str, ...] = ()
    failure: str = ""

    @property
    def followed(self) -> bool:
        """Whether everything about the model is known from source."""
        return self.graph is not None and self.graph.followed


@dataclass(frozen=True)
class Result:
    """One driver: what was inferred, whether it was built, and how the two compare.

    ``outcome`` is ``followed`` for a followed model that could not be built for comparison.
    """

    label: str
    inferred: Inferred
    built: bool
    error: str
    outcome: Outcome
    differences: tuple[str, ...] = ()


def infer(text: str, folder: Path, project: Project) -> Inferred:
    """The last model of a program whose packages are unpacked in ``folder``."""
    path = folder / "driver_of_the_benchmark.py"
    path.write_text(text, encoding="utf-8")
    try:
        source = parse(str(path), text)
        analysis = with_deep_stack(lambda: analyse(source, project))
    except Exception as error:  # noqa: BLE001 - an internal failure is a result of the benchmark
        return Inferred(None, (f"internal failure: {error!r}",), repr(error))
    finally:
        path.unlink()
    models = [graph for graph in analysis.graphs if graph.kind != "fragment"]
    if not models:
        reasons = tuple(lost.reason for lost in analysis.lost) or ("no model was seen",)
        return Inferred(None, reasons)
    graph = models[-1]
    reasons = tuple(lost.reason for lost in graph.lost)
    if graph.followed:
        return Inferred(graph)
    return Inferred(graph, reasons or ("no reason was kept",))


def judge(label: str, inferred: Inferred, answer: dict[str, Any]) -> Result:
    """The outcome for one driver, given what the building process said."""
    error = str(answer.get("error", ""))
    built = "graph" in answer
    if not inferred.followed or inferred.graph is None:
        return Result(label, inferred, built, error, "lost")
    if not built:
        return Result(label, inferred, built, error, "followed")
    differences = tuple(_differences(inferred.graph, answer["graph"]))
    outcome: Outcome = "wrong" if differences else "isomorphic"
    return Result(label, inferred, built, error, outcome, differences)


def _differences(static: LayerGraph, data: dict[str, Any]) -> list[str]:
    """What differs; what a followed graph leaves open (shapes, counts) is a difference too."""
    built = from_json(data)
    lines = difference(static, built)
    for total in ("total_params", "trainable_params"):
        ours, theirs = getattr(static, total), data[total]
        if theirs is not None and (not is_known(ours) or ours != theirs):
            lines.append(f"{total}: {ours} in source, {theirs} as built")
    for call in static.calls.values():
        if any(kind.shape.dims is None for kind in call.output_types):
            lines.append(f"a shape of {static.layer_of(call).cls} is not known in source")
            break
    return lines
