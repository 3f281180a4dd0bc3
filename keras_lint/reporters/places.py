"""How machines are told where something is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

from keras_lint.model.findings import Finding
from keras_lint.model.spans import Span

_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def relative(path: str) -> str:
    """A path as reports for other tools have it, with slashes.

    From the top of the checkout, where GitHub Actions or GitLab says which that is and the file is
    in it: they look for files from there, wherever the command is run. Else from the current
    folder.
    """
    whole = os.path.abspath(path)
    for top in (*filter(None, map(os.environ.get, _CHECKOUTS)), os.getcwd()):
        if whole.startswith(os.path.join(os.path.abspath(top), "")):
            return os.path.relpath(whole, top).replace(os.sep, "/")
    return os.path.normpath(path).replace(os.sep, "/")


def uri(path: str) -> str:
    """A path as a reference in a URI; absolute ones as ``file:``."""
    shown = relative(path)
    if os.path.isabs(shown):
        return Path(shown).as_uri()
    return quote(shown.encode("utf-8", "surrogateescape"))


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
