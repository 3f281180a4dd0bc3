"""Programs for Keras 2, repaired for Keras 3: they build the same model there, or say why not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from fixture_lib import programs

from keras_lint.cli import main
from keras_lint.engine import check_text
from keras_lint.rules.base import Options
from keras_lint.settings import Settings

pytestmark = pytest.mark.keras
BUILDER = Path(__file__).with_name("build_programs.py")
KERAS_3 = Settings(options=Options("keras-3"))
REPAIRS: dict[str, list[str]] = {"safe": [], "unsafe": ["--unsafe-fixes"]}
DECIDE = re.compile(r"# decide: (KER\d{3})")


def built(kind: str, folder: Path) -> dict[str, Any]:
    files = sorted(str(path) for path in folder.glob("*.py"))
    command = [sys.executable, str(BUILDER), kind, *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {Path(file).stem: answer for file, answer in answers.items()}


@pytest.fixture(scope="module")
def all_results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the programs build before under tf_keras, and after the repairs under Keras 3."""
    pytest.importorskip("tf_keras")
    before = tmp_path_factory.mktemp("before")
    after = {kind: tmp_path_factory.mktemp(kind) for kind in REPAIRS}
    for path in programs("migration"):
        for folder in (before, *after.values()):
            shutil.copy(path, folder)
    for kind, options in REPAIRS.items():
        options = ["--fix", *options, "--target", "keras-3", "--no-verify", "--no-cache"]
        main(["check", *options, str(after[kind])])
    with ThreadPoolExecutor(2) as pool:
        old = pool.submit(built, "keras2", before)
        new = {kind: pool.submit(built, "keras3", folder) for kind, folder in after.items()}
        return {
            kind: {"after": after[kind], "old": old.result(), "new": new[kind].result()}
            for kind in REPAIRS
        }


@pytest.fixture(params=list(REPAIRS))
def results(
    request: pytest.FixtureRequest, all_results: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """As :func:`all_results`, for safe repairs and for all."""
    return all_results[request.param]


def graph(answer: Mapping[str, Any]) -> Any:
    made = nx.MultiDiGraph()
    calls = Counter(call["layer"] for call in answer["graph"]["calls"])
    for call in answer["graph"]["calls"]:
        facts = {key: call[key] for key in ("class", "shapes", "params", "trainable")}
        facts["activation"] = "" if call["activation"] == "linear" else call["activation"]
        facts["calls"] = calls[call["layer"]]
        made.add_node(call["id"], facts=facts)
        made.add_edges_from((parent, call["id"]) for parent in call["parents"])
    return made


def wanted(path: Path) -> list[str]:
    return DECIDE.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("path", programs("migration"), ids=lambda path: path.stem)
def test_repaired_programs_build_the_same_or_say_what_to_decide(
    path: Path, results: dict[str, Any]
) -> None:
    unsafe = results["after"].name.startswith("unsafe")
    text = (results["after"] / path.name).read_text("utf-8")
    result, _ = check_text(text, path.name, KERAS_3)
    left = {finding.span.line: finding for finding in result.findings}
    errors = [finding.code for finding in left.values() if finding.level == "error"]
    decisions = [f.code for f in left.values() if f.code in wanted(path)]
    assert sorted(decisions) == sorted(wanted(path)) or (unsafe and not decisions)
    assert set(errors) <= set(wanted(path))
    new, old = results["new"][path.stem], results["old"][path.stem]
    if "error" in new:
        assert wanted(path), new["error"]
        assert any(finding.span.line <= new["line"] for finding in left.values()), new
    elif "graph" in old:
        assert nx.is_isomorphic(
            graph(old), graph(new), node_match=lambda one, other: one["facts"] == other["facts"]
        ), (old, new)
        assert old["graph"]["params"] == new["graph"]["params"]
    else:
        assert wanted(path), old["error"]


def test_most_programs_build_again(results: dict[str, Any]) -> None:
    again = [name for name, answer in results["new"].items() if "graph" in answer]
    compared = [name for name in again if "graph" in results["old"][name]]
    assert len(results["new"]) >= 20
    assert len(again) >= 16
    assert len(compared) == len(again)


def test_programs_for_keras_2_are_left_alone_there() -> None:
    settings = Settings(options=Options("keras-2"))
    for path in programs("migration"):
        result, _ = check_text(path.read_text("utf-8"), path.name, settings)
        found = {finding.code for finding in result.findings}
        assert found <= {"KER407"}, path.name  # private modules are private there, too
