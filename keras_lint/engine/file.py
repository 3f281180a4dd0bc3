"""One file from bytes to result: parse, interpret, run the rules. Prints nothing.

Whatever goes wrong inside a file becomes that file's outcome.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path

from keras_lint.engine.marks import with_edits, with_fingerprints
from keras_lint.engine.suppress import without_suppressed
from keras_lint.files import STDIN_NAME, Target
from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import FileResult, Finding, ModelSummary, Verdict
from keras_lint.model.outcomes import Unknown
from keras_lint.model.spans import Span
from keras_lint.model.target import NEWEST, target_in
from keras_lint.model.target import Target as KerasTarget
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.noqa import NONE as NO_SUPPRESSIONS
from keras_lint.source.noqa import read_suppressions
from keras_lint.source.notebook import SUFFIX, BrokenCell, Notebook, read_notebook
from keras_lint.source.project import Project
from keras_lint.source.reader import (
    SourceError,
    SourceFile,
    decode,
    mentions_keras,
    parse,
    uncollected,
    with_deep_stack,
)

SYNTAX_ERROR = "KER001"
RULE_FAILED = "KER002"
NO_KERAS = "does not mention Keras"
EMPTY = "empty file"
_ABOUT_NAMES = "KER4"
SKIP_FILE = "a comment says keras-lint: skip-file"
_ASIDE = Verdict("unverified", "not about a model: there is nothing to build")
_SYNTAX_CONFIRMED = Verdict("confirmed", "Python's own parser refuses the file")
_CELL_CONFIRMED = Verdict("confirmed", "Python's own parser refuses the cell")


@dataclass(frozen=True)
class Checked:
    """A file's result with what verification and excerpts need of it.

    ``text`` is what was analysed (of a notebook, its joined code), empty if the file could not be
    read; ``analysis`` is None if it was not analysed; ``cells`` are a notebook's code cells as they
    were written, by number.
    """

    result: FileResult
    text: str = ""
    analysis: FileAnalysis | None = None
    cells: Mapping[int, str] = field(default_factory=dict)


def analyse(
    source: SourceFile, project: Project | None = None, target: KerasTarget = NEWEST
) -> FileAnalysis:
    """As :func:`keras_lint.interp.analyse`, which is imported at the first file that needs it.

    A run whose results are all kept from earlier ones is done before that would be.
    """
    from keras_lint.interp import analyse as interpret

    return interpret(source, project, target)


def check_text(
    text: str | bytes, path: str, settings: Settings | None = None
) -> tuple[FileResult, FileAnalysis]:
    """Check one file's content without verification.

    Returns:
        The file's outcome, its findings unverified, and what the interpreter found out (empty if
        the file was not analysed).
    """
    chosen = settings or Settings()
    checked = with_deep_stack(lambda: check_bytes(text, path, chosen))
    return checked.result, checked.analysis or FileAnalysis()


def at_first_sight(content: bytes, path: str, *, explicit: bool) -> Checked | None:
    """The outcome of a file with nothing in it for us; None if it must be looked at.

    Most files of a folder end here, not even decoded; one that the user named must be readable.
    """
    if not content.strip():
        return Checked(FileResult(path, "skipped", EMPTY))
    if not explicit and not _is_relevant(content):
        return Checked(FileResult(path, "skipped", NO_KERAS))
    return None


def _is_relevant(content: bytes) -> bool:
    return b"\0" in content or mentions_keras(content)  # UTF-16 hides the word Keras


@uncollected()
def check_bytes(
    data: str | bytes,
    path: str,
    settings: Settings,
    *,
    explicit: bool = True,
    project: Project | None = None,
) -> Checked:
    """Everything about one file but verification; no ``Exception`` comes out of it.

    Call inside :func:`keras_lint.source.reader.with_deep_stack`.

    Args:
        data: the content; text is taken as it is, bytes are decoded as Python does.
        path: for the result, and to find the project's other modules; it is not read itself.
        settings: which rules run.
        explicit: whether the user named this file: such a one must at least be readable.
        project: remembers the project's other modules between the files of a run.
    """
    content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    without = at_first_sight(content, path, explicit=explicit)
    if without is not None:
        return without
    relevant = _is_relevant(content)
    text = ""
    notebook: Notebook | None = None
    project = project or Project()
    try:
        if _is_notebook(content, path):
            notebook = read_notebook(content)
            text = notebook.text
            relevant = mentions_keras(notebook.written.encode("utf-8", "surrogatepass"))
        else:
            text = _text_of(data)
        if not relevant:
            return Checked(FileResult(path, "skipped", NO_KERAS), text)
        source = _parsed(project, text, path, notebook)
        suppressions = read_suppressions(text) if settings.noqa else NO_SUPPRESSIONS
        if suppressions.skip_file:
            return Checked(FileResult(path, "skipped", SKIP_FILE), text)
    except SourceError as error:
        return Checked(_unreadable(path, error, settings), text)
    broken = notebook.broken if notebook else ()
    options = replace(settings.options, project=target_in(text, project.target(path)))
    try:
        analysis = _with_broken(analyse(source, project, options.keras()), broken)
    except Exception as error:  # noqa: BLE001 - one file's crash must not end the run
        reason = f"the analysis crashed ({one_line(error)}); this is a bug in keras-lint"
        return Checked(FileResult(path, "failed", reason, traceback=traceback.format_exc()), text)
    findings, tracebacks = _run_rules(analysis, replace(settings, options=options))
    findings = _in_order(
        without_suppressed(
            [*_syntax_errors(broken, settings), *findings],
            suppressions,
            settings,
            analysis.cells,
            judge=not broken and not tracebacks,
        )
    )
    if settings.edits and any(finding.fix for finding in findings):
        findings = with_edits(findings, source)
    result = FileResult(
        path,
        "checked",
        findings=with_fingerprints(findings, text, analysis.cells),
        models=summarise_models(analysis),
        notes=tuple(_phrase(lost) for lost in analysis.lost),
        traceback=tracebacks,
    )
    return Checked(result, text, analysis, notebook.sources if notebook else {})


def analyse_text(text: str | bytes, path: str) -> FileAnalysis:
    """Only interpret a file, which may also be a ``.keras`` archive; for ``graph`` and the like.

    Raises:
        SourceError: the file cannot be read or parsed.
    """
    from keras_lint.graph.archived import of_archive  # most runs need nothing of it
    from keras_lint.source.archive import OWN_CODE, is_archive, read_archive

    project = Project()

    def run() -> FileAnalysis:
        content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        if is_archive(content, path):
            archive = read_archive(content)
            analysis = analyse(parse(path, archive.text))
            return of_archive(analysis, archive.name, archive.class_name, OWN_CODE)
        if not _is_notebook(content, path):
            written = _text_of(text)
            source = _parsed(project, written, path)
            return analyse(source, project, target_in(written, project.target(path)))
        notebook = read_notebook(content)
        source = _parsed(project, notebook.text, path, notebook)
        target = target_in(notebook.text, project.target(path))
        return _with_broken(analyse(source, project, target), notebook.broken)

    return with_deep_stack(run)


def cell_key(path: str, cell: int | None) -> str:
    """Under which name the text of a file, or of one of a notebook's cells, is kept."""
    return path if cell is None else f"{path}:cell {cell}"


