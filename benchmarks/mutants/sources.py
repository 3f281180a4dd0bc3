"""Modules of others that build models, and the lines that make them do it, as small as may be."""

from __future__ import annotations

_SMALL = "weights=None, include_top=False, input_shape=(75, 75, 3)"
_IMAGES = "model = {}((64, 64, 3), [8, 16, 32], n_labels=2)\n"
_SEQUENCES = """\
import keras as _keras
_inputs = _keras.Input((12, 8))
model = _keras.Model(_inputs, {}(_inputs))
"""

APPLICATIONS = {
    "densenet": f"model = DenseNet([2, 2, 2, 2], {_SMALL})\n",
    "mobilenet": f"model = MobileNet({_SMALL})\n",
    "mobilenet_v2": f"model = MobileNetV2({_SMALL})\n",
    "mobilenet_v3": f"model = MobileNetV3Small({_SMALL})\n",
    "resnet": f"model = ResNet50({_SMALL})\n",
    "vgg16": f"model = VGG16({_SMALL})\n",
    "vgg19": f"model = VGG19({_SMALL})\n",
    "xception": f"model = Xception({_SMALL})\n",
}
"""Modules of ``keras.src.applications`` whose models are small."""

_UNETS = "keras_unet_collection/_model_{}.py"
PACKAGED = {
    "keras_self_attention/scaled_dot_attention.py": _SEQUENCES.format(
        "ScaledDotProductAttention()"
    ),
    "keras_self_attention/seq_self_attention.py": _SEQUENCES.format("SeqSelfAttention(8)"),
    "keras_self_attention/seq_weighted_attention.py": _SEQUENCES.format("SeqWeightedAttention()"),
    "tcn/tcn.py": "model = compiled_tcn(4, 3, 8, 2, [1, 2], 1, 20)\n",
    **{
        _UNETS.format(name): _IMAGES.format(name)
        for name in ("att_unet_2d", "r2_unet_2d", "unet_2d", "unet_plus_2d")
    },
    _UNETS.format("unet_3plus_2d"): "model = unet_3plus_2d((64, 64, 3), 2, [8, 16, 32])\n",
    _UNETS.format("u2net_2d"): "model = u2net_2d((64, 64, 3), 2, [8, 16])\n",
}
"""Modules in source distributions, by place; a package that is not there is passed over."""
