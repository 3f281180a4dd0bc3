"""Other files of the same project: finding the module an import names, and reading it once."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from keras_lint.model.cells import Cells
from keras_lint.model.dataclass import dataclass
from keras_lint.model.target import NEWEST, Target
from keras_lint.source.reader import SourceError, SourceFile, decode, parse
from keras_lint.source.requirements import project_target

_FILE, _LINK = "file", "link"
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

_KEPT = 100_000
"""So many characters of checked files stay parsed, the last ones, for files that import them: most
are imported by their neighbours. A character takes about 90 bytes of memory."""
_LOADED = 3_000_000
"""The same of files that were imported."""


def _is_builder(path: Path) -> bool:
    """Whether a file belongs to ``keras.applications``, whose builders are followed."""
    return path.parent.name == "applications"


@dataclass(frozen=True)
class Look:
    """Something asked of the file system, with the answer, as text."""

    question: str
    arguments: tuple[str, ...]
    answer: str


def packages_of(path: Path) -> list[Path]:
    """The ``__init__`` files of the packages a module is in, outermost first."""
    folder = path.parent.parent if path.name == "__init__.py" else path.parent
    found: list[Path] = []
    while os.path.isfile(init := folder / "__init__.py"):
        found.insert(0, init)
        folder = folder.parent
    return found


class Project:
    """Modules by file, each read and parsed at most once in a run.

    Only modules of the importing file's own package, or beside a file that is no part of a package,
    belong to its project; installed libraries do not. Of a file that is itself a part of an
    installed Keras or TensorFlow nothing is followed but ``keras.applications``.
    """

    def __init__(self) -> None:
        self._sources: dict[Path, SourceFile | None] = {}
        self._checked: dict[Path, SourceFile | None] = {}
        self._now: Path | None = None
        self._again: SourceFile | None = None
        self._resolved: dict[tuple[str, str, int], Path | None] = {}
        self._roots: dict[Path, tuple[Path, str]] = {}
        self._installed: dict[str, Path | None] = {}
        self._targets: dict[Path, Target] = {}
        self._target_of: dict[str, Target] = {}
        self._packages: dict[str, str] = {}
        self._files: dict[str, Path | None] = {}
        self._folders: dict[str, Path] = {}
        self._listed: dict[Path, dict[str, str]] = {}
        self._digests: dict[Path, str] = {}
        self._log: set[Look] | None = None

    @contextmanager
    def recorded(self) -> Iterator[set[Look]]:
        """Collects what is asked from here on; what was answered from memory too."""
        before, self._log = self._log, set()
        try:
            yield self._log
        finally:
            self._log = before

    def still(self, looks: Iterable[Look]) -> bool:
        """Whether all questions of an earlier run have the same answers now."""
        return all(self._answer(look.question, look.arguments) == look.answer for look in looks)

    def _answer(self, question: str, arguments: tuple[str, ...]) -> str:
        if question == "resolve":
            importer, module, level = arguments
            return str(self.resolve(importer, module, int(level)))
        if question == "installed":
            return str(self.installed(*arguments))
        if question == "package":
            return self.package(*arguments)
        if question == "target":
            return repr(self.target(*arguments))
        return self._content(Path(*arguments))

    def _note(self, question: str, *arguments: str, answer: str) -> None:
        if self._log is not None:
            self._log.add(Look(question, arguments, answer))

    def _content(self, path: Path) -> str:
        if path not in self._digests:
            try:
                self._digests[path] = _digest(path, path.read_bytes())
            except OSError:
                return "cannot be read"
        return self._digests[path]

    def target(self, path: str) -> Target:
        """The Keras that the requirements of a file's project ask for."""
        if path not in self._target_of:
            file = self._real(path)
            self._target_of[path] = (
                NEWEST if file is None else project_target(file.parent, self._targets)
            )
        found = self._target_of[path]
        self._note("target", path, answer=repr(found))
        return found

    def package(self, path: str) -> str:
        """The outermost package that a file is part of; empty if it is in none."""
        if path not in self._packages:
            file = self._real(path)
            self._packages[path] = "" if file is None else self._root(file)[1]
        found = self._packages[path]
        self._note("package", path, answer=found)
        return found

    def resolve(self, importer: str, module: str, level: int = 0) -> Path | None:
        """The file of a module as imported by the file ``importer``; None if it is not here.

        Args:
            importer: path of the importing file.
            module: dotted name as written, without leading dots; may be empty with a level.
            level: number of leading dots.
        """
        question = (importer, module, level)
        if question not in self._resolved:
            self._resolved[question] = self._resolve(*question)
        found = self._resolved[question]
        self._note("resolve", importer, module, str(level), answer=str(found))
        return found

    def _resolve(self, importer: str, module: str, level: int) -> Path | None:
        path = self._real(importer)
        if path is None:
            return None
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
            parts[0] in _OTHERS and not os.path.isdir(root / parts[0] / "src")
        ):
            return None
        if package and root.name not in _INSTALLED:
            found = self._module_file(root, parts)
            if found is not None:
                return found
        if path.parent.name in _INSTALLED:
            return None
        return self._module_file(path.parent, parts)

    def _real(self, path: str) -> Path | None:
        """The absolute path of a file without links; None if it is no file."""
        if path not in self._files:
            folder, name = os.path.split(path)
            if folder not in self._folders:
                self._folders[folder] = Path(os.path.realpath(folder))
            file = self._folders[folder] / name
            kind = self._kinds(file.parent).get(name)
            self._files[path] = file.resolve() if kind == _LINK else file if kind else None
        return self._files[path]

    def _is_file(self, path: Path) -> bool:
        return path.name in self._kinds(path.parent)

    def _kinds(self, folder: Path) -> Mapping[str, str]:
        """The files in a folder and the links to files, each as such.

        One look at a folder is cheaper than one at each file that may be in it.
        """
        found = self._listed.get(folder)
        if found is None:
            found = self._listed[folder] = {}
            with suppress(OSError, ValueError), os.scandir(folder) as entries:
                found.update(
                    (entry.name, _LINK if entry.is_symlink() else _FILE)
                    for entry in entries
                    if _is_file(entry)
                )
        return found

    def _root(self, path: Path) -> tuple[Path, str]:
        """The folder that absolute imports start from, and the top package (may be empty)."""
        folder = path.parent
        found = self._roots.get(folder)
        if found is None:
            package = ""
            current = folder
            while self._is_file(current / "__init__.py") and current.parent != current:
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
        found = None if folder is None else self._module_file(folder, below)
        self._note("installed", module, answer=str(found))
        return found

    def _module_file(self, folder: Path, parts: list[str]) -> Path | None:
        base = folder.joinpath(*parts)
        if parts:
            candidates = [base / "__init__.py", base.with_name(base.name + ".py")]
        else:
            candidates = [folder / "__init__.py"]
        return next(filter(self._is_file, candidates), None)

    def parse(self, path: str, text: str, cells: Cells | None = None) -> SourceFile:
        """The file that is to be checked now; what is loaded as a module too is parsed once.

        Args:
            path: of the file, as it is called in results.
            text: its content; the joined code of a notebook.
            cells: of a notebook.

        Raises:
            SourceError: as :func:`keras_lint.source.reader.parse`.
        """
        self._now, self._again = self._real(path), None
        if self._now is None or cells is not None:
            return parse(path, text, cells)
        known = self._sources.get(self._now) or self._checked.get(self._now)
        if known is None or known.text != text:
            known = self._checked[self._now] = parse(path, text)
            _forget(self._checked, _KEPT)
        return replace(known, path=path)

    def load(self, path: Path) -> SourceFile | None:
        """The parsed file; None if it cannot be read or parsed.

        A file that imports itself, perhaps by way of others, is another one there: what is known
        about the pieces of syntax of the one does not hold for the other.
        """
        if path == self._now:
            self._again = found = self._again or self._read(path)
        elif path in self._sources:
            found = self._sources[path] = self._sources.pop(path)  # the last used comes last
        else:
            found = self._sources[path] = self._read(path)
            _forget(self._sources, _LOADED)
        self._note("content", str(path), answer=self._content(path))
        return found

    def _read(self, path: Path) -> SourceFile | None:
        with suppress(SourceError, OSError):
            content = path.read_bytes()
            self._digests[path] = _digest(path, content)
            text = decode(content)
            checked = self._checked.get(path)
            if checked is None or checked.text != text or path == self._now:
                return parse(str(path), text)
            return replace(checked, path=str(path))
        return None


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def _forget(sources: dict[Path, SourceFile | None], most: int) -> None:
    """Let the first of several files go until the rest has at most so many characters."""
    size = sum(len(source.text) for source in sources.values() if source is not None)
    while size > most and len(sources) > 1:
        first = sources.pop(next(iter(sources)))
        size -= 0 if first is None else len(first.text)


def _digest(path: Path, content: bytes) -> str:
    """What tells a file's content, and the packages it is in, from others."""
    whole = hashlib.sha256(content)
    whole.update(repr([str(package) for package in packages_of(path)]).encode())
    return whole.hexdigest()
