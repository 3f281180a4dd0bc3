"""``keras-lint check`` as a user calls it: exit codes, files, options, streams."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import keras_lint
from keras_lint.cli import main

BROKEN = """\
from keras import Input, Sequential, layers

model = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])
"""
CORRECT = BROKEN.replace("layers.LSTM(4),", "layers.LSTM(4, return_sequences=True),")

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(keras_lint.__file__).parent.parent)}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["check", "--no-verify", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def shell(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "keras_lint", *arguments],
        capture_output=True,
        env=ENVIRONMENT,
        **options,
    )


def test_clean_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(CORRECT)
    code, out, err = run(capsys, "a.py")
    assert (code, err) == (0, "")
    assert out == "1 file checked; 1 model (1 followed fully, 0 partly)\n0 findings\n"


def test_finding(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(BROKEN)
    code, out, _ = run(capsys, "a.py")
    assert code == 1
    assert out.startswith("a.py:3:37: KER101 ")
    assert "1 finding: 1 unverified\n" in out
    assert "unverified (verification is off)" in out


def test_default_path_is_the_current_folder(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "sub").mkdir()
    (here / "sub" / "a.py").write_text(BROKEN)
    (here / "sub" / "stub.pyi").write_text(BROKEN)
    (here / "sub" / "notes.txt").write_text(BROKEN)
    code, out, _ = run(capsys)
    assert code == 1
    assert f"{os.path.join('sub', 'a.py')}:3:37:" in out
    assert "1 file checked;" in out


@pytest.mark.parametrize("folder", [".hidden", "__pycache__", "node_modules", "site-packages"])
def test_folders_passed_over_unless_named(
    here: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    (here / "a.py").write_text(CORRECT)
    (here / folder).mkdir()
    (here / folder / "b.py").write_text(BROKEN)
    assert run(capsys, ".")[0] == 0
    assert run(capsys, folder)[0] == 1


def test_virtual_environment_is_passed_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(CORRECT)
    (here / "env").mkdir()
    (here / "env" / "pyvenv.cfg").touch()
    (here / "env" / "b.py").write_text(BROKEN)
    assert run(capsys)[0] == 0
    assert run(capsys, os.path.join("env", "b.py"))[0] == 1


def test_a_file_named_twice_is_checked_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(BROKEN)
    _, out, _ = run(capsys, "a.py", ".", str(here / "a.py"))
    assert out.count("KER101") == 1


def test_missing_path_fails_and_the_others_are_checked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_text(BROKEN)
    code, out, _ = run(capsys, "nowhere.py", "a.py")
    assert code == 2
    assert "nowhere.py: failed: no such file or folder\n" in out
    assert "a.py:3:37: KER101" in out


@pytest.mark.usefixtures("here")
def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(BROKEN.encode())))
    code, out, _ = run(capsys, "-")
    assert code == 1
    assert out.startswith("<stdin>:3:37: KER101")
    assert "^^^^" in out


def test_syntax_error_is_a_finding(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text("import keras\ndef f(:\n")
    code, out, _ = run(capsys, "a.py")
    assert code == 1
    assert out.startswith("a.py:2:7: KER001 ")
    assert out.count("a.py") == 1  # one clear line, not a second one for the failed file


def test_syntax_error_not_selected_does_not_pass_for_clean(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_text("import keras\ndef f(:\n")
    code, out, _ = run(capsys, "--select", "KER1", "a.py")
    assert code == 2
    assert "a.py: failed: syntax error at line 2: invalid syntax\n" in out


def test_file_without_keras_is_counted_not_listed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_text("print(1)\n")
    code, out, _ = run(capsys, "a.py")
    assert code == 0
    assert out.startswith("0 files checked, 1 skipped (1 without Keras);")
    assert "a.py: skipped: does not mention Keras\n" in run(capsys, "--verbose", "a.py")[1]


def test_partly_followed_models_are_counted_and_listed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_text(
        "import keras\nfrom elsewhere import Mystery\n"
        "model = keras.Sequential([keras.Input((4,)), Mystery(), keras.layers.Dense(2)])\n"
    )
    code, out, _ = run(capsys, "a.py")
    assert code == 0
    assert "1 model (0 followed fully, 1 partly)" in out
    assert "followed partly" not in out
    verbose = run(capsys, "--verbose", "a.py")[1]
    assert "a.py:3: model 'sequential' followed partly: line 3: " in verbose


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--select", "KER101"], 1),
        (["--select", "KER1"], 1),
        (["--select", "ker2,KER1"], 1),
        (["--select", "KER2"], 0),
        (["--ignore", "KER101"], 0),
        (["--ignore", "KER1,KER2"], 0),
        (["--ignore", "KER1", "--select", "KER101"], 1),
        (["--select", "KER1", "--ignore", "KER101"], 0),
        (["--select", "KER101", "--ignore", "KER101"], 0),
    ],
)
def test_select_and_ignore(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    (here / "a.py").write_text(BROKEN)
    assert run(capsys, *arguments, "a.py")[0] == code


@pytest.mark.usefixtures("here")
def test_unknown_code_suggests(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--select", "KRE101")
    assert (code, out) == (2, "")
    assert err == "keras-lint: --select: unknown rule code 'KRE101'; did you mean KER101?\n"


def test_json_has_the_same(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(BROKEN)
    code, out, _ = run(capsys, "--output-format", "json", "a.py", "missing.py")
    assert code == 2
    document = json.loads(out)
    assert document["schema"] == 1
    checked, missing = document["files"]
    (finding,) = checked["findings"]
    assert finding["message"] in run(capsys, "a.py")[1]
    place = {key: finding[key] for key in ("line", "column", "end_line", "end_column", "cell")}
    assert place == {"line": 3, "column": 37, "end_line": 3, "end_column": 51, "cell": None}
    assert (finding["path"], finding["code"], finding["name"], finding["level"]) == (
        ("a.py", "KER101", "missing-return-sequences", "error")
    )
    assert (finding["verdict"], finding["reason"], finding["evidence"]) == (
        ("unverified", "verification is off", "")
    )
    assert finding["model"] == checked["models"][0]["name"] == "sequential"
    assert finding["related"][0]["line"] == 3
    assert finding["expected"]
    assert finding["actual"]
    assert finding["hint"]
    assert (missing["outcome"], missing["reason"]) == ("failed", "no such file or folder")
    assert document["summary"]["findings"] == {"confirmed": 0, "refuted": 0, "unverified": 1}
    assert document["summary"]["models"] == {"followed": 0, "partly": 1}


def test_colour_only_when_wanted(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "a.py").write_text(BROKEN)
    plain = run(capsys, "a.py")[1]
    assert "\033" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run(capsys, "a.py")[1]
    assert "\033[" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(capsys, "a.py")[1] == plain


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_colour_on_a_terminal(here: Path) -> None:
    import pty

    (here / "a.py").write_text(BROKEN)
    master, slave = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm"}
    command = [sys.executable, "-m", "keras_lint", "check", "--no-verify", "a.py"]
    with subprocess.Popen(command, stdout=slave, env=environment) as process:
        os.close(slave)
        seen = b""
        with contextlib.suppress(OSError):  # how Linux says that the other end is closed
            while chunk := os.read(master, 4096):
                seen += chunk
        process.wait()
    os.close(master)
    assert b"\033[1;31m" in seen


def test_without_tensorflow_findings_are_unverified(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = keras_lint.cli.check.importlib.util.find_spec  # type: ignore[attr-defined]
    monkeypatch.setattr(
        "keras_lint.cli.check.importlib.util.find_spec",
        lambda name: None if name == "tensorflow" else find_spec(name),
    )
    (here / "a.py").write_text(BROKEN)
    assert main(["check", "a.py"]) == 1
    assert "unverified (TensorFlow not installed)" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_verify_python_must_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--verify-python", "no-such-python", "."]) == 2
    assert "no-such-python" in capsys.readouterr().err


@pytest.mark.keras
def test_verification_confirms_with_tensorflows_words(here: Path) -> None:
    pytest.importorskip("tensorflow")
    (here / "a.py").write_text(BROKEN)
    done = shell("check", "--verify-python", sys.executable, "a.py", cwd=here)
    out = done.stdout.decode()
    assert done.returncode == 1, done.stderr
    assert "confirmed: " in out
    assert "    ValueError: " in out
    assert "1 finding: 1 confirmed\n" in out


def test_module_reads_bytes_from_standard_input() -> None:
    text = "# -*- coding: latin-1 -*-\n# caf\xe9\n" + BROKEN
    done = shell("check", "--no-verify", "-", input=text.encode("latin-1"))
    assert done.returncode == 1
    assert done.stdout.startswith(b"<stdin>:5:37: KER101")


def test_nobody_imports_tensorflow_or_networkx_for_the_version() -> None:
    probe = (
        "import sys\nfrom keras_lint.cli import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'tensorflow', 'keras', 'networkx', 'libcst', 'numpy'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"keras-lint {keras_lint.__version__}\n"


def test_analysis_itself_imports_no_tensorflow(here: Path) -> None:
    (here / "a.py").write_text(BROKEN)
    probe = (
        "import sys\nfrom keras_lint.cli import main\n"
        "main(['check', '--no-verify', 'a.py'])\n"
        "heavy = {'tensorflow', 'keras', 'numpy'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, cwd=here, env=ENVIRONMENT
    )
    assert done.returncode == 0, done.stderr


def test_reader_that_goes_away(here: Path) -> None:
    for number in range(40):
        (here / f"a{number}.py").write_text(BROKEN)
    command = [sys.executable, "-m", "keras_lint", "check", "--no-verify", "."]
    with subprocess.Popen(
        command, cwd=here, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes the streams")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ("a.py >&-", 1, ""),
        ("a.py >&- 2>&-", 1, ""),
        ("- <&-", 2, "<stdin>: failed: cannot be read: standard input is closed\n"),
        ("a.py >/dev/full", 2, "keras-lint: the system refuses: [Errno 28] No space left"),
    ],
)
def test_streams_that_are_closed_or_full(here: Path, arguments: str, code: int, says: str) -> None:
    if "/dev/full" in arguments and not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    (here / "a.py").write_text(BROKEN)
    command = f'"$PYTHON" -m keras_lint check --no-verify --no-cache {arguments}'
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=here,
        env={**ENVIRONMENT, "PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == code, done.stdout
    assert done.stdout.startswith(says)
    assert says or done.stdout == ""
