"""A model, or a part of one, that could not be followed.

What it does
    Tells for each model at which place the analysis lost it, and why.

Why it matters
    Nothing is said of what was not followed: it is neither right nor wrong as far as we know. Who
    wants to be sure that a file is clean can ask for these places.

When it stays silent
    Unless it is selected; ``--verbose`` and ``--statistics`` tell the same in other words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.findings import Finding
from keras_lint.model.spans import Span
from keras_lint.rules.base import Options, Rule

_NOWHERE = Span(1, 1, 1, 2)


def check(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each place at which a model was lost, the first of each model."""
    del options
    for index, graph in enumerate(analysis.graphs):
        if graph.kind == "fragment" or graph.followed or not graph.lost:
            continue
        placed = [item for item in graph.lost if item.span is not None]
        lost = min(placed, key=lambda item: item.span or _NOWHERE) if placed else graph.lost[0]
        place = lost.span or (graph.origin.span if graph.origin is not None else _NOWHERE)
        found = rule.file_finding(
            place,
            f"model '{graph.name}' is not followed further: {lost.reason}",
            expected="something the analysis can find out",
            actual=lost.reason,
            hint="nothing is said about what comes after this",
        )
        yield replace(found, graph=index, model=graph.name)


RULE = Rule(
    code="KER003",
    name="not-followed",
    level="info",
    confirm="none",
    default=False,
    summary="a model, or a part of one, that could not be followed: where and why",
    check_file=check,
    invalid=(
        """\
import os

import keras
from keras import layers

make = {"dropout": layers.Dropout}.get(os.name, layers.Dense)  # expect: KER003
inputs = keras.Input((8,))
model = keras.Model(inputs, make(1)(inputs))
""",
        """\
import os

import keras
from keras import layers

model = keras.Sequential([keras.Input((8,))])
for name in os.listdir("."):  # expect: KER003
    model.add(layers.Dense(4))
""",
        """\
import json

import keras
from keras import layers

sizes = json.loads("[4, 8]")  # expect: KER003
inputs = keras.Input((8,))
x = layers.Dense(sizes[0])(inputs)
model = keras.Model(inputs, x)
""",
    ),
    valid=(
        """\
import keras
from keras import layers

inputs = keras.Input((8,))
model = keras.Model(inputs, layers.Dense(4)(inputs))
""",
        """\
import keras
from keras import layers

model = keras.Sequential([keras.Input((8,))])
for size in (8, 4, 1):
    model.add(layers.Dense(size))
""",
        """\
import os

import keras
from keras import layers

print(os.listdir("."))
model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])
""",
    ),
)
