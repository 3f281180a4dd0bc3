"""Which rules run on a file. Shared by the command and the flake8 plugin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from keras_lint.model.dataclass import dataclass
from keras_lint.rules.base import NO_OPTIONS, Options, Rule
from keras_lint.rules.registry import all_rules


class SettingsError(ValueError):
    """A choice that cannot be followed, with one line for the user."""


@dataclass(frozen=True)
class Settings:
    """The choices for one file.

    Args:
        select: code prefixes to run instead of the default set; empty means the default set.
        ignore: code prefixes to leave out. The longer prefix wins over the shorter one, and
            ``ignore`` over ``select`` at equal length.
        options: what rules go by.
        extend_select: code prefixes to run besides ``select`` or the default set.
        silenced: code prefixes to leave out of this file, whatever was selected.
        noqa: whether comments in the file count.
        edits: whether fixes are worked out as text.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    options: Options = NO_OPTIONS
    extend_select: tuple[str, ...] = ()
    silenced: tuple[str, ...] = ()
    noqa: bool = True
    edits: bool = False

    def rules(self) -> Mapping[str, Rule]:
        """The rules that are on by code, in code order."""
        return rules_on(self)

    def is_on(self, rule: Rule) -> bool:
        """Whether ``rule`` is to be reported."""
        if rule.code.startswith(self.silenced):
            return False
        wanted = (*self.select, *self.extend_select)
        chosen = max((len(p) for p in wanted if rule.code.startswith(p)), default=-1)
        left_out = max((len(p) for p in self.ignore if rule.code.startswith(p)), default=-1)
        if chosen < 0 and left_out < 0:
            asked = rule.option and getattr(self.options, rule.option) is not None
            return bool(rule.default or asked) and not self.select
        return chosen > left_out


@lru_cache(64)
def rules_on(settings: Settings) -> Mapping[str, Rule]:
    """The rules that some settings turn on, by code."""
    rules = {code: rule for code, rule in all_rules().items() if settings.is_on(rule)}
    return MappingProxyType(rules)  # it is handed out again and again


def parse_codes(texts: Iterable[str]) -> tuple[str, ...]:
    """Code prefixes from comma-separated lists: ``["KER1,ker201"]`` gives ``KER1`` and ``KER201``.

    Raises:
        SettingsError: a prefix that no rule's code begins with; the text suggests the nearest one.
    """
    codes = [part.strip().upper() for text in texts for part in text.split(",") if part.strip()]
    for code in codes:
        if not any(known.startswith(code) for known in all_rules()):
            raise SettingsError(unknown_code(code))
    return tuple(dict.fromkeys(codes))


def unknown_code(code: str) -> str:
    """One line that says ``code`` is none of ours, and which one may be meant."""
    import difflib  # for a message that few runs have

    names = {rule.name.upper(): rule.code for rule in all_rules().values()}
    near = difflib.get_close_matches(code.upper(), [*all_rules(), *names], n=1, cutoff=0.6)
    suggestion = f"; did you mean {names.get(near[0], near[0])}?" if near else ""
    return f"unknown rule code {code!r}{suggestion}"
