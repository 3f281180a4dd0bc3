"""Settings files, what they hold, and which of them has the word."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from keras_lint.cli import main
from keras_lint.rules.base import Options
from keras_lint.settings.project import ProjectSettings

BROKEN = """\
from keras import Input, Sequential, layers

model = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])
twice = Sequential([Input((4, 3)), layers.Flatten(), layers.Flatten()])
"""
BOTH = ["KER101", "KER201"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()  # nothing above counts
    return tmp_path


def write(path: Path, text: str = BROKEN) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def codes(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list[str]]:
    """The codes found, by file."""
    code = main(["check", "--no-verify", "--output-format", "json", *arguments])
    out, err = capsys.readouterr()
    assert code < 2, err
    files = json.loads(out)["files"]
    return {file["path"]: [f["code"] for f in file["findings"]] for file in files}


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize(
    ("name", "head"), [("pyproject.toml", "[tool.keras-lint]\n"), ("keras-lint.toml", "")]
)
def test_settings_file_and_command_line(
    here: Path, capsys: pytest.CaptureFixture[str], name: str, head: str
) -> None:
    write(here / "a.py")
    assert codes(capsys) == {"a.py": BOTH}
    write(here / name, f'{head}ignore = ["KER1"]\n')
    assert codes(capsys) == {"a.py": ["KER201"]}
    assert codes(capsys, "--ignore", "KER201") == {"a.py": ["KER101"]}
    assert codes(capsys, "--isolated") == {"a.py": BOTH}
    write(here / "other.toml", 'select = ["KER1"]\n')
    assert codes(capsys, "--config", "other.toml") == {"a.py": ["KER101"]}


def test_nearest_file_wins_key_by_key(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here / "keras-lint.toml", 'ignore = ["KER101"]\nextend-select = ["KER211"]\n')
    write(here / "a.py")
    write(here / "sub" / "a.py")
    write(here / "sub" / "pyproject.toml", '[project]\nname = "x"\n')
    write(here / "sub" / "deep" / "a.py")
    write(here / "sub" / "deep" / "pyproject.toml", '[tool.keras-lint]\nignore = ["KER201"]\n')
    write(here / "own" / "a.py")
    write(here / "own" / "keras-lint.toml", "root = true\n")
    assert codes(capsys) == {
        "a.py": ["KER201"],
        "own/a.py": BOTH,
        "sub/a.py": ["KER201"],
        "sub/deep/a.py": ["KER101"],
    }
    assert codes(capsys, "sub/deep/a.py") == {"sub/deep/a.py": ["KER101"]}


def test_select_and_extend_select(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        here / "a.py",
        BROKEN + "late = Sequential([Input((4, 3)), layers.TimeDistributed(layers.Dense(2))])\n",
    )
    assert codes(capsys, "--extend-select", "KER211") == {"a.py": [*BOTH, "KER211"]}
    assert codes(capsys, "--select", "KER1", "--extend-select", "KER211") == {
        "a.py": ["KER101", "KER211"]
    }


def test_per_file_ignores(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here / "a.py")
    write(here / "tests" / "a.py")
    write(here / "tests" / "b.py")
    write(
        here / "pyproject.toml",
        '[tool.keras-lint.per-file-ignores]\n"tests/*" = ["KER1"]\n"b.py" = ["KER201"]\n',
    )
    expected = {"a.py": BOTH, "tests/a.py": ["KER201"], "tests/b.py": []}
    assert codes(capsys) == expected
    assert codes(capsys, "--select", "KER101,KER201") == expected
    assert codes(capsys, "--per-file-ignores", "a.py:KER1,KER2") == {
        "a.py": [],
        "tests/a.py": [],
        "tests/b.py": BOTH,
    }


def test_excluded_unless_named(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.py", "old/a.py", ".hidden/a.py", "made.py", "deep/old/b.py"):
        write(here / name)
    write(here / "keras-lint.toml", 'extend-exclude = ["old", "/made.py"]\n')
    assert list(codes(capsys)) == ["a.py"]
    assert list(codes(capsys, "--extend-exclude", "a.*")) == ["."]
    assert list(codes(capsys, "--exclude", "none")) == ["a.py", ".hidden/a.py"]
    assert list(codes(capsys, "old/a.py")) == ["old/a.py"]
    assert list(codes(capsys, "made.py")) == ["made.py"]
    named = ["a.py", "old/a.py", ".hidden/a.py", "made.py", "old", str(here / "old" / "a.py")]
    assert list(codes(capsys, "--force-exclude", *named)) == ["a.py"]
    monkeypatch.chdir(here / "old")
    assert list(codes(capsys, "--force-exclude", "../a.py", "a.py")) == ["../a.py"]


def test_gitignore_is_respected_unless_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.py", "build/a.py", "build/keep.py", "sub/x_gen.py", "sub/y_gen.py", "sub/z.py"):
        write(here / name)
    write(here / ".gitignore", "/build/\n*_gen.py\n")
    write(here / "sub" / ".gitignore", "!y_gen.py\nz.py\n")
    assert list(codes(capsys)) == ["a.py", "sub/y_gen.py"]
    assert list(codes(capsys, "sub")) == ["sub/y_gen.py"]
    assert list(codes(capsys, "./sub/../sub")) == ["sub/y_gen.py"]
    assert list(codes(capsys, "build")) == ["build/a.py", "build/keep.py"]
    assert list(codes(capsys, "sub/z.py")) == ["sub/z.py"]


def test_lines_of_gitignore_that_are_no_patterns_say_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    write(here / "a.py")
    write(here / "b.py")
    write(here / ".gitignore", "\\\n!\n[z-a]\n[[:alpha:]]x.py\nb.py\n")
    assert list(codes(capsys)) == ["a.py"]
    assert not list(recwarn)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slect = []", "keras-lint.toml: unknown setting 'slect'; did you mean select?"),
        ("per_file_ignores = {}", "unknown setting 'per_file_ignores'; did you mean per-file-ign"),
        ('ignore = ["KER1001"]', "ignore: unknown rule code 'KER1001'; did you mean KER101?"),
        ('ignore = "KER101"', "ignore: must be a list of strings, not 'KER101'"),
        ('verify = "no"', "verify: must be true or false, not 'no'"),
        ("jobs = 0", "jobs: must be a whole number of at least 1, not 0"),
        ('target = "keras-9"', "target: unknown target 'keras-9'"),
        ("per-file-ignores = []", "per-file-ignores: must be a table of patterns"),
        ("select = [", "keras-lint.toml: not valid TOML: "),
        (
            "extend-exclude = ['a\\']",
            r"extend-exclude: 'a\\' is not a pattern as .gitignore has them",
        ),
        ('per-file-ignores = { "[z-a]" = [] }', "per-file-ignores: '[z-a]' is not a pattern"),
    ],
)
def test_what_is_wrong_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    write(here / "a.py")
    write(here / "keras-lint.toml", text)
    for command in (["check", "--no-verify"], ["config"]):
        assert message in refused(capsys, *command)


def test_a_settings_file_of_windows_and_a_misspelt_table(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "a.py")
    write(here / "pyproject.toml", '\ufeff[tool.keras-lint]\r\nignore = ["KER1"]\r\n')
    assert codes(capsys) == {"a.py": ["KER201"]}
    write(here / "pyproject.toml", '[tool.keras_lint]\nignore = ["KER1"]\n')
    message = "pyproject.toml: tool.keras_lint: did you mean tool.keras-lint?"
    assert message in refused(capsys, "check", "--no-verify")


def test_config_tells_what_is_in_force_and_who_said_so(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "keras-lint.toml", 'ignore = ["KER1"]\nextend-exclude = ["old"]\n')
    write(
        here / "sub" / "pyproject.toml",
        '[tool.keras-lint]\ntarget = "3.6"\nextend-exclude = ["new"]\n'
        'per-file-ignores = { "t/*" = ["KER201"] }\n',
    )
    assert main(["config", "sub", "--select", "KER1,KER2"]) == 0
    out = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for line in (
        'select = ["KER1", "KER2"] # command line',
        'ignore = ["KER1"] # keras-lint.toml',
        'target = "3.6" # sub/pyproject.toml',
        'extend-exclude = ["new"] # sub/pyproject.toml',
        'extend-exclude = ["old"] # keras-lint.toml',
        'per-file-ignores = { "t/*" = ["KER201"] } # sub/pyproject.toml',
        "verify = true # default",
    ):
        assert line in lines
    assert "KER101" not in lines[-1]
    assert "KER201" in lines[-1]


def test_rules_are_given_what_they_go_by(here: Path) -> None:
    write(here / "keras-lint.toml", 'target = "keras-2"\nmax-parameters = 7\n')
    assert ProjectSettings().of_file("a.py").options == Options("keras-2", 7)
    assert ProjectSettings(isolated=True).of_file("a.py").options == Options()


def test_standard_input_counts_as_the_file_it_is_said_to_be(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io
    import types

    write(here / "sub" / "keras-lint.toml", 'ignore = ["KER101"]\n')
    stdin = types.SimpleNamespace(buffer=io.BytesIO(BROKEN.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert codes(capsys, "--stdin-filename", "sub/new.py", "-") == {"sub/new.py": ["KER201"]}
    said = refused(capsys, "check", "--no-verify", "--stdin-filename", "sub/new.py")
    assert "--stdin-filename goes with -" in said


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_only_what_changed_since_a_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    for name in ("a.py", "b.py", "c.py", "sub/d é.py"):
        write(tmp_path / name)
    write(tmp_path / ".gitignore", "e.py\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    assert codes(capsys, "--changed-since", "HEAD") == {}
    git(tmp_path, "checkout", "-qb", "work")
    write(tmp_path / "b.py", BROKEN + "\n")
    git(tmp_path, "commit", "-qam", "two")
    write(tmp_path / "sub" / "d é.py", BROKEN + "\n")
    for name in ("e.py", "f.py"):
        write(tmp_path / name)
    (tmp_path / "c.py").unlink()
    git(tmp_path, "checkout", "-q", "main", "--", "a.py")
    assert list(codes(capsys, "--changed-since", "main")) == ["b.py", "f.py", "sub/d é.py"]
    assert list(codes(capsys, "--changed-since", "main", "sub", "a.py")) == ["sub/d é.py"]
    for revision in ("no-such", "", "--all"):
        said = refused(capsys, "check", f"--changed-since={revision}")
        assert f"--changed-since: there is no revision {revision!r} here" in said
    # in a hook, git names its folder
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    assert list(codes(capsys, "--changed-since", "main", "sub")) == ["sub/d é.py"]


def test_a_limit_of_parameters_turns_its_rule_on(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        here / "a.py",
        "import keras\n\nkeras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])\n",
    )
    settings = here / "keras-lint.toml"
    write(settings, "max-parameters = 12\n")
    assert codes(capsys, "a.py") == {"a.py": []}
    write(settings, "max-parameters = 11\n")
    assert codes(capsys, "a.py") == {"a.py": ["KER215"]}
    assert codes(capsys, "--ignore", "KER215", "a.py") == {"a.py": []}
    assert codes(capsys, "--select", "KER1", "a.py") == {"a.py": []}
