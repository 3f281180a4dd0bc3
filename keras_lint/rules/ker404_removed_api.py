"""A name, argument or method that the Keras the code is to run on no longer has.

What it does
    Finds what Keras 1 and 2 had and the target has not: names and modules (``keras.layers.core``,
    ``np_utils``, ``CuDNNLSTM``, ``keras.wrappers``), arguments (``lr=``, ``border_mode=``,
    ``time_major=``), and methods of models (``fit_generator``, ``predict_classes``).

Why it matters
    The line fails as soon as it runs. Where something else means the same, the fix writes it.

When it stays silent
    Where the code is prepared for it (``try``, ``hasattr``, a condition about versions); for names
    of ``tf_keras``, which stays Keras 2; for everything in a project that asks for Keras 2
    (``--target keras-2``, or its requirements); for ``decay=`` of optimizers, which Keras 3 takes
    and ignores (KER405). Methods are looked up only of what surely is a model. Optimizers under
    ``optimizers.legacy`` are told where they are called or imported: Keras 3 has stubs of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.moves import (
    ArgumentMove,
    Move,
    argument_successor,
    method_argument_successor,
    method_successor,
    successor,
)
from keras_lint.keras_api.names import lookup
from keras_lint.keras_api.status import status
from keras_lint.model.findings import Finding, Lookup
from keras_lint.model.fixes import Change, Edit, Fix, RemoveArgument, RenameArgument
from keras_lint.model.names import CallUse, FileNames, MethodUse
from keras_lint.model.spans import Span
from keras_lint.rules.api import (
    Missing,
    argument_lookup,
    called,
    method_lookup,
    methods,
    missing,
    module_fix,
    name_lookup,
    object_fix,
    refused_keywords,
    renaming,
    same_arguments,
    spelt,
)
from keras_lint.rules.base import Options, Rule

_GENERATOR_ARGUMENTS = {
    "fit_generator": (
        "generator",
        "steps_per_epoch",
        "epochs",
        "verbose",
        "callbacks",
        "validation_data",
        "validation_steps",
    ),
    "evaluate_generator": ("generator", "steps", "callbacks"),
    "predict_generator": ("generator", "steps", "callbacks"),
}
"""What the methods of ``tf_keras`` for generators take by position."""
_RUNNING = (
    "max_q_size",
    "max_queue_size",
    "nb_worker",
    "pickle_safe",
    "use_multiprocessing",
    "workers",
)


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each thing that is gone."""
    target = options.keras()
    names = analysis.names
    for problem in missing(names, target):
        if problem.status.state == "removed" and not _is_named_stub(problem):
            yield _name(rule, problem, names, options)
    for call in called(names, target):
        generation = target.generation(call.prefix)
        if generation == "keras2":
            continue
        for keyword in refused_keywords(call, target):
            move = argument_successor(call.path, keyword)
            if move is not None:
                title = target.title(call.prefix)
                question = argument_lookup(call.path, call.prefix, keyword, target)
                what = f"{_last(call.path)} of {title}"
                yield _argument(rule, call.call, keyword, move, what, question)
    for use in methods(names, target):
        title = target.title()
        method = method_successor(use.name)
        if method is not None:
            yield _method(rule, use, method, title, method_lookup(use.name, "", target))
            continue
        for argument in use.call.arguments:
            move = method_argument_successor(use.name, argument.name) if argument.name else None
            if move is not None:
                question = method_lookup(use.name, argument.name, target)
                what = f"{use.name} of {title}"
                yield _argument(rule, use.call, argument.name, move, what, question)


def _is_named_stub(problem: Missing) -> bool:
    """Whether an optimizer of Keras 2 is only named: Keras 3.15 has stubs that none may call."""
    legacy = problem.status.path.startswith("keras.optimizers.legacy.")
    return legacy and problem.use is not None and problem.use.call is None


def _last(path: str) -> str:
    return path.rpartition(".")[2]


# -- names -----------------------------------------------------------------------------------------


