"""Running one replay and telling what came of it.

An answer is ``{"ok": true, "graphs": [...], "made": [...], "logs": [...], "facts"}`` with one graph
for each model made, in the order in which they were finished, class, span and output shapes of
every symbolic call, what a training step with ``fit`` gave by name, and what an object said that
was asked (see :mod:`child.examine`); or ``{"ok": false, "exception":
[class names, most derived first], "message", "position", "stack", "layers", "graphs", "made"}``:
where it failed (``position`` is the innermost span in the replay, ``stack`` all of them, outermost
first), which Keras layers were at work (``layers``, outermost first: ``{"class", "module", "name",
"methods", "input_shapes"}``), what was made before, and the ``phase`` in which it failed:
``build``, ``train`` or ``examine``; ``data`` for what only data would run (see :mod:`child.late`).
"""

from __future__ import annotations

import ast
import importlib
import os
import traceback
from types import TracebackType
from typing import Any

from . import examine, graphs, late, record, seal, train
from .values import Values, place_values

Json = dict[str, Any]

LATE, FED = {"kind": "late"}, {"kind": "fed"}
"""What fails where layers run their ``call`` as on data, and when models are called on zeros."""
_LONGEST_MESSAGE = 20_000
_DEFERRAL_FILES = ("variables.py", "stateless_scope.py")


def start_keras() -> Json:
    """Import and warm up Keras on TensorFlow; the versions.

    Raises:
        ImportError: Keras or TensorFlow is not there.
    """
    tensorflow = importlib.import_module("tensorflow")
    keras = importlib.import_module("keras")
    importlib.import_module("keras.src.models.functional")
    record.patch_keras()
    # Keras and TensorFlow import much of themselves late; have that behind us.
    keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(1, 2), keras.layers.Flatten()])
    keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(1), keras.layers.Dense(1)])
    seal.guard_deserialisation()
    return {"keras": keras.__version__, "tensorflow": tensorflow.__version__}


class Builder:
    """Answers one replay after the other. Make it after :func:`start_keras`."""

    def __init__(self) -> None:
        self._seal = seal.Seal()

    def answer(
        self,
        text: str,
        filename: str,
        values: Values,
        training: Json | None = None,
        question: Json | None = None,
    ) -> Json:
        """Build what ``text`` builds, and train or ask it; see the module's text for the form.

        Weights are not allocated unless Keras cannot do without: a failure that has to do with
        deferred variables is tried again with real ones. ``spoiled`` in the answer names what the
        replay changed of Keras itself; this process is good for nothing then.
        """
        blame, spoiled = True, ""
        if training is None and question is None:
            result, blame = _attempt(text, filename, values, deferred=True)
            spoiled = self._seal.broken()
        if blame and not spoiled:
            result, _ = _attempt(text, filename, values, training, question, deferred=False)
            spoiled = self._seal.broken()
        self._seal.forget_registrations()
        return {**result, "spoiled": spoiled}


def _attempt(
    text: str,
    filename: str,
    values: Values,
    training: Json | None = None,
    question: Json | None = None,
    *,
    deferred: bool,
) -> tuple[Json, bool]:
    """The answer, and whether deferring the variables may have made it."""
    keras = importlib.import_module("keras")
    _reset(keras)
    recorder = record.begin(text)
    writer = graphs.GraphWriter(recorder)
    namespace: Json = {"__name__": "__main__", "__file__": filename, "__builtins__": __builtins__}
    scope = keras.StatelessScope(initialize_variables=False) if deferred else None
    phase, logs, said = "build", [], None
    try:
        try:
            tree = place_values(ast.parse(text, record.REPLAY), values)
            code = compile(tree, record.REPLAY, "exec", dont_inherit=True)
            if scope is not None:
                scope.__enter__()
            with late.calls_run(question == LATE):
                exec(code, namespace)  # the parent's allow-list has passed every name in it
        finally:
            if scope is not None:
                scope.__exit__(None, None, None)
        if training is not None:
            phase = "train"
            logs = train.step(recorder, training)
        if question == FED:
            phase = "data"
            late.feed(recorder.models)
        elif question is not None and question != LATE:
            phase = "examine"
            said = examine.facts(recorder, question, {})
    except BaseException as error:  # noqa: BLE001 - whatever a script raises is the answer
        phase = "data" if question == LATE else phase
        failure = {**_failure(error, recorder, writer), "phase": phase}
        if question not in (None, FED) and phase == "build":
            failure["facts"] = _after_refusal(recorder, question, failure["layers"])
        return failure, deferred and _deferral_to_blame(error)
    graphs_made = _graphs(recorder, writer)
    made = recorder.calls_made()
    answer = {"ok": True, "graphs": graphs_made, "made": made, "logs": logs, "facts": said}
    return answer, False


