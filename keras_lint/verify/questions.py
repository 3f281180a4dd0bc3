"""From what an object said of itself to a verdict. In any doubt the verdict is ``unverified``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.serialise import span_from_json
from keras_lint.model.findings import Question, Verdict
from keras_lint.model.spans import Span
from keras_lint.verify.agreement import ENOUGH, Outcome, together
from keras_lint.verify.assumptions import PLANS, Plan
from keras_lint.verify.judge import find_built, summary, unverified, words
from keras_lint.verify.probes import Probe

Answer = dict[str, Any]

DECLARES = "compute_output_shape"
"""With this method of a layer Keras does not run its ``call`` before data come."""
LATE = json.dumps({"kind": "late"})
"""Asked while a replay is run: what fails where such layers run their ``call`` all the same."""
FED = json.dumps({"kind": "fed"})
"""Asked of a replay: what fails when its models are called on data."""
_STATE = ("tf.function only supports singleton", "add new elements of state")
"""What TensorFlow and Keras say of variables that a call makes."""


def request(question: Question) -> str:
    """What the child is asked, as JSON; see :mod:`child.examine`."""
    place = question.place if question.kind == "lambda" else None
    lines = None if place is None else [place.line, place.end_line]
    content = {
        "kind": question.kind,
        "cls": question.cls,
        "names": list(question.names),
        "lines": lines,
    }
    return json.dumps(content, sort_keys=True)


class Ask(Protocol):
    """What asks the child: see :meth:`keras_lint.verify.verdicts._FileWork.answer`."""

    def __call__(
        self,
        targets: frozenset[Span],
        *,
        wide: bool = False,
        plan: Plan = PLANS[0],
        probe: Probe | None = None,
        question: str = "",
    ) -> Outcome:
        """The answer to a question after a replay that reaches ``targets``."""
        ...


def asked_in_turn(
    question: Question,
    ways: Iterable[tuple[frozenset[Span], Probe | None]],
    graphs: Sequence[LayerGraph],
    ask: Ask,
) -> Verdict:
    """The verdict on what an object is asked; the first way to make one that says anything decides.

    Args:
        question: to be asked.
        ways: what to reach, and to make besides; see :func:`keras_lint.verify.targets.ways_to_ask`.
        graphs: the models of the file.
        ask: asks the child.
    """
    first: Verdict | None = None
    for targets, probe in ways:
        verdicts: list[Verdict] = []
        for plan in PLANS:
            verdicts.append(_asked(question, targets, probe, plan, graphs, ask))
            decided = [one for one in verdicts if one.status != "unverified"]
            if not verdicts[-1].values or len(decided) >= ENOUGH:
                break
        if any(one.status != "unverified" for one in verdicts):
            return together(verdicts)
        first = first or verdicts[0]
    return replace(first, values=()) if first else unverified(f"no {question.cls} is made here")


def _asked(
    question: Question,
    targets: frozenset[Span],
    probe: Probe | None,
    plan: Plan,
    graphs: Sequence[LayerGraph],
    ask: Ask,
) -> Verdict:
    """The verdict if what nobody knows is as ``plan`` says; its ``values`` tell."""
    unused = question.kind == "unused"
    said = "" if unused else request(question)
    wide = unused or question.kind == "class"  # what registers a class touches it and no more
    outcome = ask(targets, wide=wide, plan=plan, probe=probe, question=said)
    if outcome.verdict is not None:
        return outcome.verdict
    if unused:
        models = [graph for graph in graphs if graph.kind != "fragment"]
        verdict = judge_unused(outcome.answer, question, models)
    else:
        verdict = judge_object(outcome.answer, question)
    return replace(verdict, values=outcome.values)


def judge_fed(answer: Answer, cls: str) -> Verdict:
    """Whether a layer of the class ``cls`` refused the first data of a model that was built."""
    if answer["ok"]:
        return Verdict("refuted", "TensorFlow takes data of its shape")
    said = words(answer)
    if answer.get("phase") != "data":
        return unverified(f"fails earlier: {summary(answer)}", said)
    if cls not in {entry["class"] for entry in answer["layers"]}:
        return unverified(f"fails in another layer: {summary(answer)}", said)
    return Verdict("confirmed", "TensorFlow refuses it when data come", said)


def judge_object(answer: Answer, question: Question) -> Verdict:
    """Whether the object is as the finding says.

    Args:
        answer: of the child.
        question: what it was asked.
    """
    facts = answer.get("facts")
    if facts is None or not (answer["ok"] or question.kind in ("twice", "unbound")):
        when = "fails earlier" if answer.get("phase") == "build" else "cannot be asked"
        return unverified(f"{when}: {summary(answer)}", words(answer))
    if question.kind == "config":
        return _config(facts, question)
    if question.kind == "state":
        return _state(facts, question)
    if question.kind == "shape":
        return _shape(facts)
    if question.kind == "handed":
        return _handed(facts, question)
    said = _raised(facts)
    if question.kind == "twice":
        return _twice(facts, question, said)
    unbound = question.kind == "unbound"
    asked = f"call the {question.cls}" if unbound else f"make the {question.cls} again"
    if not said:
        return Verdict("refuted", f"Keras can {asked}")
    if _expected(facts, question):
        return Verdict("confirmed", f"Keras cannot {asked}", said)
    return unverified(f"fails otherwise: {said[:300]}", said)


def _config(facts: Answer, question: Question) -> Verdict:
    given = ", ".join(facts["keys"])
    there = [name for name in question.names if name in facts["keys"]]
    if len(there) == len(question.names):
        return Verdict("refuted", f"get_config gives {given}")
    if there:
        return unverified(f"get_config gives {given}")
    return Verdict("confirmed", f"get_config gives only {given}", _raised(facts))


def _raised(facts: Answer) -> str:
    """What was raised, in words; empty if nothing was."""
    return f"{facts['raised'][0]}: {_plain(facts['message'])}" if facts["raised"] else ""


def _expected(facts: Answer, question: Question) -> bool:
    """Whether what was raised when the object was made again is what is to be raised."""
    message, raised = facts["message"], facts["raised"]
    if question.kind == "arguments":
        wrong = "unexpected keyword argument" in message and f"{question.cls}.__init__" in message
        return "TypeError" in raised and wrong and any(f"'{n}'" in message for n in question.names)
    if question.kind == "class":
        return "TypeError" in raised and f"Could not locate class '{question.cls}'" in message
    if question.kind == "unbound":
        return "NameError" in raised and f"name '{question.names[0]}' is not defined" in message
    return "ValueError" in raised and "Python lambda" in message


def _handed(facts: Answer, question: Question) -> Verdict:
    name = question.names[0]
    if not facts["called"]:
        return unverified("its call is not called")
    if facts["handed"]:
        return Verdict("refuted", f"Keras hands '{name}' to call")
    return Verdict("confirmed", f"Keras is given {name}=True and does not hand it to call")


def _state(facts: Answer, question: Question) -> Verdict:
    name = question.names[0]
    if not facts["variables"] and not facts["layers"]:
        return unverified(f"'{name}' holds no variable once the {question.cls} is made")
    if facts["seen"]:
        return Verdict("refuted", f"Keras knows what is in '{name}'")
    held = ", ".join(
        f"{count} {what}{'' if count == 1 else 's'}"
        for count, what in ((facts["layers"], "layer"), (facts["variables"], "variable"))
        if count
    )
    return Verdict("confirmed", f"'{name}' holds {held}, none of which Keras knows")


def _shape(facts: Answer) -> Verdict:
    declared, given = facts["declared"], facts["given"]
    if len(given) != 1:
        return unverified("it gives several tensors")
    says = f"it declares {tuple(declared)} and gives {tuple(given[0])}"
    agree = len(declared) == len(given[0]) and all(
        one is None or one == other for one, other in zip(declared, given[0], strict=True)
    )
    return Verdict("refuted" if agree else "confirmed", says)


def _twice(facts: Answer, question: Question, said: str) -> Verdict:
    if not said:
        return Verdict("refuted", "TensorFlow calls it again in a compiled step")
    if not any(text in facts["message"] for text in _STATE):
        return unverified(f"fails otherwise: {said[:300]}", said)
    places = [*facts["at"], *([facts["owner"]] if facts["owner"] else [])]
    if question.place is None or not any(_meets(question.place, place) for place in places):
        return unverified(f"fails elsewhere: {said[:300]}", said)
    return Verdict("confirmed", "TensorFlow refuses new state in a compiled step", said)


def _meets(place: Span, found: Answer) -> bool:
    """Whether one of the two spans holds the other; by lines where columns are not known."""
    span = span_from_json(found)
    if span is None:
        return False
    if span.column == 0:
        return place.line <= span.line <= place.end_line
    return place.contains(span) or span.contains(place)


def judge_unused(answer: Answer, question: Question, graphs: Sequence[LayerGraph]) -> Verdict:
    """Whether Keras made the call at ``question.place``, and no model that it built holds it.

    Args:
        answer: of the child, for all models of the file.
        question: about the call.
        graphs: these models, as the source says they are.
    """
    if not answer["ok"]:
        return unverified(f"does not build: {summary(answer)}", words(answer))
    place = question.place
    made = [m for m in answer["made"] if m["class"] == question.cls and _same(place, m)]
    if not made:
        return unverified("the call did not happen in the replay")
    for graph in graphs:
        built = find_built(answer, graphs, graph)
        if isinstance(built, str):
            return unverified(built)
    held = [
        call
        for data in _all_models(answer["graphs"])
        for call in data["calls"]
        if call["origin"] is not None and _same(place, call["origin"])
    ]
    if held:
        return Verdict("refuted", "the call is in a model that Keras built")
    models = len(answer["graphs"])
    what = "the model" if models == 1 else f"none of the {models} models"
    return Verdict(
        "confirmed", f"{what} that Keras built {'does not hold' if models == 1 else 'holds'} it"
    )


def _same(place: Span | None, found: Answer) -> bool:
    return place is not None and _meets(place, found)


def _all_models(models: list[Answer]) -> list[Answer]:
    """The models, and those that are layers of them."""
    inner = [layer["model"] for data in models for layer in data["layers"] if layer["model"]]
    return models + (_all_models(inner) if inner else [])


def _plain(message: str) -> str:
    """A message without the colours of terminals."""
    return message.replace("\x1b[1m", "").replace("\x1b[0m", "").strip()