def _name(rule: Rule, problem: Missing, names: FileNames, options: Options) -> Finding:
    found = problem.status
    target = options.keras()
    move = found.move or Move()
    imported = problem.imported
    written = problem.written
    if imported is not None and imported.module and problem.span == imported.module_span:
        written = imported.module
        if not imported.star and status(imported.path, target).path != found.path:
            move = Move()
    hint = move.advice or (f"write {spelt(move.new, found.prefix)}" if move.new else "")
    origin = f" ({target.origin})" if target.origin else ""
    return rule.file_finding(
        problem.span,
        f"{target.title(found.prefix)}{origin} has no {written}",
        expected=f"a name that {target.title(found.prefix)} has",
        actual=written,
        hint=hint or "there is nothing that takes its place: write it yourself or do without",
        fix=_name_fix(problem, move, names, options),
        lookup=name_lookup(found, target),
    )


def _name_fix(problem: Missing, move: Move, names: FileNames, options: Options) -> Fix | None:
    found, imported = problem.status, problem.imported
    if imported is not None and imported.module and problem.span == imported.module_span:
        beside = [use for use in names.imports if use.statement == imported.statement]
        if imported.star:
            new = spelt(move.new, found.prefix)
            title = f"import from {new}"
            return Fix(title, (Edit(imported.module_span, new),)) if move.new else None
        return module_fix(
            imported, _moves([use.path for use in beside], options), found.prefix, names
        )
    if imported is not None and _is_module(found.path):
        uses = [use.path.split(".") for use in names.uses if use.base == imported.path]
        parts = imported.path.count(".") + 2
        paths = [".".join(path[:parts]) for path in uses]
        return object_fix(imported, _moves(paths, options), found.prefix, names)
    if not move.new:
        return None
    fix = renaming(problem, move.new, names, safe=move.safe)
    if fix is None or not move.new.startswith("keras.ops."):
        return fix
    changes = same_arguments(problem.use.call if problem.use else None, found.path, move.new)
    return None if changes is None else Fix(fix.title, (*fix.changes, *changes), fix.safe)


def _is_module(path: str) -> bool:
    """Whether a name that went was a module, whose names went elsewhere."""
    move = successor(path)
    found = lookup(move.new) if move is not None and move.new else None
    return (found is not None and found.kind == "module") or path == "keras.wrappers.scikit_learn"


def _moves(paths: list[str], options: Options) -> dict[str, Move]:
    """What became of each of these names; those that are there stay what they are."""
    moves: dict[str, Move] = {}
    for path in paths:
        found = status(path, options.keras())
        if found.state == "found":
            moves[path] = Move(found.path)
            continue
        move = found.move or Move()
        if move.new and not move.new.startswith("keras.ops."):
            moves[path] = move
    return moves


# -- arguments -------------------------------------------------------------------------------------


def _argument(
    rule: Rule,
    call: CallUse,
    keyword: str,
    move: ArgumentMove,
    what: str,
    question: Lookup | None,
) -> Finding:
    argument = call.keyword(keyword)
    assert argument is not None
    fix: Fix | None = None
    hint = move.advice or "leave it out, or do without"
    if move.new:
        hint = f"write {move.new}="
        changes: list[Change] = [RenameArgument(call.span, keyword, move.new)]
        value = (move.values or {}).get(argument.literal) if argument.is_literal else None
        if value is not None:
            changes = [Edit(argument.span, f"{move.new}={value}")]
        if call.keyword(move.new) is None and (value is not None or not move.values):
            fix = Fix(f"rename {keyword} to {move.new}", tuple(changes))
    elif move.drop:
        hint = f"leave {keyword}= out: it changes no result"
        fix = Fix(f"leave out {keyword}", (RemoveArgument(call.span, keyword),))
    return rule.file_finding(
        argument.span,
        f"{what} takes no argument {keyword}",
        expected=move.new or "no such argument",
        actual=f"{keyword}=",
        hint=hint,
        fix=fix,
        lookup=question,
    )


# -- methods ---------------------------------------------------------------------------------------


