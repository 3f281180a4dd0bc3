"""The way in: :class:`Verifier` gives each finding of a file its verdict."""

from __future__ import annotations

import queue
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.graph.relocate import joined
from keras_lint.model.findings import Finding, Question, Verdict
from keras_lint.model.spans import Span
from keras_lint.rules.base import Rule
from keras_lint.verify.agreement import ENOUGH, NotBuilt, Outcome, confirmed_for_values, together
from keras_lint.verify.assumptions import PLANS, Plan, plan_of
from keras_lint.verify.cutting import permitted
from keras_lint.verify.judge import (
    find_built,
    judge_built,
    judge_graph,
    judge_raise,
    unverified,
    without_own_lines,
)
from keras_lint.verify.lookups import looked_up
from keras_lint.verify.probes import Probe, class_spans, find_probe
from keras_lint.verify.questions import DECLARES, FED, LATE, asked_in_turn, judge_fed
from keras_lint.verify.replay import Replay, Source
from keras_lint.verify.session import Answer, Lost, Session, Unavailable
from keras_lint.verify.steps import trace_of, training_of
from keras_lint.verify.targets import (
    failing_part,
    made_for_method,
    spans_of,
    ways_to_ask,
    whole_model,
)
from keras_lint.verify.traced import judge_traced
from keras_lint.verify.training import Training, judge_training

TIME_LIMIT = 20.0
"""Seconds that one replay may take unless said otherwise."""

_OLDER = "the model is one of Keras 2, and models are built with Keras 3"
_APART = ("none", "api")
"""How rules confirm that ask nothing of a model."""
_MOST_NUMBERS = 6


class Verifier:
    """Builds flagged models in TensorFlow; a context manager that ends its child process.

    Args:
        python: an interpreter that has TensorFlow; None for the one we run under.
        time_limit: seconds for one replay.
        execute: also run replays that the allow-list refuses, in the same confined process; for
            people who trust the code.
        cache: folder in which answers of TensorFlow are kept between runs; None keeps none.
        jobs: how many child processes there may be; so many threads may call ``verify`` at a time.
    """

    def __init__(
        self,
        python: str | None = None,
        time_limit: float = TIME_LIMIT,
        *,
        execute: bool = False,
        cache: Path | None = None,
        jobs: int = 1,
    ) -> None:
        self.jobs = jobs
        self._execute = execute
        self._prepared = False
        self._sessions = [Session(python, time_limit, cache) for _ in range(jobs)]
        self._idle: queue.LifoQueue[Session] = queue.LifoQueue()
        for session in reversed(self._sessions):  # the first one is the first to be taken
            self._idle.put(session)

    @property
    def session(self) -> Session:
        """The first child process, which is the only one unless more were asked for."""
        return self._sessions[0]

    @property
    def started(self) -> int:
        """How many child processes were started so far."""
        return sum(session.started for session in self._sessions)

    def __enter__(self) -> Verifier:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self._sessions:
            session.end()

    def close(self) -> None:
        """End the child processes that were started."""
        for session in self._sessions:
            session.close()

    def available(self) -> tuple[bool, str]:
        """Whether models can be built, and if not, why. Starts the child process."""
        try:
            self.session.about()
        except Unavailable as error:
            return False, str(error)
        return True, ""

    def verify(
        self,
        source_text: str,
        analysis: FileAnalysis,
        findings: Iterable[Finding],
        rules: Mapping[str, Rule],
    ) -> list[Finding]:
        """The findings of one file, in order, each with a verdict.

        Args:
            source_text: the file's text, as it was analysed; the joined code of a notebook.
            analysis: of that file.
            findings: to be verified; ``Finding.graph`` is an index into ``analysis.graphs``.
            rules: by code; a rule says how its findings are confirmed.
        """
        session = self._idle.get()
        try:
            work = _FileWork(session, source_text, analysis, rules, self._execute)
            return [finding.with_verdict(work.verdict(finding)) for finding in findings]
        finally:
            self._idle.put(session)

    def prepare(
        self,
        source_text: str,
        analysis: FileAnalysis,
        findings: Iterable[Finding],
        rules: Mapping[str, Rule],
    ) -> None:
        """Start a child in the background if these findings will need one; see :meth:`verify`."""
        if self._prepared:
            return
        work = _FileWork(self.session, source_text, analysis, rules, self._execute)
        if any(work.needs_child(finding) for finding in findings):
            self._prepared = True
            self.session.start()

    def train(
        self, source_text: str, analysis: FileAnalysis, index: int, training: Training
    ) -> Verdict:
        """Whether TensorFlow refuses a training step of ``analysis.graphs[index]`` as said.

        The model is built and compiled as in the program, with real weights, and given arrays of
        the inferred shapes.
        """
        work = _FileWork(self.session, source_text, analysis, {}, self._execute)
        return work.trained(index, training)

    def built(self, source_text: str, analysis: FileAnalysis, index: int) -> LayerGraph | NotBuilt:
        """The model that Keras builds for ``analysis.graphs[index]``; why not, if it cannot."""
        work = _FileWork(self.session, source_text, analysis, {}, self._execute)
        if analysis.older:
            return NotBuilt(_OLDER)
        graph = work.graphs[index]
        outcome = work.answer(whole_model(graph))
        if outcome.verdict is not None:
            return NotBuilt(outcome.verdict.reason)
        answer = outcome.answer
        if not answer["ok"]:
            return NotBuilt(f"{answer['exception'][0]}: {answer['message']}", raised=True)
        found = find_built(answer, work.graphs, graph)
        return NotBuilt(found) if isinstance(found, str) else found


