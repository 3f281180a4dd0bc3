"""Which names of Keras a file uses, where, and where nothing can be said."""

from __future__ import annotations

import pytest

from keras_lint.engine import analyse_text
from keras_lint.model.names import FileNames, NameUse
from keras_lint.model.spans import Span


def names(text: str) -> FileNames:
    return analyse_text(text, "program.py").names


def uses(text: str) -> list[tuple[str, bool]]:
    return [(use.path, use.guarded) for use in names(text).uses]


def cut(text: str, span: Span) -> str:
    lines = text.split("\n")
    assert span.line == span.end_line
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("import keras\nkeras.layers.Dense(1)", "keras.layers.Dense"),
        ("import keras.layers\nkeras.layers.Dense(1)", "keras.layers.Dense"),
        ("import keras.layers as L\nL.Dense(1)", "keras.layers.Dense"),
        ("import tensorflow as tf\ntf.keras.layers.Dense(1)", "tensorflow.keras.layers.Dense"),
        ("from tensorflow import keras as K\nK.layers.Dense", "tensorflow.keras.layers.Dense"),
        ("from tf_keras.layers import Dense as D\nD(1)", "tf_keras.layers.Dense"),
        ("from keras.layers import *\nDense(1)", "keras.layers.Dense"),
        ("import keras\nl = keras.layers\ndef f():\n    l.Dense", "keras.layers.Dense"),
        ("def f():\n    from keras import layers\n    return layers.Dense", "keras.layers.Dense"),
        ("from keras import layers\nclass A(layers.Dense):\n    pass", "keras.layers.Dense"),
        ("from keras import layers\nf = lambda x, y=layers.Dense: 0", "keras.layers.Dense"),
        ("from keras import layers\n[layers.Dense(n) for n in (1, 2)]", "keras.layers.Dense"),
        ("if 1:\n    from keras import layers\nlayers.Dense", "keras.layers.Dense"),
    ],
)
def test_every_spelling_is_resolved(text: str, path: str) -> None:
    found = uses(text)
    assert (path, False) in found
    assert not any(guarded for _, guarded in found)


@pytest.mark.parametrize(
    "text",
    [
        "import layers\nlayers.Dense(1)",
        "from .keras import layers\nlayers.Dense(1)",
        "from keras import layers\nlayers = mine\nlayers.Dense(1)",
        "from keras import layers\ndef f(layers):\n    layers.Dense(1)",
        "from keras import layers\nfor layers in ():\n    pass\nlayers.Dense(1)",
        "from keras.layers import *\nfrom mine import *\nDense(1)",
        "from keras import layers\ndef f():\n    global layers\n    layers = 1\nlayers.Dense(1)",
        "from keras import layers\nlayers.Dense = 3\nlayers.Dense(1)",
        "import keras\nhasattr(keras.layers, 'Dense')\nkeras.layers.Dense(1)",
        "try:\n    import keras\nexcept ImportError:\n    import mine as keras\nkeras.layers.Dense",
        "from keras import layers\nwith x as layers:\n    layers.Dense(1)",
        "from keras import layers\n(layers := 3)\nlayers.Dense(1)",
    ],
)
def test_what_may_be_something_else_is_not_told(text: str) -> None:
    assert not [path for path, _ in uses(text) if path.endswith("Dense")]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from keras.layers import Dense\nexcept ImportError:\n    Dense = 1\n",
        "import keras\ntry:\n    keras.Dense\nexcept AttributeError:\n    pass",
        "import keras\nif keras.__version__ < '3':\n    keras.Dense",
        "import keras\nif hasattr(keras, 'ops'):\n    pass\nelse:\n    keras.Dense",
        "import keras\nold = keras.__version__ < '3'\nif old:\n    keras.Dense",
        "import keras\nx = keras.Dense if hasattr(keras, 'ops') else 1",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from keras import Dense\n\nDense",
        "import keras\ntry:\n    pass\nexcept:\n    keras.Dense",
    ],
)
def test_code_that_is_prepared_is_marked(text: str) -> None:
    found = names(text)
    said = [use.guarded for use in found.uses if use.path.endswith("Dense")]
    said += [use.guarded for use in found.imports if use.path.endswith("Dense")]
    assert all(said)


def test_places_are_those_of_the_text() -> None:
    text = (
        "from keras.layers.core import (Dense as D, Flatten)\n"
        "import tensorflow as tf\n"
        "é = 'ü'; model = tf.keras.Sequential(); model.add(D(8, init='é', b=tf.nn.relu))\n"
    )
    found = names(text)
    first, second, whole = found.imports
    assert cut(text, first.span) == "Dense"
    assert cut(text, second.span) == "Flatten"
    assert cut(text, first.module_span) == "keras.layers.core"
    assert cut(text, first.statement) == text.split("\n")[0]
    assert (first.name, first.renamed, first.names) == ("D", True, 2)
    assert (whole.path, whole.name) == ("tensorflow", "tf")
    by_path: dict[str, NameUse] = {use.path: use for use in found.uses}
    sequential = by_path["tensorflow.keras.Sequential"]
    assert [cut(text, part) for part in sequential.parts] == ["tf.keras", "tf.keras.Sequential"]
    dense = by_path["keras.layers.core.Dense"]
    assert dense.call is not None
    init, other = dense.call.keyword("init"), dense.call.keyword("b")
    assert init is not None
    assert other is not None
    assert (cut(text, init.span), cut(text, init.value), init.literal) == ("init='é'", "'é'", "é")
    assert other.path == "tensorflow.nn.relu"
    units = dense.call.positional(0)
    assert units is not None
    assert units.literal == 8
    (add,) = found.methods
    assert (add.owner, add.name, cut(text, add.span)) == ("keras.Sequential", "add", "add")


def test_methods_of_models_from_anywhere() -> None:
    text = """\
import keras

def build():
    inputs = keras.Input((4,))
    return keras.Model(inputs, keras.layers.Dense(1)(inputs))

class Trainer:
    def __init__(self):
        self.model = build()

    def run(self, data, other):
        self.model.fit_generator(data)
        other.fit_generator(data)

Trainer().run(1, 2)
"""
    assert [(use.owner, use.name) for use in names(text).methods] == [
        ("keras.Model", "fit_generator")
    ]
