"""What Keras does with a program, what the rules say of it, and whether the two agree."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

import keras

from benchmarks.mutants.programs import Program
from keras_lint.engine import check_text
from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding
from keras_lint.model.tensors import flatten

Answer = Literal["builds", "refused", "other"]
SECONDS = 60


@dataclass(frozen=True)
class Ran:
    """How a program ended.

    Args:
        answer: ``builds``; ``refused`` by Keras or its backend; ``other``: an error of the
            program's own (a name that is not bound), or too slow.
        lines: of the program's frames when it was raised, outermost first.
        error: class and message.
    """

    answer: Answer
    lines: tuple[int, ...] = ()
    error: str = ""


class TooSlow(Exception):
    """A program took too long."""


@contextlib.contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise TooSlow

    old = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


def run_lines(program: Program) -> tuple[Ran, frozenset[int]]:
    """Run a program as :func:`run` does, and tell which of its lines were run."""
    lines: set[int] = set()

    def trace(frame: FrameType, event: str, argument: object) -> object:
        del event, argument
        if frame.f_code.co_filename != "<mutant>":
            return None
        lines.add(frame.f_lineno)
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        return run(program), frozenset(lines)
    finally:
        sys.settrace(None)


def run(program: Program, *, feed: bool = False) -> Ran:
    """Run a program, edited or not, in this process.

    With ``feed`` the models that it leaves in its variables are called on zeros after that.
    """
    text = program.text
    keras.backend.clear_session()
    keras.config.disable_traceback_filtering()
    code = compile(text, "<mutant>", "exec")
    names: dict[str, object] = {"__name__": "__main__"}
    if program.package:
        stem = Path(program.path).stem
        names = {"__name__": f"{program.package}.{stem}", "__package__": program.package}
        if program.folder not in sys.path:
            sys.path.append(program.folder)
    try:
        with _limited(SECONDS), contextlib.redirect_stdout(io.StringIO()):
            exec(code, names)
            if feed:
                _feed(names)
    except TooSlow:
        return Ran("other", error="too slow")
    except Exception as error:  # noqa: BLE001 - whatever the program raises is the answer
        frames = traceback.extract_tb(error.__traceback__)
        lines = tuple(f.lineno or 0 for f in frames if f.filename == "<mutant>")
        name = type(error).__name__
        if any(frame.name in _TRAINING for frame in frames):
            return Ran("other", lines, f"{name} while training")
        if name in _MACHINE:
            return Ran("other", lines, name)
        # what a package beside the program raises of its own is no refusal of Keras
        foreign = bool(program.folder) and frames[-1].filename.startswith(program.folder)
        inside = frames[-1].filename != "<mutant>" and not foreign
        inside = inside or isinstance(error, _PYTHON_ON_TENSORS)
        binding = isinstance(error, TypeError) and "argument" in str(error)
        binding = binding and not _is_own(str(error), text, names)
        answer: Answer = "refused" if (inside or binding) else "other"
        return Ran(answer, lines, f"{name}: {' '.join(str(error).split())[:160]}")
    return Ran("builds")


def _feed(names: Mapping[str, object]) -> None:
    """Call every model that has inputs on zeros: layers that say their shape run only then."""
    for thing in list(names.values()):
        if isinstance(thing, keras.Model) and getattr(thing, "inputs", None):
            thing(
                [
                    keras.ops.zeros([2 if dim is None else dim for dim in item.shape], item.dtype)
                    for item in thing.inputs
                ]
            )


def _is_own(message: str, text: str, names: Mapping[str, object]) -> bool:
    """Whether Python refuses the arguments of the program's own class or function, not Keras's."""
    owner = re.match(r"\w*", message)
    name = "" if owner is None else owner[0]
    module = str(getattr(names.get(name), "__module__", "keras"))
    written = re.search(rf"\b(class|def) {name}\b", text) is not None
    return written or module.partition(".")[0] not in ("keras", "tensorflow")


_MACHINE = frozenset(("MemoryError", "ResourceExhaustedError"))
"""What says something of the machine, not of the program."""
_PYTHON_ON_TENSORS = (NotImplementedError,)
_TRAINING = frozenset(
    ("evaluate", "fit", "predict", "predict_on_batch", "test_on_batch", "train_on_batch")
)
"""Methods of models: what is refused there is about the data, not the model."""


@dataclass(frozen=True)
class Judged:
    """Agreement on one program.

    Args:
        outcome: ``reported``: refused, if only when data come, and reported there;
            ``elsewhere``: refused, and reported at another place only; ``missed``: refused, and
            nothing reported; ``silent``: it builds, and no error is reported; ``false``: it
            builds, but an error is reported; ``other``.
        codes: of the findings.
        followed: whether all models of the program were followed.
        lost: why not.
    """

    outcome: str
    ran: Ran
    codes: tuple[str, ...]
    followed: bool
    lost: tuple[str, ...] = ()


def judge(program: Program) -> Judged:
    """Run a program and lint it."""
    ran = run(program)
    result, analysis = check_text(program.text, program.path)
    # KER5 also warns of own classes that can be built with luck: those that raise are told
    errors = [f for f in result.findings if f.level == "error" or f.code.startswith("KER5")]
    codes = tuple(sorted({finding.code for finding in result.findings}))
    lost = tuple(reason for model in result.models for reason in model.lost)
    lost += result.notes
    if ran.answer == "other":
        outcome = "other"
    elif ran.answer == "builds":
        # KER114 speaks of what Keras refuses when data comes, as do models that wait for data
        wrong = [f for f in errors if f.code.startswith("KER1") and f.code != "KER114"]
        built = any(not _waits(finding, analysis) for finding in wrong)
        fed = run(program, feed=True) if built else ran
        late = fed.answer == "refused" and any(_there(f, analysis, fed.lines) for f in wrong)
        outcome = "false" if built and not late else "reported" if late else "silent"
    elif any(_there(finding, analysis, ran.lines) for finding in errors):
        outcome = "reported"
    else:
        outcome = "elsewhere" if errors else "missed"
    return Judged(outcome, ran, codes, all(m.followed for m in result.models), lost)


def _waits(finding: Finding, analysis: FileAnalysis) -> bool:
    """Whether a finding is about a Sequential that is not built before data comes."""
    graph = None if finding.graph is None else analysis.graphs[finding.graph]
    return graph is not None and graph.kind == "sequential" and not flatten(graph.inputs)


def _there(finding: Finding, analysis: FileAnalysis, lines: tuple[int, ...]) -> bool:
    """Whether a finding, or a place that belongs to it, is where the program stopped.

    A Sequential stops where it is made, and a model with two names where all of it is put together.
    """
    spans = [finding.span, *(related.span for related in finding.related)]
    spans += [step.span for step in finding.trail[-1:] if step.span is not None]
    graph = None if finding.graph is None else analysis.graphs[finding.graph]
    for model in analysis.graphs:
        made = model.origin.span if model.origin is not None else None
        if made is not None and (model is graph or made.contains(finding.span)):
            spans.append(made)
    call = graph.calls.get(finding.call or "") if graph is not None else None
    if call is not None and call.origin is not None:
        spans += [call.origin.span, *call.origin.stack]
        spans += [call.origin.trigger] if call.origin.trigger is not None else []
    return any(span.line <= line <= span.end_line for span in spans for line in lines)
