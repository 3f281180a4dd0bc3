"""The data sets against the loaders of the installed Keras, and models built on them."""

from __future__ import annotations

import gzip
import importlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from interp.lib import (
    built,
    described,
    described_by_keras,
    output_shapes,
    reasons,
    shapes_by_keras,
    the_model,
    values_of,
)

from keras_lint.keras_api.datasets import NAMES, dataset
from keras_lint.model.data import ArraySpec, Numbers

SAMPLES = 30
"""Samples in the files made here."""
SPLIT = ("reuters", "boston_housing", "california_housing")


def _sequences(count: int) -> Any:
    made = np.empty(count, dtype=object)
    for index in range(count):
        made[index] = list(range(1, 2 + index % 5))
    return made


def _images(count: int) -> Any:
    return np.arange(count * 784, dtype="uint8").reshape(count, 28, 28)


def _cifar(folder: Path, name: str) -> Path:
    """The pickled batches as CIFAR's archives hold them; the loader fixes their sizes."""
    if name == "cifar10":
        inner, sizes, keys = "cifar-10-batches-py", 10000, ("labels",)
        files = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
        counts = dict.fromkeys(files, sizes)
    else:
        inner, keys = "cifar-100-python", ("fine_labels", "coarse_labels")
        counts = {"train": 50000, "test": 10000}
    (folder / inner).mkdir()
    for file, count in counts.items():
        labels = {key.encode(): [i % 10 for i in range(count)] for key in keys}
        content = {b"data": np.zeros((count, 3072), dtype="uint8"), **labels}
        (folder / inner / file).write_bytes(pickle.dumps(content))
    return folder


def stored(name: str, folder: Path) -> Any:
    """A small file in the format of the real one; what Keras's ``get_file`` is to give."""
    if name.startswith("cifar"):
        return lambda *_, **__: str(_cifar(folder, name))
    if name == "fashion_mnist":

        def one(file: str, **_: Any) -> str:
            images = "images" in file
            data = _images(SAMPLES) if images else np.arange(SAMPLES, dtype="uint8") % 10
            with gzip.open(folder / file, "wb") as stream:
                stream.write(bytes(16 if images else 8) + data.tobytes())
            return str(folder / file)

        return one
    labels = np.arange(SAMPLES, dtype="uint8") % 10
    words = {"x_train": _sequences(SAMPLES), "x_test": _sequences(SAMPLES)}
    numbers = np.arange(SAMPLES, dtype="int64") % 2
    arrays = {
        "mnist": {"x_train": _images(SAMPLES), "y_train": labels},
        "imdb": {**words, "y_train": numbers, "y_test": numbers},
        "reuters": {"x": _sequences(SAMPLES), "y": numbers},
        "boston_housing": {"x": np.zeros((SAMPLES, 13)), "y": np.zeros(SAMPLES)},
        "california_housing": {
            "x": np.zeros((20640, 8), "float32"),
            "y": np.zeros(20640, "float32"),
        },
    }[name]
    if name == "mnist":
        arrays |= {"x_test": _images(SAMPLES), "y_test": labels}
    np.savez(folder / "data.npz", **arrays)
    return lambda *_, **__: str(folder / "data.npz")


