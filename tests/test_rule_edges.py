"""Where the rules stop: programs at the edge of each, with what is said of them and nothing more.

Each program is also run by the installed Keras: the expected errors raise, the others build.
"""

from __future__ import annotations

import os
import textwrap

import pytest
from fixture_lib import expectations, verified

from keras_lint.engine import check_text
from keras_lint.rules.registry import all_rules
from keras_lint.verify import Verifier

HEAD = "import keras\nimport tensorflow as tf\nfrom keras import layers, Input, Model, Sequential\n"

EDGES = {
    # -- KER101, 102, 103: one cause, one finding -----------------------------------------------
    "last output is needed twice": """
        i = Input((10, 4))
        x = layers.LSTM(8)(i)  # expect: KER101
        a = layers.LSTM(8)(x)
        b = layers.Conv1D(8, 3)(x)
        m = Model(i, [a, b])
    """,
    "state of an LSTM is no sequence": """
        i = Input((10, 4))
        y, h, c = layers.LSTM(8, return_sequences=True, return_state=True)(i)
        x = layers.LSTM(8)(h)  # expect: KER102
        m = Model(i, x)
    """,
    "last output with state": """
        i = Input((10, 4))
        y, h, c = layers.LSTM(8, return_state=True)(i)  # expect: KER101
        x = layers.LSTM(8)(y)
        m = Model(i, x)
    """,
    "a Dense between hides the recurrent layer": """
        i = Input((10, 4))
        x = layers.LSTM(8)(i)
        x = layers.Dense(8)(x)
        x = layers.LSTM(8)(x)  # expect: KER102
        m = Model(i, x)
    """,
    "one more axis would not be enough": """
        i = Input((10, 4))
        x = layers.LSTM(8)(i)
        x = layers.Conv2D(8, 3)(x)  # expect: KER102
        m = Model(i, x)
    """,
    "a convolution that is built by hand looks at the rank": """
        class Block(layers.Layer):
            def build(self, input_shape):
                self.conv = layers.Conv1D(4, 2)
                self.conv.build(input_shape)  # expect: KER102
                self.more = layers.Conv1D(4, 2)
                self.more.build(input_shape)

            def call(self, inputs):
                return self.more(self.conv(inputs))

        i = Input((5,))
        m = Model(i, Block()(i))
    """,
    "other layers that are built by hand do not": """
        class Block(layers.Layer):
            def build(self, input_shape):
                self.norm = layers.SpatialDropout1D(0.5)
                self.norm.build(input_shape)
                self.dense = layers.Dense(4)
                self.dense.build(self.norm.compute_output_shape(input_shape))

            def call(self, inputs):
                return self.dense(inputs)

        i = Input((5,))
        m = Model(i, Block()(i))
    """,
    "the shape of a weight is a number": """
        class Shift(layers.Layer):
            def build(self, input_shape):
                self.shift = self.add_weight(shape=input_shape[-1])  # expect: KER116

            def call(self, inputs):
                return inputs + self.shift

        i = Input((5,))
        m = Model(i, Shift()(i))
    """,
    "a weight without axes": """
        class Scale(layers.Layer):
            def build(self, input_shape):
                self.scale = self.add_weight(shape=(), initializer="ones")
                self.more = self.add_weight(shape=[1])

            def call(self, inputs):
                return inputs * self.scale + self.more

        i = Input((5,))
        m = Model(i, Scale()(i))
    """,
    "a configuration of nothing is meant so": """
        class Scale(layers.Layer):
            def __init__(self, factor):
                super().__init__()
                self.factor = factor

            def call(self, inputs):
                return inputs * self.factor

            def get_config(self):
                return {}

        i = Input((5,))
        m = Model(i, Scale(2.0)(i))
    """,
    "attention takes a tensor without steps": """
        i = Input((10, 4))
        x = layers.LSTM(8)(i)
        m = Model(i, layers.MultiHeadAttention(2, 4)(x, x))
    """,
    "what a layer gives that is not followed may be a pair": """
        class Pair(layers.Layer):
            def call(self, inputs):
                try:
                    wide = int(tf.version.VERSION.partition(".")[0]) > 1
                except ValueError:
                    wide = True
                return (inputs, inputs * 2.0) if wide else inputs


        i = Input((4,))
        first, second = Pair()(i)
        for tensor in Pair()(i):
            first = layers.Add()([first, tensor])
        m = Model(i, layers.Add()([first, second]))
    """,
    "activation written as a layer in between": """
        m = Sequential([
            Input((10, 4)),
            layers.GRU(8),  # expect: KER101
            layers.Activation("tanh"),
            layers.LayerNormalization(),
            layers.Bidirectional(layers.GRU(8)),
        ])
    """,
    "a decoder model wants steps": """
        decoder = Sequential([Input((12, 8)), layers.LSTM(4)])
        i = Input((12, 3))
        code = layers.LSTM(8)(i)  # expect: KER101
        m = Model(i, decoder(code))
    """,
    "input read by two layers, one of them content": """
        i = Input((28, 28))
        a = layers.Flatten()(i)
        b = layers.Flatten()(layers.Conv2D(4, 3)(i))  # expect: KER102
        m = Model(i, layers.concatenate([a, b]))
    """,
    "input read by two layers, both refuse": """
        i = Input((28, 28))  # expect: KER103
        a = layers.Conv2D(4, 3)(i)
        b = layers.MaxPooling2D()(i)
        m = Model(i, [a, b])
    """,
    "input through layers that keep the shape": """
        i = Input((60, 10, 4))  # expect: KER103
        x = layers.Masking()(i)
        x = layers.BatchNormalization()(x)
        m = Model(i, layers.LSTM(4)(x))
    """,
    "wrapper refuses the input itself": """
        i = Input((10,))  # expect: KER103
        m = Model(i, layers.TimeDistributed(layers.Dense(3))(i))
    """,
    "bidirectional refuses the input": """
        m = Sequential()
        m.add(layers.Bidirectional(layers.LSTM(3), input_shape=(10,)))  # expect: KER103
        m.add(layers.Dense(1))
    """,
    "batch_shape with one axis too few": """
        i = Input(batch_shape=(8, 10))  # expect: KER103
        m = Model(i, layers.LSTM(3)(i))
    """,
    "nested model refuses the rank": """
        base = Sequential([Input((7, 8)), layers.Dense(2)])
        i = Input((8,))
        m = Model(i, base(i))  # expect: KER102
    """,
    "nested model takes another rank whose leading axes agree": """
        base = Sequential([Input((8, 8, 3)), layers.Flatten()])
        i = Input((8, 8))
        m = Model(i, base(i))
    """,
    "nested model takes other channels than one": """
        base = Sequential([Input((8, 8, 1)), layers.Flatten()])
        i = Input((8, 8, 3))
        m = Model(i, base(i))
    """,
    "nested model refuses other sizes": """
        base = Sequential([Input((8, 8, 3)), layers.Flatten()])
        i = Input((9, 9, 3))
        m = Model(i, base(i))  # expect: KER107
    """,
    "embedding makes the third axis": """
        m = Sequential([Input((10,)), layers.Embedding(50, 8), layers.LSTM(4), layers.Dense(1)])
    """,
    "global pooling keeps its axes when asked": """
        i = Input((8, 8, 3))
        x = layers.GlobalAveragePooling2D(keepdims=True)(i)
        m = Model(i, layers.Conv2D(4, 1)(x))
    """,
    # -- KER104 ---------------------------------------------------------------------------------
    "ranks that broadcast": """
        a, b = Input((4, 5)), Input((5,))
        m = Model([a, b], layers.Add()([a, b]))
    """,
    "free lengths combine": """
        a, b = Input((None, 5)), Input((7, 5))
        m = Model([a, b], layers.Concatenate()([a, b]))
    """,
    "three inputs, the last one differs": """
        a, b, c = Input((5,)), Input((5,)), Input((6,))
        m = Model([a, b, c], layers.Maximum()([a, b, c]))  # expect: KER104
    """,
    "minus": """
        a, b = Input((5,)), Input((6,))
        m = Model([a, b], a - b)  # expect: KER104
    """,
    "functional form": """
        a, b = Input((5, 2)), Input((6, 2))
        m = Model([a, b], layers.multiply([a, b]))  # expect: KER104
    """,
    # -- KER105 ---------------------------------------------------------------------------------
    "transpose grows": """
        m = Sequential([Input((2, 2, 3)), layers.Conv2DTranspose(4, 5), layers.Conv2D(2, 5)])
    """,
    "window as large as the image": """
        m = Sequential([Input((7, 7, 3)), layers.AveragePooling2D(7), layers.Flatten()])
    """,
    "strides are larger than the window": """
        m = Sequential([Input((5, 1)), layers.Conv1D(4, 2, strides=9), layers.MaxPooling1D(1, 2)])
    """,
    "inside a wrapper": """
        i = Input((6, 4, 4, 1))
        x = layers.TimeDistributed(layers.Conv2D(2, 5))(i)  # expect: KER105
        m = Model(i, x)
    """,
    # -- KER107 ---------------------------------------------------------------------------------
    "shared model on another batch of the same shape": """
        base = Sequential([Input((8,)), layers.Dense(3)])
        a, b = Input((8,)), Input((8,))
        m = Model([a, b], layers.subtract([base(a), base(b)]))
    """,
    "shared layer, width through a free axis": """
        d = layers.Dense(3)
        a, b = Input((None, 8)), Input((4, None, 8))
        m = Model([a, b], [d(a), d(b)])
    """,
    "shared embedding takes any length": """
        e = layers.Embedding(10, 4)
        a, b = Input((3,)), Input((9,))
        m = Model([a, b], layers.concatenate([e(a), e(b)], axis=1))
    """,
    # -- KER108 ---------------------------------------------------------------------------------
    "input and layer of one name": """
        i = Input((4,), name="x")
        m = Model(i, layers.Dense(3, name="x")(i))  # expect: KER108
    """,
    "a layer outside the model has the name": """
        i = Input((4,))
        _ = layers.Dense(3, name="d")(i)
        m = Model(i, layers.Dense(3, name="d")(i))
    """,
    "names in a nested model are its own": """
        inner = Sequential([Input((4,)), layers.Dense(3, name="d")], name="inner")
        i = Input((4,))
        m = Model(i, layers.Dense(3, name="d")(inner(i)))
    """,
    "names in branches of which one runs": """
        def block(x, deep):
            if deep:
                x = layers.Dense(4, name="d")(x)
            else:
                x = layers.Dense(4, activation="relu", name="d")(x)
            return Model(x, layers.Dense(1)(x))
    """,
    "names added in branches of which one runs": """
        def build(deep):
            m = Sequential([Input((4,))])
            if deep:
                m.add(layers.Dense(4, name="d"))
            else:
                m.add(layers.Dense(8, name="d"))
            m.add(layers.Dense(1))
            return m
    """,
    "problem in a branch that may not run": """
        def build(steps):
            i = Input((10, 4))
            x = layers.LSTM(8, return_sequences=steps)(i)
            if steps:
                x = layers.LSTM(8)(x)
            return Model(i, x)
    """,
    "width known only to the caller": """
        def build(width):
            a, b = Input((8,)), Input((width,))
            d = layers.Dense(3)
            return Model([a, b], layers.add([d(a), d(b)]))
    """,
    # -- KER201 ---------------------------------------------------------------------------------
    "flatten of one kind only": """
        m = Sequential([Input((4, 4)), layers.Flatten(), layers.Reshape((8, 2)), layers.Flatten()])
    """,
    "other activation in between": """
        m = Sequential([Input((4,)), layers.ReLU(), layers.Softmax(), layers.ELU()])
    """,
    "softmax over two axes": """
        m = Sequential([Input((4, 4)), layers.Softmax(axis=1), layers.Softmax(axis=2)])
    """,
    "dropout of another kind": """
        m = Sequential([Input((4, 4)), layers.Dropout(0.1), layers.SpatialDropout1D(0.1)])
    """,
    "dense on dense": """
        m = Sequential([Input((4,)), layers.Dense(4, "relu"), layers.Dense(4, "relu")])
    """,
    "dropout of two rates": """
        m = Sequential([
            Input((4,)),
            layers.Dense(4),
            layers.Dropout(0.1),
            layers.Dropout(0.5),  # expect: KER201
        ])
    """,
    "first result used elsewhere too": """
        i = Input((4,))
        a = layers.ReLU()(i)
        b = layers.ReLU()(a)
        m = Model(i, layers.add([a, b]))
    """,
    "first result is an output": """
        i = Input((4,))
        a = layers.Dropout(0.1)(i)
        b = layers.Dropout(0.1)(a)
        m = Model(i, [a, b])
    """,
    # -- KER202 ---------------------------------------------------------------------------------
    "twins that differ in width": """
        a, b = Input((8,)), Input((8,))
        x, y = layers.Dense(4, "relu")(a), layers.Dense(6, "relu")(b)
        m = Model([a, b], layers.Subtract()([layers.Dense(3)(x), layers.Dense(3)(y)]))
    """,
    "twins that differ in activation": """
        a, b = Input((8,)), Input((8,))
        m = Model([a, b], layers.Subtract()([layers.Dense(3, "relu")(a), layers.Dense(3)(b)]))
    """,
    "twins of other inputs": """
        a, b = Input((8,)), Input((9,))
        m = Model([a, b], layers.Subtract()([layers.Dense(3)(a), layers.Dense(3)(b)]))
    """,
    "twins with one shared layer": """
        shared = layers.Dense(8)
        a, b = Input((8,)), Input((8,))
        x, y = layers.Dense(3)(shared(a)), layers.Dense(3)(shared(b))
        m = Model([a, b], layers.Subtract()([x, y]))
    """,
    "two towers by name": """
        a, b = Input((8,), name="query"), Input((8,), name="document")
        m = Model([a, b], layers.Subtract()([layers.Dense(3)(a), layers.Dense(3)(b)]))
    """,
    "unnamed towers in a dot product": """
        a, b = Input((8,)), Input((8,))
        m = Model([a, b], layers.Dot(1)([layers.Dense(3)(a), layers.Dense(3)(b)]))
    """,
    "branches that serve other outputs": """
        a, b = Input((8,)), Input((8,))
        x, y = layers.Dense(3)(a), layers.Dense(3)(b)
        m = Model([a, b], [layers.Subtract()([x, y]), x, y])
    """,
    "weightless twins": """
        a, b = Input((8, 8)), Input((8, 8))
        m = Model([a, b], layers.Subtract()([layers.Flatten()(a), layers.Flatten()(b)]))
    """,
    "twins of nested models": """
        def encoder():
            return Sequential([Input((8,)), layers.Dense(4), layers.Dense(2)])  # expect: KER202
        a, b = Input((8,), name="left"), Input((8,), name="right")
        one = encoder()
        two = encoder()
        m = Model([a, b], layers.Subtract()([one(a), two(b)]))
    """,
    # -- KER203 ---------------------------------------------------------------------------------
    "one layer on two branches": """
        d = layers.Dense(8)
        i = Input((8,))
        m = Model(i, layers.concatenate([d(layers.ReLU()(i)), d(layers.Softmax()(i))]))
    """,
    "a whole step repeated": """
        d, n = layers.Dense(8), layers.BatchNormalization()
        x = i = Input((8,))
        for _ in range(3):
            x = n(d(x))
        m = Model(i, x)
    """,
    "normalisation reused between its own kind": """
        n = layers.LayerNormalization()
        i = Input((8,))
        m = Model(i, n(layers.Dense(8)(n(layers.Dense(8)(i)))))
    """,
    "nested model twice in a Sequential": """
        block = Sequential([Input((8,)), layers.Dense(8)])  # expect: KER203
        m = Sequential([Input((8,)), block, block])
    """,
    "one cell in two layers": """
        cell = layers.LSTMCell(4)
        a, b = Input((5, 3)), Input((7, 3))
        m = Model([a, b], [layers.RNN(cell)(a), layers.RNN(cell)(b)])
    """,
    "two cells of one explicit name": """
        cells = [layers.GRUCell(4, name="cell") for _ in range(2)]
        m = Sequential([Input((5, 3)), layers.RNN(cells)])
    """,
    "pop and add again": """
        d = layers.Dense(8)
        m = Sequential([Input((8,)), d])
        m.pop()
        m.add(d)
    """,
    # -- what is not known is passed over in silence ------------------------------------------
    "a layer of one's own in a list": """
        class Frames(layers.Layer):
            def call(self, x):
                return x[:, None]
        m = Sequential([Input((10, 4)), layers.LSTM(8), Frames(), layers.LSTM(8)])
    """,
    "a layer of one's own in a stack": """
        class Frames(layers.Layer):
            def call(self, x):
                return x[:, None]
        m = Sequential([Input((10, 4)), layers.Flatten()])
        m.add(Frames())
        m.add(layers.Flatten())
        m.add(Frames())
        m.add(layers.LSTM(3))
    """,
    "a layer of one's own without an input shape": """
        class Frames(layers.Layer):
            def call(self, x):
                return x[:, None]
        m = Sequential([layers.Flatten(), Frames(), layers.Flatten(), Frames(), layers.LSTM(3)])
    """,
    "a layer of one's own takes the first result too": """
        class Frames(layers.Layer):
            def call(self, x):
                return x[:, None]
        i = Input((4,))
        x = layers.Dropout(0.1)(i)
        side = Frames()(x)
        x = layers.Dropout(0.1)(x)
        m = Model(i, [x, side])
    """,
    "layers chosen by a condition": """
        def build(deep):
            m = Sequential([Input((10, 4))])
            if deep:
                m.add(layers.LSTM(8, return_sequences=True))
            else:
                m.add(layers.LSTM(8))
            if deep:
                m.add(layers.LSTM(8))
            m.add(layers.Dense(1))
            return m
    """,
}


