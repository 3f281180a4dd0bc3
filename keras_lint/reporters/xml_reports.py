"""The run as XML, for build servers: JUnit and Checkstyle."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from keras_lint._version import __version__
from keras_lint.model.findings import FileResult, RunResult
from keras_lint.reporters.places import details, line_in_file, relative, worded, xml_text


def junit(run: RunResult) -> str:
    """A suite for each file that was not skipped, a failed case for each finding."""
    root = ET.Element("testsuites", name="keras-lint")
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for file in run.files:
        if file.outcome == "skipped":
            continue
        suite = ET.SubElement(root, "testsuite", name=xml_text(relative(file.path)))
        numbers = _cases(suite, file)
        for name, number in numbers.items():
            suite.set(name, str(number))
            totals[name] += number
    for name, number in totals.items():
        root.set(name, str(number))
    return _document(root)


def _cases(suite: ET.Element, file: FileResult) -> dict[str, int]:
    path = xml_text(relative(file.path))
    for finding in file.findings:
        name = f"{finding.code} {finding.name} ({finding.span}, column {finding.span.column})"
        case = _case(suite, path, name, line_in_file(finding.span))
        message = xml_text(finding.message)
        failure = ET.SubElement(case, "failure", message=message, type=finding.level)
        failure.text = xml_text("\n".join([worded(finding), *details(finding)]))
    failed = file.outcome == "failed" and not file.findings
    if failed:
        error = ET.SubElement(_case(suite, path, "analysis", 1), "error", type="failed")
        error.set("message", xml_text(file.reason))
    if not file.findings and not failed:
        _case(suite, path, "keras-lint", 1)
    tests = max(len(file.findings), 1)
    return {"tests": tests, "failures": len(file.findings), "errors": int(failed)}


def _case(suite: ET.Element, path: str, name: str, line: int) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", name=name, classname=path, file=path, line=str(line), time="0"
    )


def checkstyle(run: RunResult) -> str:
    """A file element for each file that was not skipped, an error element for each finding."""
    root = ET.Element("checkstyle", version=__version__)
    for file in run.files:
        if file.outcome == "skipped":
            continue
        element = ET.SubElement(root, "file", name=xml_text(relative(file.path)))
        for finding in file.findings:
            ET.SubElement(
                element,
                "error",
                line=str(line_in_file(finding.span)),
                column=str(finding.span.column if finding.span.cell is None else 1),
                severity=finding.level,
                message=xml_text(worded(finding)),
                source=f"keras-lint.{finding.code}",
            )
        if file.outcome == "failed" and not file.findings:
            ET.SubElement(
                element,
                "error",
                line="1",
                severity="error",
                message=xml_text(f"not analysed: {file.reason}"),
                source="keras-lint.failed",
            )
    return _document(root)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'
