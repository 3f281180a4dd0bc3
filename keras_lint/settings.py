"""What a run is asked to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules


@dataclass(frozen=True)
class Settings:
    """Options of one run.

    Args:
        select: code prefixes that are on; empty for the rules on by default.
        ignore: code prefixes that are off; they win over ``select``.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def is_on(self, rule: Rule) -> bool:
        """Whether findings of this rule are wanted."""
        if _matches(rule.code, self.ignore):
            return False
        return _matches(rule.code, self.select) if self.select else rule.default

    def rules(self) -> Mapping[str, Rule]:
        """The rules that are on, by code."""
        return {code: rule for code, rule in all_rules().items() if self.is_on(rule)}


def _matches(code: str, prefixes: Iterable[str]) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes)
