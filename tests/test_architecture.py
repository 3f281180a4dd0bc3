"""The house rules that a test can read off the source: who imports whom, who prints, how long."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "keras_lint"
LONGEST = 500

_WORDS = frozenset({"model", "_version"})  # vocabulary: open to everybody
MAY_IMPORT: dict[str, frozenset[str]] = {
    "model": _WORDS,
    "source": _WORDS | {"source"},
    "graph": _WORDS | {"graph"},
    "keras_api": _WORDS | {"keras_api"},
    "interp": _WORDS | {"interp", "source", "graph", "keras_api"},
    "rules": _WORDS | {"rules", "source", "graph", "keras_api"},
    "fixes": _WORDS | {"fixes", "rules", "source", "graph"},
    "verify": _WORDS
    | {"verify", "files", "fixes", "rules", "interp", "source", "graph", "keras_api"},
    "reporters": _WORDS | {"reporters", "engine", "rules", "source", "graph"},
    "settings": _WORDS | {"settings", "rules", "files"},
    "files": _WORDS | {"files"},
    "engine": _WORDS
    | {"engine", "fixes", "verify", "rules", "interp", "source", "graph", "keras_api"}
    | {"settings", "files"},
    "fixing": _WORDS | {"engine", "fixes", "verify", "source", "graph", "settings"},
    "cli": _WORDS
    | {"cli", "engine", "fixing", "settings", "files", "reporters"}
    | {"verify", "rules", "source", "graph"},
    "flake8_plugin": _WORDS | {"engine", "settings", "verify", "source"},
    "__main__": frozenset({"cli"}),
    "__init__": _WORDS,
    "_version": frozenset(),
}
"""By room (a folder or a module of the package): the rooms it may import from."""

ONLY_HERE = {
    "networkx": ("graph/",),
    "keras": ("verify/child/",),
    "tensorflow": ("verify/child/",),
    "tf_keras": ("verify/child/",),
    "numpy": ("verify/child/",),
    "flake8": (),
    "rich": (),
}
"""By third-party package: the folders that may import it."""

PRINTS = ("cli/", "reporters/")

FILES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str:
    return place(path).partition("/")[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, wherever in the file; relative names resolved.

    ``from package import name`` gives ``package.name``, which may be a module.
    """
    own = ["keras_lint", *path.relative_to(PACKAGE).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = own[: -node.level] if node.level else []
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                yield node.lineno, ".".join([*base, alias.name])


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_run_one_way(path: Path) -> None:
    allowed = MAY_IMPORT[room(path)]
    for line, name in imported(path):
        parts = name.split(".")
        if parts[0] == "keras_lint" and len(parts) > 1:
            assert parts[1] in allowed, f"{place(path)}:{line} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_each_package_is_used_in_its_place_alone(path: Path) -> None:
    for line, name in imported(path):
        folders = ONLY_HERE.get(name.partition(".")[0])
        if folders is not None:
            assert place(path).startswith(folders), f"{place(path)}:{line} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_only_the_command_and_the_reporters_print(path: Path) -> None:
    if place(path).startswith(PRINTS):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "pprint", "input"), f"{place(path)}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_every_room_is_known() -> None:
    assert {room(path) for path in FILES} <= set(MAY_IMPORT)


def test_starting_up_loads_neither_networkx_nor_tensorflow_nor_libcst() -> None:
    """``--version``, a usage error and flake8's plugin listing cost nothing."""
    import subprocess
    import sys

    program = (
        "import sys, keras_lint.cli, keras_lint.flake8_plugin\n"
        "print([n for n in ('networkx', 'tensorflow', 'keras', 'libcst', 'numpy') "
        "if n in sys.modules])"
    )
    process = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout.strip() == "[]"


def test_linting_a_file_without_findings_loads_no_networkx(tmp_path: Path) -> None:
    """What only comparing graphs or reading requirements needs is not waited for."""
    import subprocess
    import sys

    (tmp_path / "model.py").write_text(
        "import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n"
    )
    program = (
        "import sys\nfrom keras_lint.cli import main\n"
        f"code = main(['check', '--no-verify', {str(tmp_path / 'model.py')!r}])\n"
        "names = ('networkx', 'packaging', 'numpy', 'importlib.metadata')\n"
        "print(code, [name for name in names if name in sys.modules])"
    )
    process = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert process.stdout.splitlines()[-1] == "0 []"
