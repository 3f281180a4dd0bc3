"""Whether an edited program is what its fixes say: compared by analysis alone, nothing is built.

Fixes hold if the findings they repair are gone, no rule finds anything new, and the models differ
from those before by what the fixes claim and by nothing else. A mistake that shows only because
another one before it on the same path is repaired is not new.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from keras_lint.fixes.text import apply_edits, line_starts, placed
from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.compare import difference, match
from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import SAME, Claim, Edit
from keras_lint.model.spans import Span
from keras_lint.rules.base import NO_OPTIONS, Options, Rule


@dataclass(frozen=True)
class Program:
    """A text and what was found out about it; of a notebook, the joined text and its spans."""

    text: str
    analysis: FileAnalysis


@dataclass(frozen=True)
class Repair:
    """A finding with the edits that repair it, in the text of the program."""

    finding: Finding
    edits: tuple[Edit, ...]
    claim: Claim = SAME


@dataclass(frozen=True)
class Change:
    """One program and the same after some repairs.

    Raises (from whatever asks for places):
        EditError: the edits overlap or are not in the text.
    """

    before: Program
    after: Program
    repairs: tuple[Repair, ...]
    rules: Mapping[str, Rule]
    options: Options = NO_OPTIONS

    def doubt(self) -> str:
        """Why the repairs do not hold, in one line; empty if nothing speaks against them."""
        if self.after.text != apply_edits(self.before.text, self._edits):
            return "the edits reach beyond the code that is analysed"
        left = self._left()
        if left:
            return left
        for old, new in self.models():
            claim = self.claim(old)
            lines = _configured(old, new, claim)
            if is_clean(old) and is_clean(new):
                lines += unclaimed(old, new, claim)
            if lines:
                return f"changes more than it says: {lines[0]}"
        return ""

    def models(self) -> Iterator[tuple[LayerGraph, LayerGraph]]:
        """The models of the program before that are found again, each with what it has become."""
        for index, old in enumerate(self.before.analysis.graphs):
            new = self.again(index)
            if new is not None and old.kind != "fragment":
                yield old, self.after.analysis.graphs[new]

    def claim(self, graph: LayerGraph) -> Claim:
        """What the repairs together say of one model of the program before."""
        graphs = self.before.analysis.graphs
        layers: set[str] = set()
        added: list[str] = []
        removed: list[str] = []
        arguments: set[str] = set()
        unshared = False
        for repair in self.repairs:
            index = repair.finding.graph
            if index is None or graphs[index] is graph:
                layers |= repair.claim.layers
                arguments |= repair.claim.arguments
                added += repair.claim.added
                removed += repair.claim.removed
                unshared = unshared or repair.claim.unshared
        return Claim(
            frozenset(layers), tuple(added), tuple(removed), unshared, frozenset(arguments)
        )

    def again(self, index: int) -> int | None:
        """The index, after, of a model before: made at the same place, or with the same calls."""
        old = self.before.analysis.graphs[index]
        graphs = self.after.analysis.graphs
        if old.origin is not None and old.kind != "fragment":
            place = self._moved(old.origin.span)
            here = [n for n, graph in enumerate(graphs) if _made_at(graph) == place]
            was = [n for n, g in enumerate(self.before.analysis.graphs) if self._same(g, old)]
            if len(here) == len(was):  # a helper called several times makes as many models
                return here[was.index(index)]
            if here:
                return here[0]
        calls = {
            self._moved(call.origin.span)
            for call in old.calls.values()
            if call.origin is not None and (call.problem is not None or old.kind != "fragment")
        }
        if old.kind == "fragment" and old.origin is not None:
            calls.add(self._moved(old.origin.span))  # what refused to be made or called
        for number, graph in enumerate(graphs):
            origins = [call.origin for call in graph.calls.values()]
            origins += [layer.origin for layer in graph.layers.values()]
            places = {_start(origin.span) for origin in origins if origin is not None}
            if graph.kind != "fragment" and calls & places:
                return number
        return None

    @staticmethod
    def _same(one: LayerGraph, other: LayerGraph) -> bool:
        """Whether two models were made at the same place."""
        return _made_at(one) == _made_at(other)

    @cached_property
    def _edits(self) -> tuple[Edit, ...]:
        return tuple(sorted({edit for repair in self.repairs for edit in repair.edits}))

    def _left(self) -> str:
        """What the rules still find, or find now; empty if only the repaired findings went."""
        old = list(_found(self.before, self.rules, self.options))
        new = list(_found(self.after, self.rules, self.options))
        there = Counter((finding.code, _start(finding.span)) for finding in new)
        for repair in self.repairs:
            place = self._moved(repair.finding.span)
            if place is not None and there[repair.finding.code, place]:
                return f"{repair.finding.code} is still found"
        known = {(finding.code, self._moved(finding.span)) for finding in old}
        codes = {repair.finding.code for repair in self.repairs}
        for finding in new:
            if (finding.code, _start(finding.span)) not in known:
                if self._seen_through(finding):
                    continue
                wrong = finding.level == "error" and finding.code not in codes
                if wrong or not self._was_hidden(finding):
                    return f"{finding.code} is found now"
        return ""

    def _seen_through(self, finding: Finding) -> bool:
        """Whether a finding shows only because names or calls before it mean something again.

        So it is with rules that look at a whole file, when one of their kind was repaired; the
        finding does not stand in what the repairs wrote themselves.
        """
        rule = self.rules[finding.code]
        repaired = [self.rules[repair.finding.code] for repair in self.repairs]
        kin = rule in repaired or (
            rule.confirm == "api" and any(other.confirm == "api" for other in repaired)
        )
        if rule.check_file is None or not kin:
            return False
        offset = self._new_starts[finding.span.line - 1] + finding.span.column - 1
        shift = 0
        for start, end, new in placed(self.before.text, self._edits):
            if start + shift <= offset < start + shift + len(new):
                return False
            shift += len(new) - (end - start)
        return True

    def _was_hidden(self, finding: Finding) -> bool:
        """Whether a finding of the program after could not be seen before."""
        for index in range(len(self.before.analysis.graphs)):
            if self.again(index) == finding.graph:
                old = self.before.analysis.graphs[index]
                return not is_clean(old) and not self._was_reached(old, finding)
        return False

    def _was_reached(self, old: LayerGraph, finding: Finding) -> bool:
        """Whether the call that a new error is about was already made, on known shapes, before."""
        call = None
        if finding.graph is not None and finding.call is not None:
            call = self.after.analysis.graphs[finding.graph].calls.get(finding.call)
        if finding.level != "error" or call is None or call.origin is None:
            return False
        place = _start(call.origin.span)
        return any(
            before.origin is not None
            and self._moved(before.origin.span) == place
            and before.problem is None
            and _known(before)
            for before in old.calls.values()
        )

    def _moved(self, span: Span) -> tuple[int, int] | None:
        """Line and column, from 1, of a place's start after the edits; None if it was cut out."""
        offset = self._starts[span.line - 1] + span.column - 1
        found = placed(self.before.text, self._edits)
        if any(start <= offset < end and not new for start, end, new in found):
            return None
        offset += sum(len(new) - (end - start) for start, end, new in found if end <= offset)
        line = bisect.bisect_right(self._new_starts, offset)
        return line, offset - self._new_starts[line - 1] + 1

    @cached_property
    def _starts(self) -> list[int]:
        return line_starts(self.before.text)

    @cached_property
    def _new_starts(self) -> list[int]:
        return line_starts(self.after.text)


