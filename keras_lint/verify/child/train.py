"""One training step of a model that a replay built, on arrays made up for it.

A request is ``{"model": [line, end line, occurrence], "method", "inputs", "targets", "options"}``:
which model (made in these lines, the how manieth there), the method to call, what to give it, as
nested lists, dicts and arrays ``{"shape", "dtype", "below"}``, and keyword arguments as they are.
"""

from __future__ import annotations

import importlib
from typing import Any

from .record import Recorder

Json = dict[str, Any]
METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


def step(recorder: Recorder, request: Json) -> None:
    """Do what the request says; whatever Keras raises comes out."""
    model = _model(recorder, request["model"])
    method = request["method"]
    if method not in METHODS:
        raise ValueError(f"no way to train: {method}")
    # Eagerly: no time goes into compiling a step that is made once, and messages name shapes.
    model.run_eagerly = True
    model.jit_compile = False
    given = [_arrays(request["inputs"])]
    if request["targets"] is not None:
        given.append(_arrays(request["targets"]))
    options = dict(request["options"])
    if method in ("fit", "evaluate", "predict"):
        options.setdefault("verbose", 0)
    getattr(model, method)(*given, **options)


def _model(recorder: Recorder, place: list[int]) -> Any:
    first, last, occurrence = place
    found = [
        model
        for model in recorder.models
        if (origin := recorder.origins.get(id(model))) is not None
        and first <= origin["line"] <= last
    ]
    if occurrence >= len(found):
        raise LookupError("the model was not made")
    return found[occurrence]


def _arrays(spec: Any) -> Any:
    if isinstance(spec, list):
        return [_arrays(item) for item in spec]
    if isinstance(spec, dict) and "shape" not in spec:
        return {name: _arrays(item) for name, item in spec.items()}
    numpy = importlib.import_module("numpy")
    count = 1
    for length in spec["shape"]:
        count *= length
    numbers = numpy.arange(count) % (spec.get("below") or 2)
    return numbers.reshape(spec["shape"]).astype(spec["dtype"])
