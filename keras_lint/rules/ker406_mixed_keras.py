"""Objects of two Keras packages in one model.

What it does
    Finds an object of one Keras that is handed to another where it is made: a layer of
    ``tf_keras`` in a ``keras.Sequential``, an optimizer of ``tensorflow.python.keras`` given to
    ``compile`` of a ``tf.keras`` model. And, as advice, files that import the same Keras under two
    spellings, ``keras`` and ``tensorflow.keras``.

Why it matters
    A layer of one package is no layer to the other: the call is refused, or the weights are not
    tracked. ``keras`` and ``tf.keras`` are one package from TensorFlow 2.16 on and two before.

When it stays silent
    Where files use both packages side by side without mixing them in one expression; where one
    spelling has names that the other lacks (``tf.keras.preprocessing.image``); and where the code
    is prepared for either (``try``, conditions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.keras_api.status import status
from keras_lint.model.findings import Finding, Lookup, Related
from keras_lint.model.fixes import Edit, Fix
from keras_lint.model.names import FileNames, ImportUse
from keras_lint.model.spans import Span
from keras_lint.model.target import Target
from keras_lint.rules.base import Options, Rule

_INSIDE = ("tensorflow.python.keras", "tensorflow_core.python.keras")
_STRUCTURES = frozenset(("Sequential", "Model", "Functional"))
_WRAPPERS = frozenset(("Bidirectional", "RNN", "StackedRNNCells", "TimeDistributed"))


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each object in the wrong hands; one for a file with two spellings."""
    target = options.keras()
    yield from _handed_over(rule, analysis.names, target)
    yield from _two_spellings(rule, analysis.names, target)


def _package(path: str, target: Target) -> str:
    """The package a name is of; empty for other libraries. ``keras`` stands for Keras 3."""
    for prefix in _INSIDE:
        if path.startswith(prefix + "."):
            return "tensorflow.python.keras"
    if path.startswith("tf_keras."):
        return "tf_keras"
    if path.startswith("tensorflow.keras."):
        return "keras" if target.tensorflow == target.keras == "keras3" else "tf.keras"
    return "keras" if path.startswith("keras.") else ""


def _handed_over(rule: Rule, names: FileNames, target: Target) -> Iterator[Finding]:
    holders = {u.call.span: u for u in names.uses if u.call is not None and _holds(u.path)}
    for use in names.uses:
        package = _package(use.path, target)
        if use.call is None or use.guarded or not package or ".layers." not in use.path:
            continue
        holder = holders.get(use.within) if use.within is not None else None
        if holder is None or holder.guarded:
            continue
        other = _package(holder.path, target)
        if other and other != package:
            yield rule.file_finding(
                use.span,
                f"a layer of {package} goes into a {holder.path.rpartition('.')[2]} of {other}",
                expected=f"a layer of {other}",
                actual=f"one of {package}",
                hint="import both from the same package",
                related=(Related(holder.span, f"made with {other}"),),
                lookup=_TWO if {package, other} == {"tf_keras", "keras"} else None,
            )


_TWO = Lookup(
    "import keras\nimport tf_keras\n"
    "assert issubclass(tf_keras.layers.Layer, keras.layers.Layer), 'two packages'\n",
    "two packages",
    "a layer of tf_keras is none of the installed Keras",
)
_ONE = Lookup(
    "import keras\nimport tensorflow\n"
    "assert keras.Model is not tensorflow.keras.Model, 'one package'\n",
    "one package",
    "tensorflow.keras is the installed Keras",
)


def _holds(path: str) -> bool:
    return path.rpartition(".")[2] in _STRUCTURES | _WRAPPERS


def _two_spellings(rule: Rule, names: FileNames, target: Target) -> Iterator[Finding]:
    """The imports in the spelling that fewer of them use, if it is the same package."""
    if not target.keras == target.tensorflow == "keras3":
        return
    plain = [use for use in names.imports if _from(use, "keras")]
    spelt = [use for use in names.imports if _from(use, "tensorflow.keras")]
    everything = [*plain, *spelt]
    if not plain or not spelt or any(use.guarded for use in everything):
        return
    statements = {use.statement: use for use in spelt}
    others = {use.statement for use in names.imports if use in plain or use.path == "keras"}
    few = plain if len(others) < len(statements) else spelt
    wanted = "tensorflow.keras" if few is plain else "keras"
    if not all(_exists(use, wanted, names, target) for use in few):
        return
    first: dict[Span, ImportUse] = {}
    for use in few:
        first.setdefault(use.statement, use)
    other = (plain if few is spelt else spelt)[0]
    for use in first.values():
        old = "tensorflow.keras" if few is spelt else "keras"
        module = wanted + use.module.removeprefix(old)
        finding = rule.file_finding(
            use.module_span,
            f"{use.module} and {other.module or other.path} are one Keras under two names",
            expected=module,
            actual=use.module,
            hint=f"import from {module}",
            related=(Related(other.statement, "the other spelling"),),
            fix=Fix(f"import from {module}", (Edit(use.module_span, module),)),
            lookup=_ONE,
        )
        yield replace(finding, level="info")


def _from(use: ImportUse, spelling: str) -> bool:
    return use.module == spelling or use.module.startswith(spelling + ".")


def _exists(use: ImportUse, spelling: str, names: FileNames, target: Target) -> bool:
    """Whether the other spelling has what an import gives, and what is used of it."""
    old = "tensorflow.keras" if spelling == "keras" else "keras"
    paths = [use.path, *(other.path for other in names.uses if other.base == use.path)]
    return (
        all(status(spelling + path.removeprefix(old), target).state == "found" for path in paths)
        and not use.star
    )


RULE = Rule(
    code="KER406",
    name="mixed-keras",
    level="warning",
    confirm="api",
    fix="safe",
    summary="objects of two Keras packages in one model, or one package under two names",
    check_file=check,
    public=(0, 0),
    invalid=(
        """\
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.models import Sequential
from keras.layers import Input  # expect: KER406

model = Sequential([Input((8,)), Dense(4), Dropout(0.1)])
""",
        """\
import keras
import tf_keras


def build():
    return keras.Sequential([
        keras.Input((8,)),
        tf_keras.layers.Dense(4),  # expect: KER406
    ])
""",
        """\
import tensorflow as tf
from tensorflow.keras import layers  # expect: KER406
from keras import regularizers
from keras.models import Sequential

model = Sequential([layers.Input((8,)), layers.Dense(1, kernel_regularizer=regularizers.L2())])
""",
    ),
    fixed=(
        """\
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Input

model = Sequential([Input((8,)), Dense(4), Dropout(0.1)])
""",
        "",
        """\
import tensorflow as tf
from keras import layers
from keras import regularizers
from keras.models import Sequential

model = Sequential([layers.Input((8,)), layers.Dense(1, kernel_regularizer=regularizers.L2())])
""",
    ),
    valid=(
        """\
import keras
import tf_keras



def images():
    return tf_keras.datasets.mnist.load_data()


model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
""",
        """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([tf.keras.Input((8,)), layers.Dense(4)])
model.compile(tf.keras.optimizers.Adam(), keras.losses.MeanSquaredError())
""",
        """\
from keras.layers import Dense, Input
from keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

model = Sequential([Input((8,)), Dense(4)])
""",
    ),
)
