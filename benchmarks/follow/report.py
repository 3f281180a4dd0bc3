"""The benchmark's table, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.follow.compare import Result

_MOST_REASONS = 10
_MOST_DIFFERENCES = 4


def row(name: str, results: Sequence[Result]) -> str:
    """One line of the table; the share is of the models that Keras builds."""
    counts = Counter(result.outcome for result in results)
    followed = sum(result.inferred.followed for result in results)
    built = sum(result.built for result in results)
    share = f"{100 * counts['isomorphic'] / built:.0f} %" if built else "-"
    return (
        f"{name:26}{len(results):>8}{built:>8}{followed:>10}"
        f"{counts['isomorphic']:>12}{counts['wrong']:>8}{counts['lost']:>8}{share:>8}"
    )


def heading() -> str:
    """The line above the rows."""
    return (
        f"{'package':26}{'drivers':>8}{'built':>8}{'followed':>10}"
        f"{'isomorphic':>12}{'wrong':>8}{'lost':>8}{'share':>8}"
    )


def details(results: Sequence[Result]) -> list[str]:
    """A line for each driver that is wrong or lost, and for each that Keras did not build."""
    lines: list[str] = []
    for result in results:
        if result.outcome == "wrong":
            lines.append(f"  wrong: {result.label}")
            lines += [f"    {line}" for line in result.differences[:_MOST_DIFFERENCES]]
        elif result.outcome == "lost":
            lines.append(f"  lost: {result.label}")
            lines.append(f"    {result.inferred.reasons[0]}")
        if not result.built:
            lines.append(f"  not built: {result.label}")
            lines.append(f"    {_short(result.error)}")
    return lines


def reasons(results: Sequence[Result]) -> list[str]:
    """The most frequent reasons for loss of what can be built, each counted once for a model."""
    counts = Counter(
        reason
        for result in results
        if result.built
        for reason in dict.fromkeys(result.inferred.reasons)
    )
    return [f"{count:>5}  {reason}" for reason, count in counts.most_common(_MOST_REASONS)]


def _short(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else "no answer"
    return first[:160]