def _method(rule: Rule, use: MethodUse, move: Move, title: str, question: Lookup | None) -> Finding:
    hint = f"call {move.new}" if move.new else move.advice
    return rule.file_finding(
        use.span,
        f"models of {title} have no {use.name}",
        expected=move.new or "another way",
        actual=use.name,
        hint=hint,
        fix=_method_fix(use, move),
        lookup=question,
    )


def _method_fix(use: MethodUse, move: Move) -> Fix | None:
    if not move.new or use.call.spread:
        return None
    names = _GENERATOR_ARGUMENTS.get(use.name)
    changes: list[Change] = [Edit(use.span, move.new)]
    if names is not None:
        positional = [item for item in use.call.arguments if not item.name]
        if len(positional) > len(names):
            return None
        for item, name in list(zip(positional, names, strict=False))[1:]:
            start = Span(
                item.span.line, item.span.column, item.span.line, item.span.column, item.span.cell
            )
            changes.append(Edit(start, f"{name}="))
        for item in use.call.arguments:
            if item.name == "generator":
                changes.append(RenameArgument(use.call.span, "generator", "x"))
            elif item.name == "nb_epoch":
                changes.append(RenameArgument(use.call.span, "nb_epoch", "epochs"))
            elif item.name in _RUNNING:
                changes.append(RemoveArgument(use.call.span, item.name))
            elif item.name in ("samples_per_epoch", "nb_val_samples", "val_samples"):
                return None  # counts of samples, where fit wants counts of batches
    return Fix(f"call {move.new}", tuple(changes))


RULE = Rule(
    code="KER404",
    name="removed-api",
    level="error",
    confirm="api",
    fix="safe",
    summary="a name, argument or method that the targeted Keras no longer has",
    check_file=check,
    public=(4, 4),
    invalid=(
        """\
from keras.layers.core import Dense  # expect: KER404
from keras.models import Sequential
from keras.utils import np_utils  # expect: KER404

labels = np_utils.to_categorical([0, 1, 2])
model = Sequential([Dense(3)])
""",
        """\
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(8, 3, border_mode="same"),  # expect: KER404
])
model.compile(keras.optimizers.Adam(lr=0.001), "mse")  # expect: KER404
""",
        """\
import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
data = tf.data.Dataset.from_tensors((np.zeros((4, 8)), np.zeros((4, 1))))
model.fit_generator(data, epochs=1)  # expect: KER404
""",
        """\
import keras

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.LocallyConnected2D(8, 3),  # expect: KER404
])
""",
    ),
    fixed=(
        """\
from keras.layers import Dense
from keras.models import Sequential
from keras.utils import to_categorical

labels = to_categorical([0, 1, 2])
model = Sequential([Dense(3)])
""",
        """\
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(8, 3, padding="same"),
])
model.compile(keras.optimizers.Adam(learning_rate=0.001), "mse")
""",
        """\
import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
data = tf.data.Dataset.from_tensors((np.zeros((4, 8)), np.zeros((4, 1))))
model.fit(data, epochs=1)
""",
        "",
    ),
    valid=(
        """\
import keras
from keras import layers

try:
    from keras.utils import np_utils
except ImportError:
    from keras import utils as np_utils

labels = np_utils.to_categorical([0, 1, 2])
model = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
""",
        """\
import keras


class Trainer:
    def fit_generator(self, data, nb_epoch=1):
        return data, nb_epoch


class Schedule:
    def __init__(self, lr, decay):
        self.lr, self.decay = lr, decay


Schedule(lr=0.1, decay=0.5)
Trainer().fit_generator([], nb_epoch=3)
model = keras.Sequential([keras.Input((8,)), keras.layers.Embedding(4, output_dim=3)])
""",
        """\
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.preprocessing.image import ImageDataGenerator

generator = ImageDataGenerator(rescale=1 / 255)
known = (tf.keras.optimizers.Optimizer, tf.keras.optimizers.legacy.Optimizer)
model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(1)])
print(K.sum(tf.zeros((2, 2))))
""",
    ),
)
