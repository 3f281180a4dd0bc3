"""Whether a fix may be called safe: applied, analysed, rebuilt, and compared.

A fix is text edits. It holds if the edited program parses, the rule finds nothing there any more
and no rule finds anything new, TensorFlow builds the model as the source says, and the model
differs from the one before by what the fix claims and by nothing else.
"""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.compare import difference, match
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.interp import analyse
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import SAME, Claim, Edit
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.source.reader import SourceError, parse, with_deep_stack
from keras_lint.verify.verdicts import Verifier


@dataclass(frozen=True)
class FixVerdict:
    """Whether a fix holds.

    Args:
        status: ``holds``: proved as said above; ``fails``: something of it is not so;
            ``unverified``: that could not be found out.
        reason: why, in one line.
        text: the edited program; empty if the edits cannot be applied.
    """

    status: Literal["holds", "fails", "unverified"]
    reason: str = ""
    text: str = ""


class EditError(ValueError):
    """Edits that overlap, or that are not in the text."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; spans are those of the text as it was.

    Raises:
        EditError: two edits overlap, or one reaches beyond the text.
    """
    pieces: list[str] = []
    done = 0
    for start, end, new in _by_offset(text, edits):
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def check_fix(
    verifier: Verifier,
    path: str,
    text: str,
    finding: Finding,
    edits: Sequence[Edit],
    rules: Mapping[str, Rule],
    claim: Claim = SAME,
) -> FixVerdict:
    """Whether ``edits`` repair ``finding`` and change nothing but what ``claim`` says.

    Args:
        verifier: builds the models.
        path: the file's name, for messages.
        text: the program as it was analysed.
        finding: with ``graph`` set, as the engine gives it.
        edits: of ``text``.
        rules: by code; all of them are run again.
        claim: what the fix changes.
    """
    try:
        edited = apply_edits(text, edits)
        ast.parse(edited)
        before = with_deep_stack(lambda: analyse(parse(path, text)))
        after = with_deep_stack(lambda: analyse(parse(path, edited)))
    except EditError as error:
        return FixVerdict("fails", str(error))
    except (SyntaxError, SourceError, ValueError, RecursionError) as error:
        return FixVerdict("fails", f"the edited program cannot be read: {error}")
    if finding.graph is None:
        return FixVerdict("unverified", "the finding is about no model", edited)
    move = _Mover(text, edits)
    old = before.graphs[finding.graph]
    index = _same_model(old, finding, after, move)
    if index is None:
        return FixVerdict("unverified", "the model is not found again", edited)
    doubt = _left_or_new(before, after, finding, rules, move)
    if doubt:
        return FixVerdict("fails", doubt, edited)
    built = verifier.built(edited, after, index)
    if isinstance(built, str):
        return FixVerdict("unverified", f"the edited model is not built: {built}", edited)
    lines = difference(after.graphs[index], built)
    if lines:
        reason = f"Keras builds another model than the edited source says: {lines[0]}"
        return FixVerdict("unverified", reason, edited)
    was = verifier.built(text, before, finding.graph)
    lines = _unclaimed(was if isinstance(was, LayerGraph) else old, built, claim)
    lines += _configured(old, after.graphs[index], claim)
    if lines:
        return FixVerdict("fails", f"changes more than it says: {lines[0]}", edited)
    return FixVerdict("holds", "the finding is gone, and nothing else changed", edited)


def _by_offset(text: str, edits: Iterable[Edit]) -> list[tuple[int, int, str]]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(line: int, column: int) -> int:
        if not 0 < line <= len(starts):
            raise EditError(f"line {line} is not in the text")
        found = starts[line - 1] + column - 1
        if found > (starts[line] if line < len(starts) else len(text)):
            raise EditError(f"column {column} is not in line {line}")
        return found

    placed = sorted(
        (
            offset(edit.span.line, edit.span.column),
            offset(edit.span.end_line, edit.span.end_column),
            edit.text,
        )
        for edit in edits
    )
    for (_, end, _), (start, _, _) in itertools.pairwise(placed):
        if start < end:
            raise EditError("two edits overlap")
    return placed


