"""Losses and metrics that a program calls itself: told just where Keras refuses them."""

from __future__ import annotations

import pytest
from fixture_lib import verified

from keras_lint.engine import check_text
from keras_lint.verify import Verifier

HEAD = """\
import numpy as np
import tensorflow as tf
import keras

x, y = np.random.rand(16, 4).astype("float32"), np.arange(16) % 3
hot, column = np.eye(3)[y], y.reshape(16, 1)
rows = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(16).batch(4)
one_hot = tf.data.Dataset.from_tensor_slices((x, hot)).batch(5)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
inputs = keras.Input((4,))
heads = [keras.layers.Dense(1)(inputs), keras.layers.Dense(3, activation="softmax")(inputs)]
two = keras.Model(inputs, heads)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3, activation="softmax")

    def call(self, inputs, training=False):
        return self.dense(inputs)


net = Net()
sparse = keras.losses.SparseCategoricalCrossentropy()
categorical = keras.losses.CategoricalCrossentropy()
optimizer = keras.optimizers.Adam(1e-3)
"""
LOOP = """\
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        out = {model}(x, training=True)
        value = {loss}
    gradients = tape.gradient(value, {model}.trainable_weights)
    optimizer.apply_gradients(zip(gradients, {model}.trainable_weights))
    return value


for epoch in range(2):
    for number, (xs, ys) in enumerate({data}):
        step(xs, ys)
"""


def loop(loss: str, data: str, model: str = "model") -> str:
    return LOOP.format(loss=loss, data=data, model=model)


PROGRAMS: dict[str, bool] = {
    loop("sparse(y, out)", "rows"): False,
    loop("sparse(y, out)", "one_hot"): True,
    loop("categorical(y, out)", "one_hot"): False,
    loop("categorical(y, out)", "rows"): True,
    loop("categorical(tf.one_hot(y, 3), out)", "rows"): False,
    loop("tf.reduce_mean(keras.losses.mean_squared_error(y, out))", "one_hot"): False,
    loop("sparse(y, out)", "one_hot", "net"): True,
    loop("sparse(y_true=y, y_pred=out)", "rows", "net"): False,
    "for xs, ys in rows:\n    print(categorical(ys, model(xs)))\n    break\n": True,
    "for xs, ys in rows:\n    print(sparse(ys, model(xs)))\n    break\n": False,
    "print(sparse(hot, model.predict(x, verbose=0)))": True,
    "print(sparse(column, model.predict(x, verbose=0)))": False,
    "print(sparse(np.array([0, 1, 2, 3] * 4), model(x)))": True,
    "print(keras.losses.sparse_categorical_crossentropy(y, model(x)))": False,
    "price, kind = two(x)\nprint(sparse(hot, kind))": True,
    "price, kind = two(x)\nprint(sparse(y, kind), keras.losses.huber(y, price))": False,
    "price, kind = two.predict(x, verbose=0)\nprint(categorical(y, kind))": True,
    "out = model(x)\nprint(sparse(hot, out[:, :2]))": False,  # not told: a part of the output
    "metric = keras.metrics.SparseCategoricalAccuracy()\nmetric.update_state(hot, model(x))": True,
    "metric = keras.metrics.SparseCategoricalAccuracy()\nmetric.update_state(y, model(x))": False,
    "keras.metrics.AUC()(y, model(x))": True,
    "keras.metrics.AUC(multi_label=True)(hot, model(x))": False,
    "keras.metrics.Mean()(categorical(hot, model(x)))": False,
    "keras.metrics.MeanSquaredError().update_state(y, net(x))": True,
    "try:\n    sparse(hot, model(x))\nexcept ValueError:\n    pass": False,
}
NOT_TOLD = frozenset(("out = model(x)\nprint(sparse(hot, out[:, :2]))",))


@pytest.mark.keras
def test_a_comparison_is_told_where_keras_refuses_it(verifier: Verifier) -> None:
    pytest.importorskip("keras")
    wrong = []
    for text, refused in PROGRAMS.items():
        program = f"{HEAD}{text}\n"
        findings = verified(verifier, program)
        said = [(finding.code, finding.verdict.status) for finding in findings]
        if said != ([("KER303", "confirmed")] if refused else []):
            wrong.append((text, said))
        try:
            exec(compile(program, "<loop>", "exec"), {})
            raised = False
        except Exception:  # noqa: BLE001 - Keras and TensorFlow refuse with many classes
            raised = True
        if raised is not refused and text not in NOT_TOLD:
            wrong.append((text, raised))
    assert wrong == []


@pytest.mark.parametrize(
    ("loss", "layer", "codes"),
    [
        ("BinaryCrossentropy(from_logits=True)", 'Dense(1, activation="sigmoid")', ["KER302"]),
        ("BinaryCrossentropy()", "Dense(1)", ["KER302"]),
        ("BinaryCrossentropy()", 'Dense(1, activation="relu")', ["KER301"]),
        ("BinaryCrossentropy(from_logits=True)", "Dense(1)", []),
        ("BinaryCrossentropy()", 'Dense(1, activation="sigmoid")', []),
        ("MeanSquaredError()", "Dense(1)", []),
    ],
)
def test_what_a_called_loss_takes_the_output_for(loss: str, layer: str, codes: list[str]) -> None:
    program = (
        "import keras\nimport numpy as np\nimport tensorflow as tf\n\n"
        f"model = keras.Sequential([keras.Input((4,)), keras.layers.{layer}])\n"
        f"loss = keras.losses.{loss}\n"
        "def of_both(real, fake):\n"
        "    return loss(tf.ones_like(real), real) + loss(tf.zeros_like(fake), fake)\n"
        "print(of_both(model(np.zeros((8, 4))), model(np.ones((8, 4)))))\n"
    )
    result, _ = check_text(program, "loss.py")
    assert [finding.code for finding in result.findings] == codes


