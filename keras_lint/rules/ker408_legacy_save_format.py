"""Saving or loading in a way that Keras 3 refuses or calls legacy.

What it does
    Looks at literal file names given to ``save``, ``save_model``, ``save_weights``,
    ``load_model``, ``load_weights`` and ``ModelCheckpoint``, and at ``save_format=``. Keras 3 saves
    models as ``.keras`` (``.h5`` with a warning) and weights as ``.weights.h5``, and raises for
    anything else; it does not load SavedModel folders.

Why it matters
    A run fails after the training, when the model is to be saved. Files of the old kind do not
    open in the new version.

When it stays silent
    When the file name is not written out there; for ``.h5`` files that are loaded, which works; on
    Keras 2; and for objects that are not surely Keras models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import Finding, Lookup
from keras_lint.model.fixes import Change, Edit, Fix, RemoveArgument
from keras_lint.model.names import Argument, CallUse
from keras_lint.rules.api import called, methods, opening
from keras_lint.rules.base import Options, Rule

_HDF5 = (".h5", ".hdf5")
_MODELS = (".keras", *_HDF5)
_WEIGHTS = ".weights.h5"
_FUNCTIONS = {
    "keras.models.save_model": ("save", 1),
    "keras.saving.save_model": ("save", 1),
    "keras.models.load_model": ("load_model", 0),
    "keras.saving.load_model": ("load_model", 0),
    "keras.callbacks.ModelCheckpoint": ("checkpoint", 0),
}
"""What a function does, and at which position it takes the file."""
_METHODS = ("load_weights", "save", "save_weights")


@dataclass(frozen=True)
class _File:
    """A file that is written or read: by what, in which call, and where its name stands."""

    kind: str
    call: CallUse
    argument: Argument

    @property
    def path(self) -> str:
        return str(self.argument.literal)

    @property
    def of_weights(self) -> bool:
        return self.kind.endswith("_weights")


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each file that Keras 3 refuses to write or read, or calls legacy."""
    files = list(_files(analysis, options))
    for file in files:
        for finding in _of_file(rule, file, files):
            yield replace(finding, lookup=_question(file, options))


def _of_file(rule: Rule, file: _File, files: list[_File]) -> Iterator[Finding]:
    if file.kind in ("load_model", "load_weights"):
        yield from _read(rule, file)
    elif file.of_weights:
        form = file.call.keyword("save_format")
        if form is not None or not file.path.endswith(_WEIGHTS):
            message = f"weights are saved as {_WEIGHTS} files"
            yield _finding(rule, file, form, message, _WEIGHTS, files)
    else:
        yield from _written(rule, file, files)


def _question(file: _File, options: Options) -> Lookup | None:
    """What the installed Keras is asked: to do the same with a small model of ours."""
    begin = opening("keras", options.keras())
    if not begin:
        return None
    name = re.split(r"[\\\\/]", file.path)[-1]
    ending = "." + name.partition(".")[2] if "." in name else ""
    if not re.fullmatch(r"[.\w]*", ending, re.ASCII):
        return None
    form = ", save_format='h5'" if file.call.keyword("save_format") is not None else ""
    path = f"'model{ending}'"
    call, words = {
        "checkpoint": (f"keras.callbacks.ModelCheckpoint({path})", "must end in"),
        "load_model": (f"keras.models.load_model({path})", "not supported"),
        "load_weights": (f"model.load_weights({path})", "not supported"),
        "save": (f"model.save({path}{form})", "legacy" if ending in _HDF5 else "extension"),
        "save_weights": (f"model.save_weights({path}{form})", "must end in"),
    }[file.kind]
    if form and (file.of_weights or ending in _MODELS):
        words = "save_format"
    return Lookup(f"{begin}{_WARNINGS_RAISE}{call}", words, "the installed Keras says so")


_WARNINGS_RAISE = """\
from absl import logging


def refuse(message, *_):
    raise ValueError(message)


logging.warning = refuse
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
"""
"""Keras 3 logs what it calls deprecated or legacy."""


def _files(analysis: FileAnalysis, options: Options) -> Iterator[_File]:
    """The literal file names given to what saves and loads."""
    target = options.keras()
    for call in called(analysis.names, target):
        if target.generation(call.prefix) == "keras3" and call.path in _FUNCTIONS:
            kind, position = _FUNCTIONS[call.path]
            only = call.call.keyword("save_weights_only")
            if kind == "checkpoint" and only is not None:
                if not only.is_literal:
                    continue
                kind = "save_weights" if only.literal else kind
            yield from _file(kind, call.call, position)
    for use in methods(analysis.names, target):
        if use.name in _METHODS:
            yield from _file(use.name, use.call, 0)


def _file(kind: str, call: CallUse, position: int) -> Iterator[_File]:
    argument = call.positional(position) or call.keyword("filepath")
    if argument is not None and isinstance(argument.literal, str) and not call.spread:
        yield _File(kind, call, argument)