class _FileWork:
    """Verification of one file: replays are cut and run once, however many findings share them."""

    def __init__(
        self,
        session: Session,
        text: str,
        analysis: FileAnalysis,
        rules: Mapping[str, Rule],
        execute: bool,
    ) -> None:
        self._session = session
        self._execute = execute
        self._text = text
        self._cells = analysis.cells
        self._analysis = joined(analysis)  # replays are cut from the text, and know no cells
        self.graphs = self._analysis.graphs
        self._rules = rules
        self._source: Source | None = None
        self._answers: dict[tuple[frozenset[Span], bool, Plan, Probe | None, str], Outcome] = {}
        self._built: dict[Replay, Answer | Verdict] = {}
        self._numbers: tuple[int, ...] = ()

    def verdict(self, finding: Finding) -> Verdict:
        rule = self._rules.get(finding.code)
        if finding.lookup is not None:
            return looked_up(self._session, finding.lookup)
        asked = finding.question
        if rule is None or (asked is None and (rule.confirm in _APART or finding.graph is None)):
            return unverified("building the model says nothing about it")
        if self._analysis.older:
            return unverified(_OLDER)
        if self._cells is not None:
            finding = replace(finding, span=self._cells.join(finding.span))
        if asked is not None and asked.kind != "parameters":
            return self._asked(asked)
        if finding.step is not None and rule.confirm in ("raise", "logs"):
            step = self._analysis.steps[finding.step]
            absent = finding.actual if rule.confirm == "logs" else ""
            try:
                training = training_of(step, validation=finding.on_validation, absent=absent)
            except LookupError as error:
                return unverified(str(error))
            return self._trained_with_all(step.graph, training)
        if rule.confirm == "graph" and finding.step in self._analysis.traced:
            return self._traced(finding, rule)
        trained = self._built_by_training(finding, rule)
        if trained is not None and trained.status == "confirmed":
            return trained
        verdicts: list[Verdict] = []
        for plan in PLANS:
            verdicts.append(self._under(finding, rule, plan))
            if not verdicts[-1].values:
                break  # nothing was assumed, or there is no replay: other values change nothing
            decided = [one for one in verdicts if one.status != "unverified"]
            if len(decided) >= ENOUGH or verdicts[-1].status == "refuted":
                break
        if confirmed_for_values(verdicts):
            # What fits may be one of the program's own numbers: look for a value that builds.
            for number in self._numbers[:_MOST_NUMBERS]:
                verdicts.append(self._under(finding, rule, plan_of(number)))
        return together(verdicts)

    def needs_child(self, finding: Finding) -> bool:
        """Whether a model must be built for this finding that nobody built before."""
        rule = self._rules.get(finding.code)
        if finding.lookup is not None:
            return self._session.known(Replay(finding.lookup.text)) is None
        asked = finding.question is not None and finding.question.kind != "parameters"
        if rule is None or (not asked and (rule.confirm in _APART or finding.graph is None)):
            return False
        if self._analysis.older:
            return False
        if asked or finding.graph is None:
            return True
        if finding.step is not None and rule.confirm in ("raise", "logs"):
            return True
        graph = self.graphs[finding.graph]
        call = graph.calls.get(finding.call) if finding.call is not None else None
        whole = rule.confirm in ("data", "graph")
        targets = whole_model(graph) if whole else failing_part(graph, call)
        if not targets:
            return False
        source = Source(self._text, self._analysis.known_values, self._cells)
        replay, _ = permitted(source, targets, PLANS[0], execute=self._execute)
        return replay is not None and self._session.known(replay) is None

    def _asked(self, question: Question) -> Verdict:
        """The verdict on what an object of the program is asked."""
        try:
            if self._source is None:
                self._source = Source(self._text, self._analysis.known_values, self._cells)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return unverified(f"the program cannot be cut: {error}")
        if self._cells is not None and question.place is not None:
            question = replace(question, place=self._cells.join(question.place))
        ways = ways_to_ask(self._source, question, self.graphs)
        return asked_in_turn(question, ways, self.graphs, self.answer)

    def _under(self, finding: Finding, rule: Rule, plan: Plan) -> Verdict:
        """The verdict if what nobody knows is as ``plan`` says; its ``values`` tell."""
        assert finding.graph is not None
        graph = self.graphs[finding.graph]
        call = graph.calls.get(finding.call) if finding.call is not None else None
        if rule.confirm == "data":
            outcome = self.answer(whole_model(graph), plan=plan, question=FED)
            layer = None if call is None else graph.layer_of(call)
            verdict = outcome.verdict or judge_fed(
                outcome.answer, "" if layer is None else layer.cls
            )
            return replace(verdict, values=outcome.values)
        if rule.confirm == "graph":
            outcome = self.answer(whole_model(graph), plan=plan)
            if outcome.verdict is not None:
                return outcome.verdict
            verdict = judge_graph(outcome.answer, finding, rule, self.graphs, graph, self._analysis)
            return replace(verdict, values=outcome.values)
        targets = failing_part(graph, call)
        complete = False
        outcome = self._tried(targets, plan)
        if outcome.verdict is not None or outcome.answer["ok"]:
            probed = self._made(graph, call, targets, plan) or self._probed(graph, plan)
            outcome = outcome if probed is None else probed
        if outcome.verdict is not None:
            return outcome.verdict
        if outcome.answer["ok"]:
            # Something that was cut away may have mattered: refute only with all that touches it.
            outcome = self.answer(targets | whole_model(graph), wide=True, plan=plan)
            complete = True
            if outcome.verdict is not None:
                reason = outcome.verdict.reason
                return unverified(f"the part that could be built raises nothing, but {reason}")
        values = outcome.values
        verdict = judge_raise(
            outcome.answer, finding, self.graphs, graph, call, dict(values), complete=complete
        )
        return replace(verdict, values=values)

    def _trained_with_all(self, index: int, training: Training) -> Verdict:
        """The verdict on a step, under several plans where something is assumed."""
        verdicts: list[Verdict] = []
        for plan in PLANS[:ENOUGH]:
            verdicts.append(self.trained(index, training, plan))
            if not verdicts[-1].values:
                break
        return together(verdicts)

    def trained(self, index: int, training: Training, plan: Plan = PLANS[0]) -> Verdict:
        """See :meth:`Verifier.train`."""
        answer, values = self._after_training(index, training, plan)
        if isinstance(answer, Verdict):
            return answer
        return replace(judge_training(answer, training), values=values)

    def _traced(self, finding: Finding, rule: Rule) -> Verdict:
        """What Keras makes of the ``call`` of a subclass, for a finding about its training."""
        assert finding.step is not None
        step = self._analysis.steps[finding.step]
        try:
            training = trace_of(step)
        except LookupError as error:
            return unverified(str(error))
        answer, values = self._after_training(step.graph, training)
        if isinstance(answer, Verdict):
            return answer
        return replace(judge_traced(answer, finding, rule, self._analysis), values=values)

    def _built_by_training(self, finding: Finding, rule: Rule) -> Verdict | None:
        """What Keras says of a layer that is called when training builds its model, if it is."""
        graph = self.graphs[finding.graph or 0]
        call = graph.calls.get(finding.call) if finding.call is not None else None
        if rule.confirm != "raise" or call is None or call.origin is None:
            return None
        for step in self._analysis.steps:
            if step.graph != finding.graph or step.span != call.origin.trigger:
                continue
            try:
                training = training_of(step)
            except LookupError:
                return None
            answer, values = self._after_training(step.graph, training)
            if isinstance(answer, Verdict):
                return answer
            return replace(judge_built(answer, graph, call, dict(values)), values=values)
        return None

    def _after_training(
        self, index: int, training: Training, plan: Plan = PLANS[0]
    ) -> tuple[Answer | Verdict, tuple[tuple[str, object], ...]]:
        """What came of a training step, with what was assumed; or why it was not made."""
        graph = self.graphs[index]
        targets = whole_model(graph) - {step.span for step in self._analysis.steps}
        if graph.origin is None or not targets:
            return unverified("the place where the model is made is not known"), ()
        if training.compiled is not None:
            targets |= {training.compiled}
        same = [g for g in self.graphs if g.origin and g.origin.span == graph.origin.span]
        place = graph.origin.span
        try:
            source = Source(self._text, self._analysis.known_values, self._cells)
            replay, doubt = permitted(source, targets, plan, execute=self._execute)
            if replay is None:
                return unverified(doubt), ()
            request = training.request(
                (place.line, place.end_line), same.index(graph), dict(replay.assumed)
            )
        except LookupError as error:
            return unverified(str(error)), ()
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return unverified(f"the program cannot be cut: {error}"), ()
        answer = self._build(replace(replay, training=request), source)
        return answer, replay.assumed

    def _made(
        self, graph: LayerGraph, call: CallNode | None, targets: frozenset[Span], plan: Plan
    ) -> Outcome | None:
        """What fails in a method of a class where the program makes and calls an object of it."""
        origin = graph.origin if call is None else call.origin
        for made in made_for_method(self._source, class_spans(origin)):
            outcome = self._tried(targets | made, plan)
            if outcome.verdict is None and not outcome.answer["ok"]:
                return outcome
        return None

    def _probed(self, graph: LayerGraph, plan: Plan) -> Outcome | None:
        """What fails in a model that only data builds, when it is built on an input of ours."""
        probe = find_probe(self._source, graph) if self._source is not None else None
        if probe is None:
            return None
        triggers = {c.origin.trigger for c in graph.calls.values() if c.origin is not None}
        targets = whole_model(graph) or frozenset(
            span for call in graph.calls.values() for span in spans_of(call.origin)
        )
        origin = frozenset() if graph.origin is None else frozenset({graph.origin.span})
        if probe.build:  # data are not to be had: the call that feeds them is left out
            targets = targets - triggers | origin
        outcome = self._tried(targets, plan, probe)
        failed = outcome.verdict is None and not outcome.answer["ok"]
        return outcome if failed else None

    def _tried(self, targets: frozenset[Span], plan: Plan, probe: Probe | None = None) -> Outcome:
        """What comes of building, and where nothing fails, of what Keras leaves to data."""
        outcome = self.answer(targets, plan=plan, probe=probe)
        if outcome.verdict is None and outcome.answer["ok"] and DECLARES in self._text:
            late = self.answer(targets, plan=plan, probe=probe, question=LATE)
            outcome = late if late.verdict is None and not late.answer["ok"] else outcome
        return outcome

    def answer(
        self,
        targets: frozenset[Span],
        *,
        wide: bool = False,
        plan: Plan = PLANS[0],
        probe: Probe | None = None,
        question: str = "",
    ) -> Outcome:
        """What the child says of a replay that reaches ``targets``, and of what comes after it."""
        key = (targets, wide, plan, probe, question)
        if key not in self._answers:
            self._answers[key] = self._ask(*key)
        return self._answers[key]

    def _ask(
        self,
        targets: frozenset[Span],
        wide: bool,
        plan: Plan,
        probe: Probe | None,
        question: str,
    ) -> Outcome:
        if not targets:
            return Outcome(unverified("the place where the model is made is not known"))
        try:
            if self._source is None:
                self._source = Source(self._text, self._analysis.known_values, self._cells)
            replay, doubt = permitted(
                self._source, targets, plan, wide=wide, probe=probe, execute=self._execute
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return Outcome(unverified(f"the program cannot be cut: {error}"))
        if replay is None:
            return Outcome(unverified(doubt))
        replay = replace(replay, question=question)
        self._numbers = replay.numbers
        if replay not in self._built:
            self._built[replay] = self._build(replay, self._source)
        answer = self._built[replay]
        if isinstance(answer, Verdict):
            return Outcome(replace(answer, values=replay.assumed))
        return Outcome(None, answer, replay.assumed)

    def _build(self, replay: Replay, source: Source) -> Answer | Verdict:
        try:
            answer = self._session.ask(replay, "model.py")
        except (Lost, Unavailable) as error:
            return unverified(str(error))
        if answer.get("position"):
            answer = {**answer, "where": source.where(answer["position"]["line"])}
        return without_own_lines(answer, replay.first_own_line)
