"""The flake8 plugin in real runs of flake8: the same codes, lines and columns as the command."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from fixture_lib import FIXTURES, broken_programs, correct_programs, expectations

from keras_lint.engine import examine
from keras_lint.flake8_plugin import KerasLintPlugin

ROOT = FIXTURES.parent
PLACE = re.compile(r"(.+?):(\d+):(\d+): (KER\d{3}) (.+)")

Reported = tuple[str, int, int, str, str]

pytest.importorskip("flake8")
pytestmark = pytest.mark.skipif(
    not [point for point in entry_points(group="flake8.extension") if point.name == "KER"],
    reason="keras-lint is not installed, so flake8 cannot know of it",
)


def flake8(*arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", *map(str, arguments)],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def reported(output: str) -> list[Reported]:
    found = []
    for line in output.splitlines():
        match = PLACE.fullmatch(line)
        assert match, line
        found.append((match[1], int(match[2]), int(match[3]), match[4], match[5]))
    return sorted(found)


def from_command(paths: Sequence[str | Path]) -> list[Reported]:
    process = subprocess.run(
        [sys.executable, "-m", "keras_lint", "check", "--no-verify", "--output-format", "json"]
        + [str(path) for path in paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode in (0, 1), process.stderr
    return sorted(
        (f["path"], f["line"], f["column"], f["code"], f["message"])
        for file in json.loads(process.stdout)["files"]
        for f in file["findings"]
        if f["cell"] is None  # flake8 reads no notebooks
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_same_codes_lines_columns_and_messages_as_the_command(jobs: int) -> None:
    process = flake8("--select=KER", f"--jobs={jobs}", "fixtures")
    assert process.returncode == 1
    assert process.stderr == ""
    found = reported(process.stdout)
    assert len(found) >= 50
    assert found == from_command(["fixtures"])


def test_each_broken_program_gives_what_is_expected_of_it() -> None:
    process = flake8("--select=KER", *broken_programs())
    expected = sorted(
        (str(path), item.line, item.code)
        for path in broken_programs()
        for item in expectations(path.read_text("utf-8"))
    )
    assert [(path, line, code) for path, line, _, code, _ in reported(process.stdout)] == expected


def test_correct_programs_give_nothing() -> None:
    process = flake8("--select=KER", *correct_programs())
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


def test_the_codes_are_on_without_being_selected() -> None:
    process = flake8("--extend-ignore=E,W,F", FIXTURES / "broken" / "ker201_flatten_twice.py")
    assert [code for *_, code, _ in reported(process.stdout)] == ["KER201"]


def test_rules_that_are_off_by_default_run_when_selected(tmp_path: Path) -> None:
    path = tmp_path / "late.py"
    path.write_text(
        "from keras import Input, Sequential, layers\n"
        "Sequential([Input((4, 3)), layers.TimeDistributed(layers.Dense(2))])\n"
    )
    assert flake8("--extend-ignore=E,W,F", path).stdout == ""
    for select in ("--extend-select=KER211", "--select=KER2"):
        (found,) = reported(flake8(select, path).stdout)
        assert found[3] == "KER211"


def test_select_ignore_and_per_file_ignores_of_flake8(tmp_path: Path) -> None:
    path = tmp_path / "two.py"
    path.write_text(
        "from keras import Input, Sequential, layers\n"
        "Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])\n"
        "Sequential([Input((4, 3)), layers.Flatten(), layers.Flatten()])\n"
    )

    def codes(*arguments: str) -> list[str]:
        return [code for *_, code, _ in reported(flake8(*arguments, path).stdout)]

    assert codes("--select=KER101,KER201") == ["KER101", "KER201"]
    assert codes("--select=KER101") == ["KER101"]
    assert codes("--select=KER1,KER2", "--ignore=KER101") == ["KER201"]
    assert codes("--extend-ignore=KER,E,W,F") == []
    assert codes("--select=KER101,KER2", "--per-file-ignores=two.py:KER201") == ["KER101"]


def test_our_settings_file_and_options_hold_for_flake8_too(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("import keras\n")
    (tmp_path / "keras-lint.toml").write_text('targt = "keras-2"\n')
    (found,) = reported(flake8("--select=KER", path).stdout)
    assert found[3] == "KER002"
    assert found[4].endswith("unknown setting 'targt'; did you mean target?")
    (tmp_path / "keras-lint.toml").write_text("")
    (found,) = reported(flake8("--select=KER", "--keras-lint-target=4", path).stdout)
    assert "unknown target '4'" in found[4]


def test_wide_characters_tabs_and_a_byte_order_mark_leave_the_columns_right(tmp_path: Path) -> None:
    path = tmp_path / "wide.py"
    path.write_text(
        "\ufefffrom keras import Input, Sequential, layers\n"
        "if True:\n"
        "\tname = '層𝄞'; model = Sequential([Input((4,)), layers.LSTM(3)])\n",
        "utf-8",
    )
    found = reported(flake8("--select=KER", path).stdout)
    assert len(found) == 1
    assert found[0][1:4] == (3, 35, "KER103")
    assert found == from_command([path])


def test_another_encoding_is_read_as_its_coding_line_says(tmp_path: Path) -> None:
    path = tmp_path / "latin.py"
    text = "# coding: latin-1\nfrom keras import Input, Sequential, layers\n"
    text += "Sequential([Input((4,), name='é'), layers.Flatten(), layers.Flatten()])\n"
    path.write_bytes(text.encode("latin-1"))
    found = reported(flake8("--select=KER", path).stdout)
    assert len(found) == 1
    assert found == from_command([path])


def test_standard_input() -> None:
    text = (FIXTURES / "broken" / "ker201_flatten_twice.py").read_text("utf-8")
    (found,) = reported(flake8("--select=KER", "-", text=text).stdout)
    assert found[3] == "KER201"


def test_noqa_is_obeyed(tmp_path: Path) -> None:
    text = (FIXTURES / "broken" / "ker201_flatten_twice.py").read_text("utf-8")
    path = tmp_path / "quiet.py"
    path.write_text(text.replace("# expect: KER201", "# noqa: KER201"), "utf-8")
    assert flake8("--select=KER", path).stdout == ""


def test_noqa_on_another_line_of_the_statement_is_obeyed_too(tmp_path: Path) -> None:
    path = tmp_path / "tall.py"
    path.write_text(
        "from keras import Input, Sequential, layers\n"
        "Sequential(\n    [Input((4, 3)), layers.Flatten(), layers.Flatten()]\n)  # noqa: KER201\n"
    )
    assert flake8("--select=KER", path).stdout == ""
    (found,) = reported(flake8("--select=KER", "--disable-noqa", path).stdout)
    assert found[3] == "KER201"


def test_a_syntax_error_is_left_to_flake8_and_costs_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import keras\ndef f(:\n")
    good = tmp_path / "good.py"
    good.write_text((FIXTURES / "broken" / "ker201_flatten_twice.py").read_text("utf-8"))
    process = flake8("--select=KER,E999", tmp_path)
    assert re.search(r"bad\.py:\d+:\d+: E999", process.stdout)
    assert "good.py" in process.stdout
    assert "KER001" not in process.stdout


def test_too_deep_a_file_is_said_to_be_left_out() -> None:
    lines = ["import keras\n", "x = 1\n", "if x == 0:\n", "    pass\n"]
    for number in range(1, 1600):
        lines += [f"elif x == {number}:\n", "    pass\n"]
    # not through flake8: its own pyflakes gives up on such a file and ends the run
    (report,) = KerasLintPlugin(ast.parse("x = 1"), lines, "deep.py").run()
    assert report[:2] == (1, 0)
    assert report[2].startswith("KER002 this file was not analysed: nested more than")


def test_results_are_kept_until_the_file_or_what_it_imports_changes(tmp_path: Path) -> None:
    program = (FIXTURES / "programs" / "b3_lstm_without_return_sequences.py").read_text("utf-8")
    (tmp_path / "sizes.py").write_text("import keras\nUNITS = 64\n", "utf-8")
    model = tmp_path / "model.py"
    model.write_text("from sizes import UNITS\n" + program.replace("64", "UNITS", 1), "utf-8")
    kept = tmp_path / "kept"
    asked = ["--select=KER", f"--keras-lint-cache-dir={kept}", "--jobs=2", tmp_path]

    def entries() -> int:
        return sum(1 for _ in kept.glob("??/*"))

    without = flake8("--keras-lint-no-cache", *asked).stdout
    assert "KER101" in without
    assert not kept.exists()
    first = flake8(*asked)
    assert entries() == 2
    again = flake8(*asked)
    assert entries() == 2
    assert first.stdout == again.stdout == without
    (tmp_path / "sizes.py").write_text("import keras\nUNITS = 32\n", "utf-8")
    assert "(None, 32)" in flake8(*asked).stdout
    model.write_text("import keras\n", "utf-8")
    assert flake8(*asked).stdout == ""


def test_a_crash_of_ours_becomes_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(examine, "check_bytes", crash)
    (report,) = KerasLintPlugin(ast.parse(""), ["import keras\n"], "x.py").run()
    line, column, text, kind = report
    assert (line, column, kind) == (1, 0, KerasLintPlugin)
    assert text.startswith("KER002 ")
    assert "RuntimeError: two lines" in text


@pytest.mark.keras
@pytest.mark.parametrize(("jobs", "option"), [(1, "command line"), (2, "configuration")])
def test_verification_only_when_asked_for_with_one_child_per_process(
    jobs: int, option: str, tmp_path: Path
) -> None:
    pytest.importorskip("tensorflow")
    program = (FIXTURES / "broken" / "ker201_flatten_twice.py").read_text("utf-8")
    files = [tmp_path / "one.py", tmp_path / "two.py"]
    for path in files:
        path.write_text(program, "utf-8")
    asked = ["--isolated", "--keras-lint-verify"]
    if option == "configuration":
        config = tmp_path / "flake8.ini"
        config.write_text("[flake8]\nkeras-lint-verify = true\n")
        asked = [f"--config={config}"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.run(
        [
            *(sys.executable, "-m", "flake8", *asked, "--select=KER"),
            *(f"--jobs={jobs}", *map(str, files)),
        ],
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stderr == ""
    found = reported(process.stdout)
    assert [code for *_, code, _ in found] == ["KER201", "KER201"]
    assert all(message.endswith(" [confirmed]") for *_, message in found)
    assert not list(scratch.iterdir()), "the children's folders are gone"
