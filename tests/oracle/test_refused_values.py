"""Constructor arguments and inputs of the wrong kind: what is refused here, Keras refuses."""

from __future__ import annotations

import pytest

from keras_lint.engine import check_text

keras = pytest.importorskip("keras")

ARGUMENTS = [
    ("AlphaDropout", "{}"),
    ("Conv1D", "{}, 3"),
    ("Conv2D", "4, 3, groups={}"),
    ("Conv2D", "{}, 3"),
    ("Conv2DTranspose", "{}, 3"),
    ("ConvLSTM2D", "{}, 3"),
    ("Dense", "{}"),
    ("DepthwiseConv2D", "3, depth_multiplier={}"),
    ("Discretization", "num_bins={}"),
    ("Dropout", "{}"),
    ("EinsumDense", "'ab,bc->ac', {}"),
    ("Embedding", "3, {}"),
    ("Embedding", "{}, 3"),
    ("GRU", "{}"),
    ("GRUCell", "{}"),
    ("GaussianDropout", "{}"),
    ("GaussianNoise", "{}"),
    ("Hashing", "{}"),
    ("LSTM", "{}"),
    ("MultiHeadAttention", "4, {}"),
    ("MultiHeadAttention", "{}, 4"),
    ("RepeatVector", "{}"),
    ("SeparableConv2D", "4, 3, depth_multiplier={}"),
    ("SimpleRNN", "{}"),
    ("SpatialDropout1D", "{}"),
]
VALUES = ["(3, 3, 3)", "'3'", "[3]", "0", "-1", "3.0", "2.5", "0.5", "True", "None", "3"]
STRINGS = [
    ("Activation", "{}", "relu", "rellu"),
    ("Conv2D", "4, 3, activation={}", "swish", "swisch"),
    ("ConvLSTM2D", "4, 3, recurrent_activation={}", "hard_sigmoid", "hard_sigmoi"),
    ("Dense", "4, bias_initializer={}", "zeros", "zeross"),
    ("Dense", "4, kernel_constraint={}", "max_norm", "max_nrm"),
    ("Dense", "4, kernel_initializer={}", "he_normal", "he_norm"),
    ("Dense", "4, kernel_initializer={}", "GlorotUniform", "Glorot"),
    ("Dense", "4, kernel_regularizer={}", "l2", "l3"),
    ("Embedding", "4, 4, embeddings_initializer={}", "uniform", "unifrom"),
    ("GRU", "4, activation={}", "tanh", "tahn"),
    ("LSTM", "4, activation={}", "relu", "reu"),
]


NOT_SEEN = {
    ("Conv2D", "4, 3, groups={}", "3.0"),
    *(("Discretization", "num_bins={}", value) for value in VALUES),
    *(("EinsumDense", "'ab,bc->ac', {}", value) for value in VALUES),
    ("Hashing", "{}", "(3, 3, 3)"),
}
"""Refused by Keras, perhaps, and passed over here."""


def refused_by_keras(text: str) -> bool:
    try:
        exec(text, {})
    except (ValueError, TypeError, AttributeError, IndexError):
        return True
    return False


def codes(text: str) -> list[str]:
    result, _ = check_text(text, "program.py")
    assert result.outcome == "checked"
    return [finding.code for finding in result.findings]


@pytest.mark.keras
def test_values_of_arguments() -> None:
    wrong = []
    for cls, form in ARGUMENTS:
        for value in VALUES:
            text = f"import keras\nx = keras.layers.{cls}({form.format(value)})\n"
            refused, found = refused_by_keras(text), codes(text)
            passed_over = (cls, form, value) in NOT_SEEN
            if found != (["KER116"] if refused else []) and (found or not passed_over):
                wrong.append((cls, form, value, refused, found))
    assert not wrong, wrong


@pytest.mark.keras
def test_strings_that_stand_for_objects() -> None:
    for cls, form, right, typo in STRINGS:
        for value, expected in ((right, []), (typo, ["KER116"])):
            text = f"import keras\nx = keras.layers.{cls}({form.format(repr(value))})\n"
            assert refused_by_keras(text) == bool(expected), text
            assert codes(text) == expected, text


@pytest.mark.parametrize(
    "head",
    [
        "keras.utils.get_custom_objects()['mine'] = keras.ops.relu\n",
        "from keras.saving import custom_object_scope\n",
    ],
)
def test_names_of_the_program_itself_are_not_refused(head: str) -> None:
    assert codes(f"import keras\n{head}x = keras.layers.Dense(3, activation='mine')\n") == []


