"""A class of your own cannot be made again from its configuration.

What it does
    Finds ``get_config`` methods that leave out a parameter of ``__init__``, and classes registered
    with ``register_keras_serializable`` that have no ``get_config`` and whose ``__init__`` takes
    no ``**kwargs``.

Why it matters
    A saved model holds only the configuration of its layers. Keras calls
    ``cls(**config)`` to make a layer again: a required parameter that is not there stops loading,
    an optional one falls back to its default without a word.

When it stays silent
    When the class has a ``from_config`` of its own, when ``get_config`` gives an empty dict, which
    says that nothing is meant to be kept, when ``get_config`` is written in a way that is
    not looked through, and for classes that are built on other classes of the file, or have others
    built on them (a name with *Base* or *Abstract* says so too): these may fix the parameter. For
    ``data_format``, which may be left to the machine a model is loaded on, and for a parameter that
    is None by default and not kept in an attribute of its name. Seen in Keras 3.15: without a
    ``get_config`` the arguments are recorded by Keras itself, if they are numbers, strings, or
    lists of these, and ``name``, ``trainable`` and ``dtype`` have somewhere to go.
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.graph.analysis import FileAnalysis
from keras_lint.model.classes import Configuration, Constructor, OwnClass, Parameter
from keras_lint.model.findings import Finding, Question, Related
from keras_lint.model.fixes import Complete, Fix, HandOn
from keras_lint.rules.base import Options, Rule

_OF_EVERY_LAYER = frozenset(("dtype", "name", "trainable"))
"""What the ``get_config`` of ``keras.Layer`` gives itself."""
_TAKEN_BY_LAYER = _OF_EVERY_LAYER | {"activity_regularizer", "autocast", "input_dim", "input_shape"}
"""What ``Layer.__init__`` takes (Keras 3.15); it refuses everything else."""
_OF_THE_MACHINE = frozenset(("data_format", "flash_attention"))
"""What a loaded layer may well take from the settings of the machine it is loaded on."""
_TAKEN = frozenset(
    (
        "build",
        "call",
        "input",
        "loss",
        "losses",
        "metrics",
        "output",
        "path",
        "variables",
        "weights",
    )
)
"""Attributes that Keras has and lets nobody set, or that mean something else to it."""
_BASES = ("keras.Layer", "keras.Model")


def check_file(rule: Rule, analysis: FileAnalysis, options: Options) -> Iterator[Finding]:
    """One finding for each such class."""
    del options
    for cls in analysis.own.classes:
        if not cls.direct or cls.from_config or cls.base not in _BASES or cls.init is None:
            continue
        if cls.extended or cls.name.lstrip("_").startswith(("Abstract", "Base")):
            continue
        if cls.config is None:
            yield from _without(rule, cls, cls.init)
        elif cls.config.keys is not None:
            if not cls.config.keys and not cls.config.inherits:
                continue  # {}: whoever writes that does not mean it to be loaded
            given = cls.config.keys | (_OF_EVERY_LAYER if cls.config.inherits else frozenset())
            lost = [item for item in cls.init.parameters if item.kept and item.name not in given]
            lost = [item for item in lost if item.name not in _OF_EVERY_LAYER | _OF_THE_MACHINE]
            if lost:
                names = ", ".join(f"'{item.name}'" for item in lost)
                surplus = _surplus(cls.config, cls.init)
                refused = surplus or any(item.required for item in lost)
                what = "cannot be loaded" if refused else "is loaded with the default"
                yield rule.file_finding(
                    cls.config.span,
                    f"get_config of {cls.name} does not give {names}: a saved {cls.name} {what}",
                    expected=f"a key for each parameter of __init__, {names} too",
                    actual=f"the keys {', '.join(sorted(cls.config.keys)) or 'of the base class'}",
                    hint=f'add "{lost[0].name}": self.{lost[0].name} to what it gives'
                    + (f", and leave '{min(surplus)}' out: nobody takes it" if surplus else ""),
                    related=tuple(Related(item.span, "the parameter") for item in lost),
                    fix=None if surplus else _completed(cls.config, cls.init, lost),
                    question=Question("config", cls.name, tuple(item.name for item in lost)),
                )


def _surplus(config: Configuration, init: Constructor) -> frozenset[str]:
    """The keys that neither ``__init__`` takes nor the ``Layer`` that it hands the others on to."""
    if init.spread and not init.handed:
        return frozenset()
    takes = {item.name for item in init.parameters} | (_TAKEN_BY_LAYER if init.handed else set())
    return (config.keys or frozenset()) - takes


def _without(rule: Rule, cls: OwnClass, init: Constructor) -> Iterator[Finding]:
    """A registered class whose configuration Keras records itself, with keys it cannot take."""
    names = {item.name for item in init.parameters}
    if not cls.registered or init.spread or names >= _OF_EVERY_LAYER or cls.base != _BASES[0]:
        return
    missing = ", ".join(f"'{name}'" for name in sorted(_OF_EVERY_LAYER - names))
    yield rule.file_finding(
        init.span,
        f"__init__ of {cls.name} takes no **kwargs, but a saved one is made again with {missing}",
        expected="**kwargs, handed on to super().__init__",
        actual="no place for " + missing,
        hint="add **kwargs and call super().__init__(**kwargs)",
        fix=Fix("add **kwargs", (HandOn(init.span),), safe=False),
        question=Question("arguments", cls.name, tuple(sorted(_OF_EVERY_LAYER - names))),
    )


def _completed(config: Configuration, init: Constructor, lost: list[Parameter]) -> Fix | None:
    """The keys put in; None if an attribute holds something else than the parameter."""
    if any(item.stored == "changed" or item.name in _TAKEN for item in lost):
        return None
    names = tuple(item.name for item in lost)
    kept = tuple(item.name for item in lost if not item.stored)
    change = Complete(config.span, init.span, names, kept)
    return Fix(f"give {', '.join(names)} in get_config", (change,), safe=False)


RULE = Rule(
    code="KER501",
    name="incomplete-get-config",
    level="warning",
    confirm="object",
    fix="unsafe",
    summary="get_config leaves out a parameter of __init__",
    check_file=check_file,
    public=(21, 21),
    invalid=(
        """\
