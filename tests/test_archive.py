"""``.keras`` archives: the graph read from the configuration is that of the model Keras saved."""

from __future__ import annotations

import io
import json
import os
import warnings
import zipfile
from math import prod
from pathlib import Path
from typing import Any

import pytest

from keras_lint.cli import main
from keras_lint.engine import analyse_text
from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.graph.memory import activations, weights_by_dtype
from keras_lint.graph.serialise import from_json

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HEADER = """\
import keras
from keras import layers
from keras.layers import Dense, LSTM
"""

PROGRAMS = {
    "sequential": """
m = keras.Sequential([keras.Input((28, 28, 1), name="image"), layers.Rescaling(1 / 255),
    layers.Conv2D(8, (3, 5), strides=2, padding="same", activation="relu"),
    layers.BatchNormalization(), layers.Flatten(), layers.Dropout(0.5),
    Dense(10, kernel_regularizer="l2", trainable=False)], name="it's \\"quoted\\"")
""",
    "built on data": """
m = keras.Sequential([Dense(3), Dense(2)])
m(keras.ops.zeros((2, 4)))
""",
    "states, wrappers, attention, operations": """
i = keras.Input((6, 8), name="i")
x, h, c = LSTM(4, return_sequences=True, return_state=True)(i)
x = LSTM(4, return_sequences=True)(x, initial_state=[h, c])
x = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum")(x)
x = layers.TimeDistributed(Dense(4, activation="gelu"))(x)
x = layers.MultiHeadAttention(2, 4)(x, x)
x = keras.ops.relu(x[:, 1:, ...] + 1.0) * 2
y = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])(x)
m = keras.Model({"i": i}, {"o": layers.Flatten()(x), "p": y})
""",
    "nested, shared and frozen": """
d = Dense(4, name="d")
j = keras.Input((4,))
inner = keras.Model(j, [d(j), Dense(2)(j)], name="inner")
base = keras.Sequential([keras.Input((4,)), Dense(4), layers.ReLU()], name="base")
base.trainable = False
a, b = keras.Input((4,)), keras.Input((4,))
p, q = inner(base(a))
r, s = inner(base(b))
e = Dense(4, name="e")
m = keras.Model([a, b], layers.Concatenate()([e(p), q, e(r), s]))
""",
    "shared by a wrapper": """
d = Dense(4)
i = keras.Input((6, 4))
m = keras.Model(i, d(layers.TimeDistributed(d)(i)))
""",
    "other dtypes": """
i = keras.Input((7,), dtype="int32")
x = layers.Embedding(100, 5)(i)
x = Dense(3, dtype="mixed_float16")(x)
x = layers.Dot(axes=(1, 1), dtype="float64")([x, x])
m = keras.Model(i, layers.UnitNormalization(axis=-1)(layers.Softmax(axis=(1, 2))(x)))
""",
    "image sizes": """
i = keras.Input((32, 32, 3))
x = layers.SeparableConv2D(8, 3)(i)
a = layers.Conv2D(8, 1)(layers.UpSampling2D()(layers.MaxPooling2D()(x)))
m = keras.Model(i, layers.GlobalAveragePooling2D(keepdims=True)(layers.Add()([a, x])))
""",
}


def built(program: str) -> Any:
    import keras

    keras.backend.clear_session()
    names: dict[str, Any] = {}
    exec(HEADER + program, names)  # our own programs, above
    return names["m"]


def read(content: bytes) -> LayerGraph:
    (graph,) = analyse_text(content, "m.keras").graphs
    return graph


