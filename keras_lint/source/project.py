"""Other files of the same project: finding the module an import names, and reading it once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from keras_lint.model.target import NEWEST, Target
from keras_lint.source.reader import SourceError, SourceFile, decode, parse
from keras_lint.source.requirements import project_target

_INSTALLED = ("site-packages", "dist-packages")
_OTHERS = frozenset(
    {
        "keras",
        "matplotlib",
        "numpy",
        "pandas",
        "scipy",
        "sklearn",
        "tensorflow",
        "tf_keras",
        "torch",
    }
)
"""Libraries whose names are never looked for beside a file that is not part of them."""


def _is_builder(path: Path) -> bool:
    """Whether a file belongs to ``keras.applications``, whose builders are followed."""
    return path.parent.name == "applications"


class Project:
    """Modules by file, each read and parsed at most once in a run.

    Only modules of the importing file's own package, or beside a file that is no part of a package,
    belong to its project; installed libraries do not. Of a file that is itself a part of an
    installed Keras or TensorFlow nothing is followed but ``keras.applications``.
    """

    def __init__(self) -> None:
        self._sources: dict[Path, SourceFile | None] = {}
        self._roots: dict[Path, tuple[Path, str]] = {}
        self._installed: dict[str, Path | None] = {}
        self._targets: dict[Path, Target] = {}

    def target(self, path: str) -> Target:
        """The Keras that the requirements of a file's project ask for."""
        file = Path(path)
        if not file.is_file():
            return NEWEST
        folder = file.resolve().parent
        if folder not in self._targets:
            self._targets[folder] = project_target(folder)
        return self._targets[folder]

    def package(self, path: str) -> str:
        """The outermost package that a file is part of; empty if it is in none."""
        file = Path(path)
        return self._root(file.resolve())[1] if file.is_file() else ""

    def resolve(self, importer: str, module: str, level: int = 0) -> Path | None:
        """The file of a module as imported by the file ``importer``; None if it is not here.

        Args:
            importer: path of the importing file.
            module: dotted name as written, without leading dots; may be empty with a level.
            level: number of leading dots.
        """
        path = Path(importer)
        if not path.is_file():
            return None
        path = path.resolve()
        root, package = self._root(path)
        if root.name in _INSTALLED and package in _OTHERS and not _is_builder(path):
            return None
        if level:
            folder = path.parent
            for _ in range(level - 1):
                folder = folder.parent
            return self._module_file(folder, module.split(".") if module else [])
        parts = module.split(".")
        if parts[0] == package:
            return self._module_file(root, parts)
        if parts[0] in sys.stdlib_module_names or (
            parts[0] in _OTHERS and not (root / parts[0] / "src").is_dir()
        ):
            return None
        if package and root.name not in _INSTALLED:
            found = self._module_file(root, parts)
            if found is not None:
                return found
        if path.parent.name in _INSTALLED:
            return None
        return self._module_file(path.parent, parts)

    def _root(self, path: Path) -> tuple[Path, str]:
        """The folder that absolute imports start from, and the top package (may be empty)."""
        folder = path.parent
        found = self._roots.get(folder)
        if found is None:
            package = ""
            current = folder
            while (current / "__init__.py").is_file() and current.parent != current:
                package = current.name
                current = current.parent
            found = self._roots[folder] = (current, package)
        return found

    def installed(self, module: str) -> Path | None:
        """The file of a module of an installed package, found without importing anything."""
        package, *below = module.split(".")
        if package not in self._installed:
            try:
                spec = importlib.util.find_spec(package)
            except (ImportError, ValueError):
                spec = None
            origin = None if spec is None else spec.origin
            self._installed[package] = None if origin is None else Path(origin).parent
        folder = self._installed[package]
        return None if folder is None else self._module_file(folder, below)

    @staticmethod
    def _module_file(folder: Path, parts: list[str]) -> Path | None:
        base = folder.joinpath(*parts)
        for candidate in (base / "__init__.py", base.with_name(base.name + ".py")):
            if parts and candidate.is_file():
                return candidate
        if not parts and (folder / "__init__.py").is_file():
            return folder / "__init__.py"
        return None

    def load(self, path: Path) -> SourceFile | None:
        """The parsed file; None if it cannot be read or parsed."""
        if path not in self._sources:
            try:
                self._sources[path] = parse(str(path), decode(path.read_bytes()))
            except (SourceError, OSError):
                self._sources[path] = None
        return self._sources[path]