def _read(rule: Rule, file: _File) -> Iterator[Finding]:
    name = file.path.replace("\\", "/").rpartition("/")[2]
    if "://" in file.path or not name or "." in name.strip("."):
        return
    ending = _WEIGHTS if file.of_weights else ".keras"
    hint = f"save it again as {name}{ending} with the Keras that wrote it, then load that"
    if not file.of_weights:
        hint += "; a SavedModel also opens with keras.layers.TFSMLayer"
    yield rule.file_finding(
        file.argument.span,
        f"{'weights' if file.of_weights else 'models'} are not loaded from a folder, or a file "
        "without an extension",
        expected=ending,
        actual=repr(file.path),
        hint=hint,
    )


def _written(rule: Rule, file: _File, files: list[_File]) -> Iterator[Finding]:
    form = file.call.keyword("save_format")
    fits = file.path.endswith(_MODELS if file.kind == "save" else (".keras", ".h5"))
    plain = form.literal if form is not None and form.is_literal else None
    taken = (plain == "keras" and file.path.endswith(".keras")) or (
        plain == "h5" and file.path.endswith(_HDF5)
    )  # Keras 3.15 takes these two
    if not fits:
        yield _finding(rule, file, form, "models are saved as .keras files", ".keras", files)
    elif form is not None and not taken:
        change = RemoveArgument(file.call.span, "save_format")
        yield rule.file_finding(
            form.span,
            "Keras 3 does not look at save_format: the file name decides",
            expected="no save_format",
            actual="save_format=",
            hint="leave it out",
            fix=Fix("leave out save_format", (change,), safe=False),
        )
    elif file.kind == "save" and file.path.endswith(_HDF5):
        yield _finding(rule, file, form, "HDF5 files are a legacy format", ".keras", files)


def _renamed(path: str, ending: str) -> str:
    for old in (*_HDF5, ".tf", ".pb", ".ckpt"):
        if path.endswith(old):
            return path.removesuffix(old).removesuffix(".weights") + ending
    return path + ending


def _finding(
    rule: Rule, file: _File, form: Argument | None, message: str, ending: str, files: list[_File]
) -> Finding:
    new = _renamed(file.path, ending)
    same = {
        other.argument.value
        for other in files
        if other.path == file.path and other.of_weights == file.of_weights
    }
    changes: list[Change] = [Edit(span, f'"{new}"') for span in sorted(same)]
    if form is not None:
        changes.append(RemoveArgument(file.call.span, "save_format"))
    plain = bool(file.path) and not any(mark in file.path for mark in "\\'\"\n")
    return rule.file_finding(
        file.argument.span,
        message,
        expected=ending,
        actual=repr(file.path),
        hint=f"write {new}",
        fix=Fix(f"save as {ending}", tuple(changes), safe=False) if plain else None,
    )


RULE = Rule(
    code="KER408",
    name="legacy-save-format",
    level="warning",
    confirm="api",
    fix="unsafe",
    summary="a file that Keras 3 refuses to write or read, or calls legacy",
    check_file=check,
    public=(0, 0),
    invalid=(
        """\
import keras

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])


def save():
    model.save("model")  # expect: KER408
    model.save("old.h5")  # expect: KER408
    model.save_weights("weights.h5")  # expect: KER408
""",
        """\
from keras.callbacks import ModelCheckpoint
from keras.layers import Dense, Input
from keras.models import Sequential

model = Sequential([Input((8,)), Dense(1)])


def callbacks():
    return [
        ModelCheckpoint("best"),  # expect: KER408
        ModelCheckpoint("best.h5", save_weights_only=True),  # expect: KER408
    ]
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])


def store():
    model.save("saved/model", save_format="tf")  # expect: KER408
    return tf.keras.models.load_model("saved/model")  # expect: KER408
""",
    ),
    fixed=(
        """\
import keras

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])


def save():
    model.save("model.keras")
    model.save("old.keras")
    model.save_weights("weights.weights.h5")
""",
        """\
from keras.callbacks import ModelCheckpoint
from keras.layers import Dense, Input
from keras.models import Sequential

model = Sequential([Input((8,)), Dense(1)])


def callbacks():
    return [
        ModelCheckpoint("best.keras"),
        ModelCheckpoint("best.weights.h5", save_weights_only=True),
    ]
""",
        """\
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])


def store():
    model.save("saved/model.keras")
    return tf.keras.models.load_model("saved/model.keras")
""",
    ),
    valid=(
        """\
import keras

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])


def save(path):
    model.save("model.keras")
    model.save_weights("model.weights.h5")
    model.save(path)
    model.export("folder")
""",
        """\
from keras.callbacks import ModelCheckpoint
from keras.layers import Dense, Input
from keras.models import Sequential, load_model

model = Sequential([Input((8,)), Dense(1)])
best = ModelCheckpoint("best-{epoch:02d}-{val_loss:.2f}.keras", save_best_only=True)
weights = ModelCheckpoint("best.weights.h5", save_weights_only=True)


def load():
    return load_model("old.h5")
""",
        """\
import keras
import pickle


class Store:
    def save(self, name):
        return name


Store().save("model")
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
""",
    ),
)
