"""Fixes by hand, good and bad, through the check that decides which may be called safe."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest

from keras_lint.engine import analyse_text, check_text
from keras_lint.fixes.recheck import Change, Program, Repair
from keras_lint.fixes.text import apply_edits
from keras_lint.model.fixes import SAME, Claim, Edit
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.rules.registry import all_rules
from keras_lint.verify.fixes import check_fixes


def edit(text, old, new, *, after=""):
    """An edit that replaces the first ``old`` behind ``after``."""
    start = text.index(old, text.index(after))
    end = start + len(old)

    def place(offset):
        return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1

    return Edit(Span(*place(start), *place(end)), new)


def check_fix(verifier, text, finding, edits, rules, claim=SAME):
    """The verdict on one repair."""
    edited = apply_edits(text, edits)
    before = Program(text, analyse_text(text, "program.py"))
    after = Program(edited, analyse_text(edited, "program.py"))
    repair = Repair(finding, tuple(edits), claim)
    return check_fixes(Change(before, after, (repair,), rules), verifier)


@pytest.fixture
def fix(verifier):
    """The verdict on edits of a program, for its finding of one code."""

    def check(text, code, *edits, claim=SAME):
        text = textwrap.dedent(text).lstrip("\n")
        result, _ = check_text(text, "program.py")
        finding = next(f for f in result.findings if f.code == code)
        made = [edit(text, old, new) for old, new in edits]
        return check_fix(verifier, text, finding, made, all_rules(), claim)

    return check


RECURRENT = """
    import keras
    from keras import layers
    model = keras.Sequential([
        keras.Input((10, 4)),
        layers.LSTM(8, name="first"),
        layers.LSTM(8),
        layers.Dense(1),
    ])
"""
SEQUENCES = ('name="first"', 'name="first", return_sequences=True')


@pytest.mark.keras
def test_a_good_fix_of_a_broken_model(fix):
    verdict = fix(RECURRENT, "KER101", SEQUENCES, claim=Claim(frozenset({"first"})))
    assert verdict.status == "holds", verdict


@pytest.mark.keras
def test_a_fix_that_changes_more_than_it_says(fix):
    claim = Claim(frozenset({"first"}))
    verdict = fix(RECURRENT, "KER101", SEQUENCES, ("Dense(1)", "Dense(2)"), claim=claim)
    assert verdict.status == "fails"
    assert verdict.reason.startswith("changes more than it says: layer Dense 'dense'")


@pytest.mark.keras
def test_a_fix_that_adds_a_layer(fix):
    repeat = ("layers.LSTM(8),", "layers.RepeatVector(10), layers.LSTM(8),")
    verdict = fix(RECURRENT, "KER101", repeat, claim=Claim(added=("RepeatVector",)))
    assert verdict.status == "holds", verdict
    verdict = fix(RECURRENT, "KER101", repeat, claim=Claim(added=("Dropout",)))
    assert verdict.status == "fails"


@pytest.mark.keras
def test_a_fix_that_repairs_nothing(fix):
    verdict = fix(RECURRENT, "KER101", ("LSTM(8),", "LSTM(9),"))
    assert (verdict.status, verdict.reason) == ("fails", "KER101 is still found")


@pytest.mark.keras
def test_a_fix_that_breaks_something_else(fix):
    verdict = fix(
        RECURRENT,
        "KER101",
        SEQUENCES,
        ("layers.Dense(1)", "layers.Conv2D(1, 3)"),
        claim=Claim(frozenset({"first"})),
    )
    assert verdict.status == "fails"
    assert verdict.reason == "KER102 is found now"


TWICE = """
    import keras
    from keras import layers
    x = keras.Input((8, 8, 3))
    y = layers.Flatten()(x)
    y = layers.Flatten()(y)
    model = keras.Model(x, layers.Dense(2)(y))
"""


@pytest.mark.keras
def test_a_fix_of_a_model_that_builds(fix):
    removal = ("y = layers.Flatten()(y)\n", "\n")
    verdict = fix(TWICE, "KER201", removal, claim=Claim(removed=("Flatten",)))
    assert verdict.status == "holds", verdict
    verdict = fix(TWICE, "KER201", removal)  # it says that the model stays the same
    assert verdict.status == "fails"
    assert verdict.reason == "changes more than it says: calls of Flatten: 2 in source, 1 as built"


NOT_FLATTENED = """
    import keras
    from keras import layers
    x = keras.Input((6,))
    y = layers.Activation("linear")(layers.Dense(4)(x))
    model = keras.Model(x, layers.Dense(2)(y))
"""


@pytest.mark.keras
@pytest.mark.parametrize(
    ("edits", "status"),
    [
        ([("layers.Dense(4)", "layers.Dense(units=4)")], "holds"),
        ([("layers.Dense(4)", "keras.layers.Dense(2 + 2)")], "holds"),
        ([("layers.Dense(4)", "layers.Dense(5)")], "fails"),
        ([("layers.Dense(4)", "layers.Dense(4, activation='relu')")], "fails"),
        ([("layers.Dense(4)(x)", "x")], "fails"),
        ([("keras.Input((6,))", "keras.Input((7,))")], "fails"),
    ],
)
def test_a_safe_fix_of_working_code_leaves_the_same_model(verifier, edits, status):
    """With a finding that goes with a harmless edit, only the comparison of the models decides."""
    text = textwrap.dedent(NOT_FLATTENED).lstrip("\n")
    made = [edit(text, old, new) for old, new in [*edits, ('"linear"', 'activation="linear"')]]
    length = len('layers.Activation("linear")')

    def check(rule, graph):
        for layer in graph.layers.values():
            span = layer.origin.span if layer.origin else None
            if span and layer.cls == "Activation" and span.end_column - span.column == length:
                yield rule.finding(graph, span, "this text")

    rule = Rule("KER907", "text", "info", "graph", "", check)
    (finding,) = (f for g in check_text(text, "p.py")[1].graphs for f in check(rule, g))
    finding = replace(finding, graph=0)
    verdict = check_fix(verifier, text, finding, made, {"KER907": rule})
    assert verdict.status == status, verdict