def unclaimed(old: LayerGraph, new: LayerGraph, claim: Claim) -> list[str]:
    """How two models differ beyond a claim, a line for each difference."""
    if replace(claim, arguments=frozenset()) == SAME:
        return difference(old, new)
    ours, theirs = _census(old), _census(new)
    ours.update(claim.added)
    theirs.update(claim.removed)
    if ours != theirs:
        changed = sorted((ours - theirs) | (theirs - ours))
        return [f"calls of {changed[0]}"]
    if claim.added or claim.removed or claim.unshared:
        return []  # the calls cannot be paired one by one; their number is as claimed
    after = _downstream(new, claim.layers)
    return [line for line in difference(old, new) if not _is_claimed(line, claim, after)]


def is_clean(graph: LayerGraph) -> bool:
    """Whether a model is followed, with calls to compare, and nothing in it is refused."""
    refused = graph.problem is not None or any(True for _ in graph.problems())
    return graph.followed and bool(graph.calls) and not refused


def _known(call: CallNode) -> bool:
    return bool(call.input_types) and all(kind.shape.is_complete for kind in call.input_types)


def _made_at(graph: LayerGraph) -> tuple[int, int] | None:
    """Where a model was made; None for loose calls."""
    if graph.kind == "fragment" or graph.origin is None:
        return None
    return _start(graph.origin.span)


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _found(program: Program, rules: Mapping[str, Rule], options: Options) -> Iterator[Finding]:
    for rule in rules.values():
        yield from rule.findings(program.analysis, options)


def _configured(old: LayerGraph, new: LayerGraph, claim: Claim) -> list[str]:
    """The layers whose arguments in source are others than before, the claimed ones apart."""
    pairs, _ = match(old, new)
    return [
        f"layer {before.cls} '{before.name}' is configured otherwise"
        for mine, theirs in pairs.items()
        for before, after in [(old.layer_of(mine), new.layer_of(theirs))]
        if before.name not in claim.layers
        and (before.cls == after.cls or not claim.added)
        and _without(before.config, claim) != _without(after.config, claim)
    ]


def _without(config: Mapping[str, object], claim: Claim) -> dict[str, object]:
    return {name: value for name, value in config.items() if name not in claim.arguments}


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


def in_joined_text(finding: Finding, analysis: FileAnalysis) -> Finding:
    """A finding of a notebook with its span in the joined text; others as they are."""
    if analysis.cells is None:
        return finding
    return replace(finding, span=analysis.cells.join(finding.span))


def edits_in_joined_text(edits: Sequence[Edit], analysis: FileAnalysis) -> tuple[Edit, ...]:
    """Edits of a notebook's cells as edits of the joined text; others as they are."""
    if analysis.cells is None:
        return tuple(edits)
    return tuple(Edit(analysis.cells.join(edit.span), edit.text) for edit in edits)
