"""Whole random models: written as source, analysed, built by Keras, and compared.

A program is drawn statement by statement. Each is run in Keras as it is written, so that what
follows knows the shapes; one that Keras refuses is mostly dropped, and sometimes kept as the
program's last. The verdict comes from a second run of the whole text, by the machinery of the
verification child.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

import keras

import benchmarks.oracle.statements
import benchmarks.oracle.statements_more  # noqa: F401 - both add their makers, in this order
from benchmarks.oracle.layer_texts import dense, layer_for
from benchmarks.oracle.makers import MAKERS
from benchmarks.oracle.prelude import DEFINITIONS, HEADER
from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.compare import difference
from keras_lint.graph.serialise import from_json
from keras_lint.interp import analyse
from keras_lint.model.dims import is_known
from keras_lint.model.outcomes import Problem
from keras_lint.model.spans import Origin
from keras_lint.source.reader import parse, with_deep_stack
from keras_lint.verify.child.build import Builder

_REFUSING = 0.4
"""Share of programs that may end at a statement that Keras refuses."""
_WEIGHTS = [weight for weight, _ in MAKERS]
_INPUTS = ("(4,)", "(6,)", "(5, 4)", "(None, 6)", "(8, 8, 3)", "(7, 9, 4)", "(2, 6, 6, 2)")


@dataclass
class Drawn:
    """A program while it is drawn; what :class:`benchmarks.oracle.statements.State` asks for."""

    rng: Random
    lines: list[str] = field(default_factory=list)
    space: dict[str, Any] = field(default_factory=dict)
    layers: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    count: int = 0

    def fresh(self, stem: str = "x") -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def value(self, name: str) -> Any:
        return self.space[name]

    def shape(self, name: str) -> tuple[int | None, ...]:
        return tuple(self.space[name].shape)

    def dtype(self, name: str) -> str:
        return str(self.space[name].dtype)

    def tensors(self) -> list[str]:
        return [
            name
            for name, value in self.space.items()
            if name[0] == "x" and isinstance(value, keras.KerasTensor) and len(value.shape) > 0
        ]

    def tensor(self, *ranks: int) -> str | None:
        found = [n for n in self.tensors() if not ranks or len(self.shape(n)) in ranks]
        late = found[-4:]
        return self.rng.choice(late if self.rng.random() < 0.7 else found) if found else None

    def like(self, name: str) -> str:
        if self.rng.random() < 0.15:
            return self.rng.choice(self.tensors())
        same = [n for n in self.tensors() if self.shape(n) == self.shape(name) and n != name]
        return self.rng.choice(same) if same else name

    def run(self, text: str) -> bool:
        """Run a statement in Keras; whether it went well. Only then it is part of the program."""
        before = dict(self.space)
        try:
            with keras.StatelessScope(initialize_variables=False):
                exec(compile(text, "<drawn>", "exec"), self.space)
        except Exception:  # noqa: BLE001 - whatever Keras raises is a refusal
            self.space.clear()
            self.space.update(before)
            self.layers = [name for name in self.layers if name in self.space]
            self.models = [name for name in self.models if name in self.space]
            return False
        self.lines.append(text)
        return True


def program(rng: Random) -> str:
    """The source text of a random program that makes a model, or fails to."""
    drawn = Drawn(rng)
    keras.utils.clear_session(free_memory=False)
    drawn.run(HEADER)
    refusing = rng.random() < _REFUSING
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if rng.random() < 0.2:
            return _sequential(drawn, refusing)
        return _functional(drawn, refusing)


def _sequential(drawn: Drawn, refusing: bool) -> str:
    rng = drawn.rng
    dims = rng.choice(_INPUTS)
    kind = rng.choice(["input", "input", "input", "argument", "argument", "open"])
    name = rng.choice(["", "", "name='whole'"])
    drawn.run(f"model = keras.Sequential({name})")
    if kind == "input":
        drawn.run(f"model.add(keras.Input({dims}))")
    shape: tuple[int | None, ...] = (None, *eval(dims))
    for number in range(rng.randint(1, 7)):
        model = drawn.space["model"]
        if model.built and model.layers:
            shape = tuple(model.output_shape)
        layer = layer_for(drawn, shape)
        if number == 0 and kind == "argument":
            layer = layer[:-1] + (", " if layer[-2] != "(" else "") + f"input_shape={dims})"
        if not drawn.run(f"model.add({layer})") and refusing and rng.random() < 0.5:
            drawn.lines.append(f"model.add({layer})")
            break
    if kind == "open" and rng.random() < 0.7:
        drawn.lines.append(f"model.build({shape})")
    return "\n".join(drawn.lines) + "\n"


def _functional(drawn: Drawn, refusing: bool) -> str:
    rng = drawn.rng
    for text, calls in rng.sample(DEFINITIONS, rng.randint(0, 3)):
        drawn.run(text)
        drawn.helpers += calls
    for _ in range(rng.randint(1, 2)):
        drawn.run(f"{drawn.fresh()} = keras.Input({rng.choice(_INPUTS)})")
    wanted = rng.randint(2, 14)
    for _ in range(4 * wanted):
        if wanted == 0:
            break
        make = rng.choices(MAKERS, _WEIGHTS)[0][1]
        text = make(drawn)
        if text is None:
            continue
        if drawn.run(text):
            wanted -= 1
        elif refusing and rng.random() < 0.5:
            drawn.lines.append(text)
            result = text.splitlines()[-1].strip().split(" ")[0].rstrip(",")
            return _text(drawn, _model(drawn, result if result.isidentifier() else None))
    return _text(drawn, _model(drawn))


def _text(drawn: Drawn, model: str) -> str:
    """The program without the definitions that it does not use, which are analysed as well."""
    body = "\n".join([*drawn.lines, model])
    for text, _ in DEFINITIONS:
        name = text.split("(")[0].split()[1]
        if body.count(name + "(") == 1:
            body = body.replace(text, "")
    return body + "\n"


def _model(drawn: Drawn, result: str | None = None) -> str:
    """The last statement: a model of the inputs and some of the tensors, or of one ``result``."""
    rng = drawn.rng
    inputs = [
        name
        for name, value in drawn.space.items()
        if isinstance(value, keras.KerasTensor)
        and type(value._keras_history.operation).__name__ == "InputLayer"
        and not name.startswith(("t", "u", "j"))
    ]
    if result is not None:
        return f"model = keras.Model([{', '.join(inputs)}], {result})"
    tensors = drawn.tensors()
    outputs = list(dict.fromkeys([tensors[-1], *rng.sample(tensors, min(len(tensors), 2))]))
    if rng.random() < 0.3:
        outputs[0] = f"{dense(drawn)}({outputs[0]})"
    ins, outs = f"[{', '.join(inputs)}]", f"[{', '.join(outputs)}]"
    kind = rng.random()
    if kind < 0.15:
        ins = "{" + ", ".join(f"'in_{n}': {n}" for n in inputs) + "}"
    if 0.1 < kind < 0.25:
        outs = "{" + ", ".join(f"'out{n}': {x}" for n, x in enumerate(outputs)) + "}"
    if kind > 0.7:
        outs = outputs[0]
    name = rng.choice(["", "", ", name='whole'"])
    return f"model = keras.Model({ins}, {outs}{name})"


# -- verdicts --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """How a program came out.

    Args:
        outcome: ``isomorphic``, ``both refuse``, ``lost`` (we say that we do not know) or
            ``disagreement``.
        lines: what differs, or why the thread was lost.
        error: what Keras raised, if anything.
    """

    outcome: str
    lines: tuple[str, ...] = ()
    error: str = ""


class Builds(Protocol):
    """What builds programs: of Keras 3 the verification's own builder."""

    def answer(self, text: str, filename: str, values: list[Any]) -> dict[str, Any]:
        """What the program builds; the form is that of the verification process."""


