"""Write which kinds of values the installed Keras 3 refuses, into ``keras_api/data/refused/``.

Run ``python scripts/dump_refused_values.py`` where Keras 3 and TensorFlow are installed; with
``--check`` it writes nothing and exits with 1 where the file differs. Everything is found by
asking: each value of a kind is given for each argument in the example rows of the layer's entry.
A kind is refused if Keras takes no value of it in any row, and always refuses at the same stage.
"""

from __future__ import annotations

import ast
import functools
import inspect
import json
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "oracle"))

import keras
from keras_oracle import keras_tensors, keras_value

import keras_lint.keras_api.layers
from keras_lint.keras_api.base import LayerKind, Row, entries
from keras_lint.keras_api.names import ApiName, Parameter, lookup, public_names
from keras_lint.keras_api.refused_values import KINDS, kind_of_value

assert keras_lint.keras_api.layers

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "keras_lint" / "keras_api" / "data" / "refused" / "keras3.json"
OPEN = {
    *("activation", "autocast", "cell", "cells", "dtype", "function", "kwargs", "layer", "mask"),
    *("name", "output_shape", "recurrent_activation", "seed", "target_shape", "trainable"),
    *("vocabulary", "weights", "window", "filepath", "profile_batch"),
    *("boundaries", "values", "label_weights", "num_labels", "idf_weights", "mean", "variance"),
    *("bias_axes", "equation"),
}
"""Arguments that take names, files, objects or shapes of all kinds, that have to fit others, or
that are checked elsewhere."""
AXES = {"attention_axes", "axes", "axis", "dims", "shared_axes"}
"""Arguments for which whole numbers are right or wrong by the tensors the layer is called on."""
OF_AXES = ("a negative float", "a float between 0 and 1", "a float above 1", "a string")
OPEN_ENDS = ("_activation", "_constraint", "_initializer", "_path", "_regularizer")
OBJECTS = (
    *("callbacks", "constraints", "initializers", "losses", "metrics", "optimizers"),
    *("optimizers.schedules", "regularizers"),
)
"""Where the other classes stand that are asked for."""
REQUIRED: dict[str, Any] = {
    "alpha": 0.1,
    "boundaries": [1],
    "class_id": 0,
    "decay_rate": 0.5,
    "decay_steps": 10,
    "factor": 0.1,
    "filepath": "model.keras",
    "filename": "log.csv",
    "first_decay_steps": 10,
    "initial_learning_rate": 0.1,
    "num_classes": 3,
    "precision": 0.5,
    "recall": 0.5,
    "schedule": len,
    "sensitivity": 0.5,
    "specificity": 0.5,
    "target_class_ids": [0],
    "values": [0.1, 0.2],
}
"""Values for constructor arguments without a default."""
ROWS = 6
"""The most example rows by which one argument is asked for."""


def made(path: str, args: Mapping[str, Any]) -> Any:
    """A layer or another object of Keras with these arguments."""
    return class_at(path)(**{key: keras_value(value) for key, value in args.items()})


def class_at(path: str) -> Any:
    """The class of a canonical name."""
    return functools.reduce(getattr, path.split(".")[1:], keras)


def outcome(path: str, row: Row) -> tuple[str, str]:
    """The stage at which Keras refuses a row and what it raises; two empty strings if it does not.

    Whatever Keras raises is the answer. A row without inputs is that of a class that is no layer.
    """
    stage = "init"
    try:
        layer = made(path, row.args)
        if row.inputs is None:
            return "", ""
        stage = "call"
        extra = {key: keras_tensors(item, row.dtype) for key, item in row.extra.items()}
        layer(keras_tensors(row.inputs, row.dtype), **extra)
    except Exception as error:  # noqa: BLE001 - see above
        return stage, type(error).__name__
    return "", ""


def with_value(row: Row, argument: str, value: Any) -> Row:
    """A row with one argument changed."""
    return Row({**row.args, argument: value}, row.inputs, dtype=row.dtype, extra=row.extra)


def refused(path: str, rows: list[Row], argument: str, values: Any) -> tuple[str, ...] | None:
    """The stage at which Keras refuses all values in all rows, and what it raises; None if not."""
    stages: set[str] = set()
    raises: set[str] = set()
    for value in values:
        for row in rows:
            stage, error = outcome(path, with_value(row, argument, value))
            if not stage and (row.inputs is not None or len(rows) == 1):
                return None
            stages.add(stage or "call")
            raises |= {error} - {""}
    if len(stages) != 1:
        return None
    return (*stages, *sorted(raises))