def _after_refusal(recorder: record.Recorder, question: Json, at_work: list[Json]) -> Json | None:
    """What an object says that Keras refused to call on a symbolic tensor; None if it cannot."""
    shapes = {entry["class"]: entry["input_shapes"] for entry in at_work}
    try:
        return examine.facts(recorder, question, shapes)
    except Exception:  # noqa: BLE001 - a user's method may raise anything; then there is no answer
        return None


def _reset(keras: Any) -> None:
    """The state of a fresh Keras: names count from zero, no global settings of earlier replays."""
    keras.utils.clear_session(free_memory=False)
    keras.config.disable_traceback_filtering()  # part of what clear_session resets
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)


def _graphs(recorder: record.Recorder, writer: graphs.GraphWriter) -> list[Json]:
    return [writer.model(model) for model in recorder.models]


def _failure(error: BaseException, recorder: record.Recorder, writer: graphs.GraphWriter) -> Json:
    spans = recorder.traceback_spans(error.__traceback__)
    if not spans and isinstance(error, SyntaxError):
        line, column = error.lineno or 0, error.offset or 0
        spans = [
            {"line": line, "column": column, "end_line": line, "end_column": column, "cell": None}
        ]
    names = record.class_names(error)
    return {
        "ok": False,
        "exception": names,
        "message": str(error)[:_LONGEST_MESSAGE],
        "position": spans[-1] if spans else None,
        "stack": spans,
        "layers": _layers_at_work(error.__traceback__),
        "graphs": _graphs(recorder, writer),
        "made": recorder.calls_made(),
    }


def _layers_at_work(trace: TracebackType | None) -> list[Json]:
    """The layers and operations whose methods are on the traceback, outermost first."""
    base = importlib.import_module("keras.src.ops.operation").Operation
    tree = importlib.import_module("keras.src.tree")
    found: list[Json] = []
    last: Any = None
    while trace is not None:
        frame = trace.tb_frame
        owner = frame.f_locals.get("self")
        if isinstance(owner, base) and "/keras/" in frame.f_code.co_filename.replace(os.sep, "/"):
            if owner is not last:
                found.append(
                    {
                        "class": type(owner).__name__,
                        "module": type(owner).__module__,
                        "name": getattr(owner, "name", ""),
                        "methods": [],
                        "input_shapes": None,
                    }
                )
                last = owner
            found[-1]["methods"].append(frame.f_code.co_name)
            if frame.f_code.co_name in ("__call__", "symbolic_call"):
                args = (frame.f_locals.get("args", ()), frame.f_locals.get("kwargs", {}))
                if found[-1]["input_shapes"] is None:
                    found[-1]["input_shapes"] = _shapes(tree, args)
        trace = trace.tb_next
    return found


def _shapes(tree: Any, args: Any) -> list[list[int | None]]:
    shapes: list[list[int | None]] = []
    for item in tree.flatten(args):
        shape: Any = getattr(item, "shape", None)
        if hasattr(shape, "as_list") and shape.rank is not None:  # inside a layer's call
            shape = shape.as_list()
        if isinstance(shape, (tuple, list)):
            shapes.append([dim if isinstance(dim, int) else None for dim in shape])
    return shapes


def _deferral_to_blame(error: BaseException) -> bool:
    if "stateless" in str(error).lower() or "uninitialized" in str(error).lower():
        return True
    files = {os.path.basename(f.filename) for f in traceback.extract_tb(error.__traceback__)}
    return not files.isdisjoint(_DEFERRAL_FILES)
