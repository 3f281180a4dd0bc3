"""Strings that layers take for functions and objects: activations, initializers, ...

Keras looks them up when the layer is made. What a program registers under a name of its own is not
known here: the caller must not ask where it may have done that.
"""

from __future__ import annotations

from keras_lint.keras_api.base import Config
from keras_lint.keras_api.strings import Kind, named, near_string
from keras_lint.model.outcomes import Mismatch, Problem

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("activation", "activations"),
    ("constraint", "constraints"),
    ("initializer", "initializers"),
    ("regularizer", "regularizers"),
)
"""How the argument's name ends, and where Keras looks its value up."""
_OF_THEIR_OWN = {("RandomFourierFeatures", "kernel_initializer")}
"""Arguments that end so and are looked up by the layer itself (tf_keras 2.21)."""


def check_strings(cls: str, config: Config) -> None:
    """Refuse strings that neither generation of Keras has.

    Args:
        cls: the class of the layer.
        config: bound constructor arguments.

    Raises:
        Mismatch: kind ``value``, with the nearest string suggested.
    """
    for name, value in config.items():
        kind = next((kind for end, kind in _KINDS if name.endswith(end)), None)
        if kind is None or (cls, name) in _OF_THEIR_OWN:
            continue
        if not isinstance(value, str) or not value.isidentifier():
            continue
        if named(kind, value) is None and named(kind, value, "keras2") is None:
            near = near_string(kind, value)
            article = "an" if kind[0] in "ai" else "a"
            problem = Problem(
                "value",
                cls,
                f"the name of {article} {kind[:-1]}",
                f"{name}={value!r}",
                argument=name,
                exceptions=("ValueError", "TypeError"),
                suggestion=near or "",
                hint=f"did you mean {near!r}?" if near else "",
            )
            raise Mismatch(problem)
