"""Strings that layers take for functions and objects: activations, initializers, ...

Keras looks them up when the layer is made. What a program registers under a name of its own is not
known here: the caller must not ask where it may have done that.
"""

from __future__ import annotations

from keras_lint.keras_api.base import Config
from keras_lint.keras_api.names import near_match
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


_DTYPES = (
    *("bool", "string", "mixed_bfloat16", "mixed_float16", "bfloat16", "complex64", "complex128"),
    *(f"float{bits}" for bits in (16, 32, 64)),
    *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
)
"""What Keras 3.15 takes as the dtype of a layer, but for quantised ones (``int8_from_float32``)."""


def _check_dtype(cls: str, value: str) -> None:
    """Refuse what is nearly a dtype; Keras 2 takes further ones: ``double``, ``half``."""
    near = near_match(value, _DTYPES)
    if value in _DTYPES or near is None or value in ("float", "int", "str") or "_from_" in value:
        return
    raise Mismatch(
        Problem(
            "value",
            cls,
            "the name of a dtype",
            f"dtype={value!r}",
            argument="dtype",
            exceptions=("ValueError", "TypeError"),
            suggestion=near,
            hint=f"did you mean {near!r}?",
        )
    )


def check_strings(cls: str, config: Config) -> None:
    """Refuse strings that neither generation of Keras has.

    Args:
        cls: the class of the layer.
        config: bound constructor arguments.

    Raises:
        Mismatch: kind ``value``, with the nearest string suggested.
    """
    for name, value in config.items():
        if name == "dtype" and isinstance(value, str):
            _check_dtype(cls, value)
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
