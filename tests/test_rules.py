"""Every rule through the engine: its examples, its documentation, what it says."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_lib import Expected, broken_programs, expectations, label

import keras_lint.rules
from keras_lint.engine import check_text
from keras_lint.fixing import Fixed, fix_bytes
from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.reader import with_deep_stack
from keras_lint.verify import Verifier

SECTIONS = ("What it does", "Why it matters", "When it stays silent")
GRAPH_RULES = [rule for rule in all_rules().values() if rule.check or rule.check_file]
MODULES = {
    name.split("_")[0].upper(): importlib.import_module(f"keras_lint.rules.{name}")
    for _, name, _ in pkgutil.iter_modules(keras_lint.rules.__path__)
    if name.startswith("ker")
}


def examples(kind: str) -> Iterator[object]:
    for rule in GRAPH_RULES:
        for index, text in enumerate(getattr(rule, kind)):
            yield pytest.param(rule, text, id=f"{rule.code}-{index}")


def found(text: str, rule: Rule) -> list[tuple[int, str]]:
    """Where which rule speaks: all that are on by default, and this one."""
    on = tuple(code for code, other in all_rules().items() if other.default)
    settings = Settings(select=(*on, rule.code), options=rule.example_options)
    result, _ = check_text(text, "example.py", settings)
    assert result.outcome == "checked", result.reason
    assert not result.traceback
    return [(finding.span.line, finding.code) for finding in result.findings]


@pytest.mark.parametrize(("rule", "text"), examples("invalid"))
def test_invalid_example_is_found_on_its_line(rule: Rule, text: str) -> None:
    wanted = [(item.line, item.code) for item in expectations(text)]
    assert {code for _, code in wanted} == {rule.code}
    assert found(text, rule) == wanted


@pytest.mark.parametrize(("rule", "text"), examples("valid"))
def test_valid_example_gives_nothing_and_is_followed(rule: Rule, text: str) -> None:
    assert not expectations(text), rule.code
    assert found(text, rule) == []
    result, _ = check_text(text, "example.py")
    assert result.models
    assert [model.lost for model in result.models if not model.followed] == []


@pytest.mark.parametrize("rule", GRAPH_RULES, ids=lambda rule: rule.code)
def test_rule_has_enough_examples(rule: Rule) -> None:
    assert len(rule.invalid) >= 3
    assert len(rule.valid) >= 3


@pytest.mark.parametrize("code", sorted(MODULES))
def test_rule_is_documented(code: str) -> None:
    text = ast.get_docstring(ast.parse(inspect.getsource(MODULES[code]))) or ""
    positions = [text.find(f"\n{section}\n") for section in SECTIONS]
    assert -1 not in positions
    assert positions == sorted(positions)
    rule = all_rules()[code]
    assert rule is MODULES[code].RULE
    assert rule.summary
    assert rule.name == rule.name.lower()


@pytest.mark.parametrize("path", broken_programs(), ids=label)
def test_message_is_one_sentence_with_a_hint_and_a_place(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    result, _ = check_text(text, str(path))
    (finding,) = result.findings
    rule = all_rules()[finding.code]
    assert "\n" not in finding.message
    assert not finding.message.endswith(".")
    assert finding.hint
    assert finding.level == rule.level
    assert finding.graph is not None
    lines = text.split("\n")
    for span in (finding.span, *(related.span for related in finding.related)):
        excerpt = lines[span.line - 1][span.column - 1 :]
        assert excerpt
        assert not excerpt[0].isspace()
    if finding.level == "error" and rule.code not in ("KER108",):
        assert finding.expected
        assert finding.actual
        assert finding.trail


REFUSALS = (
    ValueError,
    TypeError,
    NotImplementedError,
    RuntimeError,
    AttributeError,
    IndexError,
)
"""What Keras raises when it refuses something; anything else is a broken example."""
_OF_PYTHON = {"KER507": (NameError,)}
"""What Python itself raises in the examples of a rule: here, for a name that nothing binds."""


@pytest.mark.keras
def test_examples_are_what_keras_says_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invalid examples of errors raise, all others build; one process, the child is not used."""
    monkeypatch.chdir(tmp_path)  # some of them save a model
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    for rule in GRAPH_RULES:
        for text in (*rule.invalid, *rule.valid):
            keras.backend.clear_session()
            fails = rule.confirm == "raise" or (rule.confirm == "api" and rule.level == "error")
            wrong: list[Expected] = expectations(text) if fails else []
            code = compile(text, f"<{rule.code}>", "exec")
            if wrong:
                missing = (ImportError,) if rule.confirm == "api" else _OF_PYTHON.get(rule.code, ())
                with pytest.raises((*REFUSALS, *missing)):
                    exec(code, {})
            else:
                exec(code, {})


def fixable() -> Iterator[object]:
    for rule in GRAPH_RULES:
        if rule.fix is not None:
            for index, (text, fixed) in enumerate(zip(rule.invalid, rule.fixed, strict=True)):
                yield pytest.param(rule, text, fixed, id=f"{rule.code}-{index}")


def repaired(text: str, rule: Rule, verifier: Verifier | None = None, **more: bool) -> Fixed:
    on = tuple(code for code, other in all_rules().items() if other.default)
    settings = Settings(select=(*on, rule.code))
    data = text.encode()
    return with_deep_stack(
        lambda: fix_bytes(data, "example.py", settings, verifier=verifier, **more)
    )


@pytest.mark.parametrize(("rule", "text", "fixed"), fixable())
def test_examples_are_fixed_as_the_rule_says(rule: Rule, text: str, fixed: str) -> None:
    outcome = repaired(text, rule, unsafe=True)
    assert without_marks(outcome.after.decode()) == (fixed or without_marks(text))
    assert {made.finding.code for made in outcome.made} == ({rule.code} if fixed else set())
    assert repaired(outcome.after.decode(), rule, unsafe=True).made == ()
    if rule.fix == "unsafe":
        assert repaired(text, rule, unsafe=False).made == ()


def without_marks(text: str) -> str:
    return re.sub(r"  # expect: .*", "", text)


def test_rules_with_fixes_show_some() -> None:
    for rule in GRAPH_RULES:
        assert bool(rule.fix) == any(rule.fixed), rule.code


@pytest.mark.keras
def test_fixes_of_the_examples_hold_in_tensorflow(verifier: Verifier) -> None:
    """What is repaired builds, and is the model of before but for what the fix says."""
    failed = []
    for rule in GRAPH_RULES:
        for text, fixed in zip(rule.invalid, rule.fixed, strict=False):
            if fixed:
                outcome = repaired(text, rule, verifier, unsafe=True)
                doubts = [made.verdict for made in outcome.made if made.verdict.status != "holds"]
                if doubts or not outcome.made:
                    failed.append((rule.code, text, doubts, outcome.left))
    assert failed == []
