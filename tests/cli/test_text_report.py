"""The text report as a pure function: excerpts, underlines, trails, verdicts, summary."""

from __future__ import annotations

from dataclasses import replace

from keras_lint.model.findings import (
    FileResult,
    Finding,
    ModelSummary,
    Related,
    RunResult,
    TrailStep,
    Verdict,
)
from keras_lint.model.spans import Span
from keras_lint.reporters import json_report, text_report
from keras_lint.reporters.counts import count, exit_code
from keras_lint.reporters.excerpt import Mark, excerpt, lines_of

FINDING = Finding(
    code="KER102",
    name="wrong-input-rank",
    level="error",
    message="Conv2D needs rank 4",
    span=Span(2, 5, 2, 9),
    verdict=Verdict("confirmed", "TensorFlow refuses it", "ValueError: no\nReceived: x"),
)


def run_of(*findings: Finding, **more: object) -> RunResult:
    file = FileResult("m.py", "checked", findings=findings, models=(MODEL,))
    return RunResult((replace(file, **more),))  # type: ignore[arg-type]


MODEL = ModelSummary("model", "functional", Span(1, 1, 1, 5), followed=True)


def drawn(text: str, *marks: Mark) -> str:
    return "\n".join(excerpt(lines_of(text), marks, text_report.plain))


def test_whole_finding() -> None:
    finding = replace(
        FINDING,
        expected="rank 4",
        actual="(None, 8)",
        hint="add an axis",
        related=(Related(Span(1, 1, 1, 2), "from here"),),
        trail=(
            TrailStep(Span(1, 1, 1, 2), "InputLayer", "(None, 8)"),
            TrailStep(Span(2, 5, 2, 9), "Conv2D", ""),
        ),
    )
    report = text_report.render(run_of(finding), {"m.py": "a = 1\nb = call\nc = 3\n"})
    assert report == (
        "m.py:2:5: KER102 Conv2D needs rank 4\n"
        "    |\n"
        "  1 | a = 1\n"
        "    | - from here\n"
        "  2 | b = call\n"
        "    |     ^^^^ wrong input rank\n"
        "    |\n"
        "  expected  rank 4\n"
        "  received  (None, 8)\n"
        "  shapes\n"
        "      InputLayer  (None, 8)  line 1\n"
        "    → Conv2D      refused    line 2\n"
        "  help  add an axis\n"
        "  confirmed: TensorFlow refuses it\n"
        "    ValueError: no\n"
        "    Received: x\n"
        "\n"
        "1 file checked; 1 model (1 followed fully, 0 partly)\n"
        "1 finding: 1 confirmed\n"
    )


def test_underline_over_several_lines() -> None:
    text = "x = Sequential([\n    Dense(1),\n\n    Dense(2),\n])\n"
    assert drawn(text, Mark(Span(1, 5, 5, 3), "here")) == (
        "  |\n"
        "1 | x = Sequential([\n"
        "  |     ^^^^^^^^^^^^\n"
        "2 |     Dense(1),\n"
        "  |     ^^^^^^^^^\n"
        "3 |\n"
        "  | ^\n"
        "4 |     Dense(2),\n"
        "  |     ^^^^^^^^^\n"
        "5 | ])\n"
        "  | ^^ here\n"
        "  |"
    )


def test_secondary_place_is_underlined_on_its_first_line() -> None:
    text = "x = Dense(\n    1,\n)\ny = 2\n"
    rows = drawn(text, Mark(Span(4, 1, 4, 2)), Mark(Span(1, 5, 3, 2), "first", primary=False))
    assert rows.splitlines()[1:4] == ["1 | x = Dense(", "  |     ------ first", "..."]


def test_long_place_shows_head_and_tail() -> None:
    text = "".join(f"row{number}\n" for number in range(1, 31))
    rows = drawn(text, Mark(Span(2, 1, 25, 6))).splitlines()
    assert [row[:2].strip() for row in rows if row[:2].strip()] == [
        ("1"), "2", "3", "4", "5", "6", "..", "24", "25",
    ]  # fmt: skip


def test_tabs_are_underlined_where_they_stand() -> None:
    assert drawn("\tx\t= Dense(1)\n", Mark(Span(1, 6, 1, 14))) == (
        "  |\n1 |     x   = Dense(1)\n  |           ^^^^^^^^\n  |"
    )


