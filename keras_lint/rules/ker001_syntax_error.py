"""The file or cell cannot be parsed.

What it does
------------
Reports the line and the reason when Python's own parser, or libcst, refuses the file.

Why it matters
--------------
Nothing in a file that cannot be parsed is looked at; saying nothing would look like "clean".

When it stays silent
--------------------
In files that do not mention Keras: they are not parsed at all. flake8 reports syntax errors itself
(E999) and does not run plugins on such files.
"""

from __future__ import annotations

from keras_lint.rules.base import Rule

RULE = Rule(
    code="KER001",
    name="syntax-error",
    level="error",
    confirm="none",
    summary="the file or cell cannot be parsed",
)
