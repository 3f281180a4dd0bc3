"""How machines are told where something is."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

from keras_lint.model.findings import Finding
from keras_lint.model.spans import Span

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def relative(path: str) -> str:
    """A path as reports for other tools have it: from the current folder, with slashes."""
    if os.path.isabs(path):
        here = os.getcwd()
        if path.startswith(here + os.sep):
            path = os.path.relpath(path, here)
    return os.path.normpath(path).replace(os.sep, "/")


def uri(path: str) -> str:
    """A path as a reference in a URI; absolute ones as ``file:``."""
    text = quote(relative(path).encode("utf-8", "surrogateescape"))
    return f"file://{text}" if text.startswith("/") else text


def worded(finding: Finding) -> str:
    """The message; in a notebook, where lines count by cell, with the place before it."""
    span = finding.span
    place = "" if span.cell is None else f"{span}, column {span.column}: "
    return place + finding.message


def line_in_file(span: Span) -> int:
    """The line for tools that know files alone: 1 in a notebook, whose lines count by cell."""
    return span.line if span.cell is None else 1


def details(finding: Finding) -> list[str]:
    """What is to be said besides the message, in plain lines: shapes, help, verdict."""
    lines: list[str] = []
    if finding.expected and finding.actual:
        lines += [f"expected {finding.expected}", f"received {finding.actual}"]
    if finding.trail:
        lines.append("shapes:")
        for step in finding.trail:
            where = f" ({step.span})" if step.span else ""
            lines.append(f"  {step.layer} {step.shape or 'refused'}{where}")
    lines += [f"{related.message} ({related.span})" for related in finding.related]
    if finding.hint:
        lines.append(f"help: {finding.hint}")
    verdict = finding.verdict
    values = ", ".join(f"{name}={value!r}" for name, value in verdict.values)
    said = verdict.status + (f" for {values}" if values else "")
    lines.append(said + (f": {verdict.reason}" if verdict.reason else ""))
    return lines


def xml_text(text: str) -> str:
    """Text without what XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
