"""Binding call arguments to Keras parameters, as Python and the Layer base class do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from keras_lint.keras_api.moves import TAKES_ANY_KEYWORD, layer_arguments_of_keras_1
from keras_lint.keras_api.names import (
    ApiName,
    Generation,
    Parameter,
    lookup,
    lookup_for,
    near_match,
)
from keras_lint.keras_api.versions import argument_history
from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import UNKNOWN
from keras_lint.model.outcomes import Mismatch, MismatchKind, Problem

LAYER_DEFAULTS: Mapping[str, object] = {"name": None, "dtype": None, "trainable": True}
"""Constructor arguments every layer has, with their defaults."""
_LAYER_KEYWORDS = frozenset(
    ("activity_regularizer", "trainable", "dtype", "autocast", "name", "input_shape", "input_dim")
)
_ONLY_IN_KERAS_2 = frozenset(("batch_input_shape", "batch_size", "implementation", "weights"))
_KERAS_2_KEYWORDS = _LAYER_KEYWORDS | _ONLY_IN_KERAS_2
_OPTIMIZER_KEYWORDS = frozenset(("decay",))
"""What optimizers take beside their own arguments: it is dropped with a warning (Keras 3.15)."""
_RAISED = ("TypeError", "ValueError")


def bind(
    name: str,
    positional: Sequence[object],
    keywords: Mapping[str, object],
    generation: Generation = "keras3",
) -> dict[str, object]:
    """Bind arguments to the constructor or function ``name``, defaults filled in.

    What only Keras 2 has is bound as Keras 2 does it, everything else as ``generation`` does.

    A default that is no plain value is UNKNOWN. Layers also get ``name``, ``dtype`` and
    ``trainable``. Surplus positional arguments of ``*args`` stand under that name as a tuple,
    keywords taken by ``**kwargs`` under their own. Where Keras's signature is not known, the
    keywords are returned as they are.

    Raises:
        Mismatch: kind ``argument``, for unknown, missing, surplus or doubled arguments; kind
            ``value`` for a ``name`` that Keras 3 gives to no layer.
    """
    api = lookup_for(name, generation)
    if api is None or api.params is None:
        return dict(keywords)
    signature = _signature(name, generation)
    if generation == "keras3" and lookup(name) is None:
        generation = "keras2"
    title = api.canonical.rpartition(".")[2]
    if api.canonical == "keras.Model" and not _is_functional(positional, keywords):
        return {"args": tuple(positional), **keywords}
    allowed = _allowed_keywords(api, generation)
    earlier = _earlier(name) if generation == "keras3" else frozenset[str]()
    bound = _bind(title, signature, positional, keywords, allowed, earlier)
    if api.canonical == "keras.layers.LeakyReLU" and "alpha" in bound and generation == "keras3":
        bound["negative_slope"] = bound.pop("alpha")  # the old name, which Keras 3.15 still takes
    if api.kind == "class" and api.is_layer:
        for key, default in LAYER_DEFAULTS.items():
            bound.setdefault(key, default)
    if generation == "keras3" and (api.is_layer or api.canonical == "keras.Input"):
        _check_name(title, api, bound.get("name"))
    return bound


def refused_name(title: str, name: object) -> Problem | None:
    """Kind ``value`` for the name of a layer or model that is no string or holds a slash.

    So Keras 3.15 has it; None for a name that it takes, or that is not known.
    """
    wrong = isinstance(name, (int, float)) or (isinstance(name, str) and "/" in name)
    if not wrong:
        return None
    expected = "a name that is a string without '/'"
    return _wrong(title, expected, f"name={name!r}", "name", kind="value").problem


def _check_name(title: str, api: ApiName, name: object) -> None:
    problem = refused_name(title if api.is_layer else "InputLayer", name)
    if problem is not None:
        raise Mismatch(problem)


def bind_call(
    name: str,
    positional: Sequence[object],
    keywords: Mapping[str, object],
    generation: Generation = "keras3",
) -> dict[str, object]:
    """Bind the arguments of a layer *call* to the parameters of the layer's ``call`` method.

    ``training`` is taken by every layer, declared or not, as Keras does.

    Raises:
        Mismatch: kind ``argument``, for unknown, missing, surplus or doubled arguments.
    """
    api = lookup_for(name, generation)
    if api is None or api.call_params is None:
        return dict(keywords)
    params = api.call_params
    rest = dict(keywords)
    undeclared: dict[str, object] = {}
    if "training" in rest and all(p.name != "training" for p in params):
        undeclared["training"] = rest.pop("training")
    title = api.canonical.rpartition(".")[2]
    older = generation == "keras2" or lookup(name) is None
    if (
        not older
        and not api.is_model
        and any(p.name == "training" for p in params[: len(positional)])
    ):
        # Keras passes training= on by itself, so that a positional one comes twice.
        raise _wrong(title, "training by keyword", "training by position", "training")
    signature = _signature(name, generation, of_call=True)
    return {**_bind(title, signature, positional, rest, None, frozenset()), **undeclared}


def check_own_layer(
    cls: str, positional: int, keywords: Sequence[str], parameters: Sequence[str]
) -> None:
    """Refuse what ``Layer.__init__`` of Keras 3 does not take from a class of the program.

    Args:
        cls: the name of the class.
        positional: how many arguments are given by position.
        keywords: the names of the others.
        parameters: what ``__init__`` of the class takes itself.

    Raises:
        Mismatch: kind ``argument`` or ``missing`` (3.15: ValueError; TypeError for arguments by
            position).
    """
    if positional:
        expected = "no arguments by position in super().__init__()"
        raise _wrong(cls, expected, f"{positional} of them", "", kind="missing")
    for key in keywords:
        if key in _LAYER_KEYWORDS:
            continue
        taken = {*parameters, *_LAYER_KEYWORDS} - {"self", *keywords}
        near = near_match(key, tuple(sorted(taken)))
        hint = f"did you mean {near}?" if near else f"take it in __init__ of {cls}, or leave it out"
        if key in _ONLY_IN_KERAS_2 or key == "dynamic":
            hint = "only Keras 2 takes it: leave it out"
        raise _wrong(cls, f"an argument of {cls} or of Layer", f"{key}=", key, hint)


_MODEL_KEYWORDS = {
    "Model": frozenset(("inputs", "outputs", "name", "trainable", "dtype", "autocast")),
    "Sequential": frozenset(("layers", "name", "trainable")),
}


def check_model_arguments(cls: str, positional: int, keywords: Sequence[str]) -> None:
    """Refuse what ``keras.Model(...)`` and ``keras.Sequential(...)`` do not take (Keras 2 and 3).

    A functional ``Model`` takes further keywords without a word (Keras 3.15), so that only those of
    one without inputs or outputs are refused.

    Raises:
        Mismatch: kind ``argument`` or ``missing``.
    """
    known = _MODEL_KEYWORDS[cls]
    if cls == "Model" and _is_functional(range(positional), dict.fromkeys(keywords)):
        return
    if positional > 2:
        return  # Keras 2 takes the name by position
    for key in keywords:
        if key not in known:
            near = near_match(key, tuple(sorted(known - set(keywords)))) or ""
            hint = f"did you mean {near}?" if near else ""
            kind: MismatchKind = "removed" if key in ("input", "output") else "argument"
            wrong = _wrong(cls, f"an argument of {cls}", f"{key}=", key, hint, kind)
            raise Mismatch(replace(wrong.problem, suggestion=near))
    if cls == "Model" and (positional or {"inputs", "outputs"} & set(keywords)):
        absent = "inputs" if not positional and "inputs" not in keywords else "outputs"
        raise _wrong(cls, f"the argument {absent}", "nothing for it", absent, kind="missing")


def _is_functional(positional: Sequence[object], keywords: Mapping[str, object]) -> bool:
    """Whether ``Model(...)`` is the functional form, by the test Keras itself makes."""
    return (
        len(positional) == 2
        or (len(positional) == 1 and "outputs" in keywords)
        or ("inputs" in keywords and "outputs" in keywords)
    )


def _allowed_keywords(api: ApiName, generation: Generation) -> frozenset[str] | None:
    """What ``**kwargs`` of the constructor takes in the end; None for anything."""
    if api.kind == "class" and "Optimizer" in api.bases:
        return _OPTIMIZER_KEYWORDS if generation == "keras3" else None
    if api.kind != "class" or not api.is_layer or api.is_model:
        return None
    if api.canonical in TAKES_ANY_KEYWORD:
        return None
    if api.canonical == "keras.layers.InputLayer":
        return api.extra
    base = _LAYER_KEYWORDS if generation == "keras3" else _KERAS_2_KEYWORDS
    return base | api.extra


@dataclass(frozen=True)
class _Signature:
    """Parameters by what can be given to them.

    ``slots`` are filled by position, ``star`` takes what is left of these, ``named`` are filled by
    name, ``single`` are all that take one argument; ``open_ended`` ones take any keyword.
    """

    slots: tuple[Parameter, ...]
    star: Parameter | None
    named: frozenset[str]
    single: tuple[Parameter, ...]
    open_ended: bool


@cache
def _signature(path: str, generation: Generation, *, of_call: bool = False) -> _Signature:
    """The signature of a name, or of the ``call`` of a layer."""
    api = lookup_for(path, generation)
    assert api is not None
    params = (api.call_params if of_call else api.params) or ()
    return _Signature(
        tuple(p for p in params if p.kind in ("positional_only", "positional_or_keyword")),
        next((p for p in params if p.kind == "var_positional"), None),
        frozenset(p.name for p in params if p.kind in ("positional_or_keyword", "keyword_only")),
        tuple(p for p in params if p.kind not in ("var_positional", "var_keyword")),
        any(p.kind == "var_keyword" for p in params),
    )


def _bind(
    title: str,
    signature: _Signature,
    positional: Sequence[object],
    keywords: Mapping[str, object],
    allowed: frozenset[str] | None,
    earlier: frozenset[str],
) -> dict[str, object]:
    """Bind by Python's rules.

    Args:
        title: name for messages.
        signature: the parameters.
        positional: what is passed by position.
        keywords: what is passed by name.
        allowed: limits what ``**kwargs`` takes; None for no limit.
        earlier: keywords that another generation or version of Keras takes.
    """
    slots, star, named = signature.slots, signature.star, signature.named
    bound: dict[str, object] = {
        slot.name: value for slot, value in zip(slots, positional, strict=False)
    }
    if len(positional) > len(slots):
        if star is None:
            raise _wrong(
                title,
                f"at most {len(slots)} positional arguments",
                f"{len(positional)} of them",
                slots[-1].name if slots else "",
                kind="missing",
            )
        bound[star.name] = tuple(positional[len(slots) :])
    for key, value in keywords.items():
        if key in bound and (key in named or star is None):
            raise _wrong(title, f"one value for {key}", f"{key} given twice", key)
        if key not in named and (
            not signature.open_ended or (allowed is not None and key not in allowed)
        ):
            near = near_match(key, tuple(sorted(named | (allowed or frozenset()))))
            hint = f"did you mean {near}?" if near and near not in keywords else ""
            kind: MismatchKind = "removed" if key in earlier else "argument"
            wrong = _wrong(title, f"an argument of {title}", f"{key}=", key, hint, kind)
            raise Mismatch(replace(wrong.problem, suggestion=near if hint and near else ""))
        bound[key] = value
    for param in signature.single:
        if param.name in bound:
            continue
        if not param.has_default:
            wanted = f"the argument {param.name}"
            raise _wrong(title, wanted, "nothing for it", param.name, kind="missing")
        bound[param.name] = _default(param)
    return bound


def _default(param: Parameter) -> object:
    default: object = param.default
    if isinstance(default, str) and default.startswith("<") and default.endswith(">"):
        return UNKNOWN
    return default


@cache
def _earlier(path: str) -> frozenset[str]:
    """Keywords that a name takes in Keras 2, or took in another version of Keras 3."""
    api = lookup(path)
    assert api is not None
    before = lookup(api.canonical, "keras2")
    known = argument_history(api.canonical) | layer_arguments_of_keras_1(api)
    if before is None:
        return known
    return known | before.extra | {parameter.name for parameter in before.params or ()}


def _wrong(
    title: str,
    expected: str,
    actual: str,
    argument: str,
    hint: str = "",
    kind: MismatchKind = "argument",
) -> Mismatch:
    problem = Problem(
        kind, title, expected, actual, argument=argument, hint=hint, exceptions=_RAISED
    )
    return Mismatch(problem)
