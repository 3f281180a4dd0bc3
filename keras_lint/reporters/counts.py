"""What a run comes to in numbers, and in an exit code; shared by all reporters."""

from __future__ import annotations

from collections import Counter

from keras_lint.engine import NO_KERAS, RULE_FAILED
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import FileResult, RunResult

CLEAN, FOUND, FAILED = 0, 1, 2


@dataclass(frozen=True)
class Counts:
    """The numbers of the summary.

    Args:
        checked, skipped, failed: files by outcome; ``failed`` includes syntax errors.
        without_keras: those of ``skipped`` that do not mention Keras.
        without_models: those of ``checked`` in which no model was found.
        notes: places outside models that were not followed.
        followed, partly: models by whether everything about them was found out.
        confirmed, refuted, unverified: findings by verdict.
        known: findings that a baseline left out.
    """

    checked: int
    skipped: int
    failed: int
    without_keras: int
    without_models: int
    notes: int
    followed: int
    partly: int
    confirmed: int
    refuted: int
    unverified: int
    known: int = 0

    @property
    def findings(self) -> int:
        """Findings that are reported as such: all but the refuted."""
        return self.confirmed + self.unverified


def count(run: RunResult) -> Counts:
    """The numbers of ``run``."""
    outcomes = Counter(file.outcome for file in run.files)
    verdicts = Counter(finding.verdict.status for _, finding in run.findings())
    models = Counter(model.followed for file in run.files for model in file.models)
    return Counts(
        checked=outcomes["checked"],
        skipped=outcomes["skipped"],
        failed=outcomes["failed"],
        without_keras=sum(file.reason == NO_KERAS for file in run.files),
        without_models=sum(f.outcome == "checked" and not f.models for f in run.files),
        notes=sum(len(file.notes) for file in run.files),
        followed=models[True],
        partly=models[False],
        confirmed=verdicts["confirmed"],
        refuted=verdicts["refuted"],
        unverified=verdicts["unverified"],
        known=sum(file.known for file in run.files),
    )


def exit_code(run: RunResult) -> int:
    """0 clean, 1 findings, 2 the tool or its input failed; 2 wins.

    Invalid syntax is a finding, not a failure of the tool; a crashed rule is a failure.
    """
    if any(_tool_failed(file) for file in run.files):
        return FAILED
    return FOUND if count(run).findings else CLEAN


def _tool_failed(file: FileResult) -> bool:
    if file.outcome == "failed" and not file.findings:
        return True
    return any(finding.code == RULE_FAILED for finding in file.findings)
