"""A name from the inside of Keras or TensorFlow.

What it does
    Finds imports and uses of ``keras.src``, ``keras.api``, ``tensorflow.python.keras`` and their
    like.

Why it matters
    These modules are moved and changed without notice; ``tensorflow.python.keras`` is an old copy
    that does not mix with the real one. Where the name is public as well, the fix writes that.

When it stays silent
    In the sources of Keras and TensorFlow themselves; where the code is prepared for the name to
    be gone (``try``, ``hasattr``, a condition about versions); and for single names that begin with
    an underscore.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.moves import Move
from keras_lint.keras_api.status import status
from keras_lint.model.findings import Finding
from keras_lint.model.fixes import Fix
from keras_lint.model.names import FileNames
from keras_lint.model.target import Target
from keras_lint.rules.api import Missing, missing, module_fix, renaming, same_lookup, spelt
from keras_lint.rules.base import Options, Rule


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each import, or use where nothing private was imported."""
    target = options.keras()
    for problem in missing(analysis.names, target):
        if problem.status.state != "private":
            continue
        public = spelt(problem.status.near, _public_prefix(problem.status.prefix))
        written = problem.status.path
        if problem.imported is not None and problem.imported.module:
            written = problem.imported.module
        yield rule.file_finding(
            problem.span,
            f"{written} is private",
            expected=public or "a public name",
            actual=written,
            hint=f"write {public}" if public else "look for a public name that does the same",
            fix=_fix(problem, public, analysis.names, target),
            lookup=same_lookup(problem.status.path, problem.status.near, target),
        )


def _public_prefix(prefix: str) -> str:
    if prefix.startswith("tf_keras"):
        return "tf_keras"
    return "tensorflow.keras" if prefix.startswith("tensorflow") else "keras"


def _fix(problem: Missing, public: str, names: FileNames, target: Target) -> Fix | None:
    """To the public name; safe where it is the very same object."""
    safe = problem.status.prefix.startswith(("keras.", "tf_keras."))
    if not public:
        return None
    imported = problem.imported
    if imported is None:
        return renaming(problem, problem.status.near, names, safe=safe)
    if not imported.module or imported.star:
        return None
    moves: dict[str, Move] = {}
    for use in names.imports:
        if use.statement == imported.statement:
            near = status(use.path, target).near
            if not near:
                return None
            moves[use.path] = Move(near, safe=safe)
    return module_fix(imported, moves, _public_prefix(problem.status.prefix), names)


RULE = Rule(
    code="KER407",
    name="private-import",
    level="warning",
    confirm="api",
    fix="safe",
    summary="a private module of Keras or TensorFlow",
    check_file=check,
    public=(14, 14),
    invalid=(
        """\
import keras
from keras.src.layers import Dense  # expect: KER407

model = keras.Sequential([keras.Input((8,)), Dense(4)])
""",
        """\
import keras

model = keras.Sequential([keras.Input((8,)), keras.src.layers.Dense(4)])  # expect: KER407
""",
        """\
import tensorflow as tf
from tensorflow.python.keras import backend as K  # expect: KER407

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(4)])
""",
    ),
    fixed=(
        """\
import keras
from keras.layers import Dense

model = keras.Sequential([keras.Input((8,)), Dense(4)])
""",
        """\
import keras

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
""",
        """\
import tensorflow as tf
from tensorflow.keras import backend as K

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(4)])
""",
    ),
    valid=(
        """\
try:
    from keras.src.saving import serialization_lib
except ImportError:
    serialization_lib = None
import keras

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
""",
        """\
import keras
from keras import saving
from keras.saving import register_keras_serializable

model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
print(keras.__version__, saving.get_custom_objects())
""",
        """\
import tensorflow as tf
from tensorflow.python.ops import array_ops

model = tf.keras.Sequential([tf.keras.Input((8,)), tf.keras.layers.Dense(4)])
""",
    ),
)
