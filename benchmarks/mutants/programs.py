"""Correct programs to make mutants of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import libcst as cst

from keras_lint.rules.registry import all_rules
from keras_lint.source.walk import walk

ROOT = Path(__file__).resolve().parent.parent.parent


class _Untrained(cst.CSTTransformer):
    """Statements of the module that train or use a model left out: only building counts here."""

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        for node in walk(original_node):
            if isinstance(node, cst.Attribute) and node.attr.value in _USES:
                return cst.RemoveFromParent()
        return updated_node


_USES = frozenset(("compile", "evaluate", "fit", "predict", "summary", "train_on_batch"))


def programs(folders: list[str]) -> Iterator[tuple[str, str]]:
    """Names and texts: our correct fixtures, and the valid examples of the rules.

    Args:
        folders: more folders with programs that build when run.
    """
    for name, text in _texts(folders):
        yield name, cst.parse_module(text).visit(_Untrained()).code


def _texts(folders: list[str]) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "fixtures" / "correct").rglob("*.py")):
        yield path.name, path.read_text("utf-8")
    for rule in all_rules().values():
        for index, text in enumerate(rule.valid):
            yield f"{rule.code}-{index}", text
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.py")):
            yield str(path), path.read_text("utf-8")