SUBCLASS = """\
import numpy as np
import keras


class Net(keras.Model):
    def __init__(self, width, activation=None):
        super().__init__()
        self.hidden = [keras.layers.Dense(8, activation="relu") for _ in range(2)]
        self.drop = keras.layers.Dropout(0.5)
        self.head = keras.layers.Dense(width, activation=activation)

    def call(self, inputs, training=False):
        for layer in self.hidden:
            inputs = layer(inputs)
        return self.head(self.drop(inputs, training=training))


x, y = np.random.rand(16, 4), np.arange(16) % 3
"""
TRAINED = {
    'net = Net(3)\nnet.compile(loss="sparse_categorical_crossentropy")\nnet.fit(x, y)': "KER302",
    'net = Net(3, "sigmoid")\nnet.compile(loss="sparse_categorical_crossentropy")\nnet.fit(x, y)': (
        "KER301"
    ),
    'net = Net(3, "softmax")\nnet.compile(loss="sparse_categorical_crossentropy", '
    'metrics=["categorical_accuracy"])\nnet.fit(x, y[:, None])': "KER306",
    'net = Net(3, "softmax")\nnet.compile(loss="sparse_categorical_crossentropy")\n'
    "net.fit(x, y)": "",
    "net = Net(3)\nloss = keras.losses.SparseCategoricalCrossentropy()\n"
    "print(loss(y, net(x)))": "KER302",
}


@pytest.mark.keras
def test_warnings_about_subclasses_are_confirmed(verifier: Verifier) -> None:
    pytest.importorskip("keras")
    wrong = []
    for text, code in TRAINED.items():
        program = f"{SUBCLASS}{text}\n"
        findings = verified(verifier, program)
        said = [(finding.code, finding.verdict.status) for finding in findings]
        if said != ([(code, "confirmed")] if code else []):
            wrong.append((text, [(f.code, f.message, f.verdict) for f in findings]))
    assert wrong == []


def test_outputs_in_a_dict_are_paired_by_their_keys() -> None:
    program = (
        "import keras\nimport numpy as np\n\ninputs = keras.Input((4,))\n"
        'one = keras.layers.Dense(3, name="first")(inputs)\n'
        "two = keras.layers.Dense(1)(inputs)\n"
        'model = keras.Model(inputs, {"b": one, "a": two})\n'
        'model.compile(loss={"a": "mse", "b": "mse"})\n'
        'model.fit(np.zeros((8, 4)), {"a": np.zeros((8, {a})), "b": np.zeros((8, {b}))})\n'
    )
    told = {}
    for a, b in ((1, 3), (3, 3), (1, 2)):
        text = program.replace("{a}", str(a)).replace("{b}", str(b))
        result, _ = check_text(text, "named.py")
        told[a, b] = [(finding.code, finding.expected) for finding in result.findings]
    # mse stretches three labels and one output to one another
    assert told == {(1, 3): [], (3, 3): [], (1, 2): [("KER303", "labels of shape (None, 3)")]}


def test_events_of_a_model_stand_in_order() -> None:
    program = (
        "import keras\nimport numpy as np\n\n"
        "class Net(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.dense = keras.layers.Dense(1)\n\n"
        "    def call(self, inputs):\n"
        "        return self.dense(inputs)\n\n\n"
        "for model in (keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]), Net()):\n"
        '    model.load_weights("old.weights.h5")\n'
        '    model.compile(loss="mse")\n'
        "    model.fit(np.zeros((8, 4)), np.zeros(8))\n"
        '    model.save("new.keras")\n'
        "    print(keras.losses.MeanSquaredError()(np.zeros((8, 1)), model(np.zeros((8, 4)))))\n"
    )
    _, analysis = check_text(program, "events.py")
    done = [(step.method, step.state, step.arguments.get("filepath")) for step in analysis.steps]
    assert done == 2 * [
        ("load_weights", "never", "old.weights.h5"),
        ("fit", "compiled", None),
        ("save", "compiled", "new.keras"),
        ("__call__", "compiled", None),
        ("loss", "compiled", None),
    ]


def test_whether_a_model_is_compiled_is_known() -> None:
    program = (
        "import keras\nimport numpy as np\n\n"
        "one = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
        "two = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
        "if not one.compiled:\n"
        '    one.compile(loss="mse")\n'
        "one.fit(np.zeros((4, 4)), np.zeros(4))\n"
        "if two.compiled:\n"
        "    two.evaluate(np.zeros((4, 4)), np.zeros(4))\n"
        "two.fit(np.zeros((4, 4)), np.zeros(4))\n"
    )
    result, _ = check_text(program, "compiled.py")
    assert [(finding.code, finding.span.line) for finding in result.findings] == [("KER307", 11)]
