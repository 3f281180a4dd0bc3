"""A Sequential with a layer that is not known: what comes before it stands, its output does not."""

from __future__ import annotations

from keras_lint.engine import check_text

PROGRAM = """
import keras, numpy as np
from keras import layers
from elsewhere import block

model = keras.Sequential()
model.add(keras.Input((32, 32, 3)))
model.add(layers.Conv2D(16, 3))
model.add(block())
model.add(layers.Dense(10, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((2, 32, 32, 3)), np.zeros(2))
"""


def test_nothing_is_said_of_its_output():
    result, analysis = check_text(PROGRAM, "program.py")
    assert result.findings == ()
    (graph,) = analysis.graphs
    assert not graph.followed
    assert graph.outputs == ()
    assert [graph.layer_of(call).cls for call in graph.calls.values()] == ["InputLayer", "Conv2D"]
