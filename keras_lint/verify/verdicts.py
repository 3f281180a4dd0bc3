"""The way in: :class:`Verifier` gives each finding of a file its verdict."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import TracebackType

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.graph.relocate import joined
from keras_lint.model.findings import Finding, Verdict
from keras_lint.model.spans import Origin, Span
from keras_lint.rules.base import Rule
from keras_lint.verify.allowlist import objection
from keras_lint.verify.child.values import place_values
from keras_lint.verify.judge import (
    find_built,
    judge_graph,
    judge_raise,
    unverified,
    without_own_lines,
)
from keras_lint.verify.replay import Refusal, Replay, Source, extract
from keras_lint.verify.session import Answer, Lost, Session, Unavailable

TIME_LIMIT = 20.0
"""Seconds that one replay may take unless said otherwise."""


class Verifier:
    """Builds flagged models in TensorFlow; a context manager that ends its child process.

    Args:
        python: an interpreter that has TensorFlow; None for the one we run under.
        time_limit: seconds for one replay.
        execute: also run replays that the allow-list refuses, in the same confined process; for
            people who trust the code.
    """

    def __init__(
        self, python: str | None = None, time_limit: float = TIME_LIMIT, *, execute: bool = False
    ) -> None:
        self.session = Session(python, time_limit)
        self._execute = execute

    def __enter__(self) -> Verifier:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.end()

    def close(self) -> None:
        """End the child process, if one was started."""
        self.session.close()

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
        work = _FileWork(self.session, source_text, analysis, rules, self._execute)
        return [finding.with_verdict(work.verdict(finding)) for finding in findings]

    def built(self, source_text: str, analysis: FileAnalysis, index: int) -> LayerGraph | str:
        """The model that Keras builds for ``analysis.graphs[index]``; why not, if it cannot."""
        work = _FileWork(self.session, source_text, analysis, {}, self._execute)
        graph = work.graphs[index]
        answer = work.answer(whole_model(graph))
        if isinstance(answer, Verdict):
            return answer.reason
        if not answer["ok"]:
            return f"{answer['exception'][0]}: {answer['message']}"
        return find_built(answer, work.graphs, graph)


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
        self._answers: dict[tuple[frozenset[Span], bool], Answer | Verdict] = {}
        self._built: dict[Replay, Answer | Verdict] = {}

    def verdict(self, finding: Finding) -> Verdict:
        rule = self._rules.get(finding.code)
        if rule is None or rule.confirm in ("none", "api") or finding.graph is None:
            return unverified("building the model says nothing about it")
        graph = self.graphs[finding.graph]
        if self._cells is not None:
            finding = replace(finding, span=self._cells.join(finding.span))
        call = graph.calls.get(finding.call) if finding.call is not None else None
        if rule.confirm == "graph":
            answer = self.answer(whole_model(graph))
            if isinstance(answer, Verdict):
                return answer
            return judge_graph(answer, finding, rule, self.graphs, graph)
        targets = _failing_part(graph, call)
        answer = self.answer(targets)
        if isinstance(answer, Verdict):
            return answer
        if not answer["ok"]:
            return judge_raise(answer, finding, self.graphs, graph, call)
        # Something that was cut away may have mattered: refute only with all that touches it.
        answer = self.answer(targets | whole_model(graph), wide=True)
        if isinstance(answer, Verdict):
            return unverified(f"the part that could be built raises nothing, but {answer.reason}")
        return judge_raise(answer, finding, self.graphs, graph, call)

    def answer(self, targets: frozenset[Span], *, wide: bool = False) -> Answer | Verdict:
        """The child's answer for a replay that reaches ``targets``; a verdict if there is none."""
        if (targets, wide) not in self._answers:
            self._answers[targets, wide] = self._ask(targets, wide)
        return self._answers[targets, wide]

    def _ask(self, targets: frozenset[Span], wide: bool) -> Answer | Verdict:
        if not targets:
            return unverified("the place where the model is made is not known")
        try:
            if self._source is None:
                self._source = Source(self._text, self._analysis.known_values, self._cells)
            source = self._source
            replay = extract(source, targets, wide=wide)
            if isinstance(replay, Refusal):
                return unverified(replay.reason)
            if replay in self._built:
                return self._built[replay]
            tree = place_values(ast.parse(replay.text), replay.values_json())
            obstacle = None if self._execute else objection(tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return unverified(f"the program cannot be cut: {error}")
        if obstacle is not None:
            return unverified(f"needs {obstacle.needs}, {source.where(obstacle.line)}")
        try:
            answer = self._session.ask(replay, "model.py")
        except (Lost, Unavailable) as error:
            return unverified(str(error))
        if answer.get("position"):
            answer = {**answer, "where": source.where(answer["position"]["line"])}
        self._built[replay] = without_own_lines(answer, replay.first_own_line)
        return self._built[replay]


def whole_model(graph: LayerGraph) -> frozenset[Span]:
    """Every place that has to do with a model: its construction, its layers, its calls."""
    origins = [graph.origin, *(call.origin for call in graph.calls.values())]
    if graph.origin is None:
        return frozenset()
    return frozenset(span for origin in origins for span in _spans(origin))


def _failing_part(graph: LayerGraph, call: CallNode | None) -> frozenset[Span]:
    """The places that must happen for the offending call, or the model, to be refused."""
    if call is not None:
        return frozenset(_spans(call.origin))
    return whole_model(graph) if graph.problem is not None else frozenset()


def _spans(origin: Origin | None) -> list[Span]:
    if origin is None:
        return []
    places = (origin.span, origin.construction, origin.trigger, *origin.stack)
    return [place for place in places if place is not None]
