"""The run as a GitLab code quality report: a JSON list of issues."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from keras_lint.model.findings import FileResult, Finding, RunResult
from keras_lint.reporters.places import line_in_file, relative, worded

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def gitlab(run: RunResult) -> str:
    """The report; a file that could not be analysed is an issue too."""
    issues: list[dict[str, Any]] = []
    for file in run.files:
        issues += [_issue(file, finding) for finding in file.findings]
        if file.outcome == "failed" and not file.findings:
            issues.append(
                {
                    "description": f"not analysed: {file.reason}",
                    "check_name": "not-analysed",
                    "fingerprint": _digest(file.path, "not-analysed"),
                    "severity": "critical",
                    "location": {"path": relative(file.path), "lines": {"begin": 1}},
                }
            )
    return json.dumps(issues, indent=2) + "\n"


def _issue(file: FileResult, finding: Finding) -> dict[str, Any]:
    first = line_in_file(finding.span)
    last = finding.span.end_line if finding.span.cell is None else first
    return {
        "description": f"{finding.code} {worded(finding)}",
        "check_name": finding.code,
        "fingerprint": _digest(file.path, finding.fingerprint),
        "severity": _SEVERITIES[finding.level],
        "location": {"path": relative(file.path), "lines": {"begin": first, "end": last}},
    }


def _digest(path: str, fingerprint: str) -> str:
    text = f"{relative(path)} {fingerprint}".encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()
