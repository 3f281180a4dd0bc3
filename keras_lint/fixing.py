"""Fixes made in files, in rounds, until nothing more can be repaired.

In each round the file is analysed, the fixes that do not touch the same text are made together and
checked; if the whole does not hold, its halves are tried, so that one bad fix costs no good one.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence

from keras_lint.engine import Checked, check_bytes
from keras_lint.engine.baseline import Baseline
from keras_lint.fixes.notebook import edit_notebook
from keras_lint.fixes.recheck import (
    Change,
    Program,
    Repair,
    edits_in_joined_text,
    in_joined_text,
)
from keras_lint.fixes.resolve import NotPossible, edits_of
from keras_lint.fixes.syntax import Syntax
from keras_lint.fixes.text import EditError, apply_edits, overlap
from keras_lint.graph.relocate import joined
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Edit
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import parse
from keras_lint.verify import Verifier
from keras_lint.verify.fixes import FixVerdict, check_fixes

MOST_ROUNDS = 20


@dataclass(frozen=True)
class Made:
    """A fix that was made: for which finding, and what was found out about it."""

    finding: Finding
    verdict: FixVerdict


@dataclass(frozen=True)
class Fixed:
    """What became of one file.

    Args:
        before, after: its content; the same object if nothing was made.
        made: the fixes, in the order in which they were made.
        left: findings that have a fix which was not made, with the reason. Their places are those
            of the last round.
    """

    before: bytes
    after: bytes
    made: tuple[Made, ...] = ()
    left: tuple[tuple[Finding, str], ...] = ()


@dataclass(frozen=True)
class _Candidate:
    """A finding with the edits of its fix: those of the file, and of the text as analysed."""

    finding: Finding
    edits: tuple[Edit, ...]
    repair: Repair


def fix_bytes(
    data: bytes,
    path: str,
    settings: Settings,
    *,
    unsafe: bool = False,
    verifier: Verifier | None = None,
    project: Project | None = None,
    baseline: Baseline | None = None,
) -> Fixed:
    """Repair what can be repaired in one file; call inside ``with_deep_stack``.

    Args:
        data: the file's content.
        path: for the analysis; nothing is read from it or written to it.
        settings: which rules run; only their findings are repaired.
        unsafe: whether also fixes are made that may not mean what the author meant.
        verifier: builds the models before and after; None goes by the analysis alone.
        project: as for :func:`keras_lint.engine.check_bytes`.
        baseline: findings that are known, and stay.
    """
    current = data
    made: list[Made] = []
    left: list[tuple[Finding, str]] = []
    for _ in range(MOST_ROUNDS):
        round_ = _Round(current, path, settings, verifier, project, baseline)
        changed = round_.run(unsafe=unsafe)
        left = round_.left
        if changed == current:
            break
        current = changed
        made += round_.made
    return Fixed(data, current if made else data, tuple(made), tuple(left))


class _Round:
    """One round over one content."""

    def __init__(
        self,
        data: bytes,
        path: str,
        settings: Settings,
        verifier: Verifier | None,
        project: Project | None,
        baseline: Baseline | None,
    ) -> None:
        self._data = data
        self._path = path
        self._settings = settings
        self._verifier = verifier
        self._project = project
        self._baseline = baseline
        self._checked = self._check(data)
        self.made: list[Made] = []
        self.left: list[tuple[Finding, str]] = []

    def run(self, *, unsafe: bool) -> bytes:
        """The content after this round."""
        if self._checked.analysis is None or self._checked.result.outcome != "checked":
            return self._data
        chosen: list[_Candidate] = []
        for candidate in self._candidates(unsafe=unsafe):
            if any(overlap(candidate.edits, other.edits) for other in chosen):
                continue  # in the next round
            chosen.append(candidate)
        return self._accepted(chosen, [], self._data)[1]

    def _candidates(self, *, unsafe: bool) -> list[_Candidate]:
        analysis, text = self._checked.analysis, self._checked.text
        assert analysis is not None
        findings = self._checked.result.findings
        if self._baseline is not None:
            findings = self._baseline.without_known(self._path, findings)
        wanted = [f for f in findings if f.fix is not None]
        if not wanted:
            return []
        syntax = Syntax(parse(self._path, text, analysis.cells))
        found = []
        for finding in wanted:
            assert finding.fix is not None
            if not finding.fix.safe and not unsafe:
                self.left.append((finding, "the fix is unsafe; --unsafe-fixes makes it"))
                continue
            try:
                edits = edits_of(syntax, finding.fix)
            except NotPossible as error:
                self.left.append((finding, str(error)))
                continue
            repair = Repair(
                in_joined_text(finding, analysis),
                edits_in_joined_text(edits, analysis),
                finding.fix.claim,
            )
            found.append(_Candidate(finding, edits, repair))
        return found

    def _accepted(
        self, group: Sequence[_Candidate], before: list[_Candidate], data: bytes
    ) -> tuple[list[_Candidate], bytes]:
        """Of a group, what can be made besides what is made already; and the content with it."""
        if not group:
            return before, data
        together = [*before, *group]
        try:
            edited = self._edited(together)
            verdict = self._verdict(together, edited)
        except (EditError, UnicodeEncodeError) as error:
            edited, verdict = data, FixVerdict("fails", str(error))
        if verdict.status != "fails":
            self.made += [Made(candidate.finding, verdict) for candidate in group]
            return together, edited
        if len(group) == 1:
            self.left.append((group[0].finding, verdict.reason))
            return before, data
        half = len(group) // 2
        before, data = self._accepted(group[:half], before, data)
        return self._accepted(group[half:], before, data)

    def _verdict(self, candidates: Sequence[_Candidate], edited: bytes) -> FixVerdict:
        after = self._check(edited)
        if after.analysis is None or after.result.outcome != "checked":
            return FixVerdict("fails", f"the edited program is {after.result.outcome}")
        assert self._checked.analysis is not None
        change = Change(
            Program(self._checked.text, joined(self._checked.analysis)),
            Program(after.text, joined(after.analysis)),
            tuple(candidate.repair for candidate in candidates),
            self._settings.rules(),
            self._settings.options,
        )
        return check_fixes(change, self._verifier)

    def _edited(self, candidates: Sequence[_Candidate]) -> bytes:
        edits = sorted({edit for candidate in candidates for edit in candidate.edits})
        analysis = self._checked.analysis
        if analysis is not None and analysis.cells is not None:
            cells = {edit.span.cell for edit in edits}
            return edit_notebook(
                self._data,
                {n: tuple(e for e in edits if e.span.cell == n) for n in cells if n is not None},
            )
        text = apply_edits(self._checked.text, edits)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(self._data).readline)
        return text.encode(encoding)

    def _check(self, data: bytes) -> Checked:
        return check_bytes(data, self._path, self._settings, project=self._project)