def judge(text: str, builder: Builds) -> Verdict:
    """Analyse a program, build it with Keras, and compare."""
    try:
        analysis = with_deep_stack(lambda: analyse(parse("program.py", text)))
    except Exception as error:  # noqa: BLE001 - an internal failure is a result
        return Verdict("disagreement", (f"internal failure: {error!r}",))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        built = builder.answer(text, "program.py", [])
    problems = sorted(_problems(analysis), key=lambda pair: _last(pair[1]))
    if built["ok"]:
        if problems:
            problem, origin = problems[0]
            said = f"line {origin.span.line}: {problem.layer} expected {problem.expected}"
            return Verdict("disagreement", (f"false alarm: {said}, got {problem.actual}",))
        return _compared(analysis, built)
    error = f"{built['exception'][0]} line {built['stack'][0]['line']}: {built['message'][:300]}"
    if not problems:
        reasons = _reasons(analysis) or _unknown_aside(analysis)
        if reasons:
            return Verdict("lost", reasons, error)
        return Verdict("disagreement", ("missed: Keras refuses, nothing was said",), error)
    problem, origin = problems[0]
    failed = {span["line"] for span in built["stack"]}
    if not failed & _lines(origin):
        if _reasons(analysis) and min(failed) < _last(origin):
            return Verdict("lost", _reasons(analysis), error)
        place = f"refused at line {origin.span.line} ({problem.expected}, got {problem.actual})"
        return Verdict("disagreement", (place,), error)
    if not set(problem.exceptions) & set(built["exception"]):
        unknown = tuple(r for r in _reasons(analysis) if not r.startswith("Keras refuses"))
        if unknown:
            return Verdict("lost", unknown, error)
        return Verdict("disagreement", (f"raises {problem.exceptions}",), error)
    return Verdict("both refuse", (), error)