@pytest.mark.parametrize("name", NAMES)
def test_the_loader_gives_such_arrays(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(f"keras.src.datasets.{name}")
    monkeypatch.setattr(module, "get_file", stored(name, tmp_path))
    (x_train, y_train), (x_test, y_test) = module.load_data()
    facts = dataset(name, {})
    assert facts is not None
    pairs = (
        (x_train, facts.x_train),
        (y_train, facts.y_train),
        (x_test, facts.x_test),
        (y_test, facts.y_test),
    )
    for array, fact in pairs:
        assert array.dtype == fact.dtype
        assert array.shape[1:] == fact.shape[1:]
        if name.startswith(("cifar", "california")):
            assert array.shape == fact.shape
    if name in SPLIT and name != "california_housing":
        assert len(x_train) == int(SAMPLES * 0.8)


@pytest.mark.parametrize("split", [0.0, 0.1, 0.25, 0.3, 0.99])
def test_a_split_cuts_as_the_loader_cuts(
    split: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("keras.src.datasets.california_housing")
    monkeypatch.setattr(module, "get_file", stored("california_housing", tmp_path))
    (x_train, _), (x_test, _) = module.load_data(test_split=split)
    facts = dataset("california_housing", {"test_split": split})
    assert facts is not None
    assert facts.x_train.shape == x_train.shape
    assert facts.x_test.shape == x_test.shape
    (x_train, _), (x_test, _) = module.load_data(version="small")
    facts = dataset("california_housing", {"version": "small"})
    assert facts is not None
    assert (facts.x_train.shape, facts.x_test.shape) == (x_train.shape, x_test.shape)


def test_what_is_not_known() -> None:
    assert dataset("imdb", {"maxlen": 100}) is None
    assert dataset("mnist", {"path": "mine.npz"}) is None
    assert dataset("boston_housing", {"test_split": 1}) is None
    assert dataset("cifar100", {"label_mode": "other"}) is None
    assert dataset("emnist", {}) is None


LOAD = """
import numpy as np
import keras
from keras import layers
(x_train, y_train), (x_test, y_test) = keras.datasets.{name}.load_data({args})
{lines}
model = keras.Sequential([keras.Input({shape}), layers.Dense({units})])
"""
TABLE = [
    ("mnist", "", "", "x_train.shape[1:]", "len(np.unique(y_train))", ((28, 28), 10)),
    (
        "cifar10",
        "",
        "y_train = y_train.flatten().astype('int32')",
        "x_train.shape[1:]",
        "np.unique(y_train).size",
        ((32, 32, 3), 10),
    ),
    ("mnist", "", "", "x_test[0].shape", "np.max(y_train) + 1", ((28, 28), 10)),
    ("mnist", "", "x_train = x_train / 255.", "x_train.shape[1:]", "10", ((28, 28), 10)),
    ("mnist", "", "x_train = x_train[..., None]", "x_train.shape[1:]", "3", ((28, 28, 1), 3)),
    (
        "mnist",
        "",
        "x_train = np.expand_dims(x_train.astype('float32') / 255, -1)",
        "x_train.shape[1:]",
        "4",
        ((28, 28, 1), 4),
    ),
    (
        "mnist",
        "",
        "x_train = x_train.reshape(len(x_train), -1)",
        "x_train.shape[1:]",
        "4",
        ((784,), 4),
    ),
    (
        "cifar10",
        "",
        "y_train = keras.utils.to_categorical(y_train)",
        "x_train.shape[1:]",
        "y_train.shape[1]",
        ((32, 32, 3), 10),
    ),
    (
        "cifar100",
        "label_mode='coarse'",
        "y_train = keras.utils.to_categorical(y_train)",
        "x_train[:50].shape[1:]",
        "y_train.shape[-1]",
        ((32, 32, 3), 20),
    ),
    (
        "imdb",
        "num_words=500",
        "x_train = keras.utils.pad_sequences(x_train[:90], maxlen=80)",
        "x_train.shape[1:]",
        "5",
        ((80,), 5),
    ),
    (
        "boston_housing",
        "",
        "x_train = keras.utils.normalize(x_train)",
        "(x_train.shape[1],)",
        "1",
        ((13,), 1),
    ),
]


@pytest.mark.parametrize(("name", "args", "lines", "shape", "units", "expected"), TABLE)
def test_models_are_followed_with_numbers(
    name: str,
    args: str,
    lines: str,
    shape: str,
    units: str,
    expected: tuple[tuple[int, ...], int],
) -> None:
    followed = the_model(LOAD.format(name=name, args=args, lines=lines, shape=shape, units=units))
    assert reasons(followed) == []
    plain = f"import keras\nm = keras.Sequential([keras.Input({expected[0]}), "
    plain += f"keras.layers.Dense({expected[1]})])\n"
    assert [row[::2] for row in described(followed)] == [
        row[::2] for row in described_by_keras(built(plain)[-1])
    ]
    assert output_shapes(followed) == shapes_by_keras(built(plain)[-1])


@pytest.mark.parametrize(
    "change",
    [
        "y_train[y_train > 3] = 0",
        "np.random.shuffle(y_train)",
        "y_train = y_train[:5]",
        "y_train += 1",
        "y_train = y_train.astype('bool')",
        "y_train = y_train.clip(0, 3)",
    ],
)
def test_changed_labels_have_no_known_classes(change: str) -> None:
    program = LOAD.format(
        name="mnist", args="", lines=change, shape="(4,)", units="len(np.unique(y_train))"
    )
    assert reasons(the_model(program))


UTILITIES = [
    ("to_categorical", "np.arange(4) % 3, 3"),
    ("to_categorical", "np.zeros((5, 1)), 7"),
    ("to_categorical", "np.zeros((5, 2)), num_classes=7"),
    ("normalize", "np.ones((5, 2))"),
    ("normalize", "np.ones((5, 2, 4)), axis=1"),
    ("normalize", "np.ones((5, 2, 4)), axis=-2"),
]


@pytest.mark.parametrize(("function", "args"), UTILITIES)
def test_utilities_give_such_shapes(function: str, args: str) -> None:
    import keras

    array = eval(f"keras.utils.{function}({args})", {"np": np, "keras": keras})
    program = "import keras, numpy as np\n"
    program += f"a = keras.utils.{function}({args})\n"
    program += "m = keras.Sequential([keras.Input(a.shape), keras.layers.Dense(2)])\n"
    graph = the_model(program)
    assert reasons(graph) == []
    (call,) = [c for c in graph.calls.values() if graph.layers[c.layer].cls == "Dense"]
    assert str(call.output_types[0].shape) == str((None, *array.shape[:-1], 2))


@pytest.mark.parametrize("name", ["imdb", "reuters"])
@pytest.mark.parametrize("words", [3, 50])
def test_num_words_bounds_the_words(
    name: str, words: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(f"keras.src.datasets.{name}")
    texts = np.empty(20, dtype=object)
    for index in range(20):
        texts[index] = list(range(1, 90, 1 + index % 3))
    labels = np.arange(20) % 2
    whole = {"x": texts, "y": labels}
    parts = {"x_train": texts, "y_train": labels, "x_test": texts, "y_test": labels}
    np.savez(tmp_path / "stored.npz", **(whole if name == "reuters" else parts))
    monkeypatch.setattr(module, "get_file", lambda *_, **__: str(tmp_path / "stored.npz"))
    (loaded, _), _ = module.load_data(num_words=words)
    program = f"import keras\n(x, y), _ = keras.datasets.{name}.load_data(num_words={words})\n"
    program += "p = keras.utils.pad_sequences(x, maxlen=20)"
    said = values_of(program, "x", "p")
    assert isinstance(said["x"], ArraySpec)
    assert isinstance(said["p"], ArraySpec)
    assert max(max(text) for text in loaded) <= (said["x"].numbers.high or 0) < words
    assert said["p"].numbers == Numbers(0, words - 1, True)
    assert str(said["p"].shape).endswith(", 20)")
