"""One target from its bytes to :class:`Checked`, with what earlier runs kept."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from keras_lint._version import __version__
from keras_lint.engine.file import Checked, at_first_sight, check_bytes, read_target
from keras_lint.files import Target
from keras_lint.files.kept import KeptAnswers
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import FileResult, Finding
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import SourceError, with_deep_stack

_PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Task:
    """A target that must be analysed.

    ``size`` is that of its content; ``content`` the content itself where it cannot be read again,
    as text where it was decoded already.
    """

    target: Target
    settings: Settings
    size: int
    content: str | bytes | None = None


class Examiner:
    """Analyses targets, or remembers how that went.

    What is kept of a file is a function of its content and path, the settings, our own code, and
    of what the analysis asked about other files: where modules are and what is in them. All of it
    is compared before it counts.

    Args:
        folder: where results are kept; None keeps none.
        to_verify: whether findings will be verified, for which the analysis is needed.
        to_draw: whether models will be drawn, for which that of every file is.

    Attributes:
        analysed: how many files were analysed, and not remembered.
    """

    def __init__(self, folder: Path | None, *, to_verify: bool, to_draw: bool = False) -> None:
        self.folder = folder
        self.to_verify = to_verify
        self.to_draw = to_draw
        self.analysed = 0
        self._kept = None if folder is None else KeptAnswers(folder)
        self._project = Project()

    def begin(
        self, target: Target, settings: Settings, stdin: bytes | None = None
    ) -> Checked | Task:
        """The outcome, where it is to be had without an analysis."""
        if target.problem:
            outcome: Literal["skipped", "failed"] = "skipped" if target.skipped else "failed"
            return Checked(FileResult(target.path, outcome, target.problem))
        try:
            content = read_target(target, stdin)
        except SourceError as error:
            return Checked(FileResult(target.path, "failed", error.reason))
        checked = at_first_sight(content, target.path, explicit=target.explicit)
        task = Task(target, settings, len(content), content if target.stdin else None)
        return checked or self._known(task, content) or task

    def of_text(self, path: str, settings: Settings, text: str) -> Checked:
        """The outcome for a file of a folder that somebody else has read and decoded."""
        data = _encoded(text)
        task = Task(Target(path, explicit=False), settings, len(data), text)
        return (
            at_first_sight(data, path, explicit=False)
            or self._known(task, text)
            or with_deep_stack(lambda: self.run(task))
        )

    def run(self, task: Task) -> Checked:
        """Analyse a target; call inside ``with_deep_stack``."""
        path = task.target.path
        self.analysed += 1
        try:
            content = read_target(task.target) if task.content is None else task.content
        except SourceError as error:  # it was there a moment ago
            return Checked(FileResult(path, "failed", error.reason))
        with self._project.recorded() as looks:
            checked = check_bytes(
                content,
                path,
                task.settings,
                explicit=task.target.explicit,
                project=self._project,
            )
        if not checked.result.findings and not self.to_draw:
            checked = replace(checked, text="")
        without = replace(checked, analysis=None)
        # what crashed may do so no more
        if self._kept is not None and not checked.result.traceback:
            kept = pickle.dumps((without, frozenset(looks)))
            self._kept.put(_key(task, content), kept)
        return checked if self._is_wanted(checked.result) else without

    def _known(self, task: Task, content: str | bytes) -> Checked | None:
        if self._kept is None:
            return None
        kept = self._kept.get(_key(task, content))
        if kept is None:
            return None
        checked, looks = pickle.loads(kept)  # signed by ourselves: see KeptAnswers
        assert isinstance(checked, Checked)
        if self._is_wanted(checked.result) or not self._project.still(looks):
            return None
        return checked

    def _is_wanted(self, result: FileResult) -> bool:
        """Whether models are to be drawn, or one to be cut out because a finding is about it."""
        return self.to_draw or (self.to_verify and any(map(is_verifiable, result.findings)))


def is_verifiable(finding: Finding) -> bool:
    """Whether there is a model to build, or a name to look up."""
    rule = all_rules().get(finding.code)
    return rule is not None and rule.confirm != "none"


def _key(task: Task, content: str | bytes) -> str:
    target = task.target
    parts = [
        _ourselves(),
        target.path,
        os.path.abspath(target.path),
        target.explicit,
        target.stdin,
        _said(task.settings),
        isinstance(content, str),
    ]
    whole = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass"))
    whole.update(content if isinstance(content, bytes) else _encoded(content))
    return whole.hexdigest()


_SAID: list[tuple[Settings, str]] = []


def _said(settings: Settings) -> str:
    """Settings as text; those of the file before are mostly the same."""
    if not _SAID or _SAID[0][0] is not settings:
        _SAID[:] = [(settings, repr(settings))]
    return _SAID[0][1]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@cache
def _ourselves() -> str:
    """What tells this very program from others: its version, files, and the Python it runs on."""
    libcst = find_spec("libcst")
    files = []
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".json"):
            status = path.stat()
            files.append((str(path), status.st_size, status.st_mtime_ns))
    whole = repr([__version__, sys.version, libcst and libcst.origin, sys.path, files])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
