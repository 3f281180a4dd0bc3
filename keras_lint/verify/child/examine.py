"""Asking an object that a replay made, instead of only building it.

A question is ``{"kind", "cls", "names", "lines"}``: what is asked (see
:class:`keras_lint.model.findings.Question`) of the first object of the class ``cls``, or of the one
made in ``lines``. What is found out comes back as plain facts, which the parent judges.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from types import FrameType
from typing import Any

from .record import REPLAY, Recorder, class_names

Json = dict[str, Any]

_OPEN_AXIS = 5
_SAMPLES = 2
_LONGEST = 2000


def facts(recorder: Recorder, question: Json, shapes: Json) -> Json:
    """What the object says.

    Args:
        recorder: of the replay, which holds what it made.
        question: see above.
        shapes: by the class of an object that refused a call in the replay, what it got.

    Raises:
        LookupError: the replay made no such object, or never called it.
    """
    found = _objects(recorder, question)
    if not found:
        raise LookupError(f"no {question['cls']} was made")
    kind = question["kind"]
    if kind == "config":
        return {"keys": sorted(map(str, found[0].get_config())), **_refusal(_again, found[0])}
    if kind == "arguments":
        return _refusal(_again, found[0])
    if kind in ("class", "lambda"):
        return _refusal(_loaded, found[0])
    if kind == "state":
        return _seen(found[0], question["names"][0])
    for thing in found:
        given = _given(thing, shapes.get(type(thing).__name__))
        if given is not None:
            return _called(kind, recorder, thing, given, question["names"])
    raise LookupError(f"no {question['cls']} is called on shapes that are known")


def _called(
    kind: str, recorder: Recorder, thing: Any, given: tuple[list[Any], Json], names: list[str]
) -> Json:
    """What becomes of the object when it is called."""
    if kind == "shape":
        return _shape(thing, *given)
    if kind == "unbound":
        return _refusal(lambda it: it(*given[0], **given[1]), thing)
    return _handed(thing, *given, names[0]) if kind == "handed" else _twice(recorder, thing, *given)


def _handed(thing: Any, args: list[Any], kwargs: Json, name: str) -> Json:
    """Whether the object's ``call`` gets the argument ``name``, for which Keras is told True."""
    code = type(thing).call.__code__
    got: list[bool] = []

    def notice(frame: FrameType, event: str, argument: Any) -> None:
        del argument
        if event == "call" and frame.f_code is code and not got:
            held = frame.f_locals
            got.append(name in held or any(name in v for v in held.values() if type(v) is dict))

    sys.setprofile(notice)
    try:
        thing(*args, **{**kwargs, name: True})
    finally:
        sys.setprofile(None)
    return {"handed": bool(got and got[0]), "called": bool(got)}


def _objects(recorder: Recorder, question: Json) -> list[Any]:
    """The layers and models of the class, in the order in which they were made."""
    lines = question["lines"]
    found = []
    for thing in recorder.kept:
        if type(thing).__name__ != question["cls"] or not hasattr(thing, "get_config"):
            continue
        origin = recorder.origins.get(id(thing))
        if lines is None and type(thing).__module__ != "__main__":
            continue
        if lines is None or (origin is not None and lines[0] <= origin["line"] <= lines[1]):
            found.append(thing)
    return found


def _refusal(action: Any, thing: Any) -> Json:
    """What the action raises; empty names if nothing."""
    try:
        action(thing)
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        names = class_names(error)
        return {"raised": names, "message": str(error)[:_LONGEST]}
    return {"raised": [], "message": ""}


def _again(thing: Any) -> None:
    """Make the object again from its configuration."""
    type(thing).from_config(thing.get_config())


def _loaded(thing: Any) -> None:
    """Make the object again from what a file would hold of it."""
    saving = importlib.import_module("keras").saving
    saving.deserialize_keras_object(saving.serialize_keras_object(thing), safe_mode=True)


