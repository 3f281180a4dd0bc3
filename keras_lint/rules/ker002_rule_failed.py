"""A rule crashed on this file; the other rules ran.

What it does
    Names the rule and its exception when a rule fails on a model. ``--debug`` shows the
    traceback.

Why it matters
    It is a bug in keras-lint, not in your code: please report it. The exit code is 2, since a
    file that was not fully checked must not pass for a clean one.

When it stays silent
    Whenever every rule ran to its end.
"""

from __future__ import annotations

from keras_lint.rules.base import Rule

RULE = Rule(
    code="KER002",
    name="rule-failed",
    level="error",
    confirm="none",
    summary="a rule crashed on this file; the others ran",
)
