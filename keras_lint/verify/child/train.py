"""One training step of a model that a replay built, on arrays made up for it.

A request is ``{"model": [line, end line, occurrence], "method", "inputs", "targets", "options",
"weights", "validation", "kind", "measure"}``:
which model (made in these lines, the how manieth there), the method to call, what to give it, as
nested lists, dicts and arrays ``{"shape", "dtype", "below"}``, and keyword arguments as they are.
The method ``trace`` makes a functional model of what the ``call`` of a subclass does.
``measure`` is the loss or metric that is called on targets and an output, for these two methods.
"""

from __future__ import annotations

import importlib
from typing import Any

from .record import Recorder

Json = dict[str, Any]
ON_BATCH = ("train_on_batch", "test_on_batch", "predict_on_batch")
MEASURES = {"loss": "keras.losses", "metric": "keras.metrics"}
TRACE = "trace"
METHODS = ("fit", "evaluate", "predict", *ON_BATCH, "__call__", TRACE, *MEASURES)


def step(recorder: Recorder, request: Json) -> list[str]:
    """Do what the request says; whatever Keras raises comes out.

    Returns the names of what ``fit`` gives for each epoch; of other methods nothing.
    """
    model = _model(recorder, request["model"])
    method = request["method"]
    if method not in METHODS:
        raise ValueError(f"no way to train: {method}")
    if method == TRACE:
        _trace(recorder, model, request["inputs"])
        return []
    if method in MEASURES:
        _compare(model, method, request)
        return []
    # Eagerly: no time goes into compiling a step that is made once, and messages name shapes.
    model.run_eagerly = True
    model.jit_compile = False
    options = dict(request["options"])
    given = [_given(request["kind"], [_arrays(request["inputs"])])]
    if request["targets"] is not None:
        given.append(_arrays(request["targets"]))
    if request["weights"] is not None:
        options["sample_weight"] = _arrays(request["weights"])
    if request["validation"] is not None:
        options["validation_data"] = tuple(_arrays(part) for part in request["validation"])
    if request["kind"] != "arrays":
        options["steps_per_epoch" if method == "fit" else "steps"] = 1
    if method in ("fit", "evaluate", "predict"):
        options.setdefault("verbose", 0)
    result = getattr(model, method)(*given, **options)
    return sorted(result.history) if method == "fit" else []


def _trace(recorder: Recorder, model: Any, inputs: Json) -> None:
    """Make one more model, the last: what the ``call`` of a subclass does with such inputs."""
    keras = importlib.import_module("keras")

    def symbolic(spec: Any) -> Any:
        if isinstance(spec, list):
            return [symbolic(item) for item in spec]
        if "shape" not in spec:
            return {name: symbolic(item) for name, item in spec.items()}
        floats = spec["dtype"].startswith("float")  # which layers cast
        return keras.Input(spec["shape"][1:], dtype="float32" if floats else spec["dtype"])

    given = symbolic(inputs)
    made = keras.Model(given, model.call(given))
    if not any(other is made for other in recorder.models):
        recorder.models.append(made)


def _compare(model: Any, kind: str, request: Json) -> None:
    """Call a loss or metric of Keras on the targets and what the model gives."""
    keras = importlib.import_module("keras")
    space, _, name = request["measure"]["path"].rpartition(".")
    made, called = request["measure"]["made"], request["measure"]["called"]
    if space not in MEASURES.values() or name.startswith("_"):
        raise ValueError(f"no loss or metric of Keras: {space}.{name}")
    measure = getattr(importlib.import_module(space), name)
    measure = measure if made is None else measure(**made)
    outputs = keras.tree.flatten(model(_arrays(request["inputs"])))
    output = outputs[request["measure"]["output"] or 0]
    targets = _arrays(request["targets"])
    if kind == "metric":
        measure.update_state(targets, output, **called)
    else:
        measure(targets, output, **called)


def _given(kind: str, parts: list[Any]) -> Any:
    """The inputs as the program gives them; of other than arrays it matters only what they are."""
    if kind == "dataset":
        return importlib.import_module("tensorflow").data.Dataset.from_tensors(tuple(parts))
    if kind == "generator":
        return (batch for batch in [tuple(parts)])
    if kind == "sequence":

        class Batches(importlib.import_module("keras").utils.PyDataset):  # type: ignore[misc]
            def __len__(self) -> int:
                return 1

            def __getitem__(self, index: int) -> Any:
                return tuple(parts)

        return Batches()
    return parts[0]


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
    below = spec.get("below") or 2
    numbers = below - 1 - numpy.arange(count) % below  # the greatest comes first
    return numbers.reshape(spec["shape"]).astype(spec["dtype"])
