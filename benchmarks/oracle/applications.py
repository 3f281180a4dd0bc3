"""Drawn uses of ``keras.applications``: builders, their arguments, and layers taken out of them."""

from __future__ import annotations

from random import Random

HEADER = "import keras\nfrom keras import layers\nfrom keras import applications\n"

TAKEN: dict[str, tuple[str, ...]] = {
    "VGG16": ("block1_conv2", "block3_pool", "block4_conv3", "block5_pool"),
    "VGG19": ("block2_conv2", "block4_pool", "block5_conv4"),
    "ResNet50": ("conv1_relu", "conv2_block3_out", "conv4_block6_out", "conv5_block3_out"),
    "ResNet101": ("conv3_block4_out", "conv4_block23_out"),
    "ResNet50V2": ("conv2_block3_1_relu", "conv4_block6_1_relu", "post_relu"),
    "MobileNet": ("conv_pw_1_relu", "conv_pw_11_relu", "conv_pw_13_relu"),
    "MobileNetV2": ("block_1_expand_relu", "block_6_expand_relu", "block_13_expand_relu"),
    "EfficientNetB0": ("block2a_expand_activation", "block6a_expand_activation", "top_activation"),
    "EfficientNetV2B0": ("block6a_expand_activation", "top_activation"),
    "InceptionV3": ("mixed0", "mixed7", "mixed10"),
    "Xception": ("block4_sepconv2_bn", "block13_sepconv2_act", "block14_sepconv2_act"),
    "DenseNet121": ("conv1_relu", "conv4_block24_concat", "pool3_pool", "relu"),
    "InceptionResNetV2": ("mixed_5b", "mixed_7a", "conv_7b_ac"),
}
"""Layers that people take out by name, by builder."""
_LIGHT = (*TAKEN, "MobileNetV3Small", "MobileNetV3Large", "NASNetMobile", "ConvNeXtTiny")
_REST = (
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtSmall",
    "ConvNeXtXLarge",
    "DenseNet169",
    "DenseNet201",
    *(f"EfficientNetB{n}" for n in range(1, 8)),
    *(f"EfficientNetV2{n}" for n in ("B1", "B2", "B3", "S", "M", "L")),
    "NASNetLarge",
    "ResNet101V2",
    "ResNet152",
    "ResNet152V2",
)
BUILDERS = (*_LIGHT, *_REST)

REFUSED = {
    "imagenet's classes are a thousand": "m = applications.VGG16(classes=10)",
    "the top of imagenet has one input shape": "m = applications.ResNet50(input_shape=(64, 64, 3))",
    "too small": "m = applications.InceptionV3("
    "weights=None, include_top=False, input_shape=(40, 40, 3))",
    "a multiplier without weights": "m = applications.MobileNet(alpha=0.3)",
}
"""Calls that the builders refuse themselves."""


_OWN: dict[str, tuple[str, ...]] = {
    "MobileNet": ("alpha=0.5", "alpha=1.4", "depth_multiplier=2", "dropout=0.2"),
    "MobileNetV2": ("alpha=0.35", "alpha=1.3"),
    "MobileNetV3": ("alpha=0.75", "minimalistic=True", "include_preprocessing=False"),
    "EfficientNetV2": ("include_preprocessing=False",),
    "ConvNeXt": ("include_preprocessing=False",),
}
"""Arguments of single families of builders, by how their names begin."""


def _shape(rng: Random) -> str:
    """What is given for the input: a shape, mostly one that will do, a tensor, or nothing."""
    side = rng.choice((32, 64, 75, 96, 128, 224))
    channels = rng.choice((3, 3, 3, 3, 1, 4))
    kind = rng.random()
    if kind < 0.15:
        return ""
    if kind < 0.35:
        return f"input_tensor=keras.Input(({side}, {side}, {channels}), name='pictures')"
    if kind < 0.4:
        return f"input_tensor=layers.Rescaling(2.0)(keras.Input(({side}, {side}, 3)))"
    if kind < 0.45:
        return f"input_tensor=keras.Input(({side}, {side}, 3)), input_shape=(32, {side}, 3)"
    if kind < 0.55:
        return f"input_shape=(None, None, {channels})"
    if kind < 0.6:
        return f"input_shape={rng.choice(((16, 16, 3), (64, 64), (64, None, 3), (30, 70, 3)))}"
    return f"input_shape=({side}, {rng.choice((side, 96))}, {channels})"


def program(rng: Random) -> str:
    """Source text that makes a model by a builder, or fails to."""
    name = rng.choice(BUILDERS if rng.random() < 0.25 else _LIGHT)
    given = ["weights=None"] if rng.random() < 0.97 else ["weights='none'"]
    top = rng.random() < 0.3
    lines: list[str] = []
    if not top:
        given.append("include_top=False")
        if rng.random() < 0.5:
            given.append(f"pooling={rng.choice(('avg', 'max', None, 'mean'))!r}")
    shape = _shape(rng)
    if shape:
        given.append(shape)
    if top and rng.random() < 0.7:
        given.append(f"classes={rng.choice((2, 10))}")
    if top and rng.random() < 0.3:
        given.append(f"classifier_activation={rng.choice((None, 'sigmoid'))!r}")
    for family, arguments in _OWN.items():
        if name.startswith(family) and rng.random() < 0.3:
            given.append(rng.choice(arguments))
            break
    if rng.random() < 0.1:
        given.append("name='base'")
    lines.append(f"m = applications.{name}({', '.join(given)})")
    ends = ["", "", "m.trainable = False"]
    if name in TAKEN:
        taken = rng.choice(TAKEN[name])
        ends += 2 * [f"t = keras.Model(m.input, m.get_layer({taken!r}).output)"]
    if not top and not any("pooling" in item for item in given):
        ends.append(
            "h = layers.Dense(3)(layers.GlobalAveragePooling2D()(m.output))\n"
            "t = keras.Model(m.input, h)"
        )
        ends.append("t = keras.Sequential([m, layers.Flatten(), layers.Dense(2)])")
    lines.append(rng.choice(ends))
    return HEADER + "\n".join(lines) + "\n"
