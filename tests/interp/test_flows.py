"""Batches from folders, series, generators and Sequences, against what Keras gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keras_lint.model.data import ArraySpec, DataSpec

from .lib import contradictions, reasons, spec_of, the_model, values_of

IMAGES = [
    "()",
    "(label_mode='binary')",
    "(label_mode='categorical', batch_size=4)",
    "(label_mode='categorical', class_names=['a', 'b'])",
    "(label_mode=None)",
    "(labels=None)",
    "(batch_size=None)",
    "(color_mode='grayscale', image_size=(10, 20))",
    "(color_mode='rgba', data_format='channels_first')",
]
SERIES = [
    "timeseries_dataset_from_array(x, y, sequence_length=10)",
    "timeseries_dataset_from_array(x, None, 10, sequence_stride=2, batch_size=4)",
    "timeseries_dataset_from_array(x[:, 0], y, 5, sampling_rate=2, batch_size=None)",
    "timeseries_dataset_from_array(x, hot, sequence_length=10)",
]
BASE = """
import numpy as np
import keras
np.random.seed(0)
x = np.random.rand(60, 4, 4, 3)
y = np.random.randint(0, 3, size=60)
hot = keras.utils.to_categorical(y, 3)
"""
FLOWS = [
    "flow(x, y)",
    "flow(x, hot, batch_size=7)",
    "flow(x, batch_size=7)",
    "flow(x, y, sample_weight=np.ones(60))",
]
GENERATORS = {
    "endless": """
def gen(batch=8):
    while True:
        chosen = np.random.randint(0, len(x), size=batch)
        yield x[chosen], y[chosen]
d = gen()
""",
    "endless passes": """
def gen(batch):
    while 1:
        for start in range(0, len(x), batch):
            yield (x[start:start + batch] / 255.0, hot[start:start + batch])
d = gen(25)
""",
    "finite": """
def gen():
    for i in range(3):
        yield x[i:i + 2], y[i:i + 2]
d = gen()
""",
    "dictionaries": """
def gen():
    while True:
        yield {"image": x[:5]}, {"kind": y[:5]}
d = gen()
""",
    "an expression": "d = ((x[i:i + 1], hot[i:i + 1]) for i in range(4))",
    "an unknown loop": """
def gen(names):
    for name in names:
        yield np.zeros((1, 8)), np.ones((1,))
d = gen(open(__file__).read().split())
""",
    "a sequence": """
