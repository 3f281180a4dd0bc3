"""A reshape to another number of elements, or a permutation that is none.

What it does
    Finds Reshape, Permute, ``keras.ops.reshape`` and ``keras.ops.transpose`` whose target does not
    fit the tensor: another number of elements, or axes that are missing, double or out of range.

Why it matters
    Reshaping only groups the same numbers anew. A target computed for another image size, or that
    includes the batch, cannot be reached, and Keras refuses it.

When it stays silent
    When the number of elements is not known, and where one ``-1`` can make up for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.findings import Finding
from keras_lint.rules.base import Rule
from keras_lint.rules.flow import refusals, refuser


def check(rule: Rule, graph: LayerGraph) -> Iterator[Finding]:
    """One finding for each reshape or permutation that Keras refuses."""
    for problem, call, span in refusals(graph, "reshape"):
        root = problem.root
        moves = root.layer in ("Permute", "Transpose")
        yield rule.finding(
            graph,
            span,
            f"{refuser(graph, problem, call)} cannot turn {root.actual}: it needs {root.expected}"
            if not moves
            else f"{refuser(graph, problem, call)} got {root.actual}, but needs {root.expected}",
            call=call,
            expected=root.expected,
            actual=root.actual,
            hint=problem.hint
            or (
                "name each axis once; Permute counts them from 1 and leaves the batch out"
                if moves
                else "make the products of both shapes equal, or let one length be -1; "
                "the batch is not part of target_shape"
            ),
        )


RULE = Rule(
    code="KER106",
    name="reshape-mismatch",
    level="error",
    confirm="raise",
    summary="a tensor is reshaped to another number of elements, or its axes permuted wrongly",
    check=check,
    public=(0, 0),
    invalid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, Reshape

model = Sequential([
    Input((100,)),
    Dense(7 * 7 * 128),
    Reshape((7, 7, 256)),  # expect: KER106
])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((10, 4))
outputs = layers.Permute((1, 3))(inputs)  # expect: KER106
model = keras.Model(inputs, outputs)
""",
        """\
import keras
from keras import ops

inputs = keras.Input((10, 4))
outputs = ops.transpose(inputs, (1, 0))  # expect: KER106
model = keras.Model(inputs, outputs)
""",
    ),
    valid=(
        """\
from keras.models import Sequential
from keras.layers import Dense, Input, Reshape

model = Sequential([Input((100,)), Dense(7 * 7 * 128), Reshape((7, 7, -1))])
""",
        """\
import keras
from keras import layers

inputs = keras.Input((None, 4))
outputs = layers.Permute((2, 1))(layers.Reshape((-1, 2))(inputs))
model = keras.Model(inputs, outputs)
""",
        """\
import keras
from keras import ops

inputs = keras.Input((10, 4))
model = keras.Model(inputs, ops.reshape(inputs, (-1, 2, 20)))
""",
    ),
)
