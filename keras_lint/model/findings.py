"""What the linter says: findings, their verdicts, and the outcome of each file."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Literal

from keras_lint.model.dataclass import dataclass
from keras_lint.model.fixes import Edit, Fix
from keras_lint.model.spans import Place, Span

Level = Literal["error", "warning", "info"]
Confirmation = Literal["raise", "data", "graph", "api", "logs", "object", "none"]
Asked = Literal[
    "config",
    "arguments",
    "class",
    "lambda",
    "twice",
    "state",
    "shape",
    "unused",
    "parameters",
    "unbound",
    "handed",
]


@dataclass(frozen=True)
class Related:
    """A second place that belongs to a finding: the shared layer's first call, the twin branch."""

    span: Span
    message: str


@dataclass(frozen=True)
class TrailStep:
    """One step of a shape trail: a call and the shape after it."""

    span: Span | None
    layer: str
    shape: str


@dataclass(frozen=True)
class Verdict:
    """What TensorFlow said of a finding.

    ``reason`` says why in one line; ``evidence`` holds TensorFlow's own words when it raised.
    ``values`` are the quantities that only data or a caller knows, by name, with what they were
    taken to be when the model was built: the verdict is for these.
    """

    status: Literal["confirmed", "refuted", "unverified"]
    reason: str = ""
    evidence: str = ""
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Lookup:
    """How the installed Keras is asked about its API.

    Args:
        text: a program of ours that it refuses if the finding is right.
        words: what its refusal then says, among other things.
        says: the answer in one line, if it refuses.
    """

    text: str
    words: str
    says: str


@dataclass(frozen=True)
class Question:
    """What an object that the program makes is asked, once TensorFlow made it.

    Args:
        kind: ``config``: whether its configuration lacks ``names``; ``arguments``: whether its
            class takes its configuration, ``names`` among it; ``class`` and ``lambda``: whether it
            can be made again from what would be saved; ``twice``: whether a compiled step may call
            it twice, or state is made at ``place``; ``state``: whether Keras sees what is in the
            attribute ``names``; ``shape``: whether ``compute_output_shape`` is right; ``unused``:
            whether what the call at ``place`` gives is in no model; ``parameters``: whether the
            model has more parameters than ``names`` say; ``unbound``: whether its ``call`` reads a
            name that nothing binds; ``handed``: whether its ``call`` is handed ``names``.
        cls: name of its class.
        names: of parameters or attributes.
        place: of what is asked about, as far as it is not the class.
    """

    kind: Asked
    cls: str
    names: tuple[str, ...] = ()
    place: Span | None = None


NOT_VERIFIED = Verdict("unverified", "verification is off")


@dataclass(frozen=True)
class Finding:
    """One mistake, at one place, as data; reporters render prose from it.

    ``message`` is one sentence that names the layer and the shapes; ``expected``, ``actual`` and
    ``hint`` are its parts. ``model`` is the name of the model, ``call`` the id of the offending
    call in that model's graph and ``graph`` the index of the graph in the file's analysis, which
    verification uses to find the model again; ``step`` is the index of the training call, and
    ``on_validation`` says that its validation data are at fault. ``fix`` repairs it, if the rule
    knows how; ``edits`` are the fix as text, if that was asked for and is possible.
    ``cause`` is where the call at ``span`` really stands: with an empty path, just there, else in a
    file that this one imports; None for what is no call, or wrong because of another place.
    ``fingerprint`` tells the finding from the others of its file by code and content, wherever its
    lines have moved.
    """

    code: str
    name: str
    level: Level
    message: str
    span: Span
    expected: str = ""
    actual: str = ""
    hint: str = ""
    related: tuple[Related, ...] = ()
    trail: tuple[TrailStep, ...] = ()
    model: str = ""
    graph: int | None = None
    call: str | None = None
    step: int | None = None
    on_validation: bool = False
    verdict: Verdict = NOT_VERIFIED
    fix: Fix | None = None
    lookup: Lookup | None = None
    question: Question | None = None
    edits: tuple[Edit, ...] = ()
    cause: Place | None = None
    fingerprint: str = ""

    def with_verdict(self, verdict: Verdict) -> Finding:
        """The same finding with a verdict."""
        return replace(self, verdict=verdict)


@dataclass(frozen=True)
class ModelSummary:
    """What the report says of one model: its name, where it is, and whether it was followed.

    ``lost`` says why not, with the place; ``reasons`` the same without it. ``extent`` is ``not`` if
    no output shape of any of its layers was found out.
    """

    name: str
    kind: str
    span: Span | None
    followed: bool
    lost: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    extent: Literal["fully", "partly", "not"] = "partly"


@dataclass(frozen=True)
class FileResult:
    """The outcome of one file: checked, skipped (why) or failed (why).

    ``traceback`` is kept for ``--debug``. A failed file may still carry findings (KER001).
    ``known`` counts the findings that a baseline left out.
    """

    path: str
    outcome: Literal["checked", "skipped", "failed"]
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    models: tuple[ModelSummary, ...] = ()
    notes: tuple[str, ...] = ()
    traceback: str = ""
    known: int = 0


@dataclass(frozen=True)
class RunResult:
    """All files of a run, in the order in which they were asked for."""

    files: tuple[FileResult, ...] = field(default_factory=tuple)

    def findings(self, status: str | None = None) -> list[tuple[FileResult, Finding]]:
        """All findings with their file, or those with one verdict status."""
        return [
            (file, finding)
            for file in self.files
            for finding in file.findings
            if status is None or finding.verdict.status == status
        ]
