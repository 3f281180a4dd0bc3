"""Correct programs to make mutants of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import libcst as cst

from benchmarks.mutants.sources import APPLICATIONS, PACKAGED
from keras_lint.rules.registry import all_rules
from keras_lint.source.walk import walk

ROOT = Path(__file__).resolve().parent.parent.parent


class _Untrained(cst.CSTTransformer):
    """Statements of the module that train or use a model left out: only building counts here."""

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        for node in walk(original_node):
            if isinstance(node, cst.Attribute) and node.attr.value in _USES:
                return cst.RemoveFromParent()
        return updated_node


_USES = frozenset(("compile", "evaluate", "fit", "predict", "summary", "train_on_batch"))


@dataclass(frozen=True)
class Program:
    """A program that builds models.

    Args:
        name: to be shown.
        source: what it is from: ``own``, ``applications`` or a package.
        text: all of it.
        lines: how many of its lines, from the first, may be edited; what follows calls them.
        path: where it is, as the linter is told; modules beside it are followed.
        package: the dotted name of the package that it is a module of; empty if of none.
        folder: where that package is.
    """

    name: str
    source: str
    text: str
    lines: int
    path: str = "mutant.py"
    package: str = ""
    folder: str = ""


def programs(folders: list[str], unpacked: list[str], scratch: Path) -> Iterator[Program]:
    """Our correct fixtures, the valid examples of the rules, Keras's own models, and packages.

    Args:
        folders: more folders with programs that build when run.
        unpacked: folders that hold unpacked source distributions of PyPI packages.
        scratch: an empty folder, which must be there as long as the programs are used.
    """
    for name, text in _texts(folders):
        building = cst.parse_module(text).visit(_Untrained()).code
        calls = _calls(building)
        if calls is not None:
            yield _driven(name, "own", building, calls)
    # what is installed is not looked into: Keras stands there as a project of its own
    (scratch / "keras").symlink_to(Path(keras.__file__).parent)
    for module, driver in APPLICATIONS.items():
        path = scratch / "keras" / "src" / "applications" / f"{module}.py"
        program = _driven(f"applications/{module}", "applications", path.read_text(), driver)
        yield replace(program, path=str(path))
    for folder in unpacked:
        for pattern, driver in PACKAGED.items():
            for path in sorted(Path(folder).glob(f"*/{pattern}")):
                top = Path(folder) / path.relative_to(folder).parts[0]
                package = ".".join(path.relative_to(top).parts[:-1])
                program = _driven(pattern, package.partition(".")[0], path.read_text(), driver)
                yield replace(program, path=str(path), package=package, folder=str(top))


def _driven(name: str, source: str, text: str, driver: str) -> Program:
    text = text if text.endswith("\n") else text + "\n"
    return Program(name, source, text + driver, text.count("\n"))


def _calls(text: str) -> str | None:
    """Lines that call the functions nobody calls; None if a class of the program is never used."""
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    lines = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name not in used:
            return None
        if isinstance(node, ast.FunctionDef) and node.name not in used:
            needed = len(node.args.posonlyargs + node.args.args) - len(node.args.defaults)
            lines.append(f"{node.name}({', '.join(['1'] * needed)})\n")
    return "".join(lines)


def _texts(folders: list[str]) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "fixtures" / "correct").rglob("*.py")):
        yield path.name, path.read_text("utf-8")
    for rule in all_rules().values():
        for index, text in enumerate(rule.valid):
            yield f"{rule.code}-{index}", text
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.py")):
            yield str(path), path.read_text("utf-8")