@pytest.mark.keras
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_graph_of_an_archive_is_the_model(program: str, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    from keras_lint.verify.child.graphs import GraphWriter
    from keras_lint.verify.child.record import Recorder

    warnings.simplefilter("ignore")
    path = tmp_path / "m.keras"
    built(program).save(path)
    graph = read(path.read_bytes())
    with zipfile.ZipFile(path) as saved:  # loading the weights as well fails for shared layers
        model = keras.saving.deserialize_keras_object(json.loads(saved.read("config.json")))
    assert graph.followed, graph.lost
    assert difference(graph, from_json(GraphWriter(Recorder()).model(model))) == []
    assert graph.total_params == model.count_params()
    assert graph.trainable_params == sum(prod(w.shape) for w in model.trainable_weights)


@pytest.mark.keras
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_memory_is_that_of_the_tensors(program: str) -> None:
    pytest.importorskip("tensorflow")
    warnings.simplefilter("ignore")
    model = built(program)
    graph = analyse_text(HEADER + program, "p.py").graphs
    ours = [one for one in graph if one.kind != "fragment"][-1]
    if not ours.followed:  # built on data: nothing is claimed
        assert weights_by_dtype(ours) is None
        assert isinstance(activations(ours), str)
        return
    sizes: dict[str, int] = {}
    for weight in model.weights:
        array = weight.numpy()
        sizes[array.dtype.name] = sizes.get(array.dtype.name, 0) + array.nbytes
    assert weights_by_dtype(ours) == sizes
    unknown = "what dense gives is not known"  # under a mixed policy
    assert activations(ours) == (unknown if "mixed" in program else tensor_bytes(model))


def tensor_bytes(model: Any) -> int:
    """Bytes of one sample of every tensor that the calls of a model give, InputLayers included."""
    import keras
    import numpy as np

    total = 0
    functional = getattr(model, "_functional", None) or model
    for node in [node for level in functional._nodes_by_depth.values() for node in level]:
        layer = node.operation
        if isinstance(layer, keras.Model):
            inner = getattr(layer, "_functional", None) or layer
            inputs = sum(size(np, tensor) for tensor in inner.inputs)
            total += tensor_bytes(layer) - inputs
        else:
            total += sum(size(np, tensor) for tensor in node.output_tensors)
    return total


def size(np: Any, tensor: Any) -> int:
    width = 2 if tensor.dtype == "bfloat16" else np.dtype(tensor.dtype).itemsize
    return int(prod(tensor.shape[1:]) * width)


@pytest.mark.keras
def test_own_classes_are_opaque_and_nothing_of_them_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")

    class Net(keras.Model):
        def call(self, x: Any) -> Any:
            return x

    class Own(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return x

    net = Net(name="mine")
    net(keras.ops.zeros((2, 3)))
    net.save(tmp_path / "net.keras")
    graph = read((tmp_path / "net.keras").read_bytes())
    assert (graph.name, graph.kind, graph.followed) == ("mine", "subclass", False)
    assert "code of its author" in graph.lost[0].reason
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), Own(), Net()])
    inner.save(tmp_path / "inner.keras")
    graph = read((tmp_path / "inner.keras").read_bytes())
    assert not graph.followed
    assert "code of its author" in graph.lost[0].reason
    assert main(["summary", str(tmp_path / "inner.keras")]) == 0
    assert "(partly followed)" in capsys.readouterr().out


def archive(config: str | bytes, metadata: str = '{"keras_version": "3.15.1"}') -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("metadata.json", metadata)
        made.writestr("config.json", config)
    return file.getvalue()


def sequential(*layers: Any) -> str:
    return json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": layers}})


def layer(name: str, /, **config: Any) -> Any:
    return {"module": "keras.layers", "class_name": name, "config": config}


def calls(*nodes: Any) -> str:
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": ["d", 0, 0]}}
    dense = {
        **layer("Dense", units=1),
        "name": "d",
        "inbound_nodes": [{"args": [tensor], "kwargs": {}}],
    }
    config = {"name": "m", "layers": [dense, *nodes], "input_layers": [], "output_layers": []}
    return json.dumps({"class_name": "Functional", "config": config})


NO_SHAPE = layer("InputLayer", name="i")
HOSTILE = {
    "not a zip": (b"keras", "not a readable zip archive"),
    "cut off": (archive(sequential())[:60], "not a readable zip archive"),
    "no configuration": (archive("{}").replace(b"config", b"konfig"), "it has no config.json"),
    "HDF5": (b"\x89HDF\r\n\x1a\n\0keras", "an HDF5 file: of saved models, .keras"),
    "not JSON": (archive("{"), "config.json is not JSON"),
    "not text": (archive(b"\xff\xfe\xfa"), "config.json is not JSON"),
    "not an object": (archive("[]"), "config.json holds no object"),
    "nested deeply": (archive("[" * 300_000), "config.json is "),
    "a bomb": (archive(b" " * (65 * 1024 * 1024)), "config.json is larger than 64 MiB"),
    "Keras 2": (archive("{}", '{"keras_version": "2.15.0"}'), "saved by Keras 2.15.0"),
    "other keys": (archive('{"class_name": 3}'), "config.json is not what Keras writes"),
    "a list as configuration": (
        archive('{"class_name": "Sequential", "config": []}'),
        "the configuration of Sequential is no object",
    ),
    "code for a class": (
        archive(sequential(layer("Dense(1); import os #"))),
        "'Dense(1); import os #' is no name",
    ),
    "code for an argument": (
        archive(sequential(layer("Dense", **{"units=1, x": 1}))),
        "is no name",
    ),
    "a shape that is none": (archive(sequential(NO_SHAPE)), "config.json is not what Keras writes"),
    "a circle": (archive(calls()), "the calls of 'd' wait for each other"),
}


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("command", ["summary", "graph"])
def test_a_hostile_archive_gives_one_clear_line(
    content: bytes, reason: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    assert main([command, str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"keras-lint: {path}: ")
    assert reason in err
    assert err.count("\n") == 1


def test_text_in_an_archive_stays_text() -> None:
    name = "\"'); import os; os.abort() #\n\ud800{}\\"
    dense = layer("Dense", units=2, name=name)
    graph = read(archive(sequential(layer("InputLayer", batch_shape=[None, 3], name="i"), dense)))
    assert [one.name for one in graph.layers.values()] == ["i", name]
    assert graph.total_params == 8


def test_archives_can_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = layer("InputLayer", batch_shape=[None, 3], name="i")
    for units in (2, 4):
        content = archive(sequential(start, layer("Dense", units=units, name="d")))
        (tmp_path / f"{units}.keras").write_bytes(content)
    assert main(["diff", str(tmp_path / "2.keras"), str(tmp_path / "4.keras")]) == 1
    assert "units 2 → 4" in capsys.readouterr().out