@pytest.mark.keras
def test_two_inputs_of_a_sequential() -> None:
    for items in (
        "keras.Input((3,)), keras.Input((3,))",
        "layers.InputLayer((3,)), layers.InputLayer((3,)), layers.Dense(3)",
        "keras.Input((3,)), layers.Dense(3), keras.Input((3,))",
        "layers.Dense(3), keras.Input((3,))",
        "keras.Input((3,)), layers.Dense(3)",
    ):
        text = f"import keras\nfrom keras import layers\nm = keras.Sequential([{items}])\n"
        assert codes(text) == (["KER116"] if refused_by_keras(text) else []), items


SAMPLES = {
    "Activation": "'relu'",
    "AlphaDropout": "0.5",
    "Bidirectional": "layers.LSTM(3)",
    "CenterCrop": "3, 3",
    "Conv1D": "4, 3",
    "Dense": "4",
    "Dropout": "0.5",
    "Embedding": "10, 4",
    "GaussianDropout": "0.5",
    "GaussianNoise": "0.5",
    "GRU": "4",
    "GroupNormalization": "1",
    "LSTM": "4",
    "RandomContrast": "0.1",
    "RandomCrop": "3, 3",
    "RandomRotation": "0.1",
    "Rescaling": "0.5",
    "Reshape": "(-1,)",
    "Resizing": "3, 3",
    "RNN": "layers.LSTMCell(3)",
    "SpatialDropout1D": "0.5",
    "TimeDistributed": "layers.Dense(3)",
    "ZeroPadding1D": "1",
}
PLAIN = (
    *(
        "BatchNormalization",
        "ELU",
        "Flatten",
        "GlobalMaxPooling1D",
        "Identity",
        "LayerNormalization",
    ),
    *(
        "LeakyReLU",
        "Masking",
        "MelSpectrogram",
        "Normalization",
        "PReLU",
        "RMSNormalization",
        "ReLU",
    ),
    *("RandomGrayscale", "Softmax", "UnitNormalization"),
)


@pytest.mark.keras
def test_several_tensors_where_one_is_wanted() -> None:
    """What is called wrong is refused; what is accepted is not called wrong."""
    wrong = []
    for cls, arguments in {**SAMPLES, **dict.fromkeys(PLAIN, "")}.items():
        for given in ("[a, b]", "a, b"):
            text = (
                "import keras\nfrom keras import layers\n"
                "a, b = keras.Input((5, 4)), keras.Input((5, 4))\n"
                f"x = layers.{cls}({arguments})({given})\n"
            )
            refused, found = refused_by_keras(text), codes(text)
            if bool(found) != refused:
                wrong.append((cls, given, refused, found))
    assert not wrong, wrong


@pytest.mark.keras
@pytest.mark.parametrize(
    "call",
    [
        "keras.Model(inputs=i, outpts=o)",
        "keras.Model(input=i, output=o)",
        "keras.Model(inputs=i)",
        "keras.Model(i)",
        "keras.Model(outputs=o)",
        "keras.Model()",
        "keras.Model(name='x')",
        "keras.Model(i, o, name='x')",
        "keras.Model(i, outputs=o, nme='x')",
        "keras.Sequential(layer=[])",
        "keras.Sequential([keras.layers.Dense(3)], nm='x')",
        "keras.Sequential(name='x')",
        "keras.Sequential(trainable=False)",
    ],
)
def test_arguments_of_models(call: str) -> None:
    text = f"import keras\ni = keras.Input((3,))\no = keras.layers.Dense(2)(i)\nm = {call}\n"
    found = codes(text)
    assert bool(found) == refused_by_keras(text)
    assert set(found) <= {"KER401", "KER402", "KER404"}


@pytest.mark.keras
@pytest.mark.parametrize(
    "call",
    [
        "layers.LSTM(4)(x, initial_state=[d, h])",
        "layers.LSTM(4)(x, initial_state=[d, d])",
        "layers.LSTM(4)(x, initial_state=[h, h])",
        "layers.GRU(4)(x, initial_state=d)",
        "layers.MultiHeadAttention(2, 4)(x, d)",
        "layers.MultiHeadAttention(2, 4)(x, value=x, key=d)",
        "layers.MultiHeadAttention(2, 4)(x, value=x, key=x)",
    ],
)
def test_layers_for_tensors_in_further_arguments(call: str) -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        "x, h, d = keras.Input((5, 8)), keras.Input((4,)), layers.Dense(4)\n"
        f"y = {call}\n"
    )
    assert codes(text) == (["KER110"] if refused_by_keras(text) else [])
