"""What a rule is, and how it makes findings.

A rule module is called ``ker101_missing_return_sequences.py``, has a docstring with the sections
*What it does*, *Why it matters*, *When it stays silent*, and a constant ``RULE``. Nothing else
needs to be touched to add a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keras_lint.graph.layer_graph import CallNode, LayerGraph
from keras_lint.graph.trail import trail
from keras_lint.model.findings import Confirmation, Finding, Level, Related
from keras_lint.model.spans import Span

Check = Callable[["Rule", LayerGraph], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        code: ``KER101``.
        name: kebab-case name, ``missing-return-sequences``.
        level: ``error`` it fails when run, ``warning`` not as meant, ``info`` advice.
        confirm: how verification decides: ``raise``, ``graph``, ``api`` or ``none``.
        summary: one line for tables.
        check: takes the rule and a graph, yields findings; None for codes the engine itself raises.
        default: whether it is on without being selected.
        invalid: small programs with ``# expect: KER101`` at the end of each offending line.
        valid: small working programs that come close and give nothing.
    """

    code: str
    name: str
    level: Level
    confirm: Confirmation
    summary: str
    check: Check | None = None
    default: bool = True
    invalid: tuple[str, ...] = ()
    valid: tuple[str, ...] = ()

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
        )
