"""``get_config`` and ``from_config``, to JSON and back: the copies that Keras makes."""

from __future__ import annotations

import pytest

from .lib import analysed, built, reasons
from .test_surgery import HEADER, same_as_keras

pytestmark = pytest.mark.keras

START = """
s = Sequential([Input((4,)), Dense(3, activation="relu", name="first"), Dense(2)])
i = Input((5,))
d = Dense(7, activation="relu")
x = layers.BatchNormalization()(d(i))
f = Model(i, Dense(1)(layers.concatenate([x, d(i)])))
"""
COPIES = {
    "a Sequential": "m = Sequential.from_config(s.get_config())",
    "a functional model": "m = Model.from_config(f.get_config())",
    "by its own class": "m = f.__class__.from_config(f.get_config())",
    "a Sequential by its own class": "m = s.__class__.from_config(s.get_config())",
    "to JSON and back": "m = keras.models.model_from_json(f.to_json())",
    "a layer": "e = Dense.from_config(d.get_config())\nm = Model(i, e(i))",
    "a layer with another width": """
config = d.get_config()
config["units"] = 5
config["name"] = "narrow"
m = Model(i, Dense.from_config(config)(i))
""",
    "a layer by its own class": "e = d.__class__.from_config(d.get_config())\nm = Model(i, e(i))",
    "serialised": "e = layers.deserialize(layers.serialize(d))\nm = Model(i, e(i))",
    "a convolution": """
c = Conv2D(3, (2, 3), padding="same", use_bias=False)
j = Input((8, 8, 2))
m = Model(j, Conv2D.from_config(c.get_config())(j))
""",
    "frozen": """
d.trainable = False
e = Dense.from_config(d.get_config())
m = Model(i, e(i))
""",
}
LOST = {
    "a model changed since": """
config = s.get_config()
s.add(Dense(9))
m = Sequential.from_config(config)
n = Model(m.inputs, Dense(1)(m.outputs[0]))
""",
    "a configuration given away": """
def edit(config):
    config["layers"] = config["layers"][:-1]
    return config
m = Sequential.from_config(edit(s.get_config()))
n = Model(m.inputs, Dense(1)(m.outputs[0]))
""",
    "an edited configuration of a model": """
config = s.get_config()
config["layers"][2]["config"]["units"] = 9
m = Sequential.from_config(config)
n = Model(m.inputs, Dense(1)(m.outputs[0]))
""",
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_what_keras_makes(name: str) -> None:
    same_as_keras(HEADER + START + COPIES[name])


@pytest.mark.parametrize("name", LOST)
def test_a_copy_that_is_not_followed_says_so(name: str) -> None:
    made = HEADER + START + LOST[name]
    assert len(analysed(made).graphs) < len(built(made)) or any(
        reasons(graph) for graph in analysed(made).graphs
    )
