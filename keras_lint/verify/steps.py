"""From a training call in the source to one small step that TensorFlow can make."""

from __future__ import annotations

from dataclasses import replace

from keras_lint.model.data import ArraySpec, DataSpec, DataTree
from keras_lint.model.tensors import Shape, flatten
from keras_lint.model.training import Made, Setting, Step
from keras_lint.verify.training import Array, Arrays, Training

_SIZES = range(4, 40)
"""How many samples there may be: as many as are no other length of the data."""
_EXCEPTIONS = (
    "ValueError",
    "TypeError",
    "KeyError",
    "InvalidArgumentError",
    "IndexError",
    "AttributeError",
)
_LEFT_OUT = frozenset(
    (
        "batch_size",
        "callbacks",
        "epochs",
        "initial_epoch",
        "sample_weight",
        "shuffle",
        "steps",
        "steps_per_epoch",
        "validation_batch_size",
        "validation_data",
        "validation_freq",
        "validation_steps",
        "verbose",
    )
)
"""Arguments that only say how often; one step is enough."""


def training_of(step: Step, *, validation: bool = False, absent: str = "") -> Training:
    """The step to make for one call of the program.

    Args:
        step: the call.
        validation: whether its validation data are wanted.
        absent: the quantity that ``fit`` is said not to give; then any validation data will do.

    Raises:
        LookupError: it is not known well enough what it is given.
    """
    data = step.data
    if data is None or data.kind == "unknown" or data.lost:
        raise LookupError("what the model is given is not known")
    trees = [data.x, data.y, data.weights]
    lengths = {
        dim
        for tree in trees
        if tree is not None
        for leaf in flatten(tree)
        for dim in (leaf.shape.dims or ())[1:]
    }
    shapes = [s.shape.dims or () for s in flatten(step.outputs)] if step.outputs is not None else []
    lengths |= {dim for dims in shapes for dim in dims}
    size = next(size for size in _SIZES if size not in lengths)
    sizes = _Sizes(size)
    options: dict[str, object] = {}
    for name, value in step.arguments.items():
        if name in _LEFT_OUT:
            continue
        if name == "validation_split" and data.kind == "arrays" and not absent:
            continue  # what is left of few samples may be as many as some axis is long
        options[name] = _plain(name, value)
    parts = None
    held = step.validation
    if validation and held is not None and not held.lost:
        fresh = _Sizes(size)
        parts = tuple(
            _arrays(tree, fresh) for tree in (held.x, held.y, held.weights) if tree is not None
        )
    inputs, targets = _arrays(data.x, sizes), _targets(step, data, sizes)
    if absent and step.arguments.get("validation_data") is not None and targets is not None:
        parts = (inputs, targets)
    if absent and options.get("validation_split"):
        options["validation_split"] = 0.5  # of the few samples there are
    compiled = None if step.compiled is None or step.compares else step.compiled.span
    return Training(
        compiled,
        step.method,
        inputs,
        targets,
        options,
        _EXCEPTIONS,
        weights=_weights(step, data, sizes),
        validation=parts,
        kind=data.kind if _refused_as_it_is(step, data) else "arrays",
        absent=absent,
        measure=_measure(step) if step.compares else None,
    )


def trace_of(step: Step) -> Training:
    """The call of a subclass on symbolic tensors in place of what it is given in the program.

    Raises:
        LookupError: it is not known well enough what it is given.
    """
    training = training_of(replace(step, arguments={}, compiled=None, method="__call__"))
    return Training(None, "trace", training.inputs)


def _measure(step: Step) -> dict[str, object]:
    """The loss or metric that a program calls itself."""
    assert step.compiled is not None
    given = step.compiled.arguments
    how = given.get("loss") if step.method == "loss" else given.get("metrics")
    made = how[0] if isinstance(how, tuple) else how
    if not isinstance(made, Made) or not made.complete:
        raise LookupError(f"what the {step.method} is made with is not known")
    arguments = {name: _plain(name, value) for name, value in made.arguments.items()}
    made_with, called_with = (arguments, {}) if made.called else (None, arguments)
    return {"path": made.path, "made": made_with, "called": called_with, "output": step.output}


def _refused_as_it_is(step: Step, data: DataSpec) -> bool:
    """Whether what the data are given as is at fault, not what they hold."""
    given = {name for name, value in step.arguments.items() if value not in (None, 0, 0.0)}
    more = given & {"validation_split", "sample_weight", "class_weight"}
    return data.kind != "arrays" and bool(more or step.labels_given)


def _targets(step: Step, data: DataSpec, sizes: _Sizes) -> Arrays | None:
    if data.y is None or not step.has_labels:
        return None
    if data.kind != "arrays" and not step.labels_given and _refused_as_it_is(step, data):
        return None
    return _arrays(data.y, sizes)


def _weights(step: Step, data: DataSpec, sizes: _Sizes) -> Arrays | None:
    if data.kind == "arrays":
        return None if data.weights is None else _arrays(data.weights, sizes)
    if step.arguments.get("sample_weight") is None:
        return None
    return Array(Shape((sizes.of(None),)))


class _Sizes:
    """Small sample counts in place of the real ones; the same ones for the same."""

    def __init__(self, first: int) -> None:
        self._found: dict[object, int] = {}
        self._next = first

    def of(self, count: object) -> int:
        key = count if isinstance(count, int) else None
        if key is None and self._found:
            return next(iter(self._found.values()))
        if key not in self._found:
            self._found[key] = self._next
            self._next += 1
        return self._found[key]


def _arrays(tree: DataTree, sizes: _Sizes) -> Arrays:
    if isinstance(tree, ArraySpec):
        if tree.lost or tree.dtype == "object":
            raise LookupError(f"what the model is given is not known: {tree.lost or 'sequences'}")
        spec = tree.with_samples(sizes.of(tree.shape.dims[0])) if tree.shape.dims else tree
        high = tree.numbers.high
        below = int(high) + 1 if tree.numbers.whole and high is not None and high >= 0 else 2
        return Array(spec.shape, tree.dtype or "float32", below)
    if isinstance(tree, dict):
        return {name: _arrays(item, sizes) for name, item in tree.items()}
    return tuple(_arrays(item, sizes) for item in tree)


def _plain(name: str, value: Setting) -> object:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if name == "class_weight" and isinstance(value, dict):
        return {0: 1.0, 1: 1.0}
    raise LookupError(f"what is given as {name} is not known")