def test_wide_and_combining_characters_take_their_cells() -> None:
    wide = drawn('"日本" + Dense()\n', Mark(Span(1, 8, 1, 15)))
    assert wide.splitlines()[2] == "  |          ^^^^^^^"
    combining = drawn('"e\u0301" + Dense()\n', Mark(Span(1, 8, 1, 15)))
    assert combining.splitlines()[2] == "  |       ^^^^^^^"


def test_lines_are_counted_as_python_does() -> None:
    text = "a = 1\r\nb = '\x0c\x1c\u2028'\rc = call\n"  # none of these ends a line for Python
    assert "3 | c = call\n  |     ^^^^" in drawn(text, Mark(Span(3, 5, 3, 9)))


def test_place_beyond_the_source_does_not_crash() -> None:
    assert drawn("a\n", Mark(Span(9, 1, 9, 2))) == ""
    assert drawn("ab\n", Mark(Span(1, 7, 1, 9))).splitlines()[2] == "  |   ^"


def test_distant_places_are_separated() -> None:
    text = "".join(f"row{number}\n" for number in range(1, 12))
    rows = drawn(text, Mark(Span(10, 1, 10, 3)), Mark(Span(2, 1, 2, 3), "first", primary=False))
    assert "\n...\n" in rows
    assert "-- first" in rows


def test_without_source_there_is_no_excerpt() -> None:
    report = text_report.render(run_of(FINDING), {})
    assert "|" not in report
    assert "confirmed" in report


def test_refuted_findings_are_counted_and_shown_on_demand() -> None:
    run = run_of(replace(FINDING, verdict=Verdict("refuted", "the model builds")))
    report = text_report.render(run, {})
    assert "KER102" not in report
    assert "0 findings (1 refuted by TensorFlow" in report
    assert exit_code(run) == 0
    shown = text_report.render(run, {}, show_refuted=True)
    assert "KER102" in shown
    assert "refuted: the model builds" in shown
    assert '"KER102"' not in json_report.render(run)
    assert '"KER102"' in json_report.render(run, show_refuted=True)
    assert '"refuted": 1' in json_report.render(run)


def test_exit_codes() -> None:
    assert exit_code(run_of()) == 0
    assert exit_code(run_of(FINDING)) == 1
    assert exit_code(run_of(replace(FINDING, verdict=Verdict("unverified")))) == 1
    assert exit_code(run_of(replace(FINDING, code="KER001"), outcome="failed")) == 1
    assert exit_code(run_of(outcome="failed")) == 2
    assert exit_code(RunResult(run_of(FINDING).files + run_of(outcome="failed").files)) == 2
    assert exit_code(run_of(replace(FINDING, code="KER002"))) == 2
    assert exit_code(RunResult()) == 0


def test_clean_but_not_followed_is_said() -> None:
    lost = replace(MODEL, followed=False, lost=("line 3: Mystery is not known",))
    run = run_of(models=(lost,), notes=("line 9: exec",))
    assert "(0 followed fully, 1 partly)" in text_report.render(run, {})
    verbose = text_report.render(run, {}, verbose=True)
    assert "m.py:1: model 'model' followed partly: line 3: Mystery is not known\n" in verbose
    assert "m.py: not followed: line 9: exec\n" in verbose
    none = run_of(models=())
    assert "1 checked file without a model" in text_report.render(none, {})
    assert count(none).without_models == 1


def test_long_evidence_is_cut() -> None:
    verdict = Verdict("confirmed", "", "\n".join(f"row {n}" for n in range(40)))
    report = text_report.render(run_of(replace(FINDING, verdict=verdict)), {})
    assert "row 11\n" in report
    assert "row 12\n" not in report
    assert "... 28 more lines" in report


def test_traceback_only_with_debug() -> None:
    run = run_of(outcome="failed", reason="crashed", models=(), traceback="Traceback: boom\n")
    assert "boom" not in text_report.render(run, {})
    assert "boom" in text_report.render(run, {}, debug=True)


def test_odd_file_names_stay_on_one_line() -> None:
    run = RunResult((FileResult("a\nb\x1b[1m.py", "failed", "cannot be read"),))
    assert text_report.render(run, {}).startswith("a\\nb\\x1b[1m.py: failed: cannot be read\n")


def test_colours_wrap_and_do_not_change_the_text() -> None:
    import re

    sources = {"m.py": "a = 1\nb = call\n"}
    coloured = text_report.render(run_of(FINDING), sources, colour=True)
    assert re.sub(r"\033\[[0-9;]*m", "", coloured) == text_report.render(run_of(FINDING), sources)
