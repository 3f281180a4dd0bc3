"""Public Keras names: which exist, what they are, and under which canonical name.

The facts come from ``data/keras3/*.json``, one file per namespace, written by
``scripts/dump_keras_api.py`` and read when a name of that namespace is first asked for. Paths
start with ``keras.``; spelling ``tf.keras.`` is the caller's to undo.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

NameKind = Literal["module", "class", "function", "value"]
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
def _namespace(name: str) -> Mapping[str, Any]:
    """The raw facts of one namespace: ``layers``, or ``keras`` for the names directly there."""
    file = resources.files("keras_lint.keras_api") / "data" / "keras3" / f"{name}.json"
    if not name.isidentifier() or not file.is_file():
        return {}
    facts: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))["names"]
    return facts


@cache
def keras_version() -> str:
    """The version of Keras that the facts were read from."""
    file = resources.files("keras_lint.keras_api") / "data" / "keras3" / "keras.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["keras"])


def _facts(path: str) -> Any:
    parts = path.split(".")
    if parts[0] != "keras":
        return None
    return _namespace(parts[1] if len(parts) > 2 else "keras").get(path)


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
def lookup(path: str) -> ApiName | None:
    """What the public name ``path`` (``keras.layers.MaxPool2D``) is; None if there is none."""
    if path == "keras":
        return ApiName(path, path, "module")
    facts = _facts(path)
    if facts is None:
        return None
    canonical_path = facts.get("canonical", path)
    source = _facts(canonical_path) or facts
    return ApiName(
        path,
        canonical_path,
        facts["kind"],
        _parameters(source.get("params")),
        tuple(source.get("bases", ())),
        _parameters(source.get("call")),
        frozenset(source.get("extra", ())),
    )


def canonical(path: str) -> str | None:
    """The canonical name of a public path, None if Keras has no such name."""
    found = lookup(path)
    return None if found is None else found.canonical


def public_names(namespace: str) -> tuple[str, ...]:
    """The names directly under a module path: ``keras.layers`` gives ``("Activation", ...)``."""
    prefix = namespace + "."
    parts = namespace.split(".")
    facts = _namespace(parts[1] if len(parts) > 1 else "keras")
    return tuple(
        sorted(
            p[len(prefix) :] for p in facts if p.startswith(prefix) and "." not in p[len(prefix) :]
        )
    )


def suggest(path: str) -> str | None:
    """The public path nearest to a misspelt one in the same namespace, None if none is near."""
    namespace, _, name = path.rpartition(".")
    near = near_match(name, public_names(namespace))
    return f"{namespace}.{near}" if near else None


def near_match(name: str, candidates: tuple[str, ...]) -> str | None:
    """The candidate that ``name`` was probably meant to be; None if none is near."""
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
