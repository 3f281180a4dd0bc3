"""Spectrograms."""

from __future__ import annotations

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, Row, Weights, entry
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Shape, TensorType


@entry("keras.layers.MelSpectrogram")
class MelSpectrogram(LayerKind):
    """``(batch, samples) -> (batch, mel bins, frames)``, or the same without batch."""

    one_tensor = True
    rows = (
        Row({}, (None, 16000)),
        Row({"sequence_stride": 100, "num_mel_bins": 40}, (None, 16000)),
        Row({"sequence_length": 100, "fft_length": 512}, (None, None)),
        Row({}, (16000,)),
        Row({}, (None, 3, 16000)),
        Row({"dtype": "float16"}, (None, 16000)),
    )

    def output(self, config: Config, x: Shape) -> Shape:
        """Frames every ``sequence_stride`` samples."""
        dims = arithmetic.known_shape(TensorType(x))
        if not dims:
            raise Lost("a spectrogram of a scalar")
        stride, samples = config.dim("sequence_stride"), dims[min(1, len(dims) - 1)]
        if isinstance(stride, int) and stride < 1:
            raise Lost("a spectrogram of strides that are not positive")
        frames = FREE if samples is FREE else (samples + stride + 1) // stride
        return Shape((*dims[: len(dims) > 1], config.dim("num_mel_bins"), frames))


@entry("keras.layers.STFTSpectrogram")
class STFTSpectrogram(LayerKind):
    """``(batch, samples, channels) -> (batch, frames, frequencies * channels)``.

    A window with a name needs SciPy; the rows do without.
    """

    ranks = (3,)
    rows = tuple(
        Row({"window": None, "frame_length": 100, **args}, x)
        for args in (
            {},
            {"mode": "stft", "expand_dims": True},
            {"mode": "real", "padding": "same"},
            {"frame_step": 10, "fft_length": 256, "data_format": "channels_first"},
            {"expand_dims": True, "data_format": "channels_first"},
            {"frame_step": 101},
            {"fft_length": 64},
            {"mode": "sum"},
            {"scaling": "sum"},
            {"padding": "causal"},
        )
        for x in ((None, 600, 3), (None, 600), (2, None, 1), (None, 99, 100))
    )

    def check_config(self, config: Config) -> None:
        """The names exist; a step is no longer than a frame, a frame no longer than the FFT."""
        frame, step = config.get("frame_length"), config.get("frame_step")
        if isinstance(frame, int) and frame < 1:
            raise Lost("frames of no length")
        if isinstance(frame, int) and isinstance(step, int) and not 1 <= step <= frame:
            raise arithmetic.bad_value(self, config, "frame_step", f"a step from 1 to {frame}")
        length = config.get("fft_length")
        if isinstance(frame, int) and isinstance(length, int) and length < frame:
            raise arithmetic.bad_value(self, config, "fft_length", f"a length of {frame} or more")
        modes = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
        arithmetic.check_choice(self, config, "mode", modes)
        arithmetic.check_choice(self, config, "scaling", ("density", "spectrum"))
        arithmetic.check_choice(self, config, "padding", ("valid", "same"))
        arithmetic.check_data_format(self, config)

    def _frequencies(self, config: Config) -> int:
        """Half the length of the FFT, which is a power of two unless it is given."""
        length, frame = config.known("fft_length"), config.known("frame_length")
        if length is None and isinstance(frame, int):
            length = 1 << (frame - 1).bit_length()
        if not isinstance(length, int):
            raise Lost("the frame length of a spectrogram")
        return length // 2 + 1

    def output(self, config: Config, x: Shape) -> Shape:
        """Frames as a convolution counts them."""
        if x.dims is None:
            return x
        first, mode = config.channels_first, config.text("mode")
        frame, step = config.dim("frame_length"), config.known("frame_step")
        stride: Dim = frame // 2 if step is None else config.dim("frame_step")
        batch, (samples, channels) = x.dims[0], x.dims[:0:-1] if first else x.dims[1:]
        axis = 1 if first else 2
        arithmetic.need_axis(self, TensorType(x), axis, "a channel axis", ("TypeError",))
        frames = arithmetic.window_length(samples, frame, stride, config.text("padding"))
        arithmetic.check_vanish(self, TensorType(x), Shape((frames,)), f"frames of {frame}")
        wide = self._frequencies(config) * (2 if mode == "stft" else 1)
        if config.flag("expand_dims"):
            rest = (channels, frames, wide) if first else (frames, wide, channels)
            return Shape((batch, *rest))
        return Shape(
            (batch, wide * channels, frames) if first else (batch, frames, wide * channels)
        )

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """A kernel for the real part, one for the imaginary part, or both."""
        del inputs
        kernels = 1 if config.text("mode") in ("real", "imag") else 2
        return Weights(config.dim("frame_length") * self._frequencies(config) * kernels)
