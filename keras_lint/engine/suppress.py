"""Findings kept back by comments, and comments that keep back nothing (KER004)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from keras_lint.model.cells import Cells
from keras_lint.model.findings import Finding, Verdict
from keras_lint.model.fixes import Fix
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.noqa import Noqa, Suppressions

UNUSED_NOQA = "KER004"
_ASIDE = Verdict("unverified", "not about a model: there is nothing to build")


def without_suppressed(
    findings: Iterable[Finding],
    suppressions: Suppressions,
    settings: Settings,
    cells: Cells | None,
    *,
    judge: bool = True,
) -> list[Finding]:
    """The findings that no comment keeps back; with KER004, if it is on, those about comments.

    Args:
        findings: of one file.
        suppressions: its comments, with lines of the text as analysed.
        settings: which rules are on: a code of a rule that is not is not judged.
        cells: of a notebook.
        judge: whether comments may be judged: all rules ran over the whole file.
    """
    left: list[Finding] = []
    used: set[tuple[Noqa, str]] = set()
    for finding in findings:
        covering = _covering(finding, suppressions, cells)
        used.update(
            (noqa, code)
            for noqa in covering
            for code in noqa.codes
            if finding.code.startswith(code)
        )
        if not covering:
            left.append(finding)
    if judge and settings.is_on(all_rules()[UNUSED_NOQA]):
        for noqa in suppressions.noqas:
            used_codes = frozenset(code for one, code in used if one == noqa)
            finding_or_none = _unused(noqa, used_codes, settings, cells)
            if finding_or_none and not _covering(finding_or_none, suppressions, cells):
                left.append(finding_or_none)
    return left


def _covering(finding: Finding, suppressions: Suppressions, cells: Cells | None) -> list[Noqa]:
    line = (cells.join(finding.span) if cells else finding.span).line
    # a comment without codes does not silence what is said of another comment beside it
    return [
        noqa
        for noqa in suppressions.noqas
        if noqa.covers(finding.code, line) and (noqa.codes or finding.code != UNUSED_NOQA)
    ]


def _unused(
    noqa: Noqa, used: frozenset[str], settings: Settings, cells: Cells | None
) -> Finding | None:
    unused = [
        code
        for code in dict.fromkeys(noqa.codes)
        if code not in used and _is_ours(code) and _is_judged(code, settings)
    ]
    if not unused:
        return None
    edit = noqa.without(frozenset(unused))
    if cells is not None:
        edit = replace(edit, span=cells.split(edit.span))
    rule = all_rules()[UNUSED_NOQA]
    which = " and ".join(", ".join(unused).rsplit(", ", 1))
    span = cells.split(noqa.span) if cells else noqa.span
    return Finding(
        code=rule.code,
        name=rule.name,
        level=rule.level,
        message=f"this comment keeps back no {which}: nothing of the kind is found here",
        span=span,
        hint="take it out, so that it does not hide what comes later",
        verdict=_ASIDE,
        fix=Fix(f"take {which} out of the comment", (edit,)),
    )


def _is_ours(code: str) -> bool:
    return code.startswith("KER") and code != UNUSED_NOQA


def _is_judged(code: str, settings: Settings) -> bool:
    """Whether every rule that it may mean is on; a code that means none suppresses nothing."""
    return all(settings.is_on(rule) for rule in all_rules().values() if rule.code.startswith(code))
