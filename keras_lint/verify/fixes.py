"""Whether fixes hold: the edited program analysed, rebuilt in TensorFlow, and compared."""

from __future__ import annotations

from typing import Literal

from keras_lint.fixes.recheck import Change, Repair, is_clean, unclaimed
from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.dataclass import dataclass
from keras_lint.verify.agreement import NotBuilt
from keras_lint.verify.verdicts import Verifier

Status = Literal["holds", "fails", "unverified"]


@dataclass(frozen=True)
class FixVerdict:
    """Whether fixes hold.

    Args:
        status: ``holds``: proved; ``fails``: something of it is not so; ``unverified``: TensorFlow
            could not be asked, and the analysis has nothing against it.
        reason: why, in one line.
    """

    status: Status
    reason: str = ""


def check_fixes(change: Change, verifier: Verifier | None) -> FixVerdict:
    """Whether the repairs of a program mend what they should and change nothing but what they say.

    Args:
        change: the programs before and after, and the repairs.
        verifier: builds the repaired models before and after; None to go by the analysis alone.
    """
    doubt = change.doubt()
    if doubt:
        return FixVerdict("fails", doubt)
    if verifier is None:
        return FixVerdict("unverified", "verification is off")
    unverified = ""
    asked = [repair for repair in change.repairs if _is_about_class(repair)]
    for repair in asked:
        verdict = _asked_again(change, repair, verifier)
        if verdict.status == "fails":
            return verdict
        if verdict.status == "unverified":
            unverified = unverified or verdict.reason
    for index in _concerned(change):
        verdict = _rebuilt(change, index, verifier, classes=len(asked) == len(change.repairs))
        if verdict.status == "fails":
            return verdict
        if verdict.status == "unverified":
            unverified = unverified or verdict.reason
    if unverified:
        return FixVerdict("unverified", unverified)
    return FixVerdict("holds", "the finding is gone, and nothing else changed")


def _concerned(change: Change) -> list[int]:
    """The models that repairs are about; all of the file's, if one is about the whole file."""
    graphs = change.before.analysis.graphs
    indices = {repair.finding.graph for repair in change.repairs}
    if None in indices:
        return [index for index, graph in enumerate(graphs) if graph.kind != "fragment"]
    return sorted(index for index in indices if index is not None)


def _is_about_class(repair: Repair) -> bool:
    """Whether a repair is of a class, whose objects can be asked whether it was repaired."""
    question = repair.finding.question
    return question is not None and question.kind in ("arguments", "class", "config")


def _asked_again(change: Change, repair: Repair, verifier: Verifier) -> FixVerdict:
    """What an object of the repaired class says of the finding."""
    after = change.after
    (again,) = verifier.verify(after.text, after.analysis, [repair.finding], change.rules)
    if again.verdict.status == "confirmed":
        return FixVerdict("fails", f"{repair.finding.code} is so still: {again.verdict.reason}")
    if again.verdict.status == "unverified":
        return FixVerdict("unverified", again.verdict.reason)
    return FixVerdict("holds")


def _rebuilt(
    change: Change, index: int, verifier: Verifier, *, classes: bool = False
) -> FixVerdict:
    """What became of one model; with ``classes``, all repairs are of classes that were asked."""
    old = change.before.analysis.graphs[index]
    again = change.again(index)
    if again is None:
        return FixVerdict("unverified", "the model is not found again")
    new = change.after.analysis.graphs[again]
    built = verifier.built(change.after.text, change.after.analysis, again)
    was = verifier.built(change.before.text, change.before.analysis, index)
    of_file = all(repair.finding.graph is None for repair in change.repairs)
    if of_file and isinstance(was, NotBuilt) and isinstance(built, NotBuilt):
        if classes and not built.raised:
            return FixVerdict("holds")
        # the name that is repaired may be one of several mistakes
        return FixVerdict("unverified", f"the edited model is not built: {built.reason}")
    if isinstance(built, NotBuilt):
        expected = new.problem is not None or any(True for _ in new.problems())
        status: Status = "fails" if built.raised and not expected else "unverified"
        return FixVerdict(status, f"the edited model is not built: {built.reason}")
    lines = difference(new, built)
    if lines:
        reason = f"Keras builds another model than the edited source says: {lines[0]}"
        return FixVerdict("unverified", reason)
    if of_file and isinstance(was, NotBuilt) and not is_clean(old):
        return FixVerdict("holds")  # what a program means that does not run is not to be compared
    if isinstance(was, LayerGraph) or old.kind != "fragment":
        lines = unclaimed(was if isinstance(was, LayerGraph) else old, built, change.claim(old))
    if lines:
        return FixVerdict("fails", f"changes more than it says: {lines[0]}")
    return FixVerdict("holds")