def program(name: str) -> str:
    return HEAD + textwrap.dedent(EDGES[name])


@pytest.mark.parametrize("name", EDGES)
def test_edge_gives_what_is_expected_and_nothing_more(name: str) -> None:
    text = program(name)
    result, _ = check_text(text, "edge.py")
    assert result.outcome == "checked", result.reason
    assert not result.traceback
    found = [(finding.span.line, finding.code) for finding in result.findings]
    assert found == [(item.line, item.code) for item in expectations(text)]


@pytest.mark.keras
def test_edges_are_what_keras_says_of_them() -> None:
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    wrong = []
    for name in EDGES:
        text = program(name)
        rules = [all_rules()[item.code] for item in expectations(text)]
        keras.backend.clear_session()
        try:
            exec(compile(text, f"<{name}>", "exec"), {})
            raised = None
        except ValueError as error:
            raised = error
        if (raised is not None) != any(rule.confirm == "raise" for rule in rules):
            wrong.append((name, raised))
    assert wrong == []


@pytest.mark.keras
def test_every_finding_here_and_in_the_rules_examples_is_confirmed() -> None:
    pytest.importorskip("tensorflow")
    texts = {name: program(name) for name in EDGES}
    for rule in all_rules().values():
        texts |= {f"{rule.code}-{index}": text for index, text in enumerate(rule.invalid)}
    others = []
    with Verifier() as verifier:
        for name, text in texts.items():
            for finding in verified(verifier, text):
                built = all_rules()[finding.code].confirm in ("raise", "data", "graph", "logs")
                if built and finding.verdict.status != "confirmed":
                    others.append((name, finding.code, finding.verdict))
    assert others == []
