"""``keras-lint rule``: the rules and their pages."""

from __future__ import annotations

import argparse
import json

from keras_lint.cli.common import UsageError


def run(options: argparse.Namespace) -> int:
    """Print one rule's page, or the list of all."""
    from keras_lint.rules import pages
    from keras_lint.rules.registry import all_rules
    from keras_lint.settings import unknown_code

    rules = all_rules()
    if options.all:
        if options.format == "json":
            print(json.dumps([pages.data(rule) for rule in rules.values()], indent=2))
            return 0
        width = max(len(rule.name) for rule in rules.values())
        for rule in rules.values():
            off = "" if rule.default else " (off by default)"
            print(f"{rule.code}  {rule.level:7}  {rule.name:{width}}  {rule.summary}{off}")
        return 0
    if options.code is None:
        raise UsageError("say which rule, or --all")
    by_name = {rule.name: rule for rule in rules.values()}
    found = rules.get(options.code.upper()) or by_name.get(options.code.lower())
    if found is None:
        raise UsageError(unknown_code(options.code))
    if options.format == "json":
        print(json.dumps(pages.data(found), indent=2))
    else:
        print(pages.terminal(found), end="")
    return 0
