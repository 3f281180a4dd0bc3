"""Which classes of Keras surely have weights, whatever their arguments are (Keras 3.15)."""

from __future__ import annotations

WEIGHTED = frozenset(
    {
        "BatchNormalization",
        "Bidirectional",
        "Conv1D",
        "Conv1DTranspose",
        "Conv2D",
        "Conv2DTranspose",
        "Conv3D",
        "Conv3DTranspose",
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
        "Dense",
        "DepthwiseConv1D",
        "DepthwiseConv2D",
        "EinsumDense",
        "Embedding",
        "GRU",
        "LSTM",
        "MultiHeadAttention",
        "SeparableConv1D",
        "SeparableConv2D",
        "SimpleRNN",
    }
)
