"""An Embedding with fewer rows than there are words.

What it does
    Finds an ``Embedding`` that is given numbers of words which its table has no row for: from
    arrays whose numbers are known (``imdb.load_data(num_words=...)``), and from layers that number
    words or values (``TextVectorization``, ``StringLookup``, ``IntegerLookup``, ``Hashing``).

Why it matters
    On the CPU TensorFlow raises at the first such word; on a GPU the word gets zeros without a
    word said, and nothing is learned of it.

When it stays silent
    When the numbers are not known. Of ``num_words`` it is taken for granted that the rarest words
    occur. Rows that are too many do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode
from keras_lint.model.data import ArraySpec, of_dtype
from keras_lint.model.findings import Finding, Related
from keras_lint.rules.base import Options, Rule
from keras_lint.rules.flow import call_span, display
from keras_lint.rules.training import fed, first_users, step_finding, steps

_PASSED = frozenset(("Flatten", "Permute", "Reshape"))
_COUNTS = {
    "Hashing": "num_bins",
    "IntegerLookup": "max_tokens",
    "StringLookup": "max_tokens",
    "TextVectorization": "max_tokens",
}
"""Layers that number words, and the argument that says how many numbers there are."""


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each Embedding that is too small."""
    del options
    for number, graph in enumerate(analysis.graphs):
        for call in graph.calls.values():
            words = _numbered(graph.layer_of(call))
            for user in _too_small(graph, call, words):
                span, before = call_span(graph, user), call_span(graph, call)
                if span is not None:
                    table = graph.layer_of(user)
                    numbering = display(graph.layer_of(call))
                    found = rule.finding(
                        graph,
                        span,
                        f"{display(table)} has {table.config['input_dim']} rows, but {numbering} "
                        f"gives numbers up to {words - 1}",
                        call=user,
                        expected=f"input_dim={words}",
                        actual=f"input_dim={table.config['input_dim']}",
                        hint=f"write input_dim={words}",
                        related=() if before is None else (Related(before, "the numbers"),),
                    )
                    yield replace(found, graph=number)
    seen = set()
    for index, step, graph in steps(analysis):
        if step.problem is not None:
            continue
        for call, array in fed(graph, step):
            words = _highest(array) + 1
            for user in _too_small(graph, call, words):
                table, place = graph.layer_of(user), call_span(graph, user)
                if (step.graph, table.id) in seen:
                    continue
                seen.add((step.graph, table.id))
                yield step_finding(
                    rule,
                    analysis,
                    index,
                    f"{display(table)} has {table.config['input_dim']} rows, but the numbers "
                    f"that it is given reach {words - 1}",
                    span=place or step.span,
                    call=user,
                    expected=f"input_dim={words}",
                    actual=f"input_dim={table.config['input_dim']}",
                    hint=f"write input_dim={words}, or keep fewer words",
                    related=(Related(step.spans.get("x", step.span), "the numbers"),),
                )


def _too_small(graph: LayerGraph, call: CallNode, words: int) -> Iterator[CallNode]:
    """The Embeddings that get what ``call`` gives and have fewer rows than ``words``."""
    if words < 1:
        return
    for user in first_users(graph, call, _PASSED):
        layer = graph.layer_of(user)
        rows = layer.config.get("input_dim")
        if layer.cls == "Embedding" and isinstance(rows, int) and rows < words:
            yield user


def _numbered(layer: LayerNode) -> int:
    """How many numbers a layer gives that numbers words; 0 where that is not known."""
    count = layer.config.get(_COUNTS.get(layer.cls, ""))
    if layer.config.get("output_mode", "int") != "int" or not isinstance(count, int):
        return 0
    return count


def _highest(array: ArraySpec) -> int:
    """The greatest number of a word; -1 where that is not known."""
    numbers = array.numbers
    high, low = numbers.high, numbers.low
    if high is None or low is None or low < 0 or not numbers.whole:
        return -1
    by_dtype = not numbers.attained and of_dtype(array.dtype).high == high
    return -1 if by_dtype else int(high)


def _reviews(rows: str, words: str, mark: str = "") -> str:
    return f"""\
import keras
from keras import layers


def train(epochs):
    (x, y), _ = keras.datasets.imdb.load_data(num_words={words})
    x = keras.utils.pad_sequences(x, maxlen=200)
    model = keras.Sequential([
        keras.Input((200,)),
        layers.Embedding({rows}, 16),{mark}
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy", optimizer="adam")
    return model.fit(x, y, epochs=epochs)
"""


def _hashed(bins: int, rows: int, mark: str = "") -> str:
    return f"""\
import keras
from keras import layers

words = keras.Input((8,), dtype="string")
numbers = layers.Hashing(num_bins={bins})(words)
vectors = layers.Embedding({rows}, 4)(numbers){mark}
model = keras.Model(words, layers.Flatten()(vectors))
"""


_MARK = "  # expect: KER313"

RULE = Rule(
    code="KER313",
    name="embedding-too-small",
    level="warning",
    confirm="graph",
    summary="an Embedding with fewer rows than there are words",
    check_file=check,
    invalid=(
        _reviews("5000", "10000", _MARK),
        _hashed(100, 50, _MARK),
        """\
import numpy as np
import keras


def train(epochs):
    x, y = np.arange(60).reshape(20, 3), np.zeros((20, 1))
    model = keras.Sequential([keras.Input((3,))])
    model.add(keras.layers.Embedding(59, 8))  # expect: KER313
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(1))
    model.compile(loss="mse", optimizer="sgd")
    return model.fit(x, y, epochs=epochs)
""",
    ),
    valid=(
        _reviews("10000", "10000"),
        _hashed(100, 100),
        """\
import numpy as np
import keras

x, y = np.random.randint(0, 50, (20, 3)), np.zeros((20, 1))
model = keras.Sequential([keras.layers.Embedding(50, 8), keras.layers.Flatten()])
model.add(keras.layers.Dense(1))
model.compile(loss="mse", optimizer="sgd")
model.fit(x, y, verbose=0)
""",
    ),
)
