"""The file cannot be parsed.

What it does
    Reports the place where Python's own parser gives up, with the parser's reason. Raised by the
    engine, not by looking at a model.

Why it matters
    A file that does not parse does not run, and nothing else in it can be checked: without this
    line a broken file would look like a clean one.

When it stays silent
    On files that do not mention Keras at all; they are not even parsed. Under flake8, which
    reports the same as ``E999``. A file that Python accepts and only our own parser refuses is
    reported as failed, not as a syntax error.
"""

from __future__ import annotations

from keras_lint.rules.base import Rule

RULE = Rule(
    code="KER001",
    name="syntax-error",
    level="error",
    confirm="none",
    summary="the file cannot be parsed",
)
