"""Finds the rules: every module of this package whose name starts with ``ker`` and a digit."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

import keras_lint.rules as package
from keras_lint.rules.base import Rule

_MODULE = re.compile(r"ker\d{3}_")


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by code, in code order."""
    rules: dict[str, Rule] = {}
    for name in _modules().values():
        rule: Rule = importlib.import_module(name).RULE
        rules[rule.code] = rule
    return dict(sorted(rules.items()))


def module_of(code: str) -> str:
    """The dotted name of the module of a rule, which is named after its code."""
    return _modules()[code]


@cache
def _modules() -> dict[str, str]:
    return {
        info.name.partition("_")[0].upper(): f"{package.__name__}.{info.name}"
        for info in pkgutil.iter_modules(package.__path__)
        if _MODULE.match(info.name)
    }
