"""The packages and, for each, the lines that build its models; whatever version PyPI has."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.follow.backbones import BACKBONES


@dataclass(frozen=True)
class Package:
    """One package and its drivers.

    Args:
        name: on PyPI.
        preamble: imports that every driver starts with.
        drivers: one program each; the last model that it makes is compared.
        beside: packages of the same family, unpacked beside it and followed as well.
        needs: packages that must be there for its import alone; not followed.
        environment: variables that the package reads when it is imported.
    """

    name: str
    preamble: str
    drivers: tuple[str, ...]
    beside: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    def programs(self) -> list[tuple[str, str]]:
        """A label and a whole program for every driver."""
        return [
            (driver.splitlines()[-1], f"{self.preamble}\n{driver}\n") for driver in self.drivers
        ]


_APPLICATIONS = {
    "convnext": ("Tiny", "Small", "Base", "Large", "XLarge"),
    "densenet": ("121", "169", "201"),
    "efficientnet": tuple(f"B{size}" for size in range(8)),
    "efficientnet_v2": ("B0", "B1", "B2", "B3", "S", "M", "L"),
    "inception_resnet_v2": ("",),
    "inception_v3": ("",),
    "mobilenet": ("",),
    "mobilenet_v2": ("",),
    "mobilenet_v3": ("Small", "Large"),
    "nasnet": ("Mobile", "Large"),
    "resnet": ("50", "101", "152"),
    "resnet_v2": ("50V2", "101V2", "152V2"),
    "vgg16": ("",),
    "vgg19": ("",),
    "xception": ("",),
}
"""Modules of ``keras.src.applications`` and the endings of the names of their builders."""

_STEMS = {
    "convnext": "ConvNeXt",
    "densenet": "DenseNet",
    "efficientnet": "EfficientNet",
    "efficientnet_v2": "EfficientNetV2",
    "inception_resnet_v2": "InceptionResNetV2",
    "inception_v3": "InceptionV3",
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "mobilenet_v3": "MobileNetV3",
    "nasnet": "NASNet",
    "resnet": "ResNet",
    "resnet_v2": "ResNet",
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "xception": "Xception",
}


def _application_drivers() -> tuple[str, ...]:
    """All builders with default arguments; the smallest of each module without its top."""
    drivers = []
    for module, endings in _APPLICATIONS.items():
        for number, ending in enumerate(endings):
            builder = _STEMS[module] + ending
            line = f"from keras.src.applications.{module} import {builder}\n"
            drivers.append(f"{line}model = {builder}(weights=None)")
            if number == 0:
                options = "include_top=False, input_shape=(128, 160, 3)"
                drivers.append(f"{line}model = {builder}(weights=None, {options}, pooling='avg')")
    return tuple(drivers)


_UNET = "model = models.{}((128, 128, 3), {})"

PACKAGES = (
    Package("keras", "import keras", _application_drivers()),
    Package(
        "keras-unet-collection",
        "from keras_unet_collection import models, base",
        (
            _UNET.format("unet_2d", "[32, 64, 128], n_labels=2"),
            _UNET.format("unet_2d", "[16, 32], 3, batch_norm=True, pool='max', unpool='nearest'"),
            _UNET.format("unet_2d", "[32, 64, 128, 256], 2, backbone='VGG16', weights=None"),
            "model = models.vnet_2d((128, 128, 1), [16, 32, 64], n_labels=2)",
            _UNET.format("unet_plus_2d", "[16, 32, 64], n_labels=2"),
            _UNET.format("unet_plus_2d", "[16, 32, 64], n_labels=2, deep_supervision=True"),
            _UNET.format("r2_unet_2d", "[16, 32, 64], n_labels=2"),
            _UNET.format("att_unet_2d", "[16, 32, 64], n_labels=2"),
            _UNET.format("att_unet_2d", "[16, 32, 64], 2, attention='multiply', batch_norm=True"),
            _UNET.format("resunet_a_2d", "[16, 32, 64], [1, 3], n_labels=2"),
            _UNET.format("u2net_2d", "2, [16, 32, 64, 128]"),
            _UNET.format("unet_3plus_2d", "2, [16, 32, 64]"),
            _UNET.format(
                "transunet_2d", "[16, 32, 64], 2, embed_dim=48, num_heads=2, num_transformer=2"
            ),
            _UNET.format(
                "swin_unet_2d",
                "16, 2, depth=2, stack_num_down=2, stack_num_up=2, patch_size=(4, 4),"
                " num_heads=[2, 2], window_size=[4, 2], num_mlp=32",
            ),
        ),
        needs=("pillow",),
    ),
    Package(
        "keras-tcn",
        "import keras\nfrom tcn import TCN, compiled_tcn",
        (
            "i = keras.Input((20, 4))\nmodel = keras.Model(i, keras.layers.Dense(1)(TCN()(i)))",
            "model = keras.Sequential([keras.Input((20, 4)), TCN(8, return_sequences=True)])",
            "model = compiled_tcn(4, 3, 8, 2, [1, 2, 4], 1, 20, return_sequences=False)",
            "model = compiled_tcn(4, 1, 8, 2, [1, 2], 2, 20, regression=True, use_layer_norm=True)",
        ),
    ),
    Package(
        "segmentation-models",
        "import segmentation_models as sm",
        (
            "model = sm.Unet('vgg16', encoder_weights=None)",
            "model = sm.Unet('resnet18', classes=3, encoder_weights=None)",
            "model = sm.FPN('mobilenet', input_shape=(128, 128, 3), encoder_weights=None)",
            "model = sm.Linknet('resnet34', encoder_weights=None)",
            "model = sm.PSPNet('vgg16', input_shape=(96, 96, 3), encoder_weights=None)",
        ),
        beside=("efficientnet", "image-classifiers", "keras-applications"),
        needs=("scikit-image", "lazy-loader", "scipy"),
        environment=(("SM_FRAMEWORK", "tf.keras"),),
    ),
    Package(
        "efficientnet",
        "import efficientnet.tfkeras as efn",
        (
            "model = efn.EfficientNetB0(weights=None)",
            "model = efn.EfficientNetB3(weights=None, include_top=False, pooling='max')",
        ),
        beside=("keras-applications",),
        needs=("scikit-image", "lazy-loader", "scipy"),
    ),
    Package(
        "image-classifiers",
        "from classification_models.tfkeras import Classifiers",
        tuple(
            f"builder, preprocess = Classifiers.get('{name}')\n"
            "model = builder(input_shape=(224, 224, 3), weights=None)"
            for name in ("resnet18", "resnet50", "seresnet18", "resnext50", "vgg16", "mobilenet")
        ),
        beside=("keras-applications",),
        needs=("scikit-image", "lazy-loader", "scipy"),
    ),
    Package(
        "keras-tuner",
        "import keras_tuner",
        tuple(
            f"hyper = keras_tuner.applications.{hyper}\n"
            "model = hyper.build(keras_tuner.HyperParameters())"
            for hyper in (
                "HyperResNet(input_shape=(64, 64, 3), classes=10)",
                "HyperXception(input_shape=(64, 64, 3), classes=10)",
                "HyperEfficientNet(input_shape=(64, 64, 3), classes=10)",
                "HyperImageAugment(input_shape=(64, 64, 3))",
                "HyperResNet(include_top=False, input_shape=(64, 64, 3), classes=None)",
                "HyperXception(include_top=False, input_shape=(64, 64, 3), classes=None)",
            )
        ),
        needs=("kt-legacy",),
    ),
    Package(
        "autokeras",
        "import autokeras as ak\nimport keras\nimport keras_tuner",
        tuple(
            f"i = keras.Input({shape})\n"
            f"model = keras.Model(i, ak.{block}.build(keras_tuner.HyperParameters(), i))"
            for block, shape in (
                ("DenseBlock()", "(32,)"),
                ("DenseBlock(num_layers=3, use_batchnorm=True, dropout=0.25)", "(4, 8)"),
                ("ConvBlock()", "(32, 32, 3)"),
                ("ConvBlock(kernel_size=3, num_blocks=1, separable=True)", "(32, 16)"),
                ("RNNBlock()", "(10, 8)"),
                ("RNNBlock(layer_type='gru', num_layers=3, bidirectional=False)", "(10, 8)"),
                ("ResNetBlock()", "(32, 32, 3)"),
                ("XceptionBlock()", "(96, 96, 3)"),
                ("EfficientNetBlock()", "(64, 64, 3)"),
                ("ImageBlock()", "(32, 32, 3)"),
                ("ImageBlock(block_type='vanilla', augment=False)", "(32, 32, 3)"),
                ("StructuredDataBlock()", "(12,)"),
                ("ImageAugmentation()", "(32, 32, 3)"),
                ("SpatialReduction()", "(8, 8, 4)"),
                ("TemporalReduction()", "(10, 4)"),
                ("Flatten()", "(8, 8, 4)"),
                ("ClassificationHead(num_classes=5, shape=(5,))", "(16,)"),
                ("RegressionHead(output_dim=2)", "(4, 4, 8)"),
            )
        ),
        beside=("keras-tuner",),
        needs=("dm-tree", "kt-legacy", "keras-hub", "regex", "kagglehub", "kagglesdk", "tqdm"),
    ),
    Package(
        "keras-hub",
        "import keras_hub",
        tuple(f"model = keras_hub.models.{line}" for line in BACKBONES),
        needs=("regex", "kagglehub", "kagglesdk", "tokenizers", "sentencepiece", "tqdm", "pyyaml"),
    ),
    Package(
        "keras-self-attention",
        "import keras\nimport keras_self_attention as attention",
        tuple(
            f"i = keras.Input((6, 8))\nmodel = keras.Model(i, attention.{layer}(i))"
            for layer in (
                "SeqSelfAttention(units=4)",
                "SeqSelfAttention(attention_type='multiplicative', attention_width=3)",
                "SeqWeightedAttention()",
                "ScaledDotProductAttention()",
            )
        ),
    ),
    Package(
        "keras-cv",
        "import keras_cv",
        (
            "model = keras_cv.models.ResNet18V2Backbone()",
            "model = keras_cv.models.MobileNetV3SmallBackbone()",
            "model = keras_cv.models.DenseNet121Backbone()",
            "model = keras_cv.models.CSPDarkNetTinyBackbone()",
        ),
        needs=("dm-tree", "regex", "kagglehub", "kagglesdk", "keras-core", "tqdm", "etils"),
    ),
)


def package(name: str) -> Package:
    """The entry of a package.

    Raises:
        KeyError: there is no entry; the message lists those that there are.
    """
    for entry in PACKAGES:
        if entry.name == name:
            return entry
    raise KeyError(f"no drivers for {name!r}; there are: {', '.join(e.name for e in PACKAGES)}")
