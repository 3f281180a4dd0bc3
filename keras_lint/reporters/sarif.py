"""The run as SARIF 2.1.0, for code scanning.

Notebooks have no lines that SARIF could mean: their findings name the file, and the cell as a
logical location; fixes in them are left out.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from keras_lint._version import __version__
from keras_lint.model.findings import FileResult, Finding, RunResult
from keras_lint.model.spans import Span
from keras_lint.reporters.places import relative, uri, worded
from keras_lint.rules import pages
from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_FINGERPRINT = "kerasLint/v1"
_ROOT = "%SRCROOT%"

Json = dict[str, Any]


def sarif(run: RunResult) -> str:
    """The log, with one run; every rule is described in it, those that are off too."""
    rules = list(all_rules().values())
    index = {rule.code: number for number, rule in enumerate(rules)}
    failures = [file for file in run.files if file.outcome == "failed" and not file.findings]
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "keras-lint",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {
                    _ROOT: {
                        "description": {
                            "text": "the top of the checkout, or the folder keras-lint was run in"
                        }
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not failures,
                        "toolExecutionNotifications": [_failure(file) for file in failures],
                    }
                ],
                "results": [
                    _result(file, finding, index) for file in run.files for finding in file.findings
                ],
            }
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _rule(rule: Rule) -> Json:
    parts = pages.sections(rule)
    full = " ".join(parts.get("What it does", rule.summary).split())
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": full},
        "help": {"text": pages.terminal(rule), "markdown": pages.markdown(rule)},
        "defaultConfiguration": {"enabled": rule.default, "level": _LEVELS[rule.level]},
        "properties": {"tags": ["keras"], "problem.severity": _severity(rule)},
    }


def _severity(rule: Rule) -> str:
    return "recommendation" if rule.level == "info" else rule.level


def _result(file: FileResult, finding: Finding, index: dict[str, int]) -> Json:
    hint = f"\n\n{finding.hint}" if finding.hint else ""
    verdict = finding.verdict
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": _LEVELS[finding.level],
        "message": {"text": worded(finding) + hint},
        "locations": [_location(file.path, finding.span)],
        "partialFingerprints": {_FINGERPRINT: _digest(file.path, finding.fingerprint)},
        "properties": {
            "verdict": verdict.status,
            "reason": verdict.reason,
            "evidence": verdict.evidence,
            "expected": finding.expected,
            "actual": finding.actual,
            "model": finding.model,
        },
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(file.path, related.span, related.message)}
            for number, related in enumerate(finding.related, start=1)
        ]
    steps = [step for step in finding.trail if step.span is not None]
    if steps:
        result["codeFlows"] = [
            {
                "message": {"text": "the shapes on the way here"},
                "threadFlows": [
                    {
                        "locations": [
                            {
                                "location": _location(
                                    file.path, step.span, f"{step.layer} {step.shape or 'refused'}"
                                )
                            }
                            for step in steps
                            if step.span is not None
                        ]
                    }
                ],
            }
        ]
    if finding.fix is not None and finding.edits and finding.span.cell is None:
        safe = "" if finding.fix.safe else " (look at what it does)"
        result["fixes"] = [
            {
                "description": {"text": finding.fix.title + safe},
                "artifactChanges": [
                    {
                        "artifactLocation": _artifact(file.path),
                        "replacements": [
                            {
                                "deletedRegion": _region(edit.span),
                                "insertedContent": {"text": edit.text},
                            }
                            for edit in finding.edits
                        ],
                    }
                ],
            }
        ]
    return result


def _failure(file: FileResult) -> Json:
    return {
        "level": "error",
        "message": {"text": f"{file.path} was not analysed: {file.reason}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(file.path)}}],
    }


def _location(path: str, span: Span, message: str = "") -> Json:
    physical: Json = {"artifactLocation": _artifact(path)}
    location: Json = {"physicalLocation": physical}
    if span.cell is None:
        physical["region"] = _region(span)
    else:
        location["logicalLocations"] = [{"name": f"cell {span.cell}", "kind": "module"}]
        message = f"{message} ({span})" if message else str(span)
    if message:
        location["message"] = {"text": message}
    return location


def _artifact(path: str) -> Json:
    reference = uri(path)
    return {"uri": reference} if ":" in reference else {"uri": reference, "uriBaseId": _ROOT}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _digest(path: str, fingerprint: str) -> str:
    text = f"{relative(path)} {fingerprint}".encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()
