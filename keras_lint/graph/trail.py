"""The shape trail of a call: where its tensor came from and its shape after each step."""

from __future__ import annotations

from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.model.findings import TrailStep

_LONGEST = 12


def trail(graph: LayerGraph, call: CallNode) -> tuple[TrailStep, ...]:
    """The chain of first inputs from the model's input to ``call``, oldest step first.

    At most the last dozen steps are given; the call itself comes last, with no shape when it fails.
    """
    steps: list[TrailStep] = []
    seen: set[str] = set()
    current: CallNode | None = call
    while current is not None and current.id not in seen and len(steps) < _LONGEST:
        seen.add(current.id)
        layer = graph.layer_of(current)
        shapes = ", ".join(str(kind.shape) for kind in current.output_types)
        steps.append(
            TrailStep(
                span=current.origin.span if current.origin else None,
                layer=f"{layer.cls} '{layer.name}'" if not layer.generated_name else layer.cls,
                shape="" if current.problem is not None else shapes,
            )
        )
        producers = graph.producers(current)
        current = producers[0] if producers else None
    return tuple(reversed(steps))
