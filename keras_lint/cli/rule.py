"""``keras-lint rule``: the rules and their pages."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil

from keras_lint.cli.common import UsageError


def run(options: argparse.Namespace) -> int:
    """Print one rule's page, or the list of all."""
    from keras_lint.rules.registry import all_rules
    from keras_lint.settings import unknown_code

    rules = all_rules()
    if options.all:
        width = max(len(rule.name) for rule in rules.values())
        for rule in rules.values():
            off = "" if rule.default else " (off by default)"
            print(f"{rule.code}  {rule.level:7}  {rule.name:{width}}  {rule.summary}{off}")
        return 0
    if options.code is None:
        raise UsageError("say which rule, or --all")
    by_name = {rule.name: rule for rule in rules.values()}
    rule_or_none = rules.get(options.code.upper()) or by_name.get(options.code.lower())
    if rule_or_none is None:
        raise UsageError(unknown_code(options.code))
    state = "on" if rule_or_none.default else "off"
    print(f"{rule_or_none.code} {rule_or_none.name} ({rule_or_none.level}, {state} by default)\n")
    print(_page(rule_or_none.code))
    return 0


def _page(code: str) -> str:
    """A rule's page: the docstring of its module, which is named after the code."""
    import keras_lint.rules as package

    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith(f"{code.lower()}_"):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            return inspect.getdoc(module) or ""
    return ""
