"""One verdict from what TensorFlow says under several assumptions."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Any

from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import Verdict
from keras_lint.verify.assumptions import phrase
from keras_lint.verify.judge import unverified

Answer = dict[str, Any]

ENOUGH = 2
"""How many plans must agree before a finding about unknown quantities counts as confirmed."""


@dataclass(frozen=True)
class Outcome:
    """An answer of the child for some assumed values, or the verdict if there is none."""

    verdict: Verdict | None
    answer: Answer = field(default_factory=dict)
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class NotBuilt:
    """Why a model was not built; ``raised`` if Keras itself refused it."""

    reason: str
    raised: bool = False


def confirmed_for_values(verdicts: list[Verdict]) -> bool:
    """Whether it is confirmed for values that were assumed, and refuted for none."""
    states = {verdict.status for verdict in verdicts if verdict.values}
    return "confirmed" in states and "refuted" not in states


def together(verdicts: list[Verdict]) -> Verdict:
    """One verdict from those under different assumptions; none is enough if they disagree."""
    by_status: dict[str, Verdict] = {}
    for verdict in verdicts:
        by_status.setdefault(verdict.status, verdict)
    confirmed, refuted = by_status.get("confirmed"), by_status.get("refuted")
    if confirmed is not None and refuted is not None:
        return unverified(
            f"depends on what is not known: {confirmed.reason} for {phrase(confirmed.values)}, "
            f"but not for {phrase(refuted.values)}"
        )
    chosen = confirmed or refuted or verdicts[0]
    return chosen if chosen.status != "unverified" else replace(chosen, values=())
