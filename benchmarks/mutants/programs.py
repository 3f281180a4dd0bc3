"""Correct programs to make mutants of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from keras_lint.rules.registry import all_rules

ROOT = Path(__file__).resolve().parent.parent.parent


def programs(folders: list[str]) -> Iterator[tuple[str, str]]:
    """Names and texts: our correct fixtures, and the valid examples of the rules.

    Args:
        folders: more folders with programs that build when run.
    """
    for path in sorted((ROOT / "fixtures" / "correct").rglob("*.py")):
        yield path.name, path.read_text("utf-8")
    for path in sorted((ROOT / "benchmarks" / "mutants" / "models").glob("*.py")):
        yield path.name, path.read_text("utf-8")
    for rule in all_rules().values():
        for index, text in enumerate(rule.valid):
            yield f"{rule.code}-{index}", text
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.py")):
            yield str(path), path.read_text("utf-8")