def read_target(target: Target, stdin: bytes | None = None) -> bytes:
    """The bytes of a file or of standard input (``stdin`` if that was read already).

    Raises:
        SourceError: it cannot be read.
    """
    if target.stdin and stdin is not None:
        return stdin
    if target.stdin and sys.stdin is None:
        raise SourceError("failed", "cannot be read: standard input is closed")
    try:
        return sys.stdin.buffer.read() if target.stdin else Path(target.path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError("failed", f"cannot be read: {reason}") from error


def summarise_models(analysis: FileAnalysis) -> tuple[ModelSummary, ...]:
    """What the report says of each model of a file; loose layer calls are no models."""
    return tuple(
        ModelSummary(
            name=graph.name,
            kind=graph.kind,
            span=graph.origin.span if graph.origin else None,
            followed=graph.followed,
            lost=tuple(_phrase(lost) for lost in graph.lost),
            reasons=tuple(lost.reason for lost in graph.lost),
            extent="fully" if graph.followed else "partly" if _knows_any(graph) else "not",
        )
        for graph in analysis.graphs
        if graph.kind != "fragment"
    )


def _knows_any(graph: LayerGraph) -> bool:
    """Whether the output shape of any layer but an InputLayer was found out."""
    return any(
        kind.shape.is_complete
        for call in graph.calls.values()
        if graph.layer_of(call).cls not in ("InputLayer", "?")
        for kind in call.output_types
    )


def _text_of(text: str | bytes) -> str:
    return decode(text) if isinstance(text, bytes) else text.removeprefix("\ufeff")


def _is_notebook(content: bytes, path: str) -> bool:
    """By its name; on standard input, by its content."""
    if path == STDIN_NAME:
        return content.lstrip()[:1] == b"{" and b'"nbformat"' in content
    return path.lower().endswith(SUFFIX)


def _parsed(project: Project, text: str, path: str, notebook: Notebook | None = None) -> SourceFile:
    """The syntax tree; a file that Python accepts and libcst does not is ``failed``, not wrong."""
    cells = notebook.cells if notebook else None
    try:
        return project.parse(path, text, cells)
    except SourceError as error:
        if error.outcome == "syntax" and (cells or not isinstance(error.__cause__, SyntaxError)):
            place = cells.where(error.line) if cells else f"line {error.line}"
            reason = f"{place} is beyond our parser: {error.reason}"
            raise SourceError("failed", reason) from error
        raise


def _unreadable(path: str, error: SourceError, settings: Settings) -> FileResult:
    if error.outcome == "skipped":
        return FileResult(path, "skipped", error.reason)
    if error.outcome == "failed":
        return FileResult(path, "failed", error.reason)
    rule = all_rules()[SYNTAX_ERROR]
    reason = f"syntax error at line {error.line}: {error.reason}"
    if not settings.is_on(rule):
        return FileResult(path, "failed", reason)
    column = max(error.column, 1)
    finding = Finding(
        code=rule.code,
        name=rule.name,
        level=rule.level,
        message=f"this file cannot be parsed: {error.reason}",
        span=Span(error.line, column, error.line, column + 1),
        verdict=_SYNTAX_CONFIRMED,
    )
    findings = with_fingerprints([finding], "", None)
    return FileResult(path, "failed", reason, findings=findings)


def _with_broken(analysis: FileAnalysis, broken: Iterable[BrokenCell]) -> FileAnalysis:
    """The analysis of a notebook, the cells that were left out among what was lost."""
    lost = tuple(Unknown(f"syntax error: {cell.reason}", cell.span) for cell in broken)
    return replace(analysis, lost=lost + analysis.lost) if lost else analysis


def _syntax_errors(broken: Iterable[BrokenCell], settings: Settings) -> list[Finding]:
    rule = all_rules()[SYNTAX_ERROR]
    if not settings.is_on(rule):
        return []
    return [
        Finding(
            code=rule.code,
            name=rule.name,
            level=rule.level,
            message=f"this cell cannot be parsed: {cell.reason}",
            span=cell.span,
            verdict=_CELL_CONFIRMED,
        )
        for cell in broken
    ]


_MOST_RELATED = 10
"""So many places are told with one finding, about."""


def _run_rules(analysis: FileAnalysis, settings: Settings) -> tuple[tuple[Finding, ...], str]:
    found: dict[tuple[str, Span], Finding] = {}
    tracebacks: list[str] = []
    for rule in settings.rules().values():
        findings: list[Finding] = []
        try:
            findings += rule.findings(analysis, _options_for(rule, analysis, settings))
        except Exception as error:  # noqa: BLE001 - one rule's crash must not cost the file
            tracebacks.append(traceback.format_exc())
            findings.append(_rule_failed(rule, error))
        for finding in findings:
            # the first one stands: a helper called twice makes the same mistake twice, and an
            # input that does not fit may be read in several places
            key = (finding.code, finding.span)
            first = found.setdefault(key, finding)
            more = tuple(r for r in finding.related if r not in first.related)
            if more and len(first.related) < _MOST_RELATED:
                found[key] = replace(first, related=first.related + more)
    return _in_order(found.values()), "".join(tracebacks)


def _options_for(rule: Rule, analysis: FileAnalysis, settings: Settings) -> Options:
    """For models of Keras 2 its rules hold; names go by the package that they are spelt with."""
    if not analysis.older or rule.code.startswith(_ABOUT_NAMES):
        return settings.options
    return replace(settings.options, target="keras-2")


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: (f.span, f.code)))


def _rule_failed(rule: Rule, error: Exception) -> Finding:
    failed = all_rules()[RULE_FAILED]
    return Finding(
        code=failed.code,
        name=failed.name,
        level=failed.level,
        message=f"{rule.code} {rule.name} crashed on this file: {one_line(error)}",
        span=Span(1, 1, 1, 2),
        hint="this is a bug in keras-lint; --debug shows the traceback",
        verdict=_ASIDE,
    )


def _phrase(lost: Unknown) -> str:
    return f"{lost.span}: {lost.reason}" if lost.span else lost.reason


def one_line(error: BaseException) -> str:
    """An exception's class and the beginning of its text."""
    text = " ".join(str(error).split())
    shown = text if len(text) <= 160 else text[:157] + "..."
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__
