"""``Input`` and ``InputLayer``: the tensor they make, against the installed Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_lint.interp import analyse
from keras_lint.keras_api import dtypes
from keras_lint.keras_api.base import Config
from keras_lint.keras_api.layers.core import InputLayer, input_type
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import FREE
from keras_lint.model.outcomes import Mismatch
from keras_lint.source.reader import parse

pytestmark = pytest.mark.keras

SHAPES = (
    {"shape": (3,)},
    {"shape": [None, 5]},
    {"shape": ()},
    {"shape": (0,)},
    {"shape": 3},
    {"shape": (3, -1)},
    {"shape": (3, "x")},
    {"shape": (3, 2.5)},
    {"batch_shape": (2, None, 3)},
    {"batch_shape": ()},
    {"batch_shape": (-2, 3)},
    {"batch_shape": 3},
    {"shape": (3,), "batch_shape": (None, 3)},
    {"shape": (3,), "batch_size": 7},
    {"shape": (3,), "batch_size": 0},
    {"shape": (3,), "batch_size": -1},
    {"shape": (3,), "batch_size": 2.5},
    {"batch_shape": (2, 3), "batch_size": 2},
    {"batch_size": 3},
    {},
)
REST = (
    {},
    {"dtype": "int32"},
    {"dtype": "int"},
    {"dtype": "string"},
    {"dtype": "float"},
    {"dtype": "mixed_float16"},
    {"dtype": "floatt32"},
    {"sparse": True},
    {"ragged": True},
    {"sparse": True, "ragged": True},
    {"sparse": True, "ragged": False},
    {"optional": True},
    {"name": "a_b.c d"},
    {"name": "a/b"},
    {"name": 7},
)
OLD = (
    {"input_shape": (3,)},
    {"batch_input_shape": (2, 3)},
    {"input_shape": (3,), "shape": (4,)},
    {"input_shape": (3,), "batch_input_shape": (2, 3)},
)


def ours(name, args):
    try:
        made = input_type(InputLayer(), Config(bind(name, (), args)))
    except Mismatch as mismatch:
        return mismatch.problem.exceptions
    return tuple(None if d is FREE else d for d in made.shape.dims), made.dtype


def theirs(name, args):
    try:
        if name == "keras.Input":
            tensor = keras.Input(**args)
        else:
            tensor = keras.layers.InputLayer(**args).output
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is the answer
        return error
    return tuple(tensor.shape), tensor.dtype


@pytest.mark.parametrize("name", ["keras.Input", "keras.layers.InputLayer"])
def test_input_is_what_keras_makes(name):
    cases = [{**shape, **rest} for shape in SHAPES for rest in REST]
    cases += OLD
    for args in cases:
        expected, found = theirs(name, args), ours(name, args)
        if isinstance(expected, Exception):
            assert type(expected).__name__ in found, (args, expected)
        else:
            assert found == expected, args


LIBRARIES = {
    "numpy": np,
    "tensorflow": tf,
    "tensorflow.dtypes": tf.dtypes,
    "builtins": __builtins__,
}
TYPES = sorted(dtypes.NAMES | {"bool_", "double", "single", "half", "int", "float", "str", "int_"})


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_types_by_path(library):
    names = vars(LIBRARIES[library]) if library != "builtins" else LIBRARIES[library]
    known = 0
    for name in filter(names.__contains__, TYPES):
        found = dtypes.by_path(f"{library}.{name}")
        try:
            expected = keras.backend.standardize_dtype(names[name])
        except ValueError:
            expected = None
        assert found in (None, expected), name
        known += found is not None
    assert known >= 4


def test_data_types_by_name():
    for name in [*TYPES, "mixed_float16", "f4", ""]:
        try:
            expected = keras.backend.standardize_dtype(name)
        except ValueError:
            expected = None
        assert dtypes.standard(name) == expected, name


FORMS = (
    "keras.Input((4,), 2, 'int32')",
    "keras.Input((4,), dtype=tf.int32)",
    "keras.Input((4,), dtype=np.uint8)",
    "keras.Input((4,), dtype=float)",
    "keras.Input((4,), dtype=tf.string, sparse=True)",
    "keras.Input((None, 4), ragged=True, name='words')",
    "keras.Input(batch_shape=[3, 4], optional=True)",
    "keras.layers.Input(shape=(4, 5), dtype=tf.dtypes.float16)",
    "keras.layers.InputLayer(input_shape=(4,), dtype='int64').output",
    "keras.layers.InputLayer(batch_shape=(None, 4), sparse=True).output",
)


def test_forms_as_they_are_written():
    lines = ["import keras", "import numpy as np", "import tensorflow as tf"]
    lines += [f"m{n} = keras.Model(i{n} := {form}, i{n})" for n, form in enumerate(FORMS)]
    graphs = analyse(parse("program.py", "\n".join(lines) + "\n")).graphs
    assert len(graphs) == len(FORMS)
    for form, graph in zip(FORMS, graphs, strict=True):
        tensor = eval(form, {"keras": keras, "np": np, "tf": tf})
        (call,) = graph.calls.values()
        (made,) = call.output_types
        shape = tuple(None if d is FREE else d for d in made.shape.dims or ("?",))
        assert (shape, made.dtype) == (tuple(tensor.shape), tensor.dtype), form
        assert graph.followed, form


AROUND = {
    "keras.Input(tensor=np.zeros((2, 4)))": "ValueError",
    "keras.Input((4,), tensor=tf.zeros((2, 4)))": "ValueError",
    "keras.layers.InputLayer(input_tensor=np.ones((2, 4)))": "ValueError",
    "keras.Input(tensor=keras.layers.Dense(3)(keras.Input((4,))))": "",
}


def test_inputs_around_tensors():
    """Arrays are refused; a symbolic tensor changes its place, which is not followed."""
    for form, raised in AROUND.items():
        text = "import keras\nimport numpy as np\nimport tensorflow as tf\n"
        text += f"x = {form}\nm = keras.Model(x, keras.layers.Dense(2)(x))\n"
        analysis = analyse(parse("program.py", text))
        problems = [graph.problem for graph in analysis.graphs if graph.problem]
        problems += [call.problem for graph in analysis.graphs for call in graph.problems()]
        assert [p.exceptions for p in problems] == [(raised,)] * bool(raised), form
        assert not any(graph.followed for graph in analysis.graphs)
        if raised:
            with pytest.raises(ValueError, match="must be a KerasTensor"):
                exec(text, {})
        else:
            exec(text, {})


def test_a_tensor_made_an_input_leaves_its_model():
    text = (
        "import keras\nx = keras.Input((4,))\nh = keras.layers.Dense(3)(x)\n"
        "keras.Input(tensor=h)\nm = keras.Model(x, keras.layers.Dense(2)(h))\n"
    )
    assert not any(graph.followed for graph in analyse(parse("program.py", text)).graphs)
    with pytest.raises(ValueError, match="not connected"):
        exec(text, {})
