"""How much of the models of a run was followed, and what stood in the way."""

from __future__ import annotations

from collections import Counter

from keras_lint.model.findings import RunResult


def numbers(run: RunResult) -> dict[str, dict[str, int]]:
    """Models by extent, and for each reason how many models it was lost to, most frequent first."""
    models = [model for file in run.files for model in file.models]
    extents = Counter(model.extent for model in models)
    reasons = Counter(reason for model in models for reason in dict.fromkeys(model.reasons))
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return {
        "models": {extent: extents[extent] for extent in ("fully", "partly", "not")},
        "reasons": dict(ordered),
    }


def render(run: RunResult) -> str:
    """The same as text, a line each."""
    found = numbers(run)
    models = found["models"]
    lines = [
        f"models followed fully {models['fully']}, partly {models['partly']}, "
        f"not at all {models['not']}"
    ]
    if found["reasons"]:
        width = max(len(str(count)) for count in found["reasons"].values())
        lines.append("not followed because of")
        lines += [f"  {count:{width}}  {reason}" for reason, count in found["reasons"].items()]
    return "\n".join(lines)
