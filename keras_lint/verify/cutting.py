"""Replays that may run: what is cut from a program, and passed by the allow-list."""

from __future__ import annotations

import ast

from keras_lint.model.spans import Span
from keras_lint.verify.allowlist import objection
from keras_lint.verify.assumptions import Plan
from keras_lint.verify.child.values import place_values
from keras_lint.verify.probes import Probe
from keras_lint.verify.replay import Refusal, Replay, Source, extract


def permitted(
    source: Source,
    targets: frozenset[Span],
    plan: Plan,
    *,
    wide: bool = False,
    probe: Probe | None = None,
    execute: bool = False,
) -> tuple[Replay | None, str]:
    """A replay that may run; else None and why not.

    What a replay may not do is passed over where a value can be assumed in its place.

    Args:
        source: the program.
        targets: places that must be reached.
        plan: what is assumed.
        wide: whether all that may touch what is reached is kept.
        probe: what is to be made or called besides.
        execute: whether it may run whatever the allow-list says.
    """
    reason = ""
    for foreign in (False, True):
        replay = extract(source, targets, wide=wide, plan=plan, foreign=foreign, probe=probe)
        if isinstance(replay, Refusal):
            return None, reason or replay.reason
        tree = place_values(ast.parse(replay.text), replay.values_json())
        obstacle = None if execute else objection(tree)
        if obstacle is None:
            return replay, ""
        where = source.where(obstacle.line)
        reason = reason or f"needs {obstacle.needs}, {where}"
    return None, reason
