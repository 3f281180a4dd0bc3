"""The run as one JSON document.

Schema 1: ``{"schema": 1, "files": [file, ...], "summary": {...}}``.

file
    ``path``, ``outcome`` (``checked``, ``skipped``, ``failed``), ``reason``, ``models``,
    ``notes`` (where the thread was lost outside any model), ``findings``.
model
    ``name``, ``kind``, the place (null if unknown), ``followed``, ``lost`` (reasons).
finding
    ``path``, the place, ``code``, ``name``, ``level``, ``message``, ``expected``, ``actual``,
    ``hint``, ``related`` (places with ``message``), ``trail`` (``layer``, ``shape``, ``cell``,
    ``line``),
    ``verdict`` (``confirmed``, ``refuted``, ``unverified``), ``reason``, ``evidence``, ``model``,
    ``values`` (what quantities nobody knows were taken to be when the model was built, by name),
    ``fingerprint`` (what tells it from the others of its file by code and content), ``fix`` (null
    if there is none): ``title``, ``safe``, ``edits`` (places with the ``text`` to put there).
place
    ``cell`` (null outside notebooks; text cells count too), ``line`` (in the cell), ``column``,
    ``end_line``, ``end_column``: from 1, the end column exclusive.

The ``summary`` counts files, models and findings, and under ``lost`` how many models each reason
kept from being followed fully.

As JSON lines, each line is an object with a ``kind``: ``finding`` as above, ``failure`` (``path``,
``reason``) for each file that could not be analysed, and last the ``summary``.

Refuted findings are left out unless asked for; they are counted in any case. The same is written
down as a JSON Schema in ``docs/report.schema.json``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from keras_lint.model.findings import FileResult, Finding, ModelSummary, RunResult
from keras_lint.model.spans import Span
from keras_lint.reporters.counts import count
from keras_lint.reporters.statistics import numbers

SCHEMA = 1


def render(run: RunResult, *, show_refuted: bool = False) -> str:
    """The document, indented, ASCII only so that any terminal and pipe can carry it."""
    document = {
        "schema": SCHEMA,
        "files": [_file(file, show_refuted) for file in run.files],
        "summary": _summary(run),
    }
    return json.dumps(document, indent=2) + "\n"


def lines(run: RunResult, *, show_refuted: bool = False) -> str:
    """The findings as JSON lines."""
    rows: list[dict[str, Any]] = []
    for file in run.files:
        found = _file(file, show_refuted)["findings"]
        rows += [{"kind": "finding", **finding} for finding in found]
        if file.outcome == "failed" and not found:
            rows.append({"kind": "failure", "path": file.path, "reason": file.reason})
    rows.append({"kind": "summary", "schema": SCHEMA, **_summary(run)})
    return "".join(json.dumps(row) + "\n" for row in rows)


def _summary(run: RunResult) -> dict[str, Any]:
    counts = count(run)
    return {
        "files": {
            "checked": counts.checked,
            "skipped": counts.skipped,
            "failed": counts.failed,
            "without_keras": counts.without_keras,
            "without_models": counts.without_models,
        },
        "models": {"followed": counts.followed, "partly": counts.partly},
        "lost": numbers(run)["reasons"],
        "findings": {
            "confirmed": counts.confirmed,
            "refuted": counts.refuted,
            "unverified": counts.unverified,
        },
    }


def _file(file: FileResult, show_refuted: bool) -> dict[str, Any]:
    return {
        "path": file.path,
        "outcome": file.outcome,
        "reason": file.reason,
        "models": [_model(model) for model in file.models],
        "notes": list(file.notes),
        "findings": [
            _finding(file.path, finding)
            for finding in file.findings
            if show_refuted or finding.verdict.status != "refuted"
        ],
    }


def _model(model: ModelSummary) -> dict[str, Any]:
    return {
        "name": model.name,
        "kind": model.kind,
        **_place(model.span),
        "followed": model.followed,
        "lost": list(model.lost),
    }


def _finding(path: str, finding: Finding) -> dict[str, Any]:
    return {
        "path": path,
        **_place(finding.span),
        "code": finding.code,
        "name": finding.name,
        "level": finding.level,
        "message": finding.message,
        "expected": finding.expected,
        "actual": finding.actual,
        "hint": finding.hint,
        "related": [{**_place(r.span), "message": r.message} for r in finding.related],
        "trail": [
            {
                "layer": step.layer,
                "shape": step.shape,
                "cell": step.span.cell if step.span else None,
                "line": step.span.line if step.span else None,
            }
            for step in finding.trail
        ],
        "verdict": finding.verdict.status,
        "reason": finding.verdict.reason,
        "evidence": finding.verdict.evidence,
        "values": dict(finding.verdict.values),
        "model": finding.model,
        "fingerprint": finding.fingerprint,
        "fix": _fix(finding),
    }


def _fix(finding: Finding) -> dict[str, Any] | None:
    if finding.fix is None or not finding.edits:
        return None
    edits = [{**_place(edit.span), "text": edit.text} for edit in finding.edits]
    return {"title": finding.fix.title, "safe": finding.fix.safe, "edits": edits}


def _place(span: Span | None) -> dict[str, int | None]:
    if span is None:
        return dict.fromkeys(("cell", "line", "column", "end_line", "end_column"))
    place = asdict(span)
    return {name: place[name] for name in ("cell", "line", "column", "end_line", "end_column")}
