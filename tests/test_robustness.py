"""Whatever a file is, it gets one clear outcome, and the other files of the run are checked."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from keras_lint.cli import main
from keras_lint.engine import check_paths, check_text
from keras_lint.engine import file as engine_file
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules import registry
from keras_lint.rules.base import Rule
from keras_lint.settings import selection
from keras_lint.source import reader

GOOD = """\
from keras import Input, Sequential, layers
model = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])
"""
NESTED = 3_000

Expected = tuple[str, str]


def _elif_chain(length: int) -> str:
    head = "import keras, sys\nn = len(sys.argv)\nif n == 0:\n    x = 0\n"
    return head + "".join(f"elif n == {i}:\n    x = {i}\n" for i in range(1, length))


CASES: dict[str, tuple[bytes, str, str]] = {
    "syntax.py": (b"import keras\ndef f(:\n", "failed", "syntax error at line 2"),
    "binary.py": (bytes(range(256)) + b"keras", "failed", "NUL bytes"),
    "binary_without_the_word.py": (b"\x7fELF\0\1\2", "failed", "NUL bytes"),
    "empty.py": (b"", "skipped", "empty file"),
    "blank.py": (b"\n  \n", "skipped", "empty file"),
    "latin1.py": ("import keras\n# caf\xe9\n".encode("latin-1"), "failed", "cannot be decoded"),
    "latin1_declared.py": (
        ("# -*- coding: latin-1 -*-\n# caf\xe9\n" + GOOD).encode("latin-1"),
        "checked",
        "",
    ),
    "utf16.py": (GOOD.encode("utf-16"), "failed", "NUL bytes"),
    "utf8_bom.py": (b"\xef\xbb\xbf" + GOOD.encode(), "checked", ""),
    "unknown_coding.py": (b"# coding: nonsense\nimport keras\n", "failed", "cannot be decoded"),
    "no_keras.py": (b"print(1)\n", "skipped", "does not mention Keras"),
    "crlf.py": (GOOD.replace("\n", "\r\n").encode(), "checked", ""),
    "form_feed.py": (b"import keras\n\x0c\n" + GOOD.encode(), "checked", ""),
    # what goes through such a line more than once takes hours
    "long_line.py": (f"{GOOD}{'#' * 500_000}\n".encode(), "checked", ""),
    "call_chain.py": (f"{GOOD}x = model{'.a()' * 300}\n".encode(), "checked", ""),
    # whether Python's parser or ours gives up first depends on Python's version
    "unary.py": (b"import keras\nx = " + b"-" * NESTED + b"1\n", "failed", "nested "),
    "sum.py": (b"import keras\nx = " + b" + ".join([b"1"] * 20_000), "failed", "nested "),
    "elif.py": ((_elif_chain(400) + GOOD).encode(), "checked", ""),
    'odd\nname "\x01é.py': (GOOD.encode(), "checked", ""),
}


def _write_all(folder: Path) -> list[str]:
    for name, (data, _, _) in CASES.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in CASES]


def test_every_kind_of_file_in_one_run(tmp_path: Path) -> None:
    paths = _write_all(tmp_path)
    good = tmp_path / "zz_good.py"
    good.write_text(GOOD)
    results = {Path(r.path).name: r for r in check_paths([*paths, str(good)]).files}
    assert {name: results[name].outcome for name in CASES} == {
        name: outcome for name, (_, outcome, _) in CASES.items()
    }
    for name, (_, _, reason) in CASES.items():
        assert reason in results[name].reason
        assert "\n" not in results[name].reason
        assert not results[name].traceback
    for name in ("zz_good.py", "utf8_bom.py", "crlf.py", "latin1_declared.py", "call_chain.py"):
        assert [finding.code for finding in results[name].findings] == ["KER101"], name


def test_one_clear_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = _write_all(tmp_path)
    assert main(["check", "--no-verify", *paths]) == 2
    lines = capsys.readouterr().out.splitlines()
    for name, (_, outcome, reason) in CASES.items():
        if outcome != "checked" and name != "no_keras.py":
            (line,) = [row for row in lines if f"{os.sep}{name}" in row]
            expected = "KER001" if name == "syntax.py" else f"{outcome}: "
            assert expected in line
            assert name == "syntax.py" or reason in line


def test_a_syntax_tree_too_large_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "import keras\nx = [" + "0," * 1_000 + "]\n"
    assert check_text(content, "data.py")[0].outcome == "checked"
    monkeypatch.setattr(reader, "MAX_NODES", 1_000)
    result, _ = check_text(content, "data.py")
    assert (result.outcome, result.reason) == (
        "failed",
        "more than 1,000 pieces of syntax; not analysed",
    )


def test_nested_parentheses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = tmp_path / "deep.py"
    deep.write_text(f"import keras\nx = {'(' * NESTED}1{')' * NESTED}\n")
    good = tmp_path / "good.py"
    good.write_text(GOOD)
    assert main(["check", "--no-verify", str(deep), str(good)]) in (1, 2)
    out = capsys.readouterr().out
    assert len([line for line in out.splitlines() if "deep.py" in line]) == 1
    assert "nested" in out
    assert "good.py:2:37: KER101" in out


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "no_python").mkdir()
    (tmp_path / "no_python" / "notes.txt").touch()
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "again").symlink_to(tmp_path / "loop", target_is_directory=True)
    (tmp_path / "loop" / "good.py").write_text(GOOD)
    (tmp_path / "loop" / "broken_link.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "loop" / ".#good.py").symlink_to("somebody@somewhere.1")  # Emacs is editing it
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "notes.rst").write_text("keras")
    names = ["missing.py", "no_python", "loop", "folder.py", "pipe.py", "notes.rst", "a\0b.py"]
    run = check_paths([str(tmp_path / name) for name in names])
    outcomes = {os.path.relpath(f.path, tmp_path): (f.outcome, f.reason) for f in run.files}
    assert outcomes == {
        "missing.py": ("failed", "no such file or folder"),
        "no_python": ("skipped", "no Python files or notebooks in this folder"),
        os.path.join("loop", "broken_link.py"): ("failed", "the link leads nowhere"),
        os.path.join("loop", "good.py"): ("checked", ""),
        "folder.py": ("skipped", "no Python files or notebooks in this folder"),
        "pipe.py": ("failed", "not a regular file"),
        "notes.rst": ("skipped", "neither Python source (.py) nor a notebook (.ipynb)"),
        "a\0b.py": ("failed", "no such file or folder"),
    }


def test_a_link_to_itself_hides_no_module_beside_it(tmp_path: Path) -> None:
    for name in "abcdefghijklmnop":  # the system lists them in no order
        (tmp_path / name).symlink_to(name)
    (tmp_path / "layers.py").write_text("SIZE = 4\n")
    (tmp_path / "model.py").write_text(
        "from keras import Input, Sequential\nfrom keras.layers import LSTM\nimport layers\n"
        "model = Sequential([Input((10, 8)), LSTM(layers.SIZE), LSTM(4)])\n"
    )
    (result,) = (file for file in check_paths([str(tmp_path)]).files if file.findings)
    assert "(None, 4)" in result.findings[0].message


def test_a_place_nobody_can_look_at_is_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # the system refuses to look at names so long, as it does in folders that are closed to us
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(GOOD.encode())))
    name = os.path.join("x" * 5_000, "good.py")
    assert main(["check", "--no-verify", "--no-cache", "--stdin-filename", name, "-"]) == 1
    assert "KER101" in capsys.readouterr().out


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes only on POSIX")
def test_file_name_that_is_not_text(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = os.fsencode(tmp_path) + b"/odd\xff.py"
    with open(path, "wb") as file:
        file.write(GOOD.encode())
    assert main(["check", "--no-verify", str(tmp_path)]) == 1
    assert "odd\\udcff.py:2:37: KER101" in capfd.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_and_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text(GOOD)
    (tmp_path / "secret.py").chmod(0)
    (tmp_path / "closed").mkdir(mode=0)
    assert main(["check", "--no-verify", str(tmp_path / "closed")]) == 2
    run = check_paths([str(tmp_path)])
    assert {f.outcome for f in run.files} == {"failed"}
    assert {f.reason for f in run.files} == {
        "cannot be read: Permission denied",
        "cannot be listed: Permission denied",
    }


def test_unreadable_file_whoever_runs_this(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text(GOOD)
    (tmp_path / "b.py").write_text(GOOD)
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.py":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    first, second = check_paths([str(tmp_path)]).files
    assert (first.outcome, first.reason) == ("failed", "cannot be read: Permission denied")
    assert second.findings


def test_crash_in_the_interpreter_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text(GOOD + "# this one\n")
    (tmp_path / "b.py").write_text(GOOD)
    analyse = engine_file.analyse

    def crash(source: Any, *rest: Any) -> Any:
        if "this one" in source.text:
            raise ZeroDivisionError("two\nlines")
        return analyse(source, *rest)

    monkeypatch.setattr(engine_file, "analyse", crash)
    first, second = check_paths([str(tmp_path)]).files
    assert first.outcome == "failed"
    assert "ZeroDivisionError: two lines" in first.reason
    assert "Traceback" in first.traceback
    assert [finding.code for finding in second.findings] == ["KER101"]


def test_crash_in_a_rule_costs_only_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_rule: Rule, _graph: LayerGraph) -> list[Finding]:
        raise KeyError("gone")

    rules = dict(registry.all_rules())
    rules["KER201"] = replace(rules["KER201"], check=crash)
    monkeypatch.setattr("keras_lint.settings.selection.all_rules", lambda: rules)
    selection.rules_on.cache_clear()
    result, _ = check_text(GOOD, "a.py")
    selection.rules_on.cache_clear()
    assert result.outcome == "checked"
    assert sorted(finding.code for finding in result.findings) == ["KER002", "KER101"]
    (failed,) = [finding for finding in result.findings if finding.code == "KER002"]
    assert "KER201 repeated-layer crashed on this file: KeyError: 'gone'" in failed.message
    assert "Traceback" in result.traceback


def test_crash_in_verification_costs_no_finding(tmp_path: Path) -> None:
    class Crashing:
        jobs = 1

        def prepare(self, *_: object) -> None:
            raise OSError("nor this")

        def verify(self, *_: object) -> list[Finding]:
            raise OSError("the pipe is gone")

    (tmp_path / "a.py").write_text(GOOD)
    (result,) = check_paths([str(tmp_path)], verifier=Crashing()).files  # type: ignore[arg-type]
    (finding,) = result.findings
    assert finding.verdict.status == "unverified"
    assert finding.verdict.reason == "verification failed: OSError: the pipe is gone"
    assert "Traceback" in result.traceback


GROWTH = {
    "text": "s = 'a'\nfor i in range(60):\n    s = s + s",
    "text by method": "s = 'a'\nfor i in range(60):\n    s = s.replace('a', 'aa')",
    "joined text": "s = 'a'\nfor i in range(60):\n    s = ''.join([s, s])",
    "f-string": "s = 'a'\nfor i in range(60):\n    s = f'{s}{s}'",
    "percent": "s = 'a'\nfor i in range(60):\n    s = '%s%s' % (s, s)",
    "wide fields": "s = ['%99999999999d' % 5, f'{5:>99999999999}', '{:>99999999999}'.format(5)]",
    "padding": "s = 'a'.zfill(10**11)",
    "list": "s = [1]\nfor i in range(60):\n    s = s + s",
    "list in place": "s = [1]\nfor i in range(60):\n    s.extend(s)",
    "tuple": "s = (1,)\nfor i in range(60):\n    s = s + s",
    "number": "s = 3\nfor i in range(60):\n    s = s * s",
    "power": "s = 9**9**9**9\ns = 1 << 10**12\ns = round(10**400, -10**12)",
    "repetition": "s = 'a' * 10**12\ns = [0] * 10**12\ns = (0,) * 10**12",
    "range": "s = list(range(10**12))\ns = [i for i in range(10**12)]\ns = sum(range(10**12))",
    "itself": "s = []\ns.append(s)\nx = layers.Add()(s)",
}


@pytest.mark.parametrize("program", GROWTH.values(), ids=GROWTH)
def test_what_outgrows_the_memory_is_unknown_and_the_rest_is_checked(program: str) -> None:
    result, _ = check_text(f"import keras\nfrom keras import layers\n{program}\n{GOOD}", "a.py")
    assert result.outcome == "checked"
    assert [finding.code for finding in result.findings] == ["KER101"]


ENDLESS = {
    "loops": "for i in range(1000):\n    for j in range(1000):\n        k = i * j",
    "recursion": "def f(n):\n    return f(n - 1) + f(n - 1) if n else 1\nf(50)",
    "appending": "k = []\nfor i in range(2000):\n    for j in range(2000):\n        k.append(i)",
    "doubled nesting": "k = (1,)\nfor i in range(45):\n    k = (k, k)\nkeras.layers.Add()(k)",
}


@pytest.mark.parametrize("program", ENDLESS.values(), ids=ENDLESS)
def test_a_spent_step_budget_is_said(program: str) -> None:
    result, _ = check_text(f"import keras\n{GOOD}{program}\n", "a.py")
    assert result.outcome == "checked"
    assert any("step budget" in note for note in result.notes)
    assert not any(model.followed for model in result.models)
    assert [finding.code for finding in result.findings] == ["KER101"]


def test_a_budget_spent_inside_a_branch_keeps_the_models_of_the_other() -> None:
    program = (
        "import keras, sys\nfrom keras import layers\nif len(sys.argv) > 1:\n"
        "    m = keras.Sequential([keras.Input((4,)), layers.Dense(4)])\nelse:\n"
        "    for i in range(1000):\n        for j in range(1000):\n            k = i * j\n"
    )
    result, _ = check_text(program, "a.py")
    (model,) = result.models
    assert not model.followed
    assert any("step budget" in reason for reason in model.lost)


@pytest.mark.parametrize("end", ["return m", "break", "if input():\n        return m"])
@pytest.mark.parametrize("around", ["for a in open('x'):", "class A:", "if input():"])
def test_what_only_python_s_compiler_refuses_takes_no_model_away(around: str, end: str) -> None:
    program = f"import keras\n{around}\n    m = keras.Sequential([keras.Input((4,))])\n    {end}\n"
    result, _ = check_text(program, "x.py")
    assert (result.outcome, result.traceback, len(result.models)) == ("checked", "", 1)


def test_tuple_that_holds_another_twice_as_a_key(tmp_path: Path) -> None:
    """Eighty such tuples are 2**80 parts; each is looked at once."""
    program = tmp_path / "doubling.py"
    program.write_text(
        "import keras\n"
        "t = ()\n"
        "for _ in range(80):\n"
        "    t = (t, t)\n"
        "sizes = {t: 7}\n"
        "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(sizes[t])])\n"
    )
    (result,) = check_paths([str(program)]).files
    assert [model.followed for model in result.models] == [True]


def test_python_s_own_warnings_about_a_file_are_not_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.py"
    path.write_text(GOOD + "x = 1if model else 0\ny = '\\d'\nz = 1 is 1\n")
    assert main(["check", "--no-verify", "--no-cache", str(path)]) == 1
    assert capfd.readouterr().err == ""
