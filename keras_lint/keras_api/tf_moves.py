"""TensorFlow's and NumPy's functions that mean the same in ``keras.ops``.

``tests/names/test_tf_moves.py`` calls both on the same numbers, and each of TensorFlow's and
NumPy's on a symbolic tensor, which it refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from keras_lint.model.dataclass import dataclass
from keras_lint.model.names import CallUse

_REDUCTIONS = ("all", "any", "logsumexp", "max", "mean", "min", "prod", "sum")
_OF_ONE = ("abs", "cos", "exp", "floor", "round", "rsqrt", "sign", "sin", "sqrt", "square", "tanh")
_OF_TWO = ("add", "divide", "maximum", "minimum", "multiply", "subtract")
_COMPARISONS = ("equal", "greater", "greater_equal", "less", "less_equal", "not_equal")
_REDUCE = "input_tensor axis keepdims"
_ROWS: tuple[tuple[str, str, str], ...] = (
    *((f"reduce_{name} math.reduce_{name}", name, _REDUCE) for name in _REDUCTIONS),
    *((f"{name} math.{name}", name, "x") for name in _OF_ONE if name != "rsqrt"),
    *((f"{name} math.{name}", name, "x! y!") for name in (*_OF_TWO, *_COMPARISONS)),
    ("math.log", "log", "x"),
    ("math.rsqrt", "rsqrt", "x"),
    ("math.reduce_std", "std", _REDUCE),
    ("math.reduce_variance", "var", _REDUCE),
    ("pow math.pow", "power", "x! y!"),
    ("cast", "cast", "x! dtype!"),
    ("clip_by_value", "clip", "t! clip_value_min! clip_value_max!"),
    ("concat", "concatenate", "values! axis!"),
    ("expand_dims", "expand_dims", "input! axis!"),
    ("linalg.matmul matmul", "matmul", "a! b!"),
    ("ones_like", "ones_like", "input"),
    ("reshape", "reshape", "tensor! shape!"),
    ("squeeze", "squeeze", "input axis"),
    ("stack", "stack", "values axis"),
    ("stop_gradient", "stop_gradient", "input"),
    ("tile", "tile", "input! multiples!"),
    ("transpose", "transpose", "a perm"),
    ("where", "where", "condition! x! y!"),
    ("zeros_like", "zeros_like", "input"),
    ("nn.elu", "elu", "features"),
    ("nn.leaky_relu", "leaky_relu", "features alpha"),
    ("nn.log_softmax", "log_softmax", "logits axis"),
    ("nn.relu", "relu", "features"),
    ("nn.relu6", "relu6", "features"),
    ("nn.selu", "selu", "features"),
    ("nn.sigmoid sigmoid math.sigmoid", "sigmoid", "x"),
    ("nn.silu nn.swish", "silu", "features"),
    ("nn.softmax", "softmax", "logits axis"),
    ("nn.softplus math.softplus", "softplus", "features"),
    ("nn.tanh", "tanh", "x"),
)
"""Functions of TensorFlow; the one of ``keras.ops``; TensorFlow's parameters that mean the same
there by position, with ``!`` where Keras needs the argument too."""
_NUMPY_ROWS: tuple[tuple[str, str], ...] = (
    *((name, "a axis") for name in _REDUCTIONS if name != "logsumexp"),
    *((name, "a axis") for name in ("argmax", "argmin", "argsort", "cumsum", "sort", "std", "var")),
    *((name, "x") for name in ("ceil", *_OF_ONE, "log") if name not in ("round", "rsqrt")),
    *((name, "x1! x2!") for name in (*_OF_TWO, *_COMPARISONS, "matmul", "power")),
    ("clip", "a! a_min! a_max!"),
    ("concatenate", "arrays axis"),
    ("dot", "a! b!"),
    ("expand_dims", "a! axis!"),
    ("ones_like", "a"),
    ("reshape", "a! shape!"),
    ("round", "a"),
    ("stack", "arrays axis"),
    ("tile", "A! reps!"),
    ("transpose", "a axes"),
    ("where", "condition! x! y!"),
    ("zeros_like", "a"),
)
"""Functions of NumPy that have the same name in ``keras.ops``, and refuse symbolic tensors (not so
``numpy.shape``, ``squeeze`` and ``flip``)."""
_NEW_NAMES: Mapping[str, str] = {
    "clip": "x x_min x_max",
    "concatenate": "xs axis",
    "expand_dims": "x axis",
    "leaky_relu": "x negative_slope",
    "log_softmax": "x axis",
    "matmul": "x1 x2",
    "reshape": "x newshape",
    "softmax": "x axis",
    "stack": "x axis",
    "stop_gradient": "variable",
    "tile": "x repeats",
    "transpose": "x axes",
    "where": "condition x1 x2",
    "cast": "x dtype",
    "squeeze": "x axis",
    **dict.fromkeys((*_OF_TWO, *_COMPARISONS, "power"), "x1 x2"),
    **dict.fromkeys((*_REDUCTIONS, "std", "var"), "x axis keepdims"),
    **dict.fromkeys(("argmax", "argmin", "argsort", "cumsum", "sort"), "x axis"),
    "dot": "x1 x2",
}
"""What ``keras.ops`` calls its first parameters, where that is not ``x`` alone."""


@dataclass(frozen=True)
class Twin:
    """A function of ``keras.ops`` that means the same.

    Args:
        new: its public name.
        names: by the name of TensorFlow's parameter, the one of Keras, in order.
        needed: TensorFlow's parameters that must be given.
        also: parameters that both take by name only.
    """

    new: str
    names: Mapping[str, str]
    needed: frozenset[str]
    also: frozenset[str] = frozenset()

    def renamed(self, call: CallUse) -> dict[str, str] | None:
        """Keywords of a call that are called otherwise in Keras; None if it does not fit there."""
        order = list(self.names)
        positional = sum(not argument.name for argument in call.arguments)
        keywords = [argument.name for argument in call.arguments if argument.name]
        given = {*order[:positional], *keywords}
        if call.spread or positional > len(order) or not given >= self.needed:
            return None
        if any(name not in self.names and name not in self.also for name in keywords):
            return None
        renamed = {name: self.names.get(name, name) for name in keywords}
        return {old: new for old, new in renamed.items() if old != new}


@cache
def twins() -> Mapping[str, Twin]:
    """All of them by the name that a program imports, ``tensorflow.reduce_mean``."""
    found: dict[str, Twin] = {}
    for paths, op, signature in _ROWS:
        twin = _twin(op, signature)
        for path in paths.split():
            found[f"tensorflow.{path}"] = twin
    for name, signature in _NUMPY_ROWS:
        twin = _twin(name, signature)
        reduces = name in _REDUCTIONS or name in ("std", "var")
        found[f"numpy.{name}"] = replace(twin, also=frozenset(["keepdims"] if reduces else []))
    return found


def _twin(op: str, signature: str) -> Twin:
    old = [name.removesuffix("!") for name in signature.split()]
    new = _NEW_NAMES.get(op, "x").split()[: len(old)]
    needed = frozenset(n.removesuffix("!") for n in signature.split() if n.endswith("!"))
    return Twin(f"keras.ops.{op}", dict(zip(old, new, strict=True)), needed)


def same_in_ops(path: str) -> Twin | None:
    """What means the same in ``keras.ops`` as a function of TensorFlow or NumPy."""
    return twins().get(path)
