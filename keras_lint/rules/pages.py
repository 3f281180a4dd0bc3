"""The page of each rule, made from its file alone: for the terminal, for ``docs/``, for tools."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

from keras_lint.rules.base import Rule
from keras_lint.rules.registry import module_of

_CONFIRM = {
    "raise": "TensorFlow builds the model and refuses it at that call.",
    "data": "TensorFlow builds the model and refuses it when it is called on data.",
    "graph": "The rule finds the same in the graph that TensorFlow built.",
    "api": "The name or argument is looked up in the installed Keras.",
    "logs": "TensorFlow makes one training step, and what `fit` gives does not hold the quantity.",
    "object": "An object of the program is made by TensorFlow, and is asked whether it is so.",
    "none": "None: nothing is built for a finding of this rule, which stays unverified.",
}
_FIXES = {
    "safe": "`--fix` repairs it.",
    "unsafe": "`--fix --unsafe-fixes` repairs it; look at what it did.",
    None: "None: a person must decide.",
}
PUBLIC = (
    "autokeras 3.0.0, efficientnet 1.1.1, keras-resnet 0.2.0, keras-self-attention 0.51.0, "
    "keras-unet-collection 0.1.13, keras-hub 0.32.0, keras-tcn 3.5.7, keras-tuner 1.4.8 and "
    "segmentation-models 1.0.1"
)
"""The code over which precision was counted: nine packages, 1,041 files."""
NOT_BUILT = """\
There is no rule about the order or the size of layers (*dropout before pooling*, *filters should
grow*, *the head should get narrower*, *too few poolings*), and KER216 stays free. Keras builds and
trains such models like any others, published architectures go both ways, and nothing in the graph
that TensorFlow builds could confirm or refute such a finding.

KER314 (*models built in a loop without `clear_session`*) stays free as well. Keras 3.15 keeps
nothing of a model that is not used any more but how often each name was given: of 200 models built
in a loop none was alive after the last was deleted. Their process took 738 MB, and 676 MB where
`clear_session` was called each time, which collects what Python leaves to be collected later. 48
models that were trained too took 1,045 MB and 1,001 MB: that grows with each compiled step, and
`clear_session` does not stop it.
"""
"""What the catalogue leaves out, and why."""
_MARK = re.compile(r"  # expect: .*")


def sections(rule: Rule) -> dict[str, str]:
    """The parts of the rule's documentation by their titles; the first line is under ``""``."""
    text = inspect.getdoc(importlib.import_module(module_of(rule.code))) or ""
    first, _, rest = text.partition("\n")
    found = {"": first}
    title = ""
    for line in rest.splitlines():
        if line and not line.startswith(" "):
            title = line.strip()
            found[title] = ""
        elif title:
            found[title] += line.removeprefix("    ") + "\n"
    return {key: value.strip("\n") for key, value in found.items()}


def _counted(rule: Rule) -> str:
    """What came of running the rule over public code."""
    if rule.public is None:
        return ""
    found, true = rule.public
    if not found:
        said = "No finding"
    elif found == true:
        said = (
            "One finding, which is true," if found == 1 else f"{found} findings, all of them true,"
        )
    else:
        said = f"{found} findings, {true} of them true,"
    return f"{said} in the 1,041 files of nine public packages ({PUBLIC})."


def markdown(rule: Rule) -> str:
    """The page as Markdown, as it stands in ``docs/rules/``."""
    parts = sections(rule)
    state = "on" if rule.default else "off"
    lines = [f"# {rule.code} {rule.name}", "", parts.pop(""), ""]
    lines += [f"**{rule.level}**, {state} by default.", ""]
    for title, text in parts.items():
        lines += [f"## {title}", "", text, ""]
    lines += ["## Verification", "", _CONFIRM[rule.confirm], ""]
    lines += ["## Fix", "", _FIXES[rule.fix], ""]
    if rule.public is not None:
        lines += ["## In public code", "", _counted(rule), ""]
    if rule.invalid:
        lines += ["## Examples", "", "Found:", "", *_code(_pointed(rule.invalid[0]))]
        if rule.fixed and rule.fixed[0]:
            lines += ["Repaired:", "", *_code(rule.fixed[0])]
    if rule.valid:
        lines += ["Fine:", "", *_code(rule.valid[0])]
    text = "\n".join(lines).rstrip("\n") + "\n"
    return re.sub(r"``([^`\n]+)``", r"`\1`", text)


def terminal(rule: Rule) -> str:
    """The page as plain text."""
    state = "on" if rule.default else "off"
    parts = sections(rule)
    lines = [f"{rule.code} {rule.name} ({rule.level}, {state} by default)", "", parts.pop(""), ""]
    parts["Verification"] = _CONFIRM[rule.confirm]
    parts["Fix"] = _FIXES[rule.fix].replace("`", "")
    if rule.public is not None:
        parts["In public code"] = _counted(rule)
    if rule.invalid:
        parts["Found"] = _pointed(rule.invalid[0])
        if rule.fixed and rule.fixed[0]:
            parts["Repaired"] = rule.fixed[0]
    if rule.valid:
        parts["Fine"] = rule.valid[0]
    for title, text in parts.items():
        lines += [title, *(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n")), ""]
    return "\n".join(lines)


def data(rule: Rule) -> dict[str, Any]:
    """The rule for other tools: what ``rule --format json`` prints."""
    parts = sections(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "level": rule.level,
        "default": rule.default,
        "summary": rule.summary,
        "confirm": rule.confirm,
        "fix": rule.fix,
        "public": rule.public,
        "documentation": {title or "title": text for title, text in parts.items()},
        "invalid": [_MARK.sub("", text) for text in rule.invalid],
        "fixed": list(rule.fixed),
        "valid": list(rule.valid),
    }


def table() -> list[str]:
    """The head of a Markdown table of rules; :func:`row` gives its rows."""
    return ["| code | name | level | finds | fix |", "|---|---|---|---|---|"]


def row(rule: Rule, folder: str) -> str:
    """A rule's line in a Markdown table that links to its page in ``folder``."""
    level = rule.level if rule.default else f"{rule.level}, off"
    link = f"[{rule.code}]({folder}{rule.code}.md)"
    return f"| {link} | {rule.name} | {level} | {rule.summary} | {rule.fix or ''} |"


def _code(text: str) -> list[str]:
    return ["```python", text.rstrip("\n"), "```", ""]


def _pointed(text: str) -> str:
    """An example with its expectations as marks that readers understand."""
    return re.sub(r"  # expect: (.*)", r"  # <- \1", text)