def _seen(thing: Any, name: str) -> Json:
    """How many variables are in an attribute, and how many of them Keras knows."""
    variable = importlib.import_module("tensorflow").Variable
    layer = importlib.import_module("keras").layers.Layer
    inside = getattr(thing, name)
    parts = [inside, *vars(inside).values()] if hasattr(inside, "__dict__") else [inside]
    layers = {id(item): item for item in parts if isinstance(item, layer)}
    variables = {id(item): item for item in parts if isinstance(item, variable)}
    for item in layers.values():
        variables |= {id(weight): weight for weight in item.variables}
    known = {id(weight) for weight in thing.variables}
    known |= {id(getattr(weight, "value", None)) for weight in thing.variables}
    held = {id(item) for item in thing._flatten_layers()}
    return {
        "variables": len(variables),
        "layers": len(layers),
        "seen": len(known & variables.keys()) + len(held & layers.keys()),
    }


def _given(thing: Any, refused: list[list[int | None]] | None) -> tuple[list[Any], Json] | None:
    """Arrays in place of what the object was first called on; None if that is not known."""
    tree = importlib.import_module("keras.src.tree")
    tensor = importlib.import_module("keras.src.backend").KerasTensor

    def array(item: Any) -> Any:
        return _zeros(item.shape, item.dtype) if isinstance(item, tensor) else item

    for node in thing._inbound_nodes:
        arguments = node.arguments
        args, kwargs = tree.map_structure(array, (list(arguments.args), dict(arguments.kwargs)))
        return args, {key: item for key, item in kwargs.items() if key != "mask"}
    if refused is not None:
        return ([_zeros(refused[0], "float32")], {}) if len(refused) == 1 else None
    known = getattr(thing, "_build_shapes_dict", None) or {}
    shape = known.get("input_shape") if len(known) == 1 else None
    if isinstance(shape, (tuple, list)) and all(d is None or isinstance(d, int) for d in shape):
        return [_zeros(shape, "float32")], {}
    return None


def _zeros(shape: Any, dtype: Any) -> Any:
    numpy = importlib.import_module("numpy")
    lengths = [
        (_OPEN_AXIS if axis else _SAMPLES) if dim is None else int(dim)
        for axis, dim in enumerate(shape)
    ]
    return importlib.import_module("tensorflow").constant(numpy.zeros(lengths), str(dtype))


def _shape(thing: Any, args: list[Any], kwargs: Json) -> Json:
    """The shapes that the object declares for what it is given, and those that it gives."""
    tree = importlib.import_module("keras.src.tree")
    if len(args) != 1 or kwargs:
        raise LookupError("it is called with several arguments")
    given = [list(item.shape) for item in tree.flatten(thing(args[0]))]
    declared = thing.compute_output_shape(tree.map_structure(lambda x: tuple(x.shape), args[0]))
    if not isinstance(declared, (tuple, list)) or any(
        not (item is None or isinstance(item, int)) for item in declared
    ):
        raise LookupError("several shapes are declared")
    return {"declared": list(declared), "given": given}


def _twice(recorder: Recorder, thing: Any, args: list[Any], kwargs: Json) -> Json:
    """Call the object in a compiled step, as training does, which TensorFlow runs twice."""
    tensorflow = importlib.import_module("tensorflow")

    step = tensorflow.function(lambda: thing(*args, **kwargs), autograph=False)
    try:
        step()
        step()
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == REPLAY]
        names = class_names(error)
        line = recorder.traceback_spans(error.__traceback__)[-1:] if frames else []
        owner = _innermost(error, recorder)
        return {"raised": names, "message": str(error)[:_LONGEST], "at": line, "owner": owner}
    return {"raised": [], "message": "", "at": [], "owner": None}


def _innermost(error: BaseException, recorder: Recorder) -> Json | None:
    """Where the layer was made that was at work when it was raised."""
    base = importlib.import_module("keras.src.layers.layer").Layer
    trace, owner = error.__traceback__, None
    while trace is not None:
        thing = trace.tb_frame.f_locals.get("self")
        owner = thing if isinstance(thing, base) else owner
        trace = trace.tb_next
    return None if owner is None else recorder.origins.get(id(owner))
