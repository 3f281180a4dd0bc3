"""Configurations on which the entries and Keras once disagreed, each by what it was."""

from __future__ import annotations

import pytest
from keras_oracle import ask_keras, ask_us, disagreement

from keras_lint.keras_api.base import LayerArg, Row

pytestmark = pytest.mark.keras

TRANSPOSED = LayerArg(
    "Conv2DTranspose", {"filters": 1, "kernel_size": 1, "data_format": "channels_first"}
)
FOUND = {
    "a transposed convolution of lower rank inside TimeDistributed": (
        "TimeDistributed",
        Row({"layer": TRANSPOSED}, (None, 4, 1, None)),
    ),
    "texts that are not split are counted along the last axis": (
        "TextVectorization",
        Row({"output_mode": "multi_hot", "split": None}, (None, None), dtype="string"),
    ),
    "a length of sequences that are no sequences": (
        "TextVectorization",
        Row({"output_mode": "multi_hot", "output_sequence_length": 1}, (None,), dtype="string"),
    ),
    "frequencies need weights for a given vocabulary": (
        "IntegerLookup",
        Row({"vocabulary": [4, 5, 6], "output_mode": "tf_idf"}, (None,), dtype="int64"),
    ),
    "a vocabulary of one word": (
        "TextVectorization",
        Row({"max_tokens": 1}, (None,), dtype="string"),
    ),
    "a crossing does not look at its number of bins": (
        "HashedCrossing",
        Row({"num_bins": 0}, [(None, 1), (None, 1)], dtype="int32"),
    ),
    "a number of channels that is open is no wrong number": (
        "RandomColorDegeneration",
        Row({"factor": 1}, (None, 28, 28, None)),
    ),
}


@pytest.mark.parametrize("what", FOUND)
def test_no_longer_disagrees(what):
    name, row = FOUND[what]
    assert disagreement(ask_us(name, row), ask_keras(name, row), exact=False) is None