class Data(keras.utils.Sequence):
    def __init__(self, x, y, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size = x, y, batch_size
    def __len__(self):
        return int(np.ceil(len(self.x) / self.batch_size))
    def __getitem__(self, i):
        low = i * self.batch_size
        high = min(low + self.batch_size, len(self.x))
        return self.x[low:high], keras.utils.to_categorical(self.y[low:high], num_classes=3)
d = Data(x, y, 16)
""",
    "a dataset that fills arrays": """
class Data(keras.utils.PyDataset):
    size = (5, 6)
    def __len__(self):
        return 2
    def __getitem__(self, i):
        X = np.empty((4, *self.size, 3))
        Y = np.empty((4,), dtype=int)
        for j in range(4):
            X[j] = j
            Y[j] = 1
        return X, Y
d = Data()
""",
}


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in _leaves(tree[key])]
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in _leaves(item)]
    return [tree]


def _agrees(spec: DataSpec, batch: Any) -> None:
    said = [part for part in (spec.x, spec.y, spec.weights) if part is not None]
    parts = batch if isinstance(batch, tuple) else (batch,)
    assert len(said) == len(parts)
    for mine, theirs in zip(_leaves(said), _leaves(parts), strict=True):
        array = np.asarray(theirs)
        assert mine.shape.dims is not None
        numbers = mine.numbers.rows()
        assert contradictions(ArraySpec(mine.shape, mine.dtype, numbers), array) == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tensorflow as tf

    root = tmp_path_factory.mktemp("images")
    for name in "ab":
        (root / name).mkdir()
        for index in range(6):
            picture = tf.io.encode_png(np.full((9, 7, 3), 20 * index, "uint8"))
            (root / name / f"{index}.png").write_bytes(picture.numpy())
            (root / name / f"{index}.txt").write_text("some words")
            sound = tf.audio.encode_wav(np.zeros((50, 2), "float32"), 100)
            (root / name / f"{index}.wav").write_bytes(sound.numpy())
    return root


def _run(program: str) -> Any:
    names: dict[str, Any] = {"__file__": __file__}
    exec(program, names)
    return names["d"]


def _first(data: Any) -> Any:
    return next(iter(data.as_numpy_iterator()))


@pytest.mark.parametrize("arguments", IMAGES)
def test_folders_of_images(folder: Path, arguments: str) -> None:
    call = arguments.replace("(", f"({str(folder)!r}, verbose=False, ", 1)
    program = f"import keras\nd = keras.utils.image_dataset_from_directory{call}"
    data, spec = _run(program), spec_of(program, "d")
    _agrees(spec, _first(data))
    whole = [len(leaf.shape.dims or ()) for leaf in _leaves([spec.x])]
    assert whole == [len(leaf.shape) for leaf in _leaves([data.element_spec])][:1]


def test_both_parts_of_a_folder(folder: Path) -> None:
    text = (
        "from keras.utils import image_dataset_from_directory\n"
        f"d, e = image_dataset_from_directory({str(folder)!r}, validation_split=0.5, seed=1,"
        " subset='both', verbose=False, batch_size=2)"
    )
    _agrees(spec_of(text, "d"), _first(_run(text)))
    assert spec_of(text, "e") == spec_of(text, "d")


@pytest.mark.parametrize("mode", ["'int'", "'binary'", "'categorical'", "None"])
def test_folders_of_texts(folder: Path, mode: str) -> None:
    program = (
        f"import keras\nd = keras.utils.text_dataset_from_directory({str(folder)!r},"
        f" label_mode={mode}, verbose=False)"
    )
    spec = spec_of(program, "d")
    batch = _first(_run(program))
    if spec.y is not None:
        assert isinstance(spec.y, ArraySpec)
        assert contradictions(spec.y, batch[1]) == []
        batch = batch[0]
    assert isinstance(spec.x, ArraySpec)
    assert spec.x.shape.rank == batch.ndim


@pytest.mark.parametrize("more", ["", "output_sequence_length=20", "label_mode=None"])
def test_folders_of_sounds(folder: Path, more: str) -> None:
    program = (
        "import keras\nd = keras.utils.audio_dataset_from_directory("
        f"{str(folder)!r}, verbose=False, batch_size=4, {more})"
    )
    _agrees(spec_of(program, "d"), _first(_run(program)))


@pytest.mark.parametrize("call", SERIES)
def test_series(call: str) -> None:
    program = (
        "import numpy as np\nimport keras\nx = np.random.rand(100, 3)\n"
        "y = np.random.rand(100)\nhot = np.eye(4)[np.random.randint(0, 4, 100)]\n"
        f"d = keras.utils.{call}"
    )
    _agrees(spec_of(program, "d"), _first(_run(program)))


@pytest.mark.parametrize("call", FLOWS)
@pytest.mark.parametrize("made", ["()", "(rescale=1.0 / 255, fill_mode='wrap')"])
def test_flows_of_arrays(call: str, made: str) -> None:
    path = "keras.src.legacy.preprocessing.image"
    program = f"{BASE}from {path} import ImageDataGenerator\n"
    program += f"d = ImageDataGenerator{made}.{call}".replace(
        "horizontal_flip=True", "fill_mode='wrap'"
    )
    data, spec = _run(program), spec_of(program, "d")
    assert spec.kind == "sequence"
    assert spec.batches == len(data)
    _agrees(spec, next(data))


@pytest.mark.parametrize("mode", ["categorical", "binary", "sparse", "input", None])
def test_flows_from_folders(folder: Path, mode: str | None) -> None:
    pytest.importorskip("PIL")
    program = (
        "from keras.src.legacy.preprocessing.image import ImageDataGenerator\n"
        "d = ImageDataGenerator(rescale=1 / 255.0).flow_from_directory("
        f"{str(folder)!r}, target_size=(5, 6), class_mode={mode!r}, batch_size=4)"
    )
    _agrees(spec_of(program, "d"), next(_run(program)))


@pytest.mark.parametrize("mode", ["categorical", "sparse"])
def test_flows_of_named_classes(folder: Path, mode: str) -> None:
    classes = sorted(path.name for path in folder.iterdir() if path.is_dir())
    program = f"""
from keras.src.legacy.preprocessing.image import ImageDataGenerator
d = ImageDataGenerator().flow_from_directory(
    {str(folder)!r}, target_size=(6, 5), classes={classes}, class_mode={mode!r}
)
"""
    spec = spec_of(program, "d")
    _agrees(spec, _run(program)[0])
    labels = spec.y
    assert isinstance(labels, ArraySpec)
    if mode == "categorical":
        assert labels.shape[-1] == len(classes)
    else:
        assert labels.numbers.high == len(classes) - 1


@pytest.mark.parametrize("name", GENERATORS)
def test_generators(name: str) -> None:
    program = BASE + GENERATORS[name]
    data, spec = _run(program), spec_of(program, "d")
    assert spec.kind == ("generator" if hasattr(data, "__next__") else "sequence")
    assert spec.endless == ("while" in program)
    _agrees(spec, next(data) if hasattr(data, "__next__") else data[0])


PARTS = [
    "(x, y), left_size=0.8",
    "[x, hot], left_size=20",
    "x, right_size=0.3, shuffle=True",
    "x, left_size=0.35, right_size=0.25",
    "tf.data.Dataset.from_tensor_slices((x, y)).batch(7), left_size=0.5",
    "tf.data.Dataset.from_tensor_slices((x, y)).batch(6).prefetch(1), left_size=0.5",
    "tf.data.Dataset.from_tensor_slices({'a': x, 'b': hot}), left_size=0.5",
    "tf.data.Dataset.from_tensor_slices((x, y, y)).shuffle(9), left_size=0.5",
]


@pytest.mark.parametrize("call", PARTS)
def test_parts_of_data(call: str) -> None:
    text = f"import tensorflow as tf\n{BASE}d, e = keras.utils.split_dataset({call})"
    spec = spec_of(text, "d")
    names: dict[str, Any] = {}
    exec(text, names)
    for side, other in ((spec, names["d"]), (spec_of(text, "e"), names["e"])):
        _agrees(side, _first(other))
        assert not isinstance(side.batches, int) or side.batches == int(other.cardinality())
    if "Dataset" not in call:
        assert isinstance(spec.batches, int)


BATCHES = ["x", "(x, y)", "x, y, y", "x, None, y", "[x], None", "(x,)", "x, hot"]


@pytest.mark.parametrize("parts", BATCHES)
def test_packed_and_unpacked_batches(parts: str) -> None:
    text = f"{BASE}p = keras.utils.pack_x_y_sample_weight({parts})\n"
    text += f"d, e, f = keras.utils.unpack_x_y_sample_weight(({parts},)[:3])\n"
    text += "q = list(p) if isinstance(p, tuple) else [p]"
    names: dict[str, Any] = {}
    exec(text, names)
    said = values_of(text, "p", "d", "e", "f")
    for name, tree in said.items():
        mine, theirs = _leaves(tree), _leaves(names[name])
        assert len(mine) == len(theirs), name
        assert type(tree) is tuple or not isinstance(names[name], tuple), name
        for one, other in zip(mine, theirs, strict=True):
            assert other is None or (one.shape.dims, contradictions(one, other)) == (
                other.shape,
                [],
            )


PICTURES = [
    "k.img_to_array(k.load_img(p, target_size=(20, 30)))",
    "k.img_to_array(k.load_img(p, color_mode='grayscale', target_size=(20, 30)))",
    "k.img_to_array(k.load_img(p, color_mode='rgba'), data_format='channels_first')",
    "k.img_to_array(k.load_img(p), dtype='uint8')",
    "np.array(k.load_img(p, 'rgb', (4, 5))) / 255.0",
    "np.asarray(k.load_img(p, 'grayscale', (4, 5)))",
    "np.expand_dims(k.img_to_array(k.load_img(p, target_size=(4, 5))), axis=0)",
    "np.array(Image.open(p).convert('RGB').resize((5, 4)))",
    "np.array(Image.open(p).resize((5, 4)).convert('L'))",
    "np.array(Image.open(p))",
    "k.img_to_array(x[0]) / 255",
    "k.img_to_array(x[0, :, :, 0])",
    "np.array(k.array_to_img(x[0]).resize((9, 8)))",
    "keras.preprocessing.image.smart_resize(x, (6, 7))",
    "keras.preprocessing.image.smart_resize(x[0], (6, 7), 'bicubic')",
]


def test_pictures(folder: Path) -> None:
    pytest.importorskip("PIL")
    head = f"{BASE}from PIL import Image\nk = keras.utils\np = {str(folder / 'a' / '3.png')!r}\n"
    whole = {"np.array(Image.open(p))": None}
    for call in PICTURES:
        text = f"{head}d = {call}"
        array = _run(text)
        (spec,) = values_of(text, "d").values()
        assert isinstance(spec, ArraySpec)
        assert contradictions(spec, array) == [], call
        assert spec.shape.rank == whole.get(call, array.ndim), call


def test_a_feature_space_is_named_where_the_thread_is_lost() -> None:
    text = """
        import keras
        from keras.utils import FeatureSpace
        space = FeatureSpace({"age": FeatureSpace.float_normalized(), "job": "string_categorical"})
        space.adapt(data)
        encoded = space.get_encoded_features()
        model = keras.Model(encoded, keras.layers.Dense(1)(encoded))
    """
    said = reasons(the_model(text))
    assert said[0] == "what .get_encoded_features() of FeatureSpace gives is not known"
