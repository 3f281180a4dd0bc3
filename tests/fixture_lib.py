"""Fixtures as data: which files there are and what is expected of each, read from its comments."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from keras_lint.engine import check_text
from keras_lint.model.findings import Finding
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.verify import Verifier

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
"""Folder of the programs the tests run over."""

_EXPECT = re.compile(r"#\s*expect:\s*(KER\d{3})(?:\s+(unverified|refuted))?\s*$")


@dataclass(frozen=True, order=True)
class Expected:
    """One expected finding: the line on which its span starts, its code and its verdict."""

    line: int
    code: str
    verdict: str = "confirmed"


def expectations(text: str) -> list[Expected]:
    """The ``# expect:`` comments of a program, in line order.

    Only real comments count, not the same words inside a string.
    """
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            match = _EXPECT.search(token.string)
            if match:
                found.append(Expected(token.start[0], match[1], match[2] or "confirmed"))
            elif "expect:" in token.string:
                raise ValueError(f"line {token.start[0]}: cannot read {token.string!r}")
    return sorted(found)


def programs(folder: str) -> list[Path]:
    """The Python files of one folder of the fixtures, by name."""
    return sorted((FIXTURES / folder).glob("*.py"))


def broken_programs() -> list[Path]:
    """Every program with at least one expectation, outside ``hostile``."""
    return [path for path in _all_programs() if expectations(path.read_text("utf-8"))]


def correct_programs() -> list[Path]:
    """Every program of which nothing is expected."""
    return [path for path in _all_programs() if not expectations(path.read_text("utf-8"))]


def _all_programs() -> list[Path]:
    return [path for folder in ("programs", "broken", "correct") for path in programs(folder)]


def label(path: Path) -> str:
    """A short test id: ``broken/ker101_gru_conv1d``."""
    return f"{path.parent.name}/{path.stem}"


def verified(verifier: Verifier, text: str, settings: Settings | None = None) -> list[Finding]:
    """What is found in a program, each with the verdict of a build."""
    result, analysis = check_text(text, "program.py", settings or Settings())
    return verifier.verify(text, analysis, result.findings, all_rules())