class _Mover:
    """Where a place of the old text starts in the new one."""

    def __init__(self, text: str, edits: Sequence[Edit]) -> None:
        self._placed = _by_offset(text, edits)
        self._lines = text.splitlines(keepends=True)
        self._edited = apply_edits(text, edits)

    def start(self, span: Span) -> tuple[int, int]:
        """Line and column, from 1, of the span's start after the edits."""
        offset = sum(map(len, self._lines[: span.line - 1])) + span.column - 1
        shift = sum(len(new) - (end - start) for start, end, new in self._placed if end <= offset)
        before = self._edited[: offset + shift]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _same_model(old: LayerGraph, finding: Finding, after: FileAnalysis, move: _Mover) -> int | None:
    """The index of the model in the edited program: made at the same place, or holding the call."""
    call = old.calls.get(finding.call) if finding.call is not None else None
    wanted = []
    if old.origin is not None:
        wanted.append(move.start(old.origin.span))
    for index, graph in enumerate(after.graphs):
        if graph.origin is not None and graph.kind != "fragment":
            place = graph.origin.span
            if (place.line, place.column) in wanted:
                return index
    if call is None or call.origin is None:
        return None
    target = move.start(call.origin.span)
    for index, graph in enumerate(after.graphs):
        for other in graph.calls.values():
            span = other.origin.span if other.origin is not None else None
            if span is not None and (span.line, span.column) == target:
                return None if graph.kind == "fragment" else index
    return None


def _left_or_new(
    before: FileAnalysis,
    after: FileAnalysis,
    finding: Finding,
    rules: Mapping[str, Rule],
    move: _Mover,
) -> str:
    """What the rules still find, or find now; empty if only the finding went."""
    old = _found(before, rules)
    new = {(code, (span.line, span.column)) for code, span in _found(after, rules)}
    if (finding.code, move.start(finding.span)) in new:
        return f"{finding.code} is still found"
    expected = {(code, move.start(span)) for code, span in old}
    fresh = sorted(code for code, place in new - expected)
    return f"{fresh[0]} is found now" if fresh else ""


def _found(analysis: FileAnalysis, rules: Mapping[str, Rule]) -> set[tuple[str, Span]]:
    """Code and place of everything that the rules find."""
    return {
        (finding.code, finding.span)
        for rule in rules.values()
        for finding in rule.findings(analysis)
    }


def _unclaimed(old: LayerGraph, new: LayerGraph, claim: Claim) -> list[str]:
    """How the models differ beyond the claim."""
    if claim == SAME:
        return difference(old, new)
    ours, theirs = _census(old), _census(new)
    ours.update(claim.added)
    theirs.update(claim.removed)
    if ours != theirs:
        changed = sorted((ours - theirs) | (theirs - ours))
        return [f"calls of {changed[0]}"]
    if claim.added or claim.removed:
        return []  # the calls cannot be paired one by one; their number is as claimed
    after = _downstream(new, claim.layers)
    return [line for line in difference(old, new) if not _is_claimed(line, claim, after)]


def _configured(old: LayerGraph, new: LayerGraph, claim: Claim) -> list[str]:
    """The layers whose arguments in source are others than before, the claimed ones apart."""
    pairs, _ = match(old, new)
    return [
        f"layer {before.cls} '{before.name}' is configured otherwise"
        for mine, theirs in pairs.items()
        for before, after in [(old.layer_of(mine), new.layer_of(theirs))]
        if before.name not in claim.layers and dict(before.config) != dict(after.config)
    ]


def _is_claimed(line: str, claim: Claim, after: set[str]) -> bool:
    for name in claim.layers:
        if line.startswith("layer ") and f" '{name}': " in line:
            return True
    return any(f" '{name}': output " in line for name in after)


def _downstream(graph: LayerGraph, names: frozenset[str]) -> set[str]:
    pending = [c for c in graph.calls.values() if graph.layer_of(c).name in names]
    found: dict[str, str] = {}
    while pending:
        for call in graph.consumers(pending.pop()):
            if call.id not in found:
                found[call.id] = graph.layer_of(call).name
                pending.append(call)
    return set(found.values())


def _census(graph: LayerGraph) -> Counter[str]:
    return Counter(graph.layer_of(call).cls for call in graph.calls.values())
