"""What a rule is, and how it makes findings.

A rule module is called ``ker101_missing_return_sequences.py``, has a docstring with the sections
*What it does*, *Why it matters*, *When it stays silent*, and a constant ``RULE``. Nothing else
needs to be touched to add a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.graph.trail import trail
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import Confirmation, Finding, Level, Lookup, Question, Related
from keras_lint.model.fixes import Fix
from keras_lint.model.spans import Place, Span
from keras_lint.model.target import NEWEST, Target, parse_target


@dataclass(frozen=True)
class Options:
    """What the user set that rules go by.

    Args:
        target: the Keras that the code is to run on: ``keras-3`` (the newest), ``keras-2`` or a
            version such as ``3.6``; empty means what the project asks for.
        project: what the file's own project asks for; the newest Keras unless found out.
        max_parameters: the most parameters a model may have (KER215); None for no limit.
    """

    target: str = ""
    max_parameters: int | None = None
    project: Target = NEWEST

    def keras(self) -> Target:
        """The Keras that decides.

        Raises:
            TargetError: ``target`` is none.
        """
        return parse_target(self.target) if self.target else self.project


NO_OPTIONS = Options()

Check = Callable[["Rule", LayerGraph], Iterable[Finding]]
FileCheck = Callable[["Rule", FileAnalysis, Options], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        code: ``KER101``.
        name: kebab-case name, ``missing-return-sequences``.
        level: ``error`` it fails when run, ``warning`` not as meant, ``info`` advice.
        confirm: how verification decides: ``raise``, ``data``, ``graph``, ``api``, ``logs``,
            ``object`` or ``none``.
        summary: one line for tables.
        check: takes the rule and a graph, yields findings; must not depend on who made the graph.
        check_file: takes the rule, everything found out about one file, and the user's options;
            yields findings. A rule has one of the two; none for codes the engine itself raises.
        fix: whether its fixes are ``safe`` or ``unsafe``; None if it has none. Single fixes of a
            rule with safe ones may still be unsafe.
        default: whether it is on without being selected.
        option: the field of :class:`Options` without which it has nothing to say; to give it turns
            the rule on.
        invalid: small programs with ``# expect: KER101`` at the end of each offending line.
        valid: small working programs that come close and give nothing.
        example_options: what the user set when the examples are checked.
        public: how often it speaks in the public packages of ``rules/pages.py``, and how many of
            these findings are true, each looked at by a person; None where that was not counted.
        fixed: what becomes of each program of ``invalid`` when all its fixes are made, with the
            ``# expect`` comments left out; ``""`` where none can be.
    """

    code: str
    name: str
    level: Level
    confirm: Confirmation
    summary: str
    check: Check | None = None
    check_file: FileCheck | None = None
    default: bool = True
    option: Literal["", "max_parameters"] = ""
    fix: Literal["safe", "unsafe"] | None = None
    invalid: tuple[str, ...] = ()
    valid: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    public: tuple[int, int] | None = None
    example_options: Options = NO_OPTIONS

    def finding(
        self,
        graph: LayerGraph,
        span: Span,
        message: str,
        *,
        call: CallNode | None = None,
        expected: str = "",
        actual: str = "",
        hint: str = "",
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this rule in ``graph``; ``call`` is where Keras will notice."""
        return Finding(
            code=self.code,
            name=self.name,
            level=self.level,
            message=message,
            span=span,
            expected=expected,
            actual=actual,
            hint=hint,
            related=related,
            trail=trail(graph, call) if call is not None else (),
            model=graph.name,
            call=call.id if call is not None else None,
            fix=fix,
        )

    def file_finding(
        self,
        span: Span,
        message: str,
        *,
        expected: str = "",
        actual: str = "",
        hint: str = "",
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
        lookup: Lookup | None = None,
        question: Question | None = None,
    ) -> Finding:
        """A finding of this rule about the text of a file, not about one model."""
        return Finding(
            code=self.code,
            name=self.name,
            level=self.level,
            message=message,
            span=span,
            expected=expected,
            actual=actual,
            hint=hint,
            related=related,
            fix=fix,
            lookup=lookup,
            question=question,
        )

    def findings(self, analysis: FileAnalysis, options: Options = NO_OPTIONS) -> Iterator[Finding]:
        """Everything this rule finds in one file; findings about a model say which."""
        if self.check is not None:
            for index, graph in enumerate(analysis.graphs):
                for finding in self.check(self, graph):
                    yield replace(finding, graph=index, cause=_cause(graph, finding))
        if self.check_file is not None:
            yield from self.check_file(self, analysis, options)


def _cause(graph: LayerGraph, finding: Finding) -> Place | None:
    """Where the call stands that a finding is reported at; with an empty path, in the file itself.

    None if it is reported at another place, which may be all that is wrong.
    """
    if finding.call is not None:
        origin = graph.calls[finding.call].origin
    else:
        origin = graph.origin if graph.problem is not None else None
    if origin is None or origin.span != finding.span:
        return None
    return origin.elsewhere or Place("", origin.span)