import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units)
        self.dropout = layers.Dropout(rate)

    def call(self, inputs):
        return self.dropout(self.dense(inputs))

    def get_config(self):  # expect: KER501
        config = super().get_config()
        config.update({"units": self.units})
        return config
""",
        """\
import keras
from keras import layers


@keras.saving.register_keras_serializable("example")
class Scale(layers.Layer):
    def __init__(self, factor):  # expect: KER501
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor
""",
        """\
import tensorflow as tf


class Encoder(tf.keras.Model):
    def __init__(self, units, depth, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden = [tf.keras.layers.Dense(units) for _ in range(depth)]

    def call(self, inputs):
        for layer in self.hidden:
            inputs = layer(inputs)
        return inputs

    def get_config(self):  # expect: KER501
        return {**super().get_config(), "units": self.units}
""",
    ),
    fixed=(
        """\
import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.units = units
        self.dense = layers.Dense(units)
        self.dropout = layers.Dropout(rate)

    def call(self, inputs):
        return self.dropout(self.dense(inputs))

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units, "rate": self.rate})
        return config
""",
        """\
import keras
from keras import layers


@keras.saving.register_keras_serializable("example")
class Scale(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor
""",
        """\
import tensorflow as tf


class Encoder(tf.keras.Model):
    def __init__(self, units, depth, **kwargs):
        super().__init__(**kwargs)
        self.depth = depth
        self.units = units
        self.hidden = [tf.keras.layers.Dense(units) for _ in range(depth)]

    def call(self, inputs):
        for layer in self.hidden:
            inputs = layer(inputs)
        return inputs

    def get_config(self):
        return {**super().get_config(), "units": self.units, "depth": self.depth}
""",
    ),
    valid=(
        """\
import keras
from keras import layers


@keras.saving.register_keras_serializable("example")
class Block(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)


inputs = keras.Input((4,))
model = keras.Model(inputs, Block(3)(inputs))
""",
        """\
import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self, units, rate=0.1, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.units, self.rate = units, rate
        self.dense = layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)

    def get_config(self):
        config = {"units": self.units}
        config["rate"] = self.rate
        base_config = super().get_config()
        return dict(list(base_config.items()) + list(config.items()))


inputs = keras.Input((4,))
model = keras.Model(inputs, Block(3)(inputs))
""",
        """\
import keras
from keras import layers


class Wrapper(layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)

    def get_config(self):
        return {"layer": keras.saving.serialize_keras_object(self.inner)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config["layer"]))


inputs = keras.Input((4,))
model = keras.Model(inputs, Wrapper(layers.Dense(2))(inputs))
""",
    ),
)
