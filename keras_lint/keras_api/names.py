"""Public Keras names: which exist, what they are, and under which canonical name.

The facts come from ``data/keras3/*.json`` and, for Keras 2, ``data/keras2/*.json``, one file per
namespace, written by ``scripts/dump_keras_api.py`` and read when a name of that namespace is first
asked for. Paths start with ``keras.``; spelling ``tf.keras.`` or ``tf_keras.`` is the caller's to
undo. What only ``tf.keras`` has, Keras 3 installed, is told by :func:`only_in_tensorflow`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from keras_lint.keras_api.stored import stored
from keras_lint.model.dataclass import dataclass

NameKind = Literal["module", "class", "function", "value"]
Generation = Literal["keras3", "keras2"]
ParameterKind = Literal[
    "positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"
]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a class or function; ``default`` means nothing without ``has_default``.

    A default that is no plain value stands as its class in angle brackets: ``"<object>"``.
    """

    name: str
    kind: ParameterKind
    has_default: bool = False
    default: Any = None


@dataclass(frozen=True)
class ApiName:
    """What one public name is.

    Args:
        path: the name asked for.
        canonical: the one name of the thing; aliases share it.
        kind: module, class, function or value.
        params: parameters of the function or constructor (without ``self``), None if not known.
        bases: class names of the bases, nearest first.
        call_params: for layers, the parameters of ``call`` (without ``self``).
        extra: keywords that ``**kwargs`` of the constructor passes to a base class.
    """

    path: str
    canonical: str
    kind: NameKind
    params: tuple[Parameter, ...] | None = None
    bases: tuple[str, ...] = ()
    call_params: tuple[Parameter, ...] | None = None
    extra: frozenset[str] = frozenset()

    @property
    def is_layer(self) -> bool:
        """Whether this is a layer class, models and ``keras.Layer`` included."""
        return "Layer" in self.bases or self.canonical == "keras.Layer"

    @property
    def is_model(self) -> bool:
        """Whether this is ``keras.Model`` or a class derived from it."""
        return "Model" in self.bases or self.canonical == "keras.Model"


@cache
def _namespace(name: str, generation: Generation) -> Mapping[str, Any]:
    """The raw facts of one namespace: ``layers``, or ``keras`` for the names directly there."""
    content = stored(f"{generation}/{name}.json") if name.isidentifier() else None
    facts: Mapping[str, Any] = {} if content is None else content["names"]
    return facts


@cache
def keras_version(generation: Generation = "keras3") -> str:
    """The version of Keras (or ``tf_keras``) that the facts were read from."""
    return str(stored(f"{generation}/keras.json")["keras"])


@cache
def only_in_tensorflow() -> frozenset[str]:
    """The paths, spelt ``keras.``, that Keras 3 offers as ``tf.keras`` alone."""
    return frozenset(stored("versions/tensorflow.json")["names"])


def _facts(path: str, generation: Generation) -> Any:
    parts = path.split(".")
    if parts[0] != "keras":
        return None
    return _namespace(parts[1] if len(parts) > 2 else "keras", generation).get(path)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _parameters(raw: Any) -> tuple[Parameter, ...] | None:
    if raw is None:
        return None
    return tuple(
        Parameter(item[0], item[1], item[2], _frozen(item[3]) if len(item) > 3 else None)
        for item in raw
    )


@cache
def lookup(path: str, generation: Generation = "keras3") -> ApiName | None:
    """What the public name ``path`` (``keras.layers.MaxPool2D``) is; None if there is none."""
    if path == "keras":
        return ApiName(path, path, "module")
    facts = _facts(path, generation)
    if facts is None:
        return None
    canonical_path = facts.get("canonical", path)
    source = _facts(canonical_path, generation) or facts
    return ApiName(
        path,
        canonical_path,
        facts["kind"],
        _parameters(source.get("params")),
        tuple(source.get("bases", ())),
        _parameters(source.get("call")),
        frozenset(source.get("extra", ())),
    )


@cache
def lookup_any(path: str) -> ApiName | None:
    """What the name is in Keras 3, or else what it was in Keras 2; None if neither has it."""
    return lookup(path) or lookup(path, "keras2")


def lookup_for(path: str, generation: Generation) -> ApiName | None:
    """What the name is in that Keras; for Keras 3 what only Keras 2 has counts too."""
    return lookup(path, "keras2") if generation == "keras2" else lookup_any(path)


def canonical(path: str, generation: Generation = "keras3") -> str | None:
    """The canonical name of a public path, None if Keras has no such name."""
    found = lookup(path, generation)
    return None if found is None else found.canonical


def public_names(namespace: str, generation: Generation = "keras3") -> tuple[str, ...]:
    """The names directly under a module path: ``keras.layers`` gives ``("Activation", ...)``."""
    prefix = namespace + "."
    parts = namespace.split(".")
    facts = _namespace(parts[1] if len(parts) > 1 else "keras", generation)
    return tuple(
        sorted(
            p[len(prefix) :] for p in facts if p.startswith(prefix) and "." not in p[len(prefix) :]
        )
    )


def suggest(path: str, generation: Generation = "keras3") -> str | None:
    """The public path nearest to a misspelt one in the same namespace, None if none is near."""
    namespace, _, name = path.rpartition(".")
    near = near_match(name, public_names(namespace, generation))
    return f"{namespace}.{near}" if near else None


def near_match(name: str, candidates: tuple[str, ...]) -> str | None:
    """The candidate that ``name`` was probably meant to be; None if none is near."""
    import difflib  # for a message that few runs have

    folded = {candidate.lower(): candidate for candidate in candidates}
    near = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.75)
    return folded[near[0]] if near else None


_FUNCTIONAL = {
    "keras.layers.add": "keras.layers.Add",
    "keras.layers.average": "keras.layers.Average",
    "keras.layers.concatenate": "keras.layers.Concatenate",
    "keras.layers.dot": "keras.layers.Dot",
    "keras.layers.maximum": "keras.layers.Maximum",
    "keras.layers.minimum": "keras.layers.Minimum",
    "keras.layers.multiply": "keras.layers.Multiply",
    "keras.layers.subtract": "keras.layers.Subtract",
}


def functional_layer(path: str) -> str | None:
    """The layer class a function makes and calls: ``keras.layers.add`` is ``Add()(inputs)``.

    The function's first parameter is the call's ``inputs``, the others are the constructor's.
    """
    return _FUNCTIONAL.get(path)