def _problems(analysis: FileAnalysis) -> list[tuple[Problem, Origin]]:
    found = []
    for graph in analysis.graphs:
        if graph.kind == "sequential" and not graph.inputs:
            continue  # what is wrong with it shows when it is called
        if graph.problem is not None and graph.origin is not None:
            found.append((graph.problem, graph.origin))
        found += [
            (call.problem, call.origin)
            for call in graph.problems()
            if call.problem is not None and call.origin is not None
        ]
    return found


def _lines(origin: Origin) -> set[int]:
    spans = [origin.span, *origin.stack]
    spans += [span for span in (origin.construction, origin.trigger) if span is not None]
    return {line for span in spans for line in range(span.line, span.end_line + 1)}


def _last(origin: Origin) -> int:
    """The line of the program at which it happens: the outermost call."""
    if origin.stack:
        return origin.stack[0].line
    return (origin.trigger or origin.span).line


def _reasons(analysis: FileAnalysis) -> tuple[str, ...]:
    lost = [item.reason for graph in analysis.graphs for item in graph.lost]
    lost += [item.reason for item in analysis.lost]
    if not lost and not all(graph.followed for graph in analysis.graphs):
        lost = ["no reason was kept"]
    return tuple(dict.fromkeys(lost))


def _unknown_aside(analysis: FileAnalysis) -> tuple[str, ...]:
    """Layers in no model of which it is not known what they give: Keras may refuse these."""
    loose = [graph for graph in analysis.graphs if graph.kind == "fragment"]
    calls = [call for graph in loose for call in graph.calls.values()]
    unknown = any(kind.shape.dims is None for call in calls for kind in call.output_types)
    return ("a layer in no model is not known",) if unknown else ()


def _compared(analysis: FileAnalysis, built: dict[str, Any]) -> Verdict:
    # subclassed models come last in source
    models = [graph for graph in analysis.graphs if graph.kind != "fragment"]
    made = sorted(built["graphs"], key=lambda data: data["kind"] == "subclass")
    reasons = _reasons(analysis)
    if len(models) != len(made):
        if reasons:
            return Verdict("lost", reasons)
        said = f"{len(models)} models in source, {len(made)} as built"
        return Verdict("disagreement", (said,))
    lines: list[str] = []
    for graph, data in zip(models, made, strict=True):
        if not graph.followed or graph.kind == "subclass":
            continue  # Keras keeps no graph of what a subclassed model calls
        lines += difference(graph, from_json(data))
        for total in ("total_params", "trainable_params"):
            ours, theirs = getattr(graph, total), data[total]
            if theirs is not None and (not is_known(ours) or ours != theirs):
                lines.append(f"{total}: {ours} in source, {theirs} as built")
    if lines:
        return Verdict("disagreement", tuple(lines))
    if not all(graph.followed for graph in models):
        return Verdict("lost", reasons or ("no reason was kept",))
    return Verdict("isomorphic")


@dataclass
class Tally:
    """Outcomes of a run."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    disagreements: list[tuple[int, str, Verdict]] = field(default_factory=list)


def run(
    write: Callable[[Random], str],
    count: int,
    seed: int,
    first: int = 0,
    builder: Builds | None = None,
) -> Tally:
    """Judge the programs of some numbers under a seed; after ``start_keras``."""
    tally = Tally()
    builder = builder or Builder()
    for number in range(first, first + count):
        text = write(Random(f"{seed}/{number}"))
        verdict = judge(text, builder)
        tally.outcomes[verdict.outcome] += 1
        if verdict.outcome == "lost":
            tally.reasons[verdict.lines[0]] += 1
        if verdict.outcome == "disagreement":
            tally.disagreements.append((number, text, verdict))
    return tally
