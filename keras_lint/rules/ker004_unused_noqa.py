"""A comment keeps back a finding that is not there.

What it does
    Reports codes of keras-lint in a ``# noqa: KER101`` that keep nothing back: the finding they
    were written for is gone, or there is no such rule. Raised by the engine, after all rules.

Why it matters
    A comment that outlives its reason says something wrong about the code, and hides the next
    mistake of the kind in the same statement.

When it stays silent
    On ``# noqa`` without codes and on the codes of other tools, which may be there for others. On
    codes of rules that are off, in files where a rule crashed, and in notebooks with a cell that
    cannot be parsed.
"""

from __future__ import annotations

from keras_lint.rules.base import Rule

RULE = Rule(
    code="KER004",
    name="unused-noqa",
    level="warning",
    confirm="none",
    summary="a noqa comment with codes that keep nothing back",
    default=False,
    fix="safe",
)
