"""The data types of Keras, by every name that Keras takes for them (3.15, on TensorFlow)."""

from __future__ import annotations

NAMES = frozenset(
    (
        *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
        *("float16", "float32", "float64", "bfloat16", "float8_e4m3fn", "float8_e5m2"),
        *("bool", "string", "complex64", "complex128"),
    )
)
"""The names themselves."""
_PYTHON = {"int": "int64", "float": "float32", "bool": "bool", "str": "string"}
_LIBRARIES = ("numpy", "tensorflow", "tensorflow.dtypes")
_OF_NUMPY = {"bool_": "bool", "double": "float64", "single": "float32", "half": "float16"}


def standard(name: str) -> str | None:
    """The data type that a string means (``"int"`` is ``"int64"``); None if Keras refuses it."""
    name = "int64" if name == "int" else name
    return name if name in NAMES else None


def by_path(path: str) -> str | None:
    """The data type that an object means: ``tensorflow.int32``, ``numpy.bool_``, ``builtins.int``.

    None for what is no type, or none that is known.
    """
    library, _, name = path.rpartition(".")
    if library == "builtins":
        return _PYTHON.get(name)
    if library not in _LIBRARIES:
        return None
    if library == "numpy":
        name = _OF_NUMPY.get(name, name)
    return name if name in NAMES else None