@functools.cache
def literals() -> frozenset[str]:
    """The short names that stand as strings anywhere in Keras: what it compares a text with."""
    root = Path(inspect.getsourcefile(keras.Layer) or "").parents[1]
    trees = [
        ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(root.rglob("*.py"))
        if not file.stem.endswith("_test")
    ]
    return frozenset(
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and len(node.value) < 30
        and node.value.isidentifier()
    )


def texts(path: str, row: Row, argument: str) -> list[str]:
    """The strings that a constructor takes, in lower case."""
    made_only = Row(row.args, None)
    return sorted(
        {
            text.lower()
            for text in literals()
            if not outcome(path, with_value(made_only, argument, text))[0]
        }
    )


def may_be_text(parameter: Parameter) -> bool:
    """Whether an argument may take some strings: it has no default, or one that is no number."""
    return parameter.default is None or isinstance(parameter.default, str)


def asked(kind: LayerKind) -> list[Row]:
    """The rows of an entry by which Keras is asked: some of those that it takes.

    One has no more arguments than it must, and is not called: an argument may exclude another.
    """
    rows = [row for row in kind.rows if not outcome(kind.name, row)[0]][:ROWS]
    found = lookup(kind.name)
    if found is None or not rows:
        return []
    required = {p.name for p in found.params or () if not p.has_default}
    bare = Row({key: value for key, value in rows[0].args.items() if key in required}, None)
    return rows if outcome(kind.name, bare)[0] else [bare, *rows]


def row_of_object(found: ApiName) -> list[Row]:
    """How an object that is no layer is made, if that is known."""
    required = [
        p.name for p in found.params or () if p.has_default is False and "var" not in p.kind
    ]
    if not set(required) <= set(REQUIRED):
        return []
    row = Row({name: REQUIRED[name] for name in required}, None)
    return [] if outcome(found.canonical, row)[0] else [row]


def facts(path: str, rows: list[Row]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What Keras refuses for the arguments of one class."""
    found = lookup(path)
    if found is None or not rows:
        return
    for parameter in found.params or ():
        if parameter.name in OPEN or parameter.name.endswith(OPEN_ENDS):
            continue
        if parameter.kind.startswith("var") or isinstance(parameter.default, bool):
            continue  # a switch may need other arguments beside it
        told: dict[tuple[str, ...], list[str]] = {}
        taken: list[str] = []
        for what, values in KINDS.items():
            if parameter.name in AXES and what not in OF_AXES:
                continue
            is_default = parameter.has_default and what == kind_of_value(parameter.default)
            if is_default and what != "a string":
                continue  # refused only for what the other arguments of the rows are
            fact = refused(path, rows, parameter.name, values)
            if fact is None or (fact[0] == "call" and path.endswith("Cell")):
                continue  # a cell has to fit the states that it is called on
            if what == "a string" and may_be_text(parameter):
                if fact[0] == "call":
                    continue  # which texts it takes cannot be asked for in good time
                taken = texts(path, rows[0], parameter.name)
            told.setdefault(fact, []).append(what)
        accepted = KINDS.keys() - {kind for kinds in told.values() for kind in kinds} - {"None"}
        if not accepted and not taken:
            continue  # it takes something that is not asked for, or needs other arguments beside it
        groups = [
            {"stage": stage, "raises": raises, "kinds": kinds}
            for (stage, *raises), kinds in sorted(told.items())
        ]
        if told:
            yield parameter.name, {"refused": groups, **({"texts": taken} if taken else {})}
    keras.backend.clear_session()


def asked_for() -> dict[str, list[Row]]:
    """The classes that are asked for, by canonical name, and their rows."""
    classes = {
        path: asked(kind)
        for path, kind in entries().items()
        if kind.generation == "keras3" and not kind.opaque
    }
    for namespace in OBJECTS:
        for name in public_names(f"keras.{namespace}"):
            found = lookup(f"keras.{namespace}.{name}")
            if found is not None and found.kind == "class":
                classes[found.canonical] = row_of_object(found)
    return dict(sorted(classes.items()))


def main() -> int:
    """Write or check the file."""
    warnings.simplefilter("ignore")
    told = {path: dict(facts(path, rows)) for path, rows in asked_for().items()}
    lines = [f'"{path}": {json.dumps(of)}' for path, of in told.items() if of]
    classes = ",\n".join(lines)
    text = f'{{"keras": "{keras.__version__}", "classes": {{\n{classes}\n}}}}\n'
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
