"""What README.md shows is what the tool does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "update_readme.py"
    spec = importlib.util.spec_from_file_location("update_readme", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_rule_table_is_that_of_the_rules(script: ModuleType) -> None:
    assert script.replaced(README, "rules", script.rule_table()) == README, (
        "run scripts/update_readme.py"
    )


def test_pages_are_those_of_the_rules(script: ModuleType) -> None:
    found = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "rules").iterdir()}
    assert found == script.rule_pages(), "run scripts/update_readme.py"


@pytest.mark.keras
def test_example_is_a_real_run(script: ModuleType) -> None:
    pytest.importorskip("tensorflow")
    # TensorFlow's own words, on the line after the verdict, change with its version
    words = re.compile(r"(  confirmed: .*\n)    .*\n")
    shown = re.search(r"```console\n.*?```", README, re.DOTALL)
    assert shown is not None
    assert words.sub(r"\1", script.example()) == words.sub(r"\1", shown[0])


def test_ci_runs_the_second_command() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    assert len(commands) == 2
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    for command in commands[1].split(" && "):
        assert command in ci
