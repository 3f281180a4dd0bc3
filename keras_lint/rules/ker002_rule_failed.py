"""A rule crashed on this file; the other rules ran.

What it does
------------
Says which rule crashed and on which model. It is a bug of keras-lint; ``--debug`` shows the traceback.

Why it matters
--------------
Without it, a model that a rule could not look at would count as clean.

When it stays silent
--------------------
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
