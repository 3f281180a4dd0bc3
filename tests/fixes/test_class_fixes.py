"""Repairs of own classes in the forms in which people write them."""

from __future__ import annotations

import textwrap

import pytest

from keras_lint.fixing import fix_bytes
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.source.reader import with_deep_stack


def repaired(text, code):
    text = textwrap.dedent(text).lstrip("\n")
    on = tuple(name for name, rule in all_rules().items() if rule.default)
    settings = Settings(select=(*on, code))
    after = with_deep_stack(
        lambda: fix_bytes(text.encode(), "example.py", settings, unsafe=True).after
    )
    return [line for line in after.decode().split("\n") if line not in text.split("\n")]


CONFIGURED = """
    import keras


    class Block(keras.layers.Layer):
        def __init__(self, units, rate=0.5, **kwargs):
            {init}
            self.units = units

        def get_config(self):
            {config}
    """


@pytest.mark.parametrize(
    ("init", "config", "lines"),
    [
        (
            "super().__init__(**kwargs)",
            'return {"units": self.units, **super().get_config()}',
            [
                "        self.rate = rate",
                '        return {"units": self.units, **super().get_config(), "rate": self.rate}',
            ],
        ),
        (
            "super().__init__(**kwargs); self.rate = rate",
            "return dict(super().get_config(), units=self.units,)",
            ['        return dict({**super().get_config(), "rate": self.rate}, units=self.units,)'],
        ),
        (
            "super().__init__(**kwargs); self.rate = rate",
            "config = dict(units=self.units,)\n        return {**super().get_config(), **config}",
            ["        config = dict(units=self.units, rate=self.rate,)"],
        ),
        (
            "super().__init__(**kwargs); self.rate = rate",
            'config = {\n            "units": self.units,  # how many\n        }\n'
            "        return {**super().get_config(), **config}",
            ['            "rate": self.rate,'],
        ),
        (
            "super().__init__(**kwargs); self.rate = rate",
            "return super().get_config()",
            [
                '        return {**super().get_config(), "units": self.units, "rate": self.rate}',
            ],
        ),
        (
            "super().__init__(**kwargs); self.rate = keras.ops.log(rate)",
            'return {"units": self.units}',
            [],  # the attribute is not the parameter
        ),
        ("self.rate = 1 * rate", 'return {"units": self.units}', []),
    ],
)
def test_a_configuration_is_completed(init, config, lines):
    found = repaired(CONFIGURED.format(init=init, config=config.replace("\n", "\n    ")), "KER501")
    assert found == lines


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("def __init__(self, units, **more):", "        super().__init__(**more)"),
        ("def __init__(self, units):", "        super().__init__()"),
        (
            'def __init__(self, units, **more):\n        """Make it."""\n        more.pop("a", 0)',
            "        super().__init__()",
        ),
    ],
)
def test_the_constructor_of_the_base_is_called_first(head, line):
    text = f"""
    import keras


    class Block(keras.layers.Layer):
        {head.replace(chr(10), chr(10) + "    ")}
            self.dense = keras.layers.Dense(units)

        def call(self, inputs):
            return self.dense(inputs)


    inputs = keras.Input((4,))
    model = keras.Model(inputs, Block(4)(inputs))
    """
    assert repaired(text, "KER504") == [line]


def test_a_decorator_goes_before_those_that_are_there():
    text = """
    import keras
    from functools import total_ordering


    def build():
        return keras.models.load_model("model.keras")


    @total_ordering
    class Block(keras.layers.Layer):
        def __lt__(self, other):
            return False
    """
    assert repaired(text, "KER502") == ["@keras.utils.register_keras_serializable()"]
