"""Layers that keep the shape, on several tensors: the models that Keras builds."""

from __future__ import annotations

import pytest

from keras_lint.engine import analyse_text
from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.verify import Verifier

LAYERS = {
    "Activation": "'relu'",
    "ActivityRegularization": "0.1",
    "AlphaDropout": "0.5",
    "Dropout": "0.5",
    "ELU": "",
    "GaussianNoise": "0.5",
    "Identity": "",
    "LeakyReLU": "",
    "RandomContrast": "0.1",
    "RandomFlip": "",
    "ReLU": "",
    "Rescaling": "0.5",
    "Softmax": "",
}


@pytest.mark.keras
@pytest.mark.parametrize("form", ["[a, b]", "(a, b)", "[a, b, a]"])
def test_each_tensor_comes_out(verifier: Verifier, form: str) -> None:
    for cls, arguments in LAYERS.items():
        text = (
            "import keras\nfrom keras import layers\n"
            "a, b = keras.Input((5, 4)), keras.Input((5, 4))\n"
            f"x = layers.{cls}({arguments})({form})\n"
            "model = keras.Model([a, b], layers.Add()(x))\n"
        )
        analysis = analyse_text(text, "program.py")
        (index,) = (n for n, g in enumerate(analysis.graphs) if g.kind != "fragment")
        graph = analysis.graphs[index]
        built = verifier.built(text, analysis, index)
        assert isinstance(built, LayerGraph), (cls, built)
        assert graph.followed, (cls, graph.lost)
        assert difference(graph, built) == [], cls
